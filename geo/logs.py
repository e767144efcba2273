"""Logs for people or for machines, which never quote what was read.

An exception's message may hold a sentence of an article, or a statement with its values: of an
exception, only its kind and the lines of code that it came through are written.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import TypeAlias

from geo.settings import Settings

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


def configure(settings: Settings) -> None:
    """Send the log of `geo` to standard error, as the settings say; calling it again is harmless.

    Streamlit's own log gets the same form where it is there.
    """
    formatter = JsonLines() if settings.log_format == "json" else Plain()
    log = logging.getLogger("geo")
    log.setLevel(settings.log_level.upper())
    log.propagate = False
    handler = logging.StreamHandler(sys.stderr)
    log.handlers[:] = [handler]
    for one in (handler, *logging.getLogger("streamlit").handlers):
        one.setFormatter(formatter)


def trace_lines(error: BaseException | None) -> list[str]:
    """Where an exception came through, outermost first, then its kind; causes before it."""
    if error is None:
        return []
    lines = trace_lines(error.__cause__ or error.__context__)
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return [*lines, type(error).__name__]


class Plain(logging.Formatter):
    """One line for people; the lines of an exception follow."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's name
        """The exception without its message."""
        return "\n".join(f"  {line}" for line in trace_lines(ei[1]))


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and trace where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["trace"] = trace_lines(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)

"""Reading and writing JSON Lines: one line out for each line in, in order, one at a time.

Used by `parse` and `geocode --jsonl`. A line that cannot be used becomes an output line with an
`error`, and the rest go on. Memory holds one line, of at most `max_line_bytes`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from geo.commands.common import UsageError, bar, json_line, say
from geo.errors import GeoError, unforeseen
from geo.sources.jsonlines import Record, numbered_lines, record_of

NAMED_FAILURES = 20  # so many are named on standard error; the output names them all


@dataclass(slots=True)
class Report:
    """How many lines were read, and which of them failed with what."""

    lines: int = 0
    failed: list[tuple[int, str]] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The exit status: 0, or 1 where a line failed."""
        return 1 if self.failed else 0


def convert(
    source: str,
    target: str,
    handle: Callable[[int, Record], Record],
    refuse: Callable[[int, Record, str], Record],
    *,
    max_line_bytes: int,
    label: str,
) -> Report:
    """Write `handle(number, record)` for each line of `source` to `target`, in order.

    `source` and `target` are paths, or `-` for standard input and output. Where `handle` raises,
    `refuse(number, record, reason)` is written; its record is empty if the line is no JSON object.
    Lines are numbered from 1. Blank lines after the last record end the file; others are errors.
    Raises UsageError when a file cannot be opened.
    """
    report = Report()
    with (
        _reading(source) as (lines, size),
        _writing(target) as out,
        bar(label, total=size, unit="B", unit_scale=True) as shown,
    ):
        for number, line, length in numbered_lines(lines, max_line_bytes):
            record: Record = {}
            try:
                record = record_of(line, max_line_bytes)
                result = handle(number, record)
            except GeoError as error:
                result = _failed(report, number, record, str(error), refuse)
            except Exception as error:  # one bad document must not cost ten thousand good ones
                result = _failed(report, number, record, unforeseen(error), refuse)
            out.write(json_line(result) + b"\n")
            report.lines = number
            shown.update(length)
    return report


def require_readable(source: str) -> None:
    """Raise UsageError for a file that is not there, before anything slow is opened."""
    path = Path(source)
    if source != "-" and (path.is_dir() or not path.exists()):
        reason = "it is a folder" if path.is_dir() else "No such file or directory"
        raise UsageError(f"{source} cannot be read: {reason}")


def summarise(report: Report, target: str) -> None:
    """Say on standard error what failed, and how much was written."""
    for number, reason in report.failed[:NAMED_FAILURES]:
        say(f"line {number}: {reason}")
    if len(report.failed) > NAMED_FAILURES:
        more = len(report.failed) - NAMED_FAILURES
        say(f'... and {more} more; the output names each under "error"')
    if target != "-":
        good = report.lines - len(report.failed)
        say(f"{good} of {report.lines} lines read; written to {target}")


def _failed(
    report: Report,
    number: int,
    record: Record,
    reason: str,
    refuse: Callable[[int, Record, str], Record],
) -> Record:
    report.failed.append((number, reason))
    return refuse(number, record, reason)


@contextmanager
def _reading(source: str) -> Iterator[tuple[BinaryIO, int | None]]:
    if source == "-":
        yield sys.stdin.buffer, None
        return
    try:
        handle = open(source, "rb")  # noqa: SIM115 - closed below; opening has its own errors
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}") from error
    with handle:
        yield handle, os.fstat(handle.fileno()).st_size or None


@contextmanager
def _writing(target: str) -> Iterator[BinaryIO]:
    """A file that takes its name when it is complete, so that a reader never sees half of it."""
    path = Path(target)
    if target == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    direct = path.exists() and not path.is_file()  # a pipe or a device, to be written as it comes
    # Of two commands that write one file at once the later one's is kept, whole.
    part = path if direct else path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        handle = open(part, "wb")  # noqa: SIM115 - closed below; opening has its own errors
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    try:
        with handle:
            yield handle
    except KeyboardInterrupt:
        say(f"what was read so far is in {part}")
        raise
    except BaseException:
        if not direct:
            part.unlink(missing_ok=True)
        raise
    if not direct:
        part.replace(path)

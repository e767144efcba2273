"""JSON Lines: one JSON object a line, numbered, each line of a size that memory holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from geo.errors import DataError

BOM = b"\xef\xbb\xbf"

Record = dict[str, Any]


class LineError(DataError):
    """A line of input cannot be used; the message says why."""


def numbered_lines(lines: BinaryIO, max_line_bytes: int) -> Iterator[tuple[int, bytes | None, int]]:
    """Each line's number (from 1), the line, and its length in bytes.

    The line is None where it is longer than `max_line_bytes`. Blank lines after the last record
    end the file and are left out; others come as empty ones.
    """
    first_blank, blanks = 0, 0
    for number, line, length in _every_line(lines, max_line_bytes):
        if line is not None and not line.strip():
            first_blank, blanks = first_blank or number, blanks + 1
            continue
        for offset in range(blanks):
            yield first_blank + offset, b"", 1
        first_blank, blanks = 0, 0
        yield number, line, length


def _every_line(lines: BinaryIO, max_line_bytes: int) -> Iterator[tuple[int, bytes | None, int]]:
    number = 0
    while line := lines.readline(max_line_bytes + 1):
        number += 1
        length = len(line)
        if length > max_line_bytes and not line.endswith(b"\n"):
            while rest := lines.readline(max_line_bytes):
                length += len(rest)
                if rest.endswith(b"\n"):
                    break
            yield number, None, length
            continue
        yield number, line.removeprefix(BOM), length


def record_of(line: bytes | None, max_line_bytes: int) -> Record:
    """The JSON object on a line; raises LineError where there is none. None is a line too long."""
    if line is None:
        raise LineError(
            f"longer than {max_line_bytes} bytes; DATELINE_MAX_FILE_BYTES raises the limit"
        )
    if not line.strip():
        raise LineError("the line is blank")
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise LineError(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    except LineError:
        raise
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits; 10,000 brackets
        raise LineError(f"not JSON that can be read: {error}") from error
    if not isinstance(value, dict):
        raise LineError(f"not a JSON object but a {type(value).__name__}")
    return value


def _no_constant(name: str) -> None:
    raise LineError(f"{name} is no JSON number")

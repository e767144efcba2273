"""Rows of a data set that could not be used, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from geo.export.records import cell
from geo.model import RowError


def write(errors: Iterable[RowError]) -> bytes:
    """`line`, `reason`, `content`; what a spreadsheet would run as a formula is text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("line", "reason", "content"))
    for error in errors:
        writer.writerow((error.line, cell(error.reason), cell(error.content)))
    return out.getvalue().encode("utf-8-sig")

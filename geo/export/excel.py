"""Excel (Office Open XML): one sheet, no formula, no link that runs."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date

import xlsxwriter

from geo.errors import LimitError
from geo.export.records import COLUMNS, Told

MAX_ROWS = 1_048_576  # of a sheet, its header included: Microsoft's limit
MAX_CELL_CHARS = 32_767  # likewise
_FIRST_YEAR = 1901  # Excel counts days from 1900, and gets that year wrong
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(records: Iterable[Told]) -> bytes:
    """One row per event, columns as in COLUMNS; days are dates, text is always text.

    Text longer than a cell holds is cut, with an ellipsis at its end. Raises LimitError where
    there are more events than a sheet has rows.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        sheet = book.add_worksheet("Events")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, COLUMNS, bold)
        sheet.freeze_panes(1, 0)
        last = 0
        for last, (record, _) in enumerate(records, start=1):
            if last >= MAX_ROWS:
                raise LimitError(
                    f"an Excel sheet holds {MAX_ROWS - 1:,} events: filter, or export as CSV or "
                    "GeoParquet"
                )
            for column, name in enumerate(COLUMNS):
                value = record[name]
                if isinstance(value, bool):
                    sheet.write_boolean(last, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(last, column, value)
                elif isinstance(value, date) and value.year >= _FIRST_YEAR:
                    sheet.write_datetime(last, column, value, day)
                elif value not in (None, ""):
                    sheet.write_string(last, column, _cut(str(value)))
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    return out.getvalue()


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CELL_CHARS else text[: MAX_CELL_CHARS - 1] + "…"

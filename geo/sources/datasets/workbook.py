"""The first sheet of an Excel workbook (.xlsx) as a table of text."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import DataError, LimitError
from geo.settings import Settings
from geo.sources.datasets import tables
from geo.sources.datasets.tables import Chunk

# A sheet of 60,000 rows of the same cells packs 15 to 1, a bomb 1,000 to 1.
MOST_TIMES, _SMALL_BYTES = 250, 10_000_000


class WorkbookTable:
    """The first sheet; formulas stand for the values that were last worked out."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path, self.name, self.settings = path, path.name, settings
        self._size, self._done = tables.checked_size(path, settings), 0
        self._check_packing()
        rows = self._rows()
        first = next(rows, None)
        if first is None or not any(first):
            raise DataError(f"{self.name} is empty: its first sheet has no header")
        while first and not first[-1]:
            first.pop()
        self.header = [name.strip() for name in first]
        tables.check_columns(self.name, self.header, settings)
        self.said = "Excel, first sheet"
        rows.close()

    def _check_packing(self) -> None:
        """Refuse what unpacks to too much; zipfile gives out no more than the sizes it states."""
        try:
            with zipfile.ZipFile(self.path) as packed:
                members = packed.infolist()
        except (zipfile.BadZipFile, OSError) as error:
            raise DataError(f"{self.name} is no Excel workbook (.xlsx): {error}") from error
        for member in members:
            if member.file_size > max(_SMALL_BYTES, MOST_TIMES * member.compress_size):
                raise LimitError(
                    f"{self.name} unpacks to more than {MOST_TIMES} times its size, as no table "
                    "does; save it anew as .csv"
                )
        unpacked = sum(member.file_size for member in members)
        limit = self.settings.max_import_bytes
        if unpacked > limit or len(members) > self.settings.max_zip_members:
            raise LimitError(
                f"{self.name} unpacks to {unpacked:,} bytes in {len(members):,} files; "
                "DATELINE_MAX_IMPORT_BYTES and DATELINE_MAX_ZIP_MEMBERS raise the limits"
            )

    def _rows(self) -> Any:
        import openpyxl  # here, since only workbooks need it

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and extensions that are not read
                book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
                try:
                    for row in book.worksheets[0].iter_rows(values_only=True):
                        yield [_text(cell) for cell in row]
                finally:
                    book.close()
        except (DataError, GeneratorExit):
            raise
        except Exception as error:  # whatever a damaged workbook makes of the parser
            raise DataError(f"{self.name} cannot be read as a workbook: {error}") from error

    def share(self) -> float:
        """How much has been read; a workbook does not say how long it is."""
        return 0.5

    def chunks(self, columns: Sequence[str], done: int = 0) -> Iterator[Chunk]:
        """Rows behind the first `done`, of these columns."""
        rows = self._rows()
        next(rows, None)
        at = [self.header.index(name) for name in columns]
        kept: list[list[Any]] = []
        for number, row in enumerate(rows, start=1):
            tables.check_rows(self.name, number, self.settings)
            if number > done:
                kept.append([*(row[n] if n < len(row) else "" for n in at), number + 1])
            if len(kept) == tables.ROWS_PER_CHUNK:
                yield _chunk(kept, columns)
                kept = []
        if kept:
            yield _chunk(kept, columns)


def _chunk(rows: list[list[Any]], columns: Sequence[str]) -> Chunk:
    frame = pd.DataFrame(rows, columns=[*columns, "line"])
    return Chunk(frame.astype(dict.fromkeys(columns, "str")), (), len(rows))


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)

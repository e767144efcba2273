"""Tables of text from CSV files of any size, a chunk at a time: encoding, delimiter, limits.

A row's line is its number as a spreadsheet shows it: the header is 1, or the first row is where
there is none. A quoted cell may hold line breaks.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from geo.errors import DataError, LimitError, NotTextError
from geo.model import RowError
from geo.settings import Settings

Array = np.ndarray[Any, Any]

BLOCK_BYTES = 24_000_000
ROWS_PER_CHUNK = 100_000
CONTENT_CHARS = 1_000  # of a row in error that are kept
_HEAD_BYTES = 256_000  # a header and the first rows are looked for in these
_DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_TRIED = "UTF-8, UTF-16 and UTF-32 by their marks, Windows-1252"
# Windows-1252 text has its accents one by one among plain letters, another alphabet whole words.
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_FOREIGN_SHARE, _FOREIGN_RUNS = 0.1, 0.5  # of all bytes; of those above 127, the ones in such runs
# How files begin that are no tables of text, whatever they are called.
_OTHERS = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook; unpack it, or name it .xlsx"),
    (b"\x1f\x8b", "packed with gzip; unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook; save it as .xlsx"),
    (b"PAR1", "a Parquet file; save it as .csv"),
    (b"SQLite format 3", "a database; export its table as .csv"),
    (b"%pdf", "a PDF; its table must be saved as .csv"),
    (b"<!doctype", "a web page, perhaps one to sign in at; fetch the file itself"),
    (b"<html", "a web page, perhaps one to sign in at; fetch the file itself"),
    (b"<?xml", "XML; save the table in it as .csv"),
    (b'{"', "JSON; where it is GeoJSON, name it .geojson"),
    (b"[{", "JSON; where it is GeoJSON, name it .geojson"),
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows. frame : the columns asked for as `str`, and `line` [number]; rows : how many rows
    of the file that is, those in `errors` (rows with too few or too many cells) included."""

    frame: pd.DataFrame
    errors: tuple[RowError, ...]
    rows: int


class Table(Protocol):
    """A file with a header and rows of text cells."""

    name: str
    header: list[str]
    said: str  # how it is read: encoding and delimiter, or the sheet

    def chunks(self, columns: Sequence[str], done: int = 0) -> Iterator[Chunk]:
        """Rows behind the first `done`, of these columns. Raises DataError."""
        ...

    def share(self) -> float:
        """How much of the file has been read, 0 to 1."""
        ...


def checked_size(path: Path, settings: Settings) -> int:
    """The file's size in bytes. Raises DataError where it is none or empty, LimitError."""
    try:
        if not path.is_file():
            raise DataError(f"{path.name} is not a file")
        size = path.stat().st_size
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}") from error
    if size > settings.max_import_bytes:
        raise LimitError(
            f"{path.name} has more than {settings.max_import_bytes:,} bytes; "
            "DATELINE_MAX_IMPORT_BYTES raises the limit"
        )
    if not size:
        raise DataError(f"{path.name} is empty")
    return size


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_table(path: Path) -> None:
    """Raise NotTextError where a file begins as another kind of file does, and say which."""
    with path.open("rb") as file:
        start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, what in _OTHERS:
        if start.startswith(mark.lower()):
            raise NotTextError(f"{path.name} is no table of text but {what}")


def encoding_of(path: Path) -> str:
    """The encoding in which the whole file can be read; NotTextError where none was found."""
    with path.open("rb") as file:
        start = file.read(4)
        marked = next((named for mark, named in _MARKS if start.startswith(mark)), None)
        foreign = size = runs = 0
        for encoding in (marked,) if marked else ("utf-8", "cp1252"):
            decoder = codecs.getincrementaldecoder(encoding)()
            file.seek(0)
            try:
                while block := file.read(BLOCK_BYTES):
                    if b"\0" in block and not (marked or "").startswith(("utf-16", "utf-32")):
                        raise NotTextError(
                            f"{path.name} is no text in {_TRIED}: it holds null characters, as "
                            "UTF-16 without its mark does; save it as UTF-8"
                        )
                    decoder.decode(block)
                    if encoding == "cp1252":
                        size += len(block)
                        foreign += int(np.count_nonzero(np.frombuffer(block, np.uint8) > 127))
                        runs += sum(map(len, _RUN.findall(block)))
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            if foreign <= _FOREIGN_SHARE * size and runs <= _FOREIGN_RUNS * foreign:
                return encoding
    raise NotTextError(f"{path.name} is no text in {_TRIED}; save it as UTF-8")


class CsvTable:
    """A delimited text file."""

    def __init__(self, path: Path, settings: Settings, *, header: Sequence[str] = ()) -> None:
        """`header` names the columns of a file that has none, which is parted by tabs then."""
        self.path, self.name, self.settings = path, path.name, settings
        self._size, self._at = checked_size(path, settings), 0
        require_table(path)
        self.rows_per_chunk = ROWS_PER_CHUNK  # the same in a process that this table is sent to
        self.encoding = encoding_of(path)
        with path.open("rb") as file:
            head = codecs.getincrementaldecoder(self.encoding)("replace").decode(
                file.read(_HEAD_BYTES)
            )
        if not head.strip():
            raise DataError(f"{self.name} is empty")
        self.has_header = not header
        first = head.split("\n", 1)[0]
        self.delimiter = max(_DELIMITERS, key=first.count) if self.has_header else "\t"
        if self.has_header:
            try:
                header = next(csv.reader(head.splitlines(), delimiter=self.delimiter))
            except csv.Error as error:
                raise DataError(f"{self.name}: the header cannot be read: {error}") from error
        self.header = [name.strip().lstrip("\ufeff") for name in header]
        check_columns(self.name, self.header, settings)
        by_name = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
        encoding = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(
            self.encoding, self.encoding.upper()
        )
        self.said = f"{encoding}, parted by {by_name[self.delimiter]}"

    def share(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return min(1.0, self._at / self._size)

    def chunks(self, columns: Sequence[str], done: int = 0) -> Iterator[Chunk]:
        """Rows behind the first `done`, of these columns."""
        bad: list[tuple[int, RowError | None]] = []  # rows with another number of cells
        head = 1 if self.has_header else 0

        def skip(row: Any) -> str:
            line = row.number
            text = (row.text or "").strip()
            reason = f"{row.actual_columns} cells where there should be {row.expected_columns}"
            error = RowError(line, reason, text[:CONTENT_CHARS]) if text else None
            bad.append((line, error))
            return "skip"

        unique = unique_names(self.header)
        wanted = [unique[self.header.index(name)] for name in columns]
        try:
            with self.path.open("rb") as raw:
                reader = arrow_csv.open_csv(
                    raw,
                    arrow_csv.ReadOptions(
                        use_threads=False,  # or rows are not numbered
                        block_size=BLOCK_BYTES,
                        column_names=unique,
                        skip_rows_after_names=head,
                        encoding="utf-8" if self.encoding == "utf-8-sig" else self.encoding,
                    ),
                    arrow_csv.ParseOptions(
                        delimiter=self.delimiter,
                        quote_char='"' if self.has_header else False,
                        newlines_in_values=self.has_header,
                        ignore_empty_lines=False,
                        invalid_row_handler=skip,
                    ),
                    arrow_csv.ConvertOptions(
                        include_columns=wanted,
                        column_types=dict.fromkeys(wanted, pa.string()),
                        strings_can_be_null=False,
                    ),
                )
                line, frame = head + 1, _empty(columns)
                for batch in reader:
                    self._at = raw.tell()
                    frame = batch.to_pandas(types_mapper=_as_text)
                    frame.columns = list(columns)
                    lines, line = _lines(line, len(frame), [number for number, _ in bad])
                    frame["line"] = lines
                    known = [entry for entry in bad if entry[0] < line]
                    yield from _in_pieces(frame, known, done + head, self.rows_per_chunk)
                    check_rows(self.name, line - head - 1, self.settings)
                    bad[:] = [entry for entry in bad if entry[0] >= line]
                yield from _in_pieces(frame[:0], bad, done + head, self.rows_per_chunk)
                self._at = self._size
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{self.name} cannot be read as a table: {error}") from error


def _as_text(kind: pa.DataType) -> Any:
    return pd.StringDtype(na_value=np.nan) if pa.types.is_string(kind) else None


def _empty(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="str") for name in (*columns, "line")})


def _lines(first: int, rows: int, bad: Sequence[int]) -> tuple[Array, int]:
    """Line numbers of a batch's rows, those of bad rows left out, and the next line."""
    lines = np.arange(first, first + rows + len(bad), dtype=np.int64)
    lines = lines[~np.isin(lines, np.array(bad, dtype=np.int64))][:rows]
    following = int(lines[-1]) + 1 if rows else first
    while following in bad:
        following += 1
    return lines, following


def _in_pieces(
    frame: pd.DataFrame, bad: Sequence[tuple[int, RowError | None]], skip: int, most: int
) -> Iterator[Chunk]:
    """A batch in chunks of `most` rows that are saved at once, without the lines up to `skip`."""
    frame = frame[frame["line"] > skip] if skip else frame
    bad = [entry for entry in bad if entry[0] > skip]
    for at in range(0, max(1, len(frame)), most):
        piece = frame[at : at + most].reset_index(drop=True)
        last = at + most >= len(frame)
        end = np.inf if last else piece["line"].iloc[-1]
        here = [entry for entry in bad if entry[0] <= end]
        bad = [entry for entry in bad if entry[0] > end]
        rows = len(piece) + len(here)
        if rows:
            yield Chunk(piece, tuple(error for _, error in here if error), rows)


def unique_names(header: Sequence[str]) -> list[str]:
    """Column names, those that come again numbered: the first of a name keeps it."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})\x1f")
    return names


def check_columns(name: str, header: Sequence[str], settings: Settings) -> None:
    """Raise LimitError where a table has too many columns."""
    if len(header) > settings.max_import_columns:
        raise LimitError(
            f"{name} has {len(header)} columns, more than {settings.max_import_columns}; "
            "DATELINE_MAX_IMPORT_COLUMNS raises the limit"
        )


def check_rows(name: str, rows: int, settings: Settings) -> None:
    """Raise LimitError where a table has too many rows."""
    if rows > settings.max_import_rows:
        raise LimitError(
            f"{name} has more than {settings.max_import_rows:,} rows; "
            "DATELINE_MAX_IMPORT_ROWS raises the limit"
        )

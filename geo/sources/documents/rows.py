"""Tables and JSON of articles: one row or object for each, with a column of text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import openpyxl
from dateutil import parser as dates

from geo.errors import DataError, LimitError
from geo.settings import Settings
from geo.sources import text
from geo.sources.documents import archive
from geo.sources.documents.archive import Room
from geo.sources.documents.document import Document, Failure, Opened

# Names that a column may have, the usual ones first; compared without case, spaces as underscores.
COLUMNS = {
    "text": ("text", "body", "content", "article", "full_text", "fulltext", "story"),
    "title": ("title", "headline", "subject"),
    "published": ("published", "date", "publication_date", "published_at", "pubdate", "day"),
    "publisher": ("publisher", "outlet", "source", "site", "newspaper"),
    "url": ("url", "link", "web_address"),
    "language": ("language", "lang"),
    "country": ("country",),
}
_MOST_COLUMNS = 1_000
_CELL_CHARS = 5_000_000


def csv_file(raw: bytes, name: str, settings: Settings) -> Opened:
    """Articles in a CSV file; its delimiter is found out. Raises DataError or LimitError."""
    source = text.decode(raw, name)
    csv.field_size_limit(_CELL_CHARS)
    try:
        dialect: Any = csv.Sniffer().sniff(source[:20_000], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        return _opened(csv.DictReader(io.StringIO(source), dialect=dialect), name, settings)
    except csv.Error as error:
        raise DataError(f"{name} is no table that can be read ({error})") from error


def excel_file(raw: bytes, name: str, settings: Settings, room: Room) -> Opened:
    """Articles in the first sheet of an Excel file. Raises DataError or LimitError."""
    archive.check_size(raw, name, room).close()
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS)
        head = [str(cell) if cell is not None else "" for cell in next(rows, ())]
        return _opened((dict(zip(head, row, strict=False)) for row in rows), name, settings)
    except (DataError, LimitError):
        raise
    except Exception as error:  # openpyxl raises whatever a damaged file trips over
        raise DataError(f"{name} is no Excel file that can be read ({error})") from error


def json_file(raw: bytes, name: str, settings: Settings) -> Opened:
    """Articles in JSON: one object, or a list of them. Raises DataError or LimitError."""
    try:
        found = json.loads(text.decode(raw, name))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name} is no JSON ({error})") from error
    listed = found if isinstance(found, list) else [found]
    return _opened(listed, name, settings)


def json_lines(raw: bytes, name: str, settings: Settings) -> Opened:
    """Articles in JSON Lines; a line that is none is listed. Raises LimitError."""
    return _opened(_lines(text.decode(raw, name)), name, settings)


def _lines(source: str) -> Iterator[Any]:
    for line in source.split("\n"):
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError) as error:
                yield DataError(f"no JSON ({error})")


def _opened(rows: Any, name: str, settings: Settings) -> Opened:
    documents: list[Document] = []
    failures: list[Failure] = []
    for number, row in enumerate(rows, start=1):
        if number > settings.max_table_articles:
            raise LimitError(
                f"{name} has more than {settings.max_table_articles:,} rows; "
                "DATELINE_MAX_TABLE_ARTICLES raises the limit"
            )
        shown = f"{name}, row {number}"
        try:
            documents.append(document(row, shown))
        except DataError as error:
            failures.append(Failure(shown, str(error)))
    if failures and not documents and all(_NO_TEXT in one.reason for one in failures):
        raise DataError(f"{name} {_NO_TEXT}; a table of coded events goes to the Import page")
    return Opened(tuple(documents), tuple(failures))


_NO_TEXT = "has no column of text (one called text, body or content)"


def key(name: object) -> str:
    """A column's name as `COLUMNS` spells it."""
    return str(name).strip().casefold().replace(" ", "_")


def document(row: Any, shown: str) -> Document:
    """A row or object as a document of the name `shown`. Raises DataError where it has no text."""
    if isinstance(row, DataError):
        raise row
    if not isinstance(row, Mapping):
        raise DataError("is no object with a text")
    named = {key(name): value for name, value in row.items()}
    facts = {fact: _first(named, names) for fact, names in COLUMNS.items()}
    if not any(name in named for name in COLUMNS["text"]):
        raise DataError(_NO_TEXT)
    body = str(facts["text"] or "").strip()
    if not body:
        raise DataError("its text is empty")
    plain = {fact: text.plain(str(facts[fact] or "")).strip()
             for fact in ("title", "publisher", "url", "language", "country")}  # fmt: skip
    country = plain["country"].upper()
    return Document(
        name=shown, text=text.plain(body), title=plain["title"], published=day(facts["published"]),
        publisher=plain["publisher"], url=plain["url"], language=plain["language"][:2].lower(),
        country=country if len(country) == 2 and country.isalpha() else "",
    )  # fmt: skip


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def day(value: Any) -> date | None:
    """A day in any common spelling; None for what is none, or could be two (03/04/2023)."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    written = str(value or "").strip()[:60]
    with suppress(ValueError):
        return datetime.fromisoformat(written).date()
    with suppress(ValueError, OverflowError, TypeError):
        one = dates.parse(written, dayfirst=True, default=datetime(1, 1, 1))
        other = dates.parse(written, dayfirst=False, default=datetime(1, 1, 1))
        return one.date() if one == other and one.year > 1 else None
    return None

"""Files of any size that hold many articles: JSON Lines and Parquet, one a line or row.

Keys and columns have the names that `geo.sources.documents.rows` knows, and `id`, which names the
article in messages. Memory holds one line, or a few rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from geo.errors import DataError, GeoError, LimitError, MissingColumnError
from geo.model import Article
from geo.settings import Settings
from geo.sources.documents import rows
from geo.sources.jsonlines import Record, numbered_lines, record_of

SUFFIXES = (".jsonl", ".ndjson", ".parquet")
_ROWS_AT_ONCE = 64
_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of a file, still to be made.

    where : the line or row, empty where the file is the article; size : its share of the file
    [bytes]; load : makes the article, or raises GeoError with the reason why there is none.
    """

    path: Path
    where: str
    size: float
    load: Callable[[], Article]


def entries(path: Path, published: date | None, settings: Settings) -> Iterator[Entry]:
    """Every article of a .jsonl, .ndjson or .parquet file, in order.

    `published` is the date of those that give none. What cannot be read, and what comes after
    `settings.max_documents`, comes as a last entry whose `load` raises.
    """
    is_table = path.suffix.lower() == ".parquet"
    records, unit = (_parquet, "row") if is_table else (_json_lines, "line")
    try:
        for number, (size, read) in enumerate(records(path, settings), start=1):
            if number > settings.max_documents:
                raise LimitError(
                    f"{path.name} has more than {settings.max_documents:,} articles; the rest "
                    "was left out; DATELINE_MAX_DOCUMENTS raises the limit"
                )
            yield Entry(
                path, f"{unit} {number}", size, partial(_article, read, published, settings)
            )
    except GeoError as error:
        yield Entry(path, "", 0.0, partial(_raise, error))


def _raise(error: GeoError) -> Article:
    raise error


def _article(read: Callable[[], Record], published: date | None, settings: Settings) -> Article:
    record = read()
    given = record.get("id")
    name = "the article" if given in (None, "") else f"article {str(given)[:_NAME_CHARS]!r}"
    try:
        document = rows.document(record, name)
    except DataError as error:
        raise DataError(f"{name}: {error}") from error
    return replace(document, published=document.published or published).article(settings)


# -- rows ---------------------------------------------------------------------------------------


def _json_lines(path: Path, settings: Settings) -> Iterator[tuple[float, Callable[[], Record]]]:
    """Size in bytes of each line, and what reads it."""
    most = settings.max_file_bytes
    try:
        with path.open("rb") as lines:
            for _, line, length in numbered_lines(lines, most):
                yield length, partial(record_of, line, most)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}") from error


def _parquet(path: Path, settings: Settings) -> Iterator[tuple[float, Callable[[], Record]]]:
    """Each row's share of the file in bytes, and what reads it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Not memory-mapped, not read ahead: a row group may hold more than memory does.
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            names = file.schema_arrow.names
            if not any(rows.key(name) in rows.COLUMNS["text"] for name in names):
                raise MissingColumnError(path.name, ["text"], names)
            size = path.stat().st_size / max(1, file.metadata.num_rows)
            for few in file.iter_batches(_ROWS_AT_ONCE, columns=_known(names)):
                for at in range(few.num_rows):
                    yield size, partial(_row, few, at)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path.name} cannot be read as Parquet: {reason}") from error


def _known(names: list[str]) -> list[str]:
    """Those of a table's columns that an article is made of."""
    wanted = {"id"}.union(*rows.COLUMNS.values())
    return [name for name in names if rows.key(name) in wanted]


def _row(few: Any, at: int) -> Record:
    try:
        return {name: few.column(name)[at].as_py() for name in few.schema.names}
    except UnicodeDecodeError as error:
        raise DataError(f"a column is not UTF-8 at byte {error.start}") from error

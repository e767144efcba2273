"""Very many rows at once: inserted under keys that the caller gives, and read by the driver."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from geo.store import sqlite


def next_key(connection: sa.Connection, table: sa.Table) -> int:
    """The lowest key that is free, to a writer whose turn it is."""
    return int(connection.scalar(sa.select(sa.func.max(table.c.key))) or 0) + 1


def used_keys(connection: sa.Connection, table: sa.Table, last: int) -> None:
    """Let the database go on numbering behind the keys that were given."""
    if not sqlite.is_sqlite(connection):  # SQLite looks at the highest key itself
        sequence = sa.func.pg_get_serial_sequence(table.name, table.c.key.name)
        connection.execute(sa.select(sa.func.setval(sequence, last)))


def keys_of(connection: sa.Connection, table: sa.Table, ids: Collection[str]) -> dict[str, int]:
    """The keys of those rows that are there, by id, however many are asked for."""
    if sqlite.is_sqlite(connection):
        with closing(sqlite.driver_cursor(connection)) as cursor:
            cursor.execute(
                f"SELECT id, key FROM {table.name} WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            )
            return dict(cursor.fetchall())
    wanted = table.c.id == sa.any_(sa.literal(list(ids), postgresql.ARRAY(sa.Text)))
    found = connection.execute(sa.select(table.c.id, table.c.key).where(wanted))
    return {row.id: row.key for row in found}


def fetched(
    connection: sa.Connection, statement: sa.Select[Any], rows_at_once: int
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a query in portions, as the driver gives them: SQLite has days as text."""
    literal = statement.compile(connection, compile_kwargs={"literal_binds": True})
    driver: Any = connection.connection.driver_connection
    # PostgreSQL sends the whole answer at once, unless the cursor has a name.
    named = () if sqlite.is_sqlite(connection) else ("portions",)
    try:
        with closing(driver.cursor(*named)) as cursor:
            cursor.execute(str(literal))
            while rows := cursor.fetchmany(rows_at_once):
                yield rows
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(None, None, error) from error


def insert(
    connection: sa.Connection, table: sa.Table, rows: pd.DataFrame, *, skip_known: str = ""
) -> None:
    """Insert rows, `key` among the columns; texts of JSON columns are JSON already.

    Where `skip_known` is the column of ids, rows whose id is there already are left out, and of
    several rows of one id all but the first.
    """
    if not len(rows):
        return
    if sqlite.is_sqlite(connection):
        _insert_sqlite(connection, table, rows, skip_known)
        return
    if skip_known:
        ids = rows[skip_known]
        rows = rows[~(ids.isin(list(keys_of(connection, table, ids))) | ids.duplicated())]
    copy(connection, table.name, list(rows.columns), _values(rows))
    if len(rows):
        used_keys(connection, table, int(rows["key"].iloc[-1]))


def copy(
    connection: sa.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Send rows to PostgreSQL in one stream; a statement for each costs it three times as long."""
    driver: Any = connection.connection.driver_connection
    named = ", ".join(f'"{column}"' for column in columns)
    try:
        with (
            closing(driver.cursor()) as cursor,
            cursor.copy(f"COPY {table} ({named}) FROM STDIN") as stream,
        ):
            for row in rows:
                stream.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(None, None, error) from error


def _insert_sqlite(
    connection: sa.Connection, table: sa.Table, rows: pd.DataFrame, skip_known: str
) -> None:
    # What all rows have in common stands in the statement: it costs nothing a row there.
    others = rows.drop(columns="key")
    same = {name: text for name in others if (text := _literal(connection, rows[name]))}
    columns = ", ".join(f'"{name}"' for name in rows.columns)
    marks = ", ".join(same.get(name, "?") for name in rows.columns)
    ignored = f" ON CONFLICT ({skip_known}) DO NOTHING" if skip_known else ""
    sqlite.widen_cache(connection)
    cursor = sqlite.driver_cursor(connection)
    cursor.executemany(
        f"INSERT INTO {table.name} ({columns}) VALUES ({marks}){ignored}",
        _values(rows.drop(columns=list(same))),
    )
    cursor.close()


def _literal(connection: sa.Connection, values: pd.Series) -> str:
    """The one value of a column in SQL, or nothing where there are several."""
    missing = values.isna()
    if missing.all():
        return "NULL"
    first = values.iloc[0]
    if missing.any() or not (values == first).all():
        return ""
    if isinstance(first, np.generic):
        first = first.item()
    if not isinstance(first, str | int | float) or "\x00" in str(first):
        return ""
    value = sa.literal(first).compile(
        dialect=connection.dialect, compile_kwargs={"literal_binds": True}
    )
    return str(value)


def _values(rows: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Rows as tuples of plain Python values, None for what is missing, days as ISO text."""
    return zip(*(_column(rows[name]) for name in rows.columns), strict=True)


def _column(values: pd.Series) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(values):
        codes, days = pd.factorize(values)  # far fewer than rows
        texts = [*(str(day.date()) for day in days), None]  # -1, a missing day, is the last
        return [texts[code] for code in codes]
    found = values.to_numpy(dtype=object)
    missing = values.isna().to_numpy()
    if missing.any():
        found = found.copy()
        found[missing] = None
    plain: list[Any] = found.tolist()
    return plain

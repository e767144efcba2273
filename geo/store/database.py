"""Open the database: SQLite in WAL mode by default, PostgreSQL by address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import SQLAlchemyError

from geo.errors import StoreError
from geo.store import schema

_BUSY_S = 30.0  # how long a writer waits for another


def open_engine(url: str) -> Engine:
    """An engine whose tables exist. Raises StoreError where that is not possible."""
    try:
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args=_connect_args(url))
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(engine)
        with writing(engine) as connection:
            _create(connection)
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"the database cannot be opened: {_reason(error)}") from error
    return engine


def _connect_args(url: str) -> dict[str, Any]:
    return {"timeout": _BUSY_S, "check_same_thread": False} if url.startswith("sqlite") else {}


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().split("\n")[0]


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def pragmas(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, see `begin`
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the lock at once: a reader that turns writer midway would be refused.
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _create(connection: Connection) -> None:
    schema.metadata.create_all(connection)
    if connection.dialect.name == "sqlite":
        connection.execute(text(schema.FULL_TEXT))
    rows = connection.execute(select(schema.counter.c.name, schema.counter.c.value))
    known: dict[str, int] = {row.name: row.value for row in rows}
    if "schema" not in known:
        connection.execute(
            schema.counter.insert(),
            [{"name": "schema", "value": schema.VERSION}, {"name": "revision", "value": 0}],
        )
    elif known["schema"] > schema.VERSION:
        raise StoreError(
            f"the database has schema {known['schema']}, this Dateline knows {schema.VERSION}: "
            "update Dateline"
        )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: all of it or nothing. Raises StoreError."""
    try:
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(f"nothing was saved: {_reason(error)}") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that reads a single state. Raises StoreError."""
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be read: {_reason(error)}") from error

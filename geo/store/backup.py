"""Copies of a store: taken while others write, and put back into any empty store.

A backup is a SQLite file with every table, whichever database it was taken from. It needs no
program of the database's own, it can be opened as a store, and it moves a store from SQLite to
PostgreSQL or back.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from geo.errors import StoreError
from geo.settings import Settings
from geo.store import bulk, changes, reads, schema, search, sqlite
from geo.store.database import Database, open_database

_ROWS_AT_ONCE = 5_000


def back_up(database: Database, path: Path) -> None:
    """Write everything into a new file, as it stands at one moment; others go on writing.

    Raises StoreError where the file is there already or cannot be written; nothing is left of it
    then.
    """
    if path.exists():
        raise StoreError(f"{path} is there already; a backup replaces no file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=path.stem) as folder:
            unfinished = Path(folder) / path.name
            if sqlite.is_sqlite(database.engine):
                _copy_file(Path(str(database.engine.url.database)), unfinished)
            else:
                _copy_out(database, unfinished)
            _make_other(unfinished)
            unfinished.rename(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the backup {path} could not be written: {error}") from error


def _copy_file(source: Path, target: Path) -> None:
    """SQLite's own online backup: https://www.sqlite.org/backup.html, in one step."""
    live = sqlite3.connect(source, timeout=sqlite.BUSY_TIMEOUT_MS / 1000)
    with closing(live), closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def _copy_out(database: Database, target: Path) -> None:
    copy = open_database(Settings(database_url=f"sqlite:///{target}"))
    try:
        with database.reading() as source, copy.writing() as connection:
            _copy_rows(source, connection)
    finally:
        copy.close()


def _make_other(path: Path) -> None:
    """Make a copy one file, and tell it from the store it is of.

    Both go on counting revisions, and a snapshot of one must not be taken for one of the other.
    """
    with closing(sqlite3.connect(path)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        with copy:
            statement = "UPDATE state SET value = ? WHERE name = 'identity'"
            copy.execute(statement, (uuid.uuid4().hex,))


def restore(database: Database, path: Path) -> None:
    """Fill an empty store from a backup, whole or not at all. An older one is upgraded.

    Raises StoreError where the store holds something, or the file is no backup.
    """
    if not path.is_file():
        raise StoreError(f"there is no backup {path}")
    with tempfile.TemporaryDirectory(prefix="dateline-restore-") as folder:
        copied = Path(folder) / "backup.db"
        try:
            shutil.copyfile(path, copied)
        except OSError as error:
            raise StoreError(f"the backup {path} cannot be read: {error}") from error
        backup = open_database(Settings(database_url=f"sqlite:///{copied}"))
        try:
            with backup.reading() as source, database.writing() as connection:
                before = changes.revision(connection, wait=True)
                if not reads.is_empty(connection):
                    raise StoreError(
                        "the store is not empty, and a backup replaces nothing; name another "
                        "store with DATABASE_URL, or move this one away"
                    )
                for table in (schema.geocode, schema.change):  # what an empty store still holds
                    connection.execute(table.delete())
                _copy_rows(source, connection)
                # Nobody may take a snapshot of what was here before for one of what is now.
                changes.move_on(connection, max(before, changes.revision(connection)))
        finally:
            backup.close()


def _copy_rows(source: sa.Connection, target: sa.Connection) -> None:
    """Every row of every table, with its key, into empty tables; then their full-text index."""
    for table in schema.metadata.sorted_tables:
        if table is schema.state:
            revision = changes.revision(source)
            changes.move_on(target, revision - 1)
            continue
        rows = source.execute(
            sa.select(table), execution_options={"yield_per": _ROWS_AT_ONCE}
        ).mappings()
        for part in rows.partitions():
            target.execute(
                table.insert(), [{name: _in_utc(row[name]) for name in row} for row in part]
            )
        if "key" in table.c:
            last = target.scalar(sa.select(sa.func.max(table.c.key)))
            if last is not None:
                bulk.used_keys(target, table, last)
    search.rebuild(target)


def _in_utc(value: Any) -> Any:
    """A moment with its zone: SQLite keeps none, PostgreSQL tells it in the zone of the server."""
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

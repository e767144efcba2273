"""How SQLite is opened, so that several threads and processes can use one file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT_MS = 30_000
BULK_CACHE_KIB = 128_000  # indexes of a million rows stay in memory while they grow
NO_FILE = (-1, -1)
WRITE = "dateline_write"  # execution option of a connection that is going to write


def is_sqlite(target: Connection | Engine) -> bool:
    """Whether an engine or a connection speaks to SQLite."""
    return target.dialect.name == "sqlite"


def prepare(engine: Engine) -> None:
    """Make each connection of a SQLite engine fit for several threads and processes at once."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transactions begin at the first write, too late for a stable view.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys = ON")
        # With a write-ahead log this loses nothing in a crash of the program, and a power cut
        # costs the last transactions at most, never the file.
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes cannot wait for its turn: SQLite refuses
        # it at once. Writers therefore take the lock as they begin.
        writing = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def file_number(path: Path) -> tuple[int, int]:
    """What tells a file from another of its name; NO_FILE where there is none."""
    try:
        found = path.stat()
    except OSError:
        return NO_FILE
    return found.st_dev, found.st_ino


def log_of(path: Path) -> Path:
    """Where SQLite keeps the write-ahead log of a file."""
    return path.with_name(path.name + "-wal")


def set_log_aside(path: Path) -> None:
    """Take the log of a file whose place another has taken away from that other one.

    SQLite goes by the name and would play it into the new file, page upon page.
    https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use
    The log may hold what was saved last, so it is kept: as that of `NAME.replaced`.
    """
    log_of(path).replace(log_of(path.with_name(path.name + ".replaced")))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)


def keep_log(path: Path) -> None:
    """Turn a database to write-ahead logging, so that readers and a writer go on side by side.

    The switch cannot wait for other connections, so the caller holds the lock for opening.
    """
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)
    try:
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


@contextmanager
def references_unchecked(connection: Connection) -> Iterator[None]:
    """Let rows be added unchecked within, or tables be made anew, whose dropping would delete all
    that refers to their rows.

    SQLite takes the switch only outside a transaction, so the driver gets it directly.
    https://www.sqlite.org/lang_altertable.html#otheralter
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def check_references(connection: Connection) -> None:
    """Raise IntegrityError where a row refers to one that is not there."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise sqlite3.IntegrityError(f"table {broken[0]}: row {broken[1]} refers to nothing")


def widen_cache(connection: Connection) -> None:
    """Let a connection keep much of the file in memory, for inserts all over its indexes."""
    connection.exec_driver_sql(f"PRAGMA cache_size = -{BULK_CACHE_KIB}")


def driver_cursor(connection: Connection) -> sqlite3.Cursor:
    """The driver's own cursor in the same transaction, which takes rows from any iterator."""
    driver: sqlite3.Connection | None = connection.connection.driver_connection
    assert driver is not None
    return driver.cursor()

"""Open the database: engine, transactions, migrations, and errors in words."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from geo.errors import SettingsError, StoreError
from geo.settings import Settings
from geo.store import rows, schema, sqlite

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as every process locks the same one while it migrates.
_POSTGRES_LOCK = 0x4441_5445
_ROW = re.compile(r"\n(?:DETAIL|CONTEXT):")


class Database:
    """An engine with the schema in place. Threads may share it; processes open their own.

    openings : how often it was opened: once, and again whenever another file took its file's place.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.openings = engine, 0
        self._opening = threading.Lock()
        self._path = Path(str(engine.url.database)) if sqlite.is_sqlite(engine) else None
        self._file = self._log = sqlite.NO_FILE
        if self._path is not None:
            sqlite.prepare(engine)
        self._open()

    def _open(self) -> None:
        if self._path is None:
            _upgrade(self.engine)
        else:
            _open_file(self.engine, self._path)
            self._file = sqlite.file_number(self._path)
        with self.engine.connect() as connection:
            self.identity: str = connection.execute(
                sa.select(schema.state.c.value).where(schema.state.c.name == "identity")
            ).scalar_one()
        self.openings += 1

    def _follow_file(self) -> None:
        """Open it anew where another file has come in the place of this one, e.g. a backup.

        The connections there are would go on with a file that nobody else sees any more.
        """
        if self._path is None or sqlite.file_number(self._path) == self._file:
            return
        with self._opening:
            there = sqlite.file_number(self._path)
            if there == self._file:
                return
            self.engine.dispose()
            if there == sqlite.NO_FILE:  # to make an empty one in its place would hide that
                raise StoreError(f"the store {self._path} is not there any more")
            if sqlite.file_number(sqlite.log_of(self._path)) == self._log:
                sqlite.set_log_aside(self._path)
            self._open()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the store, whatever others write meanwhile.

        Raises StoreError where the database fails.
        """
        with in_words(self.engine.url), self._connected() as connection:
            if not sqlite.is_sqlite(connection):
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, *, by_known_keys: bool = False) -> Iterator[sa.Connection]:
        """A transaction that ends whole or not at all; writers wait for each other.

        With `by_known_keys` SQLite does not look up again what each row refers to: for a writer
        that only adds rows, under keys that it read or gave in the same transaction. Raises
        StoreError where the database fails; nothing is saved then.
        """
        with in_words(self.engine.url), self._connected() as connection:
            connection = connection.execution_options(**{sqlite.WRITE: True})
            unchecked = by_known_keys and sqlite.is_sqlite(connection)
            quick = sqlite.references_unchecked(connection) if unchecked else nullcontext()
            with quick, connection.begin():
                yield connection

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        self._follow_file()
        with self.engine.connect() as connection:
            yield connection
            if self._path is not None:  # this one holds on to the log, so it is there
                self._log = sqlite.file_number(sqlite.log_of(self._path))

    def close(self) -> None:
        """Give up every connection."""
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """Connect, and create the schema or bring it up to date.

    Raises SettingsError for an address that cannot be used, StoreError where there is no database,
    it is damaged, or a newer release made it.
    """
    url = _url(settings)
    try:
        engine = sa.create_engine(
            url, pool_pre_ping=url.get_backend_name() != "sqlite", json_serializer=rows.dumps
        )
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"DATABASE_URL needs the package {error.name}, which is not installed "
            "(pip install -r requirements-scale.txt)"
        ) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise SettingsError(f"DATABASE_URL cannot be used: {error}") from error
    try:
        with in_words(url):
            return Database(engine)
    except BaseException:
        engine.dispose()
        raise


def _url(settings: Settings) -> URL:
    try:
        url = make_url(settings.database)
    except ArgumentError as error:
        # The text itself may hold a password.
        raise SettingsError(
            "DATABASE_URL is no address of a database; it looks like "
            "sqlite:///path/to/file.db or postgresql://user:password@host/name"
        ) from error
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise SettingsError(f"DATABASE_URL names {backend}; the store can be sqlite or postgresql")
    if backend == "sqlite" and (not url.database or url.database == ":memory:"):
        raise SettingsError("DATABASE_URL names no file: sqlite:///path/to/file.db")
    return url


def _open_file(engine: sa.Engine, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(path.name + ".lock"), timeout=sqlite.BUSY_TIMEOUT_MS / 1000)
        with lock:
            sqlite.keep_log(path)
            _upgrade(engine)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the store {path} cannot be opened: {error}") from error


def _upgrade(engine: sa.Engine) -> None:
    """Run the migrations that are missing, all in one transaction."""
    if _version(engine) == schema.HEAD:
        return
    # Imported here since it takes a while and nearly every start can do without.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.connect() as connection:
        connection = connection.execution_options(**{sqlite.WRITE: True})
        on_file = sqlite.is_sqlite(connection)
        unchecked = sqlite.references_unchecked(connection) if on_file else nullcontext()
        with unchecked, connection.begin():
            if not on_file:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRES_LOCK)))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StoreError(
                    f"the store {engine.url.render_as_string()} was made by a newer release of "
                    f"this program; update it ({error})"
                ) from error
            if on_file:
                sqlite.check_references(connection)


def _version(engine: sa.Engine) -> str | None:
    """The last migration that was run; None for an empty database."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def in_words(url: URL) -> Iterator[None]:
    """Turn what a database driver raises into a StoreError without statements and passwords."""
    try:
        yield
    except sqlite3.Error as error:  # from a cursor of the driver's own
        raise StoreError(f"the store {url.render_as_string()} failed: {error}") from error
    except DBAPIError as error:
        # What PostgreSQL adds may be the row, and so what was read.
        reason = _ROW.split(str(error.orig))[0]
        raise StoreError(f"the store {url.render_as_string()} failed: {reason}") from error
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        raise StoreError(f"the store {url.render_as_string()} failed: {reason}") from error

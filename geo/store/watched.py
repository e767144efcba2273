"""Files of watched folders, and how each was when it was read."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from geo.store import schema
from geo.store.database import Database

_file = schema.watched_file


class State(NamedTuple):
    """What tells a changed file: its size [bytes] and when it was written [ns since 1970]."""

    size: int
    changed_ns: int


class Watched:
    """The files of a store. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def states(self, prefix: str) -> dict[str, State]:
        """How the files whose path begins so were when they were read."""
        query = sa.select(_file.c.path, _file.c.size, _file.c.changed_ns).where(
            _file.c.path.startswith(prefix, autoescape=True)
        )
        with self._database.reading() as connection:
            return {row.path: State(row.size, row.changed_ns) for row in connection.execute(query)}

    def note(self, path: str, state: State) -> None:
        """A file was read, or could not be, as it is now."""
        with self._database.writing() as connection:
            connection.execute(_file.delete().where(_file.c.path == path))
            connection.execute(_file.insert().values(path=path, **state._asdict()))

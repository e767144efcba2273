"""The log of what each revision changed. Writers note it before they move the revision on."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from geo.store import schema

MOST_REVISIONS = 10_000  # looked back on; a snapshot that is older reads everything
KINDS = ("article", "dataset", "event", "place")  # tables whose rows are noted
_FORGET_EVERY = 500  # revisions
_REVISION = schema.state.c.name == "revision"
_log = schema.change


def revision(connection: sa.Connection, *, wait: bool = False) -> int:
    """How often what readers see has changed. `wait` is for writers, who take turns at it.

    On PostgreSQL they meet at this row; on SQLite the lock of the file has come first.
    """
    query = sa.select(schema.state.c.value).where(_REVISION)
    return int(connection.scalar(query.with_for_update() if wait else query) or 0)


def note(connection: sa.Connection, table: sa.Table, keys: Iterable[int]) -> None:
    """Note rows of articles, data sets, events or places that come, go or become others.

    An article or a data set stands for all its events. It belongs to the next revision, whoever
    moves it on: a data set's places come before it is shown.
    """
    coming = revision(connection) + 1
    rows = [{"revision": coming, "kind": table.name, "row_key": key} for key in keys]
    if rows:
        connection.execute(_log.insert(), rows)


def noted(connection: sa.Connection, before: int) -> bool:
    """Whether anything is noted for the revision that follows."""
    found = sa.select(_log.c.key).where(_log.c.revision == before + 1).limit(1)
    return connection.execute(found).first() is not None


def move_on(connection: sa.Connection, before: int) -> None:
    """Count one more change, and now and then forget what lies far back."""
    connection.execute(schema.state.update().where(_REVISION).values(value=str(before + 1)))
    if before % _FORGET_EVERY == 0:
        connection.execute(_log.delete().where(_log.c.revision < before - MOST_REVISIONS))


def since(connection: sa.Connection, before: int, now: int) -> dict[str, Collection[int]] | None:
    """Keys noted after one revision and up to another, by table; None where not all is known."""
    if not 0 <= before <= now or now - before > MOST_REVISIONS:
        return None
    rows = connection.execute(
        sa.select(_log.c.revision, _log.c.kind, _log.c.row_key)
        .where(_log.c.revision > before, _log.c.revision <= now)
    ).all()  # fmt: skip
    if len({row.revision for row in rows}) != now - before:
        return None
    found: dict[str, set[int]] = {name: set() for name in KINDS}
    for row in rows:
        found[row.kind].add(row.row_key)
    return dict(found)

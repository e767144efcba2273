"""Rows of the geocode cache: the protocol `geo.geocoding.cache.GeocodeCache`, kept in the store."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from geo.store import schema

_table = schema.geocode


class Counts:
    """How often the cache was asked and could answer; shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.hits = self.lookups = 0

    def add(self, *, hit: bool) -> None:
        """Count one question."""
        with self._lock:
            self.lookups += 1
            self.hits += hit


def get(connection: sa.Connection, provider: str, version: str, query: str) -> str | None:
    """The body of an entry that has not expired."""
    body: str | None = connection.scalar(
        sa.select(_table.c.body).where(_is(provider, version, query), _live())
    )
    return body


def put(
    connection: sa.Connection, provider: str, version: str, query: str, body: str,
    expires: datetime | None,
) -> None:  # fmt: skip
    """Replace an entry, and drop all that have expired."""
    gone = sa.or_(_is(provider, version, query), ~_live())
    connection.execute(_table.delete().where(gone))
    connection.execute(
        _table.insert().values(
            provider=_plain(provider),
            version=_plain(version),
            query=_plain(query),
            body=_plain(body),
            stored=time.time(),
            expires=None if expires is None else expires.timestamp(),
        )
    )


def forget(connection: sa.Connection, provider: str, query: str) -> None:
    """Drop an entry in every version."""
    connection.execute(
        _table.delete().where(
            _table.c.provider == _plain(provider), _table.c.query == _plain(query)
        )
    )


def stats(connection: sa.Connection, counts: Counts) -> dict[str, int]:
    """What is held and how often it helped, all providers together.

    entries : rows that have not expired; misses_kept : those of them that say "not known"; hits
    and lookups : questions answered from, and put to, the cache since the store was opened.
    """
    held = sa.select(sa.func.count()).select_from(_table).where(_live())
    return {
        "entries": connection.scalar(held) or 0,
        "misses_kept": connection.scalar(held.where(_table.c.body == "null")) or 0,
        "hits": counts.hits,
        "lookups": counts.lookups,
    }


def entries(connection: sa.Connection, limit: int) -> list[dict[str, Any]]:
    """The newest entries; `stored` and `expires` are aware UTC datetimes, None for never."""
    rows = connection.execute(
        sa.select(_table).where(_live()).order_by(_table.c.stored.desc()).limit(limit)
    )
    return [
        {**row, "stored": _moment(row["stored"]), "expires": _moment(row["expires"])}
        for row in rows.mappings()
    ]


def _is(provider: str, version: str, query: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        _table.c.provider == _plain(provider),
        _table.c.version == _plain(version),
        _table.c.query == _plain(query),
    )


def _live() -> sa.ColumnElement[bool]:
    return sa.or_(_table.c.expires.is_(None), _table.c.expires > time.time())


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _plain(text: str) -> str:
    r"""Text that a database holds: what it does not is written as in JSON, `\ud83d`, `\u0000`."""
    kept = text.replace("\0", "\\u0000")
    return kept.encode("utf-8", "backslashreplace").decode("utf-8")

"""Rows of the geocode cache (the protocol `geo.geocoding.cache.GeocodeCache`)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select

from geo.store.schema import geocode_cache as table


class Counts:
    """How often this process asked the cache and was answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hits = self._lookups = 0

    def count(self, *, hit: bool) -> None:
        with self._lock:
            self._lookups += 1
            self._hits += hit

    def as_dict(self) -> dict[str, int]:
        with self._lock:
            return {"hits": self._hits, "lookups": self._lookups}


def _now() -> datetime:
    return datetime.now(UTC)


def _live() -> Any:
    return or_(table.c.expires.is_(None), table.c.expires > _now())


def get(connection: Connection, provider: str, version: str, query: str) -> str | None:
    """The body of an entry that has not expired."""
    body: str | None = connection.scalar(
        select(table.c.body).where(
            table.c.provider == provider,
            table.c.version == version,
            table.c.query == query,
            _live(),
        )
    )
    return body


def put(
    connection: Connection,
    provider: str,
    version: str,
    query: str,
    body: str,
    expires: datetime | None,
) -> None:
    """Replace an entry; the caller's transaction makes the two steps one."""
    connection.execute(
        delete(table).where(
            table.c.provider == provider, table.c.version == version, table.c.query == query
        )
    )
    connection.execute(
        table.insert().values(
            provider=provider,
            version=version,
            query=query,
            body=body,
            saved=_now(),
            expires=expires,
        )
    )


def held(connection: Connection) -> dict[str, int]:
    """Entries that have not expired, and how many of them say "not known"."""
    live = select(func.count()).select_from(table).where(_live())
    return {
        "entries": connection.scalar(live) or 0,
        "misses_kept": connection.scalar(live.where(table.c.body == "null")) or 0,
    }


def entries(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """The newest entries as dicts of their columns."""
    rows = connection.execute(select(table).order_by(table.c.saved.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]

"""Where answers of geocoders are kept; the store provides the rows, this module the protocol."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypedDict


class CacheStats(TypedDict):
    """What a cache holds and how often it was of use, all providers together."""

    entries: int  # rows that have not expired
    misses_kept: int  # of those, the ones that say "not known"
    hits: int  # questions answered from the cache since it was made
    lookups: int  # questions put to the cache since it was made


class GeocodeCache(Protocol):
    """Rows of (provider, version, query) -> JSON text, shared by threads and processes.

    The body is opaque JSON to the rows: `null` is a remembered miss. `expires` is an aware UTC
    datetime, or None for never. An entry past its expiry counts as absent.
    """

    def get(self, provider: str, version: str, query: str) -> str | None:
        """The body as it was put, or None where there is none or it has expired."""
        ...

    def put(
        self, provider: str, version: str, query: str, body: str, expires: datetime | None
    ) -> None:
        """Keep `body`, replacing what was there for the same provider, version and query."""
        ...

    def forget(self, provider: str, query: str) -> None:
        """Drop the entry in every version; unknown entries are no error."""
        ...

    def stats(self) -> CacheStats:
        """What is held, and how often it helped."""
        ...

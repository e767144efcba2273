"""Remember what geocoders answered: hits and misses with a time to live, errors never.

The rows come through a small protocol, so nothing here knows a database.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
import logging
import threading
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from geo.errors import GeoError
from geo.geocoding.offline import OfflineAdapter
from geo.geocoding.points import as_point

log = logging.getLogger(__name__)

_STRIPES = 64  # lock files between processes; two questions seldom share one


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

    def stats(self) -> dict[str, int]:
        """What is held and how often it helped, all providers together.

        `entries` that have not expired, and of those `misses_kept`, which say "not known";
        `lookups` made, and `hits`, those that were answered from the cache.
        """
        ...


class MemoryCache:
    """A `GeocodeCache` that ends with the process. `now` is the clock, for tests."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now, self._lock = now, threading.Lock()
        self._rows: dict[tuple[str, str, str], tuple[str, datetime | None]] = {}
        self._hits = self._lookups = 0

    def get(self, provider: str, version: str, query: str) -> str | None:
        with self._lock:
            self._lookups += 1
            body, expires = self._rows.get((provider, version, query), (None, None))
            if body is None or (expires is not None and expires <= self._now()):
                return None
            self._hits += 1
            return body

    def put(
        self, provider: str, version: str, query: str, body: str, expires: datetime | None
    ) -> None:
        with self._lock:
            self._rows[provider, version, query] = body, expires

    def forget(self, provider: str, query: str) -> None:
        with self._lock:
            for key in [key for key in self._rows if (key[0], key[2]) == (provider, query)]:
                del self._rows[key]

    def stats(self) -> dict[str, int]:
        with self._lock:
            now = self._now()
            live = [body for body, ends in self._rows.values() if ends is None or ends > now]
            return {
                "entries": len(live),
                "misses_kept": live.count("null"),
                "hits": self._hits,
                "lookups": self._lookups,
            }


class CachedGeocoder(Geocoder):
    """Any geopy geocoder, with its answers remembered.

    geocoder: the one to ask; its `geocode` and `reverse` take what geopy's take, and options
    (`country`, `language`, ...) are part of the question. provider, version: what its answers are
    filed under; a new version asks again. keep, keep_misses: how long, None for ever. lock_dir:
    where lock files go that keep two processes from asking the same at once; None for one process.

    The same question asked at once goes out once, and every asker gets its answer or its error.
    A damaged entry is dropped and asked again; a cache that fails is done without.
    """

    def __init__(
        self,
        geocoder: Any,
        cache: GeocodeCache,
        *,
        provider: str,
        version: str,
        keep: timedelta | None = None,
        keep_misses: timedelta | None = None,
        lock_dir: Path | None = None,
    ) -> None:
        super().__init__(adapter_factory=OfflineAdapter)
        self.geocoder, self.cache = geocoder, cache
        self.provider, self.version = provider, version
        self._keep, self._keep_misses, self._lock_dir = keep, keep_misses, lock_dir
        self._asking: dict[str, Future[str]] = {}
        self._lock = threading.Lock()

    def accepts(self, option: str) -> bool:
        """Whether the geocoder behind takes a keyword of that name."""
        return accepts(self.geocoder.geocode, option)

    def geocode(
        self,
        query: Any,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        **options: Any,
    ) -> Any:
        """A Location, a list of them, or None, as the geocoder behind answers or once answered."""
        key = cache_key(query, exactly_one, options)
        return self._answer(key, self.geocoder.geocode, query, exactly_one, timeout, options)

    def reverse(
        self,
        query: Any,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        **options: Any,
    ) -> Any:
        """What is at a point: a Location, a list of them, or None."""
        point = as_point(query)
        where = {"lat": round(point.latitude, 6), "lon": round(point.longitude, 6)}
        key = cache_key(where, exactly_one, options)
        return self._answer(key, self.geocoder.reverse, query, exactly_one, timeout, options)

    def forget(self, query: Any, *, exactly_one: bool = True, **options: Any) -> None:
        """Drop the answer to one question."""
        self.cache.forget(self.provider, cache_key(query, exactly_one, options))

    def _answer(
        self,
        key: str,
        ask: Any,
        query: Any,
        exactly_one: bool,
        timeout: Any,
        options: dict[str, Any],
    ) -> Any:
        known = self._remembered(key)
        if known is not None:
            return decode(known, exactly_one)
        with self._lock:
            pending = self._asking.get(key)
            mine: Future[str] | None = None
            if pending is None:
                pending = mine = self._asking[key] = Future()
        if mine is None:
            return decode(pending.result(), exactly_one)
        try:
            with self._alone(key):
                # Another may have asked between the look-up and here.
                body = self._remembered(key)
                if body is None:
                    more = {} if timeout is DEFAULT_SENTINEL else {"timeout": timeout}
                    body = encode(ask(query, exactly_one=exactly_one, **more, **options))
                    self._keep_answer(key, body)
            mine.set_result(body)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._asking[key]
        return decode(body, exactly_one)

    @contextlib.contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        if self._lock_dir is None:
            yield
            return
        stripe = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[0] % _STRIPES
        self._lock_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(self._lock_dir / f"geocode-{stripe:02d}.lock"):
            yield

    def _remembered(self, key: str) -> str | None:
        try:
            body = self.cache.get(self.provider, self.version, key)
            if body is None:
                return None
            try:
                decode(body, False)
            except (ValueError, TypeError, KeyError) as error:
                log.warning("dropped a damaged cache entry of %s: %r", self.provider, error)
                self.cache.forget(self.provider, key)
                return None
        except GeoError as error:
            log.warning("the geocode cache cannot be read: %s", error)
            return None
        return body

    def _keep_answer(self, key: str, body: str) -> None:
        keep = self._keep_misses if body == "null" else self._keep
        expires = None if keep is None else datetime.now(UTC) + keep
        try:
            self.cache.put(self.provider, self.version, key, body, expires)
        except GeoError as error:
            log.warning("the geocode cache cannot be written: %s", error)


def accepts(function: Callable[..., Any], option: str) -> bool:
    """Whether a function takes a keyword of that name."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, CachedGeocoder):
        return owner.accepts(option)
    parameters = inspect.signature(function).parameters
    return option in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def cache_key(query: Any, exactly_one: bool, options: dict[str, Any]) -> str:
    """The question as text: the name itself where nothing else was asked, else JSON."""
    if isinstance(query, str):
        query = " ".join(unicodedata.normalize("NFC", query).split())
    given = {name: value for name, value in sorted(options.items()) if value is not None}
    if isinstance(query, str) and exactly_one and not given and not query.startswith("{"):
        return query
    question = {"query": query, **({} if exactly_one else {"all": True}), **given}
    return json.dumps(question, ensure_ascii=False, sort_keys=True, default=str)


def encode(found: Any) -> str:
    """What a geocoder answered, as JSON: `null`, or a list of places."""
    if found is None:
        return "null"
    locations = found if isinstance(found, list) else [found]
    rows = [
        {"address": at.address, "lat": at.latitude, "lon": at.longitude, "raw": at.raw}
        for at in locations
    ]
    return json.dumps(rows or None, ensure_ascii=False, default=str)


def decode(body: str, exactly_one: bool) -> Any:
    """The answer again. Raises ValueError, TypeError or KeyError where the body is damaged."""
    rows = json.loads(body)
    if rows is None:
        return None
    if not isinstance(rows, list) or not rows:
        raise ValueError("neither a miss nor a list of places")
    found = []
    for row in rows:
        lat, lon = float(row["lat"]), float(row["lon"])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError(f"no such point: {lat}, {lon}")
        found.append(Location(str(row["address"]), (lat, lon), row["raw"]))
    return found[0] if exactly_one else found

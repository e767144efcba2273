"""Geocoders in a row: the gazetteer first, then online ones for what it did not know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from geopy.exc import GeocoderServiceError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder

from geo.errors import BadQueryError
from geo.geocoding.cache import CachedGeocoder, GeocodeCache, accepts
from geo.geocoding.gazetteer import GazetteerGeocoder, PlaceSource
from geo.geocoding.nominatim import open_nominatim, spelled_out
from geo.geocoding.offline import OfflineAdapter
from geo.settings import Settings

_KEEP_MISSES_DAYS = 14  # what is missing from a map of volunteers may soon be on it


class Answer(NamedTuple):
    """What was found (a Location, a list, or None) and which provider found it ("" for none)."""

    found: Any
    provider: str


class ChainGeocoder(Geocoder):
    """Ask each geocoder in turn until one knows.

    geocoders: (provider, geocoder) in order; any geopy geocoder will do. One that takes no
    `country` or `admin1` gets them spelled out behind the name. One that fails is passed over;
    where nobody knows and one had failed its error is raised, since then nothing was learnt.
    """

    def __init__(self, geocoders: Sequence[tuple[str, Any]]) -> None:
        super().__init__(adapter_factory=OfflineAdapter)
        self.geocoders = tuple(geocoders)

    @property
    def providers(self) -> tuple[str, ...]:
        """Who is asked, in order."""
        return tuple(name for name, _ in self.geocoders)

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        country: str | None = None,
        admin1: str | None = None,
    ) -> Any:
        """A Location, a list of them, or None; `ask` also says who knew."""
        return self.ask(
            query, exactly_one=exactly_one, timeout=timeout, country=country, admin1=admin1
        ).found

    def ask(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        country: str | None = None,
        admin1: str | None = None,
    ) -> Answer:
        """The first answer, and who gave it. Raises BadQueryError, or the first error met."""
        if not isinstance(query, str) or not query.strip():
            raise BadQueryError(f"cannot look up {query!r}")
        given = {k: v for k, v in (("country", country), ("admin1", admin1)) if v}

        def put(geocoder: Any) -> Any:
            taken = {k: v for k, v in given.items() if accepts(geocoder.geocode, k)}
            left = {k: v for k, v in given.items() if k not in taken}
            text = spelled_out(query, left.get("country"), left.get("admin1")) if left else query
            return geocoder.geocode(text, exactly_one=exactly_one, **_unless(timeout), **taken)

        return self._first(put)

    def reverse(
        self, query: Any, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL
    ) -> Any:
        """What is at a point, from the first geocoder that knows."""
        return self.ask_reverse(query, exactly_one=exactly_one, timeout=timeout).found

    def ask_reverse(
        self, query: Any, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL
    ) -> Answer:
        """What is at a point, and who knew."""
        return self._first(
            lambda geocoder: geocoder.reverse(query, exactly_one=exactly_one, **_unless(timeout))
        )

    def _first(self, put: Any) -> Answer:
        failure: GeocoderServiceError | None = None
        for provider, geocoder in self.geocoders:
            try:
                found = put(geocoder)
            except BadQueryError:
                raise
            except GeocoderServiceError as error:
                failure = failure or error
                continue
            if found:
                return Answer(found, provider)
        if failure is not None:
            raise failure
        return Answer(None, "")


def _unless(timeout: Any) -> dict[str, Any]:
    return {} if timeout is DEFAULT_SENTINEL else {"timeout": timeout}


def open_geocoder(
    settings: Settings, places: PlaceSource, cache: GeocodeCache | None = None
) -> ChainGeocoder:
    """The gazetteer, and behind it Nominatim, remembered in `cache`, where the user turned it on.

    Raises SettingsError where the online geocoder's settings cannot be used.
    """
    geocoders: list[tuple[str, Any]] = [("gazetteer", GazetteerGeocoder(places))]
    online = open_online(settings, cache)
    if online is not None:
        geocoders.append(("nominatim", online))
    return ChainGeocoder(geocoders)


def open_online(settings: Settings, cache: GeocodeCache | None = None) -> Any:
    """Nominatim alone, remembered in `cache`, or None where the user has not turned it on.

    Raises SettingsError where its settings cannot be used.
    """
    online = open_nominatim(settings)
    if online is None or cache is None:
        return online
    return CachedGeocoder(
        online,
        cache,
        provider="nominatim",
        version=settings.nominatim_url,
        keep=timedelta(days=settings.cache_days),
        keep_misses=timedelta(days=min(settings.cache_days, _KEEP_MISSES_DAYS)),
        lock_dir=settings.local_dir / "locks",
    )

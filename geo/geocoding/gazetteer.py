"""The gazetteer with geopy's calling convention: nothing leaves the machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from geo.errors import BadQueryError
from geo.gazetteer.gazetteer import Gazetteer
from geo.geocoding.names import resolve_name
from geo.geocoding.offline import OfflineAdapter
from geo.geocoding.points import as_point
from geo.model import Candidate, Place


class PlaceSource(Protocol):
    """What a gazetteer must offer to be asked through geopy."""

    def lookup(self, name: str) -> list[Place]:
        """Every place of that name, the most prominent first."""
        ...

    def nearest(
        self, lat: float, lon: float, limit: int = 1, max_km: float = 50
    ) -> list[tuple[Place, float]]:
        """Settlements around a point with their distance in km, nearest first."""
        ...


Resolve = Callable[[str, str | None, str | None], Sequence[Candidate]]


class GazetteerGeocoder(Geocoder):
    """Look names up in a gazetteer.

    places: the gazetteer. resolve: (name, country, admin1) -> candidates, best first; by default
    what the gazetteer index knows of spellings and regions, and for any other `PlaceSource` its
    own order, kept to the given codes. max_km: how far `reverse` looks for a settlement.
    """

    def __init__(
        self, places: PlaceSource, *, resolve: Resolve | None = None, max_km: float = 50.0
    ) -> None:
        super().__init__(adapter_factory=OfflineAdapter)
        self.places, self.max_km = places, max_km
        self._resolve = resolve or self._candidates

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        country: str | None = None,
        admin1: str | None = None,
    ) -> Location | list[Location] | None:
        """The most likely place of that name, all of them as a list, or None where unknown.

        country, admin1: by code or by name; answers then lie inside. `timeout` is accepted for
        geopy's sake. `raw` of a Location holds the place's fields and `confidence` (0 to 1).
        Raises BadQueryError for empty text.
        """
        if not isinstance(query, str) or not query.strip():
            raise BadQueryError(f"cannot look up {query!r}")
        found = [
            _location(candidate.place, confidence=candidate.score)
            for candidate in self._resolve(query, country or None, admin1 or None)
        ]
        if not found:
            return None
        return found[0] if exactly_one else found

    def reverse(
        self,
        query: Any,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        limit: int = 5,
    ) -> Location | list[Location] | None:
        """The settlement nearest to a point, the `limit` nearest as a list, or None.

        query: a geopy Point, (latitude, longitude), or text that geopy can read. `raw` holds
        `distance_km` too. Raises BadQueryError for what is no point.
        """
        point = as_point(query)
        near = self.places.nearest(
            point.latitude, point.longitude, limit=1 if exactly_one else limit, max_km=self.max_km
        )
        found = [_location(place, distance_km=distance_km) for place, distance_km in near]
        if not found:
            return None
        return found[0] if exactly_one else found

    def _candidates(
        self, query: str, country: str | None, admin1: str | None
    ) -> Sequence[Candidate]:
        if isinstance(self.places, Gazetteer):
            return resolve_name(self.places, query, country=country, admin1=admin1)
        return [
            Candidate(place, 1.0)
            for place in self.places.lookup(query)
            if country in (None, place.country) and admin1 in (None, place.admin1)
        ]


def _location(place: Place, **facts: float) -> Location:
    parts = dict.fromkeys(filter(None, (place.name, place.admin1_name, place.country)))
    raw = {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "country": place.country,
        "admin1": place.admin1,
        "admin1_name": place.admin1_name,
        "population": place.population,
        "precision_km": place.precision_km,
        **facts,
    }
    return Location(", ".join(parts), (place.lat, place.lon), raw)

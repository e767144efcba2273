"""Stand-ins for the geocoding tests: a gazetteer of three places, a geocoder with a script."""

from __future__ import annotations

import time
from typing import Any

from geopy.location import Location

from geo.geocoding.cache import CachedGeocoder, MemoryCache
from geo.model import Place


class Shelf:
    """A gazetteer of three places."""

    places = (
        Place(id="gn:1", name="Paris", kind="settlement", lat=48.85341, lon=2.3488, country="FR",
              admin1="FR-IDF", admin1_name="Île-de-France", population=2_138_551),
        Place(id="gn:2", name="Paris", kind="settlement", lat=33.66094, lon=-95.55551,
              country="US", admin1="US-TX", admin1_name="Texas", population=24_782),
        Place(id="gn:3", name="Null", kind="site", lat=0.0, lon=0.0),
    )  # fmt: skip

    def lookup(self, name: str) -> list[Place]:
        return [place for place in self.places if place.name.lower() == name.strip().lower()]

    def nearest(
        self, lat: float, lon: float, limit: int = 1, max_km: float = 50
    ) -> list[tuple[Place, float]]:
        near = [(p, abs(p.lat - lat) * 111.2) for p in self.places if abs(p.lon - lon) < 1]
        return [pair for pair in near if pair[1] <= max_km][:limit]


class Scripted:
    """A geocoder that answers from a list, raises what is an error, and counts."""

    def __init__(self, *answers: Any, delay_s: float = 0.0) -> None:
        self.answers, self.delay_s, self.asked = list(answers), delay_s, []

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = None) -> Any:
        self.asked.append(query)
        time.sleep(self.delay_s)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    reverse = geocode


LYON = Location("Lyon, France", (45.75, 4.85), {"id": 7})


def cached(geocoder: Any, cache: Any = None, **more: Any) -> CachedGeocoder:
    """A geocoder behind a cache, a new one where none is given."""
    return CachedGeocoder(
        geocoder, MemoryCache() if cache is None else cache, provider="test", version="1", **more
    )

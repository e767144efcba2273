"""Where coded rows happened: the gazetteer's place where it is the same, else the coder's own.

A point is taken as coded. It becomes the gazetteer's settlement only where that has the same name
and lies beside it, so that articles and data sets meet in one ring. The centroid of an area becomes
the area itself, found by code or name; one that is not found stays an area, never a point.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geo.gazetteer.gazetteer import Gazetteer, distance_km
from geo.gazetteer.layers import DEMONYM
from geo.gazetteer.names import normalize
from geo.geocoding.bounds import resolve_admin1, resolve_country
from geo.model import AREA_KINDS, LINE_KINDS, Place, stable_id

SAME_KM = 5.0  # a settlement of the same name this near is the same settlement
SURE_KM = 10.0  # a point known less well than this is not moved to a settlement
_AROUND_KM = 50.0  # a point is in a country where a settlement of it lies this near
_ASKED = 25  # settlements around a point that are asked for their country


class _Asked(NamedTuple):
    """A location as a data set has it."""

    name: str
    kind: str
    lat: float
    lon: float
    precision_km: float
    country: str
    admin1: str
    admin2: str
    country_name: str


class CodedPlaces:
    """Finds the places of one import; each different location is looked up once."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._known: dict[_Asked, Place | str] = {}
        self._country = cache(lambda text: resolve_country(gazetteer, text) or "")
        self._middle = cache(lambda country: gazetteer.place(f"iso:{country}"))
        self._admin1 = cache(lambda text, country: resolve_admin1(gazetteer, text, country) or "")

    def settle(
        self, locations: pd.DataFrame
    ) -> tuple[list[Place], np.ndarray[Any, Any], dict[int, str]]:
        """Places, for each location its place's index, and why some indices are wrong.

        locations : columns as in `geo.sources.datasets.coded.LOCATION_COLUMNS`
        """
        codes, first = _same(locations)
        columns = (locations[name].iloc[first].to_numpy(dtype=object) for name in _Asked._fields)
        places, wrong = [], {}
        for at, key in enumerate(zip(*columns, strict=True)):
            asked = _Asked(*key)
            found = self._known.get(asked)
            if found is None:
                found = self._known[asked] = self._find(asked)
            if isinstance(found, str):
                wrong[at] = found
                found = Place(id="", name="", kind="", lat=0, lon=0)
            places.append(found)
        return places, codes, wrong

    def _find(self, asked: _Asked) -> Place | str:
        """The place, or why the location cannot be right."""
        country = self._country(asked.country) if asked.country else ""
        if country and asked.country_name and self._is_another(asked.country_name, country):
            return f"the country is {asked.country_name} by its name and {country} by its code"
        admin1 = self._admin1(asked.admin1, country or None) if asked.admin1 else ""
        area = asked.kind in AREA_KINDS or asked.kind in LINE_KINDS
        found = self._area(asked, country, admin1) if area else self._same_point(asked)
        if found is not None:
            return found
        if not area and country and self._is_swapped(asked, country):
            return (
                f"the point {asked.lat:g}, {asked.lon:g} is not in {asked.country}; latitude and "
                "longitude look swapped"
            )
        return self._own(asked, country, admin1, area)

    def _area(self, asked: _Asked, country: str, admin1: str) -> Place | None:
        if asked.kind == "country":
            return self._gazetteer.place(f"iso:{country}") if country else None
        if asked.kind == "admin1":
            return self._gazetteer.place(f"iso:{admin1}") if admin1 else None
        hits = self._gazetteer.hits(normalize(asked.name)) if asked.name.strip() else ()
        for hit in hits:
            place = hit.place
            if place.kind == asked.kind and hit.grade != DEMONYM:
                away = distance_km(asked.lat, asked.lon, place.lat, place.lon)
                if away <= max(place.precision_km, asked.precision_km) and (
                    country in ("", place.country) or not place.country
                ):
                    return place
        return None

    def _same_point(self, asked: _Asked) -> Place | None:
        if asked.precision_km > SURE_KM or not asked.name.strip():
            return None
        near = [
            (distance_km(asked.lat, asked.lon, hit.place.lat, hit.place.lon), hit.place)
            for hit in self._gazetteer.hits(normalize(asked.name))
            if hit.place.is_point and hit.grade != DEMONYM
        ]
        away, place = min(near, key=lambda pair: pair[0], default=(SAME_KM + 1, None))
        return place if away <= SAME_KM else None

    def _is_another(self, name: str, country: str) -> bool:
        """Whether a country's name is known, and never that of the country with a code."""
        if self._country(name) in ("", country):
            return False
        hits = self._gazetteer.hits(normalize(name))
        return not any(h.place.kind == "country" and h.place.country == country for h in hits)

    def _is_swapped(self, asked: _Asked, country: str) -> bool:
        """Whether the point lies outside the country that is named, and swapped inside."""
        middle = self._middle(country)
        if abs(asked.lon) > 90 or middle is None:
            return False
        as_given = distance_km(asked.lat, asked.lon, middle.lat, middle.lon)
        if as_given <= distance_km(asked.lon, asked.lat, middle.lat, middle.lon):
            return False  # by far the most, and quick to tell
        return not self._touches(asked.lat, asked.lon, country) and self._touches(
            asked.lon, asked.lat, country
        )

    def _touches(self, lat: float, lon: float, country: str) -> bool:
        around = self._gazetteer.nearest(lat, lon, limit=_ASKED, max_km=_AROUND_KM)
        return any(place.country == country for place, _ in around)

    def _own(self, asked: _Asked, country: str, admin1: str, area: bool) -> Place:
        # An area that nobody knows has no outline; as a region it is drawn as one all the same.
        kind = "region" if asked.kind in ("country", "admin1", "admin2") else asked.kind
        return Place(
            id=f"ds:{stable_id(*asked[:-1])}",
            name=asked.name or asked.admin1 or asked.country or "Unnamed place",
            kind=kind,
            lat=asked.lat,
            lon=asked.lon,
            country=country,
            admin1="" if area and asked.kind == "country" else admin1,
            admin1_name=self._gazetteer.admin1_name(admin1) or asked.admin1,
            admin2=asked.admin2,
            precision_km=asked.precision_km,
            source="coded in a data set",
        )


def _same(locations: pd.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Equal rows by number, and the first row of each number."""
    codes = np.zeros(len(locations), dtype=np.int64)
    for name in _Asked._fields:
        values, unique = pd.factorize(locations[name])
        codes = pd.factorize(codes * (len(unique) + 1) + values)[0]
    first = np.unique(codes, return_index=True)[1]
    return codes, first

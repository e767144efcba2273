"""What a text is about, as far as its other names tell: countries, regions, and what lies near.

Two kinds of witness. Names that can hardly be mistaken (countries, first-level regions, what stands
after "City,") set the `Scene`. Then every name lends its likely places to the `Neighbourhood` by
their probabilities, so that ambiguous towns which lie together settle one another.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from geo.model import Place

# Cell sizes [degrees], each with the eight cells around it, and what nearness there is worth.
_SCALES = ((1.0, 1.0), (0.4, 0.8))
_HEADS = frozenset({"city", "county", "town", "district", "province", "region", "oblast", "state"})
_BROAD = frozenset({"country", "continent", "ocean", "sea", "region", "river"})


@dataclass(slots=True)
class Scene:
    """Countries and first-level regions that a text names, with weights."""

    countries: Counter[str] = field(default_factory=Counter)
    admin1s: Counter[str] = field(default_factory=Counter)
    homes: Mapping[str, float] = field(default_factory=dict)  # where it is written, 0..1
    named_by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, place: Place, key: str, weight: float = 1.0) -> None:
        """Count a place that is named by `key`."""
        for code in (place.country, place.admin1):
            self.named_by[code].add(family(key))
        if place.country:
            self.countries[place.country] += weight  # type: ignore[assignment]
        if place.admin1:
            self.admin1s[place.admin1] += weight  # type: ignore[assignment]


class _Share:
    """What one name lends: weights by cell, first-level region and country."""

    __slots__ = ("admin1s", "cells", "countries", "total")

    def __init__(self) -> None:
        self.cells: dict[tuple[float, int, int], float] = defaultdict(float)
        self.admin1s: dict[str, float] = defaultdict(float)
        self.countries: dict[str, float] = defaultdict(float)
        self.total = 0.0


class Neighbourhood:
    """Where the likely places of a text's names lie; no name is a witness for itself."""

    def __init__(self) -> None:
        self._all = _Share()
        self._of: dict[str, _Share] = {}

    def add(self, key: str, places: Iterable[tuple[Place, float]]) -> None:
        """Lend the places that a name may mean, each with its probability."""
        own = self._of.setdefault(family(key), _Share())
        for place, weight in places:
            if weight < 0.02:
                continue
            for share in (own, self._all):
                for country in countries_of(place):
                    share.countries[country] += weight
                if place.admin1 and place.kind != "admin1":
                    share.admin1s[place.admin1] += weight
            if place.country or place.crosses:
                own.total += weight
                self._all.total += weight
            if place.kind in _BROAD or place.kind == "admin1":
                continue
            for size, worth in _SCALES:
                row, column = _cell(place, size)
                lent = worth * weight
                for i in (row - 1, row, row + 1):
                    for j in (column - 1, column, column + 1):
                        own.cells[size, i, j] += lent
                        self._all.cells[size, i, j] += lent

    def near(self, key: str, place: Place) -> float:
        """How many of the other names probably lie within 100 to 200 km of a place."""
        own = self._own(key).cells
        return sum(
            self._all.cells.get(cell, 0.0) - own.get(cell, 0.0)
            for size, _ in _SCALES
            for cell in [(size, *_cell(place, size))]
        )

    def in_region(self, key: str, admin1: str) -> float:
        """How many of the other names probably lie in a first-level region."""
        return self._all.admin1s.get(admin1, 0.0) - self._own(key).admin1s.get(admin1, 0.0)

    def country_share(self, key: str, place: Place) -> float:
        """The share 0..1 of the other names that lies in the countries of a place.

        Less where they are few.
        """
        own = self._own(key)
        mass = max(
            (
                self._all.countries.get(country, 0.0) - own.countries.get(country, 0.0)
                for country in countries_of(place)
            ),
            default=0.0,
        )
        return mass / max(self._all.total - own.total, 2.0)

    def _own(self, key: str) -> _Share:
        return self._of.get(family(key), _NOTHING)


def countries_of(place: Place) -> tuple[str, ...]:
    """ISO alpha-2 of the countries that a place lies in or crosses."""
    if place.country:
        return (place.country,)
    return tuple({code[:2] for code in place.crosses})


def family(key: str) -> str:
    """A name without the head that may stand after it: "dublin city" is no witness for "dublin"."""
    base, _, head = key.rpartition(" ")
    return base if base and head in _HEADS else key


def _cell(place: Place, size: float) -> tuple[int, int]:
    return math.floor(place.lat / size), math.floor(place.lon / size)


_NOTHING = _Share()

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
from functools import lru_cache

from geo.model import Place

# Cell sizes [degrees], each with the eight cells around it, and what nearness there is worth.
_SCALES = ((1.0, 1.0), (0.4, 0.8))
_HEADS = frozenset({"city", "county", "town", "district", "province", "region", "oblast", "state"})
_COLUMNS = 2000  # more than there are squares in a row
_AROUND = tuple(i * _COLUMNS + j for i in (-1, 0, 1) for j in (-1, 0, 1))
_LEAST_WEIGHT = 0.02  # a sense less likely is no witness
_BROAD = frozenset({"country", "continent", "ocean", "sea", "region", "river", "admin1"})


@dataclass(slots=True)
class Scene:
    """Countries and first-level regions that a text names, with weights."""

    countries: Counter[str] = field(default_factory=Counter)
    admin1s: Counter[str] = field(default_factory=Counter)
    total: float = 0.0  # of the countries' weights
    homes: Mapping[str, float] = field(default_factory=dict)  # where it is written, 0..1
    named_by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, place: Place, key: str, weight: float = 1.0) -> None:
        """Count a place that is named by `key`."""
        for code in (place.country, place.admin1):
            self.named_by[code].add(family(key))
        if place.country:
            self.countries[place.country] += weight  # type: ignore[assignment]
            self.total += weight
        if place.admin1:
            self.admin1s[place.admin1] += weight  # type: ignore[assignment]


@dataclass(slots=True)
class Spot:
    """Where one place lies, in the terms in which names are witnesses for one another."""

    countries: tuple[str, ...]
    admin1: str
    cells: tuple[int, ...]  # one of each scale; empty for what is too broad to be near anything


def spot_of(place: Place) -> Spot:
    """Where a place lies, as far as it can be a witness."""
    if place.kind in _BROAD:
        return Spot(countries_of(place), "" if place.kind == "admin1" else place.admin1, ())
    return _town_spot(place.country, place.crosses, place.admin1, place.lat, place.lon)


@lru_cache(maxsize=60_000)  # the same places are asked for again and again
def _town_spot(country: str, crosses: tuple[str, ...], admin1: str, lat: float, lon: float) -> Spot:
    cells = tuple(_cell(lat, lon, scale) for scale in range(len(_SCALES)))
    return Spot(_countries(country, crosses), admin1, cells)


class _Share:
    """What one name lends: weights by cell, first-level region and country."""

    __slots__ = ("admin1s", "cells", "countries", "total")

    def __init__(self) -> None:
        self.cells: dict[int, float] = defaultdict(float)
        self.admin1s: dict[str, float] = defaultdict(float)
        self.countries: dict[str, float] = defaultdict(float)
        self.total = 0.0

    def lend(self, spot: Spot, weight: float) -> None:
        for country in spot.countries:
            self.countries[country] += weight
        if spot.countries:
            self.total += weight
        if spot.admin1:
            self.admin1s[spot.admin1] += weight
        cells = self.cells
        for cell, (_, worth) in zip(spot.cells, _SCALES, strict=False):
            lent = worth * weight
            for step in _AROUND:
                cells[cell + step] += lent


class Others:
    """The other names of a text, as one name hears them."""

    __slots__ = ("_all", "_own", "_total")

    def __init__(self, everything: _Share, own: _Share) -> None:
        self._all, self._own = everything, own
        self._total = max(everything.total - own.total, 2.0)

    def near(self, spot: Spot) -> float:
        """How many of them probably lie within 40 to 200 km; the nearest count nearly twice."""
        every, own = self._all.cells, self._own.cells
        found = 0.0
        for cell in spot.cells:
            if cell in every:
                found += every[cell] - own.get(cell, 0.0)
        return found

    def in_region(self, admin1: str) -> float:
        """How many of them probably lie in a first-level region."""
        every = self._all.admin1s.get(admin1)
        return every - self._own.admin1s.get(admin1, 0.0) if every else 0.0

    def country_share(self, spot: Spot) -> float:
        """The share 0..1 of them in the countries of a place; less where they are few."""
        most = 0.0
        for country in spot.countries:
            every = self._all.countries.get(country)
            if every:
                most = max(most, every - self._own.countries.get(country, 0.0))
        return most / self._total


class Neighbourhood:
    """Where the likely places of a text's names lie; no name is a witness for itself."""

    def __init__(self) -> None:
        self._all = _Share()
        self._of: dict[str, _Share] = {}

    def add(self, name: str, spots: Iterable[tuple[Spot, float]]) -> None:
        """Lend what a name (as `family` gives it) may mean, each with its probability."""
        own = self._of.setdefault(name, _Share())
        for spot, weight in spots:
            if weight >= _LEAST_WEIGHT:
                own.lend(spot, weight)
                self._all.lend(spot, weight)

    def but(self, name: str) -> Others:
        """Every name but one."""
        return Others(self._all, self._of.get(name, _NOTHING))


def countries_of(place: Place) -> tuple[str, ...]:
    """ISO alpha-2 of the countries that a place lies in or crosses."""
    return _countries(place.country, place.crosses)


def _countries(country: str, crosses: tuple[str, ...]) -> tuple[str, ...]:
    return (country,) if country else tuple({code[:2] for code in crosses})


def family(key: str) -> str:
    """A name without the head that may stand after it: "dublin city" is no witness for "dublin"."""
    base, _, head = key.rpartition(" ")
    return base if base and head in _HEADS else key


def _cell(lat: float, lon: float, scale: int) -> int:
    """The number of a square; its neighbours' numbers differ by `_AROUND`."""
    size, _ = _SCALES[scale]
    row, column = math.floor(lat / size) + 500, math.floor(lon / size) + 500
    return (scale * _COLUMNS + row) * _COLUMNS + column


_NOTHING = _Share()

"""Look names up in the index: thread-safe, read-only, a few microseconds each."""

from __future__ import annotations

import itertools
import math
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from geo.errors import BadQueryError, GazetteerError
from geo.gazetteer.layers import BASE
from geo.gazetteer.lexicon import Word
from geo.gazetteer.names import normalize
from geo.model import Place

CELLS_PER_DEGREE = 4
EARTH_RADIUS_KM = 6371.009  # mean radius, the value geopy.distance uses
_COLUMNS = (
    "n, id, name, kind, lat, lon, country, admin1, admin2, population, precision_km, source, "
    "crosses, rank"
)
_COLUMNS_OF_PLACE = ", ".join(f"place.{column}" for column in _COLUMNS.split(", "))
_AREAS = "kind <> 'settlement'"  # said aloud, or SQLite does not use the index of the few areas
_NAMES_REMEMBERED = 60_000
_TOWN_PEOPLE, _NAMES_OF_A_TOWN = 10_000, 25.0
_OVERSHADOWED, _BESIDE_KM = 5, 10
_REGIONS_REMEMBERED = 5_000  # there are fewer
_TABLES = frozenset({"place", "name", "fold", "word", "meta"})


class Hit(NamedTuple):
    """A place that a key names: how prominent (about log10 of people), by what grade of name."""

    place: Place
    rank: float
    grade: int


def cell_of(lat: float, lon: float) -> int:
    """The number of the quarter-degree cell that holds a point."""
    row = min(int((lat + 90) * CELLS_PER_DEGREE), 180 * CELLS_PER_DEGREE - 1)
    column = int((lon + 180) * CELLS_PER_DEGREE) % (360 * CELLS_PER_DEGREE)
    return row * 360 * CELLS_PER_DEGREE + column


def distance_km(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Great-circle distance. Source: haversine formula (Sinnott 1984)."""
    one, two = math.radians(lat), math.radians(to_lat)
    h = (
        math.sin((two - one) / 2) ** 2
        + math.cos(one) * math.cos(two) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))


class Gazetteer:
    """The open index. Raises GazetteerError where the file is no index."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self.version = str(self.info()["version"])
        self.hits = lru_cache(maxsize=_NAMES_REMEMBERED)(self._hits)
        self.word = lru_cache(maxsize=_NAMES_REMEMBERED)(self._word)
        self._admin1_name_of = lru_cache(maxsize=_REGIONS_REMEMBERED)(self._read_admin1_name)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    def _rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Every row of a query. Raises GazetteerError where the file turns out to be damaged."""
        try:
            return self._connection().execute(statement, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise GazetteerError(
                f"the gazetteer index is damaged ({error}): python -m geo gazetteer build"
            ) from error

    def is_sound(self) -> bool:
        """Whether every table is there and every page can be read; takes about a second."""
        try:
            tables = {name for (name,) in self._rows("SELECT name FROM sqlite_master")}
            return tables >= _TABLES and self._rows("PRAGMA quick_check") == [("ok",)]
        except GazetteerError:
            return False

    def close(self) -> None:
        """Close every thread's connection; a later look-up fails."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def info(self) -> dict[str, int | str]:
        """Version, counts of places and names, size in bytes."""
        rows = self._rows("SELECT key, value FROM meta")
        return {key: int(value) if key != "version" else value for key, value in rows}

    # -- by name ----------------------------------------------------------------------------

    def _hits(self, key: str) -> tuple[Hit, ...]:
        return self._hits_of("name", key)

    def _hits_of(self, table: str, key: str) -> tuple[Hit, ...]:
        rows = self._rows(
            f"SELECT {_COLUMNS_OF_PLACE}, grade FROM {table} CROSS JOIN place ON n = {table}.place "
            "WHERE key = ? ORDER BY rank DESC, n",
            [key],
        )
        return tuple(Hit(*self._place_of(row[:-1]), row[-1]) for row in rows)

    def lookup(self, name: str) -> list[Place]:
        """Every place of that name, alias or romanisation; the most prominent first."""
        if not isinstance(name, str) or not name.strip():
            raise BadQueryError(f"cannot look up {name!r}")
        return [hit.place for hit in self.hits(normalize(name)) if hit.grade != BASE]

    def folded(self, key: str) -> tuple[Hit, ...]:
        """Hits by `romanization_key`, for names in countries that write Cyrillic."""
        return self._hits_of("fold", key)

    def folded_keys(self, admin1: str) -> list[str]:
        """Every `romanization_key` of one first-level region (ISO 3166-2)."""
        rows = self._rows("SELECT DISTINCT key FROM fold WHERE admin1 = ?", [admin1])
        return [key for (key,) in rows]

    def _word(self, lower: str) -> Word | None:
        rows = self._rows("SELECT capital, place, given, surname FROM word WHERE word = ?", [lower])
        return Word(*rows[0]) if rows else None

    # -- by id ------------------------------------------------------------------------------

    def _place_of(self, row: tuple) -> tuple[Place, float]:  # type: ignore[type-arg]
        (_, place_id, name, kind, lat, lon, country, admin1, admin2, population, precision_km,
         source, crosses, rank) = row  # fmt: skip
        place = Place(
            id=place_id, name=name, kind=kind, lat=lat, lon=lon, country=country, admin1=admin1,
            admin1_name=self.admin1_name(admin1), admin2=admin2, population=population,
            precision_km=precision_km, source=source,
            crosses=tuple(crosses.split("|")) if crosses else (),
        )  # fmt: skip
        return place, rank

    def place(self, place_id: str) -> Place | None:
        """The place with that id, or None."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM place WHERE id = ?", [place_id])
        return self._place_of(rows[0])[0] if rows else None

    def admin1_name(self, iso: str) -> str:
        """Current English name of a first-level region, empty where the code is unknown."""
        return self._admin1_name_of(iso) if iso else ""

    def _read_admin1_name(self, iso: str) -> str:
        rows = self._rows("SELECT name FROM place WHERE id = ?", [f"iso:{iso}"])
        return str(rows[0][0]) if rows else ""

    def _of_kind(self, kind: str) -> list[Place]:
        rows = self._rows(f"SELECT {_COLUMNS} FROM place WHERE kind = ? AND {_AREAS}", [kind])
        return [self._place_of(row)[0] for row in rows]

    def admin1s(self) -> dict[str, Place]:
        """ISO 3166-2 -> first-level region, the whole world."""
        return {place.admin1: place for place in self._of_kind("admin1")}

    def countries(self) -> dict[str, Place]:
        """ISO 3166-1 alpha-2 -> country."""
        return {place.country: place for place in self._of_kind("country")}

    def towns(self, countries: Sequence[str], least: int) -> list[tuple[Place, float]]:
        """Towns to find one's way by, each with its weight, the weightiest first; takes a second.

        Those of some countries (alpha-2), and those of at least so many people anywhere.

        The weight is the population, less where a town has few names: districts of cities are
        settlements to GeoNames as well, but hardly named in other languages. What lies right beside
        a town of many times its weight has a tenth of it.
        """
        weight = f"population * min(1.0, count(*) / {_NAMES_OF_A_TOWN})"
        rows = self._rows(
            f"SELECT {_COLUMNS_OF_PLACE}, {weight} AS weight "
            "FROM name JOIN place ON n = name.place "
            f"WHERE kind = 'settlement' AND population >= {_TOWN_PEOPLE} "
            f"AND (population >= ? OR country IN ({','.join('?' * len(countries))})) "
            "GROUP BY n ORDER BY weight DESC, n",
            [least, *countries],
        )
        towns: list[tuple[Place, float]] = []
        beside: dict[int, list[tuple[Place, float]]] = defaultdict(list)  # by cell
        for row in rows:
            town, weight = self._place_of(row[:-1])[0], row[-1]
            for other, larger in beside[cell_of(town.lat, town.lon)]:
                if larger > _OVERSHADOWED * weight and (
                    distance_km(town.lat, town.lon, other.lat, other.lon) < _BESIDE_KM
                ):
                    weight /= 10
                    break
            towns.append((town, weight))
            for north, east in itertools.product((-1, 0, 1), repeat=2):
                lat = min(max(town.lat + north / CELLS_PER_DEGREE, -90.0), 90.0)
                cell = cell_of(lat, town.lon + east / CELLS_PER_DEGREE)
                beside[cell].append((town, row[-1]))
        return sorted(towns, key=lambda pair: -pair[1])

    # -- by position ------------------------------------------------------------------------

    def nearest(
        self, lat: float, lon: float, limit: int = 1, max_km: float = 50
    ) -> list[tuple[Place, float]]:
        """Settlements around a point, nearest first, each with `distance_km`.

        Raises BadQueryError for coordinates out of range.
        """
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # also refuses NaN
            raise BadQueryError(f"no such point: latitude {lat}, longitude {lon}")
        reach = max_km / 111.2  # degrees of latitude
        widest = min(89.9, abs(lat) + reach)
        reach_lon = min(180.0, reach / math.cos(math.radians(widest)))
        step = 1 / CELLS_PER_DEGREE
        cells = set()
        for i in range(math.ceil(2 * reach / step) + 1):
            row_lat = min(90.0, max(-90.0, lat - reach + i * step))
            for j in range(math.ceil(2 * reach_lon / step) + 1):
                cells.add(cell_of(row_lat, (lon - reach_lon + j * step + 180) % 360 - 180))
        found = []
        numbers = sorted(cells)
        for at in range(0, len(numbers), 500):  # below SQLite's limit on parameters
            some = numbers[at : at + 500]
            rows = self._rows(
                f"SELECT {_COLUMNS} FROM place WHERE kind = 'settlement' "
                f"AND cell IN ({','.join('?' * len(some))})",
                some,
            )
            found += [(row, distance_km(lat, lon, row[4], row[5])) for row in rows]
        near = sorted((pair for pair in found if pair[1] <= max_km), key=lambda pair: pair[1])
        return [(self._place_of(row)[0], round(away, 3)) for row, away in near[:limit]]

    def reverse(self, lat: float, lon: float) -> Place | None:
        """The settlement at or nearest to a point within 50 km, or None."""
        near = self.nearest(lat, lon)
        return near[0][0] if near else None

"""The outlines that were built, one small SQLite file: read one geometry in well under a ms."""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import GazetteerError
from geo.gazetteer.shapes import MacroRegion
from geo.gazetteer.spans import Centre, centre_of

Floats = npt.NDArray[np.float64]

SCHEMA = """
CREATE TABLE outline (
    id TEXT PRIMARY KEY, lat REAL NOT NULL, lon REAL NOT NULL, radius_km REAL NOT NULL,
    body BLOB NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_REBUILD = "python -m geo gazetteer build --force builds it again"
_REMEMBERED = 256
_SMEAR = 5.0  # regions smaller across than this many tolerances are not drawn on the basemap


def write_rows(connection: sqlite3.Connection, areas: Mapping[str, BaseGeometry]) -> None:
    """Add areas by place id, each with its centre and a checksum."""
    rows = []
    for place_id, area in areas.items():
        body = zlib.compress(shapely.to_wkb(area), 6)
        rows.append((place_id, *centre_of(area), body, zlib.crc32(body)))
    connection.executemany("INSERT INTO outline VALUES (?,?,?,?,?,?)", rows)


class Outlines:
    """Areas and lines by place id; thread-safe, read-only.

    `problems` says in words which of the user's own files could not be used.
    Raises GazetteerError (from any method) where the file turns out to be damaged.
    """

    def __init__(
        self,
        path: Path,
        *,
        rivers: Mapping[str, shapely.LineString],
        macro_regions: Mapping[str, MacroRegion],
        own: Mapping[str, BaseGeometry],
        problems: Iterable[str] = (),
    ) -> None:
        self.path = path
        self.problems = tuple(problems)
        self._rivers, self._macro, self._own = dict(rivers), dict(macro_regions), dict(own)
        self._lock = threading.Lock()
        try:
            uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            meta = dict(self._connection.execute("SELECT key, value FROM meta").fetchall())
            whole = int(meta["bytes"]) == path.stat().st_size
        except (sqlite3.Error, OSError, KeyError, ValueError) as error:
            self.close()
            raise GazetteerError(
                f"the file of outlines is damaged ({error}): {_REBUILD}"
            ) from error
        if not whole:
            self.close()
            raise GazetteerError(f"the file of outlines is incomplete: {_REBUILD}")
        self._shape = lru_cache(maxsize=_REMEMBERED)(self._find_shape)
        self.geometry = lru_cache(maxsize=_REMEMBERED)(self._geometry)

    def close(self) -> None:
        """Let go of the file; a later look-up fails."""
        connection: sqlite3.Connection | None = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()

    # -- one place --------------------------------------------------------------------------

    def _geometry(self, place_id: str) -> dict[str, Any] | None:
        """GeoJSON geometry (longitude, latitude), or None: iso:UA, iso:UA-14, dl:dnipro.

        Shared between callers: do not write into it.
        """
        shape = self._shape(place_id)
        return None if shape is None else json.loads(shapely.to_geojson(shape))

    def centre(self, place_id: str) -> tuple[float, float] | None:
        """(lat, lon) of a point inside the area: its centroid where that is inside."""
        centre = self._centre(place_id)
        return None if centre is None else (centre.lat, centre.lon)

    def radius_km(self, place_id: str) -> float | None:
        """The distance from the centre that holds nine tenths of the area."""
        centre = self._centre(place_id)
        return None if centre is None else centre.radius_km

    def _centre(self, place_id: str) -> Centre | None:
        kind, _, code = place_id.partition(":")
        if kind == "iso" and code not in self._own:
            row = self._read("SELECT lat, lon, radius_km FROM outline WHERE id = ?", [place_id])
            return Centre(*row[0]) if row else None
        shape = self._shape(place_id)
        return None if shape is None or shape.geom_type == "LineString" else centre_of(shape)

    def admin1_centres(self) -> dict[str, Centre]:
        """ISO 3166-2 -> (lat, lon, radius_km) of every region that has an outline."""
        rows = self._read("SELECT id, lat, lon, radius_km FROM outline WHERE id LIKE 'iso:__-%'")
        centres = {row[0].removeprefix("iso:"): Centre(*row[1:]) for row in rows}
        return centres | {code: centre_of(area) for code, area in self._own.items()}

    def ids(self) -> list[str]:
        """Every place id that has a geometry."""
        stored = {row[0] for row in self._read("SELECT id FROM outline")}
        own = {f"iso:{code}" for code in self._own}
        listed = {f"dl:{slug}" for slug in [*self._rivers, *self._macro]}
        return sorted(stored | own | listed)

    def river_ids(self) -> list[str]:
        """Place ids of the rivers."""
        return sorted(f"dl:{slug}" for slug in self._rivers)

    def is_sound(self) -> bool:
        """Whether there are outlines and each is as it was written (reads the whole file)."""
        rows = self._read("SELECT body, checksum FROM outline")
        return bool(rows) and all(zlib.crc32(body) == checksum for body, checksum in rows)

    def _find_shape(self, place_id: str) -> BaseGeometry | None:
        kind, _, code = place_id.partition(":")
        if kind == "iso":
            return self._own.get(code) or self._stored(place_id)
        if kind != "dl":
            return None
        if code in self._rivers:
            return self._rivers[code]
        if code in self._macro:
            parts = [self._shape(f"iso:{member}") for member in self._macro[code].codes]
            known = [part for part in parts if part is not None]
            return shapely.union_all(known) if known else None
        return None

    def _stored(self, place_id: str) -> BaseGeometry | None:
        row = self._read("SELECT body, checksum FROM outline WHERE id = ?", [place_id])
        return self._unpack(place_id, *row[0]) if row else None

    def _unpack(self, place_id: str, body: bytes, checksum: int) -> BaseGeometry:
        if zlib.crc32(body) != checksum:
            raise GazetteerError(f"the outline of {place_id} is damaged: {_REBUILD}")
        return shapely.from_wkb(zlib.decompress(body))

    def _read(self, query: str, values: Iterable[object] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(query, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise GazetteerError(
                f"the file of outlines is damaged ({error}): {_REBUILD}"
            ) from error

    # -- many places ------------------------------------------------------------------------

    def basemap_admin1(
        self, tolerance_km: float = 15.0, countries: Collection[str] | None = None
    ) -> dict[str, Any]:
        """The borders between the regions of each country, as lines; nothing but numbers and ids.

        A FeatureCollection, one MultiLineString per country with its alpha-2 code as `id`,
        generalised to `tolerance_km`, rounded to 0.01 degree (0.001 below 2 km). A border is drawn
        once, and coasts and borders between countries, which the basemap has, are left out; so are
        countries whose regions are so small that their borders would be a smear at this scale.
        countries: alpha-2 codes; None is the whole world.
        """
        where = [f"iso:{code}-%" for code in countries] if countries is not None else ["iso:__-%"]
        areas: dict[str, list[BaseGeometry]] = {}
        for pattern in where:
            for place_id, body, checksum in self._read(
                "SELECT id, body, checksum FROM outline WHERE id LIKE ?", [pattern]
            ):
                own = self._own.get(place_id.removeprefix("iso:"))
                area = own if own is not None else self._unpack(place_id, body, checksum)
                areas.setdefault(place_id[4:6], []).append(area)
        digits = 2 if tolerance_km >= 2 else 3
        features = []
        for code in sorted(areas):
            if np.median(_sizes_km(areas[code])) < _SMEAR * tolerance_km:
                continue
            lines = _inner_borders(areas[code], tolerance_km / 111.2, digits)
            if lines:
                geometry = {"type": "MultiLineString", "coordinates": lines}
                features.append(
                    {"type": "Feature", "id": code, "properties": {}, "geometry": geometry}
                )
        return {"type": "FeatureCollection", "features": features}


def _sizes_km(areas: list[BaseGeometry]) -> Floats:
    """Side of a square as large as each area [km]."""
    latitude = np.deg2rad((shapely.bounds(areas)[:, 1] + shapely.bounds(areas)[:, 3]) / 2)
    return np.asarray(111.2 * np.sqrt(shapely.area(areas) * np.cos(latitude)), dtype=np.float64)


def _inner_borders(
    areas: list[BaseGeometry], tolerance_degrees: float, digits: int
) -> list[list[list[float]]]:
    """The segments that two areas share, joined into lines, generalised and rounded."""
    rings = shapely.get_rings(shapely.get_parts(areas))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    ends = np.hstack([xy[:-1], xy[1:]])[inside]
    flip = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[flip] = ends[flip][:, [2, 3, 0, 1]]
    segments, times = np.unique(np.round(ends, 4), axis=0, return_counts=True)
    shared = segments[times == 2]
    if not len(shared):
        return []
    merged = shapely.line_merge(shapely.multilinestrings(shared.reshape(-1, 2, 2)))
    simple = shapely.simplify(shapely.get_parts(merged), tolerance_degrees)
    lines = []
    for line in simple:
        points = np.round(shapely.get_coordinates(line), digits)
        keep = np.r_[True, np.any(points[1:] != points[:-1], axis=1)]
        if keep.sum() > 1:
            lines.append(points[keep].tolist())
    return lines

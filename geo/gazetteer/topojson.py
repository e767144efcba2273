"""Decode TopoJSON areas: shared, delta-encoded arcs become closed rings of longitude, latitude.

Format: https://github.com/topojson/topojson-specification (version 1). `world-atlas` stitches its
rings across the antimeridian and round the pole; here they are cut at 180 degrees again, as
GeoJSON (RFC 7946, section 3.1.9) and everything that computes on a plane need them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Polygon, affinity

from geo.errors import GazetteerError

Floats = npt.NDArray[np.float64]

_DIGITS = 7  # about 1 cm; the files are quantised to 400 m


class Feature(NamedTuple):
    """One object of the file: its id (may be empty), its name, its polygons [degrees WGS84]."""

    id: str
    name: str
    polygons: tuple[Polygon, ...]


def read_areas(path: Path, collection: str) -> list[Feature]:
    """Every Polygon and MultiPolygon of one collection; other kinds of geometry are left out.

    Raises GazetteerError where the file cannot be read or is no TopoJSON with that collection.
    """
    try:
        topology = json.loads(path.read_text(encoding="utf-8"))
        arcs = _arcs(topology)
        geometries = topology["objects"][collection]["geometries"]
        return [_feature(geometry, arcs) for geometry in geometries]
    except OSError as error:
        raise GazetteerError(f"cannot read {path.name}: {error.strerror}") from error
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise GazetteerError(
            f"{path.name} is no TopoJSON file with {collection!r} ({error!r}): npm ci fetches it"
        ) from error


def _arcs(topology: dict[str, Any]) -> list[Floats]:
    arcs = [np.asarray(arc, dtype=np.float64)[:, :2] for arc in topology["arcs"]]
    transform = topology.get("transform")
    if transform is None:
        return arcs
    scale, translate = np.asarray(transform["scale"]), np.asarray(transform["translate"])
    return [np.round(np.cumsum(arc, axis=0) * scale + translate, _DIGITS) for arc in arcs]


def _feature(geometry: dict[str, Any], arcs: list[Floats]) -> Feature:
    polygons: list[list[list[int]]] = {
        "Polygon": [geometry.get("arcs", [])],
        "MultiPolygon": geometry.get("arcs", []),
    }.get(geometry["type"], [])
    return Feature(
        id=str(geometry.get("id") or ""),
        name=str(geometry.get("properties", {}).get("name") or ""),
        polygons=tuple(piece for rings in polygons for piece in _pieces(rings, arcs)),
    )


def _pieces(rings: list[list[int]], arcs: list[Floats]) -> list[Polygon]:
    """One polygon, or its pieces on either side of the antimeridian."""
    shell, *holes = [_unwrapped(_ring(ring, arcs)) for ring in rings]
    if not _has_area(shell):
        return []
    west, east = shell[:, 0].min(), shell[:, 0].max()
    middle = (west + east) / 2
    for hole in holes:
        hole[:, 0] += 360 * np.round((middle - hole[:, 0].mean()) / 360)
    polygon = Polygon(shell, [hole for hole in holes if _has_area(hole)])
    if west >= -180 and east <= 180:
        return [polygon]
    sound = shapely.make_valid(polygon)
    pieces = []
    for turn in range(int(np.floor((west + 180) / 360)), int(np.ceil((east + 180) / 360))):
        world = shapely.box(360 * turn - 180, -90, 360 * turn + 180, 90)
        parts = shapely.get_parts(shapely.intersection(sound, world))
        # Turning by 360 degrees costs a last binary digit, and neighbours must stay alike.
        back = [
            shapely.set_precision(
                affinity.translate(part, xoff=-360.0 * turn), 10.0**-_DIGITS, mode="pointwise"
            )
            for part in parts
        ]
        pieces += [part for part in back if isinstance(part, Polygon) and part.area > 0]
    return pieces


def _has_area(ring: Floats) -> bool:
    """False for a tiny island that quantising shrank to a point or a line."""
    return len(np.unique(ring, axis=0)) >= 3 and abs(_twice_area(ring)) > 1e-9


def _twice_area(ring: Floats) -> float:
    x, y = (ring - ring[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))


def _unwrapped(ring: Floats) -> Floats:
    """The ring without jumps of 360 degrees; one round a pole is closed along the pole."""
    lon = np.unwrap(ring[:, 0], period=360.0)
    if abs(lon[-1] - lon[0]) > 180:
        pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
        closing = [[lon[-1], pole], [lon[0], pole], [lon[0], ring[0, 1]]]
        return np.vstack([np.column_stack([lon, ring[:, 1]]), closing])
    return np.column_stack([lon, ring[:, 1]])


def _ring(numbers: list[int], arcs: list[Floats]) -> Floats:
    """Arcs end to end; ~n (below zero) is arc n walked backwards; joints are written once."""
    pieces = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])])

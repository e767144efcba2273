"""Decode TopoJSON areas: shared, delta-encoded arcs become closed rings of longitude, latitude.

Format: https://github.com/topojson/topojson-specification (version 1).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from shapely import Polygon

from geo.errors import GazetteerError

Floats = npt.NDArray[np.float64]


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
    return [np.cumsum(arc, axis=0) * scale + translate for arc in arcs]


def _feature(geometry: dict[str, Any], arcs: list[Floats]) -> Feature:
    polygons: list[list[list[int]]] = {
        "Polygon": [geometry.get("arcs", [])],
        "MultiPolygon": geometry.get("arcs", []),
    }.get(geometry["type"], [])
    return Feature(
        id=str(geometry.get("id") or ""),
        name=str(geometry.get("properties", {}).get("name") or ""),
        polygons=tuple(
            polygon for rings in polygons if (polygon := _polygon(rings, arcs)) is not None
        ),
    )


def _polygon(rings: list[list[int]], arcs: list[Floats]) -> Polygon | None:
    shell, *holes = [_ring(ring, arcs) for ring in rings]
    if len(shell) < 4:  # quantising shrank a tiny island to a point or a line
        return None
    return Polygon(shell, [hole for hole in holes if len(hole) >= 4])


def _ring(numbers: list[int], arcs: list[Floats]) -> Floats:
    """Arcs end to end; ~n (below zero) is arc n walked backwards; joints are written once."""
    pieces = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])])

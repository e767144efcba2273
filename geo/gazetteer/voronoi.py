"""Approximate region outlines: Voronoi cells of a region's settlements, dissolved, cut to land.

Cells are drawn on a Mercator plane: it keeps angles, so "nearer to this settlement than to that
one" is true on it wherever neighbours are close, at any latitude. Longitudes are unwrapped first,
so that a country on both sides of the antimeridian is one piece while its cells are drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon, STRtree, affinity
from shapely.geometry.base import BaseGeometry

from geo.gazetteer.land import polygons_of

Floats = npt.NDArray[np.float64]

_FAR_DEGREES = 2000.0  # sentinels this far away close the outermost cells


def admin1_areas(
    points: Floats, codes: Sequence[str], land: Sequence[Polygon], tolerance_degrees: float
) -> dict[str, MultiPolygon]:
    """Divide one country's land among its regions.

    points: (n, 2) settlements [latitude, longitude in degrees]; codes: their n region codes;
    land: the country's polygons, none crossing the antimeridian. Borders between regions are
    generalised by `tolerance_degrees` of longitude (alike on both sides), the country's own border
    is not. Together the areas cover the land without overlap, and are cut at the antimeridian
    (RFC 7946).
    """
    parts = list(land)
    if not parts or not len(codes):
        return {}
    lons = [points[:, 1], *(np.array(part.bounds)[[0, 2]] for part in parts)]
    start = _first_longitude(np.concatenate(lons))
    unwrapped = np.where(points[:, 1] < start, points[:, 1] + 360, points[:, 1])
    shifts = [360.0 if part.bounds[0] < start - 1e-9 else 0.0 for part in parts]
    plane = _to_plane(np.column_stack([unwrapped, points[:, 0]]))
    names, cells = _dissolved_cells(plane, codes)

    areas: dict[str, list[Polygon]] = defaultdict(list)
    tree = STRtree(cells)
    for part, shift in zip(parts, shifts, strict=True):
        here = shapely.transform(affinity.translate(part, xoff=shift), _to_plane)
        for code, piece in _divide(here, names, cells, tree, tolerance_degrees):
            back = shapely.transform(piece, _from_plane)
            areas[code] += polygons_of(affinity.translate(back, xoff=-shift))
    return {code: MultiPolygon(found) for code, found in areas.items()}


def _to_plane(xy: Floats) -> Floats:
    """Mercator: x and y in degrees of longitude."""
    northing = np.rad2deg(np.arcsinh(np.tan(np.deg2rad(xy[:, 1]))))
    return np.column_stack([xy[:, 0], northing])


def _from_plane(xy: Floats) -> Floats:
    return np.column_stack([xy[:, 0], np.rad2deg(np.arctan(np.sinh(np.deg2rad(xy[:, 1]))))])


def _first_longitude(longitudes: Floats) -> float:
    """Where the country begins, coming out of the widest empty stretch around the globe."""
    ordered = np.unique(longitudes)
    gaps = np.diff(ordered, append=ordered[0] + 360)
    widest = int(np.argmax(gaps))
    return float(ordered[(widest + 1) % len(ordered)])


def _dissolved_cells(plane: Floats, codes: Sequence[str]) -> tuple[list[str], list[BaseGeometry]]:
    """One area per code, on the plane; neighbours share their vertices exactly."""
    from scipy.spatial import Voronoi  # 35 MB that only building needs

    plane, first = np.unique(plane, axis=0, return_index=True)
    names = sorted({codes[at] for at in first})
    number = {name: n for n, name in enumerate(names)}
    group = np.array([number[codes[at]] for at in first])
    angles = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    far = plane.mean(axis=0) + _FAR_DEGREES * np.column_stack([np.cos(angles), np.sin(angles)])
    diagram = Voronoi(np.vstack([plane, far]))

    regions = [diagram.regions[at] for at in diagram.point_region[: len(plane)]]
    sizes = np.array([len(region) for region in regions])
    cell = np.repeat(np.arange(len(regions)), sizes)
    vertex = np.fromiter((v for region in regions for v in region), dtype=np.int64)
    # Qhull gives the corners of each cell in order round it.
    polygons = shapely.polygons(shapely.linearrings(diagram.vertices[vertex], indices=cell))

    by_group = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[by_group], np.arange(len(names) + 1))
    return names, [
        _dissolve(polygons[by_group[edges[n] : edges[n + 1]]]) for n in range(len(names))
    ]


def _dissolve(cells: npt.NDArray[np.object_]) -> BaseGeometry:
    try:
        area: BaseGeometry = shapely.coverage_union_all(cells)
    except shapely.GEOSException:  # vertices too close to tell apart
        area = shapely.union_all(cells)
    return area if area.is_valid else shapely.union_all(shapely.make_valid(cells))


def _divide(
    part: Polygon,
    names: Sequence[str],
    cells: Sequence[BaseGeometry],
    tree: STRtree,
    tolerance_degrees: float,
) -> list[tuple[str, BaseGeometry]]:
    """One polygon of land divided among the regions whose cells reach it."""
    near = np.sort(tree.query(part))
    shapely.prepare([cells[at] for at in near])
    for at in near:
        if cells[at].contains(part):
            return [(names[at], part)]
    found = [
        (names[at], MultiPolygon(pieces))
        for at in near
        if (pieces := polygons_of(shapely.intersection(cells[at], part)))
    ]
    smooth = shapely.coverage_simplify(
        [piece for _, piece in found], tolerance_degrees, simplify_boundary=False
    )
    return [(code, piece) for (code, _), piece in zip(found, smooth, strict=True)]


def rounded(area: BaseGeometry) -> MultiPolygon:
    """The area with coordinates rounded to 1e-4 degree (about 10 m), still valid."""
    coarse = shapely.set_precision(area, 1e-4, mode="pointwise")
    if not coarse.is_valid:
        coarse = shapely.make_valid(coarse)
    return MultiPolygon(polygons_of(coarse))

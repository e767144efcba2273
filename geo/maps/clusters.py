"""Rings for places, clustered on the server so that no two overlap on the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

TILE_PX = 256  # the world is one tile wide at zoom 0 (Web Mercator, as Leaflet draws it)
MAX_ZOOM = 18
MAX_LAT = 85.0511287798  # where Web Mercator ends
GAP_PX = 4.0  # the halo round a ring, and a little air
GRID_PX = 18.0  # places closer than this are one cluster before overlaps are looked for
MARGIN_PX = 2 * TILE_PX  # how far beyond the view clusters are made, so that panning shows no gap
MIN_RADIUS_PX, MAX_RADIUS_PX = 13.0, 34.0
FREE_WIDTH, FREE_HEIGHT = 0.9, 0.64  # shares of the map beside its margins and its legend
BULK_SHARE, BULK_GAIN = 0.9, 2  # of the events in a first view; zoom levels that must be gained


class Bounds(NamedTuple):
    """What the map shows [degrees]; `west` > `east` is not used, longitudes may leave -180..180."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """One ring: `members` are rows of the input, the one with most events first.

    `lat`, `lon` are those of the first member, so a ring always stands on a real place.
    """

    members: tuple[int, ...]
    lat: float
    lon: float
    total: int
    radius_px: float


def radius_px(total: float | Array) -> Any:
    """Radius of a ring for that many events: grows with the logarithm, within limits."""
    events = np.maximum(np.asarray(total, dtype=float), 1)
    return np.minimum(MIN_RADIUS_PX + 6.5 * np.log10(events), MAX_RADIUS_PX)


def world_px(lat: Array, lon: Array, zoom: int) -> tuple[Array, Array]:
    """Web Mercator position [pixels from the world's north-west corner] at a zoom level."""
    size = TILE_PX * 2**zoom
    phi = np.deg2rad(np.clip(lat, -MAX_LAT, MAX_LAT))
    x = (np.asarray(lon, dtype=float) + 180) / 360 * size
    y = (1 - np.log(np.tan(phi) + 1 / np.cos(phi)) / np.pi) / 2 * size
    return x, y


def quantised(bounds: Bounds, zoom: int) -> Bounds:
    """Bounds widened to whole map tiles, so that a small pan gives an equal layer."""
    step_px = 2 * TILE_PX
    x, y = world_px(
        np.array([bounds.north, bounds.south]), np.array([bounds.west, bounds.east]), zoom
    )
    size = TILE_PX * 2**zoom
    west = math.floor(x[0] / step_px) * step_px - MARGIN_PX
    east = math.ceil(x[1] / step_px) * step_px + MARGIN_PX
    top = math.floor(y[0] / step_px) * step_px - MARGIN_PX
    bottom = math.ceil(y[1] / step_px) * step_px + MARGIN_PX
    return Bounds(
        _lat_of(bottom, size), west / size * 360 - 180, _lat_of(top, size), east / size * 360 - 180
    )


def _lat_of(y: float, size: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / size))))


def centre(bounds: Bounds) -> tuple[float, float]:
    """The point (lat, lon) in the middle of what the map shows, as Web Mercator draws it."""
    lat, lon = np.array([bounds.north, bounds.south]), np.array([bounds.west, bounds.east])
    _, y = world_px(lat, lon, 0)
    return _lat_of(float(y.mean()), TILE_PX), float(lon.mean())


def inside(lat: Array, lon: Array, bounds: Bounds) -> Array:
    """Boolean mask of the points within bounds, also where the map has been panned round."""
    west, width = bounds.west, bounds.east - bounds.west
    across = np.full(len(lon), True) if width >= 360 else (np.asarray(lon) - west) % 360 <= width
    return (np.asarray(lat) >= bounds.south) & (np.asarray(lat) <= bounds.north) & across


def cluster(
    lat: Array,
    lon: Array,
    totals: Array,
    ids: Sequence[str],
    *,
    zoom: int,
    bounds: Bounds | None = None,
) -> list[Cluster]:
    """Merge places whose rings would overlap; most events first, equal input gives equal output.

    lat, lon : (n,) degrees WGS84.  totals : (n,) events, above 0.  ids break ties.
    bounds : only places within are used, where given; pass `quantised` ones.
    """
    rows = np.arange(len(lat))
    if bounds is not None:
        rows = rows[inside(lat, lon, bounds)]
    if not len(rows):
        return []
    rows = rows[np.lexsort((np.asarray(ids, dtype=object)[rows].astype(str), -totals[rows]))]
    x, y = world_px(lat[rows], lon[rows], zoom)
    groups = _by_cell(x, y)
    anchors = np.array([group[0] for group in groups])
    weights = np.array([totals[rows[group]].sum() for group in groups], dtype=float)
    while True:
        pairs = _overlaps(x[anchors], y[anchors], radius_px(weights))
        if not len(pairs):
            break
        kept = np.ones(len(groups), dtype=bool)
        touched: set[int] = set()
        for one, two in pairs:
            if one in touched or two in touched:
                continue
            touched.update((one, two))
            keep, drop = (one, two) if anchors[one] < anchors[two] else (two, one)
            groups[keep] = groups[keep] + groups[drop]
            weights[keep] += weights[drop]
            kept[drop] = False
        groups = [group for group, keep in zip(groups, kept, strict=True) if keep]
        anchors, weights = anchors[kept], weights[kept]
    clusters = [
        Cluster(
            members=tuple(int(rows[n]) for n in sorted(group)),
            lat=float(lat[rows[anchor]]),
            lon=float(lon[rows[anchor]]),
            total=int(weight),
            radius_px=float(radius_px(weight)),
        )
        for group, anchor, weight in zip(groups, anchors, weights, strict=True)
    ]
    return sorted(clusters, key=lambda c: (-c.total, ids[c.members[0]]))


def _by_cell(x: Array, y: Array) -> list[list[int]]:
    """Group points by grid cell; within a group, and among groups, the heaviest first."""
    cells = np.floor(x / GRID_PX).astype(np.int64) * (1 << 32) + np.floor(y / GRID_PX).astype(
        np.int64
    )
    groups: dict[int, list[int]] = {}
    for n, cell in enumerate(cells.tolist()):
        groups.setdefault(cell, []).append(n)
    return list(groups.values())


def _overlaps(x: Array, y: Array, radius: Array) -> list[tuple[int, int]]:
    """Pairs whose rings touch, the closest first."""
    # From west to east, each with those within reach to the east of it: as quick as a tree for what
    # a screen holds, and SciPy's takes a quarter of a second to load.
    reach = 2 * float(radius.max()) + GAP_PX
    eastward = np.argsort(x, kind="stable")
    at, n = x[eastward], np.arange(len(x))
    within = np.searchsorted(at, at + reach, side="right") - n - 1
    west = np.repeat(n, within)
    east = west + 1 + np.arange(len(west)) - np.repeat(np.cumsum(within) - within, within)
    near = np.abs(y[eastward][west] - y[eastward][east]) <= reach
    west, east = eastward[west[near]], eastward[east[near]]
    slack = np.hypot(x[west] - x[east], y[west] - y[east]) - radius[west] - radius[east] - GAP_PX
    touching = slack < 0
    west, east, slack = west[touching], east[touching], slack[touching]
    one, two = np.minimum(west, east), np.maximum(west, east)
    order = np.lexsort((two, one, slack))
    return list(zip(one[order].tolist(), two[order].tolist(), strict=True))


def separating_zoom(lat: Array, lon: Array, *, zoom: int, max_zoom: int = MAX_ZOOM) -> int | None:
    """The first zoom level above `zoom` at which these places fall apart; None where never."""
    for level in range(zoom + 1, max_zoom + 1):
        x, y = world_px(np.asarray(lat), np.asarray(lon), level)
        if max(np.ptp(x), np.ptp(y)) > 2 * MAX_RADIUS_PX:
            return level
    return None


def fit(
    lat: Array, lon: Array, *, width_px: int = 820, height_px: int = 560
) -> tuple[float, float, int]:
    """Centre [degrees] and zoom level that show all points, or the world where there are none."""
    if not len(lat):
        return 30.0, 15.0, 2
    x, y = world_px(np.asarray(lat), np.asarray(lon), 0)
    spans = (np.ptp(x) / (width_px * FREE_WIDTH), np.ptp(y) / (height_px * FREE_HEIGHT))
    zoom = 7 if max(spans) == 0 else math.floor(-math.log2(max(spans)))
    centre_y = (float(y.min()) + float(y.max())) / 2
    centre_lon = (float(np.min(lon)) + float(np.max(lon))) / 2
    return round(_lat_of(centre_y, TILE_PX), 3), round(centre_lon, 3), int(np.clip(zoom, 2, 8))


def first_view(lat: Array, lon: Array, totals: Array, wide: Array) -> Array:
    """Rows of the points that a first view shows.

    lat, lon : (n,) degrees.  totals : (n,) events, above 0.  wide : (n,) bool, what stands for a
    country or more: such points come into view where there is room for them beside the rest.
    """
    rest = np.flatnonzero(~wide)
    if not len(rest):
        return np.arange(len(lat))
    shown = rest[bulk(lat[rest], lon[rest], totals[rest])]
    zoom = fit(lat[shown], lon[shown])[2]
    for row in np.flatnonzero(wide):
        more = np.append(shown, row)
        if fit(lat[more], lon[more])[2] == zoom:
            shown = more
    return np.sort(shown)


def bulk(lat: Array, lon: Array, totals: Array) -> Array:
    """Rows of the points worth a first view: all, unless a few far ones would shrink the rest.

    lat, lon : (n,) degrees.  totals : (n,) events, above 0. Where leaving out the farthest tenth
    of the events brings the view two zoom levels nearer, it is left out.
    """
    everything = np.arange(len(lat))
    if len(lat) < 3:
        return everything
    x, y = world_px(np.asarray(lat), np.asarray(lon), 0)
    off = np.hypot(x - _middle(x, totals), y - _middle(y, totals))
    order = np.argsort(off, kind="stable")
    within = np.cumsum(totals[order]) - totals[order] < BULK_SHARE * totals.sum()
    near = np.sort(order[within])
    gained = fit(lat[near], lon[near])[2] - fit(lat, lon)[2]
    return near if gained >= BULK_GAIN else everything


def _middle(values: Array, weights: Array) -> float:
    """The weighted median."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(share, 0.5)])

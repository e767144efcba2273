"""Where events happened, so that two reports of one place can be told: spots, and sets of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.model import AREA_KINDS, LINE_KINDS
from geo.store.leaders import lead_in_blocks

Array = np.ndarray[Any, Any]

SPOT_KM = 5.0  # places of one name, or a site and its town, are one spot up to here
EARTH_KM = 6371.009
NOWHERE = -1
_MOST_NAMESAKES = 256  # places of one name in one country; further ones are spots of their own


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The place of each event. (n,) arrays, one entry per event.

    where : equal for events at the same spot, or at the same several spots; NOWHERE without any.
    spot : row of `places` for an event at one place, NOWHERE for several.
    is_point : whether all its places are points.
    """

    where: Array
    spot: Array
    is_point: Array


def unit_vectors(lat: Array, lon: Array) -> Array:
    """(n, 3) points of a sphere of radius 1; lat, lon in degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def distance_km(one: Array, other: Array) -> Array:
    """Great-circle distance of unit vectors, row by row, on a sphere of EARTH_KM."""
    chord = np.linalg.norm(one - other, axis=1)
    arc: Array = 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1))
    return arc


def is_point(places: pd.DataFrame) -> Array:
    """Which places a single marker is an honest picture of."""
    return ~places["kind"].isin(AREA_KINDS | LINE_KINDS).to_numpy(dtype=bool)


def spots(places: pd.DataFrame) -> Array:
    """The place that stands for each place: (n,) rows of `places`.

    Points of one name in one country, within SPOT_KM and the precision of either, are one spot:
    two sources with a gazetteer each. So are a site and the settlement round it. An area or a line
    stands for itself.
    """
    standing = np.arange(len(places))
    points = np.flatnonzero(is_point(places))
    if not len(points):
        return standing
    vectors = unit_vectors(places["lat"].to_numpy(float), places["lon"].to_numpy(float))
    reach = np.minimum(places["precision_km"].to_numpy(float), SPOT_KM)
    town = (places["kind"] == "settlement").to_numpy(dtype=bool)
    rank = _rank(places, town)

    def near(a: Array, b: Array) -> Array:
        allowed = np.maximum(reach[a], reach[b])
        near_by: Array = distance_km(vectors[a], vectors[b]) <= allowed
        return near_by

    names = places["name"].astype(str).str.casefold() + "\0" + places["country"].astype(str)
    block = pd.factorize(names.to_numpy(dtype=object)[points])[0]
    leader = lead_in_blocks(
        block, rank[points], lambda a, b: near(points[a], points[b]), most=_MOST_NAMESAKES
    )
    standing[points] = points[leader]
    towns = points[town[points] & (standing[points] == points)]
    sites = points[~town[points] & (standing[points] == points)]
    if len(towns) and len(sites):
        from scipy.spatial import cKDTree  # 35 MB that looking at a snapshot does not need

        land = places["country"].cat.codes.to_numpy()[:, None] * 10.0  # the nearest of its own
        space = np.hstack([vectors, land])
        at = towns[cKDTree(space[towns]).query(space[sites])[1]]
        inside = near(at, sites) & (land[at] == land[sites])[:, 0]
        moved = np.arange(len(places))
        moved[sites[inside]] = at[inside]
        standing = moved[standing]
    return standing


def _rank(places: pd.DataFrame, town: Array) -> Array:
    """Settlements first, then the better known, then by id: the order of rows decides nothing."""
    order = np.lexsort(
        (
            pd.util.hash_array(places["place_id"].to_numpy(dtype=object)),
            places["precision_km"].to_numpy(float),
            ~town,
        )
    )
    rank = np.empty(len(places), dtype=np.int64)
    rank[order] = np.arange(len(places))
    return rank


def whereabouts(n_events: int, places: pd.DataFrame, event: Array, place: Array) -> Whereabouts:
    """Where each of `n_events` events is; event, place : rows beside each other, one per location.

    Of an event told both of a town and of its region, the town counts.
    """
    standing, point = spots(places), is_point(places)
    has_point = np.zeros(n_events, dtype=bool)
    has_point[event[point[place]]] = True
    counts = point[place] | ~has_point[event]
    size = max(1, len(places))
    cells = np.sort(event[counts].astype(np.int64) * size + standing[place[counts]])
    cells = cells[np.diff(cells, prepend=-1) > 0]
    at_event, at_spot = cells // size, cells % size
    number = np.bincount(at_event, minlength=n_events)
    where = np.full(n_events, NOWHERE, dtype=np.int64)
    single = number[at_event] == 1
    where[at_event[single]] = at_spot[single]
    spot = where.copy()
    several = ~single
    if several.any():
        starts = np.flatnonzero(np.diff(at_event[several], prepend=-1))
        sets = np.add.reduceat(pd.util.hash_array(at_spot[several]), starts)
        where[at_event[several][starts]] = size + pd.factorize(sets)[0]
    areas = np.zeros(n_events, dtype=bool)
    areas[at_event[~point[at_spot]]] = True
    return Whereabouts(where, spot, (number > 0) & ~areas)

"""The one layer that changes: rings, tags and outlines, sent to the browser as numbers and ids.

Folium and branca compile rendered scripts as Jinja templates, so text from outside must never get
here. `draw` makes plain data, `event_layer` wraps it; static/dateline.js turns it into pictures.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import folium
import numpy as np
import pandas as pd
import shapely
from branca.element import MacroElement
from folium.template import Template

from geo.codebook import Codebook
from geo.maps import clusters
from geo.maps.assets import SAFE_ID, shape_key
from geo.maps.clusters import Array, Bounds
from geo.model import AREA_KINDS, LINE_KINDS, stable_id
from geo.query import EXACT_KM, UNITS, Unit

ROUGH_KM = 10.0  # a point from memory, known no better than this, is drawn as uncertain
RECALLED = "recalled"  # what data/places.csv says of facts that no source was opened for
ROUGH, EXACT = 1, 2  # how a ring tells how well its one place is known; 0 says nothing
KEEP_OUTSIDE_PX = 30.0  # a tag may stand this far from its point where there is no outline
TAG_SIZE_PX = (44.0, 34.0)
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_BIG_TO_SMALL = ("continent", "sea", "country", "region", "admin1", "admin2")

Geometry = Callable[[str], "Mapping[str, Any] | None"]  # place id -> GeoJSON geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """What the reader sees and has chosen. `chosen` is a feature id or a place id.

    `spot` is a point (lat, lon) that the reader asked about; `unit` is what the marks count.
    """

    zoom: int
    bounds: Bounds | None = None
    dark: bool = False
    tiles: bool = False
    chosen: str = ""
    spot: tuple[float, float] | None = None
    unit: Unit = "reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """`data` goes to dateline.js; `members` says which place rows stand behind a feature id."""

    data: dict[str, Any]
    members: dict[str, tuple[int, ...]] = field(default_factory=dict)
    not_drawn: int = 0  # places beyond the limit, to be said in words


def feature_id(prefix: str, place_id: str) -> str:
    """`p.`, `a.`, `r.` or `c6.` and the place's id, or its hash where the id is not plain ASCII."""
    return f"{prefix}.{place_id if SAFE_ID.fullmatch(place_id) else stable_id(place_id)}"


def draw(
    places: pd.DataFrame,
    rows: Array,
    counts: Array,
    codebook: Codebook,
    view: MapView,
    *,
    files: Sequence[str] = (),
    focus: Sequence[str] = (),
    max_features: int = 500,
    geometry: Geometry | None = None,
    flight: Sequence[float] = (),
    within: Sequence[str] = (),
) -> Drawing:
    """Lay out one view.

    places : snapshot places.  rows : (k,) rows of `places` that have events.
    counts : (k, types) events of each type, in the codebook's order.
    files : outline files to load.  focus : alpha-2 codes of the countries to bring out.
    geometry : outline of a place, to keep tags inside; None places them near the point.
    flight : (turn, south, west, north, east, closest zoom): where to send the map, once per turn.
    within : ids of the regions that were asked for: a river is marked on its course in them.
    """
    rows, counts = np.asarray(rows, dtype=int), np.asarray(counts, dtype=int)
    totals = counts.sum(axis=1)
    kinds = places["kind"].astype(str).to_numpy()[rows]
    ids = places["place_id"].astype(str).to_numpy()[rows]
    lat = places["lat"].to_numpy(dtype=float)[rows]
    lon = places["lon"].to_numpy(dtype=float)[rows]
    precision = places["precision_km"].to_numpy(dtype=float)[rows]
    recalled = places["source"].astype(str).str.startswith(RECALLED).to_numpy()[rows]
    unsure = recalled & (precision >= ROUGH_KM)
    exact = precision <= EXACT_KM
    is_point = np.array([k not in AREA_KINDS and k not in LINE_KINDS for k in kinds], dtype=bool)
    members: dict[str, tuple[int, ...]] = {}

    at = np.flatnonzero(is_point & (totals > 0))
    bounds = clusters.quantised(view.bounds, view.zoom) if view.bounds is not None else None
    found = clusters.cluster(lat[at], lon[at], totals[at], ids[at], zoom=view.zoom, bounds=bounds)
    rings, taken = [], []
    for entry in found[:max_features]:
        own = at[list(entry.members)]
        first = ids[own[0]]
        single = len(own) == 1
        name = feature_id("p" if single else f"c{view.zoom}", first)
        members[name] = tuple(int(n) for n in rows[own])
        chosen = view.chosen == name or bool(view.chosen and view.chosen in ids[own])
        known = (ROUGH if unsure[own[0]] else EXACT if exact[own[0]] else 0) if single else 0
        rings.append([
            name, round(entry.lat, 5), round(entry.lon, 5), round(entry.radius_px, 1), entry.total,
            counts[own].sum(axis=0).tolist(), len(own), known, int(chosen),
        ])  # fmt: skip
        taken.append((entry.lat, entry.lon, entry.radius_px))

    areas = []
    off = np.flatnonzero(~is_point & (totals > 0))
    order = sorted(off, key=lambda n: (_size_rank(kinds[n]), -totals[n], ids[n]))
    spots = _Spots(view.zoom, taken)
    asked_for = shapely.union_all([shapely.make_valid(_shape(geometry, one)) for one in within])
    for n in order[-max_features:]:
        name = feature_id("r" if kinds[n] in LINE_KINDS else "a", ids[n])
        members[name] = (int(rows[n]),)
        chosen = view.chosen in (name, ids[n])
        shape = _shape(geometry, ids[n])
        part = _part(shape, asked_for)
        middle = part.centroid if part is not shape else None
        near = (middle.y, middle.x) if middle else (lat[n], lon[n])
        spot = spots.near(*near, part)
        areas.append([
            name, shape_key(ids[n]), *(spot or (None, None)), int(totals[n]), counts[n].tolist(),
            int(chosen),
        ])  # fmt: skip
    shown = sum(len(entry.members) for entry in found[:max_features])
    hidden = sum(len(entry.members) for entry in found) - shown + max(0, len(off) - max_features)
    hidden += sum(entry[2] is None for entry in areas)  # no room for their tag at this zoom
    data = {
        "dark": int(view.dark),
        "tiles": int(view.tiles),
        "surfaces": surfaces(codebook, view.dark),
        "colours": [
            _number(kind.colour_dark if view.dark else kind.colour_light) for kind in codebook.types
        ],
        "focus": [code for code in focus if re.fullmatch(r"[A-Z]{2}", code)],
        "files": [name for name in files if SAFE_ID.fullmatch(name)],
        "flight": [float(number) for number in flight],
        "unit": UNITS.index(view.unit),
        "spot": [float(number) for number in view.spot or ()],
        "rings": rings,
        "areas": areas,
    }
    return Drawing(data=data, members=members, not_drawn=hidden)


def marked_within(drawing: Drawing, bounds: Bounds) -> list[int]:
    """Rows of the places that are no point and whose mark stands within bounds [degrees].

    A river's mark may stand far from its middle, in the region that was asked for.
    """
    marks = [area for area in drawing.data["areas"] if area[2] is not None]
    lat, lon = (np.array([area[n] for area in marks], dtype=float) for n in (2, 3))
    seen = clusters.inside(lat, lon, bounds)
    return [drawing.members[area[0]][0] for area, here in zip(marks, seen, strict=True) if here]


def _shape(geometry: Geometry | None, place_id: str) -> Any:
    """Outline of a place as a shape, or None."""
    outline = geometry(place_id) if geometry else None
    return shapely.geometry.shape(dict(outline)) if outline else None


def _part(shape: Any, region: Any) -> Any:
    """What of a shape lies in a region; all of it where none does, or where no region is given."""
    if shape is None or region.is_empty:
        return shape
    part = shapely.intersection(shapely.make_valid(shape), region)
    return shape if part.is_empty else part


def _size_rank(kind: str) -> int:
    """Larger kinds first, so that a smaller outline is drawn, and clicked, above them."""
    return _BIG_TO_SMALL.index(kind) if kind in _BIG_TO_SMALL else len(_BIG_TO_SMALL)


def surfaces(codebook: Codebook, dark: bool) -> dict[str, int]:
    """The theme's surface colours as numbers; `water` is the sea's, deepened for lines."""
    named = codebook.surfaces_dark if dark else codebook.surfaces_light
    colours = {name: _number(colour) for name, colour in named.items()}
    colours["water"] = _mix(colours["sea"], colours["accent"], 0.38)
    return colours


def _number(colour: str) -> int:
    """`#RRGGBB` as a number; anything else is a mistake in the codebook that must not get out."""
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"{colour!r} is no #RRGGBB colour")
    return int(colour[1:], 16)


def _mix(one: int, two: int, share: float) -> int:
    mixed = 0
    for shift in (16, 8, 0):
        a, b = (one >> shift) & 255, (two >> shift) & 255
        mixed |= round(a + (b - a) * share) << shift
    return mixed


class _Spots:
    """Finds room for tags: not on a ring or another tag, and inside the outline they stand for."""

    def __init__(self, zoom: int, rings: Sequence[tuple[float, float, float]]) -> None:
        self._zoom = zoom
        lat, lon, radius = (
            (np.array(part, dtype=float) for part in zip(*rings, strict=True))
            if (rings)
            else (np.empty(0), np.empty(0), np.empty(0))
        )
        x, y = clusters.world_px(lat, lon, zoom)
        self._rings = [np.column_stack([x, y]), radius]
        self._tags = np.empty((0, 2))

    def near(
        self, lat: float, lon: float, shape: Any
    ) -> tuple[float, float] | None:
        """The free spot closest to a point, or None where its shape, if any, has no room left."""
        is_line = shape is not None and shape.length > 0 and shape.area == 0
        x, y = clusters.world_px(np.array([lat]), np.array([lon]), self._zoom)
        reach = 160.0 if shape is not None else KEEP_OUTSIDE_PX
        candidates = _along(shape, x, y, self._zoom) if is_line else _spiral(x[0], y[0], reach)
        size = clusters.TILE_PX * 2**self._zoom
        lons = candidates[:, 0] / size * 360 - 180
        lats = np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * candidates[:, 1] / size))))
        free = self._free(candidates)
        if shape is not None and not is_line:
            free &= shapely.contains_xy(shape, lons, lats)
        if not free.any():
            return None
        first = int(np.argmax(free))
        self._tags = np.vstack([self._tags, candidates[first]])
        return round(float(lats[first]), 4), round(float(lons[first]), 4)

    def _free(self, spots: Array) -> Array:
        free = np.ones(len(spots), dtype=bool)
        centres, radius = self._rings
        half = np.array(TAG_SIZE_PX) / 2
        if len(centres):
            gap = np.abs(spots[:, None, :] - centres[None, :, :]) - half
            away = np.hypot(*np.maximum(gap, 0).transpose(2, 0, 1)) > radius + 2
            free &= np.all(away, axis=1)
        if len(self._tags):
            apart = np.abs(spots[:, None, :] - self._tags[None, :, :]) >= 2 * half
            free &= np.all(np.any(apart, axis=2), axis=1)
        return free


def _spiral(x: float, y: float, reach_px: float) -> Array:
    """Points round a centre, the nearest first, 12 px apart [pixels]."""
    steps = np.arange(0, reach_px, 12.0)
    points = [(x, y)]
    for radius in steps[1:]:
        angles = np.linspace(0, 2 * math.pi, max(8, int(radius / 2)), endpoint=False)
        points += [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]
    return np.array(points)


def _along(line: Any, x: Array, y: Array, zoom: int) -> Array:
    """Points along a line, those nearest to (x, y) first [pixels]."""
    spots = [
        part.interpolate(share, normalized=True)
        for part in shapely.get_parts(line)
        for share in np.linspace(0, 1, 60)
    ]
    at_x, at_y = clusters.world_px(
        np.array([spot.y for spot in spots]), np.array([spot.x for spot in spots]), zoom
    )
    order = np.argsort(np.hypot(at_x - x[0], at_y - y[0]), kind="stable")
    return np.column_stack([at_x, at_y])[order]


class _EventLayer(MacroElement):
    """Hands the numbers to dateline.js, inside the group that streamlit-folium swaps."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            dateline.layer({{ this.data }}).addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, data: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "EventLayer"
        self.data = data


def event_layer(drawing: Drawing) -> folium.FeatureGroup:
    """The layer for `feature_group_to_add`; equal drawings give equal strings."""
    group = folium.FeatureGroup(name="events")
    group.add_child(_EventLayer(json.dumps(drawing.data, separators=(",", ":"), ensure_ascii=True)))
    return group

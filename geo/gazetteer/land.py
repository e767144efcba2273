"""The land of each country, from Natural Earth as `world-atlas` packs it.

Source: Natural Earth 1:10m or 1:50m admin 0 (public domain), npm package world-atlas (ISC).
Natural Earth draws who holds a territory. Crimea it draws in Russia's geometry; here it belongs to
Ukraine, as in GeoNames and in UN General Assembly resolution 68/262.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pycountry
import shapely
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from geo.errors import GazetteerError
from geo.gazetteer.topojson import read_areas
from geo.settings import ROOT

LandParts = dict[str, list[Polygon]]  # alpha-2 -> polygons [longitude, latitude in degrees]

_FILES = ("countries-10m.json", "countries-50m.json")  # the finer first
_FOLDERS = ("static/vendor", "static/vendor/world-atlas", "node_modules/world-atlas")
# What Natural Earth draws by itself without an ISO code, and whose settlements GeoNames lists under
# which code. Reefs and zones that are nobody's alone are left out.
_UNCODED = {
    "Kosovo": "XK",
    "Somaliland": "SO",
    "N. Cyprus": "CY",
    "Cyprus U.N. Buffer Zone": "CY",
    "Baikonur": "KZ",
    "USNB Guantanamo Bay": "CU",
    "Indian Ocean Ter.": "AU",
    "Coral Sea Is.": "AU",
}
_CRIMEA = shapely.box(32.0, 44.2, 36.66, 46.3)  # the ring lies inside, the Taman shore does not
_NEAR_DEGREES = 0.1  # a coastal town may lie this far off a generalised shore


def atlas_path(root: Path = ROOT) -> Path:
    """The finest `world-atlas` file at hand.

    Raises GazetteerError where there is none; the message says which command fetches it.
    """
    for name in _FILES:
        for folder in _FOLDERS:
            path = root / folder / name
            if path.is_file():
                return path
    raise GazetteerError(
        f"no {_FILES[0]} in {' or '.join(_FOLDERS[1:])}, so regions have no outlines: run npm ci"
    )


def country_land(
    atlas: Path,
    settlements: Mapping[str, Iterable[tuple[float, float]]],
    tolerance_degrees: float,
) -> LandParts:
    """The polygons of every country, generalised alike on both sides of a border.

    settlements: alpha-2 -> (lat, lon) of its settlements. Natural Earth draws overseas departments
    and the like (French Guiana, Svalbard) in the mother country's geometry; a code without a
    geometry of its own gets the polygons on which its settlements outnumber the owner's.
    Raises GazetteerError where the file cannot be read.
    """
    land: LandParts = defaultdict(list)
    for feature in read_areas(atlas, "countries"):
        code = _UNCODED.get(feature.name) or _alpha2(feature.id)
        if code:
            land[code] += feature.polygons
    for code, parts in land.items():
        # Quantising makes rings cross themselves, and uncoded pieces adjoin their country.
        if not shapely.is_valid(MultiPolygon(parts)):
            sound = [part if part.is_valid else _mended(part) for part in parts]
            land[code] = polygons_of(shapely.union_all(sound))
    _give_crimea_to_ukraine(land)
    land = _generalised(land, tolerance_degrees)
    _give_islands_their_code(land, settlements)
    return {code: parts for code, parts in land.items() if parts}


def _alpha2(numeric: str) -> str:
    entry = pycountry.countries.get(numeric=numeric) if numeric else None
    return entry.alpha_2 if entry else ""


def _mended(part: Polygon) -> BaseGeometry:
    return shapely.make_valid(part, method="structure", keep_collapsed=False)


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons in any geometry; points and lines, which touching areas leave, are dropped."""
    parts = shapely.get_parts(geometry, return_index=False)
    found = [part for part in parts if isinstance(part, Polygon) and not part.is_empty]
    for part in parts:
        if isinstance(part, MultiPolygon | shapely.GeometryCollection):
            found += polygons_of(part)
    return found


def _give_crimea_to_ukraine(land: LandParts) -> None:
    moved = [part for part in land.get("RU", []) if _CRIMEA.contains(part)]
    if not moved:
        return
    land["RU"] = [part for part in land["RU"] if not _CRIMEA.contains(part)]
    land["UA"] = polygons_of(shapely.union_all([*land.get("UA", []), *moved]))


def _generalised(land: LandParts, tolerance_degrees: float) -> LandParts:
    """Fewer points, neighbours still alike; a country that would all but vanish stays as it is."""
    before = [MultiPolygon(parts) for parts in land.values()]
    after = shapely.coverage_simplify(before, tolerance_degrees)
    result: LandParts = defaultdict(list)
    for code, fine, coarse in zip(land, before, after, strict=True):
        kept = coarse if coarse.is_valid and coarse.area > 0.8 * fine.area else fine
        result[code] = polygons_of(kept)
    return result


def _give_islands_their_code(
    land: LandParts, settlements: Mapping[str, Iterable[tuple[float, float]]]
) -> None:
    owners = [code for code, parts in land.items() for _ in parts]
    parts = [part for own in land.values() for part in own]
    tree = STRtree(parts)

    def counts(code: str) -> Counter[int]:
        points = np.array(list(settlements.get(code, ())), dtype=float).reshape(-1, 2)
        _, at = tree.query_nearest(
            shapely.points(points[:, 1], points[:, 0]), max_distance=_NEAR_DEGREES
        )
        return Counter(at.tolist())

    per_code: dict[str, Counter[int]] = {}
    for code in sorted(set(settlements) - set(land)):
        for at, own in counts(code).items():
            owner = owners[at]
            if owner not in per_code:
                per_code[owner] = counts(owner)
            if own > per_code[owner][at]:
                land[code].append(parts[at])
                land[owner] = [part for part in land[owner] if part is not parts[at]]

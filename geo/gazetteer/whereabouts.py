"""What lies at a point: settlement, district, region and country, as far as each is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from geo.gazetteer.gazetteer import Gazetteer
from geo.model import Place

NEAR_KM, FAR_KM = 50.0, 300.0
_ASKED = 12  # settlements whose regions come into question

Geometry = Callable[[str], "Mapping[str, Any] | None"]  # place id -> GeoJSON geometry


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`settlement` is the nearest one within 300 km, with its distance; None far from any.

    `admin1` and `country` are those that hold the point, empty outside every region known; `admin2`
    is the district of the nearest settlement, empty where that is not recorded. `surveyed` says
    that an outline was asked; without one the region is the nearest settlement's.
    """

    lat: float
    lon: float
    settlement: Place | None = None
    distance_km: float = 0.0
    admin2: str = ""
    admin1: str = ""
    country: str = ""
    surveyed: bool = False


def whereabouts(
    gazetteer: Gazetteer, lat: float, lon: float, geometry: Geometry | None = None
) -> Whereabouts:
    """What lies at a point (degrees WGS84); a longitude beyond the date line is brought back.

    geometry : outlines of regions (`iso:UA-65`), to tell land from sea and one side of a border
    from the other. Raises BadQueryError for a latitude beyond a pole and for what is no number.
    """
    lon = (lon + 180) % 360 - 180 if abs(lon) > 180 else lon
    near = gazetteer.nearest(lat, lon, limit=_ASKED, max_km=NEAR_KM)
    if not near:
        far = gazetteer.nearest(lat, lon, max_km=FAR_KM)
        return Whereabouts(lat, lon, *(far[0] if far else (None, 0.0)))
    place, away = near[0]
    region, surveyed = place, False
    if geometry is not None:
        outlines = {p.admin1: geometry(f"iso:{p.admin1}") for p, _ in near if p.admin1}
        surveyed = any(outlines.values())
        if surveyed:
            inside = {code for code, outline in outlines.items() if _holds(outline, lat, lon)}
            held = next((p for p, _ in near if p.admin1 in inside), None)
            if held is None:
                return Whereabouts(lat, lon, place, away, surveyed=True)
            region = held
    country = gazetteer.place(f"iso:{region.country}")
    return Whereabouts(
        lat, lon, place, away,
        admin2=place.admin2 if place.admin1 == region.admin1 else "",
        admin1=region.admin1_name,
        country=country.name if country else region.country,
        surveyed=surveyed,
    )  # fmt: skip


def _holds(outline: Mapping[str, Any] | None, lat: float, lon: float) -> bool:
    return outline is not None and bool(
        shapely.contains_xy(shapely.geometry.shape(dict(outline)), lon, lat)
    )

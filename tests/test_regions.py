"""Outlines of real countries and regions agree with what is known of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from geo.gazetteer import regions
from geo.gazetteer.outlines import Outlines
from geo.settings import Settings

# Towns well inside their oblast, one or more for each (latitude, longitude; from memory of maps).
UKRAINE = {
    "UA-05": [(49.23, 28.47)], "UA-07": [(50.75, 25.33)], "UA-09": [(48.57, 39.31), (49.01, 38.37)],
    "UA-12": [(48.46, 35.05), (47.91, 33.39)], "UA-14": [(48.59, 38.0), (47.1, 37.54)],
    "UA-18": [(50.25, 28.66)], "UA-21": [(48.62, 22.29)], "UA-23": [(47.84, 35.14), (46.85, 35.37)],
    "UA-26": [(48.92, 24.71)], "UA-30": [(50.45, 30.52)], "UA-32": [(49.8, 30.11), (51.52, 30.75)],
    "UA-35": [(48.51, 32.26)], "UA-40": [(44.6, 33.53)], "UA-43": [(44.95, 34.1), (45.36, 36.47)],
    "UA-46": [(49.84, 24.03)], "UA-48": [(46.97, 32.0)], "UA-51": [(46.48, 30.73)],
    "UA-53": [(49.59, 34.55)], "UA-56": [(50.62, 26.25)], "UA-59": [(50.91, 34.8)],
    "UA-61": [(49.55, 25.59)], "UA-63": [(49.99, 36.23), (49.21, 37.25)], "UA-65": [(46.64, 32.61)],
    "UA-68": [(49.42, 26.99)], "UA-71": [(49.44, 32.06)], "UA-74": [(51.49, 31.29)],
    "UA-77": [(48.29, 25.94)],
}  # fmt: skip
# Surveyed areas in km2 (State Statistics Service of Ukraine).
AREAS_KM2 = {
    "UA-12": 31_914, "UA-14": 26_517, "UA-51": 33_310, "UA-63": 31_415, "UA-65": 28_461,
    "UA-23": 27_180, "UA-74": 31_865, "UA-18": 29_832, "UA-46": 21_833, "UA-77": 8_097,
    "UA-43": 26_081,
}  # fmt: skip
# A point in a region, and one that is not: other shapes, hemispheres and sizes.
WORLD = {
    "US-TX": ((30.27, -97.74), (35.47, -97.52)), "US-AK": ((61.22, -149.9), (60.72, -135.06)),
    "DE-BY": ((48.14, 11.58), (48.78, 9.18)), "JP-13": ((35.69, 139.7), (35.44, 139.64)),
    "BR-AM": ((-3.1, -60.02), (-1.46, -48.5)), "AU-WA": ((-31.95, 115.86), (-34.93, 138.6)),
    "CA-QC": ((45.4, -71.9), (43.65, -79.38)), "SY-HL": ((36.2, 37.16), (35.13, 36.76)),
    "RU-KDA": ((45.04, 38.98), (47.24, 39.7)), "NG-BO": ((11.83, 13.15), (12.0, 8.52)),
}  # fmt: skip


@pytest.fixture(scope="module")
def outlines(settings: Settings) -> Iterator[Outlines]:
    """The real ones, built where they are missing."""
    regions.build_outlines(settings)
    opened = regions.load_outlines(settings)
    yield opened
    opened.close()


def area_of(outlines: Outlines, code: str) -> Any:
    geometry = outlines.geometry(f"iso:{code}")
    assert geometry is not None, f"no outline of {code}"
    return shape(geometry)


def square_km(area: shapely.MultiPolygon) -> float:
    """By Lambert's cylindrical equal-area map, an independent formula."""
    import numpy as np

    equal = shapely.transform(
        area, lambda xy: np.column_stack([np.radians(xy[:, 0]), np.sin(np.radians(xy[:, 1]))])
    )
    return float(equal.area * 6371.0072**2)


@pytest.mark.parametrize("code", UKRAINE)
def test_towns_and_the_centre_lie_in_their_oblast(outlines, code):
    area = area_of(outlines, code)
    lat, lon = outlines.centre(f"iso:{code}")
    for town in [(lat, lon), *UKRAINE[code]]:
        assert area.contains(shapely.Point(town[1], town[0]))
    assert 5 < outlines.radius_km(f"iso:{code}") < 200


def test_oblasts_do_not_overlap_and_cover_the_country(outlines):
    areas = {code: area_of(outlines, code) for code in UKRAINE}
    listed = {code for code in outlines.admin1_centres() if code.startswith("UA-")}
    assert listed == set(UKRAINE)
    overlap = sum(a.intersection(b).area for a, b in itertools.combinations(areas.values(), 2))
    country = area_of(outlines, "UA")
    whole = shapely.union_all(list(areas.values()))
    assert overlap < 1e-4 * country.area
    assert whole.intersection(country).area > 0.99 * country.area
    assert whole.difference(country).area < 0.001 * country.area
    assert square_km(country) == pytest.approx(603_628, rel=0.02)


@pytest.mark.parametrize("code", AREAS_KM2)
def test_oblasts_have_about_their_surveyed_size(outlines, code):
    rel = 0.25 if AREAS_KM2[code] < 10_000 else 0.15  # a border is off by a few km either way
    assert square_km(area_of(outlines, code)) == pytest.approx(AREAS_KM2[code], rel=rel)


def test_crimea_is_ukraines(outlines):
    ukraine, russia = area_of(outlines, "UA"), area_of(outlines, "RU")
    for lat, lon in ((44.95, 34.1), (45.36, 36.47), (44.6, 33.53), (46.0, 33.9)):
        assert ukraine.contains(shapely.Point(lon, lat))
        assert not russia.contains(shapely.Point(lon, lat))
    assert russia.contains(shapely.Point(37.38, 45.27))  # Temryuk, across the strait


def test_neighbouring_countries_do_not_overlap(outlines):
    codes = ["UA", "RU", "BY", "PL", "RO", "MD", "DE", "FR", "CH", "AT", "IN", "PK", "BR", "AR"]
    areas = [area_of(outlines, code) for code in codes]
    whole = shapely.union_all(areas)
    assert sum(area.area for area in areas) == pytest.approx(whole.area, rel=1e-6)


@pytest.mark.parametrize("code", WORLD)
def test_regions_of_other_countries_hold_their_towns_only(outlines, code):
    (lat, lon), (not_lat, not_lon) = WORLD[code]
    area = area_of(outlines, code)
    assert area.contains(shapely.Point(lon, lat))
    assert not area.contains(shapely.Point(not_lon, not_lat))
    lat, lon = outlines.centre(f"iso:{code}")
    assert area.contains(shapely.Point(lon, lat))
    assert area.is_valid


def test_sizes_of_regions_far_from_the_equator_and_on_it_are_right(outlines):
    # Where towns are hundreds of km apart, as in Yakutia, so are the errors.
    for code, known_km2, rel in (
        ("US-TX", 695_662, 0.03),
        ("BR-AM", 1_559_168, 0.1),
        ("RU-SA", 3_083_523, 0.15),
    ):
        assert square_km(area_of(outlines, code)) == pytest.approx(known_km2, rel=rel)


def test_what_lies_across_the_antimeridian_is_cut_there_but_has_one_middle(outlines):
    chukotka = area_of(outlines, "RU-CHU")
    assert chukotka.bounds[0] == -180
    assert chukotka.bounds[2] == 180
    assert all(part.bounds[2] - part.bounds[0] < 60 for part in chukotka.geoms)
    lat, lon = outlines.centre("iso:RU-CHU")
    assert (lat, lon) == pytest.approx((66.4, 174.0), abs=2)
    assert outlines.radius_km("iso:RU-CHU") < 800
    for code in ("RU", "FJ", "US", "AQ"):
        west, south, east, north = area_of(outlines, code).bounds
        assert (west, east) >= (-180, -180)
        assert (east, north) <= (180, 90)
    assert square_km(area_of(outlines, "FJ")) == pytest.approx(18_274, rel=0.15)


def test_overseas_territories_have_their_own_outline(outlines):
    cayenne, longyearbyen = shapely.Point(-52.33, 4.92), shapely.Point(15.65, 78.22)
    assert area_of(outlines, "GF").buffer(0.05).contains(cayenne)
    assert not area_of(outlines, "FR").buffer(0.05).contains(cayenne)
    assert area_of(outlines, "SJ").buffer(0.05).contains(longyearbyen)
    assert not area_of(outlines, "NO").buffer(0.05).contains(longyearbyen)


def test_every_outline_is_valid_and_holds_its_centre(outlines):
    bad = []
    for place_id in outlines.ids():
        if not place_id.startswith("iso:"):
            continue
        area = shape(outlines.geometry(place_id))
        lat, lon = outlines.centre(place_id)
        if not area.is_valid or area.distance(shapely.Point(lon, lat)) > 1e-3:
            bad.append(place_id)
    assert not bad
    assert len(outlines.admin1_centres()) > 3_500


def test_borders_of_the_world_are_lines_ids_and_numbers_and_few(outlines):
    world = outlines.basemap_admin1()
    text = json.dumps(world, separators=(",", ":"))
    assert len(text) < 300_000
    assert len(world["features"]) > 90
    for feature in world["features"]:
        assert set(feature) == {"type", "id", "properties", "geometry"}
        assert len(feature["id"]) == 2
        assert feature["properties"] == {}
    fine = outlines.basemap_admin1(1.0, ["UA"])["features"]
    assert [feature["id"] for feature in fine] == ["UA"]
    lines = shape(fine[0]["geometry"])
    # Near every border there are two oblasts, and no line runs along the country's own border.
    areas = [area_of(outlines, code) for code in UKRAINE]
    for line in lines.geoms:
        if line.length < 0.2:
            continue
        middle = line.interpolate(0.5, normalized=True).buffer(0.03)
        assert sum(area.intersects(middle) for area in areas) >= 2
    assert lines.length == pytest.approx(80, rel=0.25)  # degrees

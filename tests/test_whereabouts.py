"""What lies at a point: known places, borders, open water, poles and the date line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from geo.errors import BadQueryError
from geo.gazetteer import index
from geo.gazetteer.gazetteer import Gazetteer
from geo.gazetteer.whereabouts import whereabouts
from geo.settings import Settings


@pytest.fixture(scope="module")
def gazetteer(settings: Settings) -> Iterator[Gazetteer]:
    opened = index.open_gazetteer(settings)
    yield opened
    opened.close()


def square(west: float, east: float) -> dict[str, object]:
    ring = [[west, 40], [east, 40], [east, 60], [west, 60], [west, 40]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_a_point_in_a_town_has_settlement_district_region_and_country(
    gazetteer: Gazetteer,
) -> None:
    found = whereabouts(gazetteer, 48.595, 38.0)
    assert found.settlement is not None
    assert found.settlement.name == "Bakhmut"
    assert found.distance_km < 1
    assert (found.admin2, found.admin1, found.country) == ("Bakhmut Raion", "Donetsk", "Ukraine")
    assert not found.surveyed


def test_an_outline_tells_one_side_of_a_border_from_the_other(gazetteer: Gazetteer) -> None:
    # The nearest settlement lies in Ukraine's Donetsk, but only Luhansk's outline holds the point.
    lat, lon = 48.67, 38.25
    near = {place.admin1 for place, _ in gazetteer.nearest(lat, lon, limit=12)}
    assert near == {"UA-14", "UA-09"}
    shapes = {"iso:UA-09": square(38.2, 40), "iso:UA-14": square(36, 38.2)}
    assert whereabouts(gazetteer, lat, lon, shapes.get).admin1 == "Luhansk"
    shapes = {"iso:UA-09": square(38.3, 40), "iso:UA-14": square(36, 38.3)}
    assert whereabouts(gazetteer, lat, lon, shapes.get).admin1 == "Donetsk"


def test_water_by_a_coast_belongs_to_no_region(gazetteer: Gazetteer) -> None:
    found = whereabouts(gazetteer, 46.2, 31.8, {"iso:UA-48": square(31.9, 33)}.get)
    assert found.settlement is not None
    assert found.surveyed
    assert (found.admin1, found.country) == ("", "")


@pytest.mark.parametrize(("lat", "lon"), [(90, 0), (-90, 180), (0, -180), (0, 180), (1, -30)])
def test_poles_date_line_and_oceans_are_an_answer(
    gazetteer: Gazetteer, lat: float, lon: float
) -> None:
    found = whereabouts(gazetteer, lat, lon)
    assert (found.settlement, found.admin1, found.country) == (None, "", "")


def test_a_longitude_past_the_date_line_is_brought_back(gazetteer: Gazetteer) -> None:
    one, other = whereabouts(gazetteer, -16.8, -180.5), whereabouts(gazetteer, -16.8, 179.5)
    assert one.lon == pytest.approx(179.5)
    assert one.settlement is not None
    assert one.settlement == other.settlement
    assert one.country == "Fiji"


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (float("nan"), 0)])
def test_a_point_off_the_globe_is_refused(gazetteer: Gazetteer, lat: float, lon: float) -> None:
    with pytest.raises(BadQueryError):
        whereabouts(gazetteer, lat, lon)

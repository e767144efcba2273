"""How outlines are built and kept: a small made-up world, files that misbehave, a user's own."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from geo.errors import DataError, GazetteerError
from geo.gazetteer import regions, shapes
from geo.gazetteer.land import atlas_path
from geo.gazetteer.outlines import Outlines
from geo.gazetteer.spans import centre_of
from geo.gazetteer.topojson import read_areas
from geo.settings import Settings


def area_of(outlines: Outlines, code: str) -> Any:
    geometry = outlines.geometry(f"iso:{code}")
    assert geometry is not None, f"no outline of {code}"
    return shape(geometry)


# -- a small world ------------------------------------------------------------------------------
# Two countries side by side, 10 degrees square each, and Fiji across the antimeridian.

SETTLEMENTS = [
    *((lat, lon, "FR", "FR-A" if lon < 5 else "FR-B")
      for lat in range(41, 50, 2) for lon in (1, 3, 7, 9)),
    *((lat, lon, "DE", "DE-N" if lat > 45 else "DE-S")
      for lat in (41, 43, 47, 49) for lon in (11, 15, 19)),
    (45.0, 15.0, "DE", ""), (45.5, 15.0, "DE", "DE-gn"),
    (-17.0, 179.0, "FJ", "FJ-W"), (-17.0, -179.0, "FJ", "FJ-E"), (-16.5, 178.6, "FJ", "FJ-W"),
]  # fmt: skip


def topology() -> dict[str, Any]:
    arcs = [
        [[10, 40], [10, 50]],
        [[10, 50], [0, 50], [0, 40], [10, 40]],
        [[10, 50], [20, 50], [20, 40], [10, 40]],
        [[178, -18], [180, -18], [-178, -18], [-178, -16], [180, -16], [178, -16], [178, -18]],
    ]
    geometries = [
        {"type": "Polygon", "id": "250", "properties": {"name": "France"}, "arcs": [[0, 1]]},
        {"type": "Polygon", "id": "276", "properties": {"name": "Germany"}, "arcs": [[~2, ~0]]},
        {"type": "MultiPolygon", "id": "242", "properties": {"name": "Fiji"}, "arcs": [[[3]]]},
        {"type": "Point", "id": "674", "properties": {}, "coordinates": [1, 1]},
    ]
    # DE's ring: 20,40 ... walked so that the shared border is one arc used in both directions.
    geometries[1]["arcs"] = [[2, 0]]
    return {
        "type": "Topology",
        "arcs": arcs,
        "objects": {"countries": {"type": "GeometryCollection", "geometries": geometries}},
    }


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of the small world; nothing is built yet."""
    atlas = tmp_path / "atlas.json"
    atlas.write_text(json.dumps(topology()))
    monkeypatch.setattr(regions, "atlas_path", lambda: atlas)
    data = tmp_path / "data"
    (data / "shapes").mkdir(parents=True)
    (data / "shapes" / "rivers.csv").write_text(
        "slug,line,precision_km,source\nrhine,41 10;45 10.5;49 10,5,made up\n"
    )
    (data / "places.csv").write_text(
        "slug,name,kind,crosses\nmiddle,Middle,region,FR-B|DE\nlost,Lost,region,XX-1\n"
        "rhine,Rhine,river,FR-B\n"
    )
    return Settings(data_dir=data, cache_dir=tmp_path / "cache", local_dir=tmp_path / "local")


def built(small: Settings) -> Outlines:
    regions.build_outlines(small, SETTLEMENTS)
    return regions.load_outlines(small)


def test_a_country_is_divided_among_its_regions_where_their_towns_are(small):
    outlines = built(small)
    for code, lon, lat, size in (
        ("FR-A", 2.5, 45, 50), ("FR-B", 7.5, 45, 50), ("DE-S", 15, 42.5, 50), ("DE-N", 15, 47.5, 50)
    ):  # fmt: skip
        area = area_of(outlines, code)
        assert area.area == pytest.approx(size, rel=0.01)
        assert outlines.centre(f"iso:{code}") == pytest.approx((lat, lon), abs=0.3)
    assert outlines.geometry("iso:DE-gn") is None
    assert area_of(outlines, "FR").area == pytest.approx(100, rel=1e-6)
    assert area_of(outlines, "FR").intersection(area_of(outlines, "DE")).area == 0


def test_the_small_fiji_is_cut_at_the_antimeridian(small):
    outlines = built(small)
    west = area_of(outlines, "FJ-W")
    assert west.bounds == pytest.approx((178, -18, 180, -16), abs=0.01)
    assert area_of(outlines, "FJ-E").bounds == pytest.approx((-180, -18, -178, -16), abs=0.01)
    lat, lon = outlines.centre("iso:FJ")
    assert lat == pytest.approx(-17, abs=0.01)
    assert abs(lon) == pytest.approx(180, abs=0.01)  # on the cut, which is no border
    assert outlines.radius_km("iso:FJ") < 230


def test_rivers_are_lines_and_macro_regions_the_union_of_what_they_cross(small):
    outlines = built(small)
    river = outlines.geometry("dl:rhine")
    assert river == {"type": "LineString", "coordinates": [[10, 41], [10.5, 45], [10, 49]]}
    assert outlines.centre("dl:rhine") is None
    assert shape(outlines.geometry("dl:middle")).area == pytest.approx(150, rel=0.01)
    assert outlines.geometry("dl:lost") is None
    for unknown in ("dl:nothing", "gn:1", "iso:ZZ", "a2:FR-A/x", "", "iso:'; DROP TABLE outline"):
        assert outlines.geometry(unknown) is None
        assert outlines.centre(unknown) is None
        assert outlines.radius_km(unknown) is None


def test_borders_are_drawn_once_and_coasts_not_at_all(small):
    lines = built(small).basemap_admin1(1.0)["features"]
    assert [feature["id"] for feature in lines] == ["DE", "FR"]
    border = shape(lines[1]["geometry"])
    assert border.length == pytest.approx(10, rel=0.01)
    assert border.bounds == pytest.approx((5, 40, 5, 50), abs=0.05)


def test_a_second_build_does_nothing_and_a_changed_source_builds_anew(small, monkeypatch):
    first = regions.build_outlines(small, SETTLEMENTS)
    stamp = first.stat().st_mtime_ns

    def explode() -> Iterator[Any]:
        raise AssertionError("built again")
        yield

    assert regions.build_outlines(small, explode()) == first
    assert first.stat().st_mtime_ns == stamp
    (small.data_dir / "admin1_codes.csv").write_text("alpha2,geonames_code,iso,geonames_name\n")
    assert not regions.outlines_ready(small)
    assert regions.build_outlines(small, SETTLEMENTS) != first


def test_progress_runs_from_nought_to_one(small):
    seen: list[float] = []
    regions.build_outlines(small, SETTLEMENTS, lambda done, label: seen.append(done))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "flipped", "foreign"])
def test_a_damaged_file_is_refused_or_found_out_and_built_again(small, damage):
    path = regions.build_outlines(small, SETTLEMENTS)
    whole = path.read_bytes()
    if damage == "foreign":
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE x (y)")
        connection.close()
    else:
        connection = sqlite3.connect(path)
        body = connection.execute("SELECT body FROM outline WHERE id = 'iso:FR-A'").fetchone()[0]
        connection.close()
        at = whole.index(body) + len(body) // 2
        path.write_bytes(
            {
                "cut": whole[: len(whole) // 2],
                "empty": b"",
                "text": b"not a database" * 1000,
                "flipped": whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :],
            }[damage]
        )
    if damage == "flipped":
        with pytest.raises(GazetteerError, match=r"iso:FR-A is damaged.*gazetteer build"):
            regions.load_outlines(small).geometry("iso:FR-A")
    else:
        with pytest.raises(GazetteerError, match="gazetteer build"):
            regions.load_outlines(small)
    assert area_of(built(small), "FR-A").area == pytest.approx(50, rel=0.01)


def test_a_build_that_fails_leaves_nothing_behind(small):
    def broken() -> Iterator[Any]:
        yield SETTLEMENTS[0]
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        regions.build_outlines(small, broken())
    assert list(small.cache_dir.glob("*.sqlite")) == []
    assert list(small.cache_dir.glob("*.tmp")) == []
    with pytest.raises(GazetteerError, match="not built yet"):
        regions.load_outlines(small)


def test_two_builders_at_once_build_one_sound_file(small):
    threads = [threading.Thread(target=regions.build_outlines, args=[small, SETTLEMENTS])
               for _ in range(3)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert regions.load_outlines(small).is_sound()
    assert len(list(small.cache_dir.glob("*.sqlite"))) == 1


def test_many_threads_read_at_once(small):
    outlines, failures = built(small), []

    def read() -> None:
        try:
            for _ in range(50):
                for place_id in outlines.ids():
                    outlines._find_shape(place_id)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_without_the_map_file_the_message_says_what_fetches_it(tmp_path, small, monkeypatch):
    with pytest.raises(GazetteerError, match="npm ci"):
        atlas_path(tmp_path)
    monkeypatch.setattr(regions, "atlas_path", lambda: atlas_path(tmp_path))
    assert not regions.outlines_ready(small)
    with pytest.raises(GazetteerError, match="npm ci"):
        regions.build_outlines(small, SETTLEMENTS)


def test_outlines_that_were_built_outlast_the_map_file(tmp_path, small, monkeypatch):
    built(small).close()
    monkeypatch.setattr(regions, "atlas_path", lambda: atlas_path(tmp_path))
    assert regions.load_outlines(small).geometry("iso:FR-A") is not None


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"arcs": [], "objects": {}}', "\x00"])
def test_a_map_file_that_is_no_topojson_is_named(tmp_path, text):
    path = tmp_path / "countries-10m.json"
    path.write_text(text)
    with pytest.raises(GazetteerError, match=r"countries-10m\.json"):
        read_areas(path, "countries")


def test_quantised_arcs_are_scaled_and_holes_kept(tmp_path):
    path = tmp_path / "t.json"
    square = [[0, 0], [100, 0], [0, 100], [-100, 0], [0, -100]]
    hole = [[40, 40], [0, 20], [20, 0], [0, -20], [-20, 0]]
    speck = [[10, 10], [0, 0], [0, 0], [0, 0]]
    path.write_text(
        json.dumps(
            {
                "transform": {"scale": [0.1, 0.2], "translate": [5, -10]},
                "arcs": [square, hole, speck],
                "objects": {
                    "c": {
                        "geometries": [
                            {"type": "MultiPolygon", "id": 1, "arcs": [[[0], [1]], [[2]]]}
                        ]
                    }
                },
            }
        )
    )
    (feature,) = read_areas(path, "c")
    (polygon,) = feature.polygons
    assert polygon.bounds == pytest.approx((5, -10, 15, 10))
    assert polygon.area == pytest.approx(10 * 20 - 2 * 4)


# -- a user's own regions -----------------------------------------------------------------------


def own(small: Settings, name: str, content: Any) -> None:
    folder = small.local_dir / "regions"
    folder.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(text, encoding="utf-8")


def feature(code: str, key: str = "ISO3166-2", **more: Any) -> dict[str, Any]:
    square = [[[0, 40], [2, 40], [2, 42], [0, 42], [0, 40]]]
    return {
        "type": "Feature",
        "properties": {key: code},
        "geometry": {"type": "Polygon", "coordinates": square},
        **more,
    }


@pytest.mark.parametrize("key", ["ISO3166-2", "iso_3166_2", "shapeISO", "ISO_1", "HASC_1"])
def test_own_regions_replace_the_outline_the_centre_and_the_macro_region(small, key):
    own(small, "fr.geojson", {"type": "FeatureCollection", "features": [feature("FR-A", key)]})
    outlines = built(small)
    assert area_of(outlines, "FR-A").area == 4
    assert outlines.centre("iso:FR-A") == pytest.approx((41, 1), abs=0.02)
    assert outlines.admin1_centres()["FR-A"].lat == pytest.approx(41, abs=0.02)
    assert area_of(outlines, "FR-B").area == pytest.approx(50, rel=0.01)
    assert outlines.problems == ()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"features": 7}', {"features": []}, {"features": [7]},
     {"features": [feature("Somewhere")]}, {"features": [feature("FR-A", geometry=None)]},
     {"features": [feature("FR-A", geometry={"type": "Polygon", "coordinates": "x"})]},
     {"features": [feature("FR-A", geometry={"type": "Point", "coordinates": [1, 2]})]},
     {"features": [feature("FR-A", geometry={"type": "Polygon", "coordinates":
                   [[[500000, 4e6], [500001, 4e6], [500001, 4000001], [500000, 4e6]]]})]},
     "[" * 100_000],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_named_and_costs_no_other(small, content):
    own(small, "bad.geojson", content)
    own(small, "good.geojson", {"type": "FeatureCollection", "features": [feature("DE-N")]})
    outlines = built(small)
    assert area_of(outlines, "DE-N").area == 4
    assert area_of(outlines, "FR-A").area == pytest.approx(50, rel=0.01)
    (problem,) = outlines.problems
    assert problem.startswith("bad.geojson")


@pytest.mark.parametrize(
    "line", ["", "41 10", "41,10;42,11", "north east;42 11", "95 10;42 11", "41 10;;42 11"]
)
def test_a_river_that_is_no_line_is_named_and_the_rest_works(small, line):
    path = small.data_dir / "shapes" / "rivers.csv"
    path.write_text(f'slug,line,precision_km,source\nnile,"{line}",5,x\n')
    with pytest.raises(DataError, match=r"rivers\.csv, row 1"):
        shapes.read_rivers(path)
    outlines = built(small)
    assert outlines.geometry("dl:middle") is not None
    assert "rivers.csv" in outlines.problems[0]


def test_a_centre_outside_a_crescent_is_moved_inside():
    ring = shapely.Point(0, 0).buffer(5).difference(shapely.Point(1.5, 0).buffer(4.5))
    centre = centre_of(ring)
    assert ring.contains(shapely.Point(centre.lon, centre.lat))
    whole = centre_of(shapely.Point(10, 20).buffer(3))
    assert (whole.lat, whole.lon) == pytest.approx((20, 10), abs=0.05)
    assert whole.radius_km == pytest.approx(3 * 111.2 * 0.95, rel=0.05)


def test_settings_of_another_cache_are_another_file(small, tmp_path):
    elsewhere = dataclasses.replace(small, cache_dir=tmp_path / "elsewhere")
    built(small).close()
    assert not regions.outlines_ready(elsewhere)

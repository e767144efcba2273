"""What goes to the map: rings that do not overlap, stable ids, and nothing but numbers and ids."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.codebook import Codebook, load_codebook
from geo.gazetteer import index
from geo.maps import assets, basemap, clusters, layers, origins
from geo.maps.clusters import Bounds
from geo.settings import ROOT, Settings

HOSTILE = [
    "{{7*7}}",
    "{% raw %}",
    "${alert(1)}",
    "`;alert(1)//",
    "</script><script>alert(1)</script>",
    "\u202egnol\u202c",
    "x" * 1_000_000,
    "_div_0",
]


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return load_codebook(ROOT / "data" / "codebook.yaml")


def places(rows: list[tuple[str, str, str, float, float, float]]) -> pd.DataFrame:
    columns = ["place_id", "name", "kind", "lat", "lon", "precision_km"]
    source = ["recalled" if row[0].startswith("dl:") else "GeoNames" for row in rows]
    return pd.DataFrame(rows, columns=columns).assign(
        country="UA", admin1="", crosses=[()] * len(rows), source=source
    )


@pytest.fixture
def few() -> pd.DataFrame:
    return places(
        [
            ("gn:1", "Kherson", "settlement", 46.6354, 32.6169, 13.0),
            ("gn:2", "Bakhmut", "settlement", 48.5956, 38.0004, 5.0),
            ("gn:3", "Chasiv Yar", "settlement", 48.5867, 37.8357, 5.0),
            ("dl:plant", "Plant", "site", 47.5, 34.6, 12.0),
            ("iso:UA-65", "Kherson Oblast", "admin1", 46.6, 33.6, 110.0),
            ("dl:dnipro", "Dnipro", "river", 47.0, 33.5, 300.0),
            ("iso:UA", "Ukraine", "country", 49.0, 32.0, 500.0),
        ]
    )


def drawing(table: pd.DataFrame, codebook: Codebook, **more: object) -> layers.Drawing:
    counts = np.zeros((len(table), len(codebook.types)), dtype=int)
    counts[:, 0] = np.arange(1, len(table) + 1)
    counts[:, 1] = 2
    view = more.pop("view", layers.MapView(zoom=6))
    return layers.draw(table, np.arange(len(table)), counts, codebook, view, **more)  # type: ignore[arg-type]


def script_of(drawn: layers.Drawing) -> str:
    """The text that streamlit-folium would send to be run in the browser."""
    from streamlit_folium import _get_feature_group_string

    url = basemap.Assets(scripts=("a.js",), styles=("a.css",))
    return str(_get_feature_group_string(layers.event_layer(drawn), basemap.base_map(url)))


# -- clusters ---------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-84, 84), st.floats(-180, 180), st.integers(1, 100_000)),
        min_size=1,
        max_size=120,
    ),
    st.integers(2, 12),
)
def test_rings_never_overlap_and_no_event_is_lost(
    rows: list[tuple[float, float, int]], zoom: int
) -> None:
    lat, lon, totals = (np.array(column) for column in zip(*rows, strict=True))
    ids = [f"gn:{n}" for n in range(len(rows))]
    found = clusters.cluster(lat, lon, totals, ids, zoom=zoom)
    x, y = clusters.world_px(
        np.array([c.lat for c in found]), np.array([c.lon for c in found]), zoom
    )
    for n, one in enumerate(found):
        for m in range(n):
            apart = float(np.hypot(x[n] - x[m], y[n] - y[m]))
            assert apart >= one.radius_px + found[m].radius_px
    assert sum(c.total for c in found) == totals.sum()
    assert sorted(m for c in found for m in c.members) == list(range(len(rows)))


def test_a_ring_stands_on_the_place_with_most_events() -> None:
    lat, lon = np.array([48.59, 48.60]), np.array([37.99, 38.01])
    (found,) = clusters.cluster(lat, lon, np.array([3, 9]), ["gn:1", "gn:2"], zoom=5)
    assert (found.lat, found.lon, found.total, found.members) == (48.60, 38.01, 12, (1, 0))


def test_order_of_the_input_does_not_change_the_clusters() -> None:
    random = np.random.default_rng(7)
    lat, lon = random.uniform(44, 52, 300), random.uniform(22, 40, 300)
    totals, ids = random.integers(1, 50, 300), np.array([f"gn:{n}" for n in range(300)])
    first = clusters.cluster(lat, lon, totals, ids, zoom=6)
    order = random.permutation(300)
    second = clusters.cluster(lat[order], lon[order], totals[order], ids[order], zoom=6)
    assert [(c.lat, c.lon, c.total) for c in first] == [(c.lat, c.lon, c.total) for c in second]


def test_places_part_at_the_zoom_that_is_offered() -> None:
    lat, lon = np.array([48.59, 48.60]), np.array([37.99, 38.01])
    zoom = clusters.separating_zoom(lat, lon, zoom=5)
    assert zoom is not None
    assert len(clusters.cluster(lat, lon, np.array([3, 9]), ["a", "b"], zoom=zoom)) == 2
    assert clusters.separating_zoom(lat[:1].repeat(2), lon[:1].repeat(2), zoom=5) is None


def test_radius_grows_with_the_logarithm_within_limits() -> None:
    radius = clusters.radius_px(np.array([0, 1, 10, 100, 10**9]))
    assert radius.tolist() == pytest.approx([13, 13, 19.5, 26, 34])


def test_a_small_pan_gives_equal_bounds_and_a_large_one_does_not() -> None:
    here = clusters.quantised(Bounds(46.0, 30.0, 50.0, 38.0), 9)
    assert clusters.quantised(Bounds(46.01, 30.01, 50.01, 38.01), 9) == here
    assert clusters.quantised(Bounds(46.0, 34.0, 50.0, 42.0), 9) != here
    assert (here.south, here.west) < (46, 30)
    assert (here.north, here.east) > (50, 38)


@pytest.mark.parametrize(
    ("lon", "west", "east", "expected"),
    [(179.0, 170.0, 190.0, True), (-179.0, 170.0, 190.0, True), (0.0, 170.0, 190.0, False),
     (10.0, -540.0, 540.0, True), (10.0, 365.0, 375.0, True)],
)  # fmt: skip
def test_the_view_holds_points_across_the_date_line(
    lon: float, west: float, east: float, expected: bool
) -> None:
    inside = clusters.inside(np.array([0.0]), np.array([lon]), Bounds(-10, west, 10, east))
    assert inside.tolist() == [expected]


def test_the_first_view_shows_every_point() -> None:
    lat, lon = np.array([44.4, 52.4]), np.array([22.1, 40.2])
    centre_lat, centre_lon, zoom = clusters.fit(lat, lon, width_px=820, height_px=560)
    x, y = clusters.world_px(lat, lon, zoom)
    centre_x, centre_y = clusters.world_px(np.array([centre_lat]), np.array([centre_lon]), zoom)
    assert np.all(np.abs(x - centre_x) <= 410)
    assert np.all(np.abs(y - centre_y) <= 280)
    assert clusters.fit(np.array([]), np.array([]))[2] == 2


def test_a_country_comes_into_the_first_view_where_it_costs_no_scale() -> None:
    towns = [(46.7, 33.6), (48.6, 38.0)]
    near, far = (49.0, 32.0), (61.0, 97.0)
    lat, lon = np.array([*towns, near, far]).T
    wide = np.array([False, False, True, True])
    once = np.ones(4)
    assert clusters.first_view(lat, lon, once, wide).tolist() == [0, 1, 2]
    assert clusters.first_view(lat, lon, once, ~wide).tolist() == [0, 1, 2, 3]
    assert clusters.first_view(lat[2:], lon[2:], once[2:], wide[2:]).tolist() == [0, 1]


# -- layers -----------------------------------------------------------------------------------


def test_each_place_is_drawn_as_what_it_is(few: pd.DataFrame, codebook: Codebook) -> None:
    drawn = drawing(few, codebook, view=layers.MapView(zoom=10))
    rings = {ring[0]: ring for ring in drawn.data["rings"]}
    areas = {area[0]: area for area in drawn.data["areas"]}
    assert set(rings) == {"p.gn:1", "p.gn:2", "p.gn:3", "p.dl:plant"}
    assert set(areas) == {"a.iso:UA-65", "r.dl:dnipro", "a.iso:UA"}
    assert [area[1] for area in drawn.data["areas"]] == ["UA", "UA-65", "dl:dnipro"]
    assert rings["p.gn:2"][4:6] == [4, [2, 2, 0, 0, 0, 0, 0, 0]]
    assert [rings[name][7] for name in ("p.gn:1", "p.dl:plant")] == [
        0,
        1,
    ]  # rough: recalled, above 10 km
    assert drawn.members["a.iso:UA-65"] == (4,)


def test_a_place_inside_a_cluster_is_marked_as_chosen(
    few: pd.DataFrame, codebook: Codebook
) -> None:
    drawn = drawing(few, codebook, view=layers.MapView(zoom=5, chosen="gn:2"))
    ring = next(ring for ring in drawn.data["rings"] if ring[8])
    assert ring[6] == 2
    assert {few["place_id"][row] for row in drawn.members[ring[0]]} == {"gn:2", "gn:3"}
    again = drawing(few, codebook, view=layers.MapView(zoom=5, chosen=ring[0]))
    assert [r[8] for r in again.data["rings"] if r[0] == ring[0]] == [1]


def test_tags_keep_clear_of_rings_and_inside_their_outline(
    few: pd.DataFrame, codebook: Codebook
) -> None:
    box = {
        "type": "Polygon",
        "coordinates": [[[32, 46], [34.5, 46], [34.5, 47.5], [32, 47.5], [32, 46]]],
    }
    crowded = few.assign(lat=np.where(few["place_id"] == "gn:1", 46.6, few["lat"]),
                         lon=np.where(few["place_id"] == "gn:1", 33.6, few["lon"]))  # fmt: skip
    drawn = drawing(crowded, codebook, view=layers.MapView(zoom=7),
                    geometry=lambda place: box if place == "iso:UA-65" else None)  # fmt: skip
    tag = next(area for area in drawn.data["areas"] if area[0] == "a.iso:UA-65")
    assert 46 < tag[2] < 47.5
    assert 32 < tag[3] < 34.5
    ring = next(ring for ring in drawn.data["rings"] if ring[0] == "p.gn:1")
    x, y = clusters.world_px(np.array([tag[2], ring[1]]), np.array([tag[3], ring[2]]), 7)
    assert np.hypot(x[0] - x[1], y[0] - y[1]) > ring[3]


def test_a_river_is_marked_on_its_course_in_the_region_asked_for(
    few: pd.DataFrame, codebook: Codebook
) -> None:
    shapes = {
        "dl:dnipro": {"type": "LineString", "coordinates": [[30.5, 50.5], [35, 48.5], [32, 46.4]]},
        "iso:UA-65": {"type": "Polygon", "coordinates": [
            [[32, 46], [34, 46], [34, 47.5], [32, 47.5], [32, 46]]]},
    }  # fmt: skip
    middle = few.assign(lat=np.where(few["place_id"] == "dl:dnipro", 48.5, few["lat"]),
                        lon=np.where(few["place_id"] == "dl:dnipro", 35.0, few["lon"]))  # fmt: skip

    def river(*within: str) -> list[float]:
        drawn = drawing(middle, codebook, geometry=shapes.get, within=within)
        in_view = layers.marked_within(drawn, Bounds(46.0, 32.0, 47.6, 34.0))
        assert (5 in in_view) == ("iso:UA-65" in within)  # what the map shows, the panel tells
        return next(area[2:4] for area in drawn.data["areas"] if area[0] == "r.dl:dnipro")

    assert river()[0] > 48  # at its middle
    assert 46 < river("iso:UA-65")[0] < 47.5
    assert river("iso:UA-99") == river()  # no outline: wherever its point is


def test_what_is_beyond_the_limit_is_counted(few: pd.DataFrame, codebook: Codebook) -> None:
    drawn = drawing(few, codebook, view=layers.MapView(zoom=10), max_features=2)
    assert len(drawn.data["rings"]) == 2
    assert len(drawn.data["areas"]) == 2
    assert drawn.not_drawn == 3


def test_equal_views_give_equal_strings_and_others_do_not(
    few: pd.DataFrame, codebook: Codebook
) -> None:
    here = layers.MapView(zoom=9, bounds=Bounds(46.0, 30.0, 50.0, 38.0))
    near = layers.MapView(zoom=9, bounds=Bounds(46.01, 30.01, 50.01, 38.01))
    assert script_of(drawing(few, codebook, view=here)) == script_of(
        drawing(few, codebook, view=near)
    )
    dark = layers.MapView(zoom=9, bounds=here.bounds, dark=True)
    assert script_of(drawing(few, codebook, view=dark)) != script_of(
        drawing(few, codebook, view=here)
    )


def test_no_places_are_no_error(few: pd.DataFrame, codebook: Codebook) -> None:
    drawn = drawing(few.iloc[:0], codebook)
    assert drawn.data["rings"] == drawn.data["areas"] == []
    assert "dateline.layer" in script_of(drawn)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_never_reaches_the_map(
    text: str, few: pd.DataFrame, codebook: Codebook
) -> None:
    hostile = few.assign(name=text, place_id=[f"{text}{n}" for n in range(len(few))])
    drawn = drawing(hostile, codebook, files=[text], focus=[text],
                    view=layers.MapView(zoom=6, chosen=text))  # fmt: skip
    script = script_of(drawn)
    assert text not in script
    assert len(script) < 10_000
    data = json.loads(re.search(r"dateline\.layer\((.*)\)\.addTo", script)[1])  # type: ignore[index]
    assert data["files"] == data["focus"] == []
    for name in drawn.members:
        assert re.fullmatch(r"[parc]\d*\.[0-9a-f]{16}", name)


def test_the_layer_holds_numbers_and_ids_only(few: pd.DataFrame, codebook: Codebook) -> None:
    drawn = drawing(few, codebook, files=["UA-0a1b2c3d"], focus=["UA"], flight=(1, 2, 3, 4, 5, 8))

    def leaves(value: object) -> list[object]:
        if isinstance(value, dict):
            return [leaf for item in value.values() for leaf in leaves(item)]
        if isinstance(value, list | tuple):
            return [leaf for item in value for leaf in leaves(item)]
        return [value]

    for leaf in leaves(drawn.data):
        assert leaf is None or isinstance(leaf, int | float) or assets.SAFE_ID.fullmatch(str(leaf))
    assert set(few["name"]).isdisjoint(map(str, leaves(drawn.data)))


def test_a_colour_that_is_none_stays_off_the_map() -> None:
    with pytest.raises(ValueError, match="no #RRGGBB"):
        layers._number("red;}</style>")


# -- basemap and assets -----------------------------------------------------------------------


def test_the_map_itself_is_constant_and_local() -> None:
    from streamlit_folium import _get_map_string, generate_js_hash

    url = basemap.Assets(scripts=("a.js",), styles=("a.css",))
    first, second = (_get_map_string(basemap.base_map(url)) for _ in range(2))
    assert generate_js_hash(first) == generate_js_hash(second)
    assert "http" not in first
    assert basemap.base_map(url).default_js == [("script0", "a.js")]


def test_missing_assets_are_noticed(tmp_path: Path) -> None:
    assert basemap.local_assets(tmp_path) is None
    with pytest.raises(assets.DataError, match="npm ci"):
        assets.build_assets(node_modules=tmp_path, static=tmp_path)


def test_only_the_cdn_variant_names_another_server() -> None:
    for address in basemap.cdn_assets().scripts[:1] + basemap.cdn_assets().styles[:1]:
        assert address.startswith(origins.CDN_ORIGINS)
    script = "".join((ROOT / "static" / name).read_text("utf-8") for name in basemap.SCRIPTS)
    hosts = set(re.findall(r"https?://[^/\"`]+", script)) - {"http://www.w3.org"}
    assert hosts == set(origins.TILE_ORIGINS)


def square(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def topology(parts: list[tuple[str, str, list[list[float]]]]) -> dict[str, object]:
    """A TopoJSON like world-atlas: one closed arc per ring, in steps of 0.01 degree."""
    arcs, geometries = [], []
    for numeric, name, ring in parts:
        steps = np.rint(np.array(ring) * 100).astype(int)
        arcs.append(np.vstack([steps[:1], np.diff(steps, axis=0)]).tolist())
        found = next((g for g in geometries if g["id"] == numeric), None)
        if found is None:
            found = {
                "type": "MultiPolygon",
                "id": numeric,
                "properties": {"name": name},
                "arcs": [],
            }
            geometries.append(found)
        found["arcs"].append([[len(arcs) - 1]])  # type: ignore[union-attr,attr-defined]
    return {"transform": {"scale": [0.01, 0.01], "translate": [0, 0]}, "arcs": arcs,
            "objects": {"countries": {"geometries": geometries}}}  # fmt: skip


def test_crimea_is_moved_to_ukraine_and_nothing_else_is() -> None:
    compact = assets.compact_topology(
        topology([
            ("643", "Russia", square(40, 50, 60, 60)),
            ("643", "Russia", square(33, 44.5, 36, 46)),
            ("804", "Ukraine", square(22, 46, 40, 52)),
            ("", "Kosovo", square(20, 42, 21, 43)),
        ]),
        tolerance_deg=0.0, step_deg=0.01,
    )  # fmt: skip
    assert dict(compact["countries"]) == {"RU": [[[0]]], "UA": [[[2]], [[1]]], "XK": [[[3]]]}
    assert compact["arcs"][1][:4] == [3300, 4450, 300, 0]


def test_outline_files_are_named_by_content_and_hold_numbers(tmp_path: Path) -> None:
    area = {"type": "Polygon", "coordinates": [square(32, 46, 34, 47)]}
    line = {"type": "LineString", "coordinates": [[30, 50], [31, 49], [33, 47]]}
    shapes = {"UA-65": assets.encode_shape(area), "dl:dnipro": assets.encode_shape(line)}
    name = assets.write_outlines("UA", shapes, static=tmp_path)
    assert name == assets.write_outlines("UA", shapes, static=tmp_path)
    text = (tmp_path / "generated" / "outlines" / f"{name}.js").read_text(encoding="utf-8")
    head, _, body = text.removesuffix(");\n").partition(",")
    assert head == f'dateline.outlines("{name}"'
    data = json.loads(body)
    assert data["shapes"]["UA-65"] == {
        "l": 0, "p": [[[16000, 23000, 1000, 0, 0, 500, -1000, 0, 0, -500]]]
    }  # fmt: skip
    assert data["shapes"]["dl:dnipro"]["l"] == 1
    assert assets.write_outlines("none", {"x": None}, static=tmp_path) is None


def test_towns_of_a_country_go_to_a_file_that_is_written_once(
    local_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gazetteer = index.open_gazetteer(local_settings)
    names = assets.town_files(gazetteer, ["UA"], static=tmp_path)
    world, ukraine = (
        json.loads(
            (tmp_path / "generated" / "outlines" / f"{name}.js")
            .read_text(encoding="ascii").removesuffix(");\n").partition(",")[2]
        )
        for name in names
    )  # fmt: skip
    towns = {name: (lat * ukraine["step"], lon * ukraine["step"], weight)
             for name, lat, lon, weight in ukraine["towns"]}  # fmt: skip
    assert towns["Mariupol"][:2] == pytest.approx((47.095, 37.541), abs=0.01)
    assert [row[3] for row in ukraine["towns"]] == sorted((row[3] for row in ukraine["towns"]),
                                                         reverse=True)  # fmt: skip
    assert "Lagos" in {row[0] for row in world["towns"]}
    assert "Bakhmut" not in {row[0] for row in world["towns"]}
    monkeypatch.setattr(gazetteer, "towns", pytest.fail)
    assert assets.town_files(gazetteer, ["UA"], static=tmp_path) == names


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "generated"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    shape = assets.encode_shape({"type": "LineString", "coordinates": [[30, 50], [31, 49]]})
    assert assets.write_outlines("UA", {"dl:x": shape}, static=tmp_path) is None


def test_the_theme_file_has_the_codebooks_colours(codebook: Codebook) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))[
        "theme"
    ]
    for name, surfaces in (("light", codebook.surfaces_light), ("dark", codebook.surfaces_dark)):
        section = theme[name]
        assert section["backgroundColor"] == surfaces["page"]
        assert section["secondaryBackgroundColor"] == surfaces["chip"]
        assert section["textColor"] == surfaces["text"]
        assert section["primaryColor"] == section["linkColor"] == surfaces["accent"]
        assert section["borderColor"] == surfaces["lines"]
        assert section["sidebar"]["backgroundColor"] == surfaces["panel"]


def test_streamlit_stays_on_this_machine() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["enableStaticServing"] is True
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["toolbarMode"] == "minimal"
    assert "font" not in json.dumps(config["theme"]).replace("FontSize", "").lower().replace(
        "headingfontweights", ""
    )


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert all("resolved" not in package for package in lock["packages"].values())
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_a_first_view_leaves_out_a_few_far_places_but_no_share_that_counts() -> None:
    lat, lon = np.array([48.0, 48.5, 49.0, 50.0, -33.9]), np.array([38.0, 36.0, 31.0, 30.5, 151.2])
    assert clusters.bulk(lat, lon, np.array([9, 5, 5, 5, 1])).tolist() == [0, 1, 2, 3]
    assert clusters.bulk(lat, lon, np.array([9, 5, 5, 5, 9])).tolist() == [0, 1, 2, 3, 4]
    near = np.array([46.0, 52.0, 47.0, 50.0]), np.array([24.0, 38.0, 27.0, 33.0])
    assert clusters.bulk(*near, np.array([1, 1, 9, 9])).tolist() == [0, 1, 2, 3]  # close enough
    assert clusters.bulk(lat[:2], lon[:2], np.array([9, 1])).tolist() == [0, 1]
    assert clusters.bulk(lat[:0], lon[:0], np.array([], dtype=int)).tolist() == []

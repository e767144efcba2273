"""The dashboard as a person uses it: a real browser, the sample article, the network cut off.

The `visit` fixture asserts after each test that no request left the machine and no script failed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser

from geo import query
from geo.codebook import load_codebook
from geo.export import FORMATS
from geo.gazetteer import regions
from geo.query import EventFilter
from geo.settings import ROOT, Settings
from geo.store import open_store
from geo.store.snapshot import Snapshot, load_snapshot
from pages import details
from tests import serving
from tests.e2e.conftest import Visit, environment_of

Visits = Callable[..., Visit]


@pytest.fixture(scope="module")
def snapshot(served: Settings) -> Snapshot:
    store = open_store(served)
    try:
        return load_snapshot(store, served)
    finally:
        store.close()


def place(snapshot: Snapshot, name: str, kind: str) -> str:
    found = snapshot.places[(snapshot.places["name"] == name) & (snapshot.places["kind"] == kind)]
    assert len(found) == 1, f"{name} ({kind}) among {snapshot.places['name'].tolist()}"
    return str(found["place_id"].iloc[0])


def events_at(snapshot: Snapshot, place_id: str) -> int:
    return len(query.select(snapshot, EventFilter(places=(place_id,))))


def test_the_first_start_shows_the_sample_on_the_map(visit: Visits, snapshot: Snapshot) -> None:
    page = visit()
    assert page.becomes(page.events_shown, len(snapshot.events)) == len(snapshot.events)
    marks = page.marks()
    counted = query.place_counts(snapshot, np.arange(len(snapshot.events)))
    assert sum(page.count(mark) for mark in marks) == counted["count"].sum()
    assert "Dateline" in page.page.title()
    assert page.page.get_by_text("Deploy").count() == 0
    # With data sets, as without, the counts stand in one line beside the buttons.
    many = details.counts_line(8_149, 8_148, 673, 65, 12, "24 Feb 2022 – 19 Nov 2024", 0)
    page.page.locator(".dl-counts").evaluate("(one, many) => { one.outerHTML = many }", many)
    rows = page.page.locator(".dl-counts b").evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().bottom / 8))"
    )
    assert len(rows) == 6
    assert max(rows) - min(rows) <= 1


def test_rings_do_not_overlap_on_the_screen(visit: Visits) -> None:
    page = visit()
    page.marks()
    boxes = page.frame.locator(".dl-mark:has(.dl-halo)").evaluate_all(
        "all => all.map(one => { const b = one.querySelector('.dl-halo').getBoundingClientRect();"
        "return [b.x + b.width / 2, b.y + b.height / 2, b.width / 2] })"
    )
    for n, (x, y, radius) in enumerate(boxes):
        for other_x, other_y, other in boxes[:n]:
            assert np.hypot(x - other_x, y - other_y) >= radius + other - 1.5  # 1 px: rounding
    parted = page.frame.locator(".dl-mark:has(.dl-halo)").evaluate_all(
        "all => all.map(({ dataset, firstChild }) => ["
        "dataset.counts.split(',').filter(n => n > 0).length,"
        "(firstChild.querySelector('.dl-cut')?.getAttribute('d').match(/M/g) || [0]).length])"
    )
    assert max(parted)[0] > 1
    assert all(types == lines for types, lines in parted)  # a line before the arc of each type


def test_the_same_marker_answers_twice(visit: Visits, snapshot: Snapshot) -> None:
    bakhmut = place(snapshot, "Bakhmut", "settlement")
    page = visit(f"/?place={bakhmut}&lat=48.59&lon=38&zoom=11")
    assert page.becomes(page.title, "Bakhmut") == "Bakhmut"
    mark = next(mark for mark in page.marks() if mark.endswith(bakhmut))
    for _ in range(2):
        page.page.get_by_role("button", name="Clear selection").click()
        page.settle()
        assert page.becomes(page.title, "Newest in view") == "Newest in view"
        assert page.becomes(lambda: page.address_of("place"), []) == []
        page.click(mark)
        assert page.becomes(page.title, "Bakhmut") == "Bakhmut"
        assert page.becomes(lambda: page.address_of("place"), [bakhmut]) == [bakhmut]
    panel = page.page.locator(".st-key-panel")
    cards = panel.locator(".dl-event")
    assert cards.count() == events_at(snapshot, bakhmut)
    assert panel.locator("u.dl-toponym").count() + panel.get_by_text("near by").count() >= 1
    assert set(panel.locator("u.dl-toponym").all_inner_texts()) <= {"Bakhmut", "Bakhmukt"}
    assert cards.first.locator("u.dl-trigger").count() >= 1
    assert panel.get_by_text("Why here?").is_visible()
    assert re.search(r"48\.59\d+, 3[78]\.\d+", panel.inner_text())


def test_a_click_inside_a_region_opens_the_region(visit: Visits, snapshot: Snapshot) -> None:
    kherson_oblast = next(
        entry.place_id for entry in snapshot.places.itertuples() if entry.admin1 == "UA-65"
        and entry.kind == "admin1"
    )  # fmt: skip
    page = visit(f"/?place={kherson_oblast}")
    page.page.get_by_role("button", name="Clear selection").click()
    page.settle()
    page.marks()
    page.click_at(46.45, 34.05)  # steppe north of Novooleksiivka, in Kherson Oblast
    assert page.becomes(lambda: page.address_of("place"), [kherson_oblast]) == [kherson_oblast]
    assert "region" in page.page.locator(".st-key-panel .dl-muted").first.inner_text()


def test_a_click_on_the_river_opens_the_river(
    visit: Visits, snapshot: Snapshot, served: Settings
) -> None:
    rivers = snapshot.places[snapshot.places["kind"] == "river"]
    assert len(rivers) == 1
    river = str(rivers["place_id"].iloc[0])
    outlines = regions.load_outlines(served)
    line = shapely.geometry.shape(outlines.geometry(river))
    outlines.close()
    page = visit(f"/?place={river}")
    page.page.get_by_role("button", name="Clear selection").click()
    page.settle()
    marks = page.marks()
    # A point of the line that is in sight and under no mark, at any zoom the map has chosen.
    points = [line.interpolate(share, normalized=True) for share in np.linspace(0, 1, 200)]
    lat_lon = json.dumps([[point.y, point.x] for point in points])
    free = page.run(
        "() => { const box = map.getContainer().getBoundingClientRect();"
        "const marks = [...document.querySelectorAll('.dl-mark, .leaflet-control')]"
        ".map(one => one.getBoundingClientRect());"
        f"return {lat_lon}.filter(([lat, lon]) => {{"
        "const p = map.latLngToContainerPoint([lat, lon]);"
        "return p.x > 60 && p.y > 60 && p.x < box.width - 60 && p.y < box.height - 60 &&"
        "!marks.some(b => p.x > b.left - 6 && p.x < b.right + 6 && p.y > b.top - 6 &&"
        "p.y < b.bottom + 6) }) }"
    )
    assert free, marks
    page.click_at(*free[len(free) // 2])
    assert page.becomes(lambda: page.address_of("place"), [river]) == [river]
    assert "river" in page.page.locator(".st-key-panel .dl-muted").first.inner_text()


def test_filter_by_region_and_reset(visit: Visits, snapshot: Snapshot) -> None:
    page = visit()
    everything = page.events_shown()
    page.page.get_by_role("combobox", name="Country").click()
    page.page.get_by_role("option", name="Ukraine", exact=True).click()
    page.settle()
    in_ukraine = len(query.select(snapshot, EventFilter(countries=("UA",))))
    assert page.becomes(page.events_shown, in_ukraine) == in_ukraine
    page.page.keyboard.press("Escape")  # which would empty the box
    name = f"{query.region_options(snapshot)['UA'].admin1s['UA-65']}, Ukraine"
    page.page.get_by_role("combobox", name="Region").click()
    page.page.get_by_role("option", name=name, exact=True).click()
    page.page.keyboard.press("Escape")
    page.settle()
    in_kherson = len(query.select(snapshot, EventFilter(countries=("UA",), admin1s=("UA-65",))))
    assert 0 < in_kherson < everything
    assert page.becomes(page.events_shown, in_kherson) == in_kherson
    assert page.becomes(lambda: page.address_of("region"), [name]) == [name]
    page.page.reload()
    page.page.get_by_role("button", name="Reset").wait_for()
    page.settle()
    assert page.becomes(page.events_shown, in_kherson) == in_kherson
    page.page.get_by_role("button", name="Reset").click()
    page.settle()
    assert page.becomes(page.events_shown, everything) == everything
    left = page.becomes(lambda: page.address_of("country") + page.address_of("region"), [])
    assert left == []


def test_filter_by_type_and_follow_the_copied_link(visit: Visits, snapshot: Snapshot) -> None:
    codebook = load_codebook(Settings().codebook)
    kind = codebook.type("Explosions/Remote violence")
    page = visit()
    page.page.locator(f".st-key-{kind.slug} label").click()
    page.settle()
    wanted = query.select(snapshot, EventFilter(types=(kind.name,)))
    assert page.becomes(page.events_shown, len(wanted)) == len(wanted)
    counted = query.place_counts(snapshot, wanted)
    assert sum(page.count(mark) for mark in page.marks()) == counted["count"].sum()
    assert f"{kind.slug}=true" in page.page.url
    again = visit(page.page.url.removeprefix(page.address))
    assert again.events_shown() == len(wanted)
    assert again.page.get_by_role("checkbox", name=re.compile("^Explosions")).is_checked()


def test_the_back_button_takes_back_a_step_at_a_time(visit: Visits, snapshot: Snapshot) -> None:
    bakhmut = place(snapshot, "Bakhmut", "settlement")
    page = visit("/?lat=48.59&lon=38&zoom=11")
    window = page.page
    mark = next(mark for mark in page.marks() if mark.endswith(bakhmut))
    top_nav = window.get_by_test_id("stTopNav")

    def shown() -> tuple[int, str, list[str], list[str]]:
        named = page.address_of("place"), page.address_of("battles")
        return page.events_shown(), page.title(), *named

    whole = len(query.select(snapshot, EventFilter()))
    battles = len(query.select(snapshot, EventFilter(types=("Battles",))))
    first = (whole, "Newest in view", [], [])
    filtered = (battles, "Newest in view", [], ["true"])
    chosen = (battles, "Bakhmut", [bakhmut], ["true"])
    assert page.becomes(shown, first) == first
    steps = window.evaluate("history.length")
    window.locator(".st-key-battles label").click()
    assert page.becomes(shown, filtered) == filtered
    page.settle()
    page.run("() => void map.setZoom(10, { animate: false })")  # no step, and never taken back
    assert page.becomes(lambda: page.address_of("zoom"), ["10"]) == ["10"]
    page.settle()
    page.click(mark)
    assert page.becomes(shown, chosen) == chosen
    window.get_by_role("button", name="Reset").click()
    assert page.becomes(shown, first) == first
    page.settle()
    assert window.evaluate("history.length") == steps + 3
    for wanted in (chosen, filtered, first):
        window.go_back()
        assert page.becomes(shown, wanted) == wanted
        page.settle()
    assert page.address_of("zoom") == ["10"]
    window.go_forward()
    assert page.becomes(shown, filtered) == filtered
    page.settle()
    top_nav.get_by_role("link", name="Events").click()
    window.wait_for_selector(".st-key-download")
    assert page.becomes(lambda: page.address_of("battles"), ["true"]) == ["true"]
    page.settle()
    window.go_back()
    window.wait_for_selector(".dl-counts")
    assert page.becomes(shown, filtered) == filtered


def test_filter_by_confidence_from_the_address_and_by_keyboard(
    visit: Visits, snapshot: Snapshot
) -> None:
    page = visit("/?confidence=0.6")
    sure = len(query.select(snapshot, EventFilter(min_confidence=0.6)))
    assert page.becomes(page.events_shown, sure) == sure
    slider = page.page.get_by_role("slider", name="Confidence at least")
    slider.focus()
    page.page.keyboard.press("End")
    page.page.get_by_text("Nothing matches these filters").wait_for()
    assert page.becomes(lambda: page.address_of("confidence"), ["1"]) == ["1"]
    page.page.get_by_role("button", name="Reset").click()
    page.settle()
    assert page.becomes(page.events_shown, len(snapshot.events)) == len(snapshot.events)


def test_the_map_has_a_scale_that_follows_the_zoom(visit: Visits) -> None:
    page = visit()
    page.marks()
    scale = page.frame.locator(".leaflet-control-scale-line")
    before = scale.inner_text()
    assert re.fullmatch(r"\d+ k?m", before)
    page.frame.get_by_role("button", name="Zoom out").click()
    assert page.becomes(lambda: scale.inner_text() != before, True)


def test_a_deep_link_opens_place_and_filters(visit: Visits, snapshot: Snapshot) -> None:
    bakhmut = place(snapshot, "Bakhmut", "settlement")
    page = visit(f"/?battles=true&place={bakhmut}")
    assert page.becomes(page.title, "Bakhmut") == "Bakhmut"
    battles = query.select(snapshot, EventFilter(types=("Battles",), places=(bakhmut,)))
    assert page.page.locator(".st-key-panel .dl-event").count() == len(battles)
    page.marks()
    assert page.frame.locator(".dl-chosen").count() == 1


def test_a_filter_that_leaves_nothing_says_what_to_do(visit: Visits, snapshot: Snapshot) -> None:
    page = visit("/?words=zzzzqq")
    page.page.get_by_text("Nothing matches these filters").wait_for()
    page.page.get_by_role("button", name="Show everything").click()
    page.settle()
    assert page.becomes(page.events_shown, len(snapshot.events)) == len(snapshot.events)


def test_clusters_list_their_places_and_zoom_in(visit: Visits) -> None:
    page = visit(width=700, height=700)
    page.marks()
    zoom = "() => map._animatingZoom ? null : map.getZoom()"  # a click midway is not heard
    for _ in range(3):
        level = page.run(zoom)
        page.frame.get_by_role("button", name="Zoom out").click()
        assert page.becomes(lambda level=level: page.run(zoom), level - 1) == level - 1
    shown = str(page.run(zoom))
    assert page.becomes(lambda: page.address_of("zoom"), [shown]) == [shown]
    cluster = next(mark for mark in page.marks() if mark.startswith("c"))
    page.click(cluster)
    named = r"\d+ places here"
    assert page.becomes(lambda: bool(re.fullmatch(named, page.title())), True)
    before = page.run(zoom)
    page.page.get_by_role("button", name="Zoom in", exact=True).last.click()
    assert page.becomes(lambda: page.run(zoom) > before, True)
    assert page.becomes(lambda: cluster in page.marks(), False) is False


def test_the_table_is_reached_and_used_by_keyboard(visit: Visits) -> None:
    page = visit()
    page.marks()
    page.page.get_by_test_id("data-grid-canvas").wait_for()
    page.page.locator(".st-key-online-tiles input").focus()
    inside = "() => document.activeElement.dataset.testid === 'data-grid-canvas'"
    for _ in range(60):  # the toggle's help, toolbars, the cards of the panel, the table
        page.page.keyboard.press("Tab")
        if page.page.evaluate(inside):
            break
    assert page.page.evaluate(inside)
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Shift+Space")
    page.settle()
    assert page.becomes(lambda: len(page.address_of("place")), 1) == 1
    assert page.title() != "Newest in view"


def test_what_a_button_opens_comes_next_by_keyboard(visit: Visits) -> None:
    page = visit()
    focused = page.page.locator(":focus")
    page.page.locator(".st-key-search button").focus()
    page.page.keyboard.press("Enter")
    page.page.get_by_label("Name of a place").wait_for()
    page.page.keyboard.press("Tab")  # into what it opened, and out again behind it
    assert focused.get_attribute("aria-label") == "Name of a place"
    page.page.keyboard.press("Shift+Tab")
    assert "Go to a place" in focused.inner_text()
    page.page.keyboard.press("Tab")
    assert focused.get_attribute("aria-label") == "Name of a place"
    page.page.keyboard.press("Tab")
    assert focused.inner_text().startswith("Shows ")


def test_a_mention_in_an_article_leads_to_its_place(visit: Visits, snapshot: Snapshot) -> None:
    page = visit("/articles")
    link = page.page.locator(".dl-text a", has_text="Bakhmut").first
    link.click()
    page.page.wait_for_selector(".dl-counts")
    page.settle()
    assert page.becomes(page.title, "Bakhmut") == "Bakhmut"


def test_events_download_in_every_format(visit: Visits, snapshot: Snapshot) -> None:
    page = visit("/events")
    page.page.locator(".st-key-download button").click()
    files = {}
    for name, kind in FORMATS.items():
        page.settle()  # Streamlit drops a file that it has made where the script runs meanwhile
        with page.page.expect_download() as started:
            page.page.locator(f".st-key-{name} button").click()
        assert started.value.suggested_filename == f"dateline-events{kind.endings[0]}"
        files[name] = started.value.path().read_bytes()
    assert len(files["csv"].decode("utf-8-sig").strip().splitlines()) >= len(snapshot.events) + 1
    assert len(json.loads(files["geojson"])["features"]) == len(snapshot.events)
    assert files["geoparquet"].startswith(b"PAR1")
    assert files["excel"].startswith(b"PK")


def test_moving_between_pages_keeps_the_filters(visit: Visits, snapshot: Snapshot) -> None:
    page = visit("/?battles=true")
    battles = len(query.select(snapshot, EventFilter(types=("Battles",))))
    page.page.get_by_test_id("stTopNav").get_by_role("link", name="Events").click()
    page.page.wait_for_selector(".st-key-download")
    title = page.page.locator(".dl-title").first
    wanted = f"{battles} events"
    assert page.becomes(title.inner_text, wanted) == wanted
    page.page.get_by_test_id("stTopNav").get_by_role("link", name="About").click()
    page.page.get_by_text("What counts as an event").wait_for()
    page.page.get_by_test_id("stTopNav").get_by_role("link", name="Map").click()
    page.page.wait_for_selector(".dl-counts")
    page.settle()
    assert page.becomes(page.events_shown, battles) == battles
    assert page.marks()


def test_a_page_opened_first_on_a_fresh_server_has_the_pages_names(
    browser: Browser, served: Settings, tmp_path: Path
) -> None:
    watch = """
      window.listed = new Set();
      new MutationObserver(() => {
        for (const link of document.querySelectorAll("[data-testid*=Nav] a")) {
          window.listed.add(link.innerText.split("\\n").pop());
        }
      }).observe(document, { childList: true, subtree: true });
    """
    with serving.serving(tmp_path, "dashboard.py", environment_of(served)) as server:
        page = Visit(browser.new_page(), server.url)
        page.page.add_init_script(watch)
        page.open("/events")
        page.page.locator(".st-key-download").wait_for()
        listed = page.page.evaluate("() => [...window.listed]")
        page.page.close()
    assert sorted(listed) == sorted(
        ["Map", "Events", "Articles", "Add", "Feeds", "Import", "Corrections", "Places", "About"]
    )


def test_tiles_are_off_until_chosen_and_then_asked_for(visit: Visits) -> None:
    page = visit()
    page.marks()
    assert page.outside == []
    page.page.locator(".st-key-online-tiles label").click()
    assert page.becomes(lambda: bool(page.outside), True)
    assert {urlsplit(url).hostname for url in page.outside} == {"tile.openstreetmap.org"}
    assert "OpenStreetMap" in page.frame.locator(".leaflet-control-attribution").inner_text()
    page.outside.clear()  # asked for by the click above, and refused


@pytest.mark.parametrize("name", ["basemap.js", "basemap-detail.js"])
def test_crimea_belongs_to_ukraine_on_the_basemap(name: str) -> None:
    text = (ROOT / "static" / "generated" / name).read_text(encoding="utf-8")
    topology = json.loads(text.partition(",")[2].removesuffix(");\n"))
    step = topology["step"]
    arcs = [np.cumsum(np.reshape(arc, (-1, 2)), axis=0) * step for arc in topology["arcs"]]

    def holds(country: str, lat: float, lon: float) -> bool:
        rings = [
            np.concatenate([arcs[n] if n >= 0 else arcs[~n][::-1] for n in polygon[0]])
            for polygon in dict(topology["countries"])[country]
        ]
        return any(
            shapely.Polygon(ring).buffer(0).contains(shapely.Point(lon, lat)) for ring in rings
        )

    assert [holds("UA", 44.95, 34.10), holds("RU", 44.95, 34.10)] == [True, False]  # Simferopol
    assert [holds("UA", 50.45, 30.52), holds("RU", 55.75, 37.62)] == [True, True]
    assert not holds("UA", 45.04, 38.98)  # Krasnodar

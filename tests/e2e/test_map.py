"""What a reader does on the map itself: asks about a spot, copies, shares, uses a phone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from geo.codebook import load_codebook
from geo.settings import Settings
from tests.e2e.conftest import Visit

Visits = Callable[..., Visit]


def test_a_right_click_says_what_lies_there(visit: Visits) -> None:
    page = visit("/?lat=48.6&lon=38&zoom=8")
    page.marks()
    page.click_at(48.2, 37.2, button="right")  # fields south-west of Pokrovsk
    assert page.becomes(page.title, "What lies here") == "What lies here"
    told = page.page.locator(".st-key-panel").inner_text()
    assert "Donetsk" in told
    assert "Ukraine" in told
    lat, lon = page.page.locator(".st-key-coordinates code").inner_text().split(", ")
    assert abs(float(lat) - 48.2) < 0.02
    assert abs(float(lon) - 37.2) < 0.02
    assert page.frame.locator(".dl-spot").count() == 1
    page.page.get_by_role("button", name="Clear selection").click()
    assert page.becomes(page.title, "Newest in view") == "Newest in view"
    assert page.becomes(lambda: page.frame.locator(".dl-spot").count(), 0) == 0


HEAR = """() => {
  window.heard = [];
  let pass = parent.datelineView;
  Object.defineProperty(parent, "datelineView", {
    set: (next) => { pass = next; },
    get: () => (view) => { heard.push([view[0], map.getZoom()]); pass(view); },
  });
}"""


def test_python_hears_at_once_where_a_zoom_is_going(visit: Visits) -> None:
    page = visit("/?lat=48.6&lon=37&zoom=6")
    page.marks()
    page.run(HEAR)
    page.run("() => void map.zoomIn(2)")
    assert page.becomes(lambda: page.address_of("zoom"), ["8"]) == ["8"]
    page.settle()
    assert page.run("() => heard") == [[8, 6]]  # on the way, once, and not again on arrival
    clusters = {one.split(".")[0] for one in page.marks() if one.startswith("c")}
    assert clusters <= {"c8"}
    # Every mark stands where its place is, though it came while the map was moving.
    off = page.run("""() => Math.max(...Object.values(map._layers).map((one) => {
      if (!one._icon || !one._icon.matches(".dl-mark")) return 0;
      const [box, frame] = [one._icon, map.getContainer()].map((at) => at.getBoundingClientRect());
      const { x, y } = map.latLngToContainerPoint(one.getLatLng());
      return Math.hypot((box.left + box.right) / 2 - frame.left - x,
                        (box.top + box.bottom) / 2 - frame.top - y);
    }))""")
    assert off < 3


def test_a_long_press_on_a_phone_says_what_lies_there(visit: Visits) -> None:
    page = visit("/?lat=48.6&lon=38&zoom=8", width=390, height=844)
    page.marks()
    page.hold_at(48.2, 37.2, until=lambda: page.title() == "What lies here")
    assert page.title() == "What lies here"
    lat, lon = page.page.locator(".st-key-coordinates code").inner_text().split(", ")
    assert abs(float(lat) - 48.2) < 0.02
    assert abs(float(lon) - 37.2) < 0.02


def test_one_click_copies_a_link_that_opens_the_same_view(visit: Visits) -> None:
    page = visit("/?battles=true", dark=True)
    page.marks()
    steps = page.page.evaluate("history.length")
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.run("() => void map.setView([47.9, 35.1], 9, { animate: false })")
    assert page.becomes(lambda: page.address_of("zoom"), ["9"]) == ["9"]
    assert page.page.evaluate("history.length") == steps  # the back button leaves the page
    button = page.page.get_by_role("button", name="Copy link")
    assert button.is_visible()
    assert page.page.get_by_role("button", name="Reset").is_visible()
    button.click()
    page.page.get_by_role("button", name="Copied").wait_for()
    link = page.page.evaluate("navigator.clipboard.readText()")
    again = visit(link.removeprefix(page.address))
    again.marks()
    look = "() => [map.getCenter().lat, map.getCenter().lng, map.getZoom()]"
    assert again.becomes(lambda: again.run(look)[2], 9) == 9
    lat, lon, _ = again.run(look)
    assert abs(lat - 47.9) < 0.01
    assert abs(lon - 35.1) < 0.01
    assert again.address_of("battles") == ["true"]
    assert again.run("() => document.documentElement.classList.contains('dl-dark')")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_the_first_view_shows_every_mark_whole_and_beside_the_legend(
    visit: Visits, width: int, height: int
) -> None:
    page = visit(width=width, height=height)
    page.marks()
    cut = """() => {
      const legend = document.querySelector(".dl-legend").getBoundingClientRect();
      return [...document.querySelectorAll(".dl-mark svg")].filter((mark) => {
        const { left, top, right, bottom } = mark.getBoundingClientRect();
        const out = left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
        return out || (left < legend.right && bottom > legend.top);
      }).map((mark) => mark.parentElement.dataset.said);
    }"""
    assert page.becomes(lambda: page.run(cut), []) == []
    foot = "() => document.elementFromPoint(innerWidth / 2, innerHeight - 40).className"
    assert ("leaflet-control-container" in page.run(foot)) == (width < 500)  # what is there is cut
    page.page.set_viewport_size({"width": 1024, "height": 600})  # its frame is another one now
    assert page.becomes(lambda: page.run(cut), []) == []


def test_going_to_another_page_and_back_leaves_the_map_where_it_was(visit: Visits) -> None:
    page = visit("/?lat=47.9&lon=35.1&zoom=9")
    page.marks()
    page.page.get_by_test_id("stTopNav").get_by_role("link", name="Events").click()
    page.page.wait_for_selector(".st-key-download")
    held: list[Route] = []
    page.page.route("**/dateline.js*", lambda route: held.append(route))
    page.page.get_by_test_id("stTopNav").get_by_role("link", name="Map").click()
    words = page.page.locator(".st-key-map-frame")
    said = "one => getComputedStyle(one, '::after').content.split('/')[0].trim()"
    assert page.becomes(lambda: len(held), 1) == 1
    assert words.evaluate(said) == '"Loading the map…"'
    held[0].continue_()
    page.page.unroute("**/dateline.js*")
    assert page.becomes(lambda: words.evaluate(said), "none") == "none"
    look = "() => [map.getCenter().lat, map.getCenter().lng, map.getZoom()]"
    page.marks()
    assert page.becomes(lambda: page.run(look)[2], 9) == 9
    lat, lon, _ = page.run(look)
    assert abs(lat - 47.9) < 0.01
    assert abs(lon - 35.1) < 0.01


def test_every_group_of_filters_is_in_sight_without_scrolling(visit: Visits) -> None:
    page = visit()
    for name in ("Where", "Event type", "When", "How sure"):
        head = page.page.locator("[data-testid=stSidebar] .dl-head", has_text=name).first
        box = head.bounding_box()
        assert box is not None
        assert box["y"] + 120 <= 900  # the head, and what stands first beneath it


def test_reset_and_copy_link_are_in_sight_without_scrolling(visit: Visits) -> None:
    page = visit()
    for name in ("Reset", "Copy link"):
        box = page.page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900


def test_marks_are_named_by_their_place(visit: Visits) -> None:
    page = visit()
    ids = page.marks()
    said = page.frame.locator(".dl-mark").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label'))"
    )
    assert len(said) == len(ids)
    assert all(": " in text and "event" in text for text in said)
    assert any(text.startswith("Bakhmut") for text in said)
    types = [kind.name for kind in load_codebook(Settings().codebook).types]
    for text in said:  # the types too, for those to whom the arcs' colours look alike
        total = int(re.search(r"(\d+) event", text)[1])  # type: ignore[index]
        told = [re.search(rf"{re.escape(name)} (\d+)", text) for name in types]
        assert sum(int(one[1]) for one in told if one) == total
    names = page.frame.locator(".dl-label, .dl-town")
    page.frame.locator(".dl-town").first.wait_for()
    assert any(text.startswith("Bakhmut") for text in names.all_inner_texts())
    page.run("""() => { const { lat, lng } = map.getBounds().getNorthWest();
      const towns = [["Of another view", lat - 0.5, lng + 2, 99999]];
      dateline.towns("towns-left-over", { step: 1, towns }); }""")
    page.page.wait_for_timeout(300)  # names are set in the next frame
    assert "Of another view" not in names.all_inner_texts()
    boxes = page.frame.locator(".dl-label, .dl-town, .dl-legend").evaluate_all(
        "all => all.map(one => { const r = one.getBoundingClientRect();"
        "return [r.left, r.top, r.right, r.bottom] })"
    )
    for one, other in itertools.combinations(boxes, 2):  # a name covers no other, nor the legend
        wide = min(one[2], other[2]) - max(one[0], other[0])
        high = min(one[3], other[3]) - max(one[1], other[1])
        assert min(wide, high) <= 3


def test_a_place_is_found_and_flown_to_by_keyboard(visit: Visits) -> None:
    page = visit()
    page.marks()
    page.page.get_by_role("button", name="Go to a place").focus()
    page.page.keyboard.press("Enter")
    field = page.page.get_by_role("textbox", name="Name of a place")
    field.fill("Springfield")
    field.press("Enter")
    choice = page.page.get_by_role("button", name="Springfield, Illinois, US")
    choice.wait_for()
    assert page.page.get_by_role("button", name="Springfield, ").count() >= 5
    choice.focus()
    page.page.keyboard.press("Enter")
    assert page.becomes(page.title, "What lies here") == "What lies here"
    assert page.becomes(lambda: page.address_of("zoom"), ["10"]) == ["10"]
    lat, lon = page.run("() => [map.getCenter().lat, map.getCenter().lng]")
    assert abs(lat - 39.80) < 0.1
    assert abs(lon + 89.64) < 0.1


def test_a_place_is_put_right_and_back_by_hand(visit: Visits) -> None:
    page = visit("/?lat=48.59&lon=38&zoom=11&place=gn:713174")
    assert page.becomes(page.title, "Bakhmut") == "Bakhmut"
    hand = page.page
    hand.get_by_role("button", name="Correct this place").click()
    apply = hand.locator(".st-key-correct-apply button")
    apply.wait_for()
    page.settle()
    box = apply.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900  # in sight, however long the form
    hand.locator(".st-key-correct-act label", has_text="No place at all").click()
    hand.locator(".st-key-correct-scope").wait_for()
    expect(apply).to_be_enabled()
    told = hand.locator(".dl-note[role=status]", has_text="Bakhmut").inner_text()
    apply.click()
    hand.get_by_text("Done:").wait_for()
    assert told in hand.locator(".st-key-undo-bar").inner_text()
    expect(hand.locator(".st-key-correct-apply")).to_have_count(0)  # nothing covers the map
    hand.get_by_test_id("stTopNav").get_by_role("link", name="About").click()
    hand.get_by_text("What counts as an event").wait_for()
    undo = hand.get_by_role("button", name="Undo", exact=True)  # in sight on every page
    undo.click()
    expect(undo).to_have_count(0)
    hand.get_by_test_id("stTopNav").get_by_role("link", name="Map").click()
    page.marks()
    assert page.becomes(page.title, "Bakhmut") == "Bakhmut"
    expect(hand.locator(".st-key-panel .dl-event").first).to_be_visible()


def test_playing_moves_the_period_and_pause_keeps_it(visit: Visits) -> None:
    page = visit()
    page.marks()
    page.page.get_by_role("button", name="Play").click()
    assert page.becomes(lambda: len(page.address_of("from")), 1) == 1
    first = page.address_of("from")
    assert page.becomes(lambda: page.address_of("from") != first, True)  # by itself
    page.page.get_by_role("button", name="Pause").click()
    page.page.get_by_role("button", name="Play").wait_for()
    page.settle()
    held = page.address_of("from")
    assert held
    assert page.page.locator(".dl-running").is_visible()
    page.page.wait_for_timeout(2500)
    assert page.address_of("from") == held
    assert page.page.locator("iframe[title^='streamlit_folium']").count() == 1

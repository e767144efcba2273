"""Corrections, the tray and the theme to their end: by keyboard alone, and by finger on a phone.

Only keys are pressed, or only taps made: nothing is clicked, and no script moves the focus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from geo.codebook import load_codebook
from geo.settings import Settings
from geo.store import corrections, open_store
from tests.e2e.conftest import Visit

Visits = Callable[..., Visit]

# What has the focus, also in a frame or a shadow root: its name, whether a ring marks it, whether
# it is in the window.
FOCUSED = """() => {
  let one = document.activeElement;
  let [left, top] = [0, 0];
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (one.matches("iframe")) {
    ({ left, top } = one.getBoundingClientRect());
    one = one.contentDocument.activeElement;
  }
  const box = one.getBoundingClientRect();
  const [x, y] = [left + box.x + box.width / 2, top + box.y + box.height / 2];
  const name = one.getAttribute("aria-label") || one.innerText || one.value || "";
  const ringed = [one, ...one.querySelectorAll("svg")].some(
    (part) => getComputedStyle(part).outlineStyle !== "none",
  );
  const seen = x > 0 && y > 0 && x < innerWidth && y < innerHeight;
  const key = one.closest("[class*=st-key-]")?.className || "";
  return { name: name.replaceAll("\\n", " ").slice(0, 60), key, ringed, seen };
}"""
SEA = "() => getComputedStyle(map.getContainer()).backgroundColor"


@pytest.fixture(autouse=True)
def as_before(served: Settings) -> Iterator[None]:
    """What a test has corrected and not taken back is taken back after it."""
    yield
    with open_store(served) as store:
        for one in corrections.active(store.corrections()):
            ledger = store.corrections()
            undo = corrections.correction("undo", {"correction": one.id}, after=ledger[-1].made)
            store.correct(undo)


class Keyboard:
    """A reader without a mouse."""

    def __init__(self, page: Visit) -> None:
        self.page = page
        self.press = page.page.keyboard.press

    def focused(self) -> dict[str, Any]:
        """What has the focus."""
        return dict(self.page.page.evaluate(FOCUSED))

    def has(self, name: str) -> bool:
        """Whether what has the focus is named so (or stands in a part of the page that is)."""
        found = self.focused()
        return name in found["name"] or name in found["key"]

    def go_to(self, name: str, key: str = "Tab") -> None:
        """Go from stop to stop until one is named so; it must show that it has the focus."""
        for _ in range(120):
            self.press(key)
            if self.has(name):
                break
        found = self.focused()
        assert self.has(name), f"never came to {name!r}; last was {found}"
        assert found["ringed"], found
        assert self.page.becomes(lambda: self.focused()["seen"], True), found

    def enter(self) -> None:
        """Press what has the focus."""
        self.press("Enter")
        self.page.settle()


def undo_bar(page: Visit) -> Locator:
    return page.page.locator(".st-key-undo-bar")


def bakhmut(page: Visit) -> int:
    """The number on Bakhmut's mark."""
    return page.count("p.gn:713174")


def test_an_event_is_rejected_and_brought_back_by_keyboard_alone(visit: Visits) -> None:
    page = visit("/?lat=48.59&lon=38&zoom=13")
    page.marks()
    keyboard = Keyboard(page)
    keyboard.go_to("Bakhmut: ")  # no mark out of sight has taken the map elsewhere before
    keyboard.enter()
    assert page.becomes(page.title, "Bakhmut") == "Bakhmut"
    assert page.becomes(lambda: keyboard.has("st-key-panel"), True)  # to read on
    keyboard.go_to("Clear selection")
    keyboard.enter()
    assert page.becomes(page.title, "Newest in view") == "Newest in view"
    assert page.becomes(lambda: keyboard.has("Bakhmut: "), True)  # on the mark it came from
    keyboard.enter()
    assert page.becomes(page.title, "Bakhmut") == "Bakhmut"
    before, cards = bakhmut(page), page.page.locator(".st-key-panel .dl-event")
    expect(cards).to_have_count(before)
    keyboard.go_to("Review an event")
    keyboard.enter()
    page.page.get_by_text("It is", exact=True).wait_for()
    keyboard.go_to("st-key-review-verdict")
    keyboard.press("Space")
    for _ in range(3):
        keyboard.press("ArrowDown")
    expect(page.page.get_by_text("1 event: rejected.")).to_be_visible()
    page.settle()
    assert bakhmut(page) == before  # said, and not yet done
    keyboard.go_to("Apply")
    keyboard.enter()
    expect(undo_bar(page)).to_contain_text("Done: 1 event: rejected.")
    expect(cards).to_have_count(before - 1)
    assert page.becomes(lambda: bakhmut(page), before - 1) == before - 1
    assert page.becomes(lambda: keyboard.has("Review an event"), True)
    keyboard.go_to("Undo", "Shift+Tab")
    keyboard.enter()
    expect(cards).to_have_count(before)
    assert page.becomes(lambda: bakhmut(page), before) == before


def test_a_mention_of_the_tray_gets_its_place_by_keyboard_alone(visit: Visits) -> None:
    page = visit()
    page.marks()
    keyboard = Keyboard(page)
    tray = page.page.locator(".st-key-tray button").first
    shown, named = (int(n) for n in tray.inner_text().split()[1:4:2])
    assert shown < named
    keyboard.go_to("Shows ")
    keyboard.enter()
    page.page.get_by_role("button", name="Put it right").wait_for()
    keyboard.go_to("Put it right")
    keyboard.enter()
    page.page.get_by_role("radiogroup", name="Which place").wait_for()
    keyboard.go_to("-to")  # the candidates, next after the button that opened the form
    keyboard.press("Space")
    expect(page.page.get_by_text("gets a place: Yahidne, Donetsk.")).to_be_visible()
    page.settle()
    keyboard.go_to("Apply")
    keyboard.enter()
    expect(tray).to_contain_text(f"Shows {shown + 1} of {named}")
    assert page.becomes(page.title, "Yahidne") == "Yahidne"
    pin = page.frame.locator('[data-id="p.dl:yahidne-bakhmut"] .dl-chosen')
    expect(pin).to_have_count(1)  # the map has gone there, and the tray is not in the way
    expect(page.page.locator("[data-testid=stPopoverBody]")).to_have_count(0)
    assert page.becomes(lambda: keyboard.has("Shows "), True)
    keyboard.go_to("Undo", "Shift+Tab")
    keyboard.enter()
    expect(tray).to_contain_text(f"Shows {shown} of {named}")
    expect(pin).to_have_count(0)
    assert page.becomes(page.title, "Newest in view") == "Newest in view"


def test_the_theme_is_switched_and_kept_by_keyboard_alone(visit: Visits) -> None:
    codebook = load_codebook(Settings().codebook)

    def sea(surfaces: dict[str, str]) -> str:
        rgb = [int(surfaces["sea"][n : n + 2], 16) for n in (1, 3, 5)]
        return f"rgb({rgb[0]}, {rgb[1]}, {rgb[2]})"

    light, dark = sea(dict(codebook.surfaces_light)), sea(dict(codebook.surfaces_dark))
    page = visit()
    page.marks()
    keyboard = Keyboard(page)
    for system, wanted in (("dark", dark), ("light", light)):  # as in the evening and the morning
        page.page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
        assert page.becomes(lambda: page.run(SEA), wanted) == wanted
    assert page.address_of("embed_options") == []  # the system's own
    for name, wanted, theme in (("Dark", dark, "dark_theme"), ("Light", light, "light_theme")):
        keyboard.go_to("Main menu", "Tab" if name == "Dark" else "Shift+Tab")
        keyboard.enter()
        keyboard.go_to(name, "ArrowDown")
        keyboard.enter()
        assert page.becomes(lambda: page.run(SEA), wanted) == wanted
        assert page.becomes(lambda: page.address_of("embed_options"), [theme]) == [theme]
        keyboard.press("Escape")
        assert page.becomes(lambda: keyboard.has("Main menu"), True)
        if name == "Dark":
            keyboard.go_to("About", "Shift+Tab")
            page.page.reload()
            page.marks()
            assert page.run(SEA) == dark


def test_corrections_the_tray_and_the_link_by_finger_on_a_phone(phone: Visit) -> None:
    page = phone.open("/?lat=48.59&lon=38&zoom=13").page
    phone.marks()

    def tap(one: Locator) -> None:
        one.tap()
        phone.settle()

    def button(name: str) -> Locator:
        return page.get_by_role("button", name=name, exact=name == "Undo")

    def apply(key: str) -> None:
        """Tap Apply, which is in sight without scrolling, and large enough."""
        found = page.locator(f"{key} button")
        expect(found).to_be_enabled()
        expect(found).to_be_in_viewport()
        tap(found)
        expect(undo_bar(phone)).to_be_in_viewport()

    def top(key: str) -> float:
        return (page.locator(key).first.bounding_box() or {"y": 0.0})["y"]

    assert top(".st-key-panel") > 844  # it stands under the map, and a tap brings it into sight
    tap(phone.frame.locator('[data-id="p.gn:713174"]'))
    assert phone.becomes(phone.title, "Bakhmut") == "Bakhmut"
    head = ".st-key-panel .dl-title"
    assert phone.becomes(lambda: 50 < top(head) < 300, True), top(head)
    tap(button("Correct this place"))
    page.get_by_label("Find the place").tap()
    page.keyboard.type("Pokrovsk")  # on the glass
    page.keyboard.press("Enter")
    place = page.locator(".st-key-correct-to [role=radiogroup] label", has_text="Donetsk").first
    place.wait_for()
    phone.settle()
    size = place.bounding_box()
    assert size is not None
    assert size["height"] >= 36  # for a finger
    tap(place)
    expect(page.get_by_text("move from Bakhmut, Donetsk to Pokrovsk, Donetsk.")).to_be_visible()
    apply(".st-key-correct-apply")
    assert phone.becomes(phone.title, "Pokrovsk") == "Pokrovsk"
    expect(phone.frame.locator('[data-id="p.gn:704422"] .dl-chosen')).to_have_count(1)
    tap(button("Undo"))
    assert phone.becomes(phone.title, "Bakhmut") == "Bakhmut"

    tap(button("Review an event"))
    tap(page.locator(".st-key-review-verdict [role=radiogroup] label", has_text="disputed"))
    apply(".st-key-review-apply")
    verdicts = page.locator(".st-key-panel .dl-review-disputed")
    expect(verdicts).to_have_count(1)
    tap(button("Undo"))
    expect(verdicts).to_have_count(0)

    tray = page.locator(".st-key-tray button").first
    shown = tray.inner_text().splitlines()[0]
    tap(tray)
    tap(button("Put it right").first)
    tap(page.locator("[class*=st-key-put-][class*=-to] [role=radiogroup] label").first)
    apply("[class*=st-key-put-][class*=-apply]")
    assert phone.becomes(phone.title, "Yahidne") == "Yahidne"
    expect(tray).not_to_contain_text(shown)
    tap(button("Undo"))
    expect(tray).to_contain_text(shown)

    tap(page.get_by_test_id("stExpandSidebarButton"))
    tap(button("Copy link"))
    button("Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{phone.address}/?")
    assert f"zoom={phone.address_of('zoom')[0]}" in link
    assert "embed_options=light_theme" in link
    assert page.evaluate("document.documentElement.scrollWidth") == 390  # nothing runs out

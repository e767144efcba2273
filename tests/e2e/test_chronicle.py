"""The starter chronicle in a real browser: one click in, one click out, and time to brush."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from geo import pipeline
from geo.codebook import load_codebook
from geo.settings import Settings
from geo.store import open_store
from geo.store.snapshot import load_snapshot
from tests.e2e.conftest import Visit

Visits = Callable[..., Visit]


def brush_by_finger(page: Visit, start: float, end: float) -> None:
    """The same with a finger on the glass."""
    touch = page.page.context.new_cdp_session(page.page).send
    steps = [on_chart(page, start + (end - start) * step / 10) for step in range(11)]
    for n, (x, y) in enumerate(steps):
        kind = "touchMove" if n else "touchStart"
        touch("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        page.page.wait_for_timeout(30)
    touch("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.settle()


@pytest.fixture
def tidy(served: Settings) -> Iterator[None]:
    """The server's store holds the sample alone again, whatever happened."""
    yield
    pipeline.remove_chronicle(served)


def on_chart(page: Visit, share: float, height: float = 0.5) -> tuple[float, float]:
    """A point of the histogram in the window [px], by shares of its width and height."""
    chart = page.page.locator(".stVegaLiteChart svg").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * share, box["y"] + box["height"] * height


def tooltip(page: Visit, share: float, height: float) -> list[str]:
    """What the histogram says of where the pointer is: a heading, then names and numbers."""
    page.page.mouse.move(*on_chart(page, share - 0.01, height))
    page.page.mouse.move(*on_chart(page, share, height))
    said = page.page.locator("#vg-tooltip-element")
    said.filter(visible=True).wait_for()
    return [line.strip() for line in said.inner_text().split("\n") if line.strip()]


def tapped(page: Visit, share: float, height: float) -> list[str]:
    """What the histogram says under a finger that is laid on it and lifted again."""
    page.page.mouse.move(5, 5)
    said = page.page.locator("#vg-tooltip-element")
    said.filter(visible=True).wait_for(state="hidden")
    x, y = on_chart(page, share, height)
    touch = page.page.context.new_cdp_session(page.page).send
    touch("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    touch("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.settle()
    said.filter(visible=True).wait_for()
    return [line.strip() for line in said.inner_text().split("\n") if line.strip()]


def brush(page: Visit, start: float, end: float) -> None:
    """Drag over the histogram between two shares of its width, beginning on a bar."""
    page.page.mouse.move(*on_chart(page, start))
    page.page.mouse.down()
    for step in range(1, 11):
        page.page.mouse.move(*on_chart(page, start + (end - start) * step / 10))
    page.page.mouse.up()
    page.page.wait_for_timeout(500)
    page.settle()


def february(served: Settings) -> list[str]:
    """What the store holds for the month in the chart's middle, in the form of `tooltip`."""
    store = open_store(served)
    events = load_snapshot(store, served).events
    store.close()
    kinds = events["type"][events["date_start"].dt.to_period("M") == pd.Period("2023-02")]
    said = [f"February 2023: {len(kinds)} events"]
    for kind in load_codebook(served.codebook).types:
        if number := int((kinds == kind.name).sum()):
            said += [kind.name, str(number)]
    return said


@pytest.mark.usefixtures("tidy")
def test_the_chronicle_is_one_click_away_and_one_click_gone(
    visit: Visits, served: Settings
) -> None:
    page = visit()
    before = page.events_shown()
    page.marks()
    page.page.get_by_role("button", name="Add the sample chronicle").click()
    page.page.locator(".st-key-remove-chronicle").wait_for(timeout=60_000)
    page.settle()
    assert page.events_shown() > 10 * before
    assert page.becomes(lambda: len(page.marks()) > 15, True)
    assert page.run("() => map.getZoom()") >= 5  # Ukraine, not all that was ever named
    lviv = "() => map.getBounds().contains([49.84, 24.03])"  # off the map that showed Bakhmut
    assert page.becomes(lambda: page.run(lviv), True)
    everything = page.events_shown()
    on_a_bar, above = tooltip(page, 0.5, 0.6), tooltip(page, 0.5, 0.1)
    assert above == on_a_bar
    assert above == february(served)
    lines = "all => all.map(one => [one.getAttribute('stroke'), one.getAttribute('stroke-width')])"
    bars = page.page.locator(".stVegaLiteChart .layer_0_marks path").evaluate_all(lines)
    assert {tuple(bar) for bar in bars} == {("#FFFFFF", "0.7")}  # parts the types
    toolbar = page.page.locator(
        ".stElementContainer:has(.stVegaLiteChart) [data-testid=stElementToolbar]"
    )
    assert toolbar.count() == 1
    assert not toolbar.is_visible()  # it would lie over the buttons
    brush(page, 0.6, 0.8)
    assert page.becomes(lambda: page.address_of("from"), ["2023-05-01"]) == ["2023-05-01"]
    assert page.becomes(lambda: page.address_of("to"), ["2023-10-31"]) == ["2023-10-31"]
    assert page.becomes(lambda: 0 < page.events_shown() < everything / 2, True)
    assert tooltip(page, 0.5, 0.1) == above  # a bar that the period leaves out says the same
    page.page.get_by_role("button", name="Whole period").click()
    assert page.becomes(page.events_shown, everything) == everything
    assert page.becomes(lambda: page.address_of("from"), []) == []
    page.settle()
    brush_by_finger(page, 0.6, 0.8)
    assert page.becomes(lambda: page.address_of("from"), ["2023-05-01"]) == ["2023-05-01"]
    assert page.becomes(lambda: page.address_of("to"), ["2023-10-31"]) == ["2023-10-31"]
    page.settle()
    page.page.get_by_role("button", name="Whole period").click()
    assert page.becomes(page.events_shown, everything) == everything
    assert tapped(page, 0.5, 0.1) == above
    page.settle()
    assert page.becomes(lambda: page.address_of("from"), []) == []  # a tap is no brush
    page.page.get_by_role("button", name="Remove the sample chronicle").click()
    page.page.locator(".st-key-add-chronicle").wait_for()
    page.settle()
    assert page.becomes(page.events_shown, before) == before

"""The starter chronicle in a real browser: one click in, one click out, and time to brush."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from geo import pipeline
from geo.settings import Settings
from tests.e2e.conftest import Visit

Visits = Callable[..., Visit]


@pytest.fixture
def tidy(served: Settings) -> Iterator[None]:
    """The server's store holds the sample alone again, whatever happened."""
    yield
    pipeline.remove_chronicle(served)


def brush(page: Visit, start: float, end: float) -> None:
    """Drag over the histogram between two shares of its width, beginning on a bar."""
    chart = page.page.locator(".stVegaLiteChart svg").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + box["width"] * start, y)
    page.page.mouse.down()
    for step in range(1, 11):
        share = start + (end - start) * step / 10
        page.page.mouse.move(box["x"] + box["width"] * share, y)
    page.page.mouse.up()
    page.page.wait_for_timeout(500)
    page.settle()


@pytest.mark.usefixtures("tidy")
def test_the_chronicle_is_one_click_away_and_one_click_gone(visit: Visits) -> None:
    page = visit()
    before = page.events_shown()
    page.page.get_by_role("button", name="Add the sample chronicle").click()
    page.page.locator(".st-key-remove-chronicle").wait_for(timeout=60_000)
    page.settle()
    assert page.events_shown() > 10 * before
    assert page.becomes(lambda: len(page.marks()) > 15, True)
    assert page.run("() => map.getZoom()") >= 5  # Ukraine, not all that was ever named
    lviv = "() => map.getBounds().contains([49.84, 24.03])"  # off the map that showed Bakhmut
    assert page.becomes(lambda: page.run(lviv), True)
    everything = page.events_shown()
    brush(page, 0.6, 0.8)
    assert page.becomes(lambda: page.address_of("from"), ["2023-05-01"]) == ["2023-05-01"]
    assert page.becomes(lambda: page.address_of("to"), ["2023-10-31"]) == ["2023-10-31"]
    assert page.becomes(lambda: 0 < page.events_shown() < everything / 2, True)
    page.page.get_by_role("button", name="Whole period").click()
    assert page.becomes(page.events_shown, everything) == everything
    assert page.becomes(lambda: page.address_of("from"), []) == []
    page.page.get_by_role("button", name="Remove the sample chronicle").click()
    page.page.locator(".st-key-add-chronicle").wait_for()
    page.settle()
    assert page.becomes(page.events_shown, before) == before

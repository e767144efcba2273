"""The starter chronicle in a real browser: one click in, one click out."""

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
    page.page.get_by_role("button", name="Remove the sample chronicle").click()
    page.page.locator(".st-key-add-chronicle").wait_for()
    page.settle()
    assert page.becomes(page.events_shown, before) == before

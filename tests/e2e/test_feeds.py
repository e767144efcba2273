"""Feeds: followed, read, their health seen, dropped and taken back; and what is new since."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable

from playwright.sync_api import expect

from pages import strings, visits
from tests.e2e.conftest import Newsroom, Visit
from tests.test_feeds import rss_of, story

Visits = Callable[..., Visit]
WITHIN_S = 60.0  # on a machine that does much else; what is waited for comes in one


def post(newsroom: Newsroom, article: dict[str, str]) -> str:
    """Send an article as another program would; return what became of it."""
    request = urllib.request.Request(
        f"{newsroom.address}/api/articles", json.dumps(article).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {newsroom.token}"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(json.load(answer)["outcome"])


def test_a_feed_is_followed_read_dropped_and_taken_back(
    visit: Visits, newsroom: Newsroom
) -> None:
    site = newsroom.site
    site.pages["/feed"] = lambda handler: handler.answer(rss_of(site, range(2)))
    site.pages["/s/0"] = lambda handler: handler.answer(story(0).encode())
    site.pages["/s/1"] = lambda handler: handler.answer(b"", status=410)
    page = visit("/feeds", at=newsroom.address)
    expect(page.page.get_by_text(strings.FEEDS_EMPTY_TITLE)).to_be_visible()
    page.page.get_by_role("textbox", name=strings.FEEDS_URL).fill(site.url("/feed"))
    page.page.get_by_role("button", name=strings.FEEDS_FOLLOW, exact=True).click()
    page.page.get_by_role("button", name=strings.FEEDS_NOW).click()
    # Colons are escaped for the message's markdown by a character that nobody sees.
    expect(page.page.get_by_role("status")).to_contain_text(
        re.compile(r"asked:\W+1\. Saved:\W+1\..* Failed:\W+1\."), timeout=60_000
    )

    def health() -> list[str]:
        """The feed's row, without the moment of its last reading."""
        cells = page.page.locator('[data-testid^="glide-cell-"][data-testid$="-0"]')
        return [text for text in cells.all_inner_texts() if ":" not in text or "http" in text]

    well = ["Many", strings.FEEDS_WELL, "1", "1", "0", "1", site.url("/feed")]
    assert page.becomes(health, well, WITHIN_S) == well
    expect(page.page.locator("ul.dl-muted")).to_contain_text("410")
    expect(page.page.get_by_role("combobox", name=strings.FEEDS_ONE)).to_have_value("Many")

    page.page.get_by_role("button", name=strings.FEEDS_REMOVE).click()
    expect(page.page.get_by_text(strings.FEEDS_EMPTY_TITLE)).to_be_visible()
    page.page.get_by_role("button", name=strings.UNDO, exact=True).click()
    assert page.becomes(health, well, WITHIN_S) == well
    expect(page.page.get_by_role("button", name=strings.UNDO, exact=True)).to_have_count(0)


def test_what_came_since_the_last_visit_is_said_and_shown_alone(
    visit: Visits, newsroom: Newsroom
) -> None:
    page = visit("/", at=newsroom.address)
    everything = page.events_shown()
    assert page.page.locator(".st-key-whats-new").count() == 0
    # Time passes: the visit that has just been moves back by more than a pause.
    (seen,) = (one for one in page.page.context.cookies() if one["name"] == visits.THIS)
    past = visits.read({visits.THIS: seen["value"]}, visits.THIS)
    assert past is not None
    earlier = str(past._replace(seen=int(time.time()) - visits.PAUSE_S - 60))
    page.page.context.add_cookies([{**seen, "value": earlier}])  # type: ignore[typeddict-item]
    text = "Shelling hit a school in Sloviansk on 6 May 2023."
    assert post(newsroom, {"text": text, "date": "2023-05-07"}) == "new"

    page.open("/")
    news = page.page.locator(".st-key-whats-new")
    expect(news).to_contain_text("1 article new since")
    assert page.becomes(page.events_shown, everything + 1, WITHIN_S) == everything + 1
    news.get_by_text(strings.NEW_ONLY).click()
    assert page.becomes(page.events_shown, 1, WITHIN_S) == 1
    listed = page.page.locator(".st-key-panel .dl-event")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("school in Sloviansk")

"""The map in one file, opened from disk with the network cut: it shows text and runs none of it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from geo import query
from geo.codebook import load_codebook
from geo.errors import DataError, LimitError
from geo.export.records import records
from geo.maps import standalone
from geo.query import EventFilter
from geo.settings import Settings
from geo.store import open_store
from geo.store.snapshot import load_snapshot
from tests import readings
from tests.e2e.conftest import Visit

HOSTILE = (
    "{{7*7}} ${alert(1)} </script><script>document.title='run'</script> <!-- "
    "<img src=https://example.org/x.png onerror=\"document.title='run'\"> $policy"
)
SENTENCE = f"Shells hit Bakhmut {HOSTILE}"


def hostile() -> readings.Reading:
    """An article whose title, publisher, link, place and sentence are hostile, with one event."""
    text = f"{SENTENCE}. More."
    place = dataclasses.replace(readings.BAKHMUT, name=f"Bakhmut {HOSTILE}", admin1_name=HOSTILE)
    told = readings.reading(HOSTILE, readings.TEXT, url="javascript:alert(1)", publisher=HOSTILE)
    article = dataclasses.replace(told.article, text=text)
    event = readings.event(
        text, SENTENCE, "hit", readings.EventPlace(0, "location"), claimed_by=HOSTILE,
        date_start=date(2023, 3, 1), date_end=date(2023, 3, 1), date_precision="day",
        date_reason=HOSTILE,
    )  # fmt: skip
    mention = readings.mention(text, "Bakhmut", place)
    return readings.Reading(
        article=article, sentences=((0, len(SENTENCE)),), mentions=(mention,), events=(event,)
    )


def written(folder: Path, *told: readings.Reading, max_events: int = 10) -> bytes:
    """The page with all events of a store that holds these."""
    own = Settings(local_dir=folder)
    book = load_codebook(own.codebook)
    with open_store(own) as store:
        for one in told:
            store.save(one)
        snapshot = load_snapshot(store, own)
        rows = query.select(snapshot, EventFilter())
        sheet = standalone.Sheet(
            title=HOSTILE, made=date(2024, 5, 6), filters=[("Words", HOSTILE)]
        )  # fmt: skip
        return standalone.write(
            snapshot, rows, records(snapshot, store, rows, book), book, sheet,
            max_events=max_events,
        )  # fmt: skip


@pytest.fixture
def asked() -> list[str]:
    """What the opened page asked for, itself left out."""
    return []


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, asked: list[str]) -> Iterator[Page]:
    """The hostile page in a browser without a network."""
    target = tmp_path / "map.html"
    target.write_bytes(written(tmp_path, hostile()))
    context = browser.new_context(viewport={"width": 1200, "height": 800}, offline=True)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("dialog", lambda dialog: asked.append(f"dialog: {dialog.message}"))
    page.on("pageerror", lambda error: asked.append(f"error: {error}"))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(target.as_uri())
    assert asked.pop(0) == target.as_uri()
    page.locator(".dl-mark").first.wait_for()
    yield page
    context.close()


def test_a_click_shows_the_sentence_and_nothing_runs(opened: Page, asked: list[str]) -> None:
    assert opened.title() == HOSTILE
    said = opened.locator("main").inner_text()
    assert "2024-05-06" in said
    assert f"Words: {HOSTILE}" in said
    opened.locator(".dl-mark").first.click()
    assert opened.locator("main h1").inner_text() == f"Bakhmut {HOSTILE}"
    assert opened.locator("main .sentence").inner_text() == SENTENCE
    assert "javascript:alert(1)" in opened.locator("main").inner_text()
    assert opened.locator("main a, main img, main script").count() == 0
    assert HOSTILE in str(opened.locator(".dl-mark").first.get_attribute("aria-label"))
    opened.get_by_role("button", name="Zoom in").click()
    opened.locator(".dl-label", has_text="Bakhmut").wait_for()
    opened.wait_for_timeout(500)
    assert opened.locator(".dl-mark").count() == 1
    assert asked == []


def test_its_policy_runs_no_other_script_and_loads_nothing(opened: Page) -> None:
    refused = opened.evaluate(
        """async () => {
            const refused = [];
            const note = (event) => refused.push(event.effectiveDirective);
            document.addEventListener("securitypolicyviolation", note);
            const script = document.createElement("script");
            script.textContent = "document.title = 'run'";
            document.body.append(script);
            document.body.append(Object.assign(new Image(), {src: "https://example.org/x.png"}));
            await fetch("https://example.org/").catch(() => null);
            await new Promise((done) => setTimeout(done, 200));
            return refused.sort();
        }"""
    )
    assert refused == ["connect-src", "img-src", "script-src-elem"]
    assert opened.title() != "run"


def test_land_and_legend_stand_in_the_file(opened: Page) -> None:
    assert opened.locator(".leaflet-land-pane canvas").count() == 1
    assert opened.locator(".dl-legend").inner_text().startswith("What the marks mean")
    assert "Natural Earth" in opened.locator(".leaflet-control-attribution").inner_text()


def test_hostile_text_stands_in_the_file_as_data_alone(tmp_path: Path) -> None:
    page = written(tmp_path, hostile()).decode("utf-8")
    assert len(re.findall(r"<script", page)) == 6  # the data, Leaflet, names, marks, land, itself
    assert "<img" not in page
    assert "http" not in "".join(re.findall(r"<(?:link|script)[^>]*>", page))
    assert "url(" not in page.partition("</style>")[0]


def test_too_many_events_and_missing_scripts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="holds 2 events, these are 3: filter"):
        written(tmp_path, readings.reading(), max_events=2)
    own = Settings(local_dir=tmp_path)
    with open_store(own) as store, pytest.raises(DataError, match="npm ci"):
        standalone.write(
            load_snapshot(store, own), query.select(load_snapshot(store, own), EventFilter()), [],
            load_codebook(own.codebook), standalone.Sheet(title="", made=date(2024, 5, 6)),
            max_events=10, static=tmp_path,
        )  # fmt: skip


def test_the_map_page_gives_its_view_in_one_file(
    visit: object, browser: Browser, tmp_path: Path
) -> None:
    page: Visit = visit("/?battles=true&count=Articles")  # type: ignore[operator]
    page.marks()
    assert page.becomes(lambda: len(page.address_of("zoom")), 1) == 1  # the map has come to rest
    page.settle()
    shown = page.events_shown()
    counted = page.frame.locator(".dl-mark .dl-count").all_text_contents()
    page.page.locator(".st-key-download-view button").click()
    with page.page.expect_download(timeout=120_000) as waiting:
        page.page.get_by_role("button", name="Map in one file").click()
    target = tmp_path / "map.html"
    waiting.value.save_as(target)
    context = browser.new_context(offline=True)
    alone = context.new_page()
    alone.goto(target.as_uri())
    alone.locator(".dl-mark").first.wait_for()
    said = alone.locator("main").inner_text()
    numbers = alone.locator(".dl-mark .dl-count").all_text_contents()
    legend = alone.locator(".dl-key-note").inner_text()
    context.close()
    assert "Event type: Battles" in said
    assert "Count by: Articles" in said
    assert "number: articles" in legend
    assert sum(map(int, numbers)) == sum(map(int, counted))  # however they are clustered
    assert f"{shown} event" in said

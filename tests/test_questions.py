"""The queue of names that only an online geocoder may know: what waits, what is placed, and how."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo import cli
from geo.geocoding.chain import open_online
from geo.model import Article, EventPlace, Place, Reading
from geo.pipeline import questions as queue
from geo.settings import ROOT, Settings
from geo.store import Store, open_store
from geo.store.questions import AGREED_CONFIDENCE, Questions
from tests import nominatim_server
from tests.nominatim_server import BUCHA, NAMESAKE
from tests.readings import KHERSON, event, mention

AGENT = "dateline-tests/1.0 (tests@example.org)"
KYIV_OBLAST = Place(
    id="iso:UA-32", name="Kyiv Oblast", kind="admin1", lat=50.3, lon=30.3, country="UA",
    admin1="UA-32", admin1_name="Kyiv", precision_km=100.0, source="ISO 3166-2",
)  # fmt: skip
ANSWERS = [
    {**NAMESAKE, "osm_type": "node", "osm_id": 1},
    {**BUCHA, "osm_type": "node", "osm_id": 2, "address": {
        "state": "Kyiv Oblast", "ISO3166-2-lvl4": "UA-32", "country_code": "ua"}},
]  # fmt: skip


@pytest.fixture
def server() -> Iterator[nominatim_server.Server]:
    with nominatim_server.running() as running:
        running.body = json.dumps(ANSWERS).encode()
        yield running


@pytest.fixture
def online(own: Settings, server: nominatim_server.Server, monkeypatch: pytest.MonkeyPatch
           ) -> Settings:  # fmt: skip
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return dataclasses.replace(
        own, nominatim_user_agent=AGENT, nominatim_url=server.url, nominatim_interval_s=0.02,
        nominatim_timeout_s=2.0,
    )  # fmt: skip


def told(name: str, *named: Place) -> Reading:
    """An article in which a drone strikes a place that no gazetteer knows."""
    beside = "".join(f" It is near {one.name}." for one in named)
    text = f"A drone struck a depot in {name} on Monday.{beside}"
    found = (
        mention(text, name, None, confidence=0.3),
        *(mention(text, one.name, one) for one in named),
    )
    struck = event(text, text.split(". ")[0].rstrip(".") + ".", "struck", EventPlace(0, "location"))
    return Reading(
        article=Article.of(text, title=f"Depot in {name}", url=f"https://example.org/{name}"),
        sentences=((struck.start, struck.end),), mentions=found, events=(struck,),
    )  # fmt: skip


def run(store: Store, settings: Settings, now: float = 1_000.0) -> queue.QueueReport:
    return queue.run(store, open_online(settings, store), clock=lambda: now)


def first_mention(store: Store, read: Reading) -> dict[str, Any]:
    return min(store.mentions(read.article.id), key=lambda one: one["start"])


def test_an_answer_in_the_texts_own_region_is_placed(
    store: Store, online: Settings, server: nominatim_server.Server
) -> None:
    read = told("Bucha", KYIV_OBLAST)
    store.save(read)
    revision = store.revision()
    report = run(store, online)
    assert (report.asked, report.answered, report.placed, report.failed) == (1, 1, 1, [])
    ((_, asked, agent),) = server.asked
    assert (asked["q"], asked["countrycodes"], agent) == ("Bucha", "ua", AGENT)
    found = first_mention(store, read)
    assert (found["place_id"], found["confidence"]) == ("osm:node/2", AGREED_CONFIDENCE)
    assert "Nominatim" in found["method"]
    assert store.revision() > revision  # open pages see it
    assert run(store, online).asked == 0


def test_a_later_article_gets_the_answer_that_is_known(
    store: Store, online: Settings, server: nominatim_server.Server
) -> None:
    store.save(told("Bucha", KYIV_OBLAST))
    run(store, online)
    later = told("Bucha", KYIV_OBLAST, KHERSON)
    store.save(later)
    assert run(store, online).placed == 1
    assert first_mention(store, later)["place_id"] == "osm:node/2"
    assert len(server.asked) == 1


@pytest.mark.parametrize("named", [(), (KHERSON,)], ids=["no context", "another region"])
def test_other_answers_are_candidates_and_no_pins(
    store: Store, online: Settings, named: tuple[Place, ...]
) -> None:
    read = told("Bucha", *named)
    store.save(read)
    assert run(store, online).placed == 0
    found = first_mention(store, read)
    assert not found["place_id"]
    assert {one["place_id"] for one in found["candidates"]} == {"osm:node/1", "osm:node/2"}


def test_two_answers_in_the_region_are_no_pin(
    store: Store, online: Settings, server: nominatim_server.Server
) -> None:
    server.body = json.dumps([ANSWERS[1], {**ANSWERS[1], "osm_id": 3}]).encode()
    store.save(told("Bucha", KYIV_OBLAST))
    assert run(store, online).placed == 0


def test_a_miss_is_not_asked_again_and_a_failure_is_later(
    store: Store, online: Settings, server: nominatim_server.Server
) -> None:
    store.save(told("Nowhere", KHERSON))
    server.status, server.body = 500, b"oops"
    assert len(run(store, online).failed) == 1
    assert run(store, online).asked == 0  # not due yet
    server.status, server.body = 200, b"[]"
    report = run(store, online, 100_000.0)
    assert (report.asked, report.answered, report.failed) == (1, 0, [])
    assert Questions(store.database).counts()["unknown"] == 1
    assert run(store, online, 200_000.0).asked == 0


def test_a_provider_that_asks_for_a_pause_ends_the_run(
    store: Store, online: Settings, server: nominatim_server.Server
) -> None:
    for name in ("Aaaa", "Bbbb", "Cccc"):
        store.save(told(name))
    server.status, server.headers = 429, {"Retry-After": "120"}
    report = run(store, online)
    assert (report.asked, len(server.asked)) == (1, 1)
    assert Questions(store.database).counts()["waiting"] == 3


def test_a_run_that_is_killed_goes_on_where_it_was(
    tmp_path: Path, server: nominatim_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(local_dir=tmp_path / "local")
    names = [f"Town{letter}" for letter in "abcdefgh"]
    with open_store(settings) as store:
        for name in names:
            store.save(told(name))
    server.delay_s = 0.3
    environment = {
        "DATELINE_LOCAL_DIR": str(settings.local_dir), "DATELINE_NOMINATIM_URL": server.url,
        "DATELINE_NOMINATIM_USER_AGENT": AGENT, "DATELINE_NOMINATIM_INTERVAL_S": "0.02",
        "no_proxy": "127.0.0.1",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "geo", "geocode-queue", "run"], cwd=ROOT,
        env={**os.environ, **environment}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 60
    while len(server.asked) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = len(server.asked)
    assert 3 <= before < len(names)
    server.delay_s = 0.0
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["geocode-queue", "run"]) == cli.DONE
    times = Counter(asked["q"] for _, asked, _ in server.asked)
    assert set(times) == set(names)
    assert sum(times.values()) <= len(names) + 1  # the one that was on its way when it was killed


def test_the_queue_is_listed_and_says_when_it_is_off(
    local_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(local_settings) as store:
        store.save(told("Bucha", KYIV_OBLAST))
    assert cli.main(["geocode-queue", "list", "--json"]) == cli.DONE
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["name"], one["country"], one["state"]) == ("Bucha", "UA", "waiting")
    assert cli.main(["geocode-queue", "run"]) == cli.USAGE
    assert "DATELINE_NOMINATIM_USER_AGENT" in capsys.readouterr().err

"""Several programs write one store at once: nothing lost, nothing doubled, nobody turned away."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

from geo.settings import ROOT, Settings
from geo.store import open_store
from geo.store.live import LiveSnapshot
from geo.store.stories import Stories
from tests.readings import reading

EACH, SHARED, FED = 12, 4, 40  # articles of a command line, of both, of the feed reader
FEED_TITLE = "Told by a feed"


def _article(folder: Path, n: int) -> None:
    folder.mkdir(exist_ok=True)
    text = f"Report {n}\n\nShells hit Kherson on Wednesday night, killing {n % 5 + 1} people."
    (folder / f"{n}.txt").write_text(text, encoding="utf-8")


def _follow_feeds(own: Settings) -> None:
    """What a feed reader does: stories, with their links, one transaction each."""
    with open_store(own) as store:
        stories = Stories(store.database)
        for n in range(FED):
            link = f"https://example.org/{n}"
            stories.save(reading(title=f"{FEED_TITLE} {n}"), "feed", link=link, bands=(n, n + 1))


def _look_on(own: Settings, articles: int) -> None:
    """What a dashboard does: looks at the revision, refreshes, asks for evidence, keeps answers."""
    with open_store(own) as store:
        live, until = LiveSnapshot(store, own), time.monotonic() + 240
        while time.monotonic() < until:
            snapshot = live.current()
            assert live.stale == ""
            ids = list(snapshot.events["event_id"][:5])
            assert len(store.event_details(ids)) <= len(ids)
            store.put("nominatim", "1", f"Question {snapshot.revision}", "null", None)
            if len(snapshot.articles) >= articles:
                return
            time.sleep(0.05)
    raise AssertionError("the articles never came")


def test_dashboard_command_lines_and_feed_reader_at_once(
    own: Settings, settings: Settings, tmp_path: Path
) -> None:
    own = dataclasses.replace(own, cache_dir=settings.cache_dir)
    for n in range(EACH):
        _article(tmp_path / "one", n)
        _article(tmp_path / "other", n + EACH - SHARED)
    articles = 2 * EACH - SHARED + FED
    environment = {
        **os.environ,
        "DATELINE_LOCAL_DIR": str(own.local_dir),
        "DATELINE_CACHE_DIR": str(own.cache_dir),
        "DATABASE_URL": own.database_url,
    }
    command = [sys.executable, "-m", "geo", "ingest", "--date", "2023-03-02"]
    lines = [
        subprocess.Popen(
            [*command, str(tmp_path / name)], cwd=ROOT, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for name in ("one", "other")
    ]  # fmt: skip
    spawn = multiprocessing.get_context("spawn")
    others = [
        spawn.Process(target=_follow_feeds, args=(own,)),
        spawn.Process(target=_look_on, args=(own, articles)),
    ]
    for one in others:
        one.start()
    said = [line.communicate(timeout=300)[0] for line in lines]
    for one in others:
        one.join(300)
    assert [line.returncode for line in lines] == [0, 0], said
    assert [one.exitcode for one in others] == [0, 0]
    assert all("0 failed" in text and "locked" not in text for text in said), said
    with open_store(own) as store:
        titles = [article.title for article in store.articles()]
        assert len(titles) == len(set(titles)) == articles
        assert sum(title.startswith(FEED_TITLE) for title in titles) == FED
        assert store.revision() == articles
        assert store.check() == []

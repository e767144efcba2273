"""A thousand entries of a feed to the map, while a tenth of the answers are broken."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from geo.gazetteer import index
from geo.pipeline import open_reader
from geo.pipeline.desk import Desk
from geo.settings import Settings
from geo.store import open_store
from geo.store.snapshot import load_snapshot
from tests.benchmarks.measure import Result
from tests.test_feeds import World
from tests.web_server import serving

ENTRIES = 1_000
RUNS = 3
BROKEN = 0.1
MOST_LOOKS = 40  # far more than failures that come by chance can need


def run(settings: Settings) -> Iterator[Result]:
    """Seconds of each run, and how many stories were lost or doubled."""
    if not index.is_ready(settings):
        index.build(settings)
    took_s, lost, doubled = [], 0, 0
    for number in range(RUNS):
        began = time.perf_counter()
        titles = _titles(replace(settings, local_dir=settings.local_dir / f"feeds-{number}"))
        took_s.append(time.perf_counter() - began)
        lost += len({f"Report {n}" for n in range(ENTRIES)} - set(titles))
        doubled += len(titles) - len(set(titles))
    yield Result(
        name=f"{ENTRIES:,} feed entries to the map, one in ten answers broken",
        value=sorted(took_s)[RUNS // 2], unit="s", runs=RUNS,
        note=f"lost {lost}, doubled {doubled}; longest {max(took_s):.1f} s",
    )  # fmt: skip


def _titles(settings: Settings) -> list[str]:
    with serving() as server:
        server.pages["/robots.txt"] = lambda handler: handler.answer(b"", status=404)
        own = replace(settings, fetch_hosts=server.host, host_interval_s=0.0, fetch_s=5.0)
        reader = open_reader(own)
        with (
            closing(reader.gazetteer),
            open_store(own) as store,
            Desk(own, reader, store, processes=2) as desk,
        ):
            world = World(desk, server)
            world.follow("/feed", range(ENTRIES))
            world.fails = BROKEN
            for _ in range(MOST_LOOKS):
                world.run()
                world.now += 100_000  # past every pause that a failure has brought about
                (health,) = world.feeds.health(world.now)
                if health.read + health.failed == ENTRIES:
                    break
            shown = load_snapshot(store, own)
            assert len(shown.events) >= len(shown.articles) == health.read
            return world.titles()

"""How fast names become places: the index opened, names looked up, answers remembered."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator

from geo.gazetteer import index
from geo.geocoding.cache import CachedGeocoder
from geo.geocoding.gazetteer import GazetteerGeocoder
from geo.settings import Settings
from geo.store import open_store
from tests.benchmarks.measure import Result, median_s

NAMES = 3000
SEED = 20230302


def names(settings: Settings) -> list[str]:
    """Names of settlements all over the world, drawn by chance but always the same."""
    with sqlite3.connect(index.index_path(settings)) as connection:
        query = "SELECT name FROM place WHERE kind = 'settlement' ORDER BY n"
        every = [name for (name,) in connection.execute(query)]
    connection.close()
    return random.Random(SEED).sample(every, NAMES)


def run(settings: Settings) -> Iterator[Result]:
    """Open, look up, ask without and with the cache that lives in the store."""
    if not index.is_ready(settings):
        index.build(settings)

    def open_and_look() -> None:
        gazetteer = index.open_gazetteer(settings)
        assert gazetteer.lookup("Bakhmut")
        gazetteer.close()

    yield Result(
        name="gazetteer opened, first name looked up",
        value=1000 * median_s(open_and_look, runs=9),
        unit="ms",
        runs=9,
    )
    gazetteer = index.open_gazetteer(settings)
    asked = names(settings)
    geocoder = GazetteerGeocoder(gazetteer)
    cache = open_store(settings)
    cached = CachedGeocoder(geocoder, cache, provider="gazetteer", version=gazetteer.version)

    def ask(what: GazetteerGeocoder | CachedGeocoder) -> float:
        began = time.perf_counter()
        for name in asked:
            what.geocode(name)
        return time.perf_counter() - began

    # Each name is met once, so that nothing is answered from memory.
    uncached_s = ask(geocoder)
    filling_s = ask(cached)
    cached_s = median_s(lambda: ask(cached), runs=3, warm_up=0)
    known_s = median_s(lambda: ask(geocoder), runs=3, warm_up=0)
    against = "uncached"
    yield Result(name="geocodes, uncached", value=NAMES / uncached_s, unit="per s", runs=1)
    yield Result(
        name="geocodes, names in memory", value=NAMES / known_s, unit="per s", runs=3,
        against=against, ratio=uncached_s / known_s,
    )  # fmt: skip
    yield Result(
        name="geocodes, put into the store's cache", value=NAMES / filling_s, unit="per s",
        runs=1, against=against, ratio=uncached_s / filling_s,
    )  # fmt: skip
    yield Result(
        name="geocodes, from the store's cache", value=NAMES / cached_s, unit="per s", runs=3,
        against=against, ratio=uncached_s / cached_s,
        note="the cache is for online geocoders, which answer about once a second",
    )  # fmt: skip
    gazetteer.close()

"""The cache of geocoders: hits and misses kept for their time, errors never, one question once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from geopy.location import Location

from geo.errors import ProviderError, StoreError
from geo.geocoding.cache import CachedGeocoder, MemoryCache, cache_key, decode, encode
from geo.settings import ROOT
from tests.geocoders import LYON, Scripted, cached


def test_hits_and_misses_are_asked_once():
    for answer in (LYON, None, [LYON, LYON]):
        behind = Scripted(answer)
        geocoder = cached(behind)
        one = not isinstance(answer, list)
        first = geocoder.geocode("Lyon", exactly_one=one)
        again = geocoder.geocode("  Lyon ", exactly_one=one)
        assert first == again == answer
        assert len(behind.asked) == 1
    assert again[0].raw == {"id": 7}


def test_errors_are_never_kept():
    behind = Scripted(ProviderError("busy", 3.0), LYON)
    geocoder = cached(behind)
    with pytest.raises(ProviderError) as caught:
        geocoder.geocode("Lyon")
    assert caught.value.retry_after_s == 3.0
    assert geocoder.geocode("Lyon") == LYON
    assert geocoder.cache.stats()["entries"] == 1


def test_an_answer_is_filed_under_provider_version_and_every_option():
    class Echo:
        def geocode(self, query, *, exactly_one=True, timeout=None, country=None):
            return Location(f"{query} {country} {exactly_one}", (1, 2), {})

    cache = MemoryCache()
    geocoder = cached(Echo(), cache)
    assert geocoder.geocode("A", country="UA").address == "A UA True"
    assert geocoder.geocode("A", country="US").address == "A US True"
    assert geocoder.geocode("A").address == "A None True"
    assert geocoder.geocode("A", exactly_one=False)[0].address == "A None False"
    assert geocoder.geocode('{"query": "A"}').address.startswith("{")
    newer = CachedGeocoder(Scripted(LYON), cache, provider="test", version="2")
    assert newer.geocode("A") == LYON
    assert cache.stats()["entries"] == 6
    assert cache_key("Lyon", True, {"country": None}) == "Lyon"


def test_entries_expire_hits_and_misses_each_in_their_time():
    clock = [datetime.now(UTC)]
    cache = MemoryCache(lambda: clock[0])
    hit, miss = Scripted(LYON), Scripted(None)
    more = {"keep": timedelta(days=90), "keep_misses": timedelta(days=7)}
    for behind, expected in ((hit, [1, 1, 2]), (miss, [1, 2, 3])):
        geocoder = cached(behind, cache, **more)
        for days, count in zip((0, 8, 91), expected, strict=True):
            clock[0] = datetime.now(UTC) + timedelta(days=days)
            geocoder.geocode(f"place {id(behind)}")
            assert len(behind.asked) == count


def test_the_same_question_at_once_goes_out_once_and_all_get_the_answer():
    behind = Scripted(LYON, delay_s=0.2)
    geocoder = cached(behind)
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(geocoder.geocode("Lyon"))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [LYON] * 12
    assert behind.asked == ["Lyon"]


def test_a_slow_question_holds_up_no_other():
    slow = Scripted(LYON, delay_s=0.5)
    geocoder = cached(slow)
    waiting = threading.Thread(target=geocoder.geocode, args=["slow"])
    waiting.start()
    time.sleep(0.05)
    slow.delay_s = 0.0
    began = time.monotonic()
    geocoder.geocode("quick")
    assert time.monotonic() - began < 0.3
    waiting.join()


def test_an_error_reaches_everyone_who_asked_at_once_and_is_forgotten():
    behind = Scripted(ProviderError("down"), LYON, delay_s=0.2)
    geocoder = cached(behind)
    outcomes: list[Any] = []

    def ask() -> None:
        try:
            outcomes.append(geocoder.geocode("Lyon"))
        except ProviderError as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["down"] * 5
    assert len(behind.asked) == 1
    assert geocoder.geocode("Lyon") == LYON


@pytest.mark.parametrize(
    "body",
    ["", "{", "7", "[]", "{}", '["x"]', '[{"lat": 1}]',
     '[{"address":"a","lat":91,"lon":0,"raw":0}]',
     '[{"address":"a","lat":"north","lon":0,"raw":0}]',
     '[{"address":"a","lat":NaN,"lon":0,"raw":0}]'],
)  # fmt: skip
def test_a_damaged_entry_is_dropped_and_asked_again(body, caplog):
    cache = MemoryCache()
    cache.put("test", "1", "Lyon", body, None)
    behind = Scripted(LYON)
    geocoder = cached(behind, cache)
    assert geocoder.geocode("Lyon") == LYON
    assert geocoder.geocode("Lyon") == LYON
    assert len(behind.asked) == 1
    assert "damaged" in caplog.text


def test_forgetting_an_entry_asks_again():
    behind = Scripted(None, LYON)
    geocoder = cached(behind)
    assert geocoder.geocode("Lyon") is None
    geocoder.forget("Lyon")
    geocoder.forget("never asked")
    assert geocoder.geocode("Lyon") == LYON


def test_a_cache_that_fails_is_done_without(caplog):
    class Broken(MemoryCache):
        def get(self, *key):
            raise StoreError("database is locked")

        put = get

    geocoder = cached(Scripted(LYON), Broken())
    assert geocoder.geocode("Lyon") == LYON
    assert caplog.text.count("database is locked") == 3


def test_stats_count_hits_and_misses():
    cache = MemoryCache()
    geocoder = cached(Scripted(LYON, None), cache)
    for name in ("a", "b", "a", "a"):
        geocoder.geocode(name)
    stats = cache.stats()
    assert (stats["entries"], stats["misses_kept"], stats["hits"]) == (2, 1, 2)


def test_any_text_survives_the_cache():
    nasty = "Zürich \u202e{{7*7}} ${alert(1)} </script> \U0001f5fa"
    found = decode(encode(Location(nasty, (1.5, -2.25), {"name": nasty})), True)
    assert (found.address, found.point[:2], found.raw) == (nasty, (1.5, -2.25), {"name": nasty})


def test_two_processes_ask_the_same_question_once(tmp_path):
    """Through a cache that both share: here a folder of files."""
    script = tmp_path / "ask.py"
    script.write_text(
        "import sys, time, json\n"
        "from pathlib import Path\n"
        "from geopy.location import Location\n"
        "from geo.geocoding.cache import CachedGeocoder\n"
        "folder = Path(sys.argv[1])\n"
        "class Rows:\n"
        "    def get(self, *key):\n"
        "        path = folder / 'row'\n"
        "        return path.read_text() if path.exists() else None\n"
        "    def put(self, p, v, q, body, expires): (folder / 'row').write_text(body)\n"
        "class Behind:\n"
        "    def geocode(self, query, *, exactly_one=True, timeout=None):\n"
        "        with (folder / 'asked').open('a') as log: log.write('x')\n"
        "        time.sleep(0.5)\n"
        "        return Location('Lyon', (45.75, 4.85), {})\n"
        "g = CachedGeocoder(Behind(), Rows(), provider='p', version='1', lock_dir=folder)\n"
        "(folder / f'ready{sys.argv[2]}').touch()\n"
        "while len(list(folder.glob('ready*'))) < 2: time.sleep(0.01)\n"
        "print(json.dumps(g.geocode('Lyon').point[:2]))\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), str(tmp_path), name],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert [json.loads(output) for output in outputs] == [[45.75, 4.85]] * 2
    assert (tmp_path / "asked").read_text() == "x"

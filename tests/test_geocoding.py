"""Geocoders keep geopy's contract, the cache's promises, and an online provider's limits."""

from __future__ import annotations

import dataclasses
import inspect
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from geopy.exc import GeocoderQueryError, GeocoderServiceError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from geo.errors import BadQueryError, ProviderError, SettingsError, StoreError
from geo.geocoding.cache import CachedGeocoder, MemoryCache, cache_key, decode, encode
from geo.geocoding.chain import ChainGeocoder, open_geocoder
from geo.geocoding.gazetteer import GazetteerGeocoder
from geo.geocoding.limits import SharedLimit
from geo.geocoding.nominatim import NominatimGeocoder, open_nominatim, spelled_out
from geo.model import Place
from geo.settings import ROOT, Settings

sys.path.insert(0, str(Path(__file__).parent))
import nominatim_server  # noqa: E402

AGENT = "dateline-tests/1.0 (tests@example.org)"


class Shelf:
    """A gazetteer of three places."""

    places = (
        Place(id="gn:1", name="Paris", kind="settlement", lat=48.85341, lon=2.3488, country="FR",
              admin1="FR-IDF", admin1_name="Île-de-France", population=2_138_551),
        Place(id="gn:2", name="Paris", kind="settlement", lat=33.66094, lon=-95.55551,
              country="US", admin1="US-TX", admin1_name="Texas", population=24_782),
        Place(id="gn:3", name="Null", kind="site", lat=0.0, lon=0.0),
    )  # fmt: skip

    def lookup(self, name: str) -> list[Place]:
        return [place for place in self.places if place.name.lower() == name.strip().lower()]

    def nearest(
        self, lat: float, lon: float, limit: int = 1, max_km: float = 50
    ) -> list[tuple[Place, float]]:
        near = [(p, abs(p.lat - lat) * 111.2) for p in self.places if abs(p.lon - lon) < 1]
        return [pair for pair in near if pair[1] <= max_km][:limit]


class Scripted:
    """A geocoder that answers from a list, raises what is an error, and counts."""

    def __init__(self, *answers: Any, delay_s: float = 0.0) -> None:
        self.answers, self.delay_s, self.asked = list(answers), delay_s, []

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = None) -> Any:
        self.asked.append(query)
        time.sleep(self.delay_s)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    reverse = geocode


LYON = Location("Lyon, France", (45.75, 4.85), {"id": 7})


@pytest.fixture
def server() -> Iterator[nominatim_server.Server]:
    with nominatim_server.running() as running:
        yield running


@pytest.fixture
def online(
    server: nominatim_server.Server, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Opted in, at the local server, in a hurry."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return Settings(
        local_dir=clean_environment,
        nominatim_user_agent=AGENT,
        nominatim_url=server.url,
        nominatim_interval_s=0.05,
        nominatim_timeout_s=0.5,
    )


# -- the gazetteer as a geopy geocoder ----------------------------------------------------------


def test_gazetteer_answers_with_the_most_prominent_or_all_or_none():
    geocoder = GazetteerGeocoder(Shelf())
    assert geocoder.geocode(" PARIS ").address == "Paris, Île-de-France, FR"
    assert [at.raw["country"] for at in geocoder.geocode("Paris", exactly_one=False)] == [
        "FR",
        "US",
    ]
    assert geocoder.geocode("Atlantis") is None
    assert geocoder.geocode("Atlantis", exactly_one=False) is None


def test_gazetteer_keeps_to_country_and_region():
    geocoder = GazetteerGeocoder(Shelf())
    assert geocoder.geocode("Paris", country="US").raw["id"] == "gn:2"
    assert geocoder.geocode("Paris", admin1="US-TX").raw["id"] == "gn:2"
    assert geocoder.geocode("Paris", country="DE") is None


def test_a_place_on_the_equator_is_found():
    assert GazetteerGeocoder(Shelf()).geocode("Null").point[:2] == (0.0, 0.0)


@pytest.mark.parametrize("query", ["", "  ", None, 7, b"Paris"])
def test_what_is_no_name_is_refused_by_every_geocoder(query, online):
    for geocoder in (GazetteerGeocoder(Shelf()), ChainGeocoder([("x", Scripted(LYON))])):
        with pytest.raises(BadQueryError):
            geocoder.geocode(query)


def test_reverse_takes_geopys_points_and_says_how_far():
    geocoder = GazetteerGeocoder(Shelf())
    for point in ("48.9, 2.3", (48.9, 2.3), [48.9, 2.3]):
        found = geocoder.reverse(point)
        assert found.raw["name"] == "Paris"
        assert found.raw["distance_km"] == pytest.approx(5.18, abs=0.01)
    assert geocoder.reverse((10, 10)) is None
    assert [at.raw["id"] for at in geocoder.reverse((48.9, 2.3), exactly_one=False)] == ["gn:1"]
    for nonsense in ("somewhere", (95, 0), None):
        with pytest.raises(BadQueryError):
            geocoder.reverse(nonsense)


@pytest.mark.parametrize(
    "geocoder_class", [GazetteerGeocoder, NominatimGeocoder, CachedGeocoder, ChainGeocoder]
)
def test_each_geocoder_has_geopys_signature(geocoder_class):
    assert issubclass(geocoder_class, Geocoder)
    for method in (geocoder_class.geocode, geocoder_class.reverse):
        parameters = list(inspect.signature(method).parameters.values())
        assert [p.name for p in parameters[:4]] == ["self", "query", "exactly_one", "timeout"]
        assert parameters[2].default is True
        assert all(p.kind is p.KEYWORD_ONLY for p in parameters[2:4])


def test_geopys_rate_limiter_accepts_ours():
    geocoder = ChainGeocoder([("gazetteer", GazetteerGeocoder(Shelf()))])
    geocode = RateLimiter(geocoder.geocode, swallow_exceptions=False, max_retries=0)
    assert geocode("Paris").raw["id"] == "gn:1"
    with pytest.raises(GeocoderQueryError):
        geocode("")
    failing = RateLimiter(
        Scripted(ProviderError("down")).geocode,
        swallow_exceptions=True,
        max_retries=1,
        error_wait_seconds=0.01,
    )
    assert failing("Paris") is None  # it knows our error as one of geopy's


def test_the_real_gazetteer_answers_through_geopy(settings):
    from geo.gazetteer import index

    geocoder = GazetteerGeocoder(index.open_gazetteer(settings))
    bakhmut = geocoder.geocode("Bakhmut", country="UA")
    assert bakhmut.point[:2] == pytest.approx((48.59, 38.0), abs=0.02)
    assert bakhmut.raw["admin1"] == "UA-14"
    assert geocoder.geocode("Paris", country="US", admin1="Texas").raw["admin1"] == "US-TX"
    assert geocoder.reverse((46.64, 32.61)).raw["name"] == "Kherson"


# -- the cache ----------------------------------------------------------------------------------


def cached(geocoder: Any, cache: Any = None, **more: Any) -> CachedGeocoder:
    return CachedGeocoder(
        geocoder, MemoryCache() if cache is None else cache, provider="test", version="1", **more
    )


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


# -- Nominatim ----------------------------------------------------------------------------------


def test_nothing_goes_out_unless_the_user_opted_in(server, clean_environment):
    settings = Settings(local_dir=clean_environment, nominatim_url=server.url)
    assert open_nominatim(settings) is None
    with pytest.raises(SettingsError, match="DATELINE_NOMINATIM_USER_AGENT"):
        NominatimGeocoder(settings)
    chain = open_geocoder(settings, Shelf(), MemoryCache())
    assert chain.providers == ("gazetteer",)
    assert chain.geocode("Bucha") is None
    assert server.asked == []


@pytest.mark.parametrize("url", ["nominatim.example", "ftp://x", "http://", "file:///etc/passwd"])
def test_an_address_that_is_none_is_named(url, online):
    with pytest.raises(SettingsError, match="DATELINE_NOMINATIM_URL"):
        NominatimGeocoder(dataclasses.replace(online, nominatim_url=url))


def test_a_sample_user_agent_is_refused_for_the_public_server():
    with pytest.raises(SettingsError, match="DATELINE_NOMINATIM_USER_AGENT"):
        NominatimGeocoder(Settings(nominatim_user_agent="my-application"))


def test_nominatim_is_asked_as_its_api_wants(server, online):
    geocoder = NominatimGeocoder(online)
    found = geocoder.geocode("Bucha", country="UA")
    assert found.point[:2] == (48.1, 24.9)
    path, asked, agent = server.asked[-1]
    assert (path, agent) == ("/search", AGENT)
    assert asked["q"] == "Bucha"
    assert asked["countrycodes"] == "ua"
    assert asked["limit"] == "1"
    assert asked["accept-language"] == "en"
    assert len(geocoder.geocode("Bucha", exactly_one=False)) == 2
    assert geocoder.geocode("Nowhere") is None
    assert geocoder.reverse((50.55, 30.22)).address == "Bucha, Kyiv Oblast, Ukraine"
    assert geocoder.reverse((-50, 0)) is None


def test_with_a_region_code_answers_elsewhere_are_dropped(server, online):
    geocoder = NominatimGeocoder(online)
    assert geocoder.geocode("Bucha", admin1="UA-32").point[:2] == (50.5488, 30.2212)
    assert server.asked[-1][1]["countrycodes"] == "ua"
    assert geocoder.geocode("Bucha", admin1="UA-14") is None


def test_a_path_before_the_service_is_kept(server, online):
    behind_proxy = dataclasses.replace(online, nominatim_url=server.url + "/osm/")
    with pytest.raises(ProviderError, match="no such service"):
        NominatimGeocoder(behind_proxy).geocode("Bucha")
    assert server.asked[-1][0] == "/osm/search"


def test_a_slow_server_is_given_up_and_so_is_one_that_drips(server, online):
    geocoder = NominatimGeocoder(online)
    server.delay_s = 1.0
    began = time.monotonic()
    with pytest.raises(ProviderError, match="(?i)timed out"):
        geocoder.geocode("Bucha")
    server.delay_s, server.drip_s = 0.0, 0.05
    with pytest.raises(ProviderError, match="too long"):
        geocoder.geocode("Bucha")
    assert time.monotonic() - began < 3
    server.drip_s = 0.0
    assert geocoder.geocode("Bucha") is not None


def test_429_holds_everyone_back_as_long_as_the_server_says(server, online):
    geocoder = NominatimGeocoder(online, max_wait_s=0.4)
    server.status, server.headers, server.body = 429, {"Retry-After": "1"}, b"slow down"
    with pytest.raises(ProviderError) as caught:
        geocoder.geocode("Bucha")
    assert caught.value.retry_after_s == 1.0
    assert isinstance(caught.value, GeocoderServiceError)
    server.status, server.headers, server.body = 200, {}, None
    other = NominatimGeocoder(online, max_wait_s=0.4)
    with pytest.raises(ProviderError, match="pause") as caught:
        other.geocode("Bucha")
    assert 0 < caught.value.retry_after_s <= 1
    assert len(server.asked) == 1  # the second question never went out
    time.sleep(1.05)
    assert other.geocode("Bucha") is not None


@pytest.mark.parametrize(
    ("retry_after", "expected"), [("soon", 10.0), ("-5", 10.0), ("", 10.0), ("9" * 12, 1e12 - 1)]
)
def test_an_odd_retry_after_is_survived(server, online, retry_after, expected):
    server.status, server.headers = 503, {"Retry-After": retry_after}
    with pytest.raises(ProviderError) as caught:
        NominatimGeocoder(online).geocode("Bucha")
    assert caught.value.retry_after_s == expected
    with pytest.raises(ProviderError) as caught:
        NominatimGeocoder(online, max_wait_s=0.1).geocode("Bucha")
    assert caught.value.retry_after_s <= 86_400  # a day at most


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 502, 504])
def test_every_other_failure_of_the_server_is_an_error_of_ours(server, online, status):
    server.status = status
    with pytest.raises(ProviderError) as caught:
        NominatimGeocoder(online).geocode("Bucha")
    assert caught.value.retry_after_s is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"<html>", b"null", b"7", b'"text"', b"{}", b"[7]", b'["x"]', b"[null]", b"[{}]",
     b'[{"lat": "north", "lon": "0"}]', b'[{"lat": null, "lon": 0}]', b'[{"lat": 91, "lon": 0}]',
     b'[{"lat": "NaN", "lon": "0"}]', b'[{"lat": [1], "lon": {}}]', b"\xff\xfe[", b'{"error": "x"}',
     b"[" * 100_000],
)  # fmt: skip
def test_a_broken_answer_is_an_error_and_never_a_miss(server, online, body):
    server.body = body
    geocoder = cached(NominatimGeocoder(online))
    with pytest.raises(ProviderError):
        geocoder.geocode("Bucha")
    assert geocoder.cache.stats()["entries"] == 0
    server.body = None
    assert geocoder.geocode("Bucha") is not None


@pytest.mark.parametrize("moment", ["early", "half"])
def test_a_server_that_hangs_up_is_an_error(server, online, moment):
    server.hang_up = moment
    with pytest.raises(ProviderError):
        NominatimGeocoder(online).geocode("Bucha")


def test_no_server_at_all_is_an_error(online):
    with pytest.raises(ProviderError):
        NominatimGeocoder(dataclasses.replace(online, nominatim_url="http://127.0.0.1:9")).geocode(
            "Bucha"
        )


def test_a_huge_answer_and_a_redirect_are_refused(server, online):
    server.body = b"[" + b" " * 3_000_000 + b"]"
    with pytest.raises(ProviderError, match="over 2000000 bytes"):
        NominatimGeocoder(online).geocode("Bucha")
    server.body, server.status, server.headers = b"", 302, {"Location": server.url + "/search?q=x"}
    with pytest.raises(ProviderError):
        NominatimGeocoder(online).geocode("Bucha")
    assert len(server.asked) == 2


def test_threads_ask_one_at_a_time_and_no_faster_than_allowed(server, online):
    slow = dataclasses.replace(online, nominatim_interval_s=0.15)
    server.delay_s = 0.05
    threads = [
        threading.Thread(target=NominatimGeocoder(slow).geocode, args=[f"Bucha {n}"])
        for n in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _assert_spaced(server, 5, 0.15)


def test_two_processes_share_the_limit(server, online):
    slow = dataclasses.replace(online, nominatim_interval_s=0.3)
    script = (
        "import sys; from geo.settings import Settings; from pathlib import Path\n"
        "from geo.geocoding.nominatim import NominatimGeocoder\n"
        "geocoder = NominatimGeocoder(Settings(local_dir=Path(sys.argv[1]), "
        "nominatim_user_agent='two processes', nominatim_url=sys.argv[2], "
        "nominatim_interval_s=0.3))\n"
        "for n in range(3): geocoder.geocode(f'Bucha {sys.argv[3]} {n}')\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(slow.local_dir), server.url, name], cwd=ROOT
        )
        for name in "ab"
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    _assert_spaced(server, 6, 0.3)


def _assert_spaced(server: nominatim_server.Server, count: int, interval_s: float) -> None:
    spans = sorted(server.spans)
    assert len(spans) == count
    for (came, done), (following, _) in zip(spans, spans[1:], strict=False):
        assert following - came >= interval_s - 0.05  # sockets add or take a little
        assert following >= done - 0.02  # one at a time


@pytest.mark.parametrize("text", ["", "soon", "nan", "-inf", "inf", "1e300", "\xff"])
def test_a_damaged_rate_file_costs_one_interval_at_most(tmp_path, text):
    limit = SharedLimit(tmp_path / "next", 0.1, max_wait_s=5)
    (tmp_path / "next").write_bytes(text.encode("latin-1"))
    began = time.monotonic()
    with limit.turn():
        assert time.monotonic() - began < 1


def test_where_the_limit_cannot_be_kept_nothing_goes_out(server, online, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ProviderError, match="rate limit"):
        NominatimGeocoder(dataclasses.replace(online, local_dir=blocked / "x")).geocode("Bucha")
    assert server.asked == []


# -- the chain ----------------------------------------------------------------------------------


def test_only_what_the_gazetteer_does_not_know_goes_out_and_only_once(server, online):
    cache = MemoryCache()
    chain = open_geocoder(online, Shelf(), cache)
    assert chain.ask("Paris").provider == "gazetteer"
    assert server.asked == []
    first = chain.ask("Bucha", country="UA")
    assert (first.provider, first.found.raw["type"]) == ("nominatim", "town")
    again = open_geocoder(online, Shelf(), cache).ask("Bucha", country="UA")  # another session
    assert again.found == first.found
    assert chain.ask("Nowhere") == (None, "")
    assert chain.ask("Nowhere") == (None, "")
    assert [asked["q"] for _, asked, _ in server.asked] == ["Bucha", "Nowhere"]
    assert cache.stats()["misses_kept"] == 1


def test_a_provider_that_fails_is_passed_over_but_not_taken_for_a_miss():
    down = Scripted(ProviderError("down"))
    knows, knows_not = Scripted(LYON), Scripted(None)
    assert ChainGeocoder([("a", down), ("b", knows)]).ask("Lyon") == (LYON, "b")
    with pytest.raises(ProviderError, match="down"):
        ChainGeocoder([("a", down), ("b", knows_not)]).geocode("Lyon")
    assert ChainGeocoder([("a", knows_not)]).geocode("Lyon") is None
    assert ChainGeocoder([("a", knows_not), ("b", knows)]).ask_reverse((45, 4)) == (LYON, "b")


def test_any_geopy_geocoder_can_follow_and_gets_codes_spelled_out():
    plain = Scripted(LYON)
    chain = ChainGeocoder([("gazetteer", GazetteerGeocoder(Shelf())), ("other", cached(plain))])
    assert chain.ask("Pisky", country="UA", admin1="UA-14").provider == "other"
    assert plain.asked == ["Pisky, Donetska oblast, Ukraine"]
    assert spelled_out("Pisky", "Utopia", "Old Region") == "Pisky, Old Region, Utopia"


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

"""Nominatim: never asked unless turned on, never too often, and no failure is taken for a miss."""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from geopy.exc import GeocoderServiceError

from geo.errors import ProviderError, SettingsError
from geo.geocoding.cache import MemoryCache
from geo.geocoding.chain import open_geocoder
from geo.geocoding.limits import SharedLimit
from geo.geocoding.nominatim import NominatimGeocoder, open_nominatim
from geo.settings import ROOT, Settings
from tests import nominatim_server
from tests.geocoders import Shelf, cached

AGENT = "dateline-tests/1.0 (tests@example.org)"


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
    assert time.monotonic() - began < 8
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
    for (came, _), (following, _) in itertools.pairwise(spans):
        assert following - came >= interval_s
    for (_, done), (following, _) in itertools.pairwise(spans):
        assert following > done - 0.02  # one at a time


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

"""What is fetched, what is refused, and how servers that misbehave are borne."""

from __future__ import annotations

import dataclasses
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from geo.errors import DownloadError, LimitError, RefusedError
from geo.settings import Settings
from geo.sources.web.addresses import is_public, target_of
from geo.sources.web.fetch import Fetcher, retry_after_s
from geo.sources.web.robots import Robots
from tests.web_server import PAGE, Server, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def named(server: Server) -> Settings:
    """Settings that let the test server be asked, with limits small enough to meet."""
    return Settings(fetch_hosts=server.host, fetch_s=2.0, max_fetch_bytes=1_000_000)


# -- which addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1",
        "192.0.2.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "::7f00:1", "::ffff:0:7f00:1", "2001:0:7f00:1::",
        "fec0::1", "100::1", "2001:db8::1", "3fff::1", "168.63.129.16", "192.0.0.192",
        "192.88.99.1", "not an address",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_a_public_address_is_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0x7f000001",
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "2852039166",
        "0", "017700000001", "0xA9FEA9FE", "LOCALHOST", "①②⑦.⓪.⓪.①", "127。0。0。1", "localhoſt",
        "[::127.0.0.1]", "[0:0:0:0:0:ffff:7f00:0001]", "[64:ff9b::127.0.0.1]", "168.63.129.16",
    ],
)  # fmt: skip
def test_this_machine_is_not_asked_in_any_spelling(host: str, server: Server) -> None:
    before = server.asked.total()
    with pytest.raises(RefusedError, match="not on the public internet"):
        Fetcher(Settings()).get(f"http://{host}:8080/page")
    assert server.asked.total() == before


def test_a_name_that_changes_between_check_and_connection_is_not_looked_up_twice(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"])
    asked = []

    def lookup(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    reached = []
    monkeypatch.setattr(
        socket.socket, "connect", lambda _, address: reached.append(address) or _refuse()
    )
    with pytest.raises(DownloadError):
        Fetcher(Settings()).get("http://rebinding.example/page")
    assert (asked, reached) == (["rebinding.example"], [("93.184.216.34", 80)])


def _refuse() -> None:
    raise ConnectionRefusedError("refused")


def test_a_name_with_a_public_and_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))
        for address in ("93.184.216.34", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(RefusedError, match=r"10\.0\.0\.1"):
        Fetcher(Settings()).get("http://both.example/")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.org/a", "no web address"),
        ("file:///etc/passwd", "no web address"),
        ("javascript:alert(1)", "no web address"),
        ("example.org/a", "no web address"),
        ("http://", "no web address"),
        ("http://[::1", "no web address"),
        ("http://example.org:99999/", "no web address"),
        ("http://user:secret@example.org/", "user name"),
        ("http://example.org:22/", "port 22 is not asked"),
        ("http://example.org/a b", "spaces"),
        ("http://example.org/\r\nX-Evil: 1", "spaces"),
        ("http://example.org/" + "a" * 3000, "characters"),
        (f"http://{'ü' * 80}.example/", "no host"),
    ],
)
def test_what_is_no_link_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        target_of(url, Settings())


def test_letters_beyond_ascii_go_as_browsers_send_them() -> None:
    target = target_of("https://bücher.example/straße?q=ö", Settings())
    assert (target.host, target.path) == ("xn--bcher-kva.example", "/stra%C3%9Fe?q=%C3%B6")


# -- good answers -------------------------------------------------------------------------------


def test_a_page_comes_with_its_kind_and_the_final_link(server: Server, named: Settings) -> None:
    found = Fetcher(named).get(server.url("/moved"))
    assert (found.url, found.media_type, found.charset) == (
        server.url("/page"), "text/html", "utf-8",
    )  # fmt: skip
    assert found.body == PAGE.encode()
    assert server.headers["/page"]["User-Agent"].startswith("Dateline/")


def test_an_unchanged_page_comes_without_a_body(server: Server, named: Settings) -> None:
    def conditional(handler: object) -> None:
        same = handler.headers.get("If-None-Match") == '"one"'  # type: ignore[attr-defined]
        handler.answer(b"" if same else b"new", status=304 if same else 200, etag='"one"')  # type: ignore[attr-defined]

    server.pages["/conditional"] = conditional
    fetcher = Fetcher(named)
    first = fetcher.get(server.url("/conditional"))
    again = fetcher.get(server.url("/conditional"), etag=first.etag)
    assert (first.status, first.body, again.status, again.body) == (200, b"new", 304, b"")
    server.pages["/odd-etag"] = lambda handler: handler.answer(b"", etag='"\x00\x85"')
    assert fetcher.get(server.url("/odd-etag")).etag == ""  # which no database need hold


# -- servers that misbehave -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/drip", "/drip-headers", "/not-yet"])
def test_a_server_that_drips_is_left_at_the_deadline(
    path: str, server: Server, named: Settings
) -> None:
    start = time.monotonic()
    with pytest.raises(DownloadError, match="DATELINE_FETCH_S"):
        Fetcher(dataclasses.replace(named, fetch_s=0.6)).get(server.url(path))
    assert time.monotonic() - start < 30  # it drips for a minute


def test_addresses_that_swallow_everything_share_one_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"93.184.216.{n}", 80))
            for n in range(1, 51)]  # fmt: skip
    tried = []

    def swallow(connecting: socket.socket, address: object) -> None:
        tried.append(address)
        time.sleep(connecting.gettimeout() or 0)
        raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: many)
    monkeypatch.setattr(socket.socket, "connect", swallow)
    with pytest.raises(DownloadError, match="DATELINE_FETCH_S"):
        Fetcher(Settings(fetch_s=0.2)).get("http://swallowing.example/")
    assert len(tried) < 5


def test_a_resolver_that_never_says_is_left_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over, answered = threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        over.wait(60)
        answered.set()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        with pytest.raises(DownloadError, match="DATELINE_FETCH_S"):
            Fetcher(Settings(fetch_s=0.2)).get("http://unresolved.example/")
        assert not answered.is_set()
    finally:
        over.set()


@pytest.mark.parametrize("path", ["/endless", "/gzip-bomb", "/packed-twice"])
def test_a_body_beyond_the_limit_is_left_and_memory_is_bounded(
    path: str, server: Server, named: Settings
) -> None:
    fetcher = Fetcher(dataclasses.replace(named, fetch_s=120.0))
    held = {"/packed-twice": 100_000_000}.get(path, 0)  # by the server, which packs that much
    tracemalloc.start()
    try:
        with pytest.raises(LimitError, match="DATELINE_MAX_FETCH_BYTES"):
            fetcher.get(server.url(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak - held < 20 * named.max_fetch_bytes


@pytest.mark.parametrize(
    ("path", "error", "reason"),
    [
        ("/loop", LimitError, "DATELINE_MAX_REDIRECTS"),
        ("/to-metadata", RefusedError, "169.254.169.254"),
        ("/to-file", RefusedError, "no web address"),
        ("/to-nowhere", DownloadError, "nowhere"),
        ("/to-brackets", DownloadError, "no web address"),
        ("/two-lengths", DownloadError, "could not be fetched"),
        ("/no-gzip", DownloadError, "could not be fetched"),
        ("/brotli", DownloadError, "not asked for"),
        ("/too-short", DownloadError, "could not be fetched"),
        ("/hang-up", DownloadError, "could not be fetched"),
        ("/no-http", DownloadError, "could not be fetched"),
        ("/broken", DownloadError, "500"),
        ("/missing", DownloadError, "404"),
    ],
)
def test_a_bad_answer_is_an_error_in_words(
    path: str, error: type[Exception], reason: str, server: Server, named: Settings
) -> None:
    with pytest.raises(error, match=reason):
        Fetcher(named).get(server.url(path))


def test_a_loop_is_followed_no_further_than_allowed(server: Server, named: Settings) -> None:
    server.asked["/loop"] = 0
    with pytest.raises(LimitError):
        Fetcher(dataclasses.replace(named, max_redirects=3)).get(server.url("/loop"))
    assert server.asked["/loop"] == 4


def test_a_busy_server_says_how_long_to_wait(server: Server, named: Settings) -> None:
    with pytest.raises(DownloadError) as caught:
        Fetcher(named).get(server.url("/busy"))
    assert (caught.value.status, caught.value.retry_after_s) == (429, 120.0)


def test_retry_after_is_seconds_or_a_moment_and_at_most_a_day() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert retry_after_s("7") == 7
    assert retry_after_s(soon) == pytest.approx(90, abs=60)
    assert retry_after_s("99999999999") == 86_400
    assert retry_after_s("yesterday") is None


# -- robots.txt -----------------------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked(server: Server, named: Settings) -> None:
    robots = Robots(Fetcher(named))
    robots.check(server.url("/page"))
    with pytest.raises(RefusedError, match=r"robots\.txt"):
        robots.check(server.url("/private/page"))
    assert (server.asked["/robots.txt"], server.asked["/private/page"]) == (1, 0)


def test_robots_txt_holds_where_a_redirect_leads_too(server: Server, named: Settings) -> None:
    fetcher = Fetcher(named)
    with pytest.raises(RefusedError, match=r"/private/page \(its robots\.txt\)"):
        fetcher.get(server.url("/to-private"), check=Robots(fetcher).check)
    assert server.asked["/private/page"] == 0


def test_a_site_without_robots_txt_allows_and_a_broken_one_does_not(named: Settings) -> None:
    with serving() as other:
        other.pages["/robots.txt"] = lambda handler: handler.answer(b"no", status=404)
        settings = dataclasses.replace(named, fetch_hosts=other.host)
        Robots(Fetcher(settings)).check(other.url("/private/page"))
        other.pages["/robots.txt"] = lambda handler: handler.answer(b"no", status=503)
        with pytest.raises(DownloadError, match="nothing of this site"):
            Robots(Fetcher(settings)).check(other.url("/page"))

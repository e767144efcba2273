"""Feeds: what is read out of them, how failures are borne, and that no story is lost or doubled."""

from __future__ import annotations

import codecs
import dataclasses
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from geo import cli
from geo.commands import feeds as command
from geo.errors import DataError, LimitError
from geo.pipeline import feeds, open_reader
from geo.pipeline.desk import Desk
from geo.settings import ROOT, Settings
from geo.sources.documents.apart import Apart
from geo.sources.feeds import feed, opml
from geo.sources.feeds.opml import Subscription
from geo.store import open_store
from geo.store.feeds import Feeds
from tests.web_server import Handler, Server, serving

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Post</title>
<item><guid isPermaLink='false'>1</guid><title>Market &amp; road</title>
<link>/one?utm_source=x</link><pubDate>Wed, 03 May 2023 22:10:00 GMT</pubDate>
<description>&lt;p&gt;Shelling &lt;b&gt;hit&lt;/b&gt; Kherson.
&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;
</description></item>
<item><guid isPermaLink='false'>1</guid><title>Again</title></item>
<item><title>No link</title><link>javascript:alert(1)</link></item></channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title>
<entry><id>tag:x</id><title>Dam</title><link href="https://example.org/dam"/>
<updated>2023-06-06T04:00:00Z</updated><content type="html">The dam broke.</content></entry>
</feed>"""
JSON_FEED = json.dumps({
    "version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
        {"id": "a", "url": "https://example.org/a", "title": "A", "content_html": "<p>One.</p>",
         "date_published": "2023-05-03T10:00:00Z"}, "no object", {"id": 7, "content_text": "Two"}],
})  # fmt: skip
SETTINGS = Settings()


def test_rss_gives_each_entry_once_with_plain_text_and_whole_links() -> None:
    found = feed.parse(RSS.encode(), "https://example.org/rss", SETTINGS)
    assert found.title == "The Post"
    first, second = found.entries
    assert (first.id, first.url, first.title, first.published) == (
        "1", "https://example.org/one?utm_source=x", "Market & road", date(2023, 5, 3),
    )  # fmt: skip
    assert first.content == "Shelling hit Kherson."
    assert (second.title, second.url) == ("No link", "")


def test_atom_and_json_feeds_are_read() -> None:
    (entry,) = feed.parse(ATOM.encode(), "https://example.org/atom", SETTINGS).entries
    assert (entry.url, entry.content) == ("https://example.org/dam", "The dam broke.")
    one, two = feed.parse(JSON_FEED.encode(), "https://example.org/json", SETTINGS).entries
    assert (one.published, one.content, two.id, two.content) == (
        date(2023, 5, 3), "One.", "7", "Two",
    )  # fmt: skip


def test_what_is_too_long_to_be_true_is_cut_or_left_out() -> None:
    item = {"id": "a", "title": "t" * 10**6, "url": "https://example.org/" + "u" * 10**6}
    odd = {"id": "b", "url": ["https://example.org/b"], "title": 7, "date_published": {}}
    raw = json.loads(JSON_FEED) | {"title": "f" * 10**6, "items": [item, odd]}
    found = feed.parse(codecs.BOM_UTF8 + json.dumps(raw).encode(), "https://example.org", SETTINGS)
    long, other = found.entries
    assert (len(found.title), len(long.title), long.url) == (300, 300, "")
    assert (other.url, other.title, other.published) == ("", "7", None)
    for link, kept in (
        ("http://[", ""), ("https://a/\ud800\x00", "https://a/\ufffd"), ("//b", "https://b"),
    ):  # fmt: skip
        raw["items"] = [{"id": "c", "url": link, "date_published": "0001-01-01T00:00:00Z"}]
        (entry,) = feed.parse(json.dumps(raw).encode(), "https://example.org", SETTINGS).entries
        assert (entry.url, entry.published) == (kept, None)
    written = opml.write([Subscription("https://example.org/", "t" * 10**6)])
    (one,) = opml.read(written, "long", SETTINGS)
    assert len(one.title) == 300


@pytest.mark.parametrize("raw", [b"", b"hello", b"<html><p>page</p></html>", b"{}", b"{", b"\x00"])
def test_what_is_no_feed_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(DataError, match="https://example.org/x is"):
        feed.parse(raw, "https://example.org/x", SETTINGS)


def test_a_web_page_is_said_to_be_one_and_its_feeds_are_named() -> None:
    head = "<!DOCTYPE html>\n<html><head>"
    named = (
        "<link rel=alternate type=application/rss+xml href='/rss'>"
        "<link rel=alternate type=application/atom+xml href='javascript:alert(1)'>"
        "<link rel=alternate type=text/html href='/print'>"
    )
    for links, said in (("", "look for “RSS”"), (named, "this one: https://example.org/rss$")):
        raw = f"{head}{links}</head><body><p>News.</p></body></html>".encode()
        with pytest.raises(DataError, match=f"/news is a web page, no feed; .*{said}"):
            feed.parse(raw, "https://example.org/news", SETTINGS)


def test_entities_in_a_feed_do_no_harm() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    raw = RSS.replace('?><rss', f'?>{bomb}<!ENTITY x SYSTEM "file:///etc/passwd">]><rss')
    raw = raw.replace("Market &amp; road", "&i; &x;")
    try:
        found = feed.parse(raw.encode(), "https://example.org/rss", SETTINGS)
    except DataError:
        return
    shown = "".join(entry.title + entry.content for entry in found.entries)
    assert len(shown) < 10_000
    assert "root:" not in shown


def test_no_more_entries_are_taken_than_allowed() -> None:
    few = dataclasses.replace(SETTINGS, max_feed_entries=1)
    assert len(feed.parse(RSS.encode(), "https://example.org/rss", few).entries) == 1


def test_a_list_of_feeds_comes_back_as_it_was_written() -> None:
    listed = [Subscription("https://example.org/a?b=1&c=<", "A & <b>"),
              Subscription("https://example.org/d", "")]  # fmt: skip
    again = opml.read(opml.write(listed), "feeds.opml", SETTINGS)
    assert again == [listed[0], Subscription("https://example.org/d", "https://example.org/d")]


@pytest.mark.parametrize(
    "raw",
    [b"", b"no xml", b"<rss/>", b"<opml><body/></opml>",
     b'<opml><body><outline xmlUrl="file:///etc/passwd"/></body></opml>',
     b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/hosts">]><opml><outline xmlUrl="&x;"/></opml>'],
)  # fmt: skip
def test_what_is_no_list_of_feeds_is_refused(raw: bytes) -> None:
    with pytest.raises(DataError, match=r"list\.opml"):
        opml.read(raw, "list.opml", SETTINGS)


def test_a_list_of_too_many_feeds_is_refused() -> None:
    listed = [Subscription(f"https://example.org/{n}", "") for n in range(3)]
    with pytest.raises(LimitError, match="DATELINE_MAX_FEEDS"):
        opml.read(opml.write(listed), "x.opml", dataclasses.replace(SETTINGS, max_feeds=2))


# -- runs ---------------------------------------------------------------------------------------

TOWNS = ("Kherson", "Bakhmut", "Odesa", "Kharkiv", "Lviv", "Mykolaiv", "Sumy", "Poltava")


def story(number: int, extra: str = "") -> str:
    """A page about an event of its own: no two stories are alike."""
    words = random.Random(number)
    filler = " ".join(f"{words.choice('bdfgkl')}{words.randrange(10**6):x}" for _ in range(60))
    town = TOWNS[number % len(TOWNS)]
    return (
        f"<html lang=en><head><title>Report {number}</title></head><body><article>"
        f"<h1>Report {number}</h1><p>Shelling hit a market in {town} on Wednesday and killed "
        f"{number % 9 + 2} people, officials said. {extra}</p><p>{filler}.</p></article></html>"
    )


def rss_of(server: Server, numbers: range) -> bytes:
    items = "".join(
        f"<item><guid>g{n}</guid><title>Report {n}</title><link>{server.url(f'/s/{n}')}</link>"
        "<pubDate>Wed, 03 May 2023 22:10:00 GMT</pubDate></item>"
        for n in numbers
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Many</title>{items}'
        "</channel></rss>"
    ).encode()


class World:
    """A desk, a server, and a clock that the test moves."""

    def __init__(self, desk: Desk, server: Server) -> None:
        self.desk, self.server, self.now = desk, server, 1_700_000_000.0
        self.feeds = Feeds(desk.store.database)
        self.fails = 0.0
        self._random = random.Random(7)

    def follow(self, path: str, numbers: range) -> str:
        """Put a feed and its stories on the server, and follow it."""
        self.server.pages[path] = lambda handler: self.moody(
            handler, rss_of(self.server, numbers), "application/rss+xml"
        )
        for number in numbers:
            self.server.pages[f"/s/{number}"] = lambda handler, number=number: self.moody(
                handler, story(number).encode(), "text/html; charset=utf-8"
            )
        self.feeds.add(self.server.url(path), "", self.now)
        return self.server.url(path)

    def moody(self, handler: Handler, body: bytes, kind: str) -> None:
        """The right answer, or now and then a broken one."""
        if self._random.random() >= self.fails:
            handler.answer(body, kind, etag='"same"')
            return
        how = self._random.randrange(4)
        if how == 0:
            handler.answer(b"oops", status=500)
        elif how == 1:
            handler.connection.close()
        elif how == 2:
            handler.begin(content_type=kind, content_length="99999")
            handler.wfile.write(body[:50])
        else:
            handler.answer(b"later", status=503, retry_after="1")

    def run(self) -> feeds.FeedReport:
        return feeds.run(self.desk, clock=lambda: self.now)

    def titles(self) -> list[str]:
        return sorted(article.title for article in self.desk.store.articles())


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    """The processes that take pages apart, which take a while to start."""
    with Apart(SETTINGS, processes=2) as running:
        yield running


@pytest.fixture
def world(local_settings: Settings, apart: Apart) -> Iterator[World]:
    with serving() as server:
        server.pages["/robots.txt"] = lambda handler: handler.answer(b"", status=404)
        settings = dataclasses.replace(
            local_settings, fetch_hosts=server.host, host_interval_s=0.0, fetch_s=5.0
        )
        reader = open_reader(settings)
        with open_store(settings) as store:
            desk = Desk(settings, reader, store)
            desk.apart = apart
            yield World(desk, server)
        reader.gazetteer.close()


def test_a_feed_comes_to_the_map_once_however_often_it_is_read(world: World) -> None:
    world.follow("/feed", range(5))
    first = world.run()
    assert (first.asked, first.new, first.saved, first.failed) == (1, 5, 5, [])
    world.now += 10_000
    again = world.run()
    assert (again.new, again.saved, world.server.asked["/s/3"]) == (0, 0, 1)
    assert world.titles() == [f"Report {n}" for n in range(5)]
    article = world.desk.store.articles()[0]
    assert (article.published, article.publisher) == (date(2023, 5, 3), "Many")
    assert world.desk.store.search("market Kherson")


def test_nothing_is_asked_before_it_is_due(world: World) -> None:
    world.follow("/feed", range(1))
    world.run()
    world.now += 60
    assert world.run().asked == 0


def test_an_unchanged_feed_is_known_by_its_etag(world: World) -> None:
    url = world.follow("/feed", range(1))
    world.run()
    world.server.pages["/feed"] = lambda handler: handler.answer(
        b"", status=304 if handler.headers["If-None-Match"] == '"same"' else 500
    )
    world.now += 10_000
    report = world.run()
    assert (report.asked, report.unchanged, report.failed) == (1, 1, [])
    assert world.feeds.all()[0].url == url


def test_a_feed_without_etag_is_known_by_its_date(world: World) -> None:
    url = world.follow("/feed", range(1))
    changed = "Wed, 03 May 2023 22:10:00 GMT"

    def answer(handler: Handler) -> None:
        same = handler.headers["If-Modified-Since"] == changed
        handler.answer(b"" if same else rss_of(world.server, range(1)),
                       status=304 if same else 200, last_modified=changed)  # fmt: skip

    world.server.pages["/feed"] = answer
    assert world.run().new == 1
    world.now += 10_000
    report = world.run()
    assert (report.asked, report.unchanged, report.failed) == (1, 1, [])
    assert world.feeds.all()[0].url == url


def test_a_broken_feed_is_left_alone_for_longer_each_time(world: World) -> None:
    world.follow("/feed", range(1))
    world.server.pages["/feed"] = lambda handler: handler.answer(b"", status=500)
    waits = []
    for _ in range(4):
        assert len(world.run().failed) == 1
        (one,) = world.feeds.all()
        waits.append(one.due - world.now)
        world.now = one.due
    assert all(1.2 < later / sooner < 3.4 for sooner, later in zip(waits, waits[1:], strict=False))
    assert (one.failures, "500" in one.last_error) == (4, True)
    health = world.feeds.health(world.now)[0]
    assert (health.read, health.feed.last_success) == (0, None)
    world.server.pages["/feed"] = lambda handler: (
        handler.wfile.write(b"HTTP/1.1 5\x000\r\n") and None
    )
    assert len(world.run().failed) == 1
    said = world.feeds.all()[0].last_error  # the server's own words, as PostgreSQL takes them
    assert ("HTTP/1.1 5 0" in said, "\x00" in said) == (True, False)


def test_a_server_that_asks_for_patience_gets_it(world: World) -> None:
    world.follow("/feed", range(1))
    world.server.pages["/feed"] = lambda handler: handler.answer(
        b"", status=429, retry_after="7200"
    )
    world.run()
    assert world.feeds.all()[0].due - world.now >= 7_200


def test_an_entry_that_is_gone_is_given_up_and_one_that_fails_is_tried_again(world: World) -> None:
    world.follow("/feed", range(3))
    world.server.pages["/s/0"] = lambda handler: handler.answer(b"", status=410)
    world.server.pages["/s/1"] = lambda handler: handler.answer(b"", status=500)
    assert len(world.run().failed) == 2
    for _ in range(8):
        world.now += 90_000
        world.run()
    health = world.feeds.health(world.now)[0]
    assert (health.read, health.waiting, health.failed) == (1, 0, 2)
    assert world.server.asked["/s/0"] == 1
    assert world.server.asked["/s/1"] == world.desk.settings.feed_attempts
    assert any("410" in error for error in health.errors)


def test_two_runs_at_once_are_one(world: World) -> None:
    with feeds.only_run(world.desk.settings):
        code = (
            "import sys; from pathlib import Path; from geo.settings import Settings;"
            "from geo.pipeline.feeds import BusyError, only_run\n"
            "try:\n with only_run(Settings(local_dir=Path(sys.argv[1]))): print('in')\n"
            "except BusyError: print('busy')"
        )
        other = subprocess.run(
            [sys.executable, "-c", code, str(world.desk.settings.local_dir)],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert other.stdout.strip() == "busy"


def test_a_feed_that_was_removed_comes_back_as_it_was(world: World) -> None:
    url = world.follow("/feed", range(3))
    world.server.pages["/s/0"] = lambda handler: handler.answer(b"", status=410)
    world.run()
    (before,) = world.feeds.health(world.now)
    removed = world.feeds.remove(url)
    assert removed is not None
    assert (world.feeds.all(), world.feeds.remove(url)) == ([], None)
    assert world.feeds.restore(removed)
    (after,) = world.feeds.health(world.now)
    assert dataclasses.replace(after, feed=before.feed) == before
    assert dataclasses.replace(after.feed, key=before.feed.key) == before.feed
    assert not world.feeds.restore(removed)  # it is followed again
    world.now += 10_000
    assert (world.run().new, world.server.asked["/s/1"]) == (0, 1)


def test_a_feed_that_is_removed_while_it_is_asked_stops_nothing(world: World) -> None:
    gone = world.follow("/gone", range(2))
    world.follow("/stays", range(10, 13))

    def answer(handler: Handler) -> None:
        world.feeds.remove(gone)
        handler.answer(rss_of(world.server, range(2)), "application/rss+xml")

    world.server.pages["/gone"] = answer
    report = world.run()
    assert (report.asked, report.saved, report.failed) == (2, 3, [])
    assert world.titles() == [f"Report {n}" for n in (10, 11, 12)]


def test_the_command_takes_lists_reads_and_gives_back_a_list(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    world.follow("/feed", range(2))
    others = [world.server.url("/feed"), world.server.url("/nothing")]
    (tmp_path / "list.opml").write_bytes(opml.write([Subscription(url, "") for url in others]))
    monkeypatch.setenv("DATELINE_FETCH_HOSTS", world.server.host)
    monkeypatch.setenv("DATELINE_HOST_INTERVAL_S", "0")
    assert cli.main(["feeds", "import", str(tmp_path / "list.opml")]) == cli.DONE
    assert cli.main(["feeds", "run", "--once", "--json"]) == cli.FAILED
    ran = json.loads(capsys.readouterr().out)
    assert (ran["asked"], ran["saved"]) == (2, 2)
    assert "404" in ran["failed"][0]["error"]
    assert cli.main(["feeds", "list", "--json"]) == cli.DONE
    listed = {one["url"]: one for one in json.loads(capsys.readouterr().out)}
    assert listed[others[0]]["read"] == 2
    assert "404" in listed[others[1]]["last_error"]
    assert cli.main(["feeds", "remove", others[1]]) == cli.DONE
    assert cli.main(["feeds", "export"]) == cli.DONE
    written = opml.read(capsys.readouterr().out.encode(), "export", world.desk.settings)
    assert written == [Subscription(others[0], "Many")]


def test_the_loop_goes_on_after_another_process_has_read(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.follow("/feed", range(1))
    monkeypatch.setenv("DATELINE_FETCH_HOSTS", world.server.host)
    with ExitStack() as held:
        held.enter_context(feeds.only_run(world.desk.settings))
        while_waiting = [held.close]  # the other process ends; the next time comes Ctrl-C

        def sleep(_: float) -> None:
            if not while_waiting:
                raise KeyboardInterrupt
            while_waiting.pop()()

        monkeypatch.setattr(command, "time", SimpleNamespace(sleep=sleep, time=time.time))
        status = cli.main(["feeds", "run"])
    assert status == cli.INTERRUPTED
    assert "read by another process; trying again" in capsys.readouterr().err
    assert world.titles() == ["Report 0"]


def test_a_mistake_of_ours_in_one_feed_does_not_lose_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = world.follow("/bad", range(1))
    world.follow("/good", range(1, 3))
    right = world.desk.apart.parse_feed

    def parse(raw: bytes, url: str, media_type: str = "") -> feed.Feed:
        return right(raw, url, media_type) if url != bad else [][0]

    monkeypatch.setattr(world.desk.apart, "parse_feed", parse)
    report = world.run()
    assert (report.asked, report.saved) == (2, 2)
    ((url, reason),) = report.failed
    assert (url, "IndexError" in reason) == (bad, True)


def test_no_story_is_lost_or_doubled_when_a_tenth_of_the_answers_is_broken(world: World) -> None:
    numbers = range(60)
    world.follow("/feed", numbers)
    world.fails = 0.1
    failures = 0
    for _ in range(3):
        failures += len(world.run().failed)
        world.now += 20_000
    assert failures > 0
    assert world.titles() == sorted(f"Report {n}" for n in numbers)
    states = world.feeds.health(world.now)[0]
    assert (states.read, states.waiting, states.failed) == (len(numbers), 0, 0)


# -- one story, several links and versions --------------------------------------------------------


def test_the_same_story_under_two_links_is_one_article(world: World) -> None:
    world.follow("/feed", range(1))
    world.follow("/other", range(100, 101))
    world.server.pages["/s/100"] = lambda handler: handler.answer(
        story(0, "").replace("Report 0</h1>", "Report 0, agency</h1>").encode()
    )
    report = world.run()
    assert (report.saved, report.copies) == (1, 1)
    (article,) = world.desk.store.articles()
    assert len(world.desk.stories.links(article.id)) == 2


def test_a_changed_story_is_a_new_version_and_the_old_text_is_kept(world: World) -> None:
    url = world.server.url("/s/1")
    world.follow("/feed", range(1, 2))
    world.run()
    (first,) = world.desk.store.articles()
    world.server.pages["/s/1"] = lambda handler: handler.answer(
        story(1, "A third shell hit Beryslav.").encode()
    )
    (document,) = world.desk.open_link(f"{url}?utm_source=mail").documents
    kept = world.desk.keep(document)
    assert (kept.outcome, kept.article_id != first.id) == ("version", True)
    (article,) = world.desk.store.articles()
    assert article.id == kept.article_id
    (past,) = world.desk.stories.past_versions(article.id)
    assert (past.number, "Beryslav" in past.text) == (1, False)
    assert world.desk.keep(document).outcome == "known"
    assert len(world.desk.store.articles()) == 1


def test_a_page_cannot_pass_for_one_of_another_site(world: World) -> None:
    claimed = "<head><link rel=canonical href='https://famous.example/story'>"
    world.server.pages["/claims"] = lambda handler: handler.answer(
        story(3).replace("<head>", claimed).encode()
    )
    (document,) = world.desk.open_link(world.server.url("/claims")).documents
    assert document.url == world.server.url("/claims")

"""Faults: what may befall the process, the disk or the database, and what is left afterwards."""

from __future__ import annotations

import dataclasses
import json
import logging
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import stat
import tempfile
import time
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from geo import pipeline
from geo.errors import StoreError
from geo.model import Article, Reading
from geo.pipeline.crews import Here
from geo.settings import Settings
from geo.store import Store, open_store, schema
from geo.store.feeds import Feeds, NewEntry
from geo.store.live import LiveSnapshot
from geo.store.questions import Questions
from tests import postgres as server
from tests.first_store import first_store
from tests.readings import TEXT, reading
from tests.stores import POSTGRESQL, SQLITE
from tests.test_questions import told

KILLS = {"sqlite": 50, "postgresql": 10}  # a server does not die with those who write to it
ARTICLES = 500  # of which a process that is killed saves two batches at most
NOBODY = 65_534
# Forked from one that has imported everything, a process starts in no time.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["pytest", "geo.pipeline.intake", "tests.test_faults"])


class Canned:
    """A reader that has read already."""

    version = "reader 1"

    def __call__(self, article: Article) -> Reading:
        return dataclasses.replace(reading(), article=article)


class Few(Here):
    """Reads here, and has four articles at a time saved in one transaction."""

    batch_articles = 4


def corpus(path: Path, articles: int) -> Path:
    """A file of so many articles."""
    lines = [{"title": f"Article {n}", "text": TEXT, "date": "2023-03-02"} for n in range(articles)]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def ingest(path: Path, store: Store, own: Settings, **more: Any) -> pipeline.IngestReport:
    """Read the file into a store."""
    return pipeline.ingest([path], Canned(), store, own, crew=Few(Canned()), **more)


def rows(store: Store) -> dict[str, int]:
    """Rows of the tables of what was read, all at one moment, and the revision."""
    tables = (schema.article, schema.mention, schema.event, schema.event_place)
    with store.database.reading() as connection:
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in tables
        }


def assert_whole(found: dict[str, int]) -> None:
    """Of each article all five mentions and three events, or nothing."""
    n = found["article"]
    assert found == {"article": n, "mention": 5 * n, "event": 3 * n, "event_place": 5 * n}


# --- kill -9 ----------------------------------------------------------------------------------


def _ingest_step_by_step(path: Path, own: Settings, known: int, other: Connection) -> None:
    """Read on, but no article behind those that are known before the other end has allowed it."""
    steps = [-1]  # the first tells that it begins

    def step(done: float, label: str) -> None:
        steps[0] += 1
        if steps[0] <= known:
            return
        other.send(label)
        other.recv()

    with open_store(own) as store:
        ingest(path, store, own, progress=step)


def test_killed_at_fifty_moments_it_leaves_whole_articles_and_the_next_run_goes_on(
    own: Settings, tmp_path: Path
) -> None:
    path, by_chance = corpus(tmp_path / "corpus.jsonl", ARTICLES), random.Random()
    with open_store(own) as store:
        kills = KILLS[store.database.engine.dialect.name]
        for kill in range(kills):
            ours, theirs = FORKED.Pipe()
            known = rows(store)["article"]
            process = FORKED.Process(target=_ingest_step_by_step, args=(path, own, known, theirs))
            process.start()
            for _ in range(by_chance.randrange(5)):
                ours.recv()
                ours.send("go on")
            time.sleep(by_chance.uniform(0.0, 0.02))  # into what comes next
            process.kill()
            process.join(30)
            assert process.exitcode == -signal.SIGKILL
            found = rows(store)
            assert known <= found["article"] < ARTICLES, kill
            assert_whole(found)
        assert found["article"] > kills
        assert store.check() == []
        report = ingest(path, store, own)
        assert (report.saved, report.unchanged, report.failed) == (
            ARTICLES - found["article"], found["article"], [],
        )  # fmt: skip
        assert_whole(rows(store))
        assert len(store.search("kherson")) == rows(store)["article"] == ARTICLES
        assert store.check() == []


# --- the disk ---------------------------------------------------------------------------------


@SQLITE
def test_a_full_disk_costs_what_no_longer_fits_and_nothing_else(
    store: Store, own: Settings, tmp_path: Path
) -> None:
    path = corpus(tmp_path / "corpus.jsonl", 60)
    live = LiveSnapshot(store, own)
    live.current()

    def limit(connection: sqlite3.Connection, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] + 12
        connection.execute(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(store.database.engine, "connect", limit)
    store.close()
    report = ingest(path, store, own)
    assert 0 < report.saved < 60
    assert report.saved + len(report.failed) == 60
    assert all("database or disk is full" in reason for _, reason in report.failed)
    assert_whole(rows(store))
    assert store.check() == []
    assert len(live.current().articles) == report.saved
    sa.event.remove(store.database.engine, "connect", limit)
    store.close()  # somebody has made room
    again = ingest(path, store, own)
    assert (again.saved, again.unchanged, again.failed) == (len(report.failed), report.saved, [])
    assert store.check() == []


def _as_nobody(folder: Path, other: Connection) -> None:
    """A dashboard of a user who may not write the file, then not even the folder."""
    # A codebook of its own: others may have no way into the folder of the checkout.
    own = Settings(
        local_dir=folder, codebook=Path(shutil.copy(Settings().codebook, folder / "codebook.yaml"))
    )
    with open_store(own) as store:
        store.save(reading())
        LiveSnapshot(store, own).current()  # imports what only root may read
    (folder / "dateline.db").chmod(0o444)
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            if path.name != "dateline.db":
                os.chown(path, NOBODY, NOBODY)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    with open_store(own) as store:
        other.send((len(LiveSnapshot(store, own).current().events), store.search("kherson")))
        try:
            store.save(reading(title="Another"))
        except StoreError as error:
            other.send(str(error))
    folder.chmod(0o555)
    (folder / "dateline.db.lock").chmod(0o444)
    try:
        open_store(own)
    except StoreError as error:
        other.send(str(error))


def test_a_file_that_may_only_be_read_is_shown_and_refuses_plainly() -> None:
    folder = Path(tempfile.mkdtemp(prefix="dateline-read-only-"))  # where other users may go
    try:
        ours, theirs = FORKED.Pipe()
        process = FORKED.Process(target=_as_nobody, args=(folder, theirs))
        process.start()
        process.join(60)
        assert process.exitcode == 0
        events, found = ours.recv()
        assert (events, len(found)) == (3, 1)
        assert "dateline.db failed: attempt to write a readonly database" in ours.recv()
        said = ours.recv()
        assert "dateline.db cannot be opened" in said
        assert "Permission denied" in said
    finally:
        folder.chmod(stat.S_IRWXU)
        shutil.rmtree(folder)


def _other_store(folder: Path, *titles: str) -> Path:
    """The file of another store, closed."""
    with open_store(Settings(local_dir=folder)) as other:
        for title in titles:
            other.save(reading(title=title))
    return folder / "dateline.db"


@SQLITE
def test_a_file_that_is_damaged_under_a_dashboard_leaves_what_it_shows(
    store: Store, own: Settings, tmp_path: Path
) -> None:
    for n in range(20):
        store.save(reading(title=f"Article {n}"))
    store.back_up(tmp_path / "backup.db")
    live = LiveSnapshot(store, own)
    shown = live.current()
    store.close()
    path = own.local_dir / "dateline.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("PRAGMA page_size").fetchone()
    content = path.read_bytes()
    path.write_bytes(content[:page] + b"\x5a" * (len(content) - page))
    assert live.current() is shown
    assert "malformed" in live.stale
    with pytest.raises(StoreError, match="malformed"):
        store.search("kherson")
    with pytest.raises(StoreError, match="malformed"):
        store.save(reading(title="Lost"))
    # What `db restore` fills comes in its place, and the dashboard goes on with it.
    fresh = Settings(local_dir=tmp_path / "fresh")
    with open_store(fresh) as restored:
        restored.restore(tmp_path / "backup.db")
    (fresh.local_dir / "dateline.db").replace(path)
    again = live.current()
    assert (live.stale, again is shown, len(again.articles)) == ("", False, 20)
    assert store.save(reading(title="Afterwards"))
    assert store.check() == []


@SQLITE
def test_another_file_in_its_place_is_what_a_dashboard_shows(
    store: Store, own: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.save(reading(title="Of the first"))
    live = LiveSnapshot(store, own)
    identity = store.identity
    assert list(live.current().articles["title"]) == ["Of the first"]
    path = own.local_dir / "dateline.db"
    other = _other_store(tmp_path / "other", "Of the other")  # at the same revision
    other.replace(path)
    assert list(live.current().articles["title"]) == ["Of the other"]
    assert store.identity != identity
    assert store.save(reading(title="Saved since"))
    assert len(live.current().articles) == 2
    with open_store(own) as anew:  # what was saved is where everybody looks
        assert len(anew.articles()) == 2
        assert anew.check() == []
    shown = live.current()
    aside = path.rename(tmp_path / "aside.db")
    assert live.current() is shown
    assert "dateline.db is not there any more" in live.stale
    assert not path.exists()  # no empty store hides that it is gone
    with pytest.raises(StoreError, match="not there any more"):
        store.save(reading(title="Nowhere"))
    aside.rename(path)
    assert len(live.current().articles) == 2
    assert live.stale == ""
    assert "the store can be read again" in caplog.text


# --- the database -----------------------------------------------------------------------------


@POSTGRESQL
def test_a_server_that_is_started_again_is_found_again_and_that_is_said(
    store: Store, own: Settings, postgres: server.Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store.save(reading())
    live = LiveSnapshot(store, own)
    shown = live.current()
    postgres.stop("fast")
    try:
        assert live.current() is shown
        assert "failed" in live.stale
        with pytest.raises(StoreError):
            store.search("kherson")
        assert "the snapshot stays at revision 1" in caplog.text
    finally:
        postgres.start()
    assert live.current() is shown
    assert live.stale == ""
    assert "the store can be read again" in caplog.text
    assert store.save(reading(title="Afterwards"))
    assert len(live.current().articles) == 2
    postgres.stop("fast")
    postgres.start()  # between two looks: nobody sees anything of it
    assert store.save(reading(title="And again"))
    assert len(live.current().articles) == 3


def _migrate_until(own: Settings, statements: int) -> None:
    """Open the store, and die before one of the statements of its migrations."""
    left = [statements]

    def count(_: object, __: object, statement: str, *___: object) -> None:
        if statement.split()[0] in ("CREATE", "ALTER", "INSERT", "UPDATE", "DROP"):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    open_store(own)


def test_a_migration_that_is_cut_off_has_not_begun(own: Settings) -> None:
    engine, config = first_store(own, "Old")

    def state() -> tuple[object, set[str]]:
        with engine.connect() as connection:
            version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            return version, set(sa.inspect(connection).get_table_names())

    before = state()
    assert before[0] == "0001"
    for statements in (1, 6, 17, 30):
        process = FORKED.Process(target=_migrate_until, args=(own, statements))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        assert state() == before
    with open_store(own) as store:
        assert [article.id for article in store.articles()] == ["old"]
        assert store.save(reading())
        assert len(store.search("kherson")) == 1
    assert state()[0] == schema.HEAD
    engine.dispose()


# --- the clock --------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_holds_nothing_up(store: Store) -> None:
    later, now = 1_700_000_000.0, 1_600_000_000.0
    feeds = Feeds(store.database)
    feeds.add("https://example.org/asked", "", later)
    feeds.add("https://example.org/new", "", later)
    (asked, _) = feeds.all()
    feeds.failed(asked, "no answer", now=later, due=later + 60)
    assert feeds.due(later + 1) != feeds.due(later + 61)  # as long as the clock goes on
    assert {one.url for one in feeds.due(now)} == {
        "https://example.org/asked", "https://example.org/new",
    }  # fmt: skip
    (asked, _) = feeds.all()
    feeds.failed(asked, "no answer", now=now, due=now + 60)
    assert [one.url for one in feeds.due(now + 1)] == ["https://example.org/new"]

    store.save(told("Vasylivka-on-Sea"))
    questions = Questions(store.database)
    assert questions.gather(later) == 1
    (question,) = questions.due(now, 9)
    questions.failed(question, "no answer", later + 120)
    assert questions.due(later + 1, 9) == []
    assert len(questions.due(later + 121, 9)) == len(questions.due(now, 9)) == 1
    questions.failed(question, "no answer", now + 120)
    assert questions.due(now + 1, 9) == []


def test_entries_of_feeds_are_read_whatever_the_clock_says(store: Store) -> None:
    later, now = 1_700_000_000.0, 1_600_000_000.0
    feeds = Feeds(store.database)
    feeds.add("https://example.org/feed", "", later)
    (feed,) = feeds.all()
    new = [NewEntry(id=str(n), url=f"https://example.org/{n}", title="", published=None, content="")
           for n in range(2)]  # fmt: skip
    feeds.fetched(feed, new, title="", etag="", last_modified="", now=later, due=later)
    first, _ = feeds.waiting(now, 9)
    feeds.entry_failed(first, "no answer", later + 60)
    assert len(feeds.waiting(later + 1, 9)) == 1
    assert len(feeds.waiting(now, 9)) == len(feeds.waiting(later + 61, 9)) == 2


def test_what_was_read_later_than_now_is_refreshed_and_deleted_all_the_same(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot and the log of changes go by revisions, never by a clock."""
    live = LiveSnapshot(store, own)
    real = time.time
    for n, moment in enumerate((2e9, 1e9, real())):
        monkeypatch.setattr(time, "time", lambda moment=moment: moment)
        store.save(reading(title=f"Article {n}"))
        store.put("nominatim", "1", "Bakhmut", str(n), None)
        assert len(live.current().articles) == n + 1
        assert store.get("nominatim", "1", "Bakhmut") == str(n)
    store.delete_article(reading(title="Article 0").article.id)
    assert len(live.current().articles) == 2

"""Check, backup and restore: what is wrong is named, and what was copied is all there."""

from __future__ import annotations

import dataclasses
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.errors import StoreError
from geo.settings import Settings
from geo.store import Store, open_store, schema
from geo.store.snapshot import load_snapshot
from tests.readings import reading
from tests.stores import POSTGRESQL, SQLITE
from tests.test_datasets import DATASET, filled
from tests.test_store import contents

Breaks = Callable[[sa.Connection], object]


def test_a_store_that_was_only_ever_written_to_is_consistent(store: Store) -> None:
    assert store.check() == []
    store.save(reading(), "reader 1")
    store.save(reading(title="Другой заголовок ﬁ"))
    filled(store)
    store.save(dataclasses.replace(reading(), events=reading().events[:2]), "reader 2")
    assert store.check() == []
    store.delete_article(reading().article.id)
    store.delete_dataset(DATASET.id)
    assert store.check() == []


def _set(table: sa.Table, **values: object) -> Breaks:
    return lambda connection: connection.execute(
        table.update().where(table.c.key == 1).values(**values)
    )


def _say(statement: str) -> Breaks:
    return lambda connection: connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (_set(schema.article, text="Another"), "articles that are not what their id was made of"),
        (_set(schema.mention, start=1), "mentions and sentences that are not in their text"),
        (_set(schema.event, sentence="Invented."), "mentions and sentences that are not in"),
        (_set(schema.event, sentence="Invented."), "events that the full-text index lacks"),
        (_set(schema.event, confidence=1.5), "events of a confidence outside 0 to 1"),
        (_set(schema.event, status="maybe"), "events of an unknown status"),
        (_set(schema.event, fatalities_low=9), "events of more deaths at least than at most"),
        (_set(schema.event_place, role="near"), "places of events in an unknown role"),
        (_set(schema.place, precision_km=-1), "places of a precision below zero"),
        (_set(schema.dataset, rows_read=1), "data sets whose counts do not fit their events"),
        (_say("DELETE FROM event_words"), "events that the full-text index lacks"),
        (_say("DELETE FROM state WHERE name = 'identity'"), "the store's own facts are missing"),
        (
            lambda connection: connection.execute(
                schema.place.insert().values(
                    id="x", name="X", kind="site", lat=1, lon=1, country="", admin1="",
                    admin1_name="", admin2="", population=0, precision_km=1, source="", crosses=[],
                )
            ),
            "places that nothing is at",
        ),
    ],
)  # fmt: skip
def test_what_is_inconsistent_is_named(store: Store, breaks: Breaks, said: str) -> None:
    store.save(reading())
    filled(store)
    with store.database.writing() as connection:
        breaks(connection)
    named = [str(problem) for problem in store.check()]
    assert any(line.startswith(said) for line in named), named
    assert all("Mend: " in line for line in named)


@SQLITE
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM article", "rows of mention that refer to a article that is not there: 5"),
        ("DELETE FROM mention", "rows of event_place that refer to a mention that is not there"),
        ("UPDATE event_place SET place_key = 99", "rows of event_place that refer to a place"),
        ("UPDATE event_words SET rowid = 99 WHERE rowid = 1", "rows of the full-text index"),
        ("PRAGMA ignore_check_constraints = ON; UPDATE place SET lat = 91", "places outside"),
    ],
)
def test_orphans_are_named(store: Store, own: Settings, statement: str, said: str) -> None:
    store.save(reading())
    with store.database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.executescript(f"PRAGMA foreign_keys = OFF; {statement}")
    named = [str(problem) for problem in store.check()]
    assert any(line.startswith(said) for line in named), named


@SQLITE
def test_damage_of_the_file_is_named(store: Store, own: Settings) -> None:
    for n in range(40):
        store.save(reading(title=f"Article {n}"))
    store.close()
    path = own.local_dir / "dateline.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_mention_place_key'"
        ).fetchone()
    content = bytearray(path.read_bytes())
    content[(root - 1) * page + 8 : root * page] = bytes(page - 8)
    path.write_bytes(content)
    with open_store(own) as damaged:
        try:
            named = [str(problem) for problem in damaged.check()]
        except StoreError as error:
            named = [str(error)]
    assert any("malformed" in line or line.startswith("damage of the file") for line in named)


def test_the_index_of_words_is_built_anew(store: Store) -> None:
    store.save(reading())
    filled(store)
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM event_words")
    assert store.search("kherson") == set()
    store.index_words()
    assert len(store.search("kherson")) == 1
    assert store.check() == []


# --- backup -----------------------------------------------------------------------------------


def rows_of(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row but the store's own facts, moments told in one zone."""
    found = contents(store)
    del found["state"]
    return {
        name: sorted(tuple(str(value).removesuffix("+00:00") for value in row) for row in rows)
        for name, rows in found.items()
    }


@pytest.fixture
def full(store: Store) -> Store:
    """A store with articles, a data set and answers of a geocoder."""
    store.save(reading(), "reader 1")
    store.save(reading(title="Another"))
    filled(store)
    store.put("nominatim", "1", "Bakhmut", "null", None)
    return store


def test_a_backup_is_a_store_with_everything_in_it(full: Store, tmp_path: Path) -> None:
    path = tmp_path / "a folder" / "backup.db"
    full.back_up(path)
    assert [entry.name for entry in path.parent.iterdir()] == ["backup.db"]
    with open_store(Settings(database_url=f"sqlite:///{path}")) as copy:
        assert rows_of(copy) == rows_of(full)
        assert copy.revision() == full.revision()
        assert copy.search("kherson") == full.search("kherson") != set()
        assert copy.check() == []
        assert copy.identity != full.identity
        assert copy.save(reading(title="Only here"))
    assert not full.known([reading(title="Only here").article], "")


def test_a_backup_fills_an_empty_store(full: Store, own: Settings, tmp_path: Path) -> None:
    full.back_up(tmp_path / "backup.db")
    before, snapshot = rows_of(full), load_snapshot(full, own)
    found = full.search("kherson")
    other = Settings(local_dir=tmp_path / "other")
    for target in (open_store(other), _emptied(full)):
        revision = target.revision()
        target.put("p", "1", "asked since", "null", None)
        target.restore(tmp_path / "backup.db")
        assert rows_of(target) == before
        assert target.search("kherson") == found
        assert target.check() == []
        assert target.revision() > max(revision, snapshot.revision)
        again = load_snapshot(target, own if target is full else other)
        assert set(again.events["event_id"]) == set(snapshot.events["event_id"])
        assert target.save(reading(title="Afterwards"))  # keys go on behind those restored
        target.close()


def _emptied(store: Store) -> Store:
    for article in store.articles():
        store.delete_article(article.id)
    store.delete_dataset(DATASET.id)
    return store


def test_a_store_that_holds_something_is_not_filled(full: Store, tmp_path: Path) -> None:
    full.back_up(tmp_path / "backup.db")
    before = contents(full)
    with pytest.raises(StoreError, match="not empty"):
        full.restore(tmp_path / "backup.db")
    with pytest.raises(StoreError, match=r"there already"):
        full.back_up(tmp_path / "backup.db")
    with pytest.raises(StoreError, match=r"no backup"):
        full.restore(tmp_path / "nothing.db")
    assert contents(full) == before


def test_what_is_no_backup_fills_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "backup.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError):
        store.restore(tmp_path / "backup.db")
    assert store.is_empty()


def test_a_backup_is_of_one_moment_while_others_write(store: Store, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            store.save(reading(title=f"Article {n}"))
            n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while store.revision() < 5:
            pass
        store.back_up(tmp_path / "backup.db")
        seen = store.revision()
    finally:
        stop.set()
        writer.join(30)
    with open_store(Settings(database_url=f"sqlite:///{tmp_path / 'backup.db'}")) as copy:
        assert copy.check() == []
        assert 5 <= len(copy.articles()) == copy.revision() <= seen


def test_a_backup_that_fails_leaves_nothing(full: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="could not be written"):
        full.back_up(tmp_path / "file" / "backup.db")
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.name != "local") == ["file"]


@POSTGRESQL
def test_moments_are_kept_whatever_the_zone_of_the_server(full: Store, tmp_path: Path) -> None:
    with full.database.writing() as connection:
        connection.exec_driver_sql("ALTER DATABASE postgres SET timezone = 'Asia/Kathmandu'")
    full.close()
    try:
        full.back_up(tmp_path / "backup.db")
        with open_store(Settings(database_url=f"sqlite:///{tmp_path / 'backup.db'}")) as copy:
            assert copy.datasets()[0][0].imported == full.datasets()[0][0].imported
    finally:
        with full.database.writing() as connection:
            connection.exec_driver_sql("ALTER DATABASE postgres RESET timezone")
        full.close()



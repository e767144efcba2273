"""Data sets in the store: whole or not at all, nothing twice, gone without a trace."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from geo import query
from geo.codebook import load_codebook
from geo.errors import StoreError
from geo.export.records import records
from geo.model import RowError
from geo.settings import Settings
from geo.store import Store, open_store, schema, sqlite
from geo.store.database import MIGRATIONS
from geo.store.snapshot import load_snapshot
from tests.readings import BAKHMUT, DONETSK_OBLAST, reading
from tests.reported import DATASET, reported, row
from tests.stores import SQLITE

MOST = 1_000


def filled(store: Store) -> None:
    """An article, and a complete data set of three events."""
    store.save(reading())
    store.begin_dataset(DATASET)
    chunk = reported(
        [row(2), row(3, date_start=None, date_end=None, date_precision="unknown"),
         row(4, fatalities_low=None, fatalities_high=None, url="https://example.org/4")],
        at=[(0, 0), (1, 1), (2, 0), (2, 1)],
        errors=[RowError(5, "latitude 99 is no latitude", "99,37")],
    )  # fmt: skip
    store.add_rows(DATASET.id, chunk, MOST)
    store.finish_dataset(DATASET.id)


def test_an_event_of_a_data_set_shows_what_reported_it(store: Store) -> None:
    filled(store)
    (found,) = store.event_details([f"{4:016x}"])
    assert (found["dataset"], found["dataset_kind"], found["external_id"], found["source"]) == (
        "Made up", "acled", "TST4", "Example Wire",
    )  # fmt: skip
    assert (found["sentence"], found["position"]) == ("Made-up shelling number 4.", 4)
    assert (found["article_id"], found["title"], found["published"]) == ("", "", None)
    assert (found["trigger_span"], found["mention_spans"]) == (None, [])
    assert found["actors"] == ["Army A", "Army B"]
    assert (found["date_start"], found["fatalities_low"]) == (date(2023, 3, 1), None)
    assert [place["place_id"] for place in found["places"]] == [BAKHMUT.id, DONETSK_OBLAST.id]
    (read,) = store.event_details([store_event_of_the_article(store)])
    assert (read["dataset_id"], read["external_id"]) == ("", "")
    assert read["article_id"] == reading().article.id


def store_event_of_the_article(store: Store) -> str:
    """Id of some event that an article reported."""
    with store.database.reading() as connection:
        event = schema.event.c
        return str(connection.scalar(sa.select(event.id).where(event.article_key.is_not(None))))


def test_the_snapshot_tells_articles_from_data_sets(store: Store, own: Settings) -> None:
    filled(store)
    snapshot = load_snapshot(store, own)
    events = snapshot.events
    assert sorted(zip(events["article"], events["dataset"], strict=True)) == [
        (-1, 0), (-1, 0), (-1, 0), (0, -1), (0, -1), (0, -1),
    ]  # fmt: skip
    assert snapshot.datasets.drop(columns="key").to_dict("records") == [
        {"dataset_id": DATASET.id, "kind": "acled", "name": "Made up",
         "licence": "made up for a test"}
    ]  # fmt: skip
    found = query.summary(snapshot, query.select(snapshot, query.EventFilter()))
    assert (found.events, found.articles, found.datasets) == (6, 1, 1)
    rows = query.select(snapshot, query.EventFilter(text_event_ids=store.search("shelling number")))
    assert query.summary(snapshot, rows) == query.Summary(
        3, 3, 2, 0, 1, date(2023, 3, 1), date(2023, 3, 1), 1
    )
    told = [one for one, _ in records(snapshot, store, rows, load_codebook(own.codebook))]
    assert {record["external_id"] for record in told} == {"TST2", "TST3", "TST4"}
    assert {record["url"] for record in told} == {"", "https://example.org/4"}


def test_readers_see_a_data_set_when_it_is_complete(store: Store, own: Settings) -> None:
    store.save(reading())
    before = load_snapshot(store, own)
    store.begin_dataset(DATASET)
    store.add_rows(DATASET.id, reported([row(2)]), MOST)
    assert store.revision() == before.revision
    store.delete_article("none")
    store.save(reading(title="Another"))  # somebody else moves the revision on
    during = load_snapshot(store, own)
    assert (during.events["dataset"] == -1).all()
    assert (during.event_places["event"] >= 0).all()
    store.finish_dataset(DATASET.id)
    assert (load_snapshot(store, own).events["dataset"] == 0).sum() == 1


def test_rows_are_counted_and_known_ones_left_out(store: Store) -> None:
    store.begin_dataset(DATASET)
    first = store.add_rows(DATASET.id, reported([row(2), row(3), row(2, line=4)]), MOST)
    assert (first.rows_read, first.rows_failed, first.rows_known) == (3, 1, 0)
    again = store.add_rows(DATASET.id, reported([row(3, line=5), row(6)]), MOST)
    assert (again.rows_read, again.rows_failed, again.rows_known) == (5, 2, 0)
    assert [(error.line, "TST" in error.reason) for error in store.row_errors(DATASET.id)] == [
        (4, True), (5, True),
    ]  # fmt: skip
    other = dataclasses.replace(DATASET, id="e" * 16, name="Overlapping")
    store.begin_dataset(other)
    found = store.add_rows(other.id, reported([row(2), row(7)]), MOST)
    assert (found.rows_read, found.rows_failed, found.rows_known) == (2, 0, 1)
    assert [(entry.name, n) for entry, n in store.datasets()] == [
        ("Made up", 3),
        ("Overlapping", 1),
    ]


def test_errors_are_listed_up_to_a_number_and_counted_beyond_it(store: Store) -> None:
    store.begin_dataset(DATASET)
    errors = [RowError(line, "no date") for line in (7, 3, 5)]
    after = store.add_rows(DATASET.id, reported([row(2)], errors=errors), 2)
    assert (after.rows_failed, [e.line for e in store.row_errors(DATASET.id)]) == (3, [3, 5])
    after = store.add_rows(DATASET.id, reported([row(9)], errors=errors), 2)
    assert (after.rows_failed, len(store.row_errors(DATASET.id))) == (6, 2)


def test_a_chunk_that_fails_leaves_nothing(store: Store) -> None:
    store.begin_dataset(DATASET)
    wrong = reported([row(2), row(3)], at=[(0, 0), (1, 0)])
    wrong.links.loc[1, "role"] = None
    with pytest.raises(StoreError):
        store.add_rows(DATASET.id, wrong, MOST)
    assert [(entry.rows_read, n) for entry, n in store.datasets()] == [(0, 0)]
    assert store.search("shelling") == set()


def test_beginning_again_finds_where_it_stopped(store: Store) -> None:
    begun = store.begin_dataset(DATASET)
    assert (begun.rows_read, begun.state) == (0, "in progress")
    store.add_rows(DATASET.id, reported([row(2), row(3)]), MOST)
    assert store.begin_dataset(DATASET).rows_read == 2
    store.finish_dataset(DATASET.id)
    assert store.begin_dataset(DATASET).state == "complete"
    with pytest.raises(StoreError, match="not in the store"):
        store.add_rows("none", reported([row(9)]), MOST)


def test_a_data_set_is_deleted_whole(store: Store, own: Settings) -> None:
    store.save(reading())
    before = load_snapshot(store, own)
    filled(store)
    assert DONETSK_OBLAST.id in set(load_snapshot(store, own).places["place_id"])
    assert store.delete_dataset(DATASET.id)
    after = load_snapshot(store, own)
    assert after.places["place_id"].to_list() == before.places["place_id"].to_list()
    assert after.events.drop(columns="article").equals(before.events.drop(columns="article"))
    assert store.search("shelling number") == set()
    assert store.datasets() == []
    assert store.row_errors(DATASET.id) == []
    revision = store.revision()
    assert not store.delete_dataset(DATASET.id)
    assert store.revision() == revision


def test_what_was_set_aside_comes_back_or_goes_with_the_next_import(
    store: Store, own: Settings
) -> None:
    store.save(reading())
    filled(store)
    whole = load_snapshot(store, own)
    store.set_dataset_aside(DATASET.id)
    aside = load_snapshot(store, own, whole)
    assert len(aside.datasets) == 0
    assert len(aside.events) < len(whole.events)
    store.finish_dataset(DATASET.id)
    again = load_snapshot(store, own, aside)
    assert again.events["event_id"].to_list() == whole.events["event_id"].to_list()
    store.set_dataset_aside(DATASET.id)
    other = dataclasses.replace(DATASET, id="other")
    store.begin_dataset(other)
    assert [dataset.id for dataset, _ in store.datasets()] == ["other"]
    store.add_rows("other", reported([row(2)]), MOST)
    assert store.datasets()[0][1] == 1  # not known from what was removed


def test_an_event_has_one_report(store: Store) -> None:
    filled(store)
    event = schema.event
    for values in ({"dataset_key": None}, {"article_key": 1}):
        with pytest.raises(StoreError, match="ck_event_report"), store.database.writing() as writer:
            writer.execute(event.update().where(event.c.dataset_key == 1).values(**values))


@SQLITE
def test_a_store_without_data_sets_is_upgraded_and_loses_nothing(own: Settings) -> None:
    own.local_dir.mkdir()
    engine = sa.create_engine(own.database)
    sqlite.prepare(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, values in (
            ("article", "1, 'a', 'T', 'Old text.', '', '', NULL, NULL, 'en', '', '', '', '', ''"),
            ("place", "1, 'p', 'P', 'settlement', 1, 2, 'UA', '', '', '', 0, 5, '', '[]'"),
            ("mention", "1, 'm', 1, 0, 3, 'Old', 'name', 1, 1, '', '[]'"),
            ("event", "1, 'e', 1, 0, 'Battles', 'Armed clash', 'occurred', 0, 9, 'Old text.', 0, "
                      "3, NULL, NULL, 'unknown', '', '[]', '', 1, 2, NULL, NULL, '', 0.5, 'kept'"),
            ("event_place", "1, 1, 1, 1, 'location', 0.5"),
        ):  # fmt: skip
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({values})")
        connection.exec_driver_sql("INSERT INTO event_words (rowid, sentence) VALUES (1, 'Old')")
    engine.dispose()
    with open_store(own) as store:
        (found,) = store.event_details(["e"])
        assert (found["review"], found["article_id"], found["dataset_id"]) == ("kept", "a", "")
        assert [place["place_id"] for place in found["places"]] == ["p"]
        assert store.search("old") == {"e"}
        with store.database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        filled(store)

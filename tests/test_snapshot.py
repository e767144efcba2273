"""The snapshot: the store's rows as columns, kept on disk as long as they are true."""

from __future__ import annotations

import dataclasses
import random
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from geo.codebook import load_codebook
from geo.model import EventPlace, Reading
from geo.settings import ROOT, Settings
from geo.store import Store, changes, columns, open_store, schema, snapshot, snapshot_file
from geo.store.columns import TABLES, Snapshot
from geo.store.rows import event_ids
from geo.store.snapshot import load_snapshot, synthetic
from tests.readings import (
    BAKHMUT,
    BELGOROD,
    DNIPRO,
    DONETSK_OBLAST,
    KHERSON,
    TEXT,
    event,
    mention,
    reading,
)
from tests.reported import DATASET, reported, row
from tests.test_datasets import filled

TYPES = [entry.name for entry in load_codebook(ROOT / "data" / "codebook.yaml").types]
DTYPES = {
    "events": {
        "key": "int64", "event_id": "str", "article": "int32", "dataset": "int32",
        "type": "category",
        "subtype": "category", "status": "category", "date_precision": "category",
        "date_start": "datetime64[s]", "date_end": "datetime64[s]", "confidence": "float32",
        "fatalities_low": "Int32", "fatalities_high": "Int32", "review": "category",
        "actors": "category", "alike": "int32", "incident": "int32",
    },
    "places": {
        "key": "int64", "place_id": "str", "name": "str", "kind": "category",
        "lat": "float64", "lon": "float64",
        "country": "category", "country_name": "str", "admin1": "category", "admin1_name": "str",
        "precision_km": "float64", "population": "int64", "source": "str", "crosses": "object",
    },
    "event_places": {
        "event": "int32", "place": "int32", "role": "category", "confidence": "float32",
    },
    "articles": {
        "key": "int64", "article_id": "str", "title": "str", "publisher": "str",
        "published": "datetime64[s]", "url": "str", "mentions": "int32", "located": "int32",
    },
    "datasets": {
        "key": "int64", "dataset_id": "str", "kind": "str", "name": "str", "licence": "str",
    },
    "mentions": {
        "article": "int32", "place": "int32", "start": "int32", "end": "int32", "surface": "str",
        "form": "category", "confidence": "float32",
    },
}  # fmt: skip


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The revisions that were built from the whole database, in order."""
    built: list[int] = []
    real = snapshot._read

    def counted(*arguments: object) -> Snapshot:
        made = real(*arguments)  # type: ignore[arg-type]
        if len(arguments) == 3:
            built.append(made.revision)
        return made

    monkeypatch.setattr(snapshot, "_read", counted)
    return built


def kept_file(own: Settings) -> Path:
    """The file that the snapshot is kept in."""
    (found,) = own.local_dir.glob("snapshot-*.arrow")
    return found


def assert_equal(one: Snapshot, other: Snapshot) -> None:
    """The same revision and tables, to the last type."""
    assert one.revision == other.revision
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


# --- what it holds ----------------------------------------------------------------------------


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
@pytest.mark.parametrize("load", [1, 2], ids=["built", "from disk"])
def test_every_column_has_its_type(store: Store, own: Settings, filled: bool, load: int) -> None:
    if filled:
        store.save(reading())
        store.begin_dataset(DATASET)
        store.add_rows(DATASET.id, reported([row(2)]), 9)
        store.finish_dataset(DATASET.id)
    for _ in range(load):
        loaded = load_snapshot(store, own)
    for name, dtypes in DTYPES.items():
        table = getattr(loaded, name)
        assert {column: str(dtype) for column, dtype in table.dtypes.items()} == dtypes
        assert isinstance(table.index, pd.RangeIndex)
        assert (len(table) > 0) == filled
    assert list(loaded.events["type"].cat.categories) == TYPES


def test_synthetic_events_have_the_same_columns() -> None:
    made = synthetic(1_000, TYPES, n_places=50)
    for name, dtypes in DTYPES.items():
        found = getattr(made, name).dtypes
        assert {column: str(dtype) for column, dtype in found.items()} == dtypes
    assert set(made.articles["title"]) == {"Synthetic"}
    assert made.revision == -1
    assert len(made.events) == 1_000
    assert 1_000 < len(made.event_places) <= 1_250
    assert made.events["date_start"].is_monotonic_increasing or made.events["date_start"].hasnans
    assert_equal(made, synthetic(1_000, TYPES, n_places=50))
    other = synthetic(1_000, TYPES, n_places=50, seed=8)
    assert not other.event_places.equals(made.event_places)
    assert len(synthetic(0, TYPES).events) == 0


def test_rows_name_each_other(store: Store, own: Settings) -> None:
    early = reading(title="Early", published=date(2022, 5, 1))
    store.save(early)
    store.save(reading())
    loaded = load_snapshot(store, own)
    articles, places = loaded.articles, loaded.places
    assert list(articles["title"]) == ["A day at the front", "Early"]
    assert [(a.mentions, a.located) for a in articles.itertuples()] == [(5, 4), (5, 4)]
    events = loaded.events
    assert list(events["date_start"].dt.date[:4]) == [date(2023, 2, 1)] * 2 + [date(2023, 3, 1)] * 2
    assert events["date_start"].isna().to_list() == [False] * 4 + [True] * 2
    is_shelling = (events["article"] == 0) & (events["type"] == "Explosions/Remote violence")
    shelling = int(np.flatnonzero(is_shelling)[0])
    assert events["fatalities_high"][shelling] == 3
    assert events["event_id"][shelling] == event_ids(reading().article, reading().events)[0]
    links = loaded.event_places[loaded.event_places["event"] == shelling]
    found = [(places["place_id"][link.place], link.role) for link in links.itertuples()]
    assert found == [
        (KHERSON.id, "location"), (DNIPRO.id, "location"), (BELGOROD.id, "origin"),
    ]  # fmt: skip
    event_rows, place_rows = loaded.locations
    assert sorted(zip(event_rows, places["place_id"][place_rows], strict=True)) == sorted(
        (row, name)
        for row in range(len(events))
        for name in {
            "Battles": [BAKHMUT.id], "Humanitarian": [],
            "Explosions/Remote violence": [KHERSON.id, DNIPRO.id],
        }[events["type"][row]]
    )  # fmt: skip
    mentions = loaded.mentions
    assert [places["place_id"][row] if row >= 0 else "" for row in mentions["place"][:5]] == [
        BAKHMUT.id, BELGOROD.id, KHERSON.id, DNIPRO.id, "",
    ]  # fmt: skip
    river = places[places["place_id"] == DNIPRO.id].iloc[0]
    assert river["crosses"] == DNIPRO.crosses
    assert dict(zip(places["place_id"], places["country_name"], strict=True)) == {
        BAKHMUT.id: "Ukraine", KHERSON.id: "Ukraine", BELGOROD.id: "Russia", DNIPRO.id: "",
    }  # fmt: skip
    assert {code: list(places["place_id"][rows]) for code, rows in loaded.crossed.items()} == {
        code: [DNIPRO.id] for code in ("UA", "UA-65", "UA-23", "UA-12", "BY")
    }


def test_a_place_that_an_event_names_twice_stands_once_as_sure_as_the_surer(
    store: Store, own: Settings
) -> None:
    base = reading()
    places = (
        EventPlace(2, "location", 0.3), EventPlace(0, "location", 0.4),
        EventPlace(2, "location", 0.9), EventPlace(2, "target", 0.5),
    )  # fmt: skip
    told = dataclasses.replace(base.events[0], places=places)
    store.save(dataclasses.replace(base, events=(told,)))
    loaded = load_snapshot(store, own)
    links = loaded.event_places
    assert [
        (loaded.places["place_id"][link.place], link.role, round(link.confidence, 3))
        for link in links.itertuples()
    ] == [
        (KHERSON.id, "location", 0.9), (BAKHMUT.id, "location", 0.4), (KHERSON.id, "target", 0.5),
    ]  # fmt: skip
    assert len(store.event_details(list(loaded.events["event_id"]))[0]["places"]) == 4


def test_a_date_with_one_end_is_that_day(store: Store, own: Settings) -> None:
    base = reading()
    only_end = dataclasses.replace(base.events[0], date_start=None)
    only_start = dataclasses.replace(base.events[1], date_end=None)
    store.save(dataclasses.replace(base, events=(only_end, only_start)))
    events = load_snapshot(store, own).events
    assert list(events["date_start"].dt.date) == [date(2023, 2, 1), date(2023, 3, 1)]
    assert list(events["date_end"].dt.date) == [date(2023, 2, 1), date(2023, 3, 1)]


def test_a_type_that_the_codebook_does_not_know_comes_after_those_it_does(
    store: Store, own: Settings
) -> None:
    told = event(TEXT, "Bakhmut holds out.", "holds", type="Older type")
    store.save(dataclasses.replace(reading(), events=(told,)))
    loaded = load_snapshot(store, own)
    assert list(loaded.events["type"].cat.categories) == [*TYPES, "Older type"]


# --- on disk ----------------------------------------------------------------------------------


def test_it_is_built_once_for_each_revision(store: Store, own: Settings, builds: list[int]) -> None:
    store.save(reading())
    first = load_snapshot(store, own)
    assert_equal(load_snapshot(store, own), first)
    assert builds == [1]
    store.save(reading(title="Another"))
    second = load_snapshot(store, own)
    assert_equal(load_snapshot(store, own), second)
    assert builds == [1]
    assert len(second.articles) == 2
    store.put("p", "1", "q", "null", None)  # the cache is not part of it
    load_snapshot(store, own)
    assert builds == [1]
    assert [path.name for path in own.local_dir.glob("snapshot*")] == [kept_file(own).name]


def test_another_store_in_the_same_place_is_not_taken_for_it(
    store: Store, own: Settings, tmp_path: Path
) -> None:
    store.save(reading())
    load_snapshot(store, own)
    other = dataclasses.replace(own, database_url=f"sqlite:///{tmp_path / 'other.db'}")
    with open_store(other) as opened:
        opened.save(reading(title="Of the other"))
        assert list(load_snapshot(opened, other).articles["title"]) == ["Of the other"]
        theirs = load_snapshot(opened, other)
        # Not even where the one's file comes to lie in the other's place.
        shutil.copy(kept_file_of(store, own), kept_file_of(opened, own))
        assert_equal(load_snapshot(opened, other), theirs)


def kept_file_of(store: Store, own: Settings) -> Path:
    """The file of one of several stores."""
    return own.local_dir / f"snapshot-{store.identity[:12]}.arrow"


def test_another_codebook_makes_it_anew(
    store: Store, own: Settings, builds: list[int], tmp_path: Path
) -> None:
    store.save(reading())
    load_snapshot(store, own)
    changed = tmp_path / "codebook.yaml"
    text = own.codebook.read_text(encoding="utf-8")
    changed.write_text(text.replace("name: Riots", "name: Uproar"), encoding="utf-8")
    loaded = load_snapshot(store, dataclasses.replace(own, codebook=changed))
    assert builds == [1, 1]
    assert "Uproar" in loaded.events["type"].cat.categories


@pytest.mark.parametrize("damage", ["half", "empty", "flipped", "head", "other", "folder"])
def test_a_damaged_file_is_made_anew(
    store: Store, own: Settings, builds: list[int], damage: str
) -> None:
    store.save(reading())
    whole = load_snapshot(store, own)
    path = kept_file(own)
    content = bytearray(path.read_bytes())
    if damage == "half":
        del content[len(content) // 2 :]
    elif damage == "empty":
        content.clear()
    elif damage == "flipped":
        content[content.index(b"BakhmutBelgorod")] ^= 1  # still a text, but another
    elif damage == "head":
        content[:2] = b"[]"
    elif damage == "other":
        content[:] = b"PAR1" * 1000
    path.unlink()
    if damage == "folder":
        path.mkdir()
    else:
        path.write_bytes(content)
    assert_equal(load_snapshot(store, own), whole)
    assert builds == [1, 1]
    if damage != "folder":
        assert_equal(load_snapshot(store, own), whole)
        assert builds == [1, 1]


def test_a_disk_that_takes_nothing_costs_only_the_copy(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.save(reading())

    def full(*arguments: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(snapshot_file.os, "replace", full)
    assert len(load_snapshot(store, own).events) == 3
    assert "no space left" in caplog.text
    assert not list(own.local_dir.glob("snapshot*"))


def plain(found: Snapshot) -> dict[str, pd.DataFrame]:
    """The tables without categories that nothing is in any more."""
    return {
        name: getattr(found, name).assign(
            **{
                column: getattr(found, name)[column].astype(str)
                for column in getattr(found, name).select_dtypes("category")
            }
        )
        for name in TABLES
    }


def assert_as_built_anew(found: Snapshot, store: Store, own: Settings) -> None:
    """What was brought up to date is what reading everything gives."""
    with tempfile.TemporaryDirectory() as folder:
        anew = load_snapshot(store, dataclasses.replace(own, local_dir=Path(folder)))
    assert found.revision == anew.revision
    for name, table in plain(anew).items():
        pd.testing.assert_frame_equal(plain(found)[name], table, obj=name)


def told(n: int, *, day: int, toll: int | None, again: int = 0) -> Reading:
    """Article number n: three events, dated and told of differently by turns."""
    base = reading(title=f"Article {n}", published=date(2023, 3, 1 + n % 5) if n % 4 else None)
    at = (BAKHMUT, KHERSON, DONETSK_OBLAST)[(n + again) % 3]
    mentions = (
        dataclasses.replace(base.mentions[0], place=dataclasses.replace(at, population=n)),
        *base.mentions[1 + again :],
    )
    when = date(2023, 1, 1) + timedelta(days=day)
    events = tuple(
        dataclasses.replace(
            one, date_start=when if day % 7 else None, date_end=when if day % 7 else None,
            fatalities_low=toll, fatalities_high=toll, places=(EventPlace(0, "location"),),
            actors=("Army",) if n % 2 else (),
        )
        for one in base.events[again:]
    )  # fmt: skip
    return dataclasses.replace(base, mentions=mentions, events=events)


def test_what_is_brought_up_to_date_is_as_if_built_anew(
    store: Store, own: Settings, builds: list[int]
) -> None:
    by_chance = random.Random(5)
    for n in range(12):
        store.save(told(n, day=by_chance.randrange(60), toll=by_chance.choice([None, 3, 4])))
    found = load_snapshot(store, own)
    assert builds == [12]
    for turn in range(20):
        what = by_chance.choice(["new", "again", "delete", "data set", "none"])
        n = by_chance.randrange(12)
        if what == "new":
            toll = by_chance.choice([None, 3])
            store.save(told(100 + turn, day=by_chance.randrange(60), toll=toll))
        elif what == "again":
            store.save(told(n, day=by_chance.randrange(60), toll=3, again=1), f"reader {turn}")
        elif what == "delete":
            store.delete_article(told(n, day=1, toll=None).article.id)
        elif what == "data set" and not store.delete_dataset(DATASET.id):
            filled(store)
        found = load_snapshot(store, own, found)
        builds.clear()
        assert_as_built_anew(found, store, own)
        assert builds == [found.revision]
        builds.clear()


def test_only_what_has_changed_is_read(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(30):
        store.save(told(n, day=n, toll=None))
    found = load_snapshot(store, own)
    read: list[int] = []
    real = snapshot._columns

    def counted(*arguments: Any) -> Any:
        columns = real(*arguments)
        read.append(len(next(iter(columns.values()))))
        return columns

    monkeypatch.setattr(snapshot, "_columns", counted)
    store.save(told(99, day=3, toll=None))
    found = load_snapshot(store, own, found)
    assert len(found.articles) == 31
    assert sum(read) < 20  # an article, its three events, their places, its mentions
    read.clear()
    assert load_snapshot(store, own, found) is found
    assert read == []


def test_a_log_with_a_gap_is_not_relied_on(store: Store, own: Settings, builds: list[int]) -> None:
    store.save(reading())
    found = load_snapshot(store, own)
    store.save(reading(title="Not in the log"))
    store.save(reading(title="In the log"))
    with store.database.writing() as connection:
        connection.execute(schema.change.delete().where(schema.change.c.revision == 2))
    found = load_snapshot(store, own, found)
    assert builds == [1, 3]
    assert len(found.articles) == 3


def test_a_snapshot_of_a_future_that_was_taken_back_is_not_relied_on(
    store: Store, own: Settings, builds: list[int]
) -> None:
    store.save(reading())
    store.save(reading(title="Another"))
    found = load_snapshot(store, own)
    with store.database.writing() as connection:
        changes.move_on(connection, 0)
    assert load_snapshot(store, own, found).revision == 1
    assert builds == [2, 1]


def test_the_log_forgets_what_lies_far_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_REVISIONS", 4)
    monkeypatch.setattr(changes, "_FORGET_EVERY", 5)
    for n in range(21):
        store.save(reading(title=f"Article {n}"))
    with store.database.reading() as connection:
        oldest = connection.scalar(sa.select(sa.func.min(schema.change.c.revision)))
        assert (oldest, changes.since(connection, 10, 21)) == (16, None)
        assert changes.since(connection, 17, 21) is not None


def test_rows_and_revision_belong_together_while_others_write(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(reading())
    real = snapshot._columns

    def interrupted(*arguments: object) -> object:
        store.save(reading(title=f"Meanwhile {store.revision()}"))
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot, "_columns", interrupted)
    built = load_snapshot(store, own)
    assert (built.revision, len(built.articles), len(built.events)) == (1, 1, 3)
    monkeypatch.undo()
    assert len(load_snapshot(store, own).articles) == store.revision() == 7


def test_mentions_may_have_no_place_and_articles_no_event(store: Store, own: Settings) -> None:
    base = reading()
    nowhere = (mention(TEXT, "Solace", None, confidence=0.1),)
    store.save(dataclasses.replace(base, mentions=nowhere, events=()))
    loaded = load_snapshot(store, own)
    assert list(loaded.mentions["place"]) == [-1]
    assert (len(loaded.places), len(loaded.events), len(loaded.event_places)) == (0, 0, 0)
    assert list(loaded.articles["located"]) == [0]


def test_countries_without_a_table_are_shown_by_their_codes(
    store: Store, own: Settings, tmp_path: Path
) -> None:
    store.save(reading())
    bare = dataclasses.replace(own, data_dir=tmp_path / "nothing")
    assert set(load_snapshot(store, bare).places["country_name"]) == {"UA", "RU", ""}


def test_keys_are_found_among_keys_in_any_order() -> None:
    found = snapshot._rows_of([30, 10, 20], [10, None, 30, 40, 5])
    assert found.tolist() == [1, -1, 0, -1, -1]
    assert snapshot._rows_of([], [1, None]).tolist() == [-1, -1]


def test_a_category_lists_what_was_given_first_and_then_the_rest() -> None:
    assert list(columns.named(["b", "z", "a"], ("b", "c")).categories) == ["b", "c", "a", "z"]

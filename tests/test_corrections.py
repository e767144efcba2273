"""Corrections: they outlive a new reading, can be undone in any order, and do what was foreseen."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from geo.cli import main
from geo.errors import DataError, StoreError
from geo.model import Place
from geo.settings import Settings
from geo.store import Store, corrections, open_store, replay, schema
from geo.store.columns import TABLES
from geo.store.corrections import Correction, Effect, correction, place_change
from geo.store.rows import event_ids
from geo.store.snapshot import Snapshot, load_snapshot
from geo.store.stories import Stories
from tests.readings import BAKHMUT, BELGOROD, DNIPRO, KHERSON, TEXT, mention, reading
from tests.reported import DATASET, reported, row
from tests.stores import SQLITE

PISKY = Place(
    id="gn:698738", name="Pisky", kind="settlement", lat=48.0625, lon=37.6756, country="UA",
    admin1="UA-14", admin1_name="Donetsk", source="GeoNames",
)  # fmt: skip


def move(
    place: str, to: Place | None, *, surface: str = "", article: str = "", **more: Any
) -> Correction:
    target = {"place": place, "surface": surface, "article": article}
    return correction("place", target, place_change(to), **more)


def undo(one: Correction) -> Correction:
    return correction("undo", {"correction": one.id}, after=one.made)


def shown(store: Store, article_id: str = "") -> list[tuple[str, str, float]]:
    """Each mention of an article: words, place, confidence."""
    found = store.mentions(article_id or reading().article.id)
    return [(m["surface"], m["place_id"], m["confidence"]) for m in found]


def places(store: Store, n: int = 0, article: Any = None) -> dict[str, str]:
    """Where the n-th event is, by place: role."""
    told = article or reading()
    (event,) = store.event_details([event_ids(told.article, told.events)[n]])
    return {place["place_id"]: place["role"] for place in event["places"]}


def everything(store: Store) -> dict[str, list[Any]]:
    """What readers see, without keys, and the ledger."""
    with store.database.reading() as connection:
        ids = connection.scalars(sa.select(schema.article.c.id)).all()
        events = connection.scalars(sa.select(schema.event.c.id)).all()
        known = connection.scalars(sa.select(schema.place.c.id)).all()
    return {
        "articles": sorted(ids),
        "places": sorted(known),
        "mentions": [store.mentions(one) for one in sorted(ids)],
        "events": store.event_details(sorted(events)),
    }


@pytest.fixture
def told(store: Store) -> Iterator[Store]:
    """A store with two articles of the same words."""
    store.save(reading())
    store.save(reading(title="Another"))
    yield store
    assert store.check() == []


def test_a_place_moves_everywhere_and_back(told: Store) -> None:
    before = everything(told)
    one = move(KHERSON.id, PISKY, who="A", why="the other one")
    foreseen = told.foresee(one)
    assert told.corrections() == []
    assert everything(told) == before
    assert told.correct(one) == foreseen
    assert (foreseen.mentions, len(foreseen.events), len(foreseen.articles)) == (2, 2, 2)
    assert foreseen.moves == {(KHERSON.id, PISKY.id): 2}
    assert shown(told)[2] == ("Kherson", PISKY.id, corrections.SURE)
    assert places(told) == {PISKY.id: "location", DNIPRO.id: "location", BELGOROD.id: "origin"}
    assert KHERSON.id in everything(told)["places"]  # an undo needs it
    told.correct(undo(one))
    assert everything(told) == before
    assert [entry.kind for entry in told.corrections()] == ["place", "undo"]


def test_a_move_can_be_of_one_article_and_of_some_words_alone(told: Store) -> None:
    first, second = (reading().article.id, reading(title="Another").article.id)
    told.correct(move(KHERSON.id, PISKY, article=second))
    assert shown(told, first)[2][1] == KHERSON.id
    assert shown(told, second)[2][1] == PISKY.id
    assert told.foresee(move(KHERSON.id, None, surface="Cherson")).is_empty
    told.correct(move(KHERSON.id, None, surface="Kherson"))
    assert shown(told, first)[2][1] == ""
    assert shown(told, second)[2][1] == PISKY.id


def test_what_was_not_located_is_put_where_a_person_says(told: Store) -> None:
    told.correct(move("", PISKY, surface="Solace"))
    assert shown(told)[4] == ("Solace", PISKY.id, 1.0)
    with pytest.raises(DataError, match="surface"):
        move("", PISKY)


def test_corrections_outlive_a_new_reading(told: Store) -> None:
    one = move(KHERSON.id, PISKY)
    event_id = event_ids(reading().article, reading().events)[0]
    review = correction("review", {"event": event_id}, {"review": "disputed"}, after=one.made)
    told.correct(one, review)
    old = reading()
    newer = dataclasses.replace(
        old, mentions=(*old.mentions[:4], mention(TEXT, "Solace", KHERSON, confidence=0.7))
    )
    assert told.save(newer, "reader 2")
    assert [entry[1] for entry in shown(told)] == [
        BAKHMUT.id, BELGOROD.id, PISKY.id, DNIPRO.id, PISKY.id,
    ]  # fmt: skip
    assert told.event_details([event_id])[0]["review"] == "disputed"
    told.correct(undo(one))
    assert shown(told)[4] == ("Solace", KHERSON.id, 0.7)
    assert told.event_details([event_id])[0]["review"] == "disputed"


def test_an_article_that_comes_later_is_corrected_too(store: Store) -> None:
    store.correct(move(KHERSON.id, PISKY))
    Stories(store.database).save(reading(), "", link="https://example.org/a", bands=())
    assert shown(store)[2][1] == PISKY.id
    assert store.check() == []


def test_two_corrections_of_one_mention_undone_out_of_order(told: Store) -> None:
    before = everything(told)
    first = move(KHERSON.id, PISKY)
    second = move(PISKY.id, BAKHMUT, after=first.made)
    told.correct(first)
    told.correct(second)
    assert shown(told)[2][1] == BAKHMUT.id
    told.correct(undo(first))  # so that nothing is at Pisky for the second to move
    assert everything(told) == before
    back = correction("undo", {"correction": told.corrections()[-1].id},
                      after=told.corrections()[-1].made)  # fmt: skip
    told.correct(back)
    assert shown(told)[2][1] == BAKHMUT.id
    told.correct(correction("undo", {"correction": second.id}, after=back.made))
    assert shown(told)[2][1] == PISKY.id


def test_the_place_of_one_event_alone(told: Store) -> None:
    event_id = event_ids(reading().article, reading().events)[0]
    one = correction("event-place", {"event": event_id, "place": KHERSON.id}, place_change(PISKY))
    assert told.correct(one).moves == {(KHERSON.id, PISKY.id): 1}
    assert places(told) == {PISKY.id: "location", DNIPRO.id: "location", BELGOROD.id: "origin"}
    assert KHERSON.id in places(told, 0, reading(title="Another"))
    assert shown(told)[2][1] == KHERSON.id
    told.correct(undo(one))
    assert KHERSON.id in places(told)


def test_a_deleted_article_comes_back_whole(told: Store) -> None:
    Stories(told.database).save(reading(), "", link="https://example.org/l", bands=(1, 2))
    told.correct(move(KHERSON.id, PISKY))
    before = everything(told)
    one = correction("delete", {"article": reading().article.id}, after=told.corrections()[-1].made)
    assert told.foresee(one).deleted == {reading().article.id}
    told.correct(one)
    assert told.article(reading().article.id) is None
    assert told.search("villages") == set(
        event_ids(reading(title="Another").article, reading().events)[:1]
    )
    assert told.check() == []
    assert told.correct(undo(one)).restored == {reading().article.id}
    assert everything(told) == before
    assert Stories(told.database).links(reading().article.id) == ["https://example.org/l"]
    assert len(told.search("villages")) == 2
    assert not told.save(reading())  # the very same, so that nothing of it is new


def test_deleted_and_read_again_is_there_again(told: Store) -> None:
    one = correction("delete", {"article": reading().article.id})
    told.correct(one)
    assert told.save(reading())
    assert told.foresee(undo(one)).is_empty
    told.correct(undo(one))
    assert len(told.articles()) == 2


def imported(store: Store) -> None:
    store.begin_dataset(DATASET)
    store.add_rows(DATASET.id, reported([row(1), row(2)], places=[BAKHMUT]), 10)
    store.finish_dataset(DATASET.id)


def test_imported_events_move_too_and_go_with_their_data_set(store: Store) -> None:
    imported(store)
    with store.database.reading() as connection:
        ids = connection.scalars(sa.select(schema.event.c.id)).all()
    (at,) = {place["place_id"] for event in store.event_details(ids) for place in event["places"]}
    assert store.correct(move(at, PISKY)).moves == {(at, PISKY.id): 2}
    store.delete_dataset(DATASET.id)
    assert store.counts()["places"] == 0
    imported(store)
    found = store.event_details(ids)
    assert {place["place_id"] for event in found for place in event["places"]} == {PISKY.id}
    assert store.check() == []


# --- the ledger ---------------------------------------------------------------------------------


def test_the_ledger_goes_to_another_store_and_back(told: Store, tmp_path: Any) -> None:
    first = move(KHERSON.id, PISKY, who="A", why="“quoted”, naïve")
    second = move(PISKY.id, None, after=first.made)
    told.correct(first)
    told.correct(second)
    told.correct(undo(second))
    lines = [json.dumps(corrections.record(one)) for one in told.corrections()]
    with open_store(Settings(local_dir=tmp_path / "other")) as other:
        other.save(reading())
        other.save(reading(title="Another"))
        read = [corrections.from_record(json.loads(line)) for line in reversed(lines)]
        other.correct(*read)
        assert other.corrections() == told.corrections()
        assert everything(other) == everything(told)
        revision = other.revision()
        assert other.correct(*read) == Effect()
        assert (other.revision(), len(other.corrections())) == (revision, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "rename"}, {"target": {}}, {"who": 3}, {"why": "\x00"}, {"id": "0" * 16},
        {"made": "yesterday"}, {"change": {"place": {"id": "x"}}}, {"change": {}},
        {"target": {"place": 1, "surface": "", "article": ""}},
        {"change": {"place": {**place_change(PISKY)["place"], "lat": 91}}},
        {"change": {"place": {**place_change(PISKY)["place"], "lon": float("nan")}}},
        {"change": {"place": {**place_change(PISKY)["place"], "id": ""}}},
    ],
)  # fmt: skip
def test_a_line_that_is_no_correction_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        corrections.from_record(corrections.record(move(KHERSON.id, PISKY)) | wrong)


def test_an_undo_names_what_came_before_it(store: Store) -> None:
    one = move(KHERSON.id, PISKY)
    with pytest.raises(DataError, match="not made before"):
        store.correct(undo(one))
    assert store.corrections() == []


def test_a_crash_in_the_middle_leaves_nothing_half_done(
    told: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, revision = everything(told), told.revision()

    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(replay.writes, "drop_unused", fail)
        with pytest.raises(StoreError):
            told.correct(move(KHERSON.id, PISKY))
    assert (everything(told), told.revision(), told.corrections()) == (before, revision, [])


# --- the snapshot -------------------------------------------------------------------------------


def same(one: Snapshot, other: Snapshot) -> None:
    for table in TABLES:
        left, right = (getattr(part, table).copy() for part in (one, other))
        for name in left:  # categories that nothing is in any more may remain
            if left[name].dtype == "category":
                left[name], right[name] = left[name].astype(str), right[name].astype(str)
        assert left.equals(right), table


def test_the_snapshot_follows_by_what_has_changed(told: Store, own: Settings) -> None:
    imported(told)
    ids = event_ids(reading().article, reading().events)
    with told.database.reading() as connection:
        row_id = connection.scalar(sa.select(schema.event.c.id).where(
            schema.event.c.dataset_key.is_not(None)).limit(1))  # fmt: skip
    merge = correction("merge", {"event": ids[0], "other": ids[1]})
    known = load_snapshot(told, own)
    steps = [
        move(KHERSON.id, PISKY), move("", PISKY, surface="Solace"), move(BELGOROD.id, None),
        correction("review", {"event": row_id}, {"review": "rejected"}), merge, undo(merge),
        correction("delete", {"article": reading().article.id}),
    ]  # fmt: skip
    for step in steps:
        told.correct(step)
        known = load_snapshot(told, own, known)
        same(known, load_snapshot(told, dataclasses.replace(own, local_dir=own.local_dir / "new")))
        own_rows = known.events.set_index("event_id")
        if step is merge:
            assert own_rows.loc[ids[0], "incident"] == own_rows.loc[ids[1], "incident"]
        elif step.kind == "undo":
            assert own_rows.loc[ids[0], "incident"] != own_rows.loc[ids[1], "incident"]
    assert set(known.events["review"]) == {"unreviewed", "rejected"}


def test_words_that_are_no_place_are_not_missing_from_the_map(told: Store, own: Settings) -> None:
    before = len(load_snapshot(told, own).mentions)
    told.correct(move("", None, surface="Solace"))
    after = load_snapshot(told, own).mentions
    assert (len(after), int((after["place"] < 0).sum())) == (before - 2, 0)


# --- against an obvious model -------------------------------------------------------------------


def obvious(first: list[list[str]], ledger: list[Correction]) -> list[list[str]]:
    """Rows of [article, surface, place] with a ledger applied, word for word as it is described."""
    state = [list(item) for item in first]
    for n, one in enumerate(ledger):
        if one.kind == "undo" or _is_undone(one, ledger[n + 1 :]):
            continue
        target = one.target
        for item in state:
            if item[2] != target["place"]:
                continue
            if target["surface"] and target["surface"] != item[1]:
                continue
            if target["article"] and target["article"] != item[0]:
                continue
            item[2] = one.to.id if one.to else ""
    return state


def _is_undone(one: Correction, later: list[Correction]) -> bool:
    return any(
        other.target.get("correction") == one.id and not _is_undone(other, later[n + 1 :])
        for n, other in enumerate(later)
    )


@SQLITE
@pytest.mark.parametrize("seed", range(12))
def test_any_sequence_does_what_the_ledger_says_and_what_was_foreseen(
    store: Store, seed: int
) -> None:
    rng = random.Random(seed)
    articles = [reading(title=title) for title in "AB"]
    for article in articles:
        store.save(article)
    ids = [article.article.id for article in articles]
    known = [BAKHMUT, KHERSON, PISKY, DNIPRO]
    first = [[one, m["surface"], m["place_id"]] for one in ids for m in store.mentions(one)]
    last = ""
    for _ in range(14):
        ledger = store.corrections()
        if ledger and rng.random() < 0.35:
            new = correction("undo", {"correction": rng.choice(ledger).id}, after=last)
        else:
            surface = rng.choice(["", "Kherson", "Solace"])
            place = rng.choice([*(one.id for one in known), *([""] if surface else [])])
            new = move(place, rng.choice([*known, None]), surface=surface,
                       article=rng.choice(["", *ids]), after=last)  # fmt: skip
        last = new.made
        before = [[one, m["surface"], m["place_id"]] for one in ids for m in store.mentions(one)]
        foreseen = store.foresee(new)
        assert store.correct(new) == foreseen
        now = [[one, m["surface"], m["place_id"]] for one in ids for m in store.mentions(one)]
        assert now == obvious(first, store.corrections())
        assert sum(a != b for a, b in zip(before, now, strict=True)) <= foreseen.mentions
        if rng.random() < 0.2:
            store.save(dataclasses.replace(articles[0], events=articles[0].events), f"r{last}")
        assert store.check() == []


# --- on the command line ------------------------------------------------------------------------


def test_the_ledger_on_the_command_line(
    working_directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*argv: str) -> Any:
        assert main(("corrections", *argv)) == 0
        return capsys.readouterr().out

    monkeypatch.setenv("DATELINE_USER", "somebody")
    one = move(KHERSON.id, PISKY, who="A", why="“naïve”")
    with open_store(Settings.from_env()) as store:
        store.save(reading())
        store.correct(one)
        foreseen = json.loads(run("undo", one.id, "--dry-run", "--json"))
        assert (foreseen["events"], foreseen["mentions"], foreseen["dry_run"]) == (1, 1, True)
        assert shown(store)[2][1] == PISKY.id
        run("undo", one.id, "--why", "no")
        assert shown(store)[2][1] == KHERSON.id
        (first, second) = json.loads(run("list", "--json"))["corrections"]
        assert (first["in_force"], second["who"], second["why"]) == (False, "somebody", "no")
        assert one.id in run("list")
        run("export", "-o", "ledger.jsonl")
        assert run("export") == Path("ledger.jsonl").read_text(encoding="utf-8")
        assert json.loads(run("import", "ledger.jsonl", "--json"))["corrections"] == 0
    Path("wrong.jsonl").write_text(Path("ledger.jsonl").read_text(encoding="utf-8") + "{}\n")
    assert main(("corrections", "import", "wrong.jsonl")) == 1
    assert "wrong.jsonl, line 3" in capsys.readouterr().err
    monkeypatch.setenv("DATELINE_MAX_FILE_BYTES", "100")
    assert main(("corrections", "import", "ledger.jsonl")) == 1
    assert "DATELINE_MAX_FILE_BYTES" in capsys.readouterr().err

"""The store: one article whole or not at all, the same twice the same, many at once."""

from __future__ import annotations

import dataclasses
import multiprocessing
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo.errors import DataError, SettingsError, StoreError
from geo.geocoding.cache import CachedGeocoder
from geo.model import EventPlace
from geo.settings import Settings
from geo.store import Store, changes, open_store, schema, words, writes
from geo.store.corrections import correction
from geo.store.database import MIGRATIONS, in_words
from geo.store.rows import event_ids, rows_of
from geo.store.snapshot import load_snapshot
from tests.first_store import first_store
from tests.readings import BAKHMUT, BELGOROD, DNIPRO, KHERSON, TEXT, event, mention, reading
from tests.stores import SQLITE


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, keys included, but for the log of changes."""
    with store.database.reading() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.select(table))]
            for name, table in schema.metadata.tables.items()
            if table is not schema.change
        }


def told(store: Store) -> list[object]:
    """All that readers see of articles and events, whatever the keys."""
    ids = sorted(str(row[1]) for row in contents(store)["event"])
    listed = sorted(store.articles(), key=lambda article: article.id)
    full = [(store.article(one.id), store.mentions(one.id)) for one in listed]
    return [full, store.event_details(ids), store.counts()]


def rows(store: Store, table: sa.Table) -> int:
    """How many rows a table has."""
    with store.database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


# --- saving -----------------------------------------------------------------------------------


def test_what_is_saved_is_read_back(store: Store) -> None:
    given_reading = reading(retrieved=datetime(2023, 3, 3, 12, tzinfo=UTC))
    assert store.save(given_reading)
    assert store.article(given_reading.article.id) == given_reading.article
    assert store.articles() == [dataclasses.replace(given_reading.article, text="")]
    stored = store.mentions(given_reading.article.id)
    assert [(m["start"], m["end"], m["surface"], m["form"]) for m in stored] == [
        (m.start, m.end, m.surface, m.form) for m in given_reading.mentions
    ]
    assert [m["place_id"] for m in stored] == [
        BAKHMUT.id, BELGOROD.id, KHERSON.id, DNIPRO.id, "",
    ]  # fmt: skip
    assert stored[0]["candidates"][1] == {
        "place_id": "iso:UA-14", "name": "Donetsk", "kind": "admin1", "lat": 48.1, "lon": 37.7,
        "country": "UA", "admin1_name": "Donetsk", "score": 0.2, "reasons": ["lies around it"],
    }  # fmt: skip
    assert store.article("none") is None
    assert store.mentions("none") == []


def test_saving_twice_changes_nothing(store: Store) -> None:
    assert store.save(reading(), "reader 1")
    before, revision = contents(store), store.revision()
    assert not store.save(reading(), "reader 1")
    assert not store.save(
        reading(retrieved=datetime(2024, 1, 1, tzinfo=UTC)), "reader 1"
    )  # fetched again
    assert contents(store) == before
    assert store.revision() == revision


def test_many_at_once_are_saved_as_one_by_one(store: Store, tmp_path: Path) -> None:
    """But for keys, which depend on what is inserted when."""
    one, two, three = reading(title="One"), reading(title="Two"), reading(title="Three")
    newer = dataclasses.replace(two, mentions=two.mentions[:4], events=two.events[1:2])
    noted = dataclasses.replace(one, article=dataclasses.replace(one.article, note="a note"))
    given = [one, newer, three, one, noted]
    with open_store(Settings(local_dir=tmp_path / "other")) as other:
        for each in (store, other):
            each.save(two, "reader 1")
            last = event_ids(two.article, two.events)[1]
            reviewed = schema.event.update().where(schema.event.c.id == last)
            with each.database.writing() as connection:
                connection.execute(reviewed.values(review="confirmed"))
        changed = store.save_rows([rows_of(each) for each in given], "reader 2")
        assert changed == [other.save(each, "reader 2") for each in given]
        assert changed == [True, True, True, False, True]
        assert told(store) == told(other)
        assert store.search("hit") == other.search("hit")
        assert store.check() == []
    assert store.revision() == 2  # a batch is one change


def test_ids_are_the_same_in_another_store(store: Store, tmp_path: Path) -> None:
    store.save(reading(title="Another before it"))
    store.save(reading())
    with open_store(Settings(local_dir=tmp_path / "other")) as other:
        other.save(reading())
        for table in ("mention", "event"):
            ids = {row[1] for row in contents(other)[table]}
            assert ids < {row[1] for row in contents(store)[table]}
        assert other.identity != store.identity


def test_events_told_by_one_word_are_told_apart() -> None:
    twice = reading().events[:1] * 2
    ids = event_ids(reading().article, twice)
    assert len(set(ids)) == 2
    assert ids[0] == event_ids(reading().article, twice[:1])[0]


def test_a_newer_reader_replaces_what_an_older_one_read(store: Store) -> None:
    store.save(reading(), "reader 1")
    old = reading()
    newer = dataclasses.replace(
        old,
        mentions=(old.mentions[0], mention(TEXT, "Belgorod", KHERSON)),
        events=(
            dataclasses.replace(old.events[1], places=(EventPlace(0, "location"),)),
            event(TEXT, "In Solace nobody knows.", "Solace", EventPlace(1, "target")),
        ),
    )
    revision = store.revision()
    kept = event_ids(old.article, old.events)[1]
    assert store.save(newer, "reader 2")
    assert store.revision() == revision + 1
    assert [m["surface"] for m in store.mentions(old.article.id)] == ["Bakhmut", "Belgorod"]
    assert {row[1] for row in contents(store)["event"]} == set(
        event_ids(old.article, newer.events)
    )
    assert kept in {row[1] for row in contents(store)["event"]}
    # Places that nothing is at any more are gone, the ones still in use are not.
    assert {row[1] for row in contents(store)["place"]} == {BAKHMUT.id, KHERSON.id}
    assert store.search("villages") == set()
    assert rows(store, schema.event_place) == 2


def test_a_newer_reader_that_finds_the_same_moves_nothing(store: Store) -> None:
    store.save(reading(), "reader 1")
    revision = store.revision()
    assert not store.known([reading().article], "reader 2")
    assert not store.save(reading(), "reader 2")
    assert store.revision() == revision
    assert store.known([reading().article], "reader 2") == {reading().article.id}
    assert not store.known([dataclasses.replace(reading().article, publisher="X")], "reader 2")


def test_what_people_said_of_an_event_outlives_a_new_reading(store: Store) -> None:
    store.save(reading(), "reader 1")
    first = reading().events[0]
    event_id = event_ids(reading().article, [first])[0]
    store.correct(correction("review", {"event": event_id}, {"review": "confirmed"}))
    changed = dataclasses.replace(first, fatalities_high=7)
    store.save(dataclasses.replace(reading(), events=(changed, *reading().events[1:])), "reader 2")
    found = store.event_details([event_id])[0]
    assert (found["review"], found["fatalities_high"]) == ("confirmed", 7)
    others = store.event_details(event_ids(reading().article, reading().events)[1:])
    assert {entry["review"] for entry in others} == {"unreviewed"}


def test_a_place_is_brought_up_to_date_with_the_gazetteer(store: Store) -> None:
    store.save(reading())
    moved = dataclasses.replace(BAKHMUT, lat=48.6, name="Artemivsk", crosses=("UA-09",))
    again = reading(title="Another")
    mentions = (dataclasses.replace(again.mentions[0], place=moved), *again.mentions[1:])
    store.save(dataclasses.replace(again, mentions=mentions))
    place = next(row for row in contents(store)["place"] if row[1] == BAKHMUT.id)
    assert place[2:6] == ("Artemivsk", "settlement", 48.6, 38.00044)
    assert store.mentions(reading().article.id)[0]["place_name"] == "Artemivsk"


def test_deleting_an_article_leaves_nothing_of_it(store: Store) -> None:
    empty = contents(store)
    store.save(reading())
    assert store.delete_article(reading().article.id)
    after = contents(store)
    assert after.pop("state") != empty.pop("state")
    assert after == empty
    assert store.search("Bakhmut") == set()
    assert store.revision() == 2
    assert not store.delete_article(reading().article.id)
    assert store.revision() == 2
    assert store.is_empty()


def test_deleting_one_article_leaves_the_other_whole(store: Store) -> None:
    store.save(reading(title="One"))
    one = {name: len(found) for name, found in contents(store).items()}
    store.save(reading(title="Two"))
    store.delete_article(reading(title="Two").article.id)
    assert {name: len(found) for name, found in contents(store).items()} == one
    assert len(store.event_details(event_ids(reading(title="One").article,
                                                    reading(title="One").events))) == 3  # fmt: skip
    assert len(store.search("hit")) == 1


def test_a_failure_halfway_leaves_the_store_as_it_was(store: Store) -> None:
    store.save(reading(), "reader 1")
    before = contents(store)
    broken = dataclasses.replace(reading().mentions[3], confidence=None)  # type: ignore[arg-type]
    for title in ("A day at the front", "Another"):
        worse = reading(title=title)
        worse = dataclasses.replace(
            worse, mentions=(*worse.mentions[:3], broken, worse.mentions[4])
        )
        with pytest.raises(StoreError, match="(?i)not.null") as caught:
            store.save(worse, "reader 2")
        assert "Dnipro" not in str(caught.value)  # nor any other word of the row
        assert contents(store) == before
    assert len(store.search("hit")) == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("text", "a\x00b", "character 1 of its text is U+0000"),
        ("text", "ab\ud83d", "character 2 of its text is U+D83D"),
        ("title", "\udfff", "character 0 of its title is U+DFFF"),
        ("note", "\x00", "character 0 of its note"),
    ],
)
def test_text_that_no_database_holds_is_refused_plainly(
    store: Store, name: str, value: str, said: str
) -> None:
    bad = dataclasses.replace(reading().article, **{name: value})  # type: ignore[arg-type]
    bad_reading = dataclasses.replace(reading(), article=bad, mentions=(), events=())
    with pytest.raises(DataError) as caught:
        store.save(bad_reading)
    assert said in str(caught.value)
    assert store.is_empty()
    assert store.revision() == 0


@pytest.mark.parametrize(
    "text",
    ["{{7*7}} ${alert(1)} `x` </script>", "\u202eright to left\u202c", "x" * 1_000_000, "𝕂𝕙 🇺🇦 ё́"],
    ids=["markup", "direction", "a megabyte", "beyond the base plane"],
)
def test_hostile_text_is_stored_as_it_is(store: Store, text: str) -> None:
    told = event(f"{text} hit.", f"{text} hit.", "hit")
    named = mention(f"{text} hit.", text, BAKHMUT)
    hostile = reading(text=TEXT)
    article = dataclasses.replace(
        hostile.article, id="hostile", text=f"{text} hit.", title=text, url=text, note=text
    )
    hostile = dataclasses.replace(hostile, article=article, mentions=(named,), events=(told,))
    assert store.save(hostile)
    assert not store.save(hostile)
    assert store.article("hostile") == article
    found = store.event_details(event_ids(article, [told]))[0]
    assert (found["sentence"], found["title"]) == (f"{text} hit.", text)
    first, last = found["trigger_span"]
    assert found["sentence"][first:last] == "hit"


def test_a_count_that_cannot_be_true_is_left_out_and_the_rest_kept(store: Store) -> None:
    huge = dataclasses.replace(reading().events[0], fatalities_low=10**30, injured_low=5)
    store.save(dataclasses.replace(reading(), events=(huge,)))
    found = store.event_details(event_ids(reading().article, [huge]))[0]
    assert (found["fatalities_low"], found["fatalities_high"]) == (None, 3)
    assert found["injured_low"] == 5


# --- evidence ---------------------------------------------------------------------------------


def test_details_show_the_sentence_and_where_in_it_things_stand(store: Store) -> None:
    store.save(reading())
    shelling, holding, knowing = event_ids(reading().article, reading().events)
    details = store.event_details([knowing, shelling, "unknown", shelling])
    assert [entry["event_id"] for entry in details] == [knowing, shelling]
    found = details[1]
    sentence = "Shells fired from Belgorod hit Kherson and villages on the Dnipro."
    assert found["sentence"] == sentence
    assert [sentence[first:last] for first, last in found["mention_spans"]] == [
        "Belgorod", "Kherson", "Dnipro",
    ]  # fmt: skip
    assert sentence[slice(*found["trigger_span"])] == "hit"
    assert [(p["place_id"], p["role"], sentence[slice(*p["span"])]) for p in found["places"]] == [
        (KHERSON.id, "location", "Kherson"),
        (DNIPRO.id, "location", "Dnipro"),
        (BELGOROD.id, "origin", "Belgorod"),
    ]
    assert found["actors"] == ["Military Forces of Russia"]
    assert (found["title"], found["publisher"]) == ("A day at the front", "Example")
    assert (found["url"], str(found["published"])) == ("https://example.org/a", "2023-03-02")
    assert (str(found["date_start"]), found["date_precision"]) == ("2023-03-01", "day")
    # Its place could not be located, so it has none to show.
    assert details[0]["places"] == []
    assert store.event_details([holding])[0]["position"] == 1
    assert store.event_details([]) == []


def test_a_place_named_in_another_sentence_has_no_span(store: Store) -> None:
    far = dataclasses.replace(reading().events[2], places=(EventPlace(0, "location"),))
    store.save(dataclasses.replace(reading(), events=(far,)))
    found = store.event_details(event_ids(reading().article, [far]))[0]
    assert found["places"][0]["span"] is None
    assert found["places"][0]["surface"] == "Bakhmut"
    assert found["mention_spans"] == []


def test_more_events_than_one_query_can_ask_for(store: Store) -> None:
    told = tuple(
        dataclasses.replace(reading().events[1], type=f"Type {n}") for n in range(2 * writes.CHUNK)
    )
    store.save(dataclasses.replace(reading(), events=told))
    ids = event_ids(reading().article, told)[::-1]
    assert [entry["event_id"] for entry in store.event_details(ids)] == ids


# --- search -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("shells", {0}),
        ("SHELLS", {0}),
        ("shell", {0}),  # the beginning of a word
        ("hells", set()),
        ("hit kherson", {0}),
        ("hit solace", set()),  # in different sentences
        ("front", {0, 1, 2}),  # in the title
        ("front solace", {2}),
        ('"holds out"', {1}),
        ('"out holds"', set()),
        ('"hold out"', set()),  # as it stands
        ("kherson-and", {0}),
        ('"', set()),
        ("", set()),
        ("?!", set()),
        ("OR", set()),
        ("nobody NOT solace", set()),  # no operator
        ("title:front", set()),
        ("Khersón", {0}),
    ],
)
def test_search_finds_words_of_sentence_and_title(
    store: Store, asked: str, found: set[int]
) -> None:
    store.save(reading())
    ids = event_ids(reading().article, reading().events)
    assert store.search(asked) == {ids[n] for n in found}


def test_search_finds_scripts_that_part_no_words(store: Store) -> None:
    text = "ロシア軍がヘルソンを砲撃した。"
    japanese = reading()
    article = dataclasses.replace(japanese.article, id="ja", text=text)
    told = event(text, text, "砲撃")
    store.save(dataclasses.replace(japanese, article=article, mentions=(), events=(told,)))
    assert store.search("ヘルソン") == set(event_ids(article, [told]))
    assert store.search("キーウ") == set()


@given(asked=st.text(alphabet=st.characters(categories=None), max_size=40))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_words_are_an_error(store: Store, asked: str) -> None:
    if store.is_empty():
        store.save(reading())
    assert len(store.search(asked)) <= 3
    assert len(store.search(f'"{asked}" AND (NEAR* ^{asked}) -x "')) <= 3


def test_a_phrase_reaches_from_no_title_into_a_sentence(store: Store) -> None:
    store.save(reading())  # "A day at the front", "Shells fired from ..."
    assert store.search('"front shells"') == set()
    assert store.search('"villages on the dnipro a"') == set()
    assert len(store.search('"the front"')) == 3
    assert len(store.search("front shells")) == 1


def test_a_sentence_beyond_all_measure_is_stored_and_found_by_its_beginning(store: Store) -> None:
    text = " ".join(["first", *(f"w{n}" for n in range(20_000)), "x" * 5_000, "same " * 50_000])
    huge = reading()
    article = dataclasses.replace(huge.article, id="huge", text=text)
    told = event(text, text, "w17")
    store.save(dataclasses.replace(huge, article=article, mentions=(), events=(told,)))
    assert store.search('"first w0 w1"') == set(event_ids(article, [told]))
    assert store.search("w5000") == set(event_ids(article, [told]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Khersón, KHERSON's", ["kherson", "kherson", "s"]),
        ("\u041a\u0438\u0457\u0432", ["\u043a\u0438\u0456\u0432"]),
        ("Straße ﬁre \uff21\uff22 x_y 3,000", ["strasse", "fire", "ab", "x", "y", "3", "000"]),
        ("砲撃した Kyiv市", ["砲", "撃", "し", "た", "kyiv", "市"]),
        ("\U0001f1fa\U0001f1e6 !? '\"\\:*& \ud83d", []),
        ("x" * 1_000, ["x" * 200]),
    ],
)  # fmt: skip
def test_text_is_parted_into_words(text: str, found: list[str]) -> None:
    assert words.words(text) == found


def test_an_older_store_is_found_whole_after_its_upgrade(own: Settings) -> None:
    engine, config = first_store(own, "Évacuation")
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        connection.exec_driver_sql(
            "INSERT INTO event (id, article_key, position, type, subtype, status, start, "
            '"end", sentence, trigger_start, trigger_end, date_precision, date_reason, actors, '
            "claimed_by, instrument, confidence, review) VALUES ('older', 1, 0, 'Battles', '', "
            "'occurred', 0, 9, 'Shells hit Kherson', 0, 1, 'day', '', '[]', '', '', 0.5, '')"
        )
    engine.dispose()
    with open_store(own) as opened:
        assert opened.search("evacuation kherson") == {"older"}
        assert opened.search("belgorod") == set()
        assert [found["title"] for found in opened.event_details(["older"])] == ["Évacuation"]
        assert opened.save(reading())
        assert len(opened.search("kherson")) == 2
    with open_store(own) as again:
        assert len(again.search("kherson")) == 2


# --- opening ----------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_that_the_code_expects(store: Store) -> None:
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: not (name or "").startswith("event_words"),
            },
        )
        assert compare_metadata(context, schema.metadata) == []
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_opening_again_finds_what_was_saved(own: Settings) -> None:
    with open_store(own) as first:
        first.save(reading())
        identity = first.identity
    with open_store(own) as again:
        assert again.identity == identity
        assert again.article(reading().article.id) == reading().article
        assert again.revision() == 1


@SQLITE
def test_sqlite_runs_as_many_processes_need_it(store: Store, own: Settings) -> None:
    with store.database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000}
    assert (own.local_dir / "dateline.db").is_file()


def test_a_store_of_a_newer_release_is_left_alone(own: Settings) -> None:
    with open_store(own) as opened, opened.database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer release"):
        open_store(own)


@SQLITE
def test_a_damaged_store_says_so(own: Settings) -> None:
    own.local_dir.mkdir()
    (own.local_dir / "dateline.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"dateline\.db"):
        open_store(own)


@SQLITE
def test_a_store_that_cannot_be_made_says_where(own: Settings) -> None:
    own.local_dir.write_text("a file in the way")
    with pytest.raises(StoreError, match="local"):
        open_store(own)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("no address secret", "no address of a database"),
        ("mysql://u:secret@h/d", "mysql; the store can be sqlite or postgresql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql+nodriver://u:secret@h/d", "DATABASE_URL"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(url: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_store(Settings(database_url=url))
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_errors_of_the_database_hold_no_password_and_no_article() -> None:
    url = sa.make_url("postgresql://me:secret@host/name")
    with pytest.raises(StoreError) as caught, in_words(url):
        raise sa.exc.OperationalError("INSERT ...", {"text": "long"}, Exception("disk is full"))
    assert str(caught.value) == "the store postgresql://me:***@host/name failed: disk is full"


# --- many at once -----------------------------------------------------------------------------


def _save_some(own: Settings, writer: int, count: int) -> None:
    with open_store(own) as opened:
        for n in range(count):
            opened.save(reading(title=f"Article {n} of writer {writer}"))
            opened.save(reading(title=f"Article {n} of all"))


def test_several_processes_open_and_write_one_new_store_at_once(own: Settings) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_save_some, args=(own, n, 6)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * 4
    with open_store(own) as opened:
        assert len(opened.articles()) == 4 * 6 + 6
        assert opened.revision() == 30
        assert rows(opened, schema.event) == 90
        assert rows(opened, schema.place) == 4


def _save_on_and_on(own: Settings) -> None:
    _save_some(own, 0, 100_000)


def test_a_killed_writer_leaves_whole_articles(own: Settings) -> None:
    with open_store(own) as opened:
        writer = multiprocessing.get_context("spawn").Process(target=_save_on_and_on, args=(own,))
        writer.start()
        deadline = time.monotonic() + 60
        while opened.revision() < 20 and time.monotonic() < deadline:
            time.sleep(0.01)
        writer.kill()
        writer.join(20)
        articles = len(opened.articles())
        assert articles >= 20
        assert opened.revision() == articles
        assert rows(opened, schema.mention) == 5 * articles
        assert rows(opened, schema.event) == 3 * articles
        assert rows(opened, schema.event_place) == 5 * articles
        assert len(opened.search("hit")) == articles
        assert opened.save(reading(title="Afterwards"))


def test_a_reader_sees_one_state_while_others_write(store: Store) -> None:
    store.save(reading(title="One"))
    with store.database.reading() as connection:
        count = sa.select(sa.func.count()).select_from(schema.article)
        assert connection.scalar(count) == 1
        thread = threading.Thread(target=store.save, args=(reading(title="Two"),))
        thread.start()
        thread.join(20)
        assert not thread.is_alive()
        assert connection.scalar(count) == 1
    assert len(store.articles()) == 2


def test_a_writer_waits_for_another_instead_of_failing(store: Store, own: Settings) -> None:
    with open_store(own) as other, other.database.writing() as connection:
        changes.revision(connection, wait=True)
        thread = threading.Thread(target=store.save, args=(reading(),))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(20)
    assert len(store.articles()) == 1


# --- geocode cache ----------------------------------------------------------------------------


def test_the_cache_keeps_hits_and_misses_until_they_expire(store: Store) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    store.put("nominatim", "1", "Bakhmut", '[{"lat": 1}]', soon)
    store.put("nominatim", "1", "Atlantis", "null", None)
    store.put("nominatim", "1", "Old", "null", datetime.now(UTC) - timedelta(seconds=1))
    assert store.get("nominatim", "1", "Bakhmut") == '[{"lat": 1}]'
    assert store.get("nominatim", "1", "Atlantis") == "null"
    assert store.get("nominatim", "1", "Old") is None
    assert store.get("nominatim", "2", "Bakhmut") is None
    assert store.get("photon", "1", "Bakhmut") is None
    assert store.stats() == {"entries": 2, "misses_kept": 1, "hits": 2, "lookups": 5}
    assert store.revision() == 0
    entries = store.cache_entries()
    assert [(e["query"], e["body"], e["expires"]) for e in entries] == [
        ("Atlantis", "null", None),
        ("Bakhmut", '[{"lat": 1}]', soon),
    ]


def test_putting_replaces_and_drops_what_has_expired(store: Store) -> None:
    store.put("p", "1", "q", "null", datetime.now(UTC) - timedelta(days=1))
    store.put("p", "1", "q2", "1", None)
    store.put("p", "1", "q2", "2", None)
    assert store.get("p", "1", "q2") == "2"
    assert rows(store, schema.geocode) == 1


def test_forgetting_drops_every_version_of_one_question(store: Store) -> None:
    for version in ("1", "2"):
        store.put("p", version, "q", "null", None)
    store.put("p", "1", "other", "null", None)
    store.put("r", "1", "q", "null", None)
    store.forget("p", "q")
    store.forget("p", "never asked")
    assert {(e["provider"], e["query"]) for e in store.cache_entries()} == {
        ("p", "other"), ("r", "q"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "query", ["", "a\x00b", "half \ud83d", "x" * 100_000, "'; DROP TABLE event"]
)
def test_any_question_can_be_remembered(store: Store, query: str) -> None:
    store.put("p", "1", query, '["\ud83d"]', None)
    assert store.get("p", "1", query) == '["\\ud83d"]'
    store.forget("p", query)
    assert store.get("p", "1", query) is None


def test_the_cache_outlives_the_process_and_serves_the_geocoder(own: Settings) -> None:
    asked: list[str] = []

    class Nowhere:
        def geocode(self, query: str, *, exactly_one: bool = True) -> None:
            asked.append(query)

    for _ in range(2):
        with open_store(own) as opened:
            cached = CachedGeocoder(Nowhere(), opened, provider="p", version="1")
            assert cached.geocode("Atlantis") is None
    assert asked == ["Atlantis"]


@SQLITE
def test_no_look_up_goes_through_a_large_table(store: Store, own: Settings) -> None:
    """Each statement by the database's own plan; tables of few rows may be read whole."""
    read = reading()
    store.save(read)
    before = load_snapshot(store, own)
    other = dataclasses.replace(read.article, id="other", title="Another")
    said: list[tuple[str, object]] = []

    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE"):
            said.append((statement, parameters))

    sa.event.listen(store.database.engine, "before_cursor_execute", note)
    store.article(read.article.id)
    store.mentions(read.article.id)
    store.event_details(sorted(store.search("Bakhmut")))
    store.known([read.article], "")
    store.save(dataclasses.replace(read, article=other))
    load_snapshot(store, own, before)
    store.delete_article(other.id)
    sa.event.remove(store.database.engine, "before_cursor_execute", note)
    assert len(said) > 20
    scanned = set()
    with store.database.engine.connect() as connection:
        cursor = connection.connection.cursor()
        for statement, parameters in said:
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            steps = [step for _, _, _, step in plan if step.startswith("SCAN")]
            scanned |= {step.split()[1] for step in steps if "VIRTUAL TABLE INDEX" not in step}
    assert scanned <= {"correction", "dataset"}

"""Find events by words, in each database's own full-text index: FTS5 on SQLite, tsvector on
PostgreSQL. Both hold the words that `geo.store.words` makes of sentence and title.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from geo.store import bulk, schema, sqlite
from geo.store.words import phrases, words

TABLE = "event_words"  # beside the tables of `schema`, since each database has one of its own kind
_SQLITE_FIND = sa.text(
    "SELECT event.id FROM event_words JOIN event ON event.key = event_words.rowid "
    "WHERE event_words MATCH :wanted"
)
_POSTGRES_FIND = sa.text(
    "SELECT event.id FROM event_words JOIN event ON event.key = event_words.event_key "
    "WHERE event_words.words @@ CAST(:wanted AS tsquery)"
)


def search(connection: sa.Connection, text: str) -> set[str]:
    """Ids of events whose sentence (or notes) or article title holds every word of `text`.

    Neither case nor accents matter. A word matches the beginning of longer ones; words in double
    quotes match as they stand, side by side. Text without a letter or digit finds nothing; no
    character of it is an operator.
    """
    asked = phrases(text)
    if not asked:
        return set()
    if sqlite.is_sqlite(connection):
        # In double quotes nothing is an operator, and no word holds a double quote.
        wanted = " AND ".join(
            '"{}"{}'.format(" ".join(phrase), " *" if open_ended else "")
            for phrase, open_ended in asked
        )
        return set(connection.scalars(_SQLITE_FIND, {"wanted": wanted}))
    wanted = " & ".join(
        "({}{})".format(" <-> ".join(f"'{word}'" for word in phrase), ":*" if open_ended else "")
        for phrase, open_ended in asked
    )
    return set(connection.scalars(_POSTGRES_FIND, {"wanted": wanted}))


# -- the index ----------------------------------------------------------------------------------


def create(connection: sa.Connection) -> None:
    """Make an empty index."""
    if sqlite.is_sqlite(connection):
        # The tokenizer `ascii` parts words at the spaces between them and nowhere else. Sizes of
        # rows serve to rank answers, which nobody asks for.
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE event_words "
            "USING fts5(sentence, title, tokenize = 'ascii', columnsize = 0)"
        )
        write_seldom(connection)
        return
    connection.exec_driver_sql(
        "CREATE TABLE event_words ("
        "event_key BIGINT PRIMARY KEY REFERENCES event (key) ON DELETE CASCADE, "
        "words TSVECTOR NOT NULL)"
    )
    connection.exec_driver_sql("CREATE INDEX ix_event_words_words ON event_words USING gin (words)")


def write_seldom(connection: sa.Connection) -> None:
    """Have SQLite merge parts of the index sixteen at a time, in larger pages.

    Measured on 400,000 rows: a third less work (with `columnsize = 0`).
    https://www.sqlite.org/fts5.html#special_insert_commands
    """
    if sqlite.is_sqlite(connection):
        for name, value in (("automerge", 16), ("pgsz", 16_000)):
            connection.exec_driver_sql(
                f"INSERT INTO event_words (event_words, rank) VALUES ('{name}', {value})"
            )


def add(connection: sa.Connection, rows: Iterable[tuple[int, str, str]]) -> None:
    """Index events. rows : key of the event, its sentence, the title of its article."""
    add_words(
        connection,
        [(key, " ".join(words(told)), " ".join(words(title))) for key, told, title in rows],
    )


def add_words(connection: sa.Connection, rows: Sequence[tuple[int, str, str]]) -> None:
    """Index events whose words are known. rows : key, words of sentence and title, in a text."""
    if not rows:
        return
    if sqlite.is_sqlite(connection):
        cursor = sqlite.driver_cursor(connection)
        cursor.executemany(
            "INSERT INTO event_words (rowid, sentence, title) VALUES (?, ?, ?)",
            rows,
        )
        cursor.close()
        return
    vectors = ((key, _vector(told.split(), title.split())) for key, told, title in rows)
    bulk.copy(connection, TABLE, ("event_key", "words"), vectors)


def _vector(sentence: list[str], title: list[str]) -> str:
    """Words with their positions; one is left free, so that no phrase reaches from one into the
    other. Positions end at 16,383, which PostgreSQL counts all later ones as.
    """
    numbered = [*enumerate(sentence, 1), *enumerate(title, len(sentence) + 2)]
    places: dict[str, dict[str, None]] = {word: {} for word in [*sentence, *title]}
    for position, word in numbered:
        if len(places[word]) < 255:  # all that PostgreSQL keeps of a word's places
            places[word][str(min(position, 16_383))] = None
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())


def drop(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """Take events out of the index, before they are deleted themselves. which : of `event`."""
    gone = sa.select(schema.event.c.key).where(which)
    connection.execute(index(connection).delete().where(index_key(connection).in_(gone)))


def index(connection: sa.Connection) -> Any:
    """The index as a table."""
    return sa.table(TABLE, index_key(connection))


def index_key(connection: sa.Connection) -> sa.ColumnClause[int]:
    """The index's column that names the event."""
    return sa.column("rowid" if sqlite.is_sqlite(connection) else "event_key", sa.BigInteger)


def fill(connection: sa.Connection) -> None:
    """Index every event, into an empty index."""
    event, article = schema.event.c, schema.article.c
    rows = connection.execute(
        sa.select(event.key, event.sentence, sa.func.coalesce(article.title, ""))
        .select_from(schema.event.outerjoin(schema.article))
        .order_by(event.key),
        execution_options={"yield_per": 10_000},
    )
    for part in rows.partitions():
        add(connection, (tuple(row) for row in part))


def rebuild(connection: sa.Connection) -> None:
    """Index every event anew."""
    connection.exec_driver_sql(f"DROP TABLE {TABLE}")
    create(connection)
    fill(connection)


def out_of_step(connection: sa.Connection) -> tuple[list[str], list[int]]:
    """Ids of events whose words are missing or others; keys of words without an event."""
    event, article, on_file = schema.event.c, schema.article.c, sqlite.is_sqlite(connection)
    key = index_key(connection)
    columns = ("sentence", "title") if on_file else ("words",)
    held = sa.table(TABLE, key, *(sa.column(name, sa.Text) for name in columns))
    rows = connection.execute(
        sa.select(
            event.id, event.sentence, sa.func.coalesce(article.title, ""), held.c[key.name],
            *(sa.cast(held.c[name], sa.Text) for name in columns),
        )
        .select_from(
            schema.event.outerjoin(schema.article).outerjoin(held, held.c[key.name] == event.key)
        ),
        execution_options={"yield_per": 10_000},
    )  # fmt: skip
    wrong = []
    for event_id, sentence, title, has, *indexed in rows:
        if has is None:
            wrong.append(event_id)
        elif on_file:
            if indexed != [" ".join(words(sentence)), " ".join(words(title))]:
                wrong.append(event_id)
        # PostgreSQL has an order of its own for the words of a row.
        elif set(indexed[0].split()) != set(_vector(words(sentence), words(title)).split()):
            wrong.append(event_id)
    stray = sa.select(held.c[key.name]).where(~sa.exists().where(event.key == held.c[key.name]))
    return wrong, list(connection.scalars(stray))

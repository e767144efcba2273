"""Write articles with everything read from them. The caller holds the transaction.

Writers take turns (see `changes.revision`), so the keys of new rows can be given here, and all
rows of a table go to the database at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from geo.model import Place
from geo.store import bulk, changes, schema, search
from geo.store.rows import Row, Rows, place_row

CHUNK = 500  # values of one IN (...): below what any SQLite takes
PLACED = (schema.mention, schema.event_place, schema.overruled)  # tables whose rows have a place


def save(connection: sa.Connection, readings: Sequence[Rows], reader: str) -> list[bool]:
    """Insert readings or replace earlier ones; False for each of which nothing is new."""
    ids: set[str] = set()
    for at, rows in enumerate(readings):
        if rows.id in ids:  # the same article twice: what comes later finds what came before
            return save(connection, readings[:at], reader) + save(connection, readings[at:], reader)
        ids.add(rows.id)
    known = _known(connection, sorted(ids))
    fresh = []
    for rows in readings:
        old = known.get(rows.id)
        if old is None or old.digest != rows.article["digest"]:
            fresh.append(rows)
        elif old.reader != reader:
            table = schema.article
            connection.execute(table.update().where(table.c.key == old.key).values(reader=reader))
    if fresh:
        _save(connection, fresh, {name: int(row.key) for name, row in known.items()}, reader)
    new = {rows.id for rows in fresh}
    return [rows.id in new for rows in readings]


def _known(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Any]:
    c = schema.article.c
    query = sa.select(c.id, c.key, c.digest, c.reader)
    return {
        row.id: row
        for part in chunks(ids)
        for row in connection.execute(query.where(c.id.in_(part)))
    }


def _save(
    connection: sa.Connection, readings: Sequence[Rows], known: Mapping[str, int], reader: str
) -> None:
    """Save different articles, none of them as it is there. known : keys by id."""
    before: set[int] = set()
    for rows in readings:
        if rows.id in known:
            key = known[rows.id]
            before |= places_of(connection, key)
            _clear(connection, key)
    articles = _save_articles(connection, readings, known, reader)
    places = _save_places(
        connection, {name: row for one in readings for name, row in one.places.items()}
    )
    mentions = _save_mentions(connection, readings, articles, places)
    _save_events(connection, readings, articles, places, mentions)
    drop_unused(connection, before - set(places.values()))


def delete_article(connection: sa.Connection, article_id: str) -> bool:
    """Delete an article with all that was read from it; False where it is not there."""
    table = schema.article
    key = connection.scalar(sa.select(table.c.key).where(table.c.id == article_id))
    if key is None:
        return False
    changes.note(connection, schema.article, [key])
    before = places_of(connection, key)
    _clear(connection, key)
    connection.execute(table.delete().where(table.c.key == key))
    drop_unused(connection, before)
    return True


# -- tables -------------------------------------------------------------------------------------


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Values in portions that fit one IN (...)."""
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> list[int]:
    """Insert rows under the next free keys; those keys."""
    if not rows:
        return []
    first = bulk.next_key(connection, table)
    keys = list(range(first, first + len(rows)))
    numbered = [{**row, "key": key} for key, row in zip(keys, rows, strict=True)]
    connection.execute(table.insert(), numbered)
    bulk.used_keys(connection, table, keys[-1])
    return keys


def _save_articles(
    connection: sa.Connection, readings: Sequence[Rows], known: Mapping[str, int], reader: str
) -> list[int]:
    """Insert or replace the articles themselves; their keys."""
    table = schema.article
    new = [{**rows.article, "reader": reader} for rows in readings if rows.id not in known]
    inserted = iter(insert(connection, table, new))
    keys = []
    for rows in readings:
        key = known.get(rows.id)
        if key is None:
            key = next(inserted)
        else:
            changed = {**rows.article, "reader": reader}
            connection.execute(table.update().where(table.c.key == key).values(changed))
        keys.append(key)
    changes.note(connection, table, keys)
    return keys


def save_places(connection: sa.Connection, places: Iterable[Place]) -> dict[str, int]:
    """Insert places, or bring them up to date; their keys by id."""
    return _save_places(connection, {place.id: place_row(place) for place in places})


def _save_places(connection: sa.Connection, wanted: Mapping[str, Row]) -> dict[str, int]:
    table, ids = schema.place, sorted(wanted)
    known: dict[str, Row] = {}
    for part in chunks(ids):
        found = connection.execute(sa.select(table).where(table.c.id.in_(part)))
        known |= {row["id"]: dict(row) for row in found.mappings()}
    keys: dict[str, int] = {}
    moved = []
    for place_id, old in known.items():
        key = keys[place_id] = int(old.pop("key"))
        if old != wanted[place_id]:
            changed = table.update().where(table.c.key == key).values(**wanted[place_id])
            connection.execute(changed)
            moved.append(key)
    new = [place_id for place_id in ids if place_id not in known]
    inserted = insert(connection, table, [wanted[place_id] for place_id in new])
    changes.note(connection, table, moved + inserted)
    return keys | dict(zip(new, inserted, strict=True))


def _save_mentions(
    connection: sa.Connection, readings: Sequence[Rows], articles: Sequence[int],
    places: Mapping[str, int],
) -> list[list[int]]:  # fmt: skip
    """Insert the mentions; their keys, of each reading in its order."""
    rows = []
    for article_key, one in zip(articles, readings, strict=True):
        for mention in one.mentions:
            row = {**mention, "article_key": article_key}
            row["place_key"] = places.get(row.pop("place"))
            rows.append(row)
    keys = iter(insert(connection, schema.mention, rows))
    return [[next(keys) for _ in one.mentions] for one in readings]


def _save_events(
    connection: sa.Connection, readings: Sequence[Rows], articles: Sequence[int],
    places: Mapping[str, int], mentions: Sequence[Sequence[int]],
) -> None:  # fmt: skip
    """Insert the events, where they happened, and what a search finds them by."""
    rows = [
        {**event, "article_key": key}
        for key, one in zip(articles, readings, strict=True)
        for event in one.events
    ]
    inserted = insert(connection, schema.event, rows)
    links, left = [], iter(inserted)
    for one, mention_keys in zip(readings, mentions, strict=True):
        event_keys = [next(left) for _ in one.events]
        links += [
            {
                "event_key": event_keys[link["event"]],
                "mention_key": mention_keys[link["mention"]],
                "place_key": places.get(link["place"]),
                "role": link["role"],
                "confidence": link["confidence"],
            }
            for link in one.links
        ]
    if links:
        connection.execute(schema.event_place.insert(), links)
    said = [words for one in readings for words in one.words]
    search.add_words(connection, [(key, *words) for key, words in zip(inserted, said, strict=True)])


# -- taking out ---------------------------------------------------------------------------------


def _clear(connection: sa.Connection, article_key: int) -> None:
    """Delete what was read from an article; links go with their events."""
    search.drop(connection, schema.event.c.article_key == article_key)
    for table in (schema.event, schema.mention):
        connection.execute(table.delete().where(table.c.article_key == article_key))


def places_of(connection: sa.Connection, article_key: int) -> set[int]:
    """Keys of every place that something of an article is at, or was read at."""
    mention, event, link, read = (
        schema.mention, schema.event, schema.event_place, schema.overruled,
    )  # fmt: skip
    own = mention.c.article_key == article_key, event.c.article_key == article_key
    queries = (
        sa.select(mention.c.place_key).where(own[0]),
        sa.select(link.c.place_key).select_from(link.join(event)).where(own[1]),
        sa.select(read.c.place_key).select_from(read.join(mention)).where(own[0]),
        sa.select(read.c.place_key).select_from(read.join(link).join(event)).where(own[1]),
    )
    return {key for query in queries for key in connection.scalars(query)} - {None}


def drop_unused(connection: sa.Connection, keys: set[int]) -> None:
    """Delete those of the places that nothing is at, or was read at, any more."""
    table = schema.place
    for part in chunks(sorted(keys)):
        unused = [~sa.exists().where(other.c.place_key == table.c.key) for other in PLACED]
        found = sa.select(table.c.key).where(table.c.key.in_(part), *unused)
        gone = connection.scalars(found).all()
        changes.note(connection, table, gone)
        for some in chunks(gone):
            connection.execute(table.delete().where(table.c.key.in_(some)))

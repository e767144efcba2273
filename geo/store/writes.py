"""Write one article with everything read from it. The caller holds the transaction."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from geo.errors import DataError
from geo.model import Article, Candidate, Event, Mention, Place, Reading, stable_id
from geo.store import changes, schema, search
from geo.store.corrections import UNREVIEWED

Row = dict[str, Any]

CHUNK = 500  # values of one IN (...): below what any SQLite takes
PLACED = (schema.mention, schema.event_place, schema.overruled)  # tables whose rows have a place
MOST_PEOPLE = 2_000_000_000  # a larger count of dead or injured is a misreading
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def save(connection: sa.Connection, read: Reading, reader: str) -> bool:
    """Insert a reading or replace an earlier one; False where nothing of it is new.

    Raises DataError for text that a database cannot hold.
    """
    article = read.article
    row = _article_row(read, reader)
    table = schema.article
    known = connection.execute(
        sa.select(table.c.key, table.c.digest, table.c.reader).where(table.c.id == article.id)
    ).one_or_none()
    if known is not None and known.digest == row["digest"]:
        if known.reader != reader:
            connection.execute(table.update().where(table.c.key == known.key).values(reader=reader))
        return False
    before: set[int] = set()
    if known is None:
        key = inserted(connection, table, row)
    else:
        key = int(known.key)
        before = places_of(connection, key)
        _clear(connection, key)
        connection.execute(table.update().where(table.c.key == key).values(**row))
    changes.note(connection, schema.article, [key])
    places = save_places(connection, (m.place for m in read.mentions if m.place is not None))
    mentions = _save_mentions(connection, key, read, places)
    _save_events(connection, key, read, places, mentions)
    drop_unused(connection, before - set(places.values()))
    return True


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


# -- rows ---------------------------------------------------------------------------------------


def _article_row(read: Reading, reader: str) -> Row:
    article = read.article
    row = dataclasses.asdict(article)
    for name, value in row.items():
        if isinstance(value, str) and (bad := _UNSTORABLE.search(value)):
            raise DataError(
                f"article {article.title[:60]!r}: character {bad.start()} of its {name} is "
                f"U+{ord(bad.group()):04X}, which no database holds; geo.sources.text.plain "
                "takes such characters out"
            )
    # When a text was fetched says nothing about what is in it.
    told = [{**row, "retrieved": None}, _parts(read)]
    digest = stable_id(json.dumps(told, sort_keys=True, default=str))
    return {**row, "reader": reader, "digest": digest}


def _parts(read: Reading) -> list[Any]:
    mentions = [
        [m.start, m.end, m.surface, m.form, place_row(m.place) if m.place else None,
         m.confidence, m.method, [candidate_record(c) for c in m.candidates]]
        for m in read.mentions
    ]  # fmt: skip
    return [mentions, [dataclasses.asdict(event) for event in read.events]]


def place_row(place: Place) -> Row:
    """A row of the table of places, but for its key."""
    values = {entry.name: getattr(place, entry.name) for entry in dataclasses.fields(place)}
    return {**values, "crosses": list(place.crosses)}


def candidate_record(candidate: Candidate) -> Row:
    """A candidate as it is kept in JSON, to answer "why here?"."""
    place = candidate.place
    return {
        "place_id": place.id, "name": place.name, "kind": place.kind, "lat": place.lat,
        "lon": place.lon, "country": place.country, "admin1_name": place.admin1_name,
        "score": candidate.score, "reasons": list(candidate.reasons),
    }  # fmt: skip


def mention_ids(article: Article, mentions: Sequence[Mention]) -> list[str]:
    """Stable ids: the same stretch of the same article has the same one, whoever reads it."""
    return _numbered(("mention", article.id, m.start, m.end) for m in mentions)


def event_ids(article: Article, events: Sequence[Event]) -> list[str]:
    """Stable ids by the word that tells of the event, and its type."""
    return _numbered(("event", article.id, e.trigger_start, e.trigger_end, e.type) for e in events)


def _numbered(keys: Iterable[tuple[object, ...]]) -> list[str]:
    """A stable id for each key; a key that comes again is numbered."""
    seen: Counter[tuple[object, ...]] = Counter()
    ids = []
    for key in keys:
        ids.append(stable_id(*key, seen[key]) if seen[key] else stable_id(*key))
        seen[key] += 1
    return ids


# -- parts of a reading -------------------------------------------------------------------------


def inserted(connection: sa.Connection, table: sa.Table, row: Row) -> int:
    """Insert one row; its key."""
    key = connection.execute(table.insert().values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def insert(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> dict[str, int]:
    """Insert all that an article has in a table; the keys of its rows by id."""
    if not rows:
        return {}
    connection.execute(table.insert(), rows)
    found = connection.execute(
        sa.select(table.c.id, table.c.key).where(table.c.article_key == rows[0]["article_key"])
    )
    return {row.id: row.key for row in found}


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Values in portions that fit one IN (...)."""
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]


def save_places(connection: sa.Connection, places: Iterable[Place]) -> dict[str, int]:
    """Insert places, or bring them up to date; their keys by id."""
    # In order of id, so that two writers never wait for each other's rows.
    wanted = {place.id: place_row(place) for place in places}
    table, ids = schema.place, sorted(wanted)
    known: dict[str, Row] = {}
    for part in chunks(ids):
        found = connection.execute(sa.select(table).where(table.c.id.in_(part)))
        known |= {row["id"]: dict(row) for row in found.mappings()}
    keys: dict[str, int] = {}
    moved = []
    for place_id in ids:
        new, old = wanted[place_id], known.get(place_id)
        if old is None:
            keys[place_id] = inserted(connection, table, new)
            moved.append(keys[place_id])
            continue
        keys[place_id] = old.pop("key")
        if old != new:
            connection.execute(table.update().where(table.c.key == keys[place_id]).values(**new))
            moved.append(keys[place_id])
    changes.note(connection, table, moved)
    return keys


def _save_mentions(
    connection: sa.Connection, article_key: int, read: Reading, places: dict[str, int]
) -> list[int]:
    """Insert the mentions; their keys in the reading's order."""
    ids = mention_ids(read.article, read.mentions)
    rows = [
        {
            "id": mention_id, "article_key": article_key, "start": m.start, "end": m.end,
            "surface": m.surface, "form": m.form, "confidence": m.confidence, "method": m.method,
            "place_key": places[m.place.id] if m.place else None,
            "candidates": [candidate_record(c) for c in m.candidates],
        }
        for mention_id, m in zip(ids, read.mentions, strict=True)
    ]  # fmt: skip
    keys = insert(connection, schema.mention, rows)
    return [keys[mention_id] for mention_id in ids]


def _count(people: int | None) -> int | None:
    return people if people is not None and 0 <= people <= MOST_PEOPLE else None


def _save_events(
    connection: sa.Connection, article_key: int, read: Reading, places: dict[str, int],
    mentions: list[int],
) -> None:  # fmt: skip
    """Insert the events, where they happened, and what a search finds them by."""
    text, ids = read.article.text, event_ids(read.article, read.events)
    rows = []
    for position, (event_id, event) in enumerate(zip(ids, read.events, strict=True)):
        row = {**dataclasses.asdict(event), "actors": list(event.actors)}
        del row["places"]
        for name in ("fatalities_low", "fatalities_high", "injured_low", "injured_high"):
            row[name] = _count(row[name])
        row |= {
            "id": event_id, "article_key": article_key, "position": position,
            "sentence": text[event.start : event.end],
            "review": UNREVIEWED,
        }  # fmt: skip
        rows.append(row)
    keys = insert(connection, schema.event, rows)
    links = []
    for event_id, event in zip(ids, read.events, strict=True):
        for link in event.places:
            place = read.mentions[link.mention].place
            links.append(
                {
                    "event_key": keys[event_id], "mention_key": mentions[link.mention],
                    "place_key": places[place.id] if place else None,
                    "role": link.role, "confidence": link.confidence,
                }
            )  # fmt: skip
    if links:
        connection.execute(schema.event_place.insert(), links)
    title = read.article.title
    search.add(connection, ((keys[row["id"]], row["sentence"], title) for row in rows))


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
        unused = [
            ~sa.exists().where(other.c.place_key == table.c.key)
            for other in PLACED
        ]
        found = sa.select(table.c.key).where(table.c.key.in_(part), *unused)
        gone = connection.scalars(found).all()
        changes.note(connection, table, gone)
        for some in chunks(gone):
            connection.execute(table.delete().where(table.c.key.in_(some)))

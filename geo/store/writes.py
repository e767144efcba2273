"""Write one article with everything read from it. The caller holds the transaction."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, select, text

from geo.model import Candidate, Event, Mention, Place, Reading, stable_id
from geo.store import schema


def save(connection: Connection, read: Reading, reader: str) -> bool:
    """Insert or replace a reading; False where the same reader has read the same article."""
    article = read.article
    found = connection.execute(
        select(schema.article.c.n, schema.article.c.reader).where(schema.article.c.id == article.id)
    ).one_or_none()
    if found is not None:
        if found.reader == reader:
            return False
        delete_article(connection, article.id)
    row = {**asdict(article), "reader": reader}
    number = _inserted(connection, schema.article, row)
    places = _places(connection, read)
    _mentions(connection, number, read, places)
    _events(connection, number, read, places)
    return True


def delete_article(connection: Connection, article_id: str) -> bool:
    """Delete an article; mentions and events go with it."""
    number = connection.scalar(select(schema.article.c.n).where(schema.article.c.id == article_id))
    if number is None:
        return False
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("DELETE FROM event_text WHERE rowid IN (SELECT n FROM event WHERE article = :n)"),
            {"n": number},
        )
    connection.execute(delete(schema.article).where(schema.article.c.n == number))
    return True


def _inserted(connection: Connection, table: Any, row: dict[str, Any]) -> int:
    key = connection.execute(table.insert().values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _places(connection: Connection, read: Reading) -> dict[str, int]:
    """Keys of every place that a mention was put at; new ones are inserted."""
    wanted = {m.place.id: m.place for m in read.mentions if m.place is not None}
    table = schema.place
    rows = connection.execute(select(table.c.id, table.c.n).where(table.c.id.in_(wanted)))
    known: dict[str, int] = {row.id: row.n for row in rows}
    for place_id, place in wanted.items():
        if place_id not in known:
            row = {**asdict(place), "crosses": "|".join(place.crosses)}
            known[place_id] = _inserted(connection, table, row)
    return known


def _candidate(candidate: Candidate) -> dict[str, Any]:
    place: Place = candidate.place
    return {
        "place_id": place.id, "name": place.name, "kind": place.kind, "lat": place.lat,
        "lon": place.lon, "country": place.country, "admin1_name": place.admin1_name,
        "score": candidate.score, "reasons": list(candidate.reasons),
    }  # fmt: skip


def _mention_row(number: int, mention: Mention, places: dict[str, int]) -> dict[str, Any]:
    return {
        "article": number, "start": mention.start, "end": mention.end, "surface": mention.surface,
        "form": mention.form, "confidence": mention.confidence, "method": mention.method,
        "place": places[mention.place.id] if mention.place else None,
        "candidates": json.dumps([_candidate(c) for c in mention.candidates], ensure_ascii=False),
    }  # fmt: skip


def _mentions(connection: Connection, number: int, read: Reading, places: dict[str, int]) -> None:
    rows = [_mention_row(number, mention, places) for mention in read.mentions]
    if rows:
        connection.execute(schema.mention.insert(), rows)


def event_id(read: Reading, event: Event) -> str:
    """The same event of the same article has the same id, whoever reads it and when."""
    return stable_id("event", read.article.id, event.trigger_start, event.trigger_end, event.type)


def _events(connection: Connection, number: int, read: Reading, places: dict[str, int]) -> None:
    seen: set[str] = set()
    for event in read.events:
        identity = event_id(read, event)
        if identity in seen:  # two readings of one trigger are one event
            continue
        seen.add(identity)
        row = asdict(event)
        for name in ("places", "actors"):
            del row[name]
        key = _inserted(
            connection,
            schema.event,
            {**row, "id": identity, "article": number, "actors": "|".join(event.actors),
             "review": "unreviewed"},
        )  # fmt: skip
        if connection.dialect.name == "sqlite":
            connection.execute(
                text("INSERT INTO event_text (rowid, sentence, title) VALUES (:n, :s, :t)"),
                {
                    "n": key,
                    "s": read.article.text[event.start : event.end],
                    "t": read.article.title,
                },
            )
        rows = []
        for link in event.places:
            mention = read.mentions[link.mention]
            if mention.place is not None:
                rows.append(
                    {"event": key, "place": places[mention.place.id], "role": link.role,
                     "confidence": link.confidence, "start": mention.start, "end": mention.end}
                )  # fmt: skip
        if rows:
            connection.execute(schema.event_place.insert(), rows)

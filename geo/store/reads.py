"""Read articles, mentions and the evidence of events."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, text

from geo.model import Article
from geo.store import schema

_WORDS = re.compile(r"\w+")
_MOST_WORDS = 20
_CHUNK = 400  # ids per query, below every database's limit on parameters
_ARTICLE_FIELDS = (
    "id", "title", "text", "url", "publisher", "published", "retrieved", "language", "licence",
    "country", "note",
)  # fmt: skip


def article(connection: Connection, article_id: str) -> Article | None:
    """One article with its text."""
    table = schema.article
    columns = [table.c[name] for name in _ARTICLE_FIELDS]
    row = connection.execute(select(*columns).where(table.c.id == article_id)).one_or_none()
    return Article(**row._mapping) if row else None


def articles(connection: Connection) -> list[Article]:
    """Every article, its text left out, newest first."""
    table = schema.article
    columns = [table.c[name] for name in _ARTICLE_FIELDS if name != "text"]
    rows = connection.execute(select(*columns).order_by(table.c.published.desc(), table.c.n))
    return [Article(**row._mapping, text="") for row in rows]


def mentions(connection: Connection, article_id: str) -> list[dict[str, Any]]:
    """Mentions of one article in order of start; `place_id` is empty where not located."""
    m, p = schema.mention, schema.place
    rows = connection.execute(
        select(
            m.c.start, m.c.end, m.c.surface, m.c.form, m.c.confidence, m.c.method, m.c.candidates,
            func.coalesce(p.c.id, "").label("place_id"),
            func.coalesce(p.c.name, "").label("place_name"),
        )
        .select_from(m.join(schema.article).outerjoin(p))
        .where(schema.article.c.id == article_id)
        .order_by(m.c.start)
    )  # fmt: skip
    return [{**row, "candidates": json.loads(row["candidates"])} for row in rows.mappings()]


def event_details(connection: Connection, event_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Events with their sentence, spans within it, places with roles, and source."""
    found: dict[str, dict[str, Any]] = {}
    wanted = list(dict.fromkeys(event_ids))
    for at in range(0, len(wanted), _CHUNK):
        found |= _details(connection, wanted[at : at + _CHUNK])
    return [found[event_id] for event_id in wanted if event_id in found]


def _details(connection: Connection, event_ids: list[str]) -> dict[str, dict[str, Any]]:
    e, a = schema.event, schema.article
    # The sentence is cut out by the database, so a long article is not read for one line.
    sentence = func.substr(a.c.text, e.c.start + 1, e.c.end - e.c.start)
    rows = connection.execute(
        select(
            e,
            a.c.id.label("article_id"), a.c.title, a.c.url, a.c.publisher, a.c.published,
            sentence.label("sentence"),
        )
        .select_from(e.join(a))
        .where(e.c.id.in_(event_ids))
    ).mappings()  # fmt: skip
    events = [dict(row) for row in rows]
    places = _places_of(connection, [event["n"] for event in events])
    details = {}
    for event in events:
        start, end = event.pop("start"), event.pop("end")
        number = event.pop("n")
        event["event_id"] = event.pop("id")
        event["actors"] = [name for name in event["actors"].split("|") if name]
        event["trigger_span"] = (
            event.pop("trigger_start") - start,
            event.pop("trigger_end") - start,
        )
        event["sentence_start"], event["sentence_end"] = start, end
        event["places"] = [
            {**place, "span": (first - start, last - start) if start <= first < end else None}
            for place, first, last in places[number]
        ]
        details[event["event_id"]] = event
    return details


def _places_of(
    connection: Connection, numbers: list[int]
) -> dict[int, list[tuple[dict[str, Any], int, int]]]:
    link, p = schema.event_place, schema.place
    rows = connection.execute(
        select(
            link.c.event, link.c.role, link.c.confidence, link.c.start, link.c.end,
            p.c.id.label("place_id"), p.c.name, p.c.kind, p.c.lat, p.c.lon, p.c.country,
            p.c.admin1, p.c.admin1_name, p.c.precision_km,
        )
        .select_from(link.join(p))
        .where(link.c.event.in_(numbers))
        .order_by(link.c.n)
    )  # fmt: skip
    places: dict[int, list[tuple[dict[str, Any], int, int]]] = defaultdict(list)
    for row in rows.mappings():
        place = dict(row)
        number, first, last = place.pop("event"), place.pop("start"), place.pop("end")
        places[number].append((place, first, last))
    return places


def search(connection: Connection, words: str) -> set[str]:
    """Ids of events whose sentence or article title holds every word or its beginning."""
    tokens = _WORDS.findall(words)[:_MOST_WORDS]
    if not tokens:
        return set()
    if connection.dialect.name == "sqlite":
        # Each word is quoted, so no character of a reader's words is FTS5 syntax.
        query = " AND ".join(f'"{token}"*' for token in tokens)
        rows = connection.execute(
            text(
                "SELECT event.id FROM event_text JOIN event ON event.n = event_text.rowid "
                "WHERE event_text MATCH :query"
            ),
            {"query": query},
        )
        return {row.id for row in rows}
    e, a = schema.event, schema.article
    sentence = func.substr(a.c.text, e.c.start + 1, e.c.end - e.c.start)
    every = [
        or_(sentence.icontains(token, autoescape=True), a.c.title.icontains(token, autoescape=True))
        for token in tokens
    ]
    return set(connection.scalars(select(e.c.id).select_from(e.join(a)).where(and_(*every))))

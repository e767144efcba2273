"""Read articles, mentions and the evidence of events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from geo.model import Article
from geo.store import schema
from geo.store.writes import chunks

Row = dict[str, Any]

_ARTICLE_FIELDS = [schema.article.c[entry.name] for entry in fields(Article)]


def article(connection: sa.Connection, article_id: str) -> Article | None:
    """One article with its text."""
    rows = connection.execute(
        sa.select(*_ARTICLE_FIELDS).where(schema.article.c.id == article_id)
    ).mappings()
    return next(map(_article, rows), None)


def articles(connection: sa.Connection) -> list[Article]:
    """Every article, its text left out, the newest first, those without a date last."""
    table = schema.article
    columns = [column for column in _ARTICLE_FIELDS if column is not table.c.text]
    rows = connection.execute(
        sa.select(*columns, sa.literal("").label("text")).order_by(
            table.c.published.desc().nulls_last(), table.c.key
        )
    )
    return [_article(row) for row in rows.mappings()]


def _article(row: sa.RowMapping) -> Article:
    values: Row = dict(row)
    retrieved: datetime | None = values["retrieved"]
    if retrieved is not None and retrieved.tzinfo is None:  # SQLite keeps no time zone
        values["retrieved"] = retrieved.replace(tzinfo=UTC)
    return Article(**values)


def is_empty(connection: sa.Connection) -> bool:
    """Whether there is neither an article nor a data set."""
    reports = (schema.article, schema.dataset)
    found = (connection.execute(sa.select(report.c.key).limit(1)).first() for report in reports)
    return not any(found)


def newest_article_key(connection: sa.Connection) -> int:
    """Key of the article that came last, 0 where there is none."""
    return connection.scalar(sa.select(sa.func.max(schema.article.c.key))) or 0


def counts(connection: sa.Connection) -> dict[str, int]:
    """Rows of articles, mentions, events and places."""
    tables = {
        "articles": schema.article, "mentions": schema.mention, "events": schema.event,
        "places": schema.place,
    }  # fmt: skip
    return {
        name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for name, table in tables.items()
    }


def known(connection: sa.Connection, wanted: Sequence[Article], reader: str) -> set[str]:
    """Ids of the articles that are there, all but `retrieved` equal, as read by a version."""
    c = schema.article.c
    query = sa.select(*_ARTICLE_FIELDS).where(c.reader == reader)
    there = {
        row["id"]: _article(row)
        for part in chunks([one.id for one in wanted])
        for row in connection.execute(query.where(c.id.in_(part))).mappings()
    }
    return {one.id for one in wanted if there.get(one.id) == one}  # `retrieved` is not compared


def mentions(connection: sa.Connection, article_id: str) -> list[Row]:
    """Mentions of one article in order of start.

    Each: id, start, end, surface, form, confidence, method, place_id and place_name (empty where
    not located), corrected (whether a person had a word in it), read_as (name of the place that was
    read, if so), candidates (list of dicts, the best first: place_id, name, kind, lat, lon,
    country, admin1_name, score, reasons).
    """
    m, p, was = schema.mention, schema.place, schema.overruled
    read = p.alias("was_read")
    rows = connection.execute(
        sa.select(
            m.c.id, m.c.start, m.c.end, m.c.surface, m.c.form, m.c.confidence, m.c.method,
            m.c.candidates,
            sa.func.coalesce(p.c.id, "").label("place_id"),
            sa.func.coalesce(p.c.name, "").label("place_name"),
            was.c.key.is_not(None).label("corrected"),
            sa.func.coalesce(read.c.name, "").label("read_as"),
        )
        .select_from(
            m.join(schema.article).outerjoin(p, p.c.key == m.c.place_key)
            .outerjoin(was, was.c.mention_key == m.c.key)
            .outerjoin(read, read.c.key == was.c.place_key)
        )
        .where(schema.article.c.id == article_id)
        .order_by(m.c.start, m.c.end, m.c.key)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]


def event_details(connection: sa.Connection, event_ids: Sequence[str]) -> list[Row]:
    """Events in the order asked for; unknown ids are left out.

    Each: event_id, type, subtype, status, date_start, date_end (date or None), date_precision,
    date_reason, actors (list), claimed_by, fatalities_* and injured_*, instrument, confidence,
    review, position (0 for the article's main event), sentence, sentence_start, sentence_end,
    trigger_span and mention_spans (start, end: characters of the sentence), article_id, title,
    url, publisher, published, dataset_id, dataset, dataset_kind, dataset_licence, external_id,
    source, source_url, and places: dicts with place_id, name, kind, lat, lon, country,
    admin1, admin1_name, precision_km, role, confidence, surface and span, which is None where the
    place is named outside the sentence. An event of a data set has its notes for a sentence, its
    line in the file for a position, and no article: article_id, title, url and publisher are empty,
    published and trigger_span None. One of an article has the data set's fields empty.
    """
    found: dict[str, Row] = {}
    wanted = list(dict.fromkeys(event_ids))
    for part in chunks(wanted):
        found |= _details(connection, part)
    return [found[event_id] for event_id in wanted if event_id in found]


def _details(connection: sa.Connection, event_ids: Sequence[str]) -> dict[str, Row]:
    e, a, d = schema.event, schema.article, schema.dataset
    reports = [
        sa.func.coalesce(column, "").label(name)
        for name, column in (
            ("article_id", a.c.id), ("title", a.c.title), ("url", a.c.url),
            ("publisher", a.c.publisher), ("dataset_id", d.c.id), ("dataset", d.c.name),
            ("dataset_kind", d.c.kind), ("dataset_licence", d.c.licence),
        )
    ]  # fmt: skip
    rows = connection.execute(
        sa.select(e, *reports, a.c.published)
        .select_from(e.outerjoin(a).outerjoin(d))
        .where(e.c.id.in_(event_ids))
    ).mappings()
    events = [dict(row) for row in rows]
    places = _places(connection, [event["key"] for event in events])
    details = {}
    for event in events:
        first = event.pop("start")
        event["event_id"] = event.pop("id")
        event["sentence_start"], event["sentence_end"] = first, event.pop("end")
        told = (event.pop("trigger_start") - first, event.pop("trigger_end") - first)
        event["trigger_span"] = told if event["article_id"] else None
        event["places"] = [
            _within(place, first, event["sentence_end"]) for place in places[event.pop("key")]
        ]
        spans = [place["span"] for place in event["places"] if place["span"]]
        event["mention_spans"] = sorted(set(spans))
        del event["article_key"], event["dataset_key"]
        details[event["event_id"]] = event
    return details


def surroundings(
    connection: sa.Connection, event_ids: Sequence[str], chars: int
) -> dict[str, tuple[str, str]]:
    """Up to `chars` characters of the article before and after the sentence of each event.

    By event id; events of a data set, and unknown ids, have none.
    """
    e, a = schema.event, schema.article
    first = sa.case((e.c.start > chars, e.c.start - chars), else_=0)
    found: dict[str, tuple[str, str]] = {}
    for part in chunks(list(dict.fromkeys(event_ids))):
        rows = connection.execute(
            sa.select(
                e.c.id,
                sa.func.substr(a.c.text, first + 1, e.c.start - first),
                sa.func.substr(a.c.text, e.c.end + 1, chars),
            )
            .select_from(e.join(a))
            .where(e.c.id.in_(part))
        )
        found |= {event_id: (before, after) for event_id, before, after in rows}
    return found


def _within(place: Row, first: int, last: int) -> Row:
    """The place with its span counted from the sentence's start."""
    start, end = place.pop("start"), place.pop("end")
    inside = start is not None and first <= start < end <= last
    return {**place, "span": (start - first, end - first) if inside else None}


def _places(connection: sa.Connection, event_keys: Sequence[int]) -> dict[int, list[Row]]:
    link, m, p = schema.event_place, schema.mention, schema.place
    rows = connection.execute(
        sa.select(
            link.c.event_key, link.c.role, link.c.confidence,
            m.c.start, m.c.end, sa.func.coalesce(m.c.surface, "").label("surface"),
            p.c.id.label("place_id"), p.c.name, p.c.kind, p.c.lat, p.c.lon, p.c.country,
            p.c.admin1, p.c.admin1_name, p.c.precision_km,
        )
        .select_from(
            link.join(p, p.c.key == link.c.place_key)
            .outerjoin(m, m.c.key == link.c.mention_key)
        )
        .where(link.c.event_key.in_(event_keys))
        .order_by(link.c.key)
    )  # fmt: skip
    places: dict[int, list[Row]] = defaultdict(list)
    for row in rows.mappings():
        place = dict(row)
        places[place.pop("event_key")].append(place)
    return places

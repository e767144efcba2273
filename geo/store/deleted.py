"""Take an article with all that hangs on it out of the store as one JSON value, and put it back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from geo.store import changes, schema, search, writes

Row = dict[str, Any]

# Tables whose rows go with an article, besides the links of its events.
_PARTS = (
    schema.mention, schema.event, schema.article_link, schema.likeness, schema.past_version,
)  # fmt: skip


def take_out(connection: sa.Connection, article_key: int) -> Row:
    """Everything of an article, as it stands; places by id, rows that refer to rows by number."""
    article = schema.article
    kept: Row = {"article": _rows(connection, article, article.c.key == article_key)[0]}
    for table in _PARTS:
        kept[table.name] = _rows(connection, table, table.c.article_key == article_key)
    events = [row["key"] for row in kept["event"]]
    link = schema.event_place
    own = sa.select(schema.event.c.key).where(schema.event.c.article_key == article_key)
    kept["event_place"] = _rows(connection, link, link.c.event_key.in_(own))
    mentions = [row["key"] for row in kept["mention"]]
    rows = kept["mention"] + kept["event_place"]
    keys = sorted({row["place_key"] for row in rows} - {None})
    place = schema.place
    kept["place"] = [
        row
        for part in writes.chunks(keys)
        for row in _rows(connection, place, place.c.key.in_(part))
    ]
    at = {row["key"]: n for n, row in enumerate(kept["place"])}
    for row in rows:
        row["place_key"] = at.get(row["place_key"])
    for row in kept["event_place"]:
        row["event_key"] = events.index(row["event_key"])
        if row["mention_key"] is not None:
            row["mention_key"] = mentions.index(row["mention_key"])
    for found in kept.values():
        for row in [found] if isinstance(found, dict) else found:
            row.pop("key", None)
            row.pop("article_key", None)
    return kept


def put_back(connection: sa.Connection, kept: Row) -> int:
    """Insert it all again, the article not being there; its new key."""
    article, place = schema.article, schema.place
    (key,) = writes.insert(connection, article, [_row(article, kept["article"])])
    changes.note(connection, article, [key])
    places = []
    for row in kept["place"]:
        known = connection.scalar(sa.select(place.c.key).where(place.c.id == row["id"]))
        places.append(known or writes.insert(connection, place, [row])[0])
    changes.note(connection, place, places)
    keys: dict[str, list[int]] = {}
    for table in _PARTS:
        rows = [{**_row(table, row), "article_key": key} for row in kept[table.name]]
        if table is schema.mention:
            rows = [{**row, "place_key": _at(places, row["place_key"])} for row in rows]
        if table is schema.article_link:
            taken = set(connection.scalars(sa.select(table.c.url)))
            rows = [row for row in rows if row["url"] not in taken]
        if table in (schema.mention, schema.event):
            keys[table.name] = writes.insert(connection, table, rows)
        elif rows:
            connection.execute(table.insert(), rows)
    links = [
        {**row, "event_key": keys["event"][row["event_key"]],
         "mention_key": _at(keys["mention"], row["mention_key"]),
         "place_key": _at(places, row["place_key"])}
        for row in kept["event_place"]
    ]  # fmt: skip
    if links:
        connection.execute(schema.event_place.insert(), links)
    title = kept["article"]["title"]
    told = zip(keys["event"], kept["event"], strict=True)
    search.add(connection, ((one, row["sentence"], title) for one, row in told))
    return key


def _at(keys: list[int], number: int | None) -> int | None:
    return None if number is None else keys[number]


def _rows(connection: sa.Connection, table: sa.Table, which: Any) -> list[Row]:
    """Rows as JSON holds them."""
    order = list(table.primary_key.columns)
    found = connection.execute(sa.select(table).where(which).order_by(*order)).mappings()
    return [
        {name: value.isoformat() if isinstance(value, date) else value
         for name, value in row.items()}
        for row in found
    ]  # fmt: skip


def _row(table: sa.Table, row: Row) -> Row:
    """The same as the database takes them."""
    parsers = {sa.Date: date.fromisoformat, sa.DateTime: datetime.fromisoformat}
    told = dict(row)
    for name, value in row.items():
        parse = parsers.get(type(table.c[name].type))
        if parse and value is not None:
            told[name] = parse(value)
    return told

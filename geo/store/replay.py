"""Bring what is shown in line with the ledger. The caller holds the transaction.

What was read stands in `overruled` beside what is shown, so that an undo needs no reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from geo.errors import DataError
from geo.model import Place
from geo.store import changes, corrections, deleted, ledger, schema, writes
from geo.store.corrections import Correction, Effect, Located, Mentioned, Put, State
from geo.store.rows import Rows

_m, _link, _e, _a = schema.mention, schema.event_place, schema.event, schema.article
_read = schema.overruled
Where = sa.ColumnElement[bool]


def save(connection: sa.Connection, readings: Sequence[Rows], reader: str) -> list[bool]:
    """Save readings as `writes.save` does, with the corrections that concern them."""
    changed = writes.save(connection, readings, reader)
    if any(changed) and not ledger.is_empty(connection):
        active = corrections.active(ledger.every(connection))
        for article_id in {one.id for one, new in zip(readings, changed, strict=True) if new}:
            key = connection.execute(sa.select(_a.c.key).where(_a.c.id == article_id)).scalar_one()
            _show(connection, _of_article(key), active)
    return changed


def foresee(connection: sa.Connection, new: Sequence[Correction]) -> Effect:
    """What adding corrections would change, without changing it. Raises DataError as `add`."""
    return _add(connection, new, dry=True)


def add(connection: sa.Connection, new: Sequence[Correction]) -> Effect:
    """Add corrections to the ledger and show what they say; what that changed.

    Those that the ledger has already are passed over. Raises DataError for an undo of what is not
    in the ledger.
    """
    return _add(connection, new, dry=False)


def everything(connection: sa.Connection) -> None:
    """Apply the ledger anew to all that is in the store, after data came in by another way."""
    if not ledger.is_empty(connection):
        ledgered = ledger.every(connection)
        _show(connection, _touched(ledgered), corrections.active(ledgered))


def _add(connection: sa.Connection, new: Sequence[Correction], *, dry: bool) -> Effect:
    known = ledger.every(connection)
    ids = {one.id for one in known}
    new = list({one.id: one for one in new if one.id not in ids}.values())
    if not new:
        return Effect()
    made = {one.id: one.made for one in (*known, *new)}
    for one in new:
        named = one.target.get("correction")
        if named is not None and not made.get(named, "~") < one.made:
            raise DataError(f"correction {one.id} undoes {named}, which is not made before it")
    before, after = corrections.active(known), corrections.active([*known, *new])
    out, back = _deletions(connection, before, after)
    if dry:
        shown = _show(connection, _touched([*known, *new], out), after, dry=True)
        return replace(shown, deleted=frozenset(out), restored=frozenset(back))
    kept = {}
    within = _touched([*known, *new])
    for article_id, key in out.items():
        _show(connection, _of_article(key), [])  # what is kept is what was read
        kept[article_id] = deleted.take_out(connection, key)
        writes.delete_article(connection, article_id)
    ledger.append(connection, new, kept)
    shown = _show(connection, within, after)
    for rows in back.values():
        _show(connection, _of_article(deleted.put_back(connection, rows)), after)
    _note_merges(connection, before, after)
    return replace(shown, deleted=frozenset(out), restored=frozenset(back))


def _deletions(
    connection: sa.Connection, before: Sequence[Correction], after: Sequence[Correction]
) -> tuple[dict[str, int], dict[str, Any]]:
    """Articles to take out, with their keys, and those to bring back, with what was kept of them.

    A deletion is done once, when it comes into force: what is read again later stays.
    """
    was, now = (
        {one.id: one.target["article"] for one in part if one.kind == "delete"}
        for part in (before, after)
    )
    keys: dict[str, int] = {}
    for part in writes.chunks(sorted({*was.values(), *now.values()})):
        rows = connection.execute(sa.select(_a.c.id, _a.c.key).where(_a.c.id.in_(part)))
        keys |= {row.id: row.key for row in rows}
    out = {now[one]: keys[now[one]] for one in now.keys() - was.keys() if now[one] in keys}
    gone = {was[one] for one in was.keys() - now.keys()} - set(now.values())
    kept = {one: ledger.kept(connection, one) for one in sorted(gone) if one not in keys}
    return out, {one: rows for one, rows in kept.items() if rows}


def _note_merges(
    connection: sa.Connection, before: Sequence[Correction], after: Sequence[Correction]
) -> None:
    """Let snapshots know whose incidents are others now."""
    was, now = (
        {(one.target["event"], one.target["other"]) for one in part if one.kind == "merge"}
        for part in (before, after)
    )
    _note_events(connection, {event for pair in was ^ now for event in pair})


def _note_events(connection: sa.Connection, event_ids: Iterable[str]) -> None:
    for part in writes.chunks(sorted(event_ids)):
        rows = connection.execute(
            sa.select(_e.c.key, _e.c.article_key).where(_e.c.id.in_(part))
        ).all()
        changes.note(connection, _a, {row.article_key for row in rows if row.article_key})
        changes.note(connection, _e, [row.key for row in rows if not row.article_key])


# -- what a ledger can touch --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Within:
    """Which mentions, places of events and events are looked at.

    Conditions on the tables that `_states` joins: where `overruled` has a row, a person had a word.
    """

    mentions: Where
    links: Where
    events: Where


def _of_article(key: int) -> _Within:
    return _Within(_m.c.article_key == key, _e.c.article_key == key, _e.c.article_key == key)


def _touched(ledgered: Sequence[Correction], without: Iterable[str] = ()) -> _Within:
    """All that a ledger has touched, or can touch first; articles `without` are left out."""
    mentions: list[Where] = [_read.c.key.is_not(None)]
    links: list[Where] = [_read.c.key.is_not(None)]
    events: list[Where] = [_e.c.review != corrections.UNREVIEWED]
    moves = [one.target for one in ledgered if one.kind == "place"]
    places = sorted({target["place"] for target in moves} - {""})
    lost = sorted({target["surface"] for target in moves if not target["place"]})
    at = sa.select(schema.place.c.key)
    for part in writes.chunks(places):
        here = at.where(schema.place.c.id.in_(part))
        mentions.append(_m.c.place_key.in_(here))
        links.append(_link.c.place_key.in_(here))
    for part in writes.chunks(lost):
        mentions.append(_m.c.place_key.is_(None) & _m.c.surface.in_(part))
        links.append(_link.c.place_key.is_(None) & _m.c.surface.in_(part))
    named = {one.target["event"] for one in ledgered if one.kind in ("event-place", "review")}
    for part in writes.chunks(sorted(named)):
        links.append(_e.c.id.in_(part))
        events.append(_e.c.id.in_(part))
    gone = sorted(without)
    left = _a.c.id.not_in(gone) if gone else sa.true()
    kept = sa.or_(_a.c.id.is_(None), left)
    return _Within(sa.or_(*mentions) & left, sa.or_(*links) & kept, sa.or_(*events) & kept)


def _states(connection: sa.Connection, within: _Within) -> tuple[State, State]:
    """What is shown, and what was read."""
    shown, read = schema.place.alias("shown"), schema.place.alias("was_read")
    here = sa.func.coalesce(shown.c.id, "").label("here")
    there = sa.func.coalesce(read.c.id, "").label("there")
    told = (here, there, _read.c.key.is_not(None).label("touched"),
            _read.c.confidence.label("read_confidence"))  # fmt: skip
    rows = connection.execute(
        sa.select(_m.c.key, _m.c.surface, _m.c.confidence, _a.c.id.label("article"), *told)
        .select_from(
            _m.join(_a).outerjoin(shown, shown.c.key == _m.c.place_key)
            .outerjoin(_read, _read.c.mention_key == _m.c.key)
            .outerjoin(read, read.c.key == _read.c.place_key)
        )
        .where(within.mentions)
    ).all()  # fmt: skip
    mentions = {row.key: Mentioned(row.article, row.surface, _shown(row)) for row in rows}
    as_read = {row.key: Mentioned(row.article, row.surface, _as_read(row)) for row in rows}
    rows = connection.execute(
        sa.select(
            _link.c.key, _link.c.role, _link.c.confidence, _e.c.id.label("event"),
            sa.func.coalesce(_a.c.id, "").label("article"),
            sa.func.coalesce(_m.c.surface, "").label("surface"), *told,
        )
        .select_from(
            _link.join(_e, _e.c.key == _link.c.event_key)
            .outerjoin(_a, _a.c.key == _e.c.article_key)
            .outerjoin(_m, _m.c.key == _link.c.mention_key)
            .outerjoin(shown, shown.c.key == _link.c.place_key)
            .outerjoin(_read, _read.c.link_key == _link.c.key)
            .outerjoin(read, read.c.key == _read.c.place_key)
        )
        .where(within.links)
    ).all()  # fmt: skip
    links, links_read = (
        {row.key: Located(row.event, row.article, row.surface, row.role, put(row)) for row in rows}
        for put in (_shown, _as_read)
    )
    rows = connection.execute(
        sa.select(_e.c.id, _e.c.review)
        .select_from(_e.outerjoin(_a, _a.c.key == _e.c.article_key))
        .where(within.events)
    ).all()
    reviews = {row.id: row.review for row in rows}
    unreviewed = dict.fromkeys(reviews, corrections.UNREVIEWED)
    return State(mentions, links, reviews), State(as_read, links_read, unreviewed)


def _shown(row: Any) -> Put:
    return Put(row.here, row.confidence, row.touched)


def _as_read(row: Any) -> Put:
    return Put(row.there, row.read_confidence) if row.touched else Put(row.here, row.confidence)


# -- writing ------------------------------------------------------------------------------------


def _show(
    connection: sa.Connection, within: _Within, active: Sequence[Correction], *, dry: bool = False
) -> Effect:
    """Make what is shown what was read, with the corrections in force; what that changes."""
    before, read = _states(connection, within)
    after = corrections.apply_all(read, active)
    found = corrections.effect(before, after)
    if dry or found.is_empty:
        return found
    reached = {one.to.id: one.to for one in active if one.to is not None}
    used = {item.put.place for part in (after.mentions, after.links) for item in part.values()}
    keys = _place_keys(connection, reached, used | {
        item.put.place for part in (read.mentions, read.links) for item in part.values()
    })  # fmt: skip
    left: set[int] = set()
    for table, own, old, was, new in (
        (_m, _read.c.mention_key, before.mentions, read.mentions, after.mentions),
        (_link, _read.c.link_key, before.links, read.links, after.links),
    ):
        moved = [key for key, item in old.items() if item.put != new[key].put]
        for part in writes.chunks(moved):
            left |= set(connection.scalars(sa.select(table.c.place_key).where(
                table.c.key.in_(part), table.c.place_key.is_not(None))))  # fmt: skip
            left |= set(connection.scalars(sa.select(_read.c.place_key).where(
                own.in_(part), _read.c.place_key.is_not(None))))  # fmt: skip
            connection.execute(_read.delete().where(own.in_(part)))
        if moved:
            connection.execute(
                table.update().where(table.c.key == sa.bindparam("row")).values(
                    place_key=sa.bindparam("at"), confidence=sa.bindparam("sure")
                ),
                [{"row": key, "at": keys.get(new[key].put.place), "sure": new[key].put.confidence}
                 for key in moved],
            )  # fmt: skip
        touched = [
            {own.name: key, "place_key": keys.get(was[key].put.place),
             "confidence": was[key].put.confidence}
            for key in moved if new[key].put.touched
        ]  # fmt: skip
        if touched:
            connection.execute(_read.insert(), touched)
    for event_id in found.reviewed:
        connection.execute(
            _e.update().where(_e.c.id == event_id).values(review=after.reviews[event_id])
        )
    for part in writes.chunks(sorted(found.articles)):
        changes.note(connection, _a, connection.scalars(
            sa.select(_a.c.key).where(_a.c.id.in_(part))))  # fmt: skip
    _note_events(connection, found.events)
    writes.drop_unused(connection, left)
    return found


def _place_keys(
    connection: sa.Connection, reached: dict[str, Place], used: set[str]
) -> dict[str, int]:
    """Keys of places by id; those that corrections reach come in where they are not there yet."""
    keys: dict[str, int] = {}
    for part in writes.chunks(sorted(used - {""})):
        rows = connection.execute(
            sa.select(schema.place.c.id, schema.place.c.key).where(schema.place.c.id.in_(part))
        )
        keys |= {row.id: row.key for row in rows}
    missing = [reached[place] for place in sorted(used - keys.keys() - {""})]
    return keys | writes.save_places(connection, missing)

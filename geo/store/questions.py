"""Names that the gazetteer does not know: asked of an online geocoder, and what it answered.

A question is a name with the country that its articles are about, empty where they name none.
Times are seconds since 1970.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from geo.model import Candidate
from geo.store import changes, schema, writes
from geo.store.database import Database
from geo.store.rows import candidate_record, place_row
from geo.store.waits import is_due

WAITING, ANSWERED, UNKNOWN, FAILED = "waiting", "answered", "unknown", "failed"
STATES = (WAITING, ANSWERED, UNKNOWN, FAILED)
AGREED_CONFIDENCE = 0.5  # country and region are the text's own, but nobody has looked

_question, _mention, _place = schema.question, schema.mention, schema.place


@dataclass(frozen=True, slots=True)
class Question:
    """A name to ask for; `country` is alpha-2 or empty, `attempts` is how often that failed."""

    key: int
    name: str
    country: str
    state: str
    attempts: int
    due: float
    error: str
    answers: int


@dataclass(frozen=True, slots=True)
class _Unplaced:
    """A mention that no candidate was found for, and the regions that its article names."""

    key: int
    article_key: int
    regions: frozenset[str]


class Questions:
    """The questions of a store. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def gather(self, now: float) -> int:
        """Put names in the queue that have come with articles since; return how many wait anew.

        A name that was answered before waits again where an article has come that has no candidates
        for it: the geocoder's cache knows the answer.
        """
        with self._database.writing() as connection:
            rows = connection.execute(
                sa.select(_question.c.key, _question.c.name, _question.c.country, _question.c.state)
            )
            known = {(row.name, row.country): row for row in rows}
            asking = sorted(_unplaced(connection))
            again = [known[one].key for one in asking
                     if one in known and known[one].state == ANSWERED]  # fmt: skip
            for part in writes.chunks(again):
                connection.execute(
                    _question.update()
                    .where(_question.c.key.in_(part))
                    .values(state=WAITING, due=now, attempts=0)
                )
            new = [one for one in asking if one not in known]
            if new:
                connection.execute(
                    _question.insert(),
                    [{"name": name, "country": country, "state": WAITING, "attempts": 0,
                      "due": now, "error": "", "answers": []} for name, country in new],
                )  # fmt: skip
            return len(new) + len(again)

    def due(self, now: float, limit: int) -> list[Question]:
        """Questions that may be asked now, the longest due first."""
        wanted = sa.and_(_question.c.state == WAITING, is_due(_question, now))
        return self._questions(wanted, limit)

    def all(self, limit: int = 500) -> list[Question]:
        """Questions in order of name."""
        return self._questions(sa.true(), limit)

    def _questions(self, wanted: sa.ColumnElement[bool], limit: int) -> list[Question]:
        query = sa.select(_question).where(wanted).order_by(_question.c.due, _question.c.name)
        with self._database.reading() as connection:
            return [
                Question(row.key, row.name, row.country, row.state, row.attempts, row.due,
                         row.error, len(row.answers))
                for row in connection.execute(query.limit(limit))
            ]  # fmt: skip

    def counts(self) -> dict[str, int]:
        """How many questions there are in each state."""
        query = sa.select(_question.c.state, sa.func.count()).group_by(_question.c.state)
        with self._database.reading() as connection:
            found = {state: count for state, count in connection.execute(query)}  # noqa: C416
        return dict.fromkeys(STATES, 0) | found

    def failed(self, question: Question, error: str, due: float | None) -> None:
        """A question could not be asked; it waits until `due`, or for ever where that is None."""
        more: dict[str, Any] = {"state": FAILED} if due is None else {"due": due}
        with self._database.writing() as connection:
            connection.execute(
                _question.update()
                .where(_question.c.key == question.key)
                .values(attempts=question.attempts + 1, error=error, **more)
            )

    def answered(self, question: Question, found: Sequence[Candidate], provider: str) -> int:
        """Note the answers and offer them to every mention of the name; return how many are placed.

        A mention is placed only where exactly one answer lies in the country and in one of the
        first-level regions that its article names. All others have the answers as candidates.
        """
        records = [candidate_record(one) for one in found]
        with self._database.writing() as connection:
            connection.execute(
                _question.update()
                .where(_question.c.key == question.key)
                .values(state=ANSWERED if found else UNKNOWN, error="", answers=records)
            )
            if not found:
                return 0
            before = changes.revision(connection, wait=True)
            asking = _unplaced(connection).get((question.name, question.country), [])
            placed = 0
            for one in asking:
                agreed = [at for at in found if at.place.country == question.country
                          and at.place.admin1 in one.regions]  # fmt: skip
                method = f"answered by {provider}"
                values: dict[str, Any] = {"candidates": records, "method": method}
                if len(agreed) == 1 and question.country:
                    place_key = _place_key(connection, agreed[0])
                    values |= {
                        "place_key": place_key, "confidence": AGREED_CONFIDENCE,
                        "method": f"{method}; in a region that the text names",
                    }  # fmt: skip
                    connection.execute(
                        schema.event_place.update()
                        .where(schema.event_place.c.mention_key == one.key)
                        .values(place_key=place_key)
                    )
                    placed += 1
                connection.execute(
                    _mention.update().where(_mention.c.key == one.key).values(**values)
                )
            changes.note(connection, schema.article, {one.article_key for one in asking})
            if asking:
                changes.move_on(connection, before)
            return placed


def _unplaced(connection: sa.Connection) -> dict[tuple[str, str], list[_Unplaced]]:
    """Mentions without place and candidates, by name and the country that their article is about.

    That is the country of more than half of the places that the article names.
    """
    rows = connection.execute(
        sa.select(_mention.c.key, _mention.c.article_key, _mention.c.surface, _mention.c.candidates)
        .where(_mention.c.place_key.is_(None), _mention.c.form == "name")
    ).all()  # fmt: skip
    unknown = [row for row in rows if not row.candidates]
    countries: dict[int, Counter[str]] = defaultdict(Counter)
    regions: dict[int, set[str]] = defaultdict(set)
    for part in writes.chunks(sorted({row.article_key for row in unknown})):
        named = connection.execute(
            sa.select(_mention.c.article_key, _place.c.country, _place.c.admin1)
            .join(_place, _place.c.key == _mention.c.place_key)
            .where(_mention.c.article_key.in_(part))
        )
        for article_key, country, admin1 in named:
            countries[article_key][country] += 1
            if admin1:
                regions[article_key].add(admin1)
    found: dict[tuple[str, str], list[_Unplaced]] = defaultdict(list)
    for row in unknown:
        told = countries[row.article_key]
        country, times = told.most_common(1)[0] if told else ("", 0)
        about = country if 2 * times > told.total() else ""
        one = _Unplaced(row.key, row.article_key, frozenset(regions[row.article_key]))
        found[row.surface, about].append(one)
    return dict(found)


def _place_key(connection: sa.Connection, found: Candidate) -> int:
    known = connection.scalar(sa.select(_place.c.key).where(_place.c.id == found.place.id))
    if known is not None:
        return int(known)
    made = connection.execute(_place.insert().values(**place_row(found.place)))
    assert made.inserted_primary_key is not None
    key = int(made.inserted_primary_key[0])
    changes.note(connection, _place, [key])
    return key

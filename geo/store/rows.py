"""A reading as the rows that keep it, all but their keys: made wherever it was read.

Nothing here needs a database, so workers make the rows, and the one process that writes has little
more to do than hand them on.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from geo.errors import DataError
from geo.model import Article, Candidate, Event, Mention, Place, Reading, stable_id
from geo.store.corrections import UNREVIEWED
from geo.store.words import words

Row = dict[str, Any]

MOST_PEOPLE = 2_000_000_000  # a larger count of dead or injured is a misreading
_PEOPLE = ("fatalities_low", "fatalities_high", "injured_low", "injured_high")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_PLACE = tuple(entry.name for entry in dataclasses.fields(Place))
_EVENT = tuple(entry.name for entry in dataclasses.fields(Event))


class Json(str):
    """Text that is JSON already, for a column that holds JSON."""

    __slots__ = ()


def dumps(value: Any) -> str:
    """JSON of a value, as columns hold it."""
    return value if isinstance(value, Json) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class Rows:
    """What one article puts into each table.

    article : its row, `digest` of all the rest included; without `reader`
    places : rows by id of each place that a mention was put at
    mentions : rows in order of the reading, each with `place`, the id of its place or None
    events : rows in order of the reading
    links : rows of event_place, each with `event` and `mention`, indices into those, and `place`
    words : of each event: the words of its sentence and of the title, parted by spaces
    """

    article: Row
    places: dict[str, Row]
    mentions: list[Row]
    events: list[Row]
    links: list[Row]
    words: list[tuple[str, str]]

    @property
    def id(self) -> str:
        """The article's id."""
        return str(self.article["id"])


def rows_of(read: Reading) -> Rows:
    """The rows of a reading. Raises DataError for text that no database can hold."""
    article = dataclasses.asdict(read.article)
    _require_storable(article)
    places = {m.place.id: place_row(m.place) for m in read.mentions if m.place is not None}
    candidates = [[candidate_record(one) for one in m.candidates] for m in read.mentions]
    events = [_event_values(event) for event in read.events]
    told = [
        [m.start, m.end, m.surface, m.form, places[m.place.id] if m.place else None,
         m.confidence, m.method, listed]
        for m, listed in zip(read.mentions, candidates, strict=True)
    ]  # fmt: skip
    # When a text was fetched says nothing about what is in it.
    whole = [{**article, "retrieved": None}, [told, events]]
    digest = stable_id(json.dumps(whole, sort_keys=True, default=str))
    title = " ".join(words(read.article.title))
    rows = _event_rows(read, events)
    return Rows(
        article={**article, "digest": digest},
        places=places,
        mentions=_mention_rows(read, candidates),
        events=rows,
        links=_link_rows(read),
        words=[(" ".join(words(row["sentence"])), title) for row in rows],
    )


def _require_storable(article: Row) -> None:
    for name, value in article.items():
        if isinstance(value, str) and (bad := _UNSTORABLE.search(value)):
            raise DataError(
                f"article {article['title'][:60]!r}: character {bad.start()} of its {name} is "
                f"U+{ord(bad.group()):04X}, which no database holds; geo.sources.text.plain "
                "takes such characters out"
            )


def place_row(place: Place) -> Row:
    """A row of the table of places, but for its key."""
    # Not asdict, which copies every value deeply: a place has none that needs it.
    return {name: getattr(place, name) for name in _PLACE} | {"crosses": list(place.crosses)}


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


def _event_values(event: Event) -> Row:
    values = {name: getattr(event, name) for name in _EVENT}
    return values | {"places": [dataclasses.asdict(place) for place in event.places]}


def _mention_rows(read: Reading, candidates: list[list[Row]]) -> list[Row]:
    ids = mention_ids(read.article, read.mentions)
    return [
        {
            "id": mention_id, "start": m.start, "end": m.end, "surface": m.surface,
            "form": m.form, "confidence": m.confidence, "method": m.method,
            "place": m.place.id if m.place else None, "candidates": Json(json.dumps(listed)),
        }
        for mention_id, m, listed in zip(ids, read.mentions, candidates, strict=True)
    ]  # fmt: skip


def _event_rows(read: Reading, events: list[Row]) -> list[Row]:
    ids = event_ids(read.article, read.events)
    rows = []
    for position, (event_id, values) in enumerate(zip(ids, events, strict=True)):
        row = {name: value for name, value in values.items() if name != "places"}
        row |= {name: _count(row[name]) for name in _PEOPLE}
        row |= {
            "id": event_id, "position": position, "review": UNREVIEWED,
            "actors": Json(json.dumps(row["actors"])),
            "sentence": read.article.text[row["start"] : row["end"]],
        }  # fmt: skip
        rows.append(row)
    return rows


def _count(people: int | None) -> int | None:
    return people if people is not None and 0 <= people <= MOST_PEOPLE else None


def _link_rows(read: Reading) -> list[Row]:
    rows = []
    for number, event in enumerate(read.events):
        for link in event.places:
            place = read.mentions[link.mention].place
            rows.append(
                {
                    "event": number, "mention": link.mention, "place": place.id if place else None,
                    "role": link.role, "confidence": link.confidence,
                }
            )  # fmt: skip
    return rows

"""The articles that the tests of the whole path read, and how they ask what was read.

The shipped sample is always among them; `DATELINE_ARTICLE` names one more that is not shipped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geo.gazetteer.gazetteer import distance_km
from geo.model import Event, Mention, Place, Reading
from geo.settings import ROOT

SAMPLE = ROOT / "data" / "articles" / "bakhmut.md"
PUBLISHED = date(2023, 3, 2)


def original() -> Path | None:
    """The article that `DATELINE_ARTICLE` names, or None where it is not set."""
    named = os.environ.get("DATELINE_ARTICLE")
    return Path(named) if named else None


def words(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Every place where `wanted` stands as a whole word: start and end."""
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (before.isalpha() or after.isalpha()):
            yield at, end
        at = text.find(wanted, end)


def span(text: str, phrase: str) -> tuple[int, int]:
    """Where the part of a phrase in [brackets] stands: `the regional centre of [Kherson]`."""
    head, _, rest = phrase.partition("[")
    inner, _, tail = rest.partition("]")
    at = text.find(head + inner + tail)
    assert at >= 0, f"the article has no {phrase!r}"
    return at + len(head), at + len(head) + len(inner)


def mention_at(reading: Reading, start: int, end: int) -> Mention | None:
    """The mention that overlaps a span, the most exact one first."""
    found = [m for m in reading.mentions if m.start < end and start < m.end]
    return min(found, key=lambda m: abs(m.start - start) + abs(m.end - end), default=None)


def sentence_of(reading: Reading, phrase: str) -> tuple[int, int]:
    """The sentence that holds a phrase."""
    at = reading.article.text.find(phrase)
    assert at >= 0, f"the article has no {phrase!r}"
    return next((start, end) for start, end in reading.sentences if start <= at < end)


def places_of(reading: Reading, event: Event, *roles: str) -> list[Place]:
    """Where an event happened; `roles` default to location alone."""
    wanted = roles or ("location",)
    places = [reading.mentions[p.mention].place for p in event.places if p.role in wanted]
    return [place for place in places if place]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What one event must be; what is left empty is not looked at."""

    sentence: str  # words that its sentence holds
    type: str = ""
    subtype: str = ""
    status: str = ""
    dates: tuple[date, date] | None = None
    precision: str = ""
    at: tuple[str, ...] = ()  # ids of places, each of which must be a location
    trigger: str = ""  # part of the word that says so

    def misses(self, reading: Reading, event: Event) -> list[str]:
        """What about an event is not as wanted."""
        text = reading.article.text
        located = {place.id for place in places_of(reading, event)}
        looked_at = {
            "type": (self.type, event.type),
            "subtype": (self.subtype, event.subtype),
            "status": (self.status, event.status),
            "dates": (self.dates, (event.date_start, event.date_end)),
            "precision": (self.precision, event.date_precision),
        }
        missed = [
            f"{key} is {found!r}, not {wanted!r}"
            for key, (wanted, found) in looked_at.items()
            if wanted and wanted != found
        ]
        if missing := set(self.at) - located:
            missed.append(f"not at {sorted(missing)} but {sorted(located)}")
        if self.trigger not in text[event.trigger_start : event.trigger_end].lower():
            missed.append(f"said by {text[event.trigger_start : event.trigger_end]!r}")
        return missed

    def closest(self, reading: Reading) -> list[str]:
        """What the best event of the sentence misses; empty where one is as wanted."""
        start, end = sentence_of(reading, self.sentence)
        here = [event for event in reading.events if event.start < end and start < event.end]
        if not here:
            return ["no event is read from this sentence"]
        return min((self.misses(reading, event) for event in here), key=len)


def near(place: Place | None, lat: float, lon: float, km: float = 10.0) -> bool:
    """Whether a place lies within so many km of a point."""
    return place is not None and distance_km(place.lat, place.lon, lat, lon) <= km

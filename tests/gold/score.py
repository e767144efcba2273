"""Score readings against the gold sets: pure functions from rows and readings to shares.

What each measure means stands beside it; README.md says what the columns of the rows are.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from geo.model import Article, Event, Mention, Reading

Row = dict[str, Any]
Read = Callable[[Article], Reading]

FOLDER = Path(__file__).parent
NEAR_KM = 161.0  # the usual bound of geoparsing: a hundred miles
CLOSE_KM = 25.0
POINT_KINDS = frozenset({"settlement", "site"})  # whose gold point is meant exactly
TENTHS = 10


def rows_of(name: str) -> list[Row]:
    """The lines of a gold file of this folder."""
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def read_all(rows: Sequence[Row], read: Read) -> list[Reading]:
    """One reading per row, as an article of the row's day and country."""
    return [
        read(
            Article.of(
                row["text"],
                published=date.fromisoformat(row["date"]),
                country=row.get("country", ""),
            )
        )
        for row in rows
    ]


def share(part: float, whole: float) -> float:
    """part / whole, 0 where there is nothing to share."""
    return part / whole if whole else 0.0


def f1(right: int, predicted: int, gold: int) -> float:
    """Harmonic mean of precision and recall."""
    return share(2 * right, predicted + gold)


def km_between(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Great-circle distance. Source: haversine formula (Sinnott 1984), mean radius 6371.009 km."""
    one, two = math.radians(lat), math.radians(to_lat)
    h = (
        math.sin((two - one) / 2) ** 2
        + math.cos(one) * math.cos(two) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    )
    return 2 * 6371.009 * math.asin(math.sqrt(min(1.0, h)))


# -- places ---------------------------------------------------------------------------------


@dataclass(slots=True)
class PlaceScore:
    """Counts over all passages; the shares are properties."""

    gold: int = 0
    predicted: int = 0
    overlapping: int = 0  # predictions matched one to one with a gold mention they overlap
    exact: int = 0  # of those, with the same span
    located: int = 0  # predictions with a place, matched or not
    near: int = 0  # located, matched and right
    gold_points: int = 0  # gold settlements and sites
    close: int = 0  # of those, located within 25 km
    decoy_pins: int = 0  # located predictions in passages of decoys that match nothing
    forms_right: int = 0  # of the overlapping, with the gold form
    tenths: list[list[int]] = field(default_factory=lambda: [[0, 0] for _ in range(TENTHS)])

    @property
    def recognition_f1(self) -> float:
        return f1(self.overlapping, self.predicted, self.gold)

    @property
    def exact_f1(self) -> float:
        return f1(self.exact, self.predicted, self.gold)

    @property
    def right(self) -> float:
        """Of all gold mentions, those located within 161 km (areas: within their own radius)."""
        return share(self.near, self.gold)

    @property
    def right_close(self) -> float:
        """Of all gold settlements and sites, those located within 25 km."""
        return share(self.close, self.gold_points)

    @property
    def wrong(self) -> float:
        """Of all located predictions, those that are no place or are somewhere else."""
        return share(self.located - self.near, self.located)

    @property
    def located_f1(self) -> float:
        """End to end: F1 of located predictions against gold mentions."""
        return f1(self.near, self.located, self.gold)

    @property
    def form(self) -> float:
        """Of the mentions found, those with the right form (name, demonym, ...)."""
        return share(self.forms_right, self.overlapping)

    def reliability(self) -> list[tuple[float, int, float]]:
        """(lower bound of confidence, located mentions, share right) for each tenth with any."""
        return [
            (tenth / TENTHS, count, share(right, count))
            for tenth, (count, right) in enumerate(self.tenths)
            if count
        ]


def matched(gold: Sequence[Row], found: Sequence[Mention]) -> dict[int, int]:
    """Index of the found mention -> index of the gold one: equal spans first, then most overlap."""
    pairs = []
    for i, row in enumerate(gold):
        for j, mention in enumerate(found):
            overlap = min(row["end"], mention.end) - max(row["start"], mention.start)
            if overlap > 0:
                equal = (row["start"], row["end"]) == (mention.start, mention.end)
                pairs.append((not equal, -overlap, i, j))
    taken: set[int] = set()
    result: dict[int, int] = {}
    for _, _, i, j in sorted(pairs):
        if i not in taken and j not in result:
            taken.add(i)
            result[j] = i
    return result


def off_km(row: Row, mention: Mention) -> float | None:
    """How far a mention's place is from the gold point; None where it was not located."""
    place = mention.place
    return None if place is None else km_between(row["lat"], row["lon"], place.lat, place.lon)


def is_right(row: Row, mention: Mention) -> bool:
    """Within 161 km. Where both are wide (no settlement, no site): within the found one's own
    radius also, or of the same kind and name, wherever each puts the middle of Indonesia."""
    away_km, place = off_km(row, mention), mention.place
    if away_km is None or place is None:
        return False
    if away_km <= NEAR_KM:
        return True
    if row["kind"] in POINT_KINDS or place.kind in POINT_KINDS:
        return False
    same_kind = row["kind"].rstrip("s") == place.kind.rstrip("s")  # mountain, mountains
    same_name = row["name"].casefold() == place.name.casefold()
    return away_km <= place.precision_km or (same_kind and same_name)


def score_places(rows: Iterable[Row], readings: Iterable[Reading]) -> PlaceScore:
    """Compare the mentions of each reading with those of its row."""
    score = PlaceScore()
    for row, reading in zip(rows, readings, strict=True):
        gold, found = row["mentions"], reading.mentions
        pairs = matched(gold, found)
        score.gold += len(gold)
        score.predicted += len(found)
        score.overlapping += len(pairs)
        score.gold_points += sum(mention["kind"] in POINT_KINDS for mention in gold)
        for j, mention in enumerate(found):
            wanted = gold[pairs[j]] if j in pairs else None
            if wanted is not None:
                score.exact += (wanted["start"], wanted["end"]) == (mention.start, mention.end)
                score.forms_right += wanted["form"] == mention.form
            if mention.place is None:
                continue
            score.located += 1
            right = wanted is not None and is_right(wanted, mention)
            score.near += right
            if wanted is None:
                score.decoy_pins += row["id"].startswith("decoy")
            elif wanted["kind"] in POINT_KINDS:
                away_km = off_km(wanted, mention)
                score.close += away_km is not None and away_km <= CLOSE_KM
            tenth = score.tenths[min(TENTHS - 1, int(mention.confidence * TENTHS))]
            tenth[0] += 1
            tenth[1] += right
    return score


# -- events ---------------------------------------------------------------------------------


@dataclass(slots=True)
class EventScore:
    """Counts over all sentences; the shares are properties."""

    sentences: int = 0  # that report something
    main_type: int = 0  # of those, whose first event has the right type
    main_subtype: int = 0
    gold: int = 0
    predicted: int = 0  # in sentences that report something
    paired: int = 0  # events of both sides taken for the same
    subtype: int = 0
    status: int = 0
    dated: int = 0  # paired gold events with a date
    date: int = 0  # of those, with the right first day and precision
    fatalities: int = 0
    gold_places: int = 0
    found_places: int = 0
    places: int = 0  # of paired events, with the right role
    silent: int = 0  # sentences that report nothing
    misread: int = 0  # of those, with an event
    stray: int = 0  # events read in them

    @property
    def found_f1(self) -> float:
        """F1 of events: paired ones have the same type."""
        return f1(self.paired, self.predicted, self.gold)

    @property
    def place_role_f1(self) -> float:
        """F1 of (place, role) over all events."""
        return f1(self.places, self.found_places, self.gold_places)

    def shares(self) -> dict[str, float]:
        """Every measure by the name under which tests and benchmarks know it."""
        return {
            "main event's type": share(self.main_type, self.sentences),
            "main event's sub-type": share(self.main_subtype, self.sentences),
            "events, F1": self.found_f1,
            "status": share(self.status, self.paired),
            "places with role, F1": self.place_role_f1,
            "date and its precision": share(self.date, self.dated),
            "fatalities": share(self.fatalities, self.paired),
            "non-events read as events": share(self.misread, self.silent),
        }


    def article_shares(self) -> dict[str, float]:
        """The measures that mean something for whole articles, where many events share a text."""
        return {
            "articles: events, F1": f1(self.paired, self.predicted + self.stray, self.gold),
            "articles: sub-type": share(self.subtype, self.paired),
            "articles: status": share(self.status, self.paired),
            "articles: places with role, F1": self.place_role_f1,
            "articles: date and its precision": share(self.date, self.dated),
            "articles: fatalities": share(self.fatalities, self.paired),
        }


def place_shares(score: PlaceScore) -> dict[str, float]:
    """Every measure of places by the name under which tests and benchmarks know it."""
    return {
        "recognition, F1": score.recognition_f1,
        "recognition, exact spans, F1": score.exact_f1,
        "form": score.form,
        "located right within 161 km": score.right,
        "settlements and sites within 25 km": score.right_close,
        "located, F1": score.located_f1,
        "located wrong": score.wrong,
    }


def score_events(rows: Iterable[Row], readings: Iterable[Reading]) -> EventScore:
    """Compare the events of each reading with those of its row."""
    score = EventScore()
    for row, reading in zip(rows, readings, strict=True):
        gold, found = row["events"], reading.events
        if not gold:
            score.silent += 1
            score.misread += bool(found)
            score.stray += len(found)
            continue
        score.sentences += 1
        score.gold += len(gold)
        score.predicted += len(found)
        if found and found[0].type == gold[0]["type"]:
            score.main_type += 1
            score.main_subtype += found[0].subtype == gold[0]["subtype"]
        score.gold_places += sum(len(event["places"]) for event in gold)
        score.found_places += sum(len(event.places) for event in found)
        for wanted, event in paired(row["text"], gold, reading):
            score.paired += 1
            score.subtype += wanted["subtype"] == event.subtype
            score.status += wanted["status"] == event.status
            score.fatalities += (wanted["fatalities_low"], wanted["fatalities_high"]) == (
                event.fatalities_low,
                event.fatalities_high,
            )
            if wanted["date_start"] is not None:
                score.dated += 1
                score.date += date_is_right(wanted, event)
            score.places += places_in_common(row["text"], wanted, event, reading)
    return score


def date_is_right(wanted: Row, event: Event) -> bool:
    """The same first day, known to the same precision."""
    start = event.date_start.isoformat() if event.date_start else None
    return (start, event.date_precision) == (wanted["date_start"], wanted["date_precision"])


def paired(text: str, gold: Sequence[Row], reading: Reading) -> list[tuple[Row, Event]]:
    """Gold and found events of one type, one to one: same sub-type, most places, then in order.

    A gold event with `spans` (of an article) is found only in the sentences that tell it.
    """
    pairs = []
    for i, wanted in enumerate(gold):
        spans = wanted.get("spans", [[0, len(text)]])
        for j, event in enumerate(reading.events):
            told = any(start <= event.trigger_start < end for start, end in spans)
            if told and event.type == wanted["type"]:
                common = places_in_common(text, wanted, event, reading)
                pairs.append((event.subtype != wanted["subtype"], -common, abs(i - j), i, j))
    left: set[int] = set()
    right: set[int] = set()
    result = []
    for _, _, _, i, j in sorted(pairs):
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            result.append((gold[i], reading.events[j]))
    return result


def places_in_common(text: str, wanted: Row, event: Event, reading: Reading) -> int:
    """How many places of an event are those of the gold event, in the same role."""
    left = [(place["role"], _spans(text, place["text"])) for place in wanted["places"]]
    common = 0
    for place in event.places:
        mention = reading.mentions[place.mention]
        for at, (role, spans) in enumerate(left):
            if role == place.role and any(
                mention.start < end and start < mention.end for start, end in spans
            ):
                common += 1
                del left[at]
                break
    return common


def _spans(text: str, part: str) -> list[tuple[int, int]]:
    """Every stretch of the text that reads so, in capitals or not."""
    return [found.span() for found in re.finditer(re.escape(part), text, re.IGNORECASE)]

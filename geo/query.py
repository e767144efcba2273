"""Questions to a snapshot: which events a filter leaves, and how they add up.

Pure functions over columns; nothing here reads the database or changes what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from geo.store.snapshot import Snapshot

Rows = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
T = TypeVar("T")
P = ParamSpec("P")
Unit = Literal["reports", "articles", "incidents"]
UNITS: tuple[Unit, ...] = ("reports", "articles", "incidents")


# How well a place is known: a point to 2 km or better, the middle of a town, a course, an area.
PRECISIONS = ("spot", "town", "line", "district", "region", "country")
EXACT_KM = 2.0
_MOST_KEPT = 6  # answers to one question, where it has more to say than the snapshot
MOST_PUBLISHERS = 300  # that a filter offers: the list goes to the browser whole
_PRECISION_OF_KIND = {
    "admin2": "district", "admin1": "region", "region": "region", "river": "line",
    "country": "country", "continent": "country", "sea": "country",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What a reader asked for; an empty field asks for everything, all fields together for both.

    countries, admin1s : ISO alpha-2 and ISO 3166-2. An event is kept where one of its locations
    lies in one of them, or touches it (rivers, macro-regions). A country of which regions are
    chosen stands for those regions alone. types, statuses : as in the codebook and the model.
    date_from, date_to : inclusive days; an event is kept where its span touches them, one without
    a date only where neither is set. text_event_ids : ids that a text search found, None where
    there was no search. places : ids of places, of which a location must be one.
    min_confidence : of the event, 0 to 1. reviews : of `geo.store.corrections.REVIEWS`; empty asks
    for all but rejected events. precisions : of `PRECISIONS`, how well a location must
    be known. min_place_confidence : 0 to 1; takes no event away, but `located` then leaves out
    locations that are less sure. newer_than : key of an article; events of later ones are kept.
    sources : names of publishers and ids of data sets, of which one must have reported the event.
    """

    countries: tuple[str, ...] = ()
    admin1s: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    text_event_ids: frozenset[str] | set[str] | None = None
    places: tuple[str, ...] = ()
    min_confidence: float = 0.0
    precisions: tuple[str, ...] = ()
    min_place_confidence: float = 0.0
    newer_than: int | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What some events add up to; `first` and `last` are None where no event has a date.

    Each of the `events` is what one report says; those of one happening are one of the `incidents`.
    """

    events: int
    incidents: int
    places: int
    articles: int
    datasets: int
    first: date | None
    last: date | None
    undated: int


@dataclass(frozen=True, slots=True)
class Country:
    """A country that has events, with its first-level regions that have some (ISO -> name)."""

    name: str
    admin1s: dict[str, str]


def _kept(
    question: Callable[Concatenate[Snapshot, P], T],
) -> Callable[Concatenate[Snapshot, P], T]:
    """Answer a question once for each snapshot, for as long as there is that snapshot."""
    answers: WeakKeyDictionary[Snapshot, dict[Any, T]] = WeakKeyDictionary()

    @wraps(question)
    def answer(snapshot: Snapshot, /, *asked: P.args, **named: P.kwargs) -> T:
        kept = answers.setdefault(snapshot, {})
        key = (asked, tuple(named.items()))
        with suppress(KeyError):  # a question of another session may have sent it away
            return kept[key]
        found = question(snapshot, *asked, **named)
        for oldest in list(kept)[: max(0, len(kept) - _MOST_KEPT + 1)]:
            kept.pop(oldest, None)
        kept[key] = found
        return found

    return answer


def select(snapshot: Snapshot, wanted: EventFilter) -> Rows:
    """Rows of `snapshot.events` that the filter leaves, in order of date."""
    return np.flatnonzero(_mask(snapshot, wanted))


def _mask(snapshot: Snapshot, wanted: EventFilter) -> Mask:
    events = snapshot.events
    mask: Mask = np.ones(len(events), dtype=bool)
    if wanted.types:
        mask &= _is_one_of(events["type"], wanted.types)
    if wanted.statuses:
        mask &= _is_one_of(events["status"], wanted.statuses)
    if wanted.reviews:
        mask &= _is_one_of(events["review"], wanted.reviews)
    elif "rejected" in events["review"].cat.categories:
        mask &= ~_is_one_of(events["review"], ("rejected",))
    if wanted.min_confidence > 0:
        mask &= events["confidence"].to_numpy() >= np.float32(wanted.min_confidence)
    if wanted.date_from or wanted.date_to:
        mask &= _touches(events, wanted.date_from, wanted.date_to)
    if wanted.countries or wanted.admin1s or wanted.places or wanted.precisions:
        mask &= _is_located(snapshot, _place_mask(snapshot, wanted))
    if wanted.newer_than is not None:
        keys = np.append(snapshot.articles["key"].to_numpy(), -1)  # row -1: a data set's event
        mask &= keys[events["article"].to_numpy()] > wanted.newer_than
    if wanted.sources:
        mask &= _is_reported_by(snapshot, wanted.sources)
    if wanted.text_event_ids is not None:
        mask &= events["event_id"].isin(wanted.text_event_ids).to_numpy(dtype=bool)
    return mask


def _is_one_of(column: pd.Series, names: Collection[str]) -> Mask:
    """Which rows of a categorical column hold one of the names, by a table over its codes."""
    keep = column.cat.categories.isin(list(names))
    keep = np.append(keep, False)  # code -1, a missing value, looks up the last entry
    found: Mask = keep[column.cat.codes.to_numpy()]
    return found


def _is_reported_by(snapshot: Snapshot, sources: Collection[str]) -> Mask:
    """Which events an article of one of the publishers, or one of the data sets, reported."""
    mask: Mask = np.zeros(len(snapshot.events), dtype=bool)
    reporters = {
        "article": snapshot.articles["publisher"], "dataset": snapshot.datasets["dataset_id"],
    }  # fmt: skip
    for column, names in reporters.items():
        keep = np.append(names.isin(sources).to_numpy(dtype=bool), False)  # row -1: the other
        mask |= keep[snapshot.events[column].to_numpy()]
    return mask


def _touches(events: pd.DataFrame, first: date | None, last: date | None) -> Mask:
    start, end = events["date_start"].to_numpy(), events["date_end"].to_numpy()
    mask: Mask = ~np.isnat(start)
    if first:
        mask &= end >= np.datetime64(first, "s")
    if last:
        mask &= start <= np.datetime64(last, "s")
    return mask


def _place_mask(snapshot: Snapshot, wanted: EventFilter) -> Mask:
    places = snapshot.places
    mask: Mask = np.ones(len(places), dtype=bool)
    if wanted.admin1s or wanted.countries:
        narrowed = {iso.partition("-")[0] for iso in wanted.admin1s}
        countries = set(wanted.countries) - narrowed
        mask = _is_one_of(places["admin1"], wanted.admin1s)
        mask |= _is_one_of(places["country"], countries)
        for code in {*wanted.admin1s, *countries}:
            mask[snapshot.crossed.get(code, [])] = True
    if wanted.places:
        mask &= places["place_id"].isin(wanted.places).to_numpy(dtype=bool)
    if wanted.precisions:
        mask &= np.isin(precision_of(places), wanted.precisions)
    return mask


def precision_of(places: pd.DataFrame) -> np.ndarray[Any, Any]:
    """How well each place is known, as one of `PRECISIONS` (rows of the snapshot's places)."""
    kinds = places["kind"].astype(str).map(_PRECISION_OF_KIND)
    exact = places["precision_km"].to_numpy() <= EXACT_KM
    return np.where(kinds.isna(), np.where(exact, "spot", "town"), kinds)


def located(snapshot: Snapshot, wanted: EventFilter) -> Snapshot:
    """The snapshot with those locations alone that are sure and exact enough for the filter.

    Events stay, on no map where no location is left; mentions below `min_place_confidence` count
    as not located.
    """
    if not wanted.precisions and wanted.min_place_confidence <= 0:
        return snapshot
    return _located(snapshot, wanted.min_place_confidence, tuple(wanted.precisions))


@_kept
def _located(
    snapshot: Snapshot, min_place_confidence: float, precisions: tuple[str, ...]
) -> Snapshot:
    least = np.float32(min_place_confidence)
    links, mentions = snapshot.event_places, snapshot.mentions
    keep = links["confidence"].to_numpy() >= least
    if precisions:
        exact = np.isin(precision_of(snapshot.places), precisions)
        keep &= exact[links["place"].to_numpy()]
    sure = mentions["confidence"].to_numpy() >= least
    return replace(
        snapshot,
        event_places=links[keep].reset_index(drop=True),
        mentions=mentions.assign(place=np.where(sure, mentions["place"].to_numpy(), -1)),
    )


def _is_located(snapshot: Snapshot, places: Mask) -> Mask:
    """Which events have a location among the places."""
    event, place = snapshot.locations
    mask: Mask = np.zeros(len(snapshot.events), dtype=bool)
    mask[event[places[place]]] = True
    return mask


def once_each(snapshot: Snapshot, rows: Rows, unit: Unit, *within: Any) -> Rows:
    """Positions in `rows` that are left where each unit counts once, and once for each of `within`.

    rows : events. within : arrays of codes, one entry for each of `rows`, e.g. of their places. A
    row of an imported data set is a text of its own where articles are counted.
    """
    if unit == "reports":
        return np.arange(len(rows))
    if unit == "incidents":
        counted = snapshot.events["incident"].to_numpy()[rows].astype(np.int64)
    else:
        article = snapshot.events["article"].to_numpy()[rows].astype(np.int64)
        counted = np.where(article >= 0, article, len(snapshot.articles) + rows)
    for codes in within:
        low = int(codes.min(initial=0))
        counted = counted * (int(codes.max(initial=0)) - low + 1) + codes - low
    return np.flatnonzero(~pd.Series(counted).duplicated().to_numpy())


def other_reports(snapshot: Snapshot, rows: Rows) -> dict[int, list[int]]:
    """For each of these events the other reports of its incident, in order of date."""
    incident = snapshot.events["incident"].to_numpy()
    wanted: Mask = np.zeros(len(incident), dtype=bool)
    wanted[incident[rows]] = True
    members: dict[int, list[int]] = {}
    for row in np.flatnonzero(wanted[incident]).tolist():
        members.setdefault(int(incident[row]), []).append(row)
    return {row: [one for one in members[int(incident[row])] if one != row]
            for row in rows.tolist()}  # fmt: skip


def counts_by_type(snapshot: Snapshot, wanted: EventFilter, unit: Unit = "reports") -> pd.Series:
    """Events per type that the other filters leave; or articles, or incidents, that tell of some.

    Index: every type of the codebook in its order, then others that the store holds. Zero counts
    are included.
    """
    column = snapshot.events["type"].cat
    rows = np.flatnonzero(_mask(snapshot, replace(wanted, types=())))
    codes = column.codes.to_numpy()[rows]
    if unit != "reports":
        codes = codes[once_each(snapshot, rows, unit, codes)]
    counts = np.bincount(codes, minlength=len(column.categories))
    return pd.Series(counts, index=column.categories, name="events")


def summary(snapshot: Snapshot, rows: Rows) -> Summary:
    """Totals over some events; each counts once, wherever and however often it is located."""
    at = _locations_of(snapshot, rows)[1]
    events = snapshot.events
    dated = rows[: _dated(snapshot, rows)]  # sorted by the day on which they begin
    return Summary(
        events=len(rows),
        incidents=_distinct(events["incident"].to_numpy()[rows], len(events)),
        places=_distinct(at, len(snapshot.places)),
        articles=_distinct(events["article"].to_numpy()[rows], len(snapshot.articles)),
        datasets=_distinct(events["dataset"].to_numpy()[rows], len(snapshot.datasets)),
        first=_day(events["date_start"].to_numpy()[dated[0]]) if len(dated) else None,
        last=_day(events["date_end"].to_numpy()[dated].max()) if len(dated) else None,
        undated=len(rows) - len(dated),
    )


def _dated(snapshot: Snapshot, rows: Rows) -> int:
    """How many of these rows, in ascending order, have a date: events without one come last."""
    return int(np.searchsorted(rows, snapshot.dated))


def period(snapshot: Snapshot) -> tuple[date, date] | None:
    """The days on which the first and the last event begin; None where none has a date."""
    start, dated = snapshot.events["date_start"].to_numpy(), snapshot.dated
    return (_day(start[0]), _day(start[dated - 1])) if dated else None


def _distinct(named: Rows, size: int) -> int:
    """How many rows of a table of that size are named; -1 names none."""
    seen = np.zeros(size + 1, dtype=bool)
    seen[named] = True
    return int(np.count_nonzero(seen[:size]))


def _day(moment: np.datetime64) -> date:
    day: date = moment.astype("datetime64[D]").item()
    return day


def _locations_of(snapshot: Snapshot, rows: Rows) -> tuple[Rows, Rows]:
    """Where some events happened: rows of events and, beside them, of places."""
    event, place = snapshot.locations
    if len(rows) == len(snapshot.events):
        return event, place
    chosen: Mask = np.zeros(len(snapshot.events), dtype=bool)
    chosen[rows] = True
    here = chosen[event]
    return event[here], place[here]


def place_counts(snapshot: Snapshot, rows: Rows, unit: Unit = "reports") -> pd.DataFrame:
    """Events at each place that has some: `place` [row], `count`, and a column per event type.

    An event counts once at each of its locations; so does an article or an incident, with the type
    of its first event there. Every type of the codebook has its column, with
    zeros where nothing of it happened. By place.
    """
    event, place = _locations_of(snapshot, rows)
    if unit != "reports":
        once = once_each(snapshot, event, unit, place)
        event, place = event[once], place[once]
    types = snapshot.events["type"].cat
    kinds = max(1, len(types.categories))
    cells = place.astype(np.int64) * kinds + types.codes.to_numpy()[event]
    table = np.bincount(cells, minlength=len(snapshot.places) * kinds).reshape(-1, kinds)
    totals = table.sum(axis=1)
    at = np.flatnonzero(totals)
    counted = pd.DataFrame(table[at, : len(types.categories)], columns=types.categories)
    counted.insert(0, "count", totals[at])
    counted.insert(0, "place", at)
    return counted


@_kept
def region_options(snapshot: Snapshot) -> dict[str, Country]:
    """Countries and first-level regions in which some event is located, by code."""
    places = snapshot.places
    used = np.flatnonzero(np.bincount(snapshot.locations[1], minlength=len(places)))
    country, admin1 = (places[name].cat.codes.to_numpy() for name in ("country", "admin1"))
    # The first place of each region tells the names.
    regions = country[used].astype(np.int64) * (len(places) + 1) + admin1[used]
    first = used[np.sort(np.unique(regions, return_index=True)[1])]
    options: dict[str, Country] = {}
    rows = places.iloc[first]
    for place in rows[["country", "country_name", "admin1", "admin1_name"]].itertuples():
        if not place.country:
            continue
        entry = options.setdefault(str(place.country), Country(str(place.country_name), {}))
        if place.admin1:
            entry.admin1s.setdefault(str(place.admin1), str(place.admin1_name or place.admin1))
    return options


@_kept
def source_options(snapshot: Snapshot) -> dict[str, str]:
    """Who reported: publishers, and data sets (id -> name), each with what it is called.

    Of publishers those with the most articles, `MOST_PUBLISHERS` at most. Texts without one are of
    no source.
    """
    articles = snapshot.articles["publisher"].value_counts()
    publishers = [str(name) for name in articles.index if name][:MOST_PUBLISHERS]
    sets = snapshot.datasets
    named = zip(sets["dataset_id"].astype(str), sets["name"].astype(str), strict=True)
    return {**{name: name for name in publishers}, **dict(named)}


def newest_first(snapshot: Snapshot, rows: Rows, most: int | None = None) -> Rows:
    """Rows by date, the latest first, those without a date last; `most` of them, where given.

    rows : ascending. Events are sorted by date, so that it is the days alone that change places:
    no sorting.
    """
    dates, dated = snapshot.events["date_start"].to_numpy(), _dated(snapshot, rows)
    if most is not None and 0 < most < dated:  # the latest days, whole, hold them
        first = np.searchsorted(rows, np.searchsorted(dates[: snapshot.dated],
                                                      dates[rows[dated - most]]))  # fmt: skip
        rows, dated = rows[first:dated], dated - int(first)
    starts = np.flatnonzero(np.diff(dates[rows[:dated]].astype("int64"), prepend=-1 << 62))
    lengths = np.diff(np.append(starts, dated))
    moved = np.repeat(dated - starts - lengths - starts, lengths)  # how far each day moves
    newest = rows.copy()
    newest[np.arange(dated) + moved] = rows[:dated]
    return newest[:most]

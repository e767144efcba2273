"""Questions to a snapshot: which events a filter leaves, and how they add up.

Pure functions over columns; nothing here reads the database or changes what it is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from geo.store.snapshot import Snapshot

Rows = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What a reader asked for; an empty field asks for everything.

    countries : ISO alpha-2; admin1s : ISO 3166-2; both together mean either. date_from, date_to :
    inclusive days; an event is kept where its span touches them, and one without a date only where
    neither is set. text_event_ids : ids that a text search found, or None. places : place ids.
    """

    countries: tuple[str, ...] = ()
    admin1s: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    text_event_ids: frozenset[str] | set[str] | None = None
    places: tuple[str, ...] = ()
    min_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """What some events add up to; `first` and `last` are None where no event has a date."""

    events: int
    places: int
    articles: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Country:
    """A country that has events, with its first-level regions that have some (ISO -> name)."""

    name: str
    admin1s: dict[str, str]


def select(snapshot: Snapshot, wanted: EventFilter) -> Rows:
    """Rows of `snapshot.events` that the filter leaves, in order of date."""
    return np.flatnonzero(_mask(snapshot, wanted))


def _in_category(column: pd.Series, names: tuple[str, ...]) -> Mask:
    """Which rows of a categorical column hold one of the names, by a table over its codes."""
    keep = np.isin(np.asarray(column.cat.categories, dtype=object), list(names))
    keep = np.append(keep, False)  # code -1, a missing value, looks up the last entry
    return np.asarray(keep[column.cat.codes.to_numpy()])


def _mask(snapshot: Snapshot, wanted: EventFilter) -> Mask:
    events = snapshot.events
    mask: Mask = np.ones(len(events), dtype=bool)
    if wanted.types:
        mask &= _in_category(events["type"], wanted.types)
    if wanted.statuses:
        mask &= _in_category(events["status"], wanted.statuses)
    if wanted.min_confidence > 0:
        mask &= events["confidence"].to_numpy() >= wanted.min_confidence
    if wanted.date_from or wanted.date_to:
        mask &= _touches(events, wanted.date_from, wanted.date_to)
    if wanted.countries or wanted.admin1s or wanted.places:
        mask &= _located(snapshot, _place_mask(snapshot, wanted))
    if wanted.text_event_ids is not None:
        mask &= events["event_id"].isin(wanted.text_event_ids).to_numpy()
    return mask


def _touches(events: pd.DataFrame, first: date | None, last: date | None) -> Mask:
    start, end = events["date_start"].to_numpy(), events["date_end"].to_numpy()
    end = np.where(np.isnat(end), start, end)
    mask: Mask = ~np.isnat(start)
    if first:
        mask &= end >= np.datetime64(first, "s")
    if last:
        mask &= start <= np.datetime64(last, "s")
    return mask


def _place_mask(snapshot: Snapshot, wanted: EventFilter) -> Mask:
    places = snapshot.places
    mask: Mask = np.zeros(len(places), dtype=bool)
    if wanted.admin1s or wanted.countries:
        # With regions chosen, the country only says where they lie.
        outer = tuple(
            code
            for code in wanted.countries
            if not any(iso.startswith(f"{code}-") for iso in wanted.admin1s)
        )
        codes = {*wanted.admin1s, *outer}
        mask |= _in_category(places["admin1"], wanted.admin1s)
        mask |= _in_category(places["country"], outer)
        mask |= np.fromiter(
            (_overlaps(crosses, codes) for crosses in places["crosses"]), bool, len(places)
        )
        if wanted.places:
            mask &= places["place_id"].isin(wanted.places).to_numpy()
    else:
        mask |= places["place_id"].isin(wanted.places).to_numpy()
    return mask


def _overlaps(crosses: tuple[str, ...], codes: set[str]) -> bool:
    """Whether a river or macro-region touches an area: a region chosen, or any in a country."""
    return any(code in codes or code.split("-")[0] in codes for code in crosses)


def _locations(snapshot: Snapshot) -> Mask:
    """Rows of event_places that say where an event happened."""
    roles = snapshot.event_places["role"]
    return np.asarray(roles.cat.codes.to_numpy() == roles.cat.categories.get_loc("location"))


def _located(snapshot: Snapshot, places: Mask) -> Mask:
    links = snapshot.event_places
    hit = _locations(snapshot) & places[links["place"].to_numpy()]
    mask: Mask = np.zeros(len(snapshot.events), dtype=bool)
    mask[links["event"].to_numpy()[hit]] = True
    return mask


def counts_by_type(snapshot: Snapshot, wanted: EventFilter) -> pd.Series:
    """Events per type that the other filters leave; index: type names, zero included."""
    column = snapshot.events["type"].cat
    codes = column.codes.to_numpy()[select(snapshot, replace(wanted, types=()))]
    counts = np.bincount(codes, minlength=len(column.categories))
    return pd.Series(counts, index=column.categories.to_numpy(), name="events")


def summary(snapshot: Snapshot, rows: Rows) -> Summary:
    """Totals over some events; each counts once, wherever and however often it is located."""
    chosen: Mask = np.zeros(len(snapshot.events), dtype=bool)
    chosen[rows] = True
    links = snapshot.event_places
    at = links["place"].to_numpy()[chosen[links["event"].to_numpy()] & _locations(snapshot)]
    dates = snapshot.events["date_start"].to_numpy()[rows]
    ends = snapshot.events["date_end"].to_numpy()[rows]
    known = ~np.isnat(dates)
    return Summary(
        events=len(rows),
        places=int(np.count_nonzero(np.bincount(at, minlength=1))) if len(at) else 0,
        articles=len(np.unique(snapshot.events["article"].to_numpy()[rows])),
        first=_day(dates[known].min()) if known.any() else None,
        last=_day(np.where(np.isnat(ends), dates, ends)[known].max()) if known.any() else None,
    )


def _day(moment: np.datetime64) -> date:
    return pd.Timestamp(moment).date()


def place_counts(snapshot: Snapshot, rows: Rows) -> pd.DataFrame:
    """Events at each place that has some: `place` [row], `count`, and a column per event type.

    An event counts once at each of its locations.
    """
    events, links = snapshot.events, snapshot.event_places
    chosen: Mask = np.zeros(len(events), dtype=bool)
    chosen[rows] = True
    event, place = links["event"].to_numpy(), links["place"].to_numpy()
    keep = chosen[event] & _locations(snapshot)
    event, place = event[keep].astype(np.int64), place[keep].astype(np.int64)
    types = events["type"].cat
    # A place that one event names twice counts it once.
    pairs = np.unique(event * max(1, len(snapshot.places)) + place)
    event, place = np.divmod(pairs, max(1, len(snapshot.places)))
    kinds = len(types.categories)
    cells = place * kinds + types.codes.to_numpy()[event]
    table = np.bincount(cells, minlength=len(snapshot.places) * kinds).reshape(-1, kinds)
    at = np.flatnonzero(table.sum(axis=1))
    counted = pd.DataFrame(table[at], columns=types.categories.to_numpy())
    counted.insert(0, "count", table[at].sum(axis=1))
    counted.insert(0, "place", at)
    return counted


def region_options(snapshot: Snapshot) -> dict[str, Country]:
    """Countries and first-level regions in which some event is located, by code."""
    links = snapshot.event_places
    used = np.unique(links["place"].to_numpy()[_locations(snapshot)])
    options: dict[str, Country] = {}
    rows = snapshot.places.iloc[used]
    for place in rows[["country", "country_name", "admin1", "admin1_name"]].itertuples():
        if not place.country:
            continue
        country = options.setdefault(str(place.country), Country(str(place.country_name), {}))
        if place.admin1:
            country.admin1s.setdefault(str(place.admin1), str(place.admin1_name or place.admin1))
    return options

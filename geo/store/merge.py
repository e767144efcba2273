"""A snapshot brought up to date by what has changed since, without reading the rest again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geo.store import incidents
from geo.store.columns import Array, Snapshot, by_row, mention_counts

# Reports of one incident lie within a week and a day of each other, and what joins one can part
# another that is as far off again.
INCIDENT_DAYS = 3 * (incidents.LONGEST_DAYS + incidents.NEAR_DAYS)
_LAST = np.datetime64("9999-12-31", "s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Keys of rows of the store that are no more, or are others now."""

    articles: Collection[int] = ()
    datasets: Collection[int] = ()
    events: Collection[int] = ()  # of data sets that are otherwise the same
    places: Collection[int] = ()


def merged(old: Snapshot, part: Snapshot, gone: Gone, families: Mapping[str, str]) -> Snapshot:
    """`old` without what is gone and with all of `part`, of the revision of `part`.

    `part` holds the reports that are new or others now, whole; every place that they name; and all
    data sets, the unchanged ones with no events. A report or place of `part` replaces the one of
    its key. Categories that nothing is in any more may remain.
    """
    article = _joined(old.articles, part.articles, gone.articles, _newest_first)
    place = _joined(old.places, part.places, gone.places, lambda table: table["key"].to_numpy())
    # Whoever named a place that is another now, names the new one.
    renewed = _numbered(old.places, part.places, ())
    place = replace(place, of_old=np.where(renewed < 0, place.of_old, place.of_new[renewed])
                    if len(part.places) else place.of_old)  # fmt: skip
    dataset = _numbered(old.datasets, part.datasets, gone.datasets)
    lost = _mapped(article.of_old, old.events["article"]) == _mapped(
        dataset, old.events["dataset"]
    )  # both are -1 where the one report is gone
    lost |= np.isin(old.events["key"].to_numpy(), np.fromiter(gone.events, dtype=np.int64))
    event = _join(old.events, part.events, ~lost, _by_date)
    events = event.table
    for name, of_old, of_new in (
        ("article", article.of_old, article.of_new),
        ("dataset", dataset, np.arange(len(part.datasets))),
    ):
        events[name] = event.rows(_mapped(of_old, old.events[name]),
                                  _mapped(of_new, part.events[name]))  # fmt: skip
    links = _linked(
        old.event_places, part.event_places, {"event": event, "place": place}, needed="event"
    )
    mentions = _linked(
        old.mentions, part.mentions, {"article": article, "place": place}, needed="article"
    )
    articles = article.table.assign(
        **mention_counts(
            mentions["article"].to_numpy(), mentions["place"].to_numpy(), len(article.table)
        )
    )
    before = _mapped(event.of_old, old.events["alike"])
    leader = event.rows(before, np.full(len(part.events), -1))
    events["alike"] = np.where(leader < 0, np.arange(len(events)), leader).astype(np.int32)
    snapshot = Snapshot(
        revision=part.revision, events=events, places=place.table, event_places=links,
        articles=articles, datasets=part.datasets, mentions=mentions,
    )  # fmt: skip
    moved = np.concatenate([
        old.events["date_start"].to_numpy()[lost], part.events["date_start"].to_numpy(),
    ])  # fmt: skip
    _group_again(snapshot, moved, event.of_new, families)
    events["incident"] = events["alike"]
    return snapshot


def with_merges(snapshot: Snapshot, pairs: Sequence[tuple[str, str]]) -> Snapshot:
    """The snapshot with the incidents of each pair of events as one; pairs not there are passed by.

    pairs : ids of events that people took for one happening.
    """
    if not pairs:
        return snapshot
    named = [event for pair in pairs for event in pair]
    rows = pd.Index(snapshot.events["event_id"]).get_indexer(named)
    alike = snapshot.events["alike"].to_numpy()
    leads: dict[int, int] = {}

    def lead(row: int) -> int:
        while row in leads:
            row = leads[row]
        return row

    for one, other in rows.reshape(-1, 2).tolist():
        if one >= 0 and other >= 0:
            first, second = sorted((lead(int(alike[one])), lead(int(alike[other]))))
            if first != second:
                leads[second] = first
    incident = np.arange(len(alike), dtype=np.int32)
    for row in leads:
        incident[row] = lead(row)
    return replace(snapshot, events=snapshot.events.assign(incident=incident[alike]))


# -- rows ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Join:
    """A table of two, and where the rows of each went; -1 for those left out."""

    table: pd.DataFrame
    take: Array  # row of the first, or its length plus row of the second, for each row
    of_old: Array
    of_new: Array

    def rows(self, old: Array, new: Array) -> Array:
        """A column of the table of the columns of both."""
        found: Array = np.concatenate([old, new])[self.take].astype(np.int32)
        return found


def _joined(old: pd.DataFrame, new: pd.DataFrame, gone: Collection[int], order: Any) -> _Join:
    keys = old["key"].to_numpy()
    replaced = np.concatenate([np.fromiter(gone, dtype=np.int64), new["key"].to_numpy()])
    return _join(old, new, ~np.isin(keys, replaced), order)


def _join(old: pd.DataFrame, new: pd.DataFrame, keep: Array, order: Any) -> _Join:
    """The kept rows of one table and all of another, in the order of the keys that `order` gives
    for both.
    """
    take = np.concatenate([np.flatnonzero(keep), len(old) + np.arange(len(new))])
    sorting = np.concatenate([np.asarray(order(old)), np.asarray(order(new))])[take]
    take = take[np.argsort(sorting, kind="stable")]
    row_of = np.full(len(old) + len(new), -1, dtype=np.int32)
    row_of[take] = np.arange(len(take), dtype=np.int32)
    table = pd.DataFrame({name: _column(old[name], new[name], take) for name in old.columns})
    return _Join(table, take, row_of[: len(old)], row_of[len(old) :])


def _column(old: pd.Series, new: pd.Series, take: Array) -> Any:
    """Rows of two columns of one type, one behind the other."""
    if isinstance(old.dtype, pd.CategoricalDtype):
        known, others = old.cat.categories, new.cat.categories
        every = known.append(others.difference(known, sort=False))
        codes = [old.cat.codes.to_numpy(), every.get_indexer(others)[new.cat.codes.to_numpy()]]
        joined = np.concatenate([codes[0].astype(np.int32), codes[1].astype(np.int32)])
        return pd.Categorical.from_codes(joined[take], categories=every)
    if isinstance(old.dtype, np.dtype):
        return np.concatenate([old.to_numpy(), new.to_numpy()])[take]
    return pd.concat([old, new], ignore_index=True).array.take(take)


def _newest_first(articles: pd.DataFrame) -> Array:
    published = articles["published"].to_numpy()
    return _packed(np.where(np.isnat(published), _LAST, _LAST - (published - _EPOCH)),
                   articles["key"].to_numpy())  # fmt: skip


def _by_date(events: pd.DataFrame) -> Array:
    return _packed(events["date_start"].to_numpy(), events["key"].to_numpy())


_EPOCH = np.datetime64("0001-01-01", "s")
_KEY_BITS = 40


def _packed(moment: Array, key: Array) -> Array:
    """One number to sort by a day and then by a key; no day comes last."""
    unknown = np.isnat(moment)
    days = (np.where(unknown, _LAST, moment) - _EPOCH) // np.timedelta64(86_400, "s")
    days = days.astype(np.int64) + unknown
    packed: Array = (days << _KEY_BITS) + key
    return packed


def _numbered(old: pd.DataFrame, new: pd.DataFrame, gone: Collection[int]) -> Array:
    """For each row of one table its row in the other by key, -1 where it is gone."""
    rows = pd.Index(new["key"]).get_indexer(old["key"])
    rows[np.isin(old["key"], np.fromiter(gone, dtype=np.int64))] = -1
    return np.asarray(rows, dtype=np.int32)


def _mapped(rows: Array, values: Any) -> Array:
    """What a column of row numbers becomes; -1 stays."""
    at = np.asarray(values)
    return np.where(at >= 0, np.append(rows, -1)[at], -1).astype(np.int32)


def _linked(
    old: pd.DataFrame, new: pd.DataFrame, of: dict[str, _Join], *, needed: str
) -> pd.DataFrame:
    """Rows that name rows of other tables, without those whose `needed` one is gone."""
    first = {name: _mapped(join.of_old, old[name]) for name, join in of.items()}
    second = {name: _mapped(join.of_new, new[name]) for name, join in of.items()}
    take = np.concatenate([np.flatnonzero(first[needed] >= 0), len(old) + np.arange(len(new))])
    owner = np.concatenate([first[needed], second[needed]])[take]
    take = take[np.argsort(owner, kind="stable")]
    table = pd.DataFrame(
        {
            name: np.concatenate([first[name], second[name]])[take]
            if name in of
            else _column(old[name], new[name], take)
            for name in old.columns
        }
    )
    return by_row(table, needed)


# -- incidents ----------------------------------------------------------------------------------


def _group_again(snapshot: Snapshot, moved: Array, new: Array, families: Mapping[str, str]) -> None:
    """Group anew what lies near in time to the events that came or went.

    moved : their dates. new : rows of those that came.
    """
    events = snapshot.events
    start = events["date_start"].to_numpy()
    near = np.zeros(len(events), dtype=bool)
    near[new] = True
    reach = np.timedelta64(INCIDENT_DAYS * 86_400, "s")
    for day in np.unique(moved[~np.isnat(moved)]):
        # Sorted by date, so that a span of days is a span of rows.
        first, last = np.searchsorted(start[: _dated(start)], [day - reach, day + reach])
        near[first:last] = True
    # Whole incidents, or none of them.
    incident = events["alike"].to_numpy()
    touched = np.zeros(len(events), dtype=bool)
    touched[incident[near]] = True
    rows = np.flatnonzero(touched[incident] | near)
    if not len(rows):
        return
    row_of = np.full(len(events), -1, dtype=np.int32)
    row_of[rows] = np.arange(len(rows), dtype=np.int32)
    links = snapshot.event_places
    at = row_of[links["event"].to_numpy()]
    own = links[at >= 0].assign(event=at[at >= 0])
    leader = incidents.group(
        events.iloc[rows].reset_index(drop=True), snapshot.places, own, snapshot.datasets, families
    )
    grouped = incident.copy()
    grouped[rows] = rows[leader]
    events["alike"] = grouped.astype(np.int32)


def _dated(start: Array) -> int:
    """How many rows have a date; the others come last."""
    return len(start) - int(np.count_nonzero(np.isnat(start)))

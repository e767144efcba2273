"""The columns of the snapshot: what the rest of the program may rely on, and their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo.model import DATE_PRECISIONS, FORMS, ROLES, STATUSES
from geo.store import incidents

Array = np.ndarray[Any, Any]
Columns = dict[str, Any]  # name -> one value per row


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All that the dashboard filters, as tables with a RangeIndex. Not to be written to.

    A number that names a row of another table is that row's number. Texts are `str`, `category`
    columns hold no missing value, codes that are not known are empty.

    Every table but `event_places` and `mentions` has `key` besides, the row's key in the store.

    events : event_id, article, dataset [row; one of the two is -1: the other reported it], type,
        subtype, status, date_precision, review, actors (names joined by "; ") [category],
        date_start, date_end [datetime64[s], inclusive days], confidence [0..1, float32],
        fatalities_low, fatalities_high [persons, Int32], incident [row of the report that leads
        the incident this one belongs to], alike [the same by `geo.store.incidents` alone, before
        people joined incidents]; by date_start, unknown dates
        last, those of one day by key. The categories of `type` are all types of the codebook, in
        its order
    places : place_id, name, kind [category], lat, lon [degrees, WGS84], country (alpha-2),
        country_name, admin1 (ISO 3166-2) [category], admin1_name, precision_km [km], population,
        source, crosses (tuple of ISO 3166-2 or alpha-2 codes that a river or region touches)
    event_places : event [row], place [row], role [category], confidence; by event; once for each
        event, place and role
    articles : article_id, title, publisher, published [datetime64[s]], url, mentions, located
        [counts of mentions]; the newest first
    datasets : dataset_id, kind, name, licence; in the order imported
    mentions : article [row], place [row, -1 where not located], start, end [characters], surface,
        form [category], confidence; by article
    """

    revision: int
    events: pd.DataFrame
    places: pd.DataFrame
    event_places: pd.DataFrame
    articles: pd.DataFrame
    datasets: pd.DataFrame
    mentions: pd.DataFrame

    @property
    def is_empty(self) -> bool:
        """Whether there is neither an article nor a data set."""
        return not len(self.articles) and not len(self.datasets)

    @cached_property
    def locations(self) -> tuple[Array, Array]:
        """Where events happened: rows of `events` and, beside them, rows of `places`."""
        roles = self.event_places["role"].cat
        here = roles.codes.to_numpy() == roles.categories.get_loc("location")
        event, place = self.event_places["event"].to_numpy(), self.event_places["place"].to_numpy()
        return event[here], place[here]

    @cached_property
    def nowhere(self) -> Array:
        """Mask of `events`: those that are linked to no place at all."""
        found = np.ones(len(self.events), dtype=bool)
        found[self.event_places["event"].to_numpy()] = False
        return found

    @cached_property
    def dated(self) -> int:
        """How many events have a date: they come first, in its order."""
        return int(np.count_nonzero(~np.isnat(self.events["date_start"].to_numpy())))

    @cached_property
    def crossed(self) -> dict[str, list[int]]:
        """Rows of `places` that touch a region or country besides the one they lie in, by code."""
        rows: dict[str, list[int]] = {}
        for row, codes in enumerate(self.places["crosses"]):
            for code in {*codes, *(code.partition("-")[0] for code in codes)}:
                rows.setdefault(code, []).append(row)
        return rows

    def memory_bytes(self) -> int:
        """What the tables hold in memory, texts of names included."""
        return int(sum(getattr(self, name).memory_usage(deep=True).sum() for name in TABLES))


TABLES = tuple(entry.name for entry in fields(Snapshot) if entry.name != "revision")


def days(values: Iterable[Any]) -> Array:
    """Dates, or None for unknown ones, as datetime64[s]."""
    if not isinstance(values, np.ndarray):
        values = np.array(list(values), dtype="datetime64[s]")
    return values.astype("datetime64[s]")


def texts(values: Iterable[str]) -> pd.Series:
    """Texts as a column."""
    if isinstance(values, pd.Series):
        return values.astype("str")
    return pd.Series(list(values), dtype="str")


def whole(values: Iterable[int | None]) -> Any:
    """Counts that may be unknown."""
    plain = isinstance(values, np.ndarray | pd.arrays.IntegerArray)
    found: Any = values if plain else list(values)
    return pd.array(found, dtype="Int32")


def named(values: Iterable[str], categories: Sequence[str] = ()) -> pd.Categorical:
    """Texts as a category: the ones given first, then those that `values` hold beside them."""
    if isinstance(values, pd.Categorical):
        return values
    codes, unique = pd.factorize(texts(values))
    every = [*categories, *sorted(set(unique) - set(categories))]
    number = {name: at for at, name in enumerate(every)}
    renumbered = np.array([number[name] for name in unique], dtype=np.int64)
    return coded(renumbered[codes], every)


def coded(codes: Array, categories: Sequence[str]) -> pd.Categorical:
    """A category from numbers into `categories`."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(categories), dtype="str"))


def assemble(
    revision: int,
    types: Sequence[str],
    *,
    families: Mapping[str, str],
    events: Columns,
    places: Columns,
    event_places: Columns,
    articles: Columns,
    mentions: Columns,
    datasets: Columns | None = None,
) -> Snapshot:
    """A snapshot of plain columns (lists or arrays), each brought to the type it is to have.

    `types` are the codebook's, `families` say which family a type is of. Counts of mentions, order
    of events and incidents are worked out here; rows of `event_places` name rows as given. Without
    `datasets`, articles report all events.
    """
    start, end = days(events["date_start"]), days(events["date_end"])
    start = np.where(np.isnat(start), end, start)
    end = np.where(np.isnat(end), start, end)
    keys = _keys(events, len(start))
    order = np.lexsort((keys, start))  # NaT comes last
    row_of = np.empty(len(order), dtype=np.int32)
    row_of[order] = np.arange(len(order), dtype=np.int32)
    unreported = np.full(len(start), -1)
    event_table = pd.DataFrame(
        {
            "key": keys,
            "event_id": texts(events["event_id"]),
            "article": np.asarray(events["article"], dtype=np.int32),
            "dataset": np.asarray(events.get("dataset", unreported), dtype=np.int32),
            "type": named(events["type"], types),
            "subtype": named(events["subtype"]),
            "status": named(events["status"], STATUSES),
            "date_precision": named(events["date_precision"], DATE_PRECISIONS),
            "date_start": start,
            "date_end": end,
            "confidence": np.asarray(events["confidence"], dtype=np.float32),
            "fatalities_low": whole(events["fatalities_low"]),
            "fatalities_high": whole(events["fatalities_high"]),
            "review": named(events["review"]),
            "actors": named(events["actors"]),
        }
    )
    named_at = np.asarray(mentions["article"], dtype=np.int32)
    put_at = np.asarray(mentions["place"], dtype=np.int32)
    n_articles = len(articles["article_id"])
    event_table = event_table.iloc[order].reset_index(drop=True)
    place_table, links = place_columns(places), _link_table(event_places, row_of)
    dataset_table = dataset_columns(datasets or dict.fromkeys(("key", *_DATASET_COLUMNS), ()))
    event_table["alike"] = incidents.group(event_table, place_table, links, dataset_table, families)
    event_table["incident"] = event_table["alike"]
    return Snapshot(
        revision=revision,
        events=event_table,
        places=place_table,
        event_places=links,
        articles=pd.DataFrame(
            {
                "key": _keys(articles, n_articles),
                **{name: texts(articles[name]) for name in ("article_id", "title", "publisher")},
                "published": days(articles["published"]),
                "url": texts(articles["url"]),
                **mention_counts(named_at, put_at, n_articles),
            }
        ),
        datasets=dataset_table,
        mentions=by_row(
            pd.DataFrame(
                {
                    "article": named_at,
                    "place": put_at,
                    "start": np.asarray(mentions["start"], dtype=np.int32),
                    "end": np.asarray(mentions["end"], dtype=np.int32),
                    "surface": texts(mentions["surface"]),
                    "form": named(mentions["form"], FORMS),
                    "confidence": np.asarray(mentions["confidence"], dtype=np.float32),
                }
            ),
            "article",
        ),
    )


def by_row(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table in the order of the rows that a column names, else as it is."""
    values = table[name].to_numpy()
    if np.all(values[1:] >= values[:-1]):
        return table
    return table.iloc[np.argsort(values, kind="stable")].reset_index(drop=True)


def mention_counts(article: Array, place: Array, n_articles: int) -> dict[str, Array]:
    """How many mentions each article has, and how many of them are located."""
    counts = {"mentions": article, "located": article[place >= 0]}
    return {
        name: np.bincount(rows, minlength=n_articles).astype(np.int32)
        for name, rows in counts.items()
    }


def dataset_columns(datasets: Columns) -> pd.DataFrame:
    """The table of data sets."""
    return pd.DataFrame(
        {
            "key": _keys(datasets, len(datasets["dataset_id"])),
            **{name: texts(datasets[name]) for name in _DATASET_COLUMNS},
        }
    )


def _keys(columns: Columns, rows: int) -> Array:
    """Keys in the store; what is in none is numbered."""
    return np.asarray(columns.get("key", np.arange(rows)), dtype=np.int64)


_DATASET_COLUMNS = ("dataset_id", "kind", "name", "licence")


def place_columns(places: Columns) -> pd.DataFrame:
    """The table of places."""
    return pd.DataFrame(
        {
            "key": _keys(places, len(places["place_id"])),
            "place_id": texts(places["place_id"]),
            "name": texts(places["name"]),
            "kind": named(places["kind"]),
            "lat": np.asarray(places["lat"], dtype=np.float64),
            "lon": np.asarray(places["lon"], dtype=np.float64),
            "country": named(places["country"]),
            "country_name": texts(places["country_name"]),
            "admin1": named(places["admin1"]),
            "admin1_name": texts(places["admin1_name"]),
            "precision_km": np.asarray(places["precision_km"], dtype=np.float64),
            "population": np.asarray(places["population"], dtype=np.int64),
            "source": texts(places["source"]),
            "crosses": pd.Series([tuple(codes) for codes in places["crosses"]], dtype=object),
        }
    )


def _link_table(links: Columns, row_of: Array) -> pd.DataFrame:
    """By event, else in the order given. A place that a text names twice for one event is one
    place of the event, as sure as the surer mention.
    """
    event = row_of[np.asarray(links["event"], dtype=np.int32)]
    place = np.asarray(links["place"], dtype=np.int32)
    role = named(links["role"], ROLES)
    confidence = np.asarray(links["confidence"], dtype=np.float32)
    n_places = int(place.max(initial=0)) + 1
    same = (event.astype(np.int64) * n_places + place) * len(role.categories) + role.codes
    order = np.argsort(same, kind="stable")
    starts = np.flatnonzero(np.diff(same[order], prepend=-1))
    first = order[starts]
    surest = np.maximum.reduceat(confidence[order], starts) if len(starts) else confidence
    by_event = np.lexsort((first, event[first]))
    rows = first[by_event]
    return pd.DataFrame(
        {
            "event": event[rows],
            "place": place[rows],
            "role": role[rows],
            "confidence": surest[by_event],
        }
    )

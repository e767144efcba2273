"""Filters and sums against a slow version that goes through the events one by one."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo import query
from geo.model import DATE_PRECISIONS, STATUSES
from geo.query import EventFilter
from geo.store.columns import Snapshot, assemble
from geo.store.snapshot import synthetic

TYPES = ("Battles", "Protests", "Riots")
REGIONS = ("UA-14", "UA-65", "RU-BEL", "PL-14", "")
FIRST = date(2023, 1, 1)
PUBLISHERS = ("The Daily Test", "", "Other News")  # of three articles
ARTICLE_KEYS = (30, 10, 20)  # in the store, of the same three
DATASETS = ("set-a", "set-b")
# Kind of a place and its precision [km] -> what a reader is told.
PRECISION_OF = {
    ("site", 1.0): "spot", ("site", 2.0): "spot", ("settlement", 2.1): "town",
    ("settlement", 5.0): "town", ("river", 0.5): "line", ("admin2", 1.0): "district",
    ("admin1", 90.0): "region", ("region", 300.0): "region", ("country", 500.0): "country",
    ("sea", 300.0): "country",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A place as the slow version sees it."""

    id: str
    country: str
    admin1: str
    crosses: tuple[str, ...]
    kind: str = "settlement"
    precision_km: float = 5.0


@dataclass(frozen=True)
class Happening:
    """An event as the slow version sees it.

    article, dataset : who reported it; the other is -1. places : (row of the place, role).
    """

    id: str
    article: int
    type: str
    status: str
    first: date | None
    last: date | None
    confidence: float
    places: tuple[tuple[int, str], ...]
    review: str = "unreviewed"
    dataset: int = -1


def a_place(
    number: int, region: str, crosses: tuple[str, ...], known: tuple[str, float] = ("", 0.0)
) -> Place:
    """A place of a region; the country goes with it. known : kind and precision [km]."""
    kind, precision_km = known if known[0] else ("settlement", 5.0)
    country = region.partition("-")[0]
    return Place(f"p{number}", country, region, crosses, kind, precision_km)


places_strategy = st.lists(
    st.tuples(
        st.sampled_from(REGIONS),
        st.lists(st.sampled_from(("UA-14", "UA-65", "UA", "BY", "PL-14")), max_size=2).map(tuple),
        st.sampled_from(tuple(PRECISION_OF)),
    ),
    min_size=1,
    max_size=6,
).map(lambda drawn: [a_place(n, *one) for n, one in enumerate(drawn)])


@st.composite
def worlds(draw: st.DrawFn, last_day: int = 40) -> tuple[list[Place], list[Happening]]:
    """Some places and what happened there, beginning on so many days."""
    places = draw(places_strategy)
    happenings = []
    for number in range(draw(st.integers(0, 12))):
        first = draw(st.none() | st.integers(0, last_day).map(lambda n: FIRST + timedelta(days=n)))
        last = first and first + timedelta(days=draw(st.sampled_from((0, 0, 6, 30))))
        links = draw(
            st.lists(
                st.tuples(
                    st.integers(0, len(places) - 1),
                    st.sampled_from(("location", "location", "target", "origin")),
                ),
                max_size=4,
            )
        )
        article = draw(st.integers(-1, 2))
        happenings.append(
            Happening(
                f"e{number:02d}", article, draw(st.sampled_from(TYPES)),
                draw(st.sampled_from(STATUSES)), first, last,
                draw(st.sampled_from((0.1, 0.5, 0.9))), tuple(links),
                draw(st.sampled_from(("unreviewed", "confirmed", "rejected"))),
                draw(st.integers(0, 1)) if article < 0 else -1,
            )
        )  # fmt: skip
    return places, happenings


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """None, one or two of them."""
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


days_strategy = st.none() | st.integers(-2, 45).map(lambda n: FIRST + timedelta(days=n))
filters = st.builds(
    EventFilter,
    countries=some(("UA", "RU", "PL", "BY", "XX")),
    admin1s=some((*REGIONS[:-1], "UA-99")),
    types=some((*TYPES, "Unknown")),
    statuses=some(STATUSES),
    date_from=days_strategy,
    date_to=days_strategy,
    text_event_ids=st.none() | st.frozensets(st.sampled_from(("e00", "e01", "e05", "gone"))),
    places=some(("p0", "p1", "gone")),
    min_confidence=st.sampled_from((0.0, 0.5, 0.9)),
    reviews=some(("unreviewed", "confirmed", "rejected")),
    precisions=some(query.PRECISIONS),
    sources=some(("The Daily Test", "Other News", *DATASETS, "gone")),
    newer_than=st.sampled_from((None, None, None, 0, 10, 15, 30)),
)


def columnar(places: list[Place], happenings: list[Happening]) -> Snapshot:
    """The same world as a snapshot."""
    links = [(row, *link) for row, h in enumerate(happenings) for link in h.places]
    return assemble(
        1,
        TYPES,
        families={},
        events={
            "event_id": [h.id for h in happenings],
            "article": [h.article for h in happenings],
            "dataset": [h.dataset for h in happenings],
            "type": [h.type for h in happenings],
            "subtype": ["Other"] * len(happenings),
            "status": [h.status for h in happenings],
            "date_precision": [DATE_PRECISIONS[0]] * len(happenings),
            "date_start": [h.first for h in happenings],
            "date_end": [h.last for h in happenings],
            "confidence": [h.confidence for h in happenings],
            "fatalities_low": [None] * len(happenings),
            "fatalities_high": [None] * len(happenings),
            "review": [h.review for h in happenings],
            "actors": [""] * len(happenings),
        },
        places={
            "place_id": [p.id for p in places],
            "name": [p.id for p in places],
            "kind": [p.kind for p in places],
            "lat": [0.0] * len(places),
            "lon": [0.0] * len(places),
            "country": [p.country for p in places],
            "country_name": [f"Country {p.country}" for p in places],
            "admin1": [p.admin1 for p in places],
            "admin1_name": [f"Region {p.admin1}" if p.admin1 else "" for p in places],
            "precision_km": [p.precision_km for p in places],
            "population": [0] * len(places),
            "source": [""] * len(places),
            "crosses": [p.crosses for p in places],
        },
        event_places={
            "event": [link[0] for link in links],
            "place": [link[1] for link in links],
            "role": [link[2] for link in links],
            "confidence": [1.0] * len(links),
        },
        articles={
            "key": list(ARTICLE_KEYS),
            "article_id": ["a0", "a1", "a2"],
            "title": ["", "", ""],
            "publisher": list(PUBLISHERS),
            "published": [None, None, None],
            "url": ["", "", ""],
        },
        datasets={
            "dataset_id": list(DATASETS),
            "kind": ["acled", "table"],
            "name": ["Set A", "Set B"],
            "licence": ["", ""],
        },
        mentions={
            name: []
            for name in ("article", "place", "start", "end", "surface", "form", "confidence")
        },
    )


# --- the slow version -------------------------------------------------------------------------


def located(happening: Happening, places: list[Place]) -> list[Place]:
    """Where it happened, each place once."""
    rows = dict.fromkeys(row for row, role in happening.places if role == "location")
    return [places[row] for row in rows]


def in_area(place: Place, wanted: EventFilter) -> bool:
    """Whether a place lies in one of the areas chosen, or touches one."""
    if not (wanted.countries or wanted.admin1s):
        return True
    for country in wanted.countries:
        if any(region.startswith(f"{country}-") for region in wanted.admin1s):
            continue  # its regions stand for it
        if place.country == country:
            return True
        if any(code == country or code.startswith(f"{country}-") for code in place.crosses):
            return True
    return any(place.admin1 == region or region in place.crosses for region in wanted.admin1s)


def keeps(wanted: EventFilter, happening: Happening, places: list[Place]) -> bool:
    """Whether the filter keeps an event."""
    if wanted.types and happening.type not in wanted.types:
        return False
    if wanted.statuses and happening.status not in wanted.statuses:
        return False
    if happening.confidence < wanted.min_confidence:
        return False
    if wanted.text_event_ids is not None and happening.id not in wanted.text_event_ids:
        return False
    if wanted.date_from or wanted.date_to:
        if happening.first is None or happening.last is None:
            return False
        if wanted.date_from and happening.last < wanted.date_from:
            return False
        if wanted.date_to and happening.first > wanted.date_to:
            return False
    if happening.review not in (wanted.reviews or ("unreviewed", "confirmed")):
        return False
    reporter = DATASETS[happening.dataset] if happening.article < 0 else \
        PUBLISHERS[happening.article]
    if wanted.sources and reporter not in wanted.sources:
        return False
    if wanted.newer_than is not None and (
        happening.article < 0 or ARTICLE_KEYS[happening.article] <= wanted.newer_than
    ):
        return False
    if wanted.countries or wanted.admin1s or wanted.places or wanted.precisions:
        return any(
            in_area(place, wanted) and (not wanted.places or place.id in wanted.places)
            and (not wanted.precisions
                 or PRECISION_OF[place.kind, place.precision_km] in wanted.precisions)
            for place in located(happening, places)
        )
    return True


# --- properties -------------------------------------------------------------------------------


@given(world=worlds(), wanted=filters)
@hypothesis_settings(max_examples=300, deadline=None)
def test_a_filter_keeps_what_the_slow_version_keeps(
    world: tuple[list[Place], list[Happening]], wanted: EventFilter
) -> None:
    places, happenings = world
    snapshot = columnar(places, happenings)
    rows = query.select(snapshot, wanted)
    expected = sorted(h.id for h in happenings if keeps(wanted, h, places))
    assert sorted(snapshot.events["event_id"].iloc[rows]) == expected
    assert list(rows) == sorted(set(rows.tolist()))
    counts = query.counts_by_type(snapshot, wanted)
    others = replace(wanted, types=())
    kept = Counter(h.type for h in happenings if keeps(others, h, places))
    assert counts.to_dict() == {kind: kept[kind] for kind in TYPES}


@given(world=worlds(), wanted=filters)
@hypothesis_settings(max_examples=200, deadline=None)
def test_sums_are_what_the_slow_version_sums(
    world: tuple[list[Place], list[Happening]], wanted: EventFilter
) -> None:
    places, happenings = world
    snapshot = columnar(places, happenings)
    rows = query.select(snapshot, wanted)
    kept = [h for h in happenings if keeps(wanted, h, places)]
    dated = [h for h in kept if h.first and h.last]
    assert query.summary(snapshot, rows) == query.Summary(
        events=len(kept),
        incidents=len(set(snapshot.events["incident"].iloc[rows])),
        places=len({place.id for h in kept for place in located(h, places)}),
        articles=len({h.article for h in kept} - {-1}),
        datasets=len({h.dataset for h in kept} - {-1}),
        first=min((h.first for h in dated if h.first), default=None),
        last=max((h.last for h in dated if h.last), default=None),
        undated=len(kept) - len(dated),
    )
    expected: dict[int, Counter[str]] = {}
    for h in kept:
        for row in {row for row, role in h.places if role == "location"}:
            expected.setdefault(row, Counter())[h.type] += 1
    counted = query.place_counts(snapshot, rows)
    assert list(counted.columns) == ["place", "count", *TYPES]
    assert counted.to_dict("records") == [
        {"place": row, "count": kinds.total(), **{kind: kinds[kind] for kind in TYPES}}
        for row, kinds in sorted(expected.items())
    ]


@given(world=worlds(), wanted=filters, unit=st.sampled_from(query.UNITS))
@hypothesis_settings(max_examples=100, deadline=None)
def test_every_count_follows_the_unit(
    world: tuple[list[Place], list[Happening]], wanted: EventFilter, unit: query.Unit
) -> None:
    snapshot = columnar(*world)
    events, links = snapshot.events, snapshot.event_places
    texts = [f"row {row}" if article < 0 else str(article)
             for row, article in enumerate(events["article"])]
    own = {"reports": events.index, "articles": texts, "incidents": events["incident"]}
    unit_of = pd.Series(own[unit], index=events.index)
    others = query.select(snapshot, replace(wanted, types=()))
    told = {(unit_of[row], events["type"][row]) for row in others}
    counts = query.counts_by_type(snapshot, wanted, unit)
    assert counts.to_dict() == {kind: sum(t == kind for _, t in told) for kind in TYPES}
    rows = query.select(snapshot, wanted)
    first: dict[tuple[int, int], str] = {}  # of a unit at a place, the type of its first event
    for link in links[(links["role"] == "location") & links["event"].isin(rows)].itertuples():
        first.setdefault((link.place, unit_of[link.event]), events["type"][link.event])
    expected = Counter((place, kind) for (place, _), kind in first.items())
    counted = query.place_counts(snapshot, rows, unit)
    assert counted["place"].to_list() == sorted({place for place, _ in expected})
    for line in counted.to_dict("records"):
        assert all(line[kind] == expected[line["place"], kind] for kind in TYPES)
        assert line["count"] == sum(line[kind] for kind in TYPES)


@given(world=worlds() | worlds(last_day=2), wanted=st.just(EventFilter()) | filters)
@hypothesis_settings(deadline=None)
def test_the_newest_come_first_and_those_without_a_date_last(
    world: tuple[list[Place], list[Happening]], wanted: EventFilter
) -> None:
    snapshot = columnar(*world)
    rows = query.select(snapshot, wanted)
    dates = snapshot.events["date_start"]
    dated = [row for row in rows.tolist() if not pd.isna(dates[row])]
    undated = [row for row in rows.tolist() if pd.isna(dates[row])]
    expected = sorted(dated, key=lambda row: (-dates[row].toordinal(), row)) + undated
    assert query.newest_first(snapshot, rows).tolist() == expected
    for most in range(len(rows) + 2):
        assert query.newest_first(snapshot, rows, most).tolist() == expected[:most]
    first_days = [h.first for h in world[1] if h.first]
    assert query.period(snapshot) == (
        (min(first_days), max(first_days)) if first_days else None
    )


@given(world=worlds())
@hypothesis_settings(deadline=None)
def test_regions_are_those_where_something_happened(
    world: tuple[list[Place], list[Happening]],
) -> None:
    places, happenings = world
    expected: dict[str, dict[str, str]] = {}
    for h in happenings:
        for place in located(h, places):
            if place.country:
                inside = expected.setdefault(place.country, {})
                inside[place.admin1] = f"Region {place.admin1}"
    options = query.region_options(columnar(places, happenings))
    assert {code: entry.admin1s for code, entry in options.items()} == expected
    assert all(entry.name == f"Country {code}" for code, entry in options.items())


SURE = st.sampled_from((0.0, 0.3, 0.5, 0.7, 0.9, 1.0))


@given(
    world=worlds(), named=st.lists(st.tuples(st.integers(-1, 5), SURE), max_size=8),
    least=SURE, precisions=some(query.PRECISIONS), sure=st.lists(SURE, min_size=48, max_size=48),
)  # fmt: skip
@hypothesis_settings(deadline=None)
def test_only_places_that_are_sure_and_exact_enough_are_left(
    world: tuple[list[Place], list[Happening]], named: list[tuple[int, float]],
    least: float, precisions: tuple[str, ...], sure: list[float],
) -> None:  # fmt: skip
    places, happenings = world
    whole = columnar(places, happenings)
    links = whole.event_places.assign(confidence=np.float32(sure[: len(whole.event_places)]))
    named = [(min(row, len(places) - 1), confidence) for row, confidence in named]
    snapshot = replace(
        whole, event_places=links,
        mentions=pd.DataFrame(
            {"place": np.array([row for row, _ in named], dtype=np.int32),
             "confidence": np.float32([confidence for _, confidence in named])}
        ),
    )  # fmt: skip
    wanted = EventFilter(min_place_confidence=least, precisions=precisions)
    narrowed = query.located(snapshot, wanted)
    expected = []
    for number, link in enumerate(links.itertuples(index=False)):
        place = places[link.place]
        how_well = PRECISION_OF[place.kind, place.precision_km]
        if sure[number] >= least and (not precisions or how_well in precisions):
            expected.append((link.event, link.place, link.role))
    left = narrowed.event_places
    assert list(zip(left["event"], left["place"], left["role"], strict=True)) == expected
    assert isinstance(left.index, pd.RangeIndex)
    assert narrowed.mentions["place"].tolist() == [
        row if confidence >= least else -1 for row, confidence in named
    ]
    every = np.arange(len(happenings))
    at = Counter(place for _, place, role in expected if role == "location")
    counted = query.place_counts(narrowed, every)
    assert dict(zip(counted["place"], counted["count"], strict=True)) == at
    assert query.summary(narrowed, every).places == len(at)
    # No event is lost for want of a sure place; of precisions, an event must have one of them.
    unsure = query.located(snapshot, EventFilter(min_place_confidence=least))
    assert query.select(unsure, EventFilter()).tolist() == query.select(
        snapshot, EventFilter(min_place_confidence=least)
    ).tolist()
    pd.testing.assert_frame_equal(snapshot.event_places, links)


@given(told=st.lists(st.sampled_from(("A", "B", "C", "D", "")), max_size=20))
@hypothesis_settings(deadline=None)
def test_sources_are_those_with_the_most_articles_and_every_data_set(told: list[str]) -> None:
    empty = columnar([], [])
    articles = pd.DataFrame({"publisher": pd.Series(told, dtype="str")})
    snapshot = replace(empty, articles=articles)
    counts = Counter(name for name in told if name)
    options = query.source_options(snapshot)
    *publishers, first, second = options
    assert sorted(publishers) == sorted(counts)
    assert [counts[name] for name in publishers] == sorted(counts.values(), reverse=True)
    assert (first, second) == DATASETS
    assert [options[name] for name in DATASETS] == ["Set A", "Set B"]


def test_an_answer_is_kept_for_its_snapshot_alone_and_goes_with_it() -> None:
    one, other = columnar([], []), month_of(("site", 0.5), ("settlement", 13.0), ("admin1", 90.0))
    asked: list[Snapshot] = []

    @query._kept
    def question(snapshot: Snapshot) -> list[int]:
        asked.append(snapshot)
        return [len(snapshot.events)]

    assert question(one) is question(one)
    assert (question(one), question(other)) == ([0], [3])
    assert asked == [one, other]
    options = query.region_options(other)
    assert query.region_options(other) is options
    assert query.region_options(one) == {} != options
    gone = weakref.ref(other)
    asked.clear()
    del other
    gc.collect()
    assert gone() is None


# --- by example -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def month() -> Snapshot:
    """One event of February, to the month, at a river; one without a date; one with an origin."""
    places = [a_place(0, "", ("UA-65", "BY")), a_place(1, "RU-BEL", ()), a_place(2, "UA-14", ())]
    february = Happening("e0", 0, "Battles", "occurred", date(2023, 2, 1), date(2023, 2, 28), 0.9,
                         ((0, "location"),))  # fmt: skip
    undated = Happening("e1", 0, "Riots", "claimed", None, None, 0.9, ((2, "location"),))
    fired = Happening("e2", 1, "Battles", "occurred", date(2023, 5, 1), date(2023, 5, 1), 0.9,
                      ((1, "origin"), (2, "location")))  # fmt: skip
    return columnar(places, [february, undated, fired])


def ids(snapshot: Snapshot, **wanted: Any) -> list[str]:
    """Ids of the events that a filter leaves."""
    rows = query.select(snapshot, EventFilter(**wanted))
    return list(snapshot.events["event_id"].iloc[rows])


def test_an_event_of_a_month_is_found_on_each_of_its_days(month: Snapshot) -> None:
    for first, last in [((2, 28), (3, 5)), ((1, 1), (2, 1)), ((2, 10), (2, 11)), ((1, 1), (4, 1))]:
        span = {"date_from": date(2023, *first), "date_to": date(2023, *last)}
        assert ids(month, **span) == ["e0"]
    assert ids(month, date_from=date(2023, 3, 1), date_to=date(2023, 4, 30)) == []
    assert ids(month, date_to=date(2023, 1, 31)) == []
    assert ids(month, date_from=date(2023, 3, 2)) == ["e2"]


def test_an_event_without_a_date_is_kept_only_without_a_date_filter(month: Snapshot) -> None:
    assert "e1" in ids(month)
    assert "e1" not in ids(month, date_from=date(1900, 1, 1))
    assert "e1" not in ids(month, date_to=date(2100, 1, 1))


def test_a_river_is_in_every_region_and_country_it_crosses(month: Snapshot) -> None:
    assert ids(month, admin1s=("UA-65",)) == ["e0"]
    assert ids(month, countries=("BY",)) == ["e0"]
    assert ids(month, countries=("UA",)) == ["e0", "e2", "e1"]
    assert ids(month, admin1s=("BY-HO",)) == []


def test_where_shells_were_fired_from_is_no_place_of_the_event(month: Snapshot) -> None:
    assert ids(month, countries=("RU",)) == []
    assert ids(month, places=("p1",)) == []
    assert list(query.region_options(month)) == ["UA"]


def test_a_country_of_which_a_region_is_chosen_stands_for_the_region(month: Snapshot) -> None:
    assert ids(month, countries=("UA",), admin1s=("UA-14",)) == ["e2", "e1"]
    assert ids(month, countries=("BY",), admin1s=("UA-14",)) == ["e0", "e2", "e1"]


def test_counts_by_type_list_every_type_in_the_codebooks_order(month: Snapshot) -> None:
    counts = query.counts_by_type(month, EventFilter(types=("Riots",), countries=("UA",)))
    assert list(counts.items()) == [("Battles", 2), ("Protests", 0), ("Riots", 1)]


def test_an_empty_snapshot_answers_everything() -> None:
    empty = columnar([], [])
    wanted = EventFilter(countries=("UA",), date_from=FIRST, text_event_ids={"x"}, types=("Riots",))
    rows = query.select(empty, wanted)
    assert len(rows) == 0
    assert query.summary(empty, rows) == query.Summary(0, 0, 0, 0, 0, None, None, 0)
    assert query.counts_by_type(empty, wanted).to_list() == [0, 0, 0]
    assert list(query.place_counts(empty, rows).columns) == ["place", "count", *TYPES]
    assert query.region_options(empty) == {}


def test_a_query_changes_nothing() -> None:
    made = synthetic(500, TYPES, n_places=20)
    before = {name: getattr(made, name).copy(deep=True) for name in ("events", "event_places")}
    rows = query.select(made, EventFilter(countries=("UA",), types=("Riots",)))
    query.place_counts(made, rows)
    query.summary(made, np.array([3, 5]))
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(made, name), table)


def known_how_well() -> Snapshot:
    """Two events at a site, a city, a region: one sure, one not."""
    return replace(
        month_of(("site", 0.5), ("settlement", 13.0), ("admin1", 90.0)),
        mentions=pd.DataFrame({"place": [0, 1, 2, -1], "confidence": [0.9, 0.4, 0.8, 0.1]}),
    )


def month_of(*places: tuple[str, float]) -> Snapshot:
    """A synthetic snapshot whose first events are at these places (kind, km), one each."""
    snapshot = synthetic(len(places), TYPES)
    table = snapshot.places.iloc[: len(places)].reset_index(drop=True).assign(
        kind=pd.Categorical([kind for kind, _ in places]),
        precision_km=[km for _, km in places],
    )  # fmt: skip
    rows = range(len(places))
    links = pd.DataFrame(
        {
            "event": rows, "place": rows, "confidence": np.float32([0.9, 0.4, 0.8]),
            "role": pd.Categorical(["location"] * len(places),
                                   categories=["location", "target", "origin"]),
        }
    )  # fmt: skip
    return replace(snapshot, places=table, event_places=links)


def test_events_are_filtered_by_how_exactly_they_are_placed() -> None:
    snapshot = known_how_well()
    assert query.precision_of(snapshot.places).tolist() == ["spot", "town", "region"]
    for n, precision in enumerate(("spot", "town", "region")):
        wanted = EventFilter(precisions=(precision,))
        assert query.select(snapshot, wanted).tolist() == [n]
        counted = query.place_counts(query.located(snapshot, wanted), np.arange(3))
        assert counted["place"].tolist() == [n]
    assert query.select(snapshot, EventFilter(precisions=("line",))).tolist() == []


def test_places_that_are_not_sure_enough_count_as_not_located() -> None:
    snapshot = known_how_well()
    wanted = EventFilter(min_place_confidence=0.5)
    narrowed = query.located(snapshot, wanted)
    assert query.place_counts(narrowed, np.arange(3))["place"].tolist() == [0, 2]
    assert narrowed.mentions["place"].tolist() == [0, -1, 2, -1]
    assert query.select(narrowed, wanted).tolist() == [0, 1, 2]  # no event is lost
    assert snapshot.mentions["place"].tolist() == [0, 1, 2, -1]
    assert query.located(snapshot, EventFilter()) is snapshot

"""Reports of one happening become one incident, and nothing else does: against a slow version."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.store import incidents
from geo.store.columns import Snapshot, assemble
from geo.store.incidents import LONGEST_DAYS, NEAR_DAYS, NEAR_KM
from geo.store.spots import SPOT_KM

TYPES = ("Battles", "Explosions/Remote violence", "Protests")
FAMILIES = {"Battles": "violence", "Explosions/Remote violence": "violence", "Protests": "unrest"}
DAY = date(2023, 3, 1)
KM = 1 / 111.195  # degrees of latitude


@dataclass(frozen=True)
class Spot:
    """A place, by its distance north of 48 N [km]."""

    id: str
    name: str
    north_km: float
    kind: str = "settlement"
    precision_km: float = 5.0
    admin1: str = "UA-14"
    country: str = "UA"


TOWN = Spot("town", "Town", 0)
NAMESAKE = Spot("other-gazetteer", "TOWN", 2)
PLANT = Spot("plant", "Town power plant", 3, kind="site", precision_km=1)
NEXT_TOWN = Spot("next", "Next town", 9)
THIRD_TOWN = Spot("third", "Third town", 20)
FAR_TOWN = Spot("far", "Far town", 50)
OBLAST = Spot("oblast", "Oblast", 30, kind="admin1", precision_km=120)
DISTRICT = Spot("district", "District", 4, kind="admin2", precision_km=10)
COUNTRY = Spot("country", "Country", 90, kind="country", precision_km=500, admin1="")
RIVER = Spot("river", "River", 5, kind="river", precision_km=300, admin1="", country="")
ABROAD = Spot("abroad", "Town", 4, admin1="RU-BEL", country="RU")
PLACES = (TOWN, NAMESAKE, PLANT, NEXT_TOWN, THIRD_TOWN, FAR_TOWN, OBLAST, DISTRICT, COUNTRY, RIVER,
          ABROAD)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What one source says of one happening."""

    id: str
    places: tuple[Spot, ...] = (TOWN,)
    first: date | None = DAY
    last: date | None = DAY
    type: str = "Battles"
    subtype: str = "Armed clash"
    status: str = "occurred"
    actors: tuple[str, ...] = ()
    dead: tuple[int | None, int | None] = (None, None)
    article: int = 0
    dataset: int = -1


def columnar(reports: list[Report]) -> Snapshot:
    """The same reports as a snapshot."""
    links = [(row, PLACES.index(spot)) for row, r in enumerate(reports) for spot in r.places]
    n = len(PLACES)
    return assemble(
        1,
        TYPES,
        families=FAMILIES,
        events={
            "event_id": [r.id for r in reports],
            "article": [r.article if r.dataset < 0 else -1 for r in reports],
            "dataset": [r.dataset for r in reports],
            "type": [r.type for r in reports],
            "subtype": [r.subtype for r in reports],
            "status": [r.status for r in reports],
            "date_precision": ["day"] * len(reports),
            "date_start": [r.first for r in reports],
            "date_end": [r.last for r in reports],
            "confidence": [0.5] * len(reports),
            "fatalities_low": [r.dead[0] for r in reports],
            "fatalities_high": [r.dead[1] for r in reports],
            "review": ["unreviewed"] * len(reports),
            "actors": ["; ".join(r.actors) for r in reports],
        },
        places={
            "place_id": [p.id for p in PLACES],
            "name": [p.name for p in PLACES],
            "kind": [p.kind for p in PLACES],
            "lat": [48 + p.north_km * KM for p in PLACES],
            "lon": [38.0] * n,
            "country": [p.country for p in PLACES],
            "country_name": [p.country for p in PLACES],
            "admin1": [p.admin1 for p in PLACES],
            "admin1_name": [p.admin1 for p in PLACES],
            "precision_km": [p.precision_km for p in PLACES],
            "population": [0] * n,
            "source": [""] * n,
            "crosses": [()] * n,
        },
        event_places={
            "event": [link[0] for link in links],
            "place": [link[1] for link in links],
            "role": ["location"] * len(links),
            "confidence": [1.0] * len(links),
        },
        articles={
            "article_id": [f"a{n}" for n in range(4)],
            "title": [""] * 4, "publisher": [""] * 4, "published": [None] * 4, "url": [""] * 4,
        },
        mentions={
            name: []
            for name in ("article", "place", "start", "end", "surface", "form", "confidence")
        },
        datasets={
            "dataset_id": ["d0", "d1"], "kind": ["acled", "gdelt"], "name": ["", ""],
            "licence": ["", ""],
        },
    )  # fmt: skip


def incident_ids(reports: list[Report]) -> dict[str, str]:
    """Id of each report -> id of the report that leads its incident."""
    events = columnar(reports).events
    ids = events["event_id"].to_numpy()
    return dict(zip(ids, ids[events["incident"].to_numpy()], strict=True))


def together(*reports: Report) -> bool:
    """Whether all of them are one incident."""
    return len(set(incident_ids(list(reports)).values())) == 1


# --- the slow version -------------------------------------------------------------------------

AREAS = ("admin1", "admin2", "country", "region", "sea", "continent", "river")


def spot_of(place: Spot) -> Spot:
    """Which place stands for it; the towns here are few enough to list."""
    return TOWN if place in (TOWN, NAMESAKE, PLANT) else place


def where_of(r: Report) -> frozenset[Spot]:
    """The spots of a report, areas only where there is no point."""
    points = [p for p in r.places if p.kind not in AREAS]
    return frozenset(map(spot_of, points or r.places))


def only_spot(r: Report) -> Spot | None:
    """Its place, where it has exactly one."""
    return next(iter(where_of(r))) if len(where_of(r)) == 1 else None


def dead(r: Report) -> tuple[int, int]:
    """The least and most dead that it tells of, 0 for none."""
    low = r.dead[0] or 0
    return low, max(low, r.dead[1] if r.dead[1] is not None else low)


def share(a: Report, b: Report) -> bool:
    """Whether they name an actor in common."""
    return bool(set(a.actors) & set(b.actors))


def deadly(a: Report, b: Report) -> bool:
    """Whether both tell of deaths."""
    return dead(a)[0] > 0 and dead(b)[0] > 0


def one_toll(a: Report, b: Report) -> bool:
    """Whether both tell of deaths, and can mean the same number."""
    return deadly(a, b) and dead(a)[0] <= dead(b)[1] and dead(b)[0] <= dead(a)[1]


def contradict(a: Report, b: Report) -> bool:
    """Whether they cannot be one happening."""
    if a.actors and b.actors and not share(a, b):
        return True
    one_text = a.article == b.article and a.dataset == b.dataset == -1
    return one_text and deadly(a, b) and not one_toll(a, b)


def is_exact(r: Report) -> bool:
    """Known to one point and one day."""
    spot = only_spot(r)
    return bool(spot and spot.kind not in AREAS and r.first and r.first == r.last)


def same(a: Report, b: Report) -> bool:
    """Step 1."""
    keys = [(r.type, r.subtype, r.status == "planned", where_of(r), r.first, r.last,
             None if r.first else r.article) for r in (a, b)]  # fmt: skip
    if keys[0] != keys[1] or not where_of(a) or contradict(a, b):
        return False
    if not a.first and (a.dataset >= 0 or b.dataset >= 0):
        return False
    points = all(p.kind not in AREAS for p in where_of(a))
    if points and a.first == a.last:
        return True
    spot = only_spot(a)
    wide = spot is not None and spot.kind == "country"
    return one_toll(a, b) or (share(a, b) and not wide)


def near(a: Report, b: Report) -> bool:
    """Step 2."""
    one, other = only_spot(a), only_spot(b)
    if not (is_exact(a) and is_exact(b) and one and other and a.first and b.first):
        return False
    close = abs(one.north_km - other.north_km) <= NEAR_KM
    days = abs((a.first - b.first).days) <= NEAR_DAYS
    kind = (FAMILIES[a.type], a.status == "planned") == (FAMILIES[b.type], b.status == "planned")
    return close and days and kind and one_toll(a, b) and not contradict(a, b)


def lies_in(exact: Report, vague: Report) -> bool:
    """Whether the one lies in the area, or at the place, and in the days of the other."""
    inner, outer = only_spot(exact), only_spot(vague)
    if not (inner and outer and exact.first and vague.first and vague.last):
        return False
    if not vague.first <= exact.first <= vague.last:
        return False
    if outer.kind in ("admin1", "admin2"):
        return inner.admin1 == outer.admin1
    return inner.country == outer.country if outer.kind == "country" else inner == outer


def only_fit(vague: Report, leaders: list[Report]) -> Report | None:
    """Step 3: the one incident that a vague report can mean."""
    spot = only_spot(vague)
    if is_exact(vague) or spot is None or vague.first is None or vague.last is None:
        return None
    if (vague.last - vague.first).days > LONGEST_DAYS or spot.kind == "river":
        return None
    inside = [r for r in leaders if is_exact(r) and lies_in(r, vague)]
    planned = [r for r in inside if (r.status == "planned") == (vague.status == "planned")]

    def near_enough(found: Report) -> bool:
        at = only_spot(found)
        off = abs(at.north_km - spot.north_km) if at else math.inf
        return spot.kind != "admin2" or off <= spot.precision_km

    fits = [r for r in planned if FAMILIES[r.type] == FAMILIES[vague.type]
            and 0 < dead(vague)[0] == dead(r)[0]]  # fmt: skip
    if len(fits) == 1 and near_enough(fits[0]) and not contradict(vague, fits[0]):
        return fits[0]
    fits = [r for r in planned if (r.type, r.subtype) == (vague.type, vague.subtype)]
    if spot.kind == "country" or len(fits) != 1 or not near_enough(fits[0]):
        return None
    (found,) = fits
    other = deadly(vague, found) and not one_toll(vague, found)
    return found if share(vague, found) and not other else None


def slowly(reports: list[Report]) -> dict[str, str]:
    """The same as `incident_ids`, one report after another."""
    hashed = pd.util.hash_array(np.array([r.id for r in reports], object), categorize=False)
    ranked = [r for _, r in sorted(
        zip(hashed, reports, strict=True),
        key=lambda pair: (not pair[1].actors, dead(pair[1])[0] == 0, pair[0]),
    )]  # fmt: skip
    leader = {r: r for r in ranked}

    def step(alike: Callable[[Report, Report], bool]) -> None:
        heads: list[Report] = []
        moved = {}
        for r in [r for r in ranked if leader[r] == r]:
            head = next((h for h in heads if alike(h, r)), r)
            heads += [r] if head is r else []
            moved[r] = head
        for r in ranked:
            leader[r] = moved[leader[r]]

    step(same)
    step(near)
    leaders = [r for r in ranked if leader[r] == r]
    moved = {r: only_fit(r, leaders) or r for r in leaders}
    found, seen = {}, set()
    heads = {r: moved[leader[r]] for r in ranked}
    for r in sorted(ranked, key=lambda r: heads[r] != r):
        head = heads[r]
        alone = r.dataset == 0 and head in seen  # of the coded table one row each
        found[r.id] = r.id if alone else head.id
        if r.dataset == 0:
            seen.add(head)
    return found


def one_report(number: int) -> st.SearchStrategy[Report]:
    """A report that may well be of what the others report."""
    spans = st.sampled_from(((0, 0), (0, 0), (1, 1), (2, 2), (0, 6), (-1, 5), (0, 30), None))
    span = spans.map(lambda s: (None, None) if s is None else tuple(
        DAY + timedelta(days=n) for n in s))  # fmt: skip
    return st.builds(
        lambda days, **more: Report(id=f"e{number:02d}", first=days[0], last=days[1], **more),
        days=span,
        places=st.lists(st.sampled_from(PLACES), max_size=2, unique=True).map(tuple)
        | st.sampled_from(PLACES).map(lambda p: (p,)),
        type=st.sampled_from(TYPES),
        subtype=st.sampled_from(("Armed clash", "Other")),
        status=st.sampled_from(("occurred", "occurred", "claimed", "planned")),
        actors=st.sampled_from(((), (), ("Army",), ("Army", "Rebels"), ("Rebels",), ("Police",))),
        dead=st.sampled_from(((None, None), (0, 0), (2, None), (2, 2), (1, 3), (9, 9))),
        article=st.integers(0, 3),
        dataset=st.sampled_from((-1, -1, -1, 0, 1)),
    )


reports_strategy = st.integers(0, 10).flatmap(
    lambda n: st.tuples(*(one_report(number) for number in range(n))).map(list)
)


@settings(max_examples=100, deadline=None)
@given(reports_strategy)
def test_quick_and_slow_version_agree(reports: list[Report]) -> None:
    assert incident_ids(reports) == slowly(reports)


def by_chance(n: int, seed: int) -> list[Report]:
    """Many reports of few happenings, by chance."""
    draw = random.Random(seed)
    first = [DAY + timedelta(days=n) for n in range(3)]
    return [
        Report(
            f"r{number}", places=(draw.choice(PLACES),), first=(day := draw.choice(first)),
            last=draw.choice((day, day, day + timedelta(days=3))), type=draw.choice(TYPES),
            actors=draw.choice(((), ("Army",), ("Army", "Rebels"), ("Police",))),
            dead=draw.choice(((None, None), (2, 2), (3, 5), (4, None))),
            article=draw.randrange(4), dataset=draw.choice((-1, -1, 0, 1)),
        )
        for number in range(n)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_they_agree_where_many_reports_tell_of_few_happenings(seed: int) -> None:
    reports = by_chance(300, seed)
    found = incident_ids(reports)
    assert found == slowly(reports)
    assert len(set(found.values())) < 200


@settings(max_examples=40, deadline=None)
@given(reports_strategy)
def test_no_two_rows_of_a_coded_table_are_one_incident(reports: list[Report]) -> None:
    found = incident_ids(reports)
    coded = [found[r.id] for r in reports if r.dataset == 0]
    assert len(set(coded)) == len(coded)


@settings(max_examples=25, deadline=None)
@given(reports_strategy, st.randoms(use_true_random=False))
def test_the_order_of_reports_decides_nothing(reports: list[Report], chance: random.Random) -> None:
    mixed = list(reports)
    chance.shuffle(mixed)
    assert incident_ids(mixed) == incident_ids(reports)


@settings(max_examples=40, deadline=None)
@given(reports_strategy)
def test_points_of_one_incident_lie_less_than_50_km_apart(reports: list[Report]) -> None:
    assert 2 * (NEAR_KM + SPOT_KM) < 50
    found = incident_ids(reports)
    north: dict[str, list[float]] = {}
    for r in reports:
        if len(r.places) == 1 and r.places[0].kind not in AREAS:
            north.setdefault(found[r.id], []).append(r.places[0].north_km)
    assert all(max(at) - min(at) < 50 for at in north.values())


# --- by example -------------------------------------------------------------------------------

PROTEST = Report("p1", type="Protests", subtype="Peaceful protest")
STRIKE = Report("s1", type="Explosions/Remote violence", subtype="Air/drone strike", dead=(3, 3))


def test_two_articles_on_one_protest_are_one_incident() -> None:
    assert together(PROTEST, replace(PROTEST, id="p2", article=1))


@pytest.mark.parametrize(
    "change",
    [
        {"places": (FAR_TOWN,)},
        {"places": (NEXT_TOWN,)},
        {"places": (ABROAD,)},
        {"first": DAY + timedelta(days=1), "last": DAY + timedelta(days=1)},
        {"subtype": "Other"},
        {"type": "Battles"},
        {"status": "planned"},
        {"places": ()},
        {"first": None, "last": None},
        {"actors": ("Teachers",)},
        {"places": (TOWN, FAR_TOWN)},
    ],
)
def test_another_place_day_kind_or_actor_is_another_protest(change: dict[str, Any]) -> None:
    first = replace(PROTEST, actors=("Students",))
    assert not together(first, replace(first, id="p2", article=1, **change))


@pytest.mark.parametrize("place", [NAMESAKE, PLANT])
def test_one_spot_under_two_ids(place: Spot) -> None:
    assert together(PROTEST, replace(PROTEST, id="p2", article=1, places=(place,)))


@pytest.mark.parametrize(
    "change",
    [
        {"places": (NEXT_TOWN,)},
        {"first": DAY + timedelta(days=1), "last": DAY + timedelta(days=1)},
        {"type": "Battles", "subtype": "Armed clash"},
        {"dead": (2, 4)},
    ],
)
def test_sources_that_disagree_are_joined_by_the_toll(change: dict[str, Any]) -> None:
    other = replace(STRIKE, id="s2", article=1, **change)
    assert together(STRIKE, other)
    if "dead" not in change:
        assert not together(replace(STRIKE, dead=(None, None)), replace(other, dead=(None, None)))
        assert not together(STRIKE, replace(other, dead=(9, 9)))


def test_one_spot_and_day_with_two_tolls_is_one_incident_unless_one_text_tells_both() -> None:
    other = replace(STRIKE, id="s2", dead=(7, 7))
    assert together(STRIKE, replace(other, article=1))
    assert not together(STRIKE, other)


def test_a_chain_of_towns_or_days_does_not_grow_into_one_incident() -> None:
    towns = [replace(STRIKE, id=f"t{n}", article=n, places=(place,))
             for n, place in enumerate((TOWN, NEXT_TOWN, THIRD_TOWN))]  # fmt: skip
    found = incident_ids(towns)
    assert found["t0"] != found["t2"]
    days = [replace(STRIKE, id=f"d{n}", first=DAY + timedelta(days=n), last=DAY + timedelta(days=n))
            for n in range(30)]  # fmt: skip
    assert len(set(incident_ids(days).values())) >= 10


def test_a_report_of_the_region_joins_the_one_incident_it_can_mean() -> None:
    region = replace(STRIKE, id="o", places=(OBLAST,), article=1)
    assert together(STRIKE, region)
    elsewhere = replace(STRIKE, id="s2", places=(FAR_TOWN,), article=2)
    found = incident_ids([STRIKE, region, elsewhere])
    assert len(set(found.values())) == 3
    assert not together(replace(STRIKE, dead=(None, None)), replace(region, dead=(None, None)))
    assert together(*(replace(r, dead=(None, None), actors=("Army",)) for r in (STRIKE, region)))


def test_rows_of_a_coded_table_stay_apart_but_each_may_meet_an_article() -> None:
    rows = [replace(STRIKE, id=f"c{n}", dataset=0) for n in range(2)]
    assert not together(*rows)
    assert together(*(replace(r, dataset=1) for r in rows))
    assert together(STRIKE, rows[0])
    assert len(set(incident_ids([STRIKE, *rows]).values())) == 2


def test_tens_of_reports_keep_the_id_of_their_best_known_one() -> None:
    reports = [replace(STRIKE, id=f"n{n}", article=n % 4) for n in range(40)]
    known = replace(STRIKE, id="known", actors=("Army",))
    assert set(incident_ids([*reports, known]).values()) == {"known"}
    assert set(incident_ids([known, *reports[:20]]).values()) == {"known"}


def test_what_names_no_place_stays_alone_and_nothing_at_all_is_fine() -> None:
    nowhere = replace(PROTEST, places=())
    assert not together(nowhere, replace(nowhere, id="p2"))
    assert incident_ids([]) == {}


def test_ten_thousands_of_equal_rows_are_one_incident_in_a_moment() -> None:
    """And so many that differ only in their actors stay apart, in bounded time."""
    equal = columnar([replace(PROTEST, id=str(n)) for n in range(4)])
    at = np.tile(np.arange(4), 10_000)
    events = equal.events.iloc[at].reset_index(drop=True).drop(columns="incident")
    events["event_id"] = pd.Series([str(n) for n in range(len(at))], dtype="str")
    links = equal.event_places.iloc[at].reset_index(drop=True)
    links["event"] = np.arange(len(at), dtype=np.int32)
    began = time.process_time()
    found = incidents.group(events, equal.places, links, equal.datasets, FAMILIES)
    assert len(np.unique(found)) == 1
    events["actors"] = pd.Categorical([f"Group {n}" for n in range(len(at))])
    events["fatalities_low"] = pd.array(np.full(len(at), 3), dtype="Int32")
    found = incidents.group(events, equal.places, links, equal.datasets, FAMILIES)
    assert len(np.unique(found)) == len(at)
    assert time.process_time() - began < 10


@pytest.mark.parametrize("more", [NAMESAKE, PLANT, OBLAST])
def test_a_place_named_twice_or_with_its_region_is_one_place(more: Spot) -> None:
    assert together(PROTEST, replace(PROTEST, id="p2", article=1, places=(TOWN, more)))

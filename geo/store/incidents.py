"""Which reports tell of the same happening: rows of events, put together by their columns alone.

An incident is led by its best-known report, and every other one was compared with that leader,
never with a neighbour of a neighbour: no chain grows from town to town or from day to day. Three
steps, each comparing what the one before has left as leaders:

1. the same sub-type, spot and days: one incident, unless the actors contradict. What is known only
   to an area or to more than a day needs a sign besides: an actor or a death toll in common.
2. another type of the family, a spot near by, the day before or after: only with a death toll in
   common, which is how sources that disagree are still seen to tell of one thing.
3. known only to an area or a week: joins the one incident that it can mean, if there is exactly
   one and a sign speaks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from geo.store.leaders import lead_in_blocks, lead_in_pairs
from geo.store.spots import EARTH_KM, Whereabouts, distance_km, unit_vectors, whereabouts

Array = np.ndarray[Any, Any]

ACTOR_SEPARATOR = "; "
NEAR_KM = 15.0  # sources that disagree on the place still tell of one incident up to here
NEAR_DAYS = 1
LONGEST_DAYS = 7  # what is known to a longer time joins no incident of one day
MOST_ACTORS = 6  # of one event that are compared
MOST_AT_ONCE = 64  # incidents told apart at one spot and day; further reports stay alone
ONE_ROW_EACH = ("acled", "ucdp-ged")  # data sets that tell each happening once
MOST_IN_CELL = 500  # incidents with a death toll in a cell and day, beyond which none is joined
_CELL_DEGREES = 0.2
_DAY_BITS = 23  # days from year 1 to year 9999 fit


def group(
    events: pd.DataFrame,
    places: pd.DataFrame,
    event_places: pd.DataFrame,
    datasets: pd.DataFrame,
    families: Mapping[str, str],
) -> Array:
    """The incident of each event, as the row of the report that leads it.

    events, places, event_places, datasets : tables of the snapshot (see `geo.store.columns`).
    families : event type -> family; a type without one is a family of its own.

    Returns (n events,) int32; a leader has its own row. The outcome depends on what the events say
    and on their ids, not on their order. Reports of one incident that are at one point each lie
    less than 2 * (NEAR_KM + SPOT_KM) km apart. Of a data set whose coders give each happening one
    row, no two rows are put together.
    """
    reports = _Reports(events, places, event_places, families)
    leader = np.arange(len(events))
    for step in (reports.same, reports.near, reports.only_fit):
        leads = np.flatnonzero(leader == np.arange(len(leader)))
        moved = np.arange(len(events))
        moved[leads] = leads[step(leads)]
        leader = moved[leader]
    coded = np.append(datasets["kind"].isin(ONE_ROW_EACH).to_numpy(dtype=bool), False)
    table = events["dataset"].to_numpy()
    return reports.apart(leader, np.where(coded[table], table, -1)).astype(np.int32)


class _Reports:
    """The columns that are compared, one entry per event."""

    def __init__(
        self,
        events: pd.DataFrame,
        places: pd.DataFrame,
        event_places: pd.DataFrame,
        families: Mapping[str, str],
    ) -> None:
        self.places = places
        at = (event_places["role"] == "location").to_numpy(dtype=bool)
        event, place = (event_places[name].to_numpy()[at] for name in ("event", "place"))
        self.at: Whereabouts = whereabouts(len(events), places, event, place)
        self.article = events["article"].to_numpy().astype(np.int64)
        self.planned = (events["status"] == "planned").to_numpy(dtype=bool)
        names = events["type"].cat.categories
        family = pd.factorize(np.array([families.get(name, name) for name in names], object))[0]
        self.family = family[events["type"].cat.codes.to_numpy()] if len(names) else self.article
        self.kind = _joined(events["type"].cat.codes, events["subtype"].cat.codes)
        first, last = (
            events[name].to_numpy().astype("datetime64[D]").astype(np.int64)
            for name in ("date_start", "date_end")
        )
        self.dated = events["date_start"].notna().to_numpy(dtype=bool)
        self.first, self.last = np.where(self.dated, first, 0), np.where(self.dated, last, 0)
        self.low = events["fatalities_low"].fillna(0).to_numpy(dtype=np.int64)
        self.high = events["fatalities_high"].fillna(events["fatalities_low"]).fillna(0)
        self.high = np.maximum(self.high.to_numpy(dtype=np.int64), self.low)
        self.actor = events["actors"].cat.codes.to_numpy()
        self.actors = _actor_table(events["actors"].cat.categories)
        self.acted = self.actors[self.actor, 0] >= 0 if len(self.actors) else self.actor >= 0
        one_day = self.first == self.last
        self.exact = self.at.is_point & (self.at.spot >= 0) & self.dated & one_day
        kind = places["kind"].astype(str).to_numpy()
        self.spot_kind = np.append(kind, "")[self.at.spot]
        hashed = pd.util.hash_array(events["event_id"].to_numpy(dtype=object), categorize=False)
        order = np.lexsort((hashed, self.low == 0, ~self.acted))
        self.rank = np.empty(len(events), dtype=np.int64)
        self.rank[order] = np.arange(len(events))

    # -- signs ------------------------------------------------------------------------------------

    def share_actor(self, a: Array, b: Array) -> Array:
        """Whether both name one actor."""
        one, other = self.actor[a], self.actor[b]
        known = self.acted[a] & self.acted[b]
        shared: Array = known & (one == other)
        open_ = np.flatnonzero(known & ~shared)
        left, right = self.actors[one[open_]], self.actors[other[open_]]
        found = np.zeros(len(open_), dtype=bool)
        for n in range(self.actors.shape[1]):
            named = left[:, n] >= 0
            found |= named & (right == left[:, [n]]).any(axis=1)
        shared[open_] = found
        return shared

    def one_toll(self, a: Array, b: Array) -> Array:
        """Whether both tell of deaths, and of numbers that can be the same."""
        meet = (self.low[a] <= self.high[b]) & (self.low[b] <= self.high[a])
        same: Array = self.both_tell_deaths(a, b) & meet
        return same

    def both_tell_deaths(self, a: Array, b: Array) -> Array:
        """Whether both give a number of dead above zero."""
        both: Array = (self.low[a] > 0) & (self.low[b] > 0)
        return both

    def contradict(self, a: Array, b: Array) -> Array:
        """Whether both name actors, none in common; or one article tells of two tolls."""
        actors = self.acted[a] & self.acted[b] & ~self.share_actor(a, b)
        one_text = (self.article[a] == self.article[b]) & (self.article[a] >= 0)
        tolls = self.both_tell_deaths(a, b) & ~self.one_toll(a, b)
        found: Array = actors | (one_text & tolls)
        return found

    # -- the three steps: rows of leaders -> position of the leader of each -----------------------

    def same(self, rows: Array) -> Array:
        """Step 1."""
        placed = self.at.where[rows] >= 0
        can = placed & (self.dated[rows] | (self.article[rows] >= 0))
        asked = np.flatnonzero(can)
        own = rows[asked]
        # What has no date is the same at most within its own article.
        context = np.where(self.dated[own], -1, self.article[own])
        block = _joined(
            self.kind[own], self.planned[own], self.at.where[own], self.first[own],
            self.last[own], context,
        )  # fmt: skip

        def alike(a: Array, b: Array) -> Array:
            a, b = own[a], own[b]
            far = np.isin(self.spot_kind[a], ("country", "continent", "sea"))
            sign = self.one_toll(a, b) | (~far & self.share_actor(a, b))
            loose = ~self.at.is_point[a] | (self.first[a] != self.last[a])
            fits: Array = ~self.contradict(a, b) & (sign | ~loose)
            return fits

        leader = np.arange(len(rows))
        leader[asked] = asked[lead_in_blocks(block, self.rank[own], alike, most=MOST_AT_ONCE)]
        return leader

    def near(self, rows: Array) -> Array:
        """Step 2."""
        asked = np.flatnonzero(self.exact[rows] & (self.low[rows] > 0))
        asked = asked[~self._crowded(rows[asked])]
        own = rows[asked]
        leader = np.arange(len(rows))
        if len(own) < 2:
            return leader
        lat, lon = (self.places[n].to_numpy(float)[self.at.spot[own]] for n in ("lat", "lon"))
        vectors = unit_vectors(lat, lon)
        family = self.family[own] * 2 + self.planned[own]
        from scipy.spatial import cKDTree  # 35 MB that looking at a snapshot does not need

        # One ball in all that must agree: nearer than NEAR_KM, NEAR_DAYS, and of one family.
        days = self.first[own] / (NEAR_DAYS + 0.5)
        space = np.column_stack([vectors * EARTH_KM / NEAR_KM, days, family * 10.0])
        pairs = cKDTree(space).query_pairs(1.0, p=np.inf, output_type="ndarray")
        a, b = pairs[:, 0], pairs[:, 1]
        fits = self.one_toll(own[a], own[b]) & ~self.contradict(own[a], own[b])
        fits &= distance_km(vectors[a], vectors[b]) <= NEAR_KM
        rank = np.argsort(np.argsort(self.rank[own]))
        leader[asked] = asked[lead_in_pairs(a[fits], b[fits], rank)]
        return leader

    def _crowded(self, rows: Array) -> Array:
        """Where and when so much happens that equal tolls are no sign."""
        cell = [
            np.floor(self.places[name].to_numpy(float)[self.at.spot[rows]] / _CELL_DEGREES)
            for name in ("lat", "lon")
        ]
        code = _joined(*cell, self.first[rows])
        crowded: Array = np.bincount(code)[code] > MOST_IN_CELL
        return crowded

    def only_fit(self, rows: Array) -> Array:
        """Step 3."""
        leader = np.arange(len(rows))
        exact = self.exact[rows]
        vague = ~exact & self.dated[rows] & (self.at.spot[rows] >= 0)
        vague &= self.last[rows] - self.first[rows] <= LONGEST_DAYS
        targets, asked = np.flatnonzero(exact), np.flatnonzero(vague)
        family = _joined(self.family, self.planned)
        deadly = self.low[rows[asked]] > 0
        told = asked[deadly]
        with_toll = targets[self.low[rows[targets]] > 0]
        found = self._only(rows, told, with_toll, _joined(family, self.low), widest=True)
        fits = (found >= 0) & ~self.contradict(rows[told], rows[found])
        leader[told[fits]] = found[fits]
        rest = asked[leader[asked] == asked]
        found = self._only(rows, rest, targets, _joined(self.kind, self.planned), widest=False)
        a, b = rows[rest], rows[found]
        other = self.both_tell_deaths(a, b) & ~self.one_toll(a, b)
        fits = (found >= 0) & self.share_actor(a, b) & ~other
        leader[rest[fits]] = found[fits]
        return leader

    def apart(self, leader: Array, table: Array) -> Array:
        """Leaders anew, so that of each coded table (-1 for none) an incident has one row."""
        coded = np.flatnonzero(table >= 0)
        coded = coded[np.lexsort((self.rank[coded], leader[coded] != coded))]
        again = pd.Series(_joined(leader[coded], table[coded])).duplicated().to_numpy()
        leader = leader.copy()
        leader[coded[again]] = coded[again]
        return leader

    def _only(
        self, rows: Array, asked: Array, targets: Array, what: Array, *, widest: bool
    ) -> Array:
        """For each vague leader the position of the one exact leader that it can mean, else -1.

        asked, targets : positions in `rows`.  what : (n events,) codes that must be equal.
        widest : whether a country may stand for what lies in it.
        """
        spot, of = self.at.spot[rows[asked]], self.at.spot[rows[targets]]
        kind = self.spot_kind[rows[asked]]
        region = np.where(np.isin(kind, ("admin1", "admin2")), 1, np.where(kind == "country", 2, 0))
        inside = np.isin(kind, ("admin1", "admin2")) | self.at.is_point[rows[asked]]
        inside |= (kind == "country") & widest
        n = len(targets)
        levels = np.concatenate([np.repeat([0, 1, 2], n), region])
        codes = [np.arange(len(self.places)), *(self.places[c].cat.codes.to_numpy()
                                                for c in ("admin1", "country"))]  # fmt: skip
        place = np.concatenate(
            [codes[0][of], codes[1][of], codes[2][of], np.choose(region, [c[spot] for c in codes])]
        )
        whats = np.concatenate([np.tile(what[rows[targets]], 3), what[rows[asked]]])
        key = _joined(levels, place, whats) << _DAY_BITS
        origin = self.first.min(initial=0)
        days = np.tile(self.first[rows[targets]] - origin, 3)
        order = np.argsort(key[: 3 * n] + days, kind="stable")
        known = (key[: 3 * n] + days)[order]
        start = np.searchsorted(known, key[3 * n :] + self.first[rows[asked]] - origin)
        stop = np.searchsorted(known, key[3 * n :] + self.last[rows[asked]] - origin, "right")
        only = inside & (stop - start == 1)
        found = np.full(len(asked), -1)
        found[only] = targets[order[start[only]] % n]
        district = np.flatnonzero((found >= 0) & (kind == "admin2"))
        if len(district):
            a, b = spot[district], self.at.spot[rows[found[district]]]
            lat, lon = (self.places[name].to_numpy(float) for name in ("lat", "lon"))
            off = distance_km(unit_vectors(lat[a], lon[a]), unit_vectors(lat[b], lon[b]))
            found[district[off > self.places["precision_km"].to_numpy(float)[a]]] = -1
        return found


def _joined(*columns: Any) -> Array:
    """One code for each combination of values."""

    def pair(left: Array, right: Array) -> Array:
        code, values = pd.factorize(right)
        return np.asarray(pd.factorize(left * max(1, len(values)) + code)[0], dtype=np.int64)

    first, *others = (np.asarray(column) for column in columns)
    return reduce(pair, others, np.asarray(pd.factorize(first)[0], dtype=np.int64))


def _actor_table(names: pd.Index) -> Array:
    """(names, MOST_ACTORS) codes of the actors that each text names, -1 beyond the last."""
    listed = [[part for part in name.split(ACTOR_SEPARATOR) if part] for name in names]
    table = np.full((len(listed), MOST_ACTORS), -1, dtype=np.int32)
    codes: dict[str, int] = {}
    for row, parts in enumerate(listed):
        for column, part in enumerate(parts[:MOST_ACTORS]):
            table[row, column] = codes.setdefault(part.casefold(), len(codes))
    return table

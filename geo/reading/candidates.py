"""Weigh one candidate of a name: what it is, how it is named, and what the text says around it.

Scores are log-odds; each keeps its reasons, which the dashboard shows under "why here?".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from geo.gazetteer.gazetteer import Hit
from geo.gazetteer.layers import BASE, DEMONYM, FOREIGN, PREFERRED
from geo.model import Place
from geo.reading import cues
from geo.reading.scene import Others, Scene, Spot, family, spot_of
from geo.reading.span import Span, lies_beside, told, within

_PER_RANK = 0.9  # what ten times as many people are worth
_CITY = 5.3  # rank of a city of some 200,000
_OVERSHADOWED = 2.5  # ranks below its country's city of the name
_LEAST_LENT = 0.2  # of a name, that counts as near
# Share of a region's people above which a town of its name is what the bare name means. Provinces
# are seldom named without their head word, but Quebec is, and so are states.
_LEAST_SHARE = {"": 0.03, "US": 0.12, "CA": 0.12, "AU": 0.12}


@dataclass(slots=True)
class Scored:
    """One candidate of a name with its score and what spoke for it.

    `alone` is what it scores by itself and by what the text names outright; the other names of the
    text add `support`, which changes while they settle one another.
    """

    hit: Hit
    alone: float
    heard: list[tuple[float, str]]
    spot: Spot
    support: tuple[tuple[float, str], ...] = ()
    score: float = 0.0

    def told(self) -> tuple[str, ...]:
        """Every reason with its weight."""
        size = f"size {_PER_RANK * self.hit.rank:.1f}"
        return (size, *told(self.heard), *told(self.support))


class Rivals:
    """What the senses of one name say of each other, looked up once for all of them."""

    def __init__(self, span: Span) -> None:
        self.usual = any(hit.grade == PREFERRED for hit in span.hits)
        # Cancun is a city of Mexico, however Changchun is spelt at times.
        self.usual_of_a_city = any(
            hit.rank >= 5 and hit.grade == PREFERRED and hit.place.kind == "settlement"
            for hit in span.hits
        )
        self.cities: dict[str, float] = {}  # country -> rank of the largest city of the name there
        for hit in span.hits:
            if hit.rank < _CITY:
                break  # they stand in the order of their ranks
            if hit.grade == PREFERRED and hit.place.kind == "settlement":
                self.cities.setdefault(hit.place.country, hit.rank)
        self.sizeable_town = any(
            hit.rank > 4.5 and hit.place.kind == "settlement" for hit in span.hits
        )
        # Mexico the country, rather than the State of Mexico.
        self.countries = frozenset(
            hit.place.country for hit in span.hits if hit.place.kind == "country"
        )
        water = span.key.rpartition(" ")[2]
        is_water = water in cues.WATERS and any(hit.place.kind in cues.WATERS for hit in span.hits)
        self.water = water if is_water else ""
        self.family = {family(span.key)}


def weigh_alone(hit: Hit, span: Span, article: bool, scene: Scene, rivals: Rivals) -> Scored:
    """What a candidate scores before the other names of the text are heard."""
    place = hit.place
    score = _PER_RANK * hit.rank
    heard: list[tuple[float, str]] = []

    def weigh(amount: float, reason: str) -> None:
        nonlocal score
        score += amount
        heard.append((amount, reason))

    if hit.grade not in (PREFERRED, DEMONYM) and hit.rank < 9:
        big = place.kind == "settlement" and place.population >= 1_000_000
        weigh(-0.2 if big or hit.grade == BASE else -1.2, "not its usual name")
        if hit.grade == FOREIGN:
            weigh(-2.5 if rivals.usual else -1.0, "another name of the place")
        elif big and rivals.usual_of_a_city:
            weigh(-2.0, "the usual name of another city")
    if place.kind == "country" and hit.grade == PREFERRED:
        weigh(1.0, "a country")
    if place.kind == "admin1" and not span.kinds and namesake(place, span):
        weigh(-1.6, "its chief town has the same name")
    if span.kinds and place.kind in span.kinds:
        # The kinds stand in order: a "region" is first of all a first-level one.
        weigh(2.0 if place.kind == span.kinds[0] else 1.0, "the kind that is named")
    if span.town and not span.kinds:
        weigh(1.5 if place.kind == "settlement" else -1.0, "named as a town")
    if rivals.cities and place.kind == "settlement" and place.country in rivals.cities:
        city = rivals.cities[place.country]
        if span.village and hit.rank >= _CITY:
            weigh(-4.0, "named as a village")
        elif not span.village and hit.rank < city - _OVERSHADOWED:
            weigh(-2.5 if span.town else -1.0, "a city of its country has the name")
    if place.kind == "admin2" and not span.kinds:
        weigh(-0.5, "second-level region")
    if article and not span.kinds:
        if place.kind in cues.WITH_ARTICLE:
            weigh(2.5, "named with 'the'")
        elif place.kind == "settlement":
            weigh(-1.5, "named with 'the'")
    elif place.kind in cues.WITH_ARTICLE and not span.kinds and rivals.sizeable_town:
        weigh(-1.5, "named without 'the'")
    if rivals.water and place.kind not in (rivals.water, "sea"):
        weigh(-4.0, f"named as a {rivals.water}")
    if place.country in rivals.countries and place.kind != "country" and not span.kinds:
        weigh(-3.0, "its country has the same name")
    if span.container is not None and lies_within(place, span.container):
        weigh(7.0, f"in {span.container.surface}")
    if span.beside is not None and lies_beside(place, span.beside):
        weigh(2.5, f"near {span.beside.surface}")
    for inner in span.holds:
        ranks = [other.rank for other in inner.hits if within(other.place, place)]
        if ranks:
            weigh(round(0.8 * max(ranks), 2), f"{inner.surface} lies in it")
    _weigh_scene(place, span, scene, rivals.family, weigh)
    return Scored(hit, score, heard, spot_of(place), score=score)


def _weigh_scene(
    place: Place, span: Span, scene: Scene, own: set[str], weigh: Callable[[float, str], None]
) -> None:
    total = scene.total  # what is named by `own` is no witness for itself
    if place.country and place.kind != "country":
        if home := scene.homes.get(place.country):
            weigh(round(2.0 * home, 2), "the article's country")
        if total and scene.named_by[place.country] - own:
            share = scene.countries.get(place.country, 0.0) / total
            if share:
                weigh(round(0.8 + 1.2 * share, 2), "country named in the text")
    if place.kind == "admin1" and (
        span.kinds or place.country in _LEAST_SHARE or not namesake(place, span)
    ):
        prefix = f"{place.country}-"
        siblings = sum(code.startswith(prefix) and code != place.admin1 for code in scene.admin1s)
        if siblings:
            weigh(min(3.0, 1.0 * siblings), "among other regions of its country")
    region = place.admin1 if place.kind != "admin1" else ""
    if region and scene.admin1s.get(region) and scene.named_by[region] - own:
        share = scene.admin1s[place.admin1] / sum(scene.admin1s.values())
        weigh(round(1.0 + share, 2), "region named in the text")


def hear(scored: Scored, others: Others) -> float:
    """Let the other names speak for what lies near them, or in the same region or country.

    Returns by how much the score changed.
    """
    place, spot = scored.hit.place, scored.spot
    support = []
    if (share := others.country_share(spot)) > 0.05:
        support.append((2.5 * share, "other names lie in its country"))
    if place.kind == "admin1":
        if (within := others.in_region(place.admin1)) >= _LEAST_LENT:
            support.append((min(5.0, 2.2 * within), "other names lie in it"))
    elif (near := others.near(spot)) >= _LEAST_LENT:
        support.append((min(3.0, 1.5 * near), "near other names"))
    elif spot.admin1 and (within := others.in_region(spot.admin1)) >= _LEAST_LENT:
        support.append((min(1.2, 0.5 * within), "other names lie in its region"))
    scored.support = tuple(support)
    before = scored.score
    scored.score = scored.alone + sum(amount for amount, _ in support)
    return abs(scored.score - before)


def namesake(region: Place, span: Span) -> bool:
    """Whether the region's chief town shares its name, as Kherson and Kherson Oblast do."""
    least = _LEAST_SHARE.get(region.country, _LEAST_SHARE[""]) * region.population
    return any(
        hit.place.kind == "settlement"
        and hit.place.country == region.country
        and (hit.place.population > least or _is_capital(hit))
        for hit in span.hits
    )


def _is_capital(hit: Hit) -> bool:
    """Whether the gazetteer ranks it above its population, as it does national capitals."""
    return hit.rank > math.log10(hit.place.population + 1) + 0.5


def lies_within(place: Place, outer: Span) -> bool:
    return any(within(place, hit.place) for hit in outer.hits)

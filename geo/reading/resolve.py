"""Decide which place each span means, and how sure that is.

Two passes: names that can hardly be mistaken (countries, first-level regions, "City, State") set
the scene, then every other name is weighed against that scene. One name has one sense in a text.
Scores are log-odds; `confidence` joins the evidence that a span is a place at all with the margin
of the chosen candidate over the others.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from geo.gazetteer.gazetteer import Gazetteer, Hit, distance_km
from geo.gazetteer.layers import BASE, DEMONYM, FOREIGN, PREFERRED
from geo.model import Candidate, Place
from geo.reading import cues
from geo.reading.span import Span, within

_NEAR_KM = 160.0
_CANDIDATES_KEPT = 6
_RIVALS_COUNTED = 3
# Share of a region's people above which a town of its name is what the bare name means. Provinces
# are seldom named without their head word, but Quebec is, and so are states.
_LEAST_SHARE = {"": 0.03, "US": 0.12, "CA": 0.12, "AU": 0.12}


@dataclass(slots=True)
class Scene:
    """What a text is about: countries and first-level regions with weights, places already sure."""

    countries: Counter[str] = field(default_factory=Counter)
    admin1s: Counter[str] = field(default_factory=Counter)
    places: dict[str, Place] = field(default_factory=dict)  # key of the name -> sure place
    home: str = ""  # the outlet's or the article's country

    named_by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, place: Place, key: str, weight: float = 1.0) -> None:
        """Count a place that is named by `key`."""
        for code in (place.country, place.admin1):
            self.named_by[code].add(key)
        if place.country:
            self.countries[place.country] += weight  # type: ignore[assignment]
        if place.admin1:
            self.admin1s[place.admin1] += weight  # type: ignore[assignment]


@dataclass(slots=True)
class Scored:
    """One candidate of a span with its score and what spoke for it."""

    hit: Hit
    score: float
    reasons: list[str]


@dataclass(slots=True)
class Resolution:
    """A span with its candidates, best first, and the confidence that the first is right."""

    span: Span
    candidates: tuple[Candidate, ...]
    place: Place | None
    confidence: float


class Resolver:
    """Resolves the spans of one text at a time."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def resolve(self, spans: list[Span], home: str = "") -> list[Resolution]:
        """One resolution per span, in order. `home`: ISO alpha-2 of the outlet or article."""
        scene = self._scene(spans, home)
        senses: dict[tuple[str, tuple[str, ...]], list[Scored]] = {}
        groups: dict[tuple[str, tuple[str, ...]], list[Span]] = defaultdict(list)
        sense_of = _senses(spans)
        for span in spans:
            groups[sense_of[id(span)]].append(span)
        # Few candidates first: what is nearly sure helps what is not.
        for key, members in sorted(groups.items(), key=lambda item: len(item[1][0].hits)):
            ranked = self._rank(members, scene)
            senses[key] = ranked
            sure = max(member.evidence for member in members) > 0
            if (
                sure
                and ranked
                and _margin(ranked) > 2.0
                and ranked[0].hit.place.kind == "settlement"
            ):
                place = ranked[0].hit.place
                if key[0] not in scene.places:
                    scene.add(place, key[0], 0.4)
                scene.places[key[0]] = place
        for key, members in groups.items():  # second pass: now with the neighbours known
            if len(senses[key]) > 1:
                senses[key] = self._rank(members, scene)
            self._support(members, senses[key], scene)
        return [self._resolution(span, senses[sense_of[id(span)]]) for span in spans]

    # -- the scene --------------------------------------------------------------------------

    def _scene(self, spans: list[Span], home: str) -> Scene:
        scene = Scene(home=home)
        for span in spans:
            if span.evidence < 0 or not span.hits:
                continue
            best = span.hits[0]
            if best.place.kind == "country" and best.rank >= 9:
                scene.add(best.place, span.key, 0.6 if span.form == "demonym" else 1.0)
            elif best.place.kind == "admin1" and not _namesake(best.place, span):
                scene.add(best.place, span.key)
            elif span.container is not None:
                for hit in span.container.hits:
                    if hit.place.kind in ("admin1", "country"):
                        scene.add(hit.place, span.container.key)
                        break
            elif best.place.kind == "settlement" and best.rank >= 6:
                scene.add(best.place, span.key, 0.7)
            elif best.place.kind in ("region", "river") and best.place.country:
                scene.add(best.place, span.key, 0.5)
        return scene

    # -- candidates -------------------------------------------------------------------------

    def _hits(self, span: Span) -> tuple[Hit, ...]:
        """The span's hits, and where a head word asks for an area, areas of that base name."""
        if not span.kinds:
            return span.hits
        every = self.gazetteer.hits(span.key)
        fitting = tuple(
            hit for hit in every if hit.place.kind in span.kinds and hit.grade != DEMONYM
        )
        if not fitting:
            return span.hits
        return fitting + tuple(hit for hit in span.hits if span.loose and hit not in fitting)

    def _rank(self, members: list[Span], scene: Scene) -> list[Scored]:
        span = max(members, key=lambda s: (s.container is not None, s.evidence))
        hits = self._hits(span)
        if span.form == "demonym":
            hits = tuple(hit for hit in hits if hit.grade == DEMONYM)
        article = any(member.article for member in members)
        scored = [self._score(hit, span, article, scene) for hit in hits]
        scored.sort(key=lambda one: -one.score)
        return scored

    def _score(self, hit: Hit, span: Span, article: bool, scene: Scene) -> Scored:
        place = hit.place
        score = 0.9 * hit.rank
        reasons = [f"size {score:.1f}"]

        def weigh(amount: float, reason: str) -> None:
            nonlocal score
            score += amount
            reasons.append(f"{reason} {amount:+.1f}")

        if hit.grade not in (PREFERRED, DEMONYM) and hit.rank < 9:
            big = place.kind == "settlement" and place.population >= 1_000_000
            weigh(-0.2 if big or hit.grade == BASE else -1.2, "not its usual name")
            if hit.grade == FOREIGN:
                usual = any(other.grade == PREFERRED for other in span.hits)
                weigh(-2.5 if usual else -1.0, "another name of the place")
        if place.kind == "country" and hit.grade == PREFERRED:
            weigh(1.0, "a country")
        if place.kind == "admin1" and not span.kinds and _namesake(place, span):
            weigh(-1.6, "its chief town has the same name")
        if span.kinds and place.kind in span.kinds:
            # The kinds stand in order: a "region" is first of all a first-level one.
            weigh(2.0 if place.kind == span.kinds[0] else 1.0, "the kind that is named")
        if span.town and not span.kinds:
            weigh(1.5 if place.kind == "settlement" else -1.0, "named as a town")
        if place.kind == "admin2" and not span.kinds:
            weigh(-0.5, "second-level region")
        if article and not span.kinds:
            if place.kind in cues.WITH_ARTICLE:
                weigh(2.5, "named with 'the'")
            elif place.kind == "settlement":
                weigh(-1.5, "named with 'the'")
        elif place.kind in cues.WITH_ARTICLE and not span.kinds and _sizeable_town(span):
            weigh(-1.5, "named without 'the'")
        water = span.key.rpartition(" ")[2]
        if water in cues.WATERS and place.kind not in (water, "sea") and _is_water(span):
            weigh(-4.0, f"named as a {water}")
        if place.kind != "country" and _country_of_that_name(place, span):
            weigh(-3.0, "its country has the same name")
        if span.container is not None and _within(place, span.container):
            weigh(7.0, f"in {span.container.surface}")
        for inner in span.holds:
            ranks = [other.rank for other in inner.hits if within(other.place, place)]
            if ranks:
                weigh(round(0.8 * max(ranks), 2), f"{inner.surface} lies in it")
        self._weigh_scene(place, span, scene, weigh)
        return Scored(hit, score, reasons)

    def _weigh_scene(self, place: Place, span: Span, scene: Scene, weigh) -> None:  # type: ignore[no-untyped-def]
        total = sum(scene.countries.values())
        own = {span.key}  # a name is no witness for itself
        if place.country and place.kind != "country":
            if place.country == scene.home:
                weigh(1.0, "the article's country")
            if total and scene.named_by[place.country] - own:
                share = scene.countries[place.country] / total
                if share:
                    weigh(round(0.8 + 1.2 * share, 2), "country named in the text")
        bare = place.country in _LEAST_SHARE or not _namesake(place, span)
        if place.kind == "admin1" and (span.kinds or bare):
            prefix = f"{place.country}-"
            siblings = sum(
                code.startswith(prefix) and code != place.admin1 for code in scene.admin1s
            )
            if siblings:
                weigh(min(3.0, 1.0 * siblings), "among other regions of its country")
        region = place.admin1 if place.kind != "admin1" else ""
        if region and scene.admin1s[region] and scene.named_by[region] - own:
            share = scene.admin1s[place.admin1] / sum(scene.admin1s.values())
            weigh(round(1.4 + 1.2 * share, 2), "region named in the text")
        near = [
            other
            for key, other in scene.places.items()
            if key != span.key
            and abs(other.lat - place.lat) < 1.6
            and distance_km(place.lat, place.lon, other.lat, other.lon) < _NEAR_KM
        ]
        if near and place.kind not in ("country", "continent"):
            weigh(min(2.0, 1.0 * len(near)), f"near {near[0].name}")

    @staticmethod
    def _support(members: list[Span], ranked: list[Scored], scene: Scene) -> None:
        """Let the text speak for a name: its other mentions, and places that lie near it."""
        best = max(member.evidence for member in members)
        reasons = ranked[0].reasons if ranked else []
        near = any(reason.startswith("near ") for reason in reasons)
        home = ranked and ranked[0].hit.place.country in scene.countries
        for member in members:
            if member.form in ("demonym", "nested") or member.doubtful:
                continue
            if best > 1.0 and member.evidence < best:
                member.weigh(
                    round(0.6 * (best - member.evidence), 2), "a place elsewhere in the text"
                )
            if near and home and ranked[0].hit.place.kind == "settlement":
                member.weigh(1.0, "near other places of the text")

    # -- the answer -------------------------------------------------------------------------

    def _resolution(self, span: Span, ranked: list[Scored]) -> Resolution:
        candidates = _candidates(ranked)
        if not ranked:
            return Resolution(span, (), None, 0.0)
        is_place = 1 / (1 + math.exp(-span.evidence))
        right = candidates[0].score
        if span.container is not None and _within(ranked[0].hit.place, span.container):
            right = max(right, 0.9)
        confidence = round(is_place * right, 3)
        return Resolution(span, candidates, ranked[0].hit.place, confidence)


def _senses(spans: list[Span]) -> dict[int, tuple[str, tuple[str, ...]]]:
    """id of each span -> its sense: mentions with the same name, head word and form share one.

    Where a text qualifies one name in several ways ("Tripoli, Lebanon", "Tripoli in Libya") each
    has a sense of its own, and a bare mention takes that of the first.
    """
    qualifiers: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    base: dict[int, tuple[str, tuple[str, ...]]] = {}
    for span in spans:
        kinds = (*span.kinds, "demonym") if span.form == "demonym" else span.kinds
        if span.article and any(hit.place.kind in cues.WITH_ARTICLE for hit in span.hits):
            kinds = (*kinds, "the")  # "the Dnipro" and "Dnipro" are two things
        key = base[id(span)] = (span.key, kinds)
        outer = span.container.key if span.container is not None else ""
        if outer and outer not in qualifiers[key]:
            qualifiers[key].append(outer)
    senses = {}
    for span in spans:
        key = base[id(span)]
        named = qualifiers[key]
        if len(named) > 1:
            outer = span.container.key if span.container is not None else named[0]
            key = (key[0], (*key[1], f"in {outer}"))
        senses[id(span)] = key
    return senses


def _namesake(region: Place, span: Span) -> bool:
    """Whether the region's chief town shares its name, as Kherson and Kherson Oblast do."""
    least = _LEAST_SHARE.get(region.country, _LEAST_SHARE[""]) * region.population
    return any(
        hit.place.kind == "settlement"
        and hit.place.country == region.country
        and (hit.place.population > least or _is_capital(hit))
        for hit in span.hits
    )


def _is_water(span: Span) -> bool:
    return any(hit.place.kind in cues.WATERS for hit in span.hits)


def _is_capital(hit: Hit) -> bool:
    """Whether the gazetteer ranks it above its population, as it does national capitals."""
    return hit.rank > math.log10(hit.place.population + 1) + 0.5


def _sizeable_town(span: Span) -> bool:
    return any(hit.place.kind == "settlement" and hit.rank > 4.5 for hit in span.hits)


def _country_of_that_name(place: Place, span: Span) -> bool:
    """Mexico the country, rather than the State of Mexico."""
    return not span.kinds and any(
        hit.place.kind == "country" and hit.place.country == place.country for hit in span.hits
    )


def _within(place: Place, outer: Span) -> bool:
    return any(within(place, hit.place) for hit in outer.hits)


def _margin(ranked: list[Scored]) -> float:
    rivals = _rivals(ranked)
    return ranked[0].score - rivals[0].score if rivals else 9.0


def _rivals(ranked: list[Scored]) -> list[Scored]:
    """Candidates that would be somewhere else: a city and its namesake district are one place."""
    best = ranked[0].hit.place
    return [
        one
        for one in ranked[1:]
        if distance_km(best.lat, best.lon, one.hit.place.lat, one.hit.place.lon) > 25
    ]


def _candidates(ranked: list[Scored]) -> tuple[Candidate, ...]:
    """The best few with probabilities: softmax of the scores, rivals within 25 km counted once."""
    if not ranked:
        return ()
    top = ranked[0].score
    weights = [math.exp(min(0.0, one.score - top)) for one in ranked[:20]]
    # Only the nearest rivals: a score of hamlets called Washington does not unsettle the capital.
    rivals = {id(one) for one in _rivals(ranked)[:_RIVALS_COUNTED]}
    total = 1.0 + sum(w for w, one in zip(weights, ranked[:20], strict=False) if id(one) in rivals)
    return tuple(
        Candidate(one.hit.place, round(w / total, 3), tuple(one.reasons))
        for w, one in zip(weights[:_CANDIDATES_KEPT], ranked, strict=False)
    )

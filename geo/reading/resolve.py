"""Decide which place each span means, and how sure that is.

Names that can hardly be mistaken (countries, first-level regions, "City, State") set the scene and
every other name is weighed against it; then the names settle one another in a few rounds, each
lending its likely places to the rest. One name has one sense in a text.
Scores are log-odds; `confidence` joins the evidence that a span is a place at all with the margin
of the chosen candidate over the others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from geo.gazetteer.gazetteer import Gazetteer, Hit, distance_km
from geo.gazetteer.layers import DEMONYM
from geo.model import Candidate, Place
from geo.reading import cues
from geo.reading.candidates import Rivals, Scored, hear, lies_within, namesake, weigh_alone
from geo.reading.scene import Neighbourhood, Scene, family
from geo.reading.span import Span

_ROUNDS = 3  # of letting the names settle one another
_SETTLED = 0.02  # a round that changes no score by more is the last
_LEAST_NEAR = 0.8  # of a name, that makes a place near to others
_RIVALS_LENT = 12  # candidates of one name that lend themselves to the others
_CANDIDATES_KEPT = 6
_RIVALS_COUNTED = 3
_SAME_KM = 25  # a city and its district are one place
_SURELY_APART = 0.3  # degrees of latitude, more than those kilometres
_Sense = tuple[str, tuple[str, ...]]  # key of the name, what else tells mentions apart


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

    def resolve(self, spans: list[Span], homes: Mapping[str, float]) -> list[Resolution]:
        """One resolution per span, in order. `homes`: ISO alpha-2 -> 0..1, where it was written."""
        scene = self._scene(spans, homes)
        groups: dict[_Sense, list[Span]] = defaultdict(list)
        sense_of = _senses(spans)
        for span in spans:
            groups[sense_of[id(span)]].append(span)
        ranked = {key: self._rank(members, scene) for key, members in groups.items()}
        around = _neighbourhood(groups, ranked)
        for _ in range(_ROUNDS):
            change = 0.0
            for key, candidates in ranked.items():
                if len(candidates) > 1:
                    others = around.but(family(key[0]))
                    change = max(change, *(hear(one, others) for one in candidates))
                    candidates.sort(key=_by_score)
            if change < _SETTLED:
                break
            around = _neighbourhood(groups, ranked)
        for key, members in groups.items():
            self._support(members, ranked[key], scene, around)
        answers = {sense: (ranked[sense], _candidates(ranked[sense])) for sense in groups}
        return [self._resolution(span, *answers[sense_of[id(span)]]) for span in spans]

    # -- the scene --------------------------------------------------------------------------

    def _scene(self, spans: list[Span], homes: Mapping[str, float]) -> Scene:
        scene = Scene(homes=homes)
        for span in spans:
            if span.evidence < 0 or not span.hits:
                continue
            best = span.hits[0]
            if best.place.kind == "country" and best.rank >= 9:
                scene.add(best.place, span.key, 0.6 if span.form == "demonym" else 1.0)
            elif best.place.kind == "admin1" and not namesake(best.place, span):
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
        rivals = Rivals(span)
        scored = [weigh_alone(hit, span, article, scene, rivals) for hit in hits]
        scored.sort(key=_by_score)
        return scored

    @staticmethod
    def _support(
        members: list[Span], ranked: list[Scored], scene: Scene, around: Neighbourhood
    ) -> None:
        """Let the text speak for a name: its other mentions, and places that lie near it."""
        best = max(member.evidence for member in members)
        near = (
            bool(ranked) and around.but(family(members[0].key)).near(ranked[0].spot) >= _LEAST_NEAR
        )
        home = ranked and ranked[0].hit.place.country in scene.countries
        region = ranked[0].hit.place.admin1 if ranked else ""
        in_region = (
            ranked
            and ranked[0].hit.place.kind == "settlement"
            and region in scene.admin1s
            and scene.named_by[region] - {family(members[0].key)}
        )
        for member in members:
            if member.form in ("demonym", "nested") or member.doubtful:
                continue
            if best > 1.0 and member.evidence < best:
                member.weigh(
                    round(0.6 * (best - member.evidence), 2), "a place elsewhere in the text"
                )
            if near and home and ranked[0].hit.place.kind == "settlement":
                member.weigh(1.0, "near other places of the text")
            elif in_region and any(
                amount > 1 and why.startswith("after ") for amount, why in member.heard
            ):
                member.weigh(0.6, "in a region that the text names")

    # -- the answer -------------------------------------------------------------------------

    def _resolution(
        self, span: Span, ranked: list[Scored], candidates: tuple[Candidate, ...]
    ) -> Resolution:
        if not ranked or span.abroad:
            return Resolution(span, candidates, None, 0.0)
        is_place = 1 / (1 + math.exp(-span.evidence))
        right = candidates[0].score
        if span.container is not None and lies_within(ranked[0].hit.place, span.container):
            right = max(right, 0.9)
        confidence = round(is_place * right, 3)
        return Resolution(span, candidates, ranked[0].hit.place, confidence)


def _by_score(one: Scored) -> float:
    return -one.score


def _neighbourhood(
    groups: Mapping[_Sense, list[Span]], ranked: Mapping[_Sense, list[Scored]]
) -> Neighbourhood:
    """What every name lends: its likely places, by how sure it is a place at all."""
    around = Neighbourhood()
    for key, members in groups.items():
        candidates = ranked[key][:_RIVALS_LENT]
        if not candidates:
            continue
        belief = 1 / (1 + math.exp(-max(member.evidence for member in members)))
        top = candidates[0].score
        weights = [math.exp(one.score - top) for one in candidates]
        total = sum(weights)
        around.add(
            family(key[0]),
            (
                (one.spot, belief * weight / total)
                for one, weight in zip(candidates, weights, strict=True)
            ),
        )
    return around


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


def _rivals(ranked: list[Scored]) -> list[Scored]:
    """Candidates that would be somewhere else: a city and its namesake district are one place."""
    best = ranked[0].hit.place
    return [
        one
        for one in ranked[1:20]
        if (
            abs(best.lat - one.hit.place.lat) > _SURELY_APART  # spares most of the arithmetic
            or distance_km(best.lat, best.lon, one.hit.place.lat, one.hit.place.lon) > _SAME_KM
        )
        and not _is_chief_town(best, one.hit.place)
    ]


def _is_chief_town(one: Place, other: Place) -> bool:
    """Whether one is a first-level region and the other a town in it, of one name in the text."""
    return {one.kind, other.kind} == {"admin1", "settlement"} and one.admin1 == other.admin1 != ""


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
        Candidate(one.hit.place, round(w / total, 3), one.told())
        for w, one in zip(weights[:_CANDIDATES_KEPT], ranked, strict=False)
    )

"""A stretch of text that may name a place, with what speaks for and against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from geo.gazetteer.gazetteer import Hit, distance_km
from geo.gazetteer.layers import ABBREVIATION
from geo.model import Form, Place

_NEAR_KM = 60
SENTENCE_START = "starts a sentence"
_DOUBTS = ("after a title", "after a given", "after an initial", "a person", "second half",
           "first half", "before a surname", "a saint's", SENTENCE_START)  # fmt: skip


@dataclass(slots=True)
class Span:
    """A candidate mention. `hits` are what the gazetteer knows by that name."""

    start: int
    end: int
    surface: str
    key: str
    hits: tuple[Hit, ...]
    form: Form = "name"
    evidence: float = 0.0
    heard: list[tuple[float, str]] = field(default_factory=list)  # what was weighed, and why
    plural: bool = False  # the head word is, so it may belong to names before this one too
    loose: bool = False  # the head word fits a town too ("the Houston region")
    kinds: tuple[str, ...] = ()  # the kinds a head word allows ("region"), empty for any
    container: Span | None = None  # "City, State": what follows the comma
    beside: Span | None = None  # "X near Y": the town that it lies near
    holds: list[Span] = field(default_factory=list)  # the towns before its comma
    abroad: bool = False  # said to lie in a country that has no place of its name
    town: bool = False  # "the regional centre of X", "X, the main city"
    village: bool = False  # "the village of X"
    model: bool = False  # a car is called so
    article: bool = False  # "the" stands before it
    first: int = 0  # index of its first capitalised word
    last: int = 0

    @property
    def doubtful(self) -> bool:
        """Whether something beside it speaks for a person or a longer name."""
        return any(
            reason.startswith(_DOUBTS) and (reason != SENTENCE_START or amount < -1)
            for amount, reason in self.heard
        )

    @property
    def bare_code(self) -> bool:
        """ "KY", "OR": a state only where a town stands before it."""
        return (
            len(self.surface) <= 3
            and "." not in self.surface
            and self.hits[0].place.kind == "admin1"
            and self.hits[0].grade == ABBREVIATION
        )

    def weigh(self, amount: float, reason: str) -> None:
        self.evidence += amount
        self.heard.append((amount, reason))

    @property
    def reasons(self) -> list[str]:
        """What was weighed, in words."""
        return told(self.heard)


def told(heard: Iterable[tuple[float, str]]) -> list[str]:
    """Each reason with its weight."""
    return [f"{reason} {amount:+.1f}" for amount, reason in heard]


def holds(outer: Span, inner: Span) -> bool:
    """Whether some sense of `outer` is an area that some sense of `inner` lies in."""
    return any(within(one.place, two.place) for two in outer.hits for one in inner.hits)


def lies_beside(place: Place, other: Span) -> bool:
    """Whether a settlement lies near the most prominent town of another name."""
    town = next((hit.place for hit in other.hits if hit.place.kind == "settlement"), None)
    return (
        town is not None
        and place.kind == "settlement"
        and distance_km(place.lat, place.lon, town.lat, town.lon) <= _NEAR_KM
    )


def within(place: Place, area: Place) -> bool:
    """Whether a place lies in a country, first-level or second-level region, by its codes."""
    if area.kind == "country":
        return place.country == area.country and place.kind != "country"
    if area.kind == "admin1":
        return place.admin1 == area.admin1 and place.kind not in ("admin1", "country")
    if area.kind == "admin2":
        return place.kind == "settlement" and (place.admin1, place.admin2) == (
            area.admin1,
            area.name,
        )
    return False

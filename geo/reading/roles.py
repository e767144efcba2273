"""Which of a sentence's places an event happened in, aimed at or came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.model import EventPlace, Mention, Role
from geo.reading.terms import Words
from geo.reading.vocabulary import word_set

_LOCATABLE = frozenset({"name", "misspelt"})
_SAYING = word_set(
    """said says say told tells announced announces speaking spoke statement statements reporters
    declared conference briefing reported interview wrote tweeted"""
)
_SAYS_NEXT = word_set(
    """said says say announced announces claims claimed accused denied denies vowed warned
    condemned insists insisted believes wants hopes urged called calls"""
)
_MOVED = word_set(
    """fired fire firing launched launch launching launches came coming arrived arriving flew
    flown advancing advanced crossed crossing infiltrated infiltrating hailing originating
    sent moved"""
)
_FLED_TO = word_set("fled flee fleeing escape escaped deported traveled travelled bound")
_AIMED = word_set("towards toward on at against into targeting")
_JOINED = word_set(
    """backed led based born bound allied controlled held made style linked aligned trained
    funded"""
)
_STRIKING = word_set("target targeted targeting targets aimed towards toward against")
_NEAR = word_set(
    """near north south east west outside outskirts kilometres km miles kilometers from"""
)
_OWN = 1.0
_NEARBY = 0.85
_REACH = 60  # words


@dataclass(frozen=True, slots=True)
class Spot:
    """A mention that an event may have: its index, and the words it covers."""

    index: int
    mention: Mention
    first: int
    last: int


def spots(text: Words, mentions: Sequence[Mention], low: int, high: int) -> list[Spot]:
    """The mentions low..high (high not included) with the words that each covers."""
    found = []
    for index in range(low, high):
        mention = mentions[index]
        first = text.index_at(mention.start)
        last = max(first, text.index_at(mention.end) - 1)
        found.append(Spot(index, mention, first, last))
    return found


def can_locate(spot: Spot) -> bool:
    """Whether the form of a mention lets something happen there."""
    return spot.mention.form in _LOCATABLE and spot.mention.place is not None


def role_of(text: Words, spot: Spot, trigger: tuple[int, int], begin: int, end: int) -> Role | None:
    """The role of one mention in an event whose trigger is words trigger[0]..trigger[1]."""
    if not can_locate(spot):
        return None
    words, gaps = text.words, text.gaps
    lead = words[max(begin, spot.first - 4) : spot.first]
    follow = words[spot.last + 1 : min(spot.last + 3, end)]
    gap_after = gaps[spot.last]
    if follow and follow[0] in _JOINED and gap_after in ("-", "‑", "–"):
        return None  # "Iran-backed"
    if follow and follow[0] in _SAYS_NEXT:
        return None  # who says it
    if _is_where_it_was_said(words, spot.first, begin):
        return None
    if lead[-1:] == ["from"] and not _MOVED.isdisjoint(
        words[max(begin, spot.first - 6) : spot.first]
    ):
        return "origin"
    if lead[-1:] == ["from"] and (
        trigger[1] == spot.first - 2 and words[trigger[0]] not in ("withdrew", "withdraw")
    ):
        return None if words[trigger[1]].endswith("s") else "location"
    if lead[-2:] in (["way", "to"], ["flight", "to"]) or (
        lead[-1:] == ["to"] and not _FLED_TO.isdisjoint(lead)
    ):
        return None
    if spot.mention.place is not None and spot.mention.place.kind == "country":
        if _is_doer(text, spot, trigger):
            return None
        if lead[-1:] == ["with"] and "border" in lead:
            return None
    if (
        not _STRIKING.isdisjoint(lead[-2:])
        and trigger[1] < spot.first
        and words[trigger[1]]
        in ("fired", "launched", "rockets", "missiles", "artillery", "drones", "missile", "drone")
    ):
        return "target"
    return "location"


def _is_where_it_was_said(words: Sequence[str], first: int, begin: int) -> bool:
    """ "said in Kyiv", "told reporters on Friday in Geneva" """
    if first - 1 < begin or words[first - 1] not in ("in", "at", "from"):
        return False
    for k in range(first - 2, max(begin - 1, first - 6), -1):
        if words[k] in _SAYING:
            return not any(w in ("that", "of") for w in words[k + 1 : first])
        if words[k] in ("that", "which", "who", "and"):
            return False
    return False


def _is_doer(text: Words, spot: Spot, trigger: tuple[int, int]) -> bool:
    """A country right before an active verb, or after "by": it acts, it is not where."""
    words = text.words
    if spot.first > trigger[1]:
        return words[spot.first - 1] == "by" if spot.first else False
    between = words[spot.last + 1 : trigger[0]]
    if words[max(0, spot.first - 2) : spot.first][-1:] in (
        ["in"],
        ["across"],
        ["of"],
        ["on"],
        ["near"],
    ):
        return False
    if "," in text.gaps[spot.last]:
        return False
    light = word_set("""has have had also then again reportedly s will would to and began is was""")
    return len(between) <= 3 and all(w in light or w.endswith("ly") for w in between)


def place_list(found: Sequence[tuple[Spot, Role]]) -> tuple[EventPlace, ...]:
    """Drop what only says where something lies, and each place named twice."""
    chosen: dict[tuple[str, Role], EventPlace] = {}
    for spot, role in found:
        place = spot.mention.place
        assert place is not None
        if role == "location" and any(
            other.mention is not spot.mention and r == role and _holds(spot, other)
            for other, r in found
        ):
            continue
        kept = EventPlace(spot.index, role, round(_OWN * spot.mention.confidence, 3))
        chosen.setdefault((place.id, role), kept)
    return tuple(chosen.values())


def _holds(outer: Spot, inner: Spot) -> bool:
    """Whether one place is the country, region or district that the other lies in."""
    a, b = outer.mention.place, inner.mention.place
    if a is None or b is None or a.id == b.id:
        return False
    if a.kind == "country":
        return b.kind != "country" and (
            b.country == a.country or any(c[:2] == a.country for c in b.crosses)
        )
    if a.kind == "admin1":
        return b.kind not in ("country", "admin1", "region", "river", "sea") and bool(
            a.admin1 and b.admin1 == a.admin1
        )
    if a.kind == "admin2":
        return bool(b.is_point and a.admin2 and b.admin2 == a.admin2)
    if a.kind == "region":
        inside = {b.admin1, b.country} - {""}
        return b.kind not in ("country", "region", "sea") and bool(inside & set(a.crosses))
    return False

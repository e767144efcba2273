"""Weigh what neighbouring names say of each other: "City, State", "X near Y", lists of places."""

from __future__ import annotations

import re

from geo.gazetteer.layers import ABBREVIATION
from geo.reading import cues
from geo.reading.document import Document
from geo.reading.span import SENTENCE_START, Span, holds, lies_beside

_LIST_GAP = re.compile(r",? (?:and|or|&) |, |/|-")
# "Pisky near Donetsk", "Klishchiivka, south of Bakhmut".
_BESIDE = re.compile(
    r",? (?:(?:just |a town |a village )?(?:near|outside|(?:north|south|east|west)\w* of))"
    r" (?:the (?:city|town) of )?"
)
# "Solhan, in the north of", "Kuriga, a village in central": what follows holds it.
_IN_PART_OF = re.compile(
    rf"(?:,|, (?:a|an|the) (?:[a-z-]+ ){{0,2}}{cues.TOWN})? in (?:the )?"
    r"(?:(?:far )?(?:north|south|east|west|cent)[a-z-]*(?: of)? (?:the )?)?"
)
# "the Northern District of Texas": a court's, and no region of Israel.
_AN_AREA = re.compile(r" (?:District|Region|Province|Division|County|State|Governorate)\Z")
_CLOSING = re.compile(r"[,.;:)\n](?! (?:and|or)\b)|\s*\Z")
_SURE_ENOUGH = 0.4  # evidence of a town that speaks for its neighbour in a list
_SIZEABLE = 4.8  # rank of a town of 60,000
_ONLY_A_WORD = frozenset(
    ("an ordinary word", "often an ordinary word", "keeps company with given names", SENTENCE_START)
)
_TOWNS = ("settlement", "admin1", "admin2")
_AREAS = ("country", "admin1")


def link(document: Document, found: list[Span]) -> None:
    """ "City, State": the second names what holds the first; lists share their evidence."""
    text = document.text
    names = [span for span in found if span.form != "demonym"]
    gaps = [text[a.end : b.start] for a, b in zip(names, names[1:], strict=False)] + ["\0"]
    for at, (one, two) in enumerate(zip(names, names[1:], strict=False)):
        gap = gaps[at]
        if (
            _is_close(gap, one, two)
            and holds(two, one)
            and not _in_list_of_regions(names, gaps, at)
        ):
            one.container = two
            one.weigh(3.0, f"followed by {two.surface}")
            two.weigh(8.0 if two.bare_code else 2.0, f"holds {one.surface}")
            two.holds.append(one)
        elif _is_in_part_of(gap, one, two) or _is_closed_by(document, names, gaps, at):
            one.abroad = one.form == "name" and all(hit.place.kind in _TOWNS for hit in one.hits)
        elif gap == " of " and _AN_AREA.search(one.surface) and not holds(two, one):
            one.weigh(-6.0, f"of {two.surface}, where there is none")
        elif gap == " " and one.last + 1 == two.first and not holds(two, one):
            two.weigh(-1.2, f"goes on from {one.surface}")
        elif _BESIDE.fullmatch(gap) and _lie_together(one, two):
            one.beside = two
            one.weigh(1.8, f"near {two.surface}")
        elif gap == " in " and one.kinds == ("admin1",) and one.form == "nested":
            if holds(one, two):
                two.container = one  # "the University of Georgia in Athens"
        elif _LIST_GAP.fullmatch(gap):
            _share(one, two)


def _share(one: Span, two: Span) -> None:
    """Two names of a list: the surer speaks for the other, above all where they lie together."""
    weaker, surer = sorted((one, two), key=lambda span: span.evidence)
    if weaker.evidence < surer.evidence > 2:
        weaker.weigh(min(1.5, (surer.evidence - weaker.evidence) / 2), "in a list of places")
    if weaker.evidence < 0 and surer.evidence > _SURE_ENOUGH and _are_towns_alike(weaker, surer):
        weaker.weigh(2.6, f"in a list with {surer.surface}, of its country")
    elif weaker.evidence < 1 and surer.evidence > 0 and _lie_together(weaker, surer):
        weaker.weigh(1.2, f"in a list with {surer.surface}, which is near")


def _is_close(gap: str, one: Span, two: Span) -> bool:
    """Whether what stands between two names lets the second hold the first."""
    return (
        gap in (", ", ",", " (", ", in ", ", the ")
        or (gap == " in " and _kind(one) == "settlement")
        or bool(_IN_PART_OF.fullmatch(gap))
        or (gap == " " and two.hits[:1] != () and two.hits[0].grade == ABBREVIATION)
    )


def _is_in_part_of(gap: str, one: Span, two: Span) -> bool:
    """ "Gao, in Niger": in a country or a region that has no place of the name listed."""
    return (
        gap.startswith(",")
        and bool(_IN_PART_OF.fullmatch(gap))
        and _is_area(two)
        and _kind(two) != _kind(one)
    )


def _is_closed_by(document: Document, names: list[Span], gaps: list[str], at: int) -> bool:
    """ "In Rockville, Ohio, police": a town of a region that has none of that name listed."""
    one, two = names[at], names[at + 1]
    return (
        gaps[at] == ", "
        and _is_area(two)
        and _kind(two) == "admin1"
        and not any(hit.place.kind == "settlement" and hit.rank >= 5 for hit in two.hits)
        and document.before(one.start) in cues.STRONG_PREPOSITIONS
        and not _LIST_GAP.fullmatch(gaps[at + 1])
        and _CLOSING.match(document.text, two.end) is not None
    )


def _in_list_of_regions(names: list[Span], gaps: list[str], at: int) -> bool:
    """Whether "Oklahoma, Pennsylvania" is two of a list of states, not a town in a state."""
    if _kind(names[at]) not in _AREAS:
        return False
    before = at > 0 and _LIST_GAP.fullmatch(gaps[at - 1]) and _kind(names[at - 1])
    after = _LIST_GAP.fullmatch(gaps[at + 1]) and _kind(names[at + 2])
    return before in _AREAS or after in _AREAS


def _lie_together(one: Span, two: Span) -> bool:
    """Whether some town of the first name lies near the town that the second mostly means."""
    return any(lies_beside(hit.place, two) for hit in one.hits)


def _are_towns_alike(word: Span, town: Span) -> bool:
    """ "Split and Zadar": a town called like a word or a person beside one of its country."""
    if word.last > word.first or word.form != "name" or town.form != "name":
        return False
    if not {reason for amount, reason in word.heard if amount < 0} <= _ONLY_A_WORD:
        return False
    best = max(word.hits, key=lambda hit: hit.rank, default=None)
    return (
        best is not None
        and best.rank >= _SIZEABLE
        and best.place.kind in _TOWNS
        and bool(town.hits)
        and town.hits[0].place.kind in ("settlement", "admin1")
        and town.hits[0].place.country == best.place.country
    )


def _is_area(span: Span) -> bool:
    return span.form == "name" and _kind(span) in _AREAS


def _kind(span: Span) -> str:
    """What the most prominent place of the name is; empty where none is known."""
    return span.hits[0].place.kind if span.hits else ""

"""A sentence while it is read, and the clauses that it falls into."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from geo.model import Event
from geo.reading.dates import DateSpan
from geo.reading.roles import Spot, can_locate
from geo.reading.terms import Hit, Words
from geo.reading.vocabulary import word_set

_PARTING = word_set(
    """while but when although though whereas after before since as where which who"""
)


_GOES_ON = word_set("and while but")
_DID = word_set("shot threw took held went fought hit burst set beat broke blew fled met began")
_OPENS = word_set("and while but whereas")
_AT = word_set("in at near on")
_LONGEST_PLACE = 6  # words of "and in the town of X"

_PARTS = re.compile(r"[,;:()—“”\"]| [–-] ")


@dataclass(slots=True)
class Sentence:
    """One sentence while it is read: characters, words begin..stop, hits, mentions, dates."""

    start: int
    end: int
    begin: int
    stop: int
    hits: list[Hit]
    spots: list[Spot]
    dates: list[DateSpan] = field(default_factory=list)
    filed: int = 0  # the first word after a dateline ("KANO, Nigeria (AP) - "), if it has one
    filed_end: int = 0  # the same in characters
    floating: bool = False  # it says "on Saturday", and no day is known to count from
    breaks: tuple[int, ...] = ()  # words that begin a part that tells of something elsewhere
    cuts: list[int] | None = None  # words that begin a clause, once they are asked for
    present: int | None = None  # the groups of its hits as bits, once they are asked for
    events: list[Event] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)


def clause_of(text: Words, sentence: Sentence, hit: Hit) -> tuple[int, int]:
    """The words of the clause around a hit: between commas, dashes and conjunctions."""
    cuts = sentence.cuts
    if cuts is None:
        words, gaps = text.words, text.gaps
        inner = range(sentence.begin + 1, sentence.stop)
        cuts = [
            k
            for k in inner
            if words[k] in _PARTING or (gaps[k - 1] != " " and _PARTS.search(gaps[k - 1]))
        ]
        inner_cuts = sorted({*_joined(words, cuts), *sentence.breaks})
        cuts = sentence.cuts = [sentence.begin, *inner_cuts, sentence.stop]
    low = cuts[max(0, bisect_right(cuts, hit.first) - 1)]
    return low, cuts[min(len(cuts) - 1, bisect_right(cuts, hit.last))]


def breaks_of(
    text: Words, sentence: Sentence, heads: frozenset[str], actors: frozenset[str]
) -> tuple[int, ...]:
    """The words at which a sentence goes on to what was done elsewhere.

    "Fighting went on near X, and in Y students protested", "men were shot in X and soldiers raided
    Y": each part has a deed (one of `heads`) and a place of its own.
    """
    if len(sentence.spots) < 2:
        return ()
    words, hits = text.words, sentence.hits
    named = [s for s in sentence.spots if can_locate(s) and s.first >= sentence.filed]
    placed = [spot.first for spot in named]
    if len(placed) < 2:
        return ()
    found: list[int] = []
    begin = sentence.begin
    for k in range(placed[0] + 1, placed[-1]):
        if not (
            text.gaps[k - 1].startswith(";")
            or (
                words[k] in _GOES_ON
                and (
                    _leads_to_place(words, k + 1, placed)
                    or _leads_to_deed(words, hits, k + 1, heads, actors)
                )
            )
        ):
            continue
        parts = (begin, k), (k, sentence.stop)
        before, after = (
            {spot.mention.surface for spot in named if low <= spot.first < high}
            for low, high in parts
        )
        own = before and after and before.isdisjoint(after)
        if own and all(_tells(hits, low, high, heads) for low, high in parts):
            found.append(k)
            begin = k
    return tuple(found)


def _tells(hits: Sequence[Hit], low: int, high: int, heads: frozenset[str]) -> bool:
    return any(low <= hit.first < high and not heads.isdisjoint(hit.groups) for hit in hits)


def _leads_to_place(words: Sequence[str], k: int, placed: Sequence[int]) -> bool:
    """ "and in the town of X" """
    return words[k] in _AT and any(k < at < k + _LONGEST_PLACE for at in placed)


def _leads_to_deed(
    words: Sequence[str],
    hits: Sequence[Hit],
    k: int,
    heads: frozenset[str],
    actors: frozenset[str],
) -> bool:
    """ "and soldiers raided", "and thousands of migrants marched": who, and then what."""
    at = bisect_left(hits, k, key=lambda hit: hit.first)
    last = k - 1
    while at < len(hits) and hits[at].first - last <= 2 and not actors.isdisjoint(hits[at].groups):
        last = hits[at].last
        at += 1
    verb = words[last + 1] if last >= k and last + 1 < len(words) else ""
    return (verb.endswith("ed") or verb in _DID) and _tells(
        hits[at : at + 3], last + 1, last + 6, heads
    )


def part_of(sentence: Sentence, word: int) -> tuple[int, int]:
    """The words of the part of a sentence that a word stands in; see `breaks_of`."""
    at = bisect_right(sentence.breaks, word)
    low = sentence.breaks[at - 1] if at else sentence.begin
    return low, sentence.breaks[at] if at < len(sentence.breaks) else sentence.stop


def _joined(words: Sequence[str], cuts: list[int]) -> list[int]:
    """The cuts without those round a place that opens a clause: "while, in X, gunmen killed"."""
    kept: list[int] = []
    bare = False  # a conjunction alone stands before
    for low, cut in pairwise([cuts[0], *cuts]) if cuts else ():
        part = words[low:cut]
        opens = part[:1] != [] and part[0] in _OPENS
        place = part[1:] if opens else part if bare else []
        bare = opens and len(part) == 1
        if bare or (place[:1] != [] and place[0] in _AT and len(place) < _LONGEST_PLACE):
            continue
        kept.append(cut)
    return kept

"""A sentence while it is read, and the clauses that it falls into."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from geo.model import Event
from geo.reading.dates import DateSpan
from geo.reading.roles import Spot
from geo.reading.terms import Hit, Words
from geo.reading.vocabulary import word_set

_PARTING = word_set(
    """while but when although though whereas after before since as where which who"""
)


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
    floating: bool = False  # it says "on Saturday", and no day is known to count from
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
        cuts = sentence.cuts = [sentence.begin, *_joined(words, cuts), sentence.stop]
    low = cuts[max(0, bisect_right(cuts, hit.first) - 1)]
    return low, cuts[min(len(cuts) - 1, bisect_right(cuts, hit.last))]


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

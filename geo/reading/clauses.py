"""A sentence while it is read, and the clauses that it falls into."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from geo.model import Event
from geo.reading.dates import DateSpan
from geo.reading.roles import Spot
from geo.reading.terms import Hit, Words
from geo.reading.vocabulary import word_set

_PARTING = word_set(
    """while but when although though whereas after before since as where which who"""
)


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
        cuts = sentence.cuts = [sentence.begin, *cuts, sentence.stop]
    low = cuts[max(0, bisect_right(cuts, hit.first) - 1)]
    return low, cuts[min(len(cuts) - 1, bisect_right(cuts, hit.last))]

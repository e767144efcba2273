"""People whom a text gives by their number alone: "gunmen killed 11 in the bar", "14 killed".

Headlines leave out whom; a number that no noun follows stands for people, and takes part in the
triggers' conditions as `count`.
"""

from __future__ import annotations

from collections.abc import Sequence

from geo.reading.terms import Hit, Words
from geo.reading.vocabulary import NUMBERS, word_set

_COUNT = frozenset({"count"})
_MORE_NUMBERS = word_set("thirty forty fifty sixty seventy eighty ninety dozen dozens scores")
_QUALIFIERS = word_set(
    "at least more than up to over nearly almost about around some another as many a half"
)
_ENDS = word_set(
    """in at near on and as during after outside inside across by when while before overnight
    others dead including so"""
)
_AUXILIARIES = word_set("were are have has had been was others reportedly also left feared")
_SIZE = 4  # digits at most, so that no code or amount is taken for people
_YEARS = range(1900, 2101)


def with_counts(words: Words, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, and one of the group `count` for each bare number of people killed."""
    extra = [found for hit in hits if "kill" in hit.groups and (found := _count_by(words, hit))]
    return sorted([*hits, *extra], key=lambda hit: hit.first) if extra else list(hits)


def _count_by(words: Words, hit: Hit) -> Hit | None:
    """The number that is the object of a verb, or else the one right before it."""
    text, gaps = words.words, words.gaps
    at = hit.last + 1
    while at < len(text) and at < hit.last + 5 and text[at] in _QUALIFIERS and gaps[at - 1] == " ":
        at += 1
    if at < len(text) and gaps[at - 1] == " " and _is_number(text[at]):
        last = _last_of(words, at)
        closed = last + 1 >= len(text) or gaps[last] != " " or text[last + 1] in _ENDS
        return Hit(at, last, _COUNT) if closed else None
    at = hit.first - 1
    while at > 0 and at > hit.first - 4 and text[at] in _AUXILIARIES and gaps[at] == " ":
        at -= 1
    if at < 0 or gaps[at] != " " or not _is_number(text[at]):
        return None
    return Hit(at, at, _COUNT)


def _last_of(words: Words, at: int) -> int:
    """The last word of a number: "1,300" is two."""
    while (
        at + 1 < len(words.words)
        and words.gaps[at] == ","
        and len(words.words[at + 1]) == 3
        and words.words[at + 1].isdecimal()
    ):
        at += 1
    return at


def _is_number(word: str) -> bool:
    if word in NUMBERS or word in _MORE_NUMBERS:
        return word != "zero"
    return word.isdecimal() and len(word) <= _SIZE and int(word) not in _YEARS

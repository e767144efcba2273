"""Deeds that a sentence only refers to: as a day, a reason, an answer, a fear.

"On the day of the attack the minister was abroad" tells of no attack; what it refers to was told
elsewhere, or will be. Words are given by their index.
"""

from __future__ import annotations

from typing import Literal

from geo.reading.terms import Words
from geo.reading.vocabulary import word_set

_ARTICLES = word_set("the this that")
_INDEFINITE = word_set("a an another")
_SPELLS = word_set(
    """invasion war offensive counteroffensive attack attacks assault siege operation fighting
    conflict coup battle annexation occupation uprising revolution"""
)
_TIMES = word_set("day time moment eve night morning evening beginning start outbreak hour")
_NAMING = word_set("called calls call calling described describes branded termed labelled")
_ANSWER = word_set("answer response reply reaction")
_INQUIRY = word_set("investigation investigations inquiry probe")
_WARNING = word_set("warned warns warning warn")
_READYING = word_set(
    """regrouped regrouping massed massing gathered gathering assembled assembling readied grouped
    preparing prepared"""
)
_MINES = word_set("mine mines minefield minefields")
_WORKS = word_set("trench trenches belt belts ditch ditches fortifications obstacles wire bunkers")
_WAYS = word_set("bridge road roads railway route line pipeline highway canal tunnel")
_CARRIES = word_set("carries carry")
REFERRED: Literal["referred"] = "referred"
FEARED: Literal["feared"] = "feared"
_NEAR = 4  # words between an article and its noun


def reference(
    text: Words, first: int, last: int, sentence: tuple[int, int]
) -> Literal["", "referred", "feared"]:
    """Whether the trigger at words first..last only refers to a deed ("referred": it is no event),
    or to one that others prepare for or fear ("feared": it is planned at most)."""
    words = text.words
    begin, end = sentence
    lead = words[max(begin, first - 8) : first]
    close = lead[-_NEAR:]
    if _is_date(close, words[first]) or _is_named(words, last, end, close):
        return REFERRED
    if close[-1:] and close[-1] not in _ARTICLES | _INDEFINITE and _after(lead, _INQUIRY, "into"):
        return REFERRED  # "an investigation into pilot error and sabotage"
    if _after(lead, _ANSWER, "to") and not _NAMING.isdisjoint(words[begin:first]):
        return REFERRED
    if _after(lead, _WARNING, "of") or _after(lead, _WARNING, "against"):
        return REFERRED
    if close[-3:-1] == ["aimed", "at"] and close[-1] in _INDEFINITE:
        return REFERRED
    if words[first] in _MINES and not _WORKS.isdisjoint(words[max(begin, first - 5) : last + 6]):
        return REFERRED
    if words[first] in _CARRIES and not _WAYS.isdisjoint(words[begin:first]):
        return REFERRED  # a bridge that carries supplies brings no aid
    return FEARED if _is_ahead(lead) else ""


def _is_date(close: list[str], deed: str) -> bool:
    """ "on the day of the attack", "since the invasion" """
    for k, word in enumerate(close[:-1]):
        if word in _TIMES and close[k + 1] == "of" and close[k + 2 : k + 3] in (["the"], ["this"]):
            return True
    if deed not in _SPELLS or close[-1:] == []:
        return False
    at = next((k for k in (len(close) - 1, len(close) - 2) if close[k] in _ARTICLES), 0)
    return at > 0 and (
        close[at - 1] in ("since", "before") or close[at - 2 : at] == ["response", "to"]
    )


def _is_named(words: list[str], last: int, end: int, close: list[str]) -> bool:
    """ "called the strikes an answer", "called it an act of war" """
    if _NAMING.isdisjoint(close[-2:]) or _ARTICLES.isdisjoint(close[-1:]):
        return False
    return not _INDEFINITE.isdisjoint(words[last + 1 : min(last + 2, end)])


def _after(lead: list[str], nouns: frozenset[str], preposition: str) -> bool:
    """Whether one of some nouns stands there with a preposition right after it."""
    return not nouns.isdisjoint(lead) and any(
        word in nouns and lead[k + 1 : k + 2] == [preposition] for k, word in enumerate(lead)
    )


def _is_ahead(lead: list[str]) -> bool:
    """ "regrouped for an offensive", "to leave before a new offensive" """
    for k in range(max(0, len(lead) - _NEAR), len(lead)):
        if lead[k] not in _INDEFINITE or k == 0:
            continue
        if lead[k - 1] == "before":
            return "new" in lead[k + 1 :]
        if lead[k - 1] == "for":
            return not _READYING.isdisjoint(lead[:k])
    return False

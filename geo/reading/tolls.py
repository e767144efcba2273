"""A toll that a sentence gives for the event of the sentence before it.

"A missile hit a market in Kharkiv. The attack killed five people." is one event, not two. Taken for
one only where the second sentence names no place, day or doer of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geo.model import Event
from geo.reading import casualties as harm
from geo.reading.clauses import Sentence
from geo.reading.roles import can_locate
from geo.reading.terms import Words
from geo.reading.vocabulary import word_set

_OPEN = frozenset({"occurred", "ongoing", "claimed"})
_DEADLY = frozenset(
    {
        "Battles",
        "Explosions/Remote violence",
        "Violence against civilians",
        "Protests",
        "Riots",
    }
)
_DEED = word_set(
    """attack attacks strike strikes blast blasts explosion explosions shelling bombing bombings
    bombardment raid raids assault missile missiles bomb rocket rockets drone drones ambush clash
    clashes violence shooting fighting incident earthquake quake flood floods crash collapse fire"""
)
_ELSE = word_set(
    """another separate separately elsewhere similar different war wars conflict since year years
    earlier previous previously last month months decade decades neither both overall"""
)
_BE = word_set("was were been being is are")


def toll_for(
    words: Words, before: Sequence[Event], sentence: Sentence, own: Sequence[Event]
) -> tuple[int, Event] | None:
    """Which event of the sentence before a toll belongs to, and that event with the toll.

    before : the events of the sentence before. own : those read from `sentence` itself.
    """
    inside = words.words[sentence.begin : sentence.stop]
    if harm.WORDS.isdisjoint(inside) or not _ELSE.isdisjoint(inside):
        return None
    at = max((k for k, e in enumerate(before) if _is_deadly(e)), default=-1)
    if at < 0 or any(can_locate(spot) for spot in sentence.spots):
        return None
    event = before[at]
    known = (event.fatalities_low, event.fatalities_high, event.injured_low, event.injured_high)
    toll = _is_toll(inside)
    if not toll and (known != (None,) * 4 or not _is_same(words, sentence, event, own)):
        return None
    found = harm.find_casualties(words, sentence.begin, sentence.stop)
    if found.at < 0:
        return None
    dead = found.dead if found.dead != harm.NOTHING else known[:2]
    hurt = found.hurt if found.hurt != harm.NOTHING else known[2:]
    low, high = dead
    new = replace(
        event, fatalities_low=low, fatalities_high=high, injured_low=hurt[0], injured_high=hurt[1]
    )
    return at, new


def _is_deadly(event: Event) -> bool:
    return event.status in _OPEN and (event.type in _DEADLY or event.subtype == "Disaster")


def _is_toll(inside: Sequence[str]) -> bool:
    """ "The death toll rose to 14": of what was told of just before."""
    return "toll" in inside and inside[inside.index("toll") - 1] == "death" and "to" in inside


def _is_same(words: Words, sentence: Sentence, event: Event, own: Sequence[Event]) -> bool:
    """Whether the one event of a sentence is that of the sentence before, told by its toll."""
    if len(own) != 1 or sentence.dates or own[0].status != "occurred":
        return False
    (new,) = own
    if (new.type, new.subtype) != ("Violence against civilians", "Attack") and (
        new.type != event.type
    ):
        return False
    first = words.index_at(new.trigger_start)
    subject = words.words[sentence.begin : min(sentence.begin + 4, sentence.stop)]
    if subject[0] in ("the", "this") and not _DEED.isdisjoint(subject[1:]):
        return True  # "The attack killed five people"
    word, lead = words.words[first], words.words[sentence.begin : first]
    if word not in harm.WORDS:
        return False
    follow = words.words[first + 1 : first + 5]
    passive = not _BE.isdisjoint(lead[-3:]) or word in ("died", "dead", "perished")
    return passive and "by" not in follow

"""Places that a sentence names only to say where something else lies, goes or comes from.

"Six people died in Ghouta, east of Damascus": Damascus is a point of reference, and nothing
happened there. Words are given by their index; `first` and `last` are those of the place, `begin`
is the first of its sentence.
"""

from __future__ import annotations

from typing import Literal

from geo.reading.terms import Words
from geo.reading.vocabulary import word_set

_DIRECTIONS = word_set(
    """north south east west northeast northwest southeast southwest upstream downstream inland"""
)
_MODIFIERS = word_set("just far well further farther immediately slightly due directly and or")
_MEASURES = word_set(
    """kilometre kilometres kilometer kilometers km mile miles metre metres meter meters hour hours
    far away drive"""
)
_LIES = word_set("lies lie lay lying situated located stands")
_HEADS = word_set("city town village capital port settlement region province oblast")
_NEAREST = word_set("closest nearest")
_ROADS = word_set(
    """road roads highway highways motorway route routes railway line bridge way queues queue"""
)
_LINKING = word_set("link links linking linked connect connects connecting joins joining")
_DISTRICTS = word_set("district districts raion raions county counties")
_PLANTS = word_set("plant plants station stations")
_PLANT_KINDS = word_set("nuclear power thermal hydroelectric hydropower coal")
# A place described: ", a port on the Sea of Azov", ", near the mouth of the Dnipro River,".
_NOUNS = word_set(
    """port city town village suburb resort settlement stronghold capital hub hamlet island
    community outpost crossing townlet garrison"""
)
_AFTER_NOUN = word_set(
    """on in near of at by close between along with some about north south east west northeast
    northwest southeast southwest opposite that which where just outside across beside"""
)
_BESIDE = word_set("near on by beside above along close opposite")
DESCRIBED_IN = 14  # words from the comma to a place that describes
# What shells, aircraft and columns do from somewhere.
_SENT_OUT = word_set(
    """fired fire firing launched launch launching launches shot flew flown shelled shelling
    bombarded pounded advanced advancing crossed shells rockets missiles drones"""
)
_BASES = word_set("base bases airbase airbases airfield airfields")
_STRIKING = _SENT_OUT | {"struck", "hit", "attacked", "bombed", "raided", "strikes", "targeted"}
_ARRIVING = word_set(
    """hit hits struck strike at to into towards toward killed killing landed fell against until
    while and"""
)
_TELLING = word_set(
    """video videos photo photos photographs picture pictures information data coordinates
    intelligence message messages details report reports"""
)
_CARRYING = word_set(
    """evacuate evacuated evacuating take taking carry carries carrying carried bring bringing
    transfer transferring transport"""
)


def bearing(text: Words, first: int, begin: int) -> Literal["", "loose", "firm"]:
    """Whether a place is a point of reference.

    firm : of something that lies elsewhere ("X, west of Y", "20 km from Y"). loose : of what is
    named by nothing better ("in villages east of Y", "on the road to Y").
    """
    words = text.words
    k = _head_start(words, first, begin)
    if k - 1 < begin:
        return ""
    lead, earlier = words[k - 1], words[max(begin, k - 3) : k - 1]
    if lead == "of":
        return _direction(text, k - 2, begin)
    if lead == "opposite" or (lead == "from" and not _MEASURES.isdisjoint(earlier[-1:])):
        return "firm"
    if lead == "to" and not _NEAREST.isdisjoint(earlier[-1:]):
        return "firm"
    if lead == "with" and not {"border", "borders", "frontier"}.isdisjoint(earlier[-1:]):
        return "loose"
    if lead in ("to", "towards", "toward") and not _ROADS.isdisjoint(earlier):
        return "loose" if lead == "to" else "firm"
    return ""


def _head_start(words: list[str], first: int, begin: int) -> int:
    """Where a name begins with the words that go before it: "the city of"."""
    k = first
    while k > begin:
        if words[k - 1] == "of" and k - 2 >= begin and words[k - 2] in _HEADS:
            k -= 2
        elif words[k - 1] == "the" or words[k - 1] in _HEADS:
            k -= 1
        else:
            break
    return k


def _direction(text: Words, k: int, begin: int) -> Literal["", "loose", "firm"]:
    """ "of" stands after word k: whether that says a direction, and how something lies in it."""
    words = text.words
    if k < begin or words[k] not in _DIRECTIONS:
        return ""
    while k > begin and words[k - 1] in _DIRECTIONS | _MODIFIERS:
        k -= 1
    if k > begin and words[k - 1] == "the":
        if words[k - 2 : k - 1] != ["to"]:
            return ""  # "in the south of Khartoum": a part of it
        k -= 2
    if k <= begin:
        return "loose"
    aside = any(c in ",(–—;" for c in text.gaps[k - 1])
    measured = not _MEASURES.isdisjoint(words[max(begin, k - 2) : k]) or words[k - 1] in _LIES
    return "firm" if aside or measured else "loose"


def describes(text: Words, named: tuple[int, int], first: int, last: int, stop: int) -> bool:
    """Whether a place stands in a description of the one at words `named`, which a comma ends."""
    words, gaps = text.words, text.gaps
    k = named[1] + 1
    if not (k < first <= k + DESCRIBED_IN) or gaps[k - 1] != ", ":
        return False
    if any(c in gap for gap in gaps[k : first - 1] for c in ",;:()–—"):
        return False
    if words[k] in ("a", "an", "the", "once"):
        return any(
            words[j] in _NOUNS and words[j + 1] in _AFTER_NOUN
            for j in range(k + 1, min(k + 5, first))
        )
    closed = last + 1 >= stop or gaps[last][:1] in (",", ".", ";")
    return closed and words[k] in _BESIDE and words[named[0] - 1] != words[k]


def is_source(text: Words, first: int, begin: int, free: int) -> bool:
    """ "Missiles fired from a submarine in the Black Sea": where what was sent out set off.

    free : the first word after the place named before, which "from" must not go with.
    """
    words, gaps = text.words, text.gaps
    for k in range(first - 1, max(begin, free - 1, first - 8), -1):
        if gaps[k] not in (" ", "-") or words[k] in _ARRIVING:
            return False
        if words[k] == "from":
            if not _BASES.isdisjoint(words[k + 1 : first]):  # "struck camps from a base in X"
                return not _STRIKING.isdisjoint(words[begin:k])
            return not _SENT_OUT.isdisjoint(words[max(begin, k - 6) : k])
    return False


def is_far_end(text: Words, first: int, last: int, trigger: tuple[int, int], begin: int) -> bool:
    """Where something is sent, taken or linked to that the event is not about."""
    words = text.words
    near = words[max(begin, first - 3) : first]
    if not _LINKING.isdisjoint(near[-1:]) or (
        near[-1:] in (["with"], ["to"], ["and"])
        and not _LINKING.isdisjoint(words[max(begin, first - 5) : first])
    ):
        return True
    if near[-1:] != ["to"]:
        return False
    if not _TELLING.isdisjoint(words[max(begin, first - 6) : first]):
        return True
    return any(
        words[k] in _CARRYING and not trigger[0] <= k <= trigger[1]
        for k in range(max(begin, first - 5), first - 1)
    )


def names_district(text: Words, last: int) -> bool:
    """Whether the name is that of a district, which is more than the town of that name."""
    return text.words[last + 1 : last + 2] != [] and (
        text.words[last + 1] in _DISTRICTS and text.gaps[last] == " "
    )


def names_plant(text: Words, last: int) -> bool:
    """Whether the name is that of a power station, which may stand elsewhere."""
    follow = text.words[last + 1 : last + 5]
    return not _PLANT_KINDS.isdisjoint(follow[:1]) and not _PLANTS.isdisjoint(follow)

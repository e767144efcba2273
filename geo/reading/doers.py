"""Places that stand for who acts, and for groups and offices named after them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geo.reading.vocabulary import word_set

# "Moscow shelled Kharkiv", "Kyiv launched two drones": a capital, a deed and what it is done to.
_STRIKES = re.compile(
    r" (?:has |had |also )?(?:shelled|bombed|bombarded|invaded|pounded|struck|attacked|hit|launched"
    r"|fired|deployed|annexed|seized)"
    r" (?:(?:the|its|their|two|three|four|five|six|dozens|hundreds|more|a|an|\d+)\b"
    r"|(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|On |In |At )[A-Z])"
)
# "missiles fired from Belgorod hit a market": the missiles did.
_PLACED = re.compile(r"\b(?:in|at|from|near|of|on|around|outside|over|and|the|to|into) $")
_OFFICES = word_set("office bureau court correspondent station studio newsroom branch desk")
_REPORTS = word_set("said says say told tells heard hears reported reports wrote writes")
_NAMED_FOR = word_set("in of")
_GROUPS = (
    ("islamic", "state"), ("al", "qaeda"), ("al", "qaida"), ("islamic", "movement"),
    ("islamic", "emirate"), ("liberation", "front"), ("liberation", "army"),
    ("communist", "party"), ("workers", "party"),
)  # fmt: skip
_VEHICLES = word_set(
    "plane flight jet bus train ferry convoy ship boat truck airliner lorry travelling traveling"
)
_BLAMED = word_set("accused accuses accusing accuse blamed blames blaming")
_SCHOOLED = word_set("trained educated schooled armed funded equipped born radicalised")
_EMBLEMS = word_set("flag flags effigy effigies portrait portraits map maps image images")


def strikes(text: str, start: int, end: int) -> bool:
    """Whether an attack on something is the deed of the name that stands there."""
    if _STRIKES.match(text, end) is None:
        return False
    return start == 0 or not _PLACED.search(text, max(0, start - 20), start)


def is_somebodys(words: Sequence[str], first: int, follow: Sequence[str]) -> bool:
    """Whether a place is blamed, was where somebody learnt the trade, or is on a flag.

    "Accused Moscow of shelling a school", "troops trained in Jordan", "burned flags of Israel".
    """
    lead = words[max(0, first - 3) : first]
    if lead[-1:] == ["the"]:
        lead = lead[:-1]
    if follow[:1] == ["s"] and not _EMBLEMS.isdisjoint(follow[1:2]):
        return True
    if not _BLAMED.isdisjoint(lead[-1:]):
        return follow[:1] in (["of"], ["for"])
    if lead[-1:] in (["in"], ["by"]):
        return not _SCHOOLED.isdisjoint(lead[-2:-1])
    return lead[-1:] == ["of"] and not _EMBLEMS.isdisjoint(lead[-2:-1])


def is_office(follow: Sequence[str]) -> bool:
    """ "Reuters' Beirut bureau said", "the Hague court heard": who speaks, not where."""
    return len(follow) > 1 and follow[0] in _OFFICES and not _REPORTS.isdisjoint(follow[1:3])


def names_group(words: Sequence[str], first: int) -> bool:
    """Whether a place is part of a group's name: "Islamic State in Iraq and Syria"."""
    k = first - 1
    if k > 1 and words[k] == "and":
        k -= 2  # the place before, of one word
    if k > 0 and words[k] == "the":
        k -= 1
    return k > 1 and words[k] in _NAMED_FOR and tuple(words[k - 2 : k]) in _GROUPS


def end_of_a_ride(words: Sequence[str], first: int, follow: Sequence[str]) -> str:
    """`from` or `to` where a place is an end of "a plane from X to Y", or nothing."""
    lead = words[max(0, first - 5) : first]
    if lead[-1:] == ["from"] and lead[-2:-1] != [] and lead[-2] in _VEHICLES:
        return "from" if follow[:1] == ["to"] else ""
    ride = "from" in lead and lead.index("from") > 0 and lead[lead.index("from") - 1] in _VEHICLES
    return "to" if lead[-1:] == ["to"] and ride else ""

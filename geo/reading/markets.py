"""Terms of conflict said of markets, politics and sport: "gold rallied", "won the protest".

Each rule looks at the words beside one term. Words are lower case and given by their index.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from geo.reading.terms import Hit, Words
from geo.reading.vocabulary import GRIEVANCE, NUMBERS, word_set

_RALLY = word_set("rally rallies rallied rallying")
_TRADED = word_set(
    """gold silver copper nickel platinum oil crude brent wheat cocoa coffee cotton sugar bitcoin
    ether crypto dollar euro yen pound sterling franc peso lira rupee rouble ruble yuan renminbi
    rand real won krona shilling naira currency currencies bond bonds gilts treasuries share shares
    stock stocks equities futures nasdaq ftse dax index indices market markets price prices
    yields"""
)
_SHARES = word_set("shares stock stocks bonds")  # "shares of the firm rallied"
_GAINS = word_set("points point percent percentage cents pence basis")
_COURSE = word_set(
    "hits falls fell rises rose slides slid slumps slumped sinks sank gains gained weakens is was"
)
_MARKS = word_set(
    """record high highs low lows win victory close level levels beat defeat draw dollar euro yen
    pound"""
)
_PROTESTS = word_set("protest protests protested")
_RULED_ON = word_set("won win wins upheld uphold lodged lodge lodges filed file files withdrew")
_BEFORE_PROTEST = word_set("the a an its his her their our formal official")
_DEVOUT = word_set("pilgrims pilgrim worshippers devotees scouts cadets band bands orchestra choir")
_FEASTS = word_set(
    """easter religious catholic orthodox marian christmas carnival holy friday palm saint corpus
    christi shia ashura muharram graduation wedding"""
)
_HOURS = word_set(
    "weekend night hours hour days day weeks week minutes months morning evening time border river"
)
_TARGETS = word_set("target targets targeted targeting")
_SCHEMES = word_set(
    "campaign campaigns drive programme program scheme initiative project advert adverts ads"
)
_ARMED_SCHEMES = word_set("bombing air military terror insurgent assassination")
_TRUCE = word_set("truce ceasefire armistice")
_TRADE_WARS = frozenset([("price", "war"), ("fare", "war"), ("trade", "war"), ("bidding", "war")])
_SEIZED = word_set("seize seizes seized seizing capture captured captures seizure")
_CONTRABAND = word_set(
    """cocaine heroin cannabis marijuana opium methamphetamine meth fentanyl captagon hashish
    narcotics drugs contraband cigarettes ivory"""
)
_TEAMS = word_set("warriors raiders pirates outlaws")
_SAID_OF_TRADE = _RALLY | _PROTESTS | _TARGETS | _TEAMS | {"pound"}
_FORCES = frozenset({"soldiers", "militants", "police", "military_place", "territory"})
_NEAR = 8


def is_of_trade(text: str, words: Words, hit: Hit) -> bool:
    """Whether a term is of prices, polls, contests, drugs or names of teams."""
    own, last = words.words[hit.first], hit.last
    if own not in _SAID_OF_TRADE and words.words[last] not in _TRUCE:
        return "strong_finding" in hit.groups and words.words[last + 1 : last + 2] == ["no"]
    after = words.words[last + 1 : last + 1 + _NEAR]
    before = words.words[max(0, hit.first - _NEAR) : hit.first]
    if own in _RALLY:
        return _is_gain(before if words.gaps[hit.first - 1] == " " else [], after)
    if own == "pound":
        return not _COURSE.isdisjoint(after[:1])
    if own in _PROTESTS:
        if _is_ruled_on(before):
            return True
        to = after[:1] == ["to"] and len(after) > 1
        return to and text[words.starts[last + 2]].isupper()  # "protested to Beijing"
    if own in _TARGETS and hit.first == last:
        scheme = next((k for k, word in enumerate(before) if word in _SCHEMES), -1)
        return scheme >= 0 and _ARMED_SCHEMES.isdisjoint(before[max(0, scheme - 1) : scheme])
    if words.words[last] in _TRUCE:
        return not _TRADE_WARS.isdisjoint([*pairwise(before), *pairwise(after)])
    return before[-1:] == ["the"] and text[words.starts[hit.first]].isupper()  # a team


def is_aside(words: Words, hits: Sequence[Hit], at: int) -> bool:
    """Whether a term is of blame, of faith or of drugs, by the terms beside it."""
    hit = hits[at]
    first, is_protest = words.words[hit.first], "protest" in hit.groups
    if not is_protest and first not in _SEIZED and words.words[hit.last] != "fire":
        return False
    own = words.words[hit.first : hit.last + 1]
    after = words.words[hit.last + 1 : hit.last + 1 + _NEAR]
    if own[-2:] == ["under", "fire"]:
        return _is_blame(after) and _is_of_no_force(hits, at)
    if first in _SEIZED and _is_contraband(after):
        return all("weapons" not in one.groups for one in hits[at + 1 : at + 4])
    if not is_protest or not GRIEVANCE.isdisjoint(after):
        return False
    before = words.words[max(0, hit.first - 3) : hit.first]
    if first.startswith("march"):
        return not _DEVOUT.isdisjoint(before)
    if own[-1] == "march" and after[:1] == ["past"]:
        return True
    return own == ["procession"] and not _FEASTS.isdisjoint(before)


def _is_gain(before: Sequence[str], after: Sequence[str]) -> bool:
    """ "Gold rallied", "rallied three points", "rallied to a record"."""
    if not _TRADED.isdisjoint(before[-1:]) or not _SHARES.isdisjoint(before[-5:]):
        return True
    counted = after[:1] != [] and (after[0].isdecimal() or after[0] in NUMBERS)
    if counted and not _GAINS.isdisjoint(after[1:3]):
        return True
    led = after[:1] in (["to"], ["from"], ["against"], ["past"])
    return led and not _MARKS.isdisjoint(after[1:4])


def _is_ruled_on(before: Sequence[str]) -> bool:
    """ "won the protest", "upheld the team's protest", "lodged a formal protest"."""
    if not _BEFORE_PROTEST.isdisjoint(before[-1:]):
        return not _RULED_ON.isdisjoint(before[-3:-1])
    return before[-1:] == ["s"] and not _RULED_ON.isdisjoint(before[-4:-2])


def _is_contraband(after: Sequence[str]) -> bool:
    """ "Two tonnes of cocaine", "40 kilos of heroin", "heroin": the object, not what is near."""
    at = next((k for k, word in enumerate(after) if word in _CONTRABAND), -1)
    return at == 0 or at > 0 and (after[at - 1] == "of" or at == 1)


def _is_blame(after: Sequence[str]) -> bool:
    """ "came under fire in Nairobi over the price": for something, and not for an hour."""
    for k, word in enumerate(after[:-1]):
        if word in ("over", "for"):
            return _HOURS.isdisjoint(after[k + 1 : k + 5])
    return False


def _is_of_no_force(hits: Sequence[Hit], at: int) -> bool:
    return all(_FORCES.isdisjoint(one.groups) for one in hits[max(0, at - 4) : at])

"""How many were killed and injured, as low and high figures, from the words of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.reading.terms import Words
from geo.reading.vocabulary import NUMBERS, word_set

Range = tuple[int | None, int | None]  # low, high; None: open or silent
NOTHING: Range = (None, None)

_DEAD = word_set(
    """drowned killed killing kills kill dead died dies deaths fatalities fatality slain perished
    lives death bodies"""
)
_HURT = word_set(
    """injured injuring injures wounded wounding wounds hurt injuries hospitalised hospitalized"""
)
WORDS = _DEAD | _HURT | {"casualties", "casualty"}
_AFTER = word_set("killing kills kill injuring injures wounding wounds lives")
_BE = word_set("was were been being be are is have has")
_TENS = ("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = NUMBERS | {word: value for value, word in zip(range(30, 100, 10), _TENS, strict=True)}
_VAGUE: dict[str, tuple[int, int]] = {
    "dozens": (20, 99),
    "scores": (20, 99),
    "hundreds": (200, 999),
    "thousands": (2000, 9999),
    "several": (3, 9),
}
_TIMES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
_AT_LEAST = frozenset(["least", "than", "over", "minimum"])
_ONE_PERSON = word_set(
    """man woman person soldier civilian policeman officer child boy girl protester militant
    student teacher journalist villager farmer driver worker resident pilot official guard
    another policewoman demonstrator fighter commander passenger teenager baby pedestrian
    bystander photographer doctor nurse priest leader member captain marine ranger trader
    gunman rebel local blogger imam cook clerk lawyer editor
    singer activist lawmaker minister premier president mayor inspector bishop patient
    mother father brother sister husband wife son daughter grandmother grandfather"""
)
_NOBODY = frozenset(["no", "nobody", "none"])
# What a number may count that is no person.
_OTHER_UNITS = word_set(
    """percent year years old day days hour hours minute minutes month months week weeks km
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    kilometres kilometers miles mile metres meters am pm houses homes vehicles buildings towns
    villages shops cars tanks missiles rockets drones shells rounds times dollars districts
    cities"""
)
_BEFORE_NUMBER = word_set(
    """january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec age aged in since"""
)
_WAYS = word_set("shot stabbed beaten hacked burned burnt")  # "shot dead two men"
_HAVE = word_set("have has had") | _BE
_LONG_AGO = word_set("years year decades decade anniversary")
_EARLIER = word_set("months month weeks week days day")
_REACH = 9
_REACH_OF_WHOLE = 8  # words before "including"
_MOST = 10_000_000  # a larger number counts something else


@dataclass(frozen=True, slots=True)
class Casualties:
    """Low and high figures, and which word each was read at (index into the words, -1 if none)."""

    dead: Range = NOTHING
    hurt: Range = NOTHING
    at: int = -1


@dataclass(frozen=True, slots=True)
class _Count:
    low: int | None
    high: int | None
    first: int
    last: int


def find_casualties(text: Words, first: int, last: int) -> Casualties:
    """Read the words `first` to `last` (the latter not included)."""
    words = text.words
    at = [i for i in range(first, last) if words[i] in WORDS]
    if not at:
        return Casualties()
    dead, hurt, where = NOTHING, NOTHING, -1
    used: set[int] = set()
    for k, i in enumerate(at):
        left = at[k - 1] + 1 if k else first
        right = at[k + 1] if k + 1 < len(at) else last
        word = words[i]
        if _was_long_ago(text, i, first):
            continue
        if _nobody(words, i, first):
            found: _Count | None = _Count(0, 0, i, i)
        else:
            found = _near(text, i, max(left, i - _REACH), min(right, i + 1 + _REACH), used, last)
        if found is None:
            continue
        used.update(range(found.first, found.last + 1))
        where = i if where < 0 else where
        value = (found.low, found.high)
        if word in _DEAD or (word.startswith("casualt") and found.high == 0):
            dead = _larger(dead, value)
        if word in _HURT or (word.startswith("casualt") and found.high == 0):
            hurt = _larger(hurt, value)
            if value == (0, 0):  # where nobody is hurt, nobody died
                dead = _larger(dead, value)
    return Casualties(dead, hurt, where)


def _larger(a: Range, b: Range) -> Range:
    """The whole outranks its parts: "12 killed, including two children killed at school"."""
    return b if a == NOTHING or (b[0] or 0) > (a[0] or 0) else a


def _was_long_ago(text: Words, i: int, first: int) -> bool:
    """ "Seven years after the fire killed 72 people, families marched": not what happened now."""
    for k in range(i - 1, max(first, i - 12), -1):
        if text.gaps[k].strip() == ",":
            return False
        lead, word, follow = text.words[k - 1 : k + 2]
        if word in ("after", "since") and lead in _LONG_AGO:
            return True
        if word == "of" and lead == "anniversary":
            return True
        if word == "after" and lead in _EARLIER and (follow.isdigit() or follow in _SMALL):
            return True  # "days after 50 were killed elsewhere"
        if k == i - 2 and word in ("over", "against") and follow == "the":
            return True  # "a protest over the killing of 12 miners"
    return False


def _nobody(words: Sequence[str], i: int, first: int) -> bool:
    lead = words[max(first, i - 5) : i]
    if words[i] in ("casualties", "casualty", "injuries", "deaths", "fatalities"):
        return "no" in lead[-4:] or "without" in lead[-3:]
    if "one" in lead and "no" in lead:
        return True
    return not _NOBODY.isdisjoint(lead[-4:]) and not {
        "one",
        "nobody",
        "none",
        "people",
        "civilians",
    }.isdisjoint(lead)


def _near(text: Words, i: int, left: int, right: int, used: set[int], end: int) -> _Count | None:
    words = text.words
    word = words[i]
    passive = not _BE.isdisjoint(words[max(left, i - 3) : i]) or word in (
        "dead",
        "died",
        "perished",
    )
    shot_dead = word == "dead" and i > left and words[i - 1] in _WAYS
    if shot_dead and _BE.isdisjoint(words[max(left, i - 3) : i]):
        order: tuple[range, ...] = (range(i + 1, right),)
    elif word in _AFTER or (word == "death" and "toll" in words[i + 1 : i + 2]):
        order = (range(i + 1, right),)
    elif word in ("killed", "wounded", "injured", "hurt") and not passive:
        order = (range(i + 1, min(right, i + 5)), range(i - 1, left - 1, -1))
        if (
            i - 1 >= left
            and (words[i - 1] in _VAGUE or words[i - 1] in _SMALL or words[i - 1].isdigit())
            or i - 2 >= left
            and words[i - 1]
            in (
                "others",
                "more",
                "people",
                "civilians",
                "soldiers",
            )
        ):
            order = (range(i - 1, left - 1, -1),)
    else:
        order = (range(i - 1, left - 1, -1), range(i + 1, min(right, i + 5)))
    for span in order:
        for j in span:
            if span.step > 0 and any(c in text.gaps[j - 1] for c in ";:\n"):
                break
            count = _count(text, j, used, left if span.step < 0 else i + 1, end)
            if count is not None:
                if span.step > 0:
                    return _and_more(text, count, right, end)
                whole = _whole(text, count, end)
                if whole is not None:
                    return whole
                return _and_before(text, count, left, end) if passive else count
            if span.step < 0 and any(c in text.gaps[j - 1] for c in ";:\n") and j > 0:
                break
    return None


def _whole(text: Words, part: _Count, end: int) -> _Count | None:
    """What a count is a part of: "twelve people, including four children, were killed".

    None where it is none; where nobody says how many the whole is, the part is the least.
    """
    words = text.words
    least = max(0, part.first - _REACH)
    for k in range(part.first - 1, least - 1, -1):
        if any(c in text.gaps[k] for c in ";:\n"):
            return None
        among = words[k] == "among" and words[k + 1] in ("them", "whom", "those")
        if words[k] != "including" and not among:
            continue
        for j in range(k - 1, max(0, k - _REACH_OF_WHOLE) - 1, -1):
            whole = _count(text, j, set(), 0, end)
            if whole is not None:
                return whole
        return _Count(part.low, None, part.first, part.last)
    return None


def _and_more(text: Words, count: _Count, right: int, end: int) -> _Count:
    """Add what follows: "killing two soldiers and three civilians"."""
    words = text.words
    for j in range(count.last + 1, min(count.last + 5, right - 1)):
        if text.gaps[j - 1].strip() and text.gaps[j - 1].strip() not in "-’'":
            break
        if words[j] == "and":
            more = _count(text, j + 1, set(), j + 1, end)
            tail = words[j + 2 : min(j + 7, end)]
            if more is None or more.low is None or count.low is None or not WORDS.isdisjoint(tail):
                break
            high = None if count.high is None or more.high is None else count.high + more.high
            return _Count(count.low + more.low, high, count.first, more.last)
    return count


def _and_before(text: Words, count: _Count, left: int, end: int) -> _Count:
    """Add what stands before: "two soldiers and a policeman were killed"."""
    words, k = text.words, count.first - 1
    if k <= left or words[k] != "and" or count.low is None or "between" in words[left:k]:
        return count
    for j in range(k - 1, max(left, k - 6) - 1, -1):
        if text.gaps[j].strip(" -"):
            break
        more = _count(text, j, set(), left, end)
        if more is not None:
            if more.low is None or not _HAVE.isdisjoint(words[more.last + 1 : k]):
                break  # "12 have been freed and three were killed"
            high = None if count.high is None or more.high is None else count.high + more.high
            return _Count(count.low + more.low, high, more.first, count.last)
    return count


def _count(text: Words, j: int, used: set[int], left: int, end: int) -> _Count | None:
    """The number at word j, with what qualifies it; None where there is none."""
    words, gaps = text.words, text.gaps
    if j in used or j >= end:
        return None
    word = words[j]
    low: int | None
    high: int | None
    last = j
    first = j
    if word in _VAGUE:
        low, high = _VAGUE[word]
        if word == "thousands" and words[max(0, j - 2) : j] == ["tens", "of"]:
            low, high = 20_000, 99_999
    elif word in _TIMES and word != "million":
        n, first = _multiplier(words, j, left)
        low = high = n * _TIMES[word]
        if word == "dozen" and "half" in words[max(left, j - 2) : j]:
            low, high, first = 6, 6, j - 1  # "half a dozen"
    elif word.isdigit() and word.isascii():
        digits = word
        while (
            last + 1 < end
            and gaps[last] == ","
            and len(words[last + 1]) == 3
            and words[last + 1].isdigit()
        ):
            last += 1
            digits += words[last]
        while (
            first > 0
            and gaps[first - 1] == ","
            and words[first - 1].isdigit()
            and len(words[first]) == 3
        ):
            first -= 1  # read from the right: "1,300" is met at its "300"
            digits = words[first] + digits
        if len(digits) > 8:
            return None
        low = high = int(digits)
        if 1900 <= low <= 2100 and "," not in gaps[first:last] and len(word) == 4:
            return None  # a year
        if last + 1 < end and words[last + 1] in ("million", "billion"):
            return None
    elif word in _SMALL:
        low = high = _SMALL[word]
        if j > 0 and words[j - 1] in _SMALL and _SMALL[words[j - 1]] >= 20 and _SMALL[word] < 10:
            low = high = _SMALL[words[j - 1]] + _SMALL[word]
            first = j - 1
        if word == "one" and last + 1 < end and words[last + 1] == "of":
            return None
    elif word in ("a", "an", "another", "the", "his", "her") and _is_one(words, j):
        low = high = 1
    else:
        return None
    if _is_clock_or_age(text, first, last):
        return None
    apart = last < len(gaps) and gaps[last][:1] in (",", ";", ":")
    follow = [] if apart else words[last + 1 : min(last + 3, end)]  # of the same sentence
    if follow and (follow[0] in _OTHER_UNITS or (len(follow) > 1 and follow[0] == "year")):
        return None
    if last < len(gaps) and "%" in gaps[last]:
        return None
    if follow[:1] == ["of"] and words[last + 2 : last + 3] in (["them"], ["whom"]):
        return None  # "eight soldiers, two of them officers, were killed"
    lead = words[max(0, first - 3) : first]
    if lead and lead[-1] in _BEFORE_NUMBER:
        return None
    return _qualified(low, high, first, last, lead, words)


def _is_clock_or_age(text: Words, first: int, last: int) -> bool:
    """ "at 14:30"; "a journalist, 38, was shot dead", "two brothers, 12 and 14, were killed"."""
    words, gaps = text.words, text.gaps

    def number(k: int) -> bool:
        return k < len(words) and words[k].isdigit() and len(words[k]) < 4

    if first > 0 and gaps[first - 1] == ":" and number(first - 1):
        return True
    if last < len(gaps) and gaps[last] == ":" and number(last + 1):
        return True
    if not number(first) or first != last:
        return False
    if words[first - 1 : first] == ["and"] and number(first - 2):
        first -= 2
    elif words[last + 1 : last + 2] == ["and"] and number(last + 2):
        last += 2
    closed = last < len(gaps) and gaps[last].strip() in (",", ")")
    return closed and first > 0 and gaps[first - 1].strip() in (",", "(")


def _is_one(words: Sequence[str], j: int) -> bool:
    """Whether an article at word j stands for one person ("a military blogger", "the driver")."""
    begin = j + 4 if words[j + 2 : j + 4] == ["year", "old"] else j + 1  # "a 34-year-old man"
    noun = next(
        (k for k in range(begin, min(begin + 3, len(words))) if words[k] in _ONE_PERSON), -1
    )
    between = set(words[j + 1 : noun])
    return noun >= 0 and not {"of", "in", "at", "group", "number"} & between


def _multiplier(words: Sequence[str], j: int, left: int) -> tuple[int, int]:
    if j - 1 >= left:
        before = words[j - 1]
        if before in _SMALL:
            return _SMALL[before], j - 1
        if before.isdigit() and before.isascii() and len(before) < 4:
            return int(before), j - 1
    return 1, j


def _qualified(
    low: int | None,
    high: int | None,
    first: int,
    last: int,
    lead: Sequence[str],
    words: Sequence[str],
) -> _Count | None:
    if low is not None and low > _MOST:
        return None
    pair = " ".join(lead[-2:])
    most = pair in ("up to", "many as") or (pair == "fewer than" and "no" not in lead)
    if most and low == high:
        return _Count(None, high, first, last)
    if lead and lead[-1] in _AT_LEAST and low == high:
        return _Count(low, None, first, last)
    if len(lead) >= 2 and lead[-1] in ("to", "and", "or") and low == high:
        other = lead[-2]
        n = _SMALL.get(other, int(other) if other.isdigit() and other.isascii() else None)
        ranged = lead[-1] != "and" or "between" in lead
        if n is not None and low is not None and n < low and ranged:
            return _Count(n, high, first - 2, last)
    return _Count(low, high, first, last)

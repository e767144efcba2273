"""Dates in English text, resolved against the day the article was published.

Each date says how exact it is and why it came out so. A length of time ("for more than half a
year") is no date. Without a day of publication only dates that carry their own year resolve.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from geo.model import DatePrecision
from geo.reading.vocabulary import NUMBERS, word_set

_MONTH_NAMES = [name for name in calendar.month_name if name]
_MONTHS = {name.casefold(): i for i, name in enumerate(_MONTH_NAMES, 1)}
_MONTHS |= {name[:3].casefold(): i for i, name in enumerate(_MONTH_NAMES, 1)} | {"sept": 9}
_DAYS = {name.casefold(): i for i, name in enumerate(calendar.day_name)}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS = NUMBERS | {"a": 1, "an": 1, "couple of": 2, "a couple of": 2}
_NUMBERS |= {"few": 3, "a few": 3, "several": 4}

# Words one of which is in every date; a sentence without them is not searched.
HINTS = word_set(
    """today yesterday tomorrow tonight overnight night morning afternoon evening ago week weeks
    day days month months year years weekend hours spring summer autumn winter fall decade
    decades eve halloween"""
) | frozenset([*_MONTHS, *_DAYS])

# Feasts that fall on the same day each year: month and day.
_FEASTS = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "boxing day": (12, 26),
    "new year's eve": (12, 31), "new year’s eve": (12, 31), "new year's day": (1, 1),
    "new year’s day": (1, 1), "valentine's day": (2, 14), "valentine’s day": (2, 14),
    "halloween": (10, 31),
}  # fmt: skip

_MON = "|".join(_MONTH_NAMES) + r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
_DAY = "|".join(_DAYS).title()
_N = r"\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True))
_PART = "night|morning|afternoon|evening|overnight|dawn|noon|midnight"
_Y = r"(?:1[5-9]|20)\d\d"
_TH = "(?:st|nd|rd|th)?"
_UNIT = "hour|day|week|month|year|decade"
_LEADS = (
    "in|since|last|this|next|early|late|mid|by|until|during|through|from|between|"
    r"(?<!district\s)(?<!village\s)(?<!suburb\s)(?<!quarter\s)(?<!town\s)of"  # a place called May
)
_NOT_A_YEAR = r"(?!\s?(?:%|percent|people|km|soldiers|\d|-\d|,\d))"
_DATE = re.compile(
    rf"""\b(?=\w)(?:
      (?P<iso>\b(?P<iy>(?:19|20)\d\d)-(?P<im>\d\d)-(?P<id>\d\d)\b)
    | (?P<dmy>\b(?P<d1>\d{{1,2}}){_TH}(?:(?:\s?[-–]\s?|\s(?:to|and)\s)(?P<d2>\d{{1,2}}){_TH})?
        (?:\sof)?\s(?P<m1>{_MON})(?!\w)(?:,?\s(?P<y1>{_Y})\b)?)
    | (?P<mdy>\b(?P<m2>{_MON})\s(?P<d3>\d{{1,2}})(?!\d|:\d){_TH}(?:\s?[-–]\s?(?P<d4>\d{{1,2}})\b)?
        (?:,?\s(?P<y2>{_Y})\b)?)
    | (?P<feast>\b(?P<fd>(?i:{"|".join(name.replace(" ", "[ ]") for name in _FEASTS)}))\b
        (?:,?\s(?P<y6>{_Y})\b)?)
    | (?P<my>\b(?P<m3>{_MON})(?:\sof)?,?\s(?P<y3>{_Y})\b)
    | (?P<mon>\b(?P<lead>(?i:{_LEADS}))[\s-](?P<m4>{"|".join(_MONTH_NAMES)})\b(?!\s(?:\d|[A-Z]))
        (?:\s(?P<my0>(?:of\s)?(?:last|this|next)\syear))?)
    | (?P<wd>(?:\b(?P<wl>(?i:last|next|this|previous|following|late|early|since))\s)?
        \b(?P<w>{_DAY})s?\b(?:\s(?:{_PART})\b)?(?:\s(?P<wk>last\sweek|next\sweek))?)
    | (?P<ago>\b(?i:(?P<n>{_N})\s(?:and\sa\shalf\s)?(?P<u>{_UNIT})s?\s(?:ago|earlier\sthis\b))
        |(?i:\b(?P<u0>day|week|month|year|decade)s\sago))
    | (?P<step>\b(?i:
        the\s(?P<sl>same|next|following|previous)\s(?:day|night|morning|evening|afternoon)
        |(?P<sb>the\s(?:day|night|evening)\sbefore)(?!\syesterday)
        |(?P<sa>the\s(?:day|night|evening)\safter(?!\stomorrow)|a\sday\slater)
        |(?P<st>that\s(?:day|night|morning|afternoon|evening)))\b)
    | (?P<rel>\b(?i:(?P<today>today|tonight|this\s(?:morning|afternoon|evening))
        |(?P<yday>yesterday|last\snight|overnight)
        |(?P<tmrw>tomorrow)
        |(?:(?:early|earlier|late|later|over|at|during)\s)?
            (?P<tl>the(?=\sweekend)|this|last|next|the\spast|the\slast|past|previous|the\scurrent)\s
            (?P<tu>week|month|year|weekend|spring|summer|autumn|fall|winter)
        |(?:in|over|during|for|within)\s(?:the\s)?(?:past|last|previous|recent)\s
            (?:(?P<rn>{_N}|24|36|48|72)\s)?(?P<ru>hours|days|weeks|months|years))\b)
    | (?P<yr>\b(?i:in|since|during|by|from|of|early|late|mid)[\s-](?:the\s)?
        (?:(?P<season>spring|summer|autumn|winter)\sof\s)?(?P<y4>{_Y})(?P<dec>s)?\b{_NOT_A_YEAR}
        |\b(?i:in)\s(?P<y5>1[0-4]\d\d)\b{_NOT_A_YEAR}(?!\s(?:GMT|hours|hrs|UTC)))
    )""",
    re.VERBOSE,
)
_FUTURE = re.compile(
    r"\b(?i:will|plan(?:s|ned|ning)?|intends?|scheduled|due|set to|to be held|upcoming|ahead of"
    r"|expected to|going to|called for|(?:is|are) to|call(?:s|ed)?\b[^.;]{3,40}\bfor)\b"
)
_HINT = re.compile(rf"\b(?:(?i:{'|'.join(sorted(HINTS))})\b|(?:1\d|20)\d\ds?\b)")
_WINDOW = 32  # characters on either side of a hint that a date may reach
_SINCE = re.compile(r"\b(?i:since|ever since)\s*$")


Basis = Literal["own", "year", "article", "before"]


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date in the text: characters `start` to `end`, and the inclusive days that it means.

    `basis` says what it was counted from: nothing, as it carries its own year; the article's year;
    the article's day; or a day told of before it, so many `days` later. `since`: it only begins
    a time that goes on.
    """

    start: int
    end: int
    date_start: date
    date_end: date
    precision: DatePrecision
    reason: str
    basis: Basis = "article"
    days: int = 0
    since: bool = False


def find_dates(text: str, start: int, end: int, published: date | None) -> list[DateSpan]:
    """Every date between two places in a text, in order.

    `reason` quotes the words and says what they were counted from. Days that do not exist
    ("31 February") and years before 1000 are left out.
    """
    hints = (match.span() for match in _HINT.finditer(text, start, end))
    return dates_around(hints, text, start, end, published)


def hints_of(words: set[str]) -> set[str]:
    """Which of some words, in small letters, may be part of a date."""
    years = {
        word
        for word in words
        if "1" <= word < "3" and word[:4].isdecimal() and word[3:4] and word[4:] in ("", "s")
    }
    return years | (HINTS & words)


def dates_around(
    hints: Iterable[tuple[int, int]], text: str, start: int, end: int, published: date | None
) -> list[DateSpan]:
    """`find_dates` where the hints' places in the text (start, end) are known, in order."""
    found = []
    for match in _matches(hints, text, start, end):
        try:
            span = _resolve(text, match, start, published)
        except (ValueError, OverflowError):
            continue  # a day that the calendar does not have
        if span is not None:
            found.append(span)
    return found


def _matches(
    hints: Iterable[tuple[int, int]], text: str, start: int, end: int
) -> Iterator[re.Match[str]]:
    """What `_DATE` finds, tried only around words and figures that every date has one of."""
    done = start
    for first, last in hints:
        if first < done:
            continue
        low, high = max(done, first - _WINDOW), min(end, last + _WINDOW)
        match = _DATE.search(text, low, high)
        while match is not None:
            yield match
            done = match.end()
            match = _DATE.search(text, done, high)
        done = max(done, last)


Days = tuple[date, date, DatePrecision]


def _resolve(
    text: str, match: re.Match[str], start: int, published: date | None
) -> DateSpan | None:
    future = bool(_FUTURE.search(text, max(start, match.start() - 60), match.start()))
    kind = _kind(match)
    days = _RULES[kind](match, published, future)
    if days is None:
        return None
    first, last, precision = days
    words = " ".join(match[0].split())
    reason = f"“{words}”"
    own = _has_year(match, kind)
    if published is not None and not own:
        reason += f", counted from {published.isoformat()}"
    lead = text[max(start, match.start() - 12) : match.start()]
    since = bool(_SINCE.search(lead)) or words.casefold().startswith("since ")
    if published is not None and since:
        last = max(first, published)
        reason += ", and since"
    basis: Basis = "own" if own else _BASES.get(kind, "article")
    step = _step_days(match) if kind == "step" else 0
    return DateSpan(match.start(), match.end(), first, last, precision, reason, basis, step, since)


_YEARS = {"dmy": "y1", "mdy": "y2", "feast": "y6"}  # kinds that may have a year
_BASES: dict[str, Basis] = {
    "dmy": "year", "mdy": "year", "mon": "year", "feast": "year", "step": "before",
}  # fmt: skip


def _kind(match: re.Match[str]) -> str:
    kind = match.lastgroup  # the outermost group, since it closes last
    assert kind is not None
    return kind


def _has_year(match: re.Match[str], kind: str) -> bool:
    return kind in ("iso", "my", "yr") or (kind in _YEARS and match[_YEARS[kind]] is not None)


def _month(name: str) -> int:
    return _MONTHS[name.casefold().rstrip(".")]


def month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _iso(match: re.Match[str], _p: date | None, _f: bool) -> Days | None:
    day = date(int(match["iy"]), int(match["im"]), int(match["id"]))
    return day, day, "day"


def _day_and_month(match: re.Match[str], published: date | None, future: bool) -> Days | None:
    month = _month(match["m1"] or match["m2"])
    year = match["y1"] or match["y2"]
    numbers = [int(n) for n in (match["d1"] or match["d3"], match["d2"] or match["d4"]) if n]
    if year:
        days = [date(int(year), month, n) for n in numbers]
    elif published is None:
        return None
    else:
        first = _near(published, month, numbers[0], future)
        days = [first.replace(day=n) for n in numbers]
    return days[0], max(days), "day"


def _feast(match: re.Match[str], published: date | None, future: bool) -> Days | None:
    month, number = _FEASTS[match["fd"].casefold()]
    if match["y6"]:
        day = date(int(match["y6"]), month, number)
    elif published is None:
        return None
    else:
        day = _near(published, month, number, future)
    return day, day, "day"


def _near(published: date, month: int, day: int, future: bool) -> date:
    """The day and month that the article most likely means: the last, or the next if planned."""
    years = (published.year, published.year + 1) if future else (published.year, published.year - 1)
    for year in years:
        if month == 2 and day == 29 and not calendar.isleap(year):
            continue
        found = date(year, month, day)
        if (found >= published) if future else (found <= published + timedelta(days=1)):
            return found
    return date(years[-1], month, day)


def _month_and_year(match: re.Match[str], _p: date | None, _f: bool) -> Days | None:
    return *month_days(int(match["y3"]), _month(match["m3"])), "month"


def _month_alone(match: re.Match[str], published: date | None, future: bool) -> Days | None:
    if published is None:
        return None
    month, lead, year = _month(match["m4"]), match["lead"].casefold(), published.year
    if match["my0"]:
        year += {"last": -1, "next": 1}.get(match["my0"].split()[-2], 0)
    elif lead == "next" or (future and lead != "last"):
        year += month < published.month
    elif month > published.month or (lead == "last" and month == published.month):
        year -= 1
    return *month_days(year, month), "month"


def _weekday(match: re.Match[str], published: date | None, future: bool) -> Days | None:
    if published is None:
        return None
    lead, back = (
        (match["wl"] or "").casefold(),
        (published.weekday() - _DAYS[match["w"].casefold()]) % 7,
    )
    week = (match["wk"] or "").casefold()
    if week or lead == "previous":
        monday = published - timedelta(days=published.weekday())
        shift = 7 if week.startswith("next") else -7
        day = monday + timedelta(days=shift + _DAYS[match["w"].casefold()])
    elif lead in ("next", "following") or (future and lead not in ("last", "since")):
        day = published + timedelta(days=(-back) % 7 or (7 if lead == "next" else 0))
    else:
        day = published - timedelta(days=back or (7 if lead == "last" else 0))
    return day, day, "day"


def _months_before(day: date, months: int) -> tuple[date, date]:
    total = day.year * 12 + day.month - 1 - months
    return month_days(total // 12, total % 12 + 1)


def _ago(match: re.Match[str], published: date | None, _f: bool) -> Days | None:
    if published is None:
        return None
    if match["u0"]:
        return _span_back(published, 3, match["u0"].casefold())
    word, unit = match["n"].casefold(), match["u"].casefold()
    n = int(word) if word.isdigit() else _NUMBERS[word]
    vague = word in ("few", "a few", "several", "couple of", "a couple of")
    if unit == "hour":
        day = published - timedelta(hours=n)
        return day, day, "day"
    if unit == "day":
        day = published - timedelta(days=n)
        return (published - timedelta(days=7), published, "week") if vague else (day, day, "day")
    if unit == "week":
        day = published - timedelta(weeks=n)
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6), "week"
    if unit == "month":
        return *_months_before(published, n), "month"
    year = published.year - n * (10 if unit == "decade" else 1)
    return date(year, 1, 1), date(year, 12, 31), "year"


def _step(match: re.Match[str], published: date | None, _f: bool) -> Days | None:
    """ "The day before", as far as the article's own day tells; the text may know better."""
    if published is None:
        return None
    day = published + timedelta(days=min(0, _step_days(match)))
    return day, day, "day"


def _step_days(match: re.Match[str]) -> int:
    if match["sb"] or (match["sl"] or "").casefold() == "previous":
        return -1
    return 1 if match["sa"] or (match["sl"] or "").casefold() in ("next", "following") else 0


def _span_back(published: date, n: int, unit: str) -> Days:
    unit = unit.rstrip("s")
    if unit == "hour":
        days = -(-n // 24)
        return published - timedelta(days=days), published, "day" if days <= 2 else "week"
    if unit == "day":
        return published - timedelta(days=n), published, "day" if n <= 2 else "week"
    if unit == "week":
        return published - timedelta(weeks=n), published, "week" if n <= 2 else "month"
    if unit == "month":
        return _months_before(published, n)[0], published, "month" if n <= 2 else "year"
    return date(published.year - n * (10 if unit == "decade" else 1), 1, 1), published, "year"


def _relative(match: re.Match[str], published: date | None, _f: bool) -> Days | None:
    if published is None:
        return None
    if match["today"] or match["yday"] or match["tmrw"]:
        day = published + timedelta(days=0 if match["today"] else -1 if match["yday"] else 1)
        return day, day, "day"
    if match["ru"]:
        word = (match["rn"] or "few").casefold()
        return _span_back(
            published, int(word) if word.isdigit() else _NUMBERS[word], match["ru"].casefold()
        )
    lead, unit = match["tl"].casefold(), match["tu"].casefold()
    if lead in ("the past", "the last", "past"):
        return _span_back(published, 1, unit) if unit in ("week", "month", "year") else None
    step = {"last": -1, "previous": -1, "next": 1}.get(lead, 0)
    monday = published - timedelta(days=published.weekday())
    if unit == "week":
        monday += timedelta(weeks=step)
        return monday, monday + timedelta(days=6), "week"
    if unit == "weekend":
        saturday = monday + timedelta(days=5, weeks=step)
        if lead == "the" and saturday > published:  # "over the weekend": the one that was
            saturday -= timedelta(weeks=1)
        return saturday, saturday + timedelta(days=1), "day"
    if unit == "month":
        return *_months_before(published, -step), "month"
    if unit == "year":
        year = published.year + step
        return date(year, 1, 1), date(year, 12, 31), "year"
    return _season(unit, published.year, published if step <= 0 else None)


def _season(name: str, year: int, not_after: date | None = None) -> Days:
    first = _SEASONS[name]
    if not_after is not None and date(year, first, 1) > not_after:
        year -= 1
    start = date(year, first, 1)
    total = year * 12 + first + 1
    return start, month_days(total // 12, total % 12 + 1)[1], "month"


def _year(match: re.Match[str], published: date | None, _f: bool) -> Days | None:
    year = int(match["y4"] or match["y5"])
    if published is not None and year > published.year + 20:
        return None  # a number, not a year
    if match["season"]:
        return _season(match["season"].casefold(), year)
    return date(year, 1, 1), date(year + 9 if match["dec"] else year, 12, 31), "year"


_RULES: dict[str, Callable[[re.Match[str], date | None, bool], Days | None]] = {
    "iso": _iso,
    "dmy": _day_and_month,
    "mdy": _day_and_month,
    "feast": _feast,
    "my": _month_and_year,
    "mon": _month_alone,
    "wd": _weekday,
    "ago": _ago,
    "step": _step,
    "rel": _relative,
    "yr": _year,
}

"""Where an outlet is at home, as far as its address and its everyday words tell."""

from __future__ import annotations

import re
from collections import Counter

import pycountry

# Institutions and measures that are written of without naming the country, by those at home there.
_HOME_WORDS = {
    "US": "Sheriff|sheriff|Interstate|Highway Patrol|State Trooper|State Troopers|state trooper|"
    "state troopers|GOP|Medicaid|Amtrak|School District|school district|school districts|"
    "County Commission|county commission|county commissioners|PTA|Rep.|Sen.|ZIP|grand jury|"
    "Grand jury|felony|misdemeanor|selectmen|District Attorney|district attorney|"
    "Board of Education|County Jail|county jail|State Senator|state senator|sophomore|homecoming|"
    "varsity|Police Department|Fire Department|Elementary School|Middle School|neighborhood|"
    "neighborhoods|FBI",
    "CA": "RCMP|MLA|MLAs|MPP|MPPs|NDP|OPP|Ottawa Police|loonie|Const.|Provincial Police",
    "GB": "NHS|MPs|borough council|Borough Council|Scotland Yard|Tory|Tories|quid|postcode|"
    "Crown Court|County Council|county council|Magistrates|magistrates|DCI|PCSO|PCSOs",
    "IE": "Garda|Gardaí|gardaí|gardai|Taoiseach|Dáil",
    "IN": "lakh|lakhs|crore|crores|Lok Sabha|BJP|panchayat|Rs",
    "PK": "PTI|PML-N|Rangers personnel|Tehreek-e-Insaf",
    "NG": "Naira|naira|APC|PDP|EFCC",
    "ZA": "SAPS|ANC|rand",
    "KE": "matatu|matatus|ODM",
    "PH": "barangay|Malacañang|PNP",
    "AU": "RSL|RFS|Centrelink|bushfire|bushfires|TAFE|NRL|AFL",
}
_HOME = [(country, word) for country, words in _HOME_WORDS.items() for word in words.split("|")]
# The North American Numbering Plan writes 519-555-0100 or (519) 555-0100; its toll-free codes too.
_PHONE = re.compile(r"(?<![\d-])(?:\([2-9]\d\d\) ?|[2-9]\d\d[-.])[2-9]\d\d[-.]\d{4}(?!\d)")
_HOST = re.compile(r"^(?:[a-z]+://)?(?:[^/@]*@)?([^/:?#]+)", re.I)
_NOT_COUNTRIES = frozenset({"tv", "io", "co", "me", "ai", "fm", "ly", "to", "cc", "ws", "eu"})


def home_country(url: str, publisher: str = "") -> str:
    """ISO alpha-2 of the country code an address ends in, or an empty string.

    Domains that are sold worldwide (.tv, .io, ...) say nothing. Where `publisher` is itself a host
    name it counts too. Source: ISO 3166-1 as in pycountry; .uk is GB by IANA's exception.
    """
    for text in (url, publisher):
        match = _HOST.match(text.strip()) if text else None
        ending = match.group(1).lower().rpartition(".")[2] if match else ""
        if ending == "uk":
            return "GB"
        if len(ending) == 2 and ending not in _NOT_COUNTRIES:
            country = pycountry.countries.get(alpha_2=ending.upper())
            if country:
                return str(country.alpha_2)
    return ""


def _times(word: str, text: str) -> int:
    """How often a word stands alone in a text; several times quicker than a pattern."""
    count, at = 0, text.find(word)
    while at >= 0:
        end = at + len(word)
        around = text[max(0, at - 1) : at] + text[end : end + 1]
        count += not any(letter.isalnum() or letter == "_" for letter in around)
        at = text.find(word, end)
    return count


def home_by_words(text: str) -> dict[str, float]:
    """ISO alpha-2 -> 0..1: how much a text's everyday words speak for an outlet's being at home.

    One word is half as much as two; a country that a third of the words or more speak against
    counts for nothing.
    """
    counts: Counter[str] = Counter()
    for country, word in _HOME:
        if word in text:
            counts[country] += _times(word, text)
    total = sum(counts.values())
    homes = {
        country: min(1.0, count / 2)
        for country, count in counts.items()
        if count and count > 2 * (total - count)
    }
    if not homes and _PHONE.search(text):
        return {"US": 0.5, "CA": 0.5}
    return homes

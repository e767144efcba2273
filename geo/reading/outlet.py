"""Where an outlet is at home, as far as its address and its everyday words tell."""

from __future__ import annotations

import re

import pycountry

# Institutions and measures that are written of without naming the country, by those at home there.
_HOME_WORDS = {
    "US": r"[Ss]heriff(?:[’']s)?|Interstate|Highway Patrol|[Ss]tate [Tt]roopers?|GOP|Medicaid|"
    r"Amtrak|[Ss]chool [Dd]istrict|[Cc]ounty [Cc]ommission(?:ers)?|PTA|Rep\.|Sen\.|ZIP",
    "CA": r"RCMP|MLAs?|NDP|Ottawa Police|loonie",
    "GB": r"NHS|MPs|[Bb]orough [Cc]ouncil|Scotland Yard|Tory|Tories|quid|postcode",
    "IE": r"Garda|[Gg]ardaí|gardai|Taoiseach|Dáil",
    "IN": r"lakhs?|crores?|Lok Sabha|BJP|panchayat|Rs\.?",
    "PK": r"PTI|PML-N|Rangers personnel|Tehreek-e-Insaf",
    "NG": r"[Nn]aira|APC|PDP|EFCC",
    "ZA": r"SAPS|ANC|rand",
    "KE": r"matatus?|ODM|Sh\d+",
    "PH": r"barangay|Malacañang|PNP",
    "AU": r"RSL|RFS|Centrelink|bushfires?",
}  # fmt: skip
_HOME = {country: re.compile(rf"\b(?:{words})\b") for country, words in _HOME_WORDS.items()}
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


def country_by_words(text: str) -> str:
    """ISO alpha-2 of the country whose institutions a text names most, twice at least, or ""."""
    counts = {country: len(words.findall(text)) for country, words in _HOME.items()}
    best = max(counts, key=lambda country: counts[country])
    rest = sum(counts.values()) - counts[best]
    return best if counts[best] >= 2 and counts[best] > 2 * rest else ""

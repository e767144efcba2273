"""Where an outlet is at home, as far as its address and its everyday words tell."""

from __future__ import annotations

import re

import pycountry

# Institutions and measures that are written of without naming the country, by those at home there.
_HOME_WORDS = {
    "US": r"[Ss]heriff(?:[’']s)?|Interstate|Highway Patrol|[Ss]tate [Tt]roopers?|GOP|Medicaid|"
    r"Amtrak|[Ss]chool [Dd]istricts?|[Cc]ounty [Cc]ommission(?:ers)?|PTA|Rep\.|Sen\.|ZIP|"
    r"[Gg]rand jury|felony|misdemeanor|selectmen|[Dd]istrict [Aa]ttorney|Board of Education|"
    r"[Cc]ounty [Jj]ail|[Ss]tate [Ss]enator|sophomore|homecoming|varsity|Police Department|"
    r"Fire Department|(?:Elementary|Middle) School|neighborhoods?|FBI",
    "CA": r"RCMP|MLAs?|MPPs?|NDP|OPP|Ottawa Police|loonie|Const\.|Provincial Police",
    "GB": r"NHS|MPs|[Bb]orough [Cc]ouncil|Scotland Yard|Tory|Tories|quid|postcode|Crown Court|"
    r"[Cc]ounty [Cc]ouncil|[Mm]agistrates[’']? [Cc]ourt|DCI|PCSOs?",
    "IE": r"Garda|[Gg]ardaí|gardai|Taoiseach|Dáil",
    "IN": r"lakhs?|crores?|Lok Sabha|BJP|panchayat|Rs\.?",
    "PK": r"PTI|PML-N|Rangers personnel|Tehreek-e-Insaf",
    "NG": r"[Nn]aira|APC|PDP|EFCC",
    "ZA": r"SAPS|ANC|rand",
    "KE": r"matatus?|ODM|Sh\d+",
    "PH": r"barangay|Malacañang|PNP",
    "AU": r"RSL|RFS|Centrelink|bushfires?|TAFE|NRL|AFL",
}  # fmt: skip
_HOME = {country: re.compile(rf"\b(?:{words})(?!\w)") for country, words in _HOME_WORDS.items()}
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


def home_by_words(text: str) -> dict[str, float]:
    """ISO alpha-2 -> 0..1: how much a text's everyday words speak for an outlet's being at home.

    One word is half as much as two; a country that a third of the words or more speak against
    counts for nothing.
    """
    counts = {country: len(words.findall(text)) for country, words in _HOME.items()}
    total = sum(counts.values())
    homes = {
        country: min(1.0, count / 2)
        for country, count in counts.items()
        if count and count > 2 * (total - count)
    }
    if not homes and _PHONE.search(text):
        return {"US": 0.5, "CA": 0.5}
    return homes

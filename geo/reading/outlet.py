"""Where an outlet is at home, as far as its address tells."""

from __future__ import annotations

import re

import pycountry

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

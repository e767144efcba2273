"""The country and the first-level region that a name is said to lie in, by code or by name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import pycountry
from rapidfuzz.distance import DamerauLevenshtein

from geo.errors import BadQueryError
from geo.gazetteer.gazetteer import Gazetteer
from geo.gazetteer.layers import DEMONYM, UNIT_WORDS
from geo.gazetteer.names import normalize, romanization_key

_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]")
_ARTICLE = re.compile(r"(?i)^the\s+")


class Bounds(NamedTuple):
    """Where a name is to be looked for: ISO 3166-1 alpha-2, ISO 3166-2, None where not given.

    `unknown` is the region as it was given, where no region is called so.
    """

    country: str | None = None
    admin1: str | None = None
    unknown: str = ""


def bounds_of(gazetteer: Gazetteer, country: str | None, admin1: str | None) -> Bounds:
    """Both as codes.

    Raises BadQueryError for a country that there is not, and for a region of another country.
    """
    alpha2 = resolve_country(gazetteer, country) if country else None
    if country and alpha2 is None:
        raise BadQueryError(
            f"no country is called {country!r}: give its name, or its ISO 3166-1 code, such as UA"
        )
    if not admin1:
        return Bounds(alpha2)
    iso = resolve_admin1(gazetteer, admin1, alpha2)
    elsewhere = iso or resolve_admin1(gazetteer, admin1, None)
    if elsewhere is None:
        return Bounds(alpha2, None, unknown=admin1)
    region = gazetteer.place(f"iso:{elsewhere}")
    if region is not None and alpha2 not in (None, region.country):
        raise BadQueryError(
            f"{admin1!r} is a region of {region.country}, not of {alpha2}: give one of the two"
        )
    return Bounds(alpha2, iso)


def resolve_country(gazetteer: Gazetteer, text: str) -> str | None:
    """ISO alpha-2 of a country given by code or by any of its names; None where unknown.

    Formal names and alpha-3 codes are those of ISO 3166-1, as in pycountry.
    """
    turned = " ".join(reversed(text.split(",")))  # "Korea, South"
    for form in (text, _BRACKETS.sub("", text), turned):
        form = _ARTICLE.sub("", form.strip())
        for hit in gazetteer.hits(normalize(form)):
            if hit.place.kind == "country" and hit.grade != DEMONYM:
                return hit.place.country
        if len(form) == 2 and gazetteer.place(f"iso:{form.upper()}"):
            return form.upper()
    try:
        return str(pycountry.countries.lookup(text.strip()).alpha_2)
    except LookupError:
        return None


def resolve_admin1(gazetteer: Gazetteer, text: str, country: str | None) -> str | None:
    """ISO 3166-2 of a first-level region given by code or by any usual spelling of its name."""
    code = text.strip().upper()
    if "-" in code and gazetteer.place(f"iso:{code}"):
        return code
    name = _BRACKETS.sub("", text)
    bare = " ".join(word for word in normalize(name).split() if word not in UNIT_WORDS)
    for key in (normalize(name), bare):
        for hit in gazetteer.hits(key):
            if hit.place.kind == "admin1" and country in (None, hit.place.country):
                return hit.place.admin1
    if country is None:
        return None
    return _closest_admin1(_admin1_keys(gazetteer, country), romanization_key(bare))


@lru_cache(maxsize=64)
def _admin1_keys(gazetteer: Gazetteer, country: str) -> dict[str, str]:
    return {
        romanization_key(place.name): iso
        for iso, place in gazetteer.admin1s().items()
        if place.country == country
    }


def _closest_admin1(known: dict[str, str], key: str) -> str | None:
    """The one region within two slips, or of which the key is an adjective (Donets'ka)."""
    close = [
        (DamerauLevenshtein.distance(key, name, score_cutoff=2), iso) for name, iso in known.items()
    ]
    best = sorted(pair for pair in close if pair[0] <= (2 if len(key) > 6 else 1))
    if best and (len(best) == 1 or best[0][0] < best[1][0]):
        return best[0][1]
    stem = re.sub(r"(?:[sc]?k)$", "", key)
    starts = {iso for name, iso in known.items() if len(stem) >= 4 and name.startswith(stem)}
    return starts.pop() if len(starts) == 1 else None

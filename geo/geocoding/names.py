"""Geocode one name without a text around it, with the country and region that an analyst knows.

Exact names come first, then romanisation variants, then one slip of the pen, each only inside the
given region. A name with equally likely namesakes has low confidence rather than a guess.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from rapidfuzz.distance import DamerauLevenshtein

from geo.errors import BadQueryError
from geo.gazetteer.gazetteer import Gazetteer, Hit, distance_km
from geo.gazetteer.layers import (
    ABBREVIATION,
    ALIAS,
    BASE,
    DEMONYM,
    FOREIGN,
    PREFERRED,
)
from geo.gazetteer.names import normalize, romanization_key
from geo.geocoding.bounds import bounds_of, resolve_admin1, resolve_country
from geo.model import Candidate, Place

_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]")
# What analysts add to say which kind of place they mean.
_SETTLEMENT_TAIL = re.compile(
    r"(?i)\s+(?:village|town|city|settlement|hamlet|urban[- ]type settlement|locality|municipality|"
    r"suburb|(?:city )?cent(?:er|re)|downtown)$"
)
_AREA_TAIL = re.compile(
    r"(?i)\s+(oblast|region|province|governorate|state|county|district|raion|prefecture|department|"
    r"republic|krai|parish|river|sea|island|direction|sector)$"
)
# Something at or beside a settlement: its point is the settlement's, known less exactly.
_AT_TAIL = re.compile(
    r"(?i)\s+(?:air ?(?:field|port|base)|border (?:post|crossing|checkpoint)|checkpoint|station|"
    r"railway station|bridge|mine|dam|reservoir|power (?:plant|station)|thermal power plant|"
    r"neighbou?rhood|surroundings|area|outskirts|base|camp|prison|port|harbou?r|front|forest|"
    r"highway|road|direction|sector)$"
)
_NEAR_HEAD = re.compile(
    r"(?i)^(?:near|outside|north of|south of|east of|west of|around|between|vicinity of|"
    r"(?:the )?(?:city|town|village) of)\s+"
)
# "the Urals", "the Kurils": what English names with an article, never a town.
_ARTICLE = re.compile(r"(?i)^the\s+")
_WITH_ARTICLE = (
    "region", "sea", "ocean", "river", "mountains", "desert", "strait", "gulf", "island", "lake",
    "site", "country", "continent",
)  # fmt: skip
_AREA_KINDS = {
    "river": ("river",), "sea": ("sea",), "island": ("island",), "direction": ("region",),
    "sector": ("region",), "county": ("admin2", "admin1"), "district": ("admin2", "admin1"),
    "raion": ("admin2",), "parish": ("admin2",),
}  # fmt: skip
_OTHER_NAMES = {
    ALIAS: "another spelling or name of it",
    FOREIGN: "another name of it",
    ABBREVIATION: "an abbreviation of it",
    DEMONYM: "what belongs to it, not its name",
    BASE: "only with a word for its kind, as in Donetsk Oblast",
}
_UNUSUAL = 1.5  # what a name that is not the usual one takes from a place's score
_TRANSLATED = 4.0  # the same where the name is another place's usual one
_DOUBT = 0.5  # what is left of a score where a region was given that nobody knows
_RENAMED_POPULATION = 5_000
_MOST_COMMAS = 3  # "Springfield, Sangamon County, Illinois, USA"
_SAME_KM = 25.0  # candidates closer than this are one place for a map


def resolve_name(
    gazetteer: Gazetteer, query: str, country: str | None = None, admin1: str | None = None
) -> list[Candidate]:
    """Places that a bare name may mean, best first; scores 0..1 add up to at most 1.

    `country` and `admin1` may be codes or names in any usual spelling. Where `admin1` is known
    only places in it are answers; one that nobody knows is passed over and halves every score.
    "Cordoba, Argentina" is Cordoba in Argentina. An empty list means not known.
    Raises BadQueryError for empty text, for a country that there is not, and for a region of
    another country.
    """
    if not isinstance(query, str) or not query.strip():
        raise BadQueryError(f"cannot look up {query!r}")
    bounds = bounds_of(gazetteer, country, admin1)
    alpha2, iso = bounds.country, bounds.admin1
    doubt = _DOUBT if bounds.unknown else 1.0
    name = _NEAR_HEAD.sub("", _BRACKETS.sub("", query).strip()).strip()
    tail = _AREA_TAIL.search(name)
    attempts: list[tuple[str, tuple[str, ...], float, str]] = [(name, (), 1.0, "its name")]
    if tail:
        kinds = _AREA_KINDS.get(tail.group(1).lower(), ("admin1", "admin2", "region"))
        attempts.append((name[: tail.start()], kinds, 1.0, f"its name as {tail.group(1).lower()}"))
    if _SETTLEMENT_TAIL.search(name):
        attempts.insert(0, (_SETTLEMENT_TAIL.sub("", name), ("settlement",), 1.0, "its name"))
    if _ARTICLE.match(name):
        attempts.append((_ARTICLE.sub("", name), _WITH_ARTICLE, 1.0, "its name"))
    if _AT_TAIL.search(name):
        attempts.append((_AT_TAIL.sub("", name), ("settlement",), 0.8, "at or near"))
    for text, kinds, trust, how in attempts:
        found = _search(gazetteer, text, kinds, alpha2, iso)
        if found:
            hits, closeness, by = found
            reason = f"{how}, {by}"
            if bounds.unknown:
                reason += f"; no region called {bounds.unknown!r} is known (counts half)"
            return _ranked(hits, doubt * trust * closeness, reason, country=alpha2, admin1=iso)
    return _within_tail(gazetteer, query, alpha2, admin1)


def _within_tail(
    gazetteer: Gazetteer, query: str, country: str | None, admin1: str | None
) -> list[Candidate]:
    """ "Cordoba, Argentina", "Salem, OR": what stands behind the last comma holds the name."""
    head, _, tail = query.rpartition(",")
    if not (normalize(head) and normalize(tail)) or query.count(",") > _MOST_COMMAS:
        return []
    alpha2, iso = resolve_country(gazetteer, tail), resolve_admin1(gazetteer, tail, country)
    ways: list[tuple[str | None, str | None]] = []
    if alpha2 and country in (None, alpha2):
        ways.append((alpha2, admin1))
    if iso and not admin1:
        ways.append((country, iso))
    if len(tail.strip()) == 2:  # of what two letters mean, a state is what stands behind a town
        ways.reverse()
    for within in ways:
        if found := resolve_name(gazetteer, head, *within):
            return found
    return []


def _search(
    gazetteer: Gazetteer, text: str, kinds: tuple[str, ...], country: str | None, iso: str | None
) -> tuple[list[Hit], float, str] | None:
    """Hits by the first way that gives any: exact, romanised, one slip."""
    key = normalize(text)
    if not key:
        return None

    def fits(hit: Hit) -> bool:
        place = hit.place
        if hit.grade == DEMONYM or (hit.grade == ABBREVIATION and not text.isupper()):
            return False
        if kinds and place.kind not in kinds:
            return False
        if hit.grade == BASE and not kinds:
            return False
        if iso and place.kind == "country":
            return iso.startswith(f"{place.country}-")
        if iso:
            return place.admin1 == iso or iso in place.crosses
        if country:
            return place.country == country or country in place.crosses
        return True

    exact = _as_town([hit for hit in gazetteer.hits(key) if fits(hit)], kinds)
    if exact:
        return exact, 1.0, "spelt so"
    if not (country or iso):
        return None
    folded = romanization_key(text)
    variants = [hit for hit in gazetteer.folded(folded) if fits(hit)] if len(folded) > 3 else []
    variants = _as_town(variants, kinds)
    if variants:
        return variants, 0.9, "romanised otherwise"
    if iso and len(folded) >= 6:
        return _one_slip(gazetteer, folded, iso, fits)
    return None


def _as_town(hits: list[Hit], kinds: tuple[str, ...]) -> list[Hit]:
    """Without a word like "oblast", a name that is also a town's is the town's.

    Another name of a small place is left out: too many villages were renamed after one person.
    """
    if kinds:
        return hits
    known = [
        hit for hit in hits if hit.grade != FOREIGN or hit.place.population >= _RENAMED_POPULATION
    ]
    towns = [hit for hit in known if hit.place.kind not in ("admin1", "admin2")]
    return towns or known


def _one_slip(
    gazetteer: Gazetteer, folded: str, iso: str, fits: Callable[[Hit], bool]
) -> tuple[list[Hit], float, str] | None:
    """The only name of the region with one letter more, one less, or two swapped.

    Another letter in its place is another village more often than a slip.
    """
    near = [
        key
        for key in gazetteer.folded_keys(iso)
        if abs(len(key) - len(folded)) <= 1
        and key[0] == folded[0]
        and DamerauLevenshtein.distance(key, folded, score_cutoff=1) == 1
        and (len(key) != len(folded) or sorted(key) == sorted(folded))
    ]
    hits = [hit for key in near for hit in gazetteer.folded(key) if fits(hit)]
    hits = _as_town(hits, ())
    places = {hit.place.id for hit in hits}
    return (hits, 0.7, "one letter off") if len(places) == 1 else None


def _ranked(
    hits: list[Hit], trust: float, reason: str, country: str | None, admin1: str | None
) -> list[Candidate]:
    best_of: dict[str, Hit] = {}
    for hit in hits:
        known = best_of.get(hit.place.id)
        if known is None or hit.grade < known.grade:
            best_of[hit.place.id] = hit

    usual = any(hit.grade == PREFERRED for hit in best_of.values())

    def score(hit: Hit) -> float:
        if hit.grade == PREFERRED or hit.rank >= 9:
            return hit.rank * 1.2
        # The White House is not what Casablanca means.
        return hit.rank * 1.2 - (_TRANSLATED if usual and hit.grade == FOREIGN else _UNUSUAL)

    ordered = sorted(best_of.values(), key=lambda hit: -score(hit))
    top = score(ordered[0])
    weights = [math.exp(score(hit) - top) for hit in ordered]
    best = ordered[0].place
    total = sum(
        weight
        for weight, hit in zip(weights, ordered, strict=True)
        if hit.place is best or _apart(best, hit.place)
    )
    given = " ".join(filter(None, (country, admin1)))
    return [
        Candidate(
            hit.place,
            round(trust * weight / total, 3),
            (reason, *_standing(hit), *((f"within {given}",) if given else ())),
        )
        for weight, hit in zip(weights[:8], ordered, strict=False)
    ]


def _standing(hit: Hit) -> Iterator[str]:
    """What moved a hit up or down among its namesakes, in words."""
    place = hit.place
    if hit.grade in _OTHER_NAMES and hit.rank < 9:
        yield f"{_OTHER_NAMES[hit.grade]} (counts less)"
    town = place.kind == "settlement" and place.population
    what = f"{place.population:,} people" if town else place.kind
    yield f"{what}, prominence {hit.rank:.1f}"


def left_out(
    gazetteer: Gazetteer,
    query: str,
    found: list[Candidate],
    country: str | None = None,
    admin1: str | None = None,
) -> list[Candidate]:
    """Places of exactly that name that `resolve_name` did not answer with: score 0, and why."""
    bounds = bounds_of(gazetteer, country, admin1)
    alpha2, iso = bounds.country, bounds.admin1
    given = " ".join(filter(None, (alpha2, iso)))
    answered = {candidate.place.id for candidate in found}

    def why(hit: Hit) -> str:
        place = hit.place
        if (iso and place.admin1 != iso and iso not in place.crosses) or (
            alpha2 and place.country != alpha2 and alpha2 not in place.crosses
        ):
            return f"not within {given}"
        if hit.grade in (DEMONYM, ABBREVIATION, BASE):
            return _OTHER_NAMES[hit.grade]
        if hit.grade == FOREIGN and place.population < _RENAMED_POPULATION:
            return "another name of a small place"
        if place.kind in ("admin1", "admin2"):
            return "a region, and the name alone is also a town's or a country's"
        return "less likely than those above"

    return [
        Candidate(hit.place, 0.0, (f"left out: {why(hit)}",))
        for hit in gazetteer.hits(normalize(query))
        if hit.place.id not in answered
    ]


def _apart(one: Place, two: Place) -> bool:
    return distance_km(one.lat, one.lon, two.lat, two.lon) > _SAME_KM

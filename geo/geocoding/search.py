"""Find a place from what somebody types into a search field: "Springfield, Illinois, US"."""

from __future__ import annotations

from geo.gazetteer.gazetteer import Gazetteer
from geo.geocoding.bounds import resolve_admin1, resolve_country
from geo.geocoding.names import resolve_name
from geo.model import Place


def search_places(gazetteer: Gazetteer, text: str, limit: int = 8) -> list[Place]:
    """Places of that name, the likeliest first; what follows a comma says where they lie.

    "Springfield, IL, US", "Springfield, Illinois" and "Springfield, US" narrow the answer. Words
    after a comma that no region or country answers to are passed over. Raises BadQueryError for
    empty text.
    """
    name, *where = [part.strip() for part in text.split(",") if part.strip()] or [""]
    inside: list[tuple[str | None, str | None]] = []  # (country, first-level region)
    if len(where) > 1:
        inside.append((where[-1], where[-2]))
    if where:
        inside += [(None, where[0]), (where[-1], None)]
    for country, admin1 in [*inside, (None, None)]:
        alpha2 = resolve_country(gazetteer, country) if country else None
        if (country and not alpha2) or (admin1 and not resolve_admin1(gazetteer, admin1, alpha2)):
            continue
        found = resolve_name(gazetteer, name, country=country, admin1=admin1)
        if found:
            return [candidate.place for candidate in found[:limit]]
    return []

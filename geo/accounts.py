"""Where the reports of one incident part: who tells of which place, which day, how many dead."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Literal

from geo.model import AREA_KINDS, LINE_KINDS

Report = Mapping[str, Any]  # a row of `Store.event_details`
Matter = Literal["place", "date", "deaths"]
MATTERS: tuple[Matter, ...] = ("place", "date", "deaths")

_EARTH_KM = 6371.009


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What sources disagree on; `said` has each account with all who give it, as first told.

    An account is names of places joined by "; ", an ISO 8601 day, or a number of dead such as
    `3`, `3-5` or `12 or more`.
    """

    matter: Matter
    said: tuple[tuple[str, tuple[str, ...]], ...]


def who(report: Report) -> str:
    """Who tells it: a row's own source and data set, else the publisher, else the title."""
    row = ", ".join(str(report[name]) for name in ("source", "dataset") if report.get(name))
    return row or str(report.get("publisher") or report.get("title") or report["event_id"])


def disagreements(reports: Sequence[Report]) -> list[Disagreement]:
    """On what two reports or more cannot both be right, in the order of MATTERS.

    A report that is silent or less exact contradicts nobody: a region does not contradict a town
    in it, a week a day, nor "at least 12" a toll of 14.
    """
    found = []
    for matter in MATTERS:
        account, clash, words = _RULES[matter]
        told = [(account(report), who(report)) for report in reports]
        known = [(value, name) for value, name in told if value is not None]
        if not any(clash(one, other) for (one, _), (other, _) in combinations(known, 2)):
            continue
        said: dict[str, list[str]] = {}
        for value, name in known:
            said.setdefault(words(value), []).append(name)
        found.append(
            Disagreement(
                matter, tuple((text, tuple(dict.fromkeys(names))) for text, names in said.items())
            )
        )
    return found


def _points(report: Report) -> tuple[Mapping[str, Any], ...] | None:
    here = [
        place for place in report["places"]
        if place["role"] == "location" and place["kind"] not in AREA_KINDS | LINE_KINDS
    ]  # fmt: skip
    return tuple(here) or None


def _far(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> bool:
    """Whether no place of the one can be a place of the other."""
    return all(
        _distance_km(a, b) > max(a["precision_km"], b["precision_km"])
        or (a["kind"] == b["kind"] and a["name"].casefold() != b["name"].casefold())
        for a in one
        for b in other
    )


def _distance_km(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    """On a sphere; haversine formula (Sinnott 1984)."""
    lat1, lat2 = math.radians(a["lat"]), math.radians(b["lat"])
    dlon = math.radians(b["lon"] - a["lon"])
    h = math.sin((lat2 - lat1) / 2) ** 2
    h += math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def _day(report: Report) -> date | None:
    first, last = report["date_start"], report["date_end"]
    return first if first is not None and first == last else None


def _dead(report: Report) -> tuple[int, int | None] | None:
    low, high = report["fatalities_low"], report["fatalities_high"]
    return None if low is None else (low, high)


def _apart(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    (low, high), (least, most) = one, other
    return (high is not None and high < least) or (most is not None and most < low)


def _toll(dead: tuple[int, int | None]) -> str:
    low, high = dead
    if high is None:
        return f"{low} or more"
    return f"{low}" if low == high else f"{low}-{high}"


_Rule = tuple[Callable[[Report], Any], Callable[[Any, Any], bool], Callable[[Any], str]]
_RULES: dict[Matter, _Rule] = {
    "place": (_points, _far, lambda places: "; ".join(dict.fromkeys(p["name"] for p in places))),
    "date": (_day, lambda one, other: bool(one != other), date.isoformat),
    "deaths": (_dead, _apart, _toll),
}

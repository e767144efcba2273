"""Sources that disagree are told from sources that say less."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from geo.accounts import Disagreement, disagreements, who


def place(name: str, lat: float, **more: Any) -> dict[str, Any]:
    """A location of a report."""
    return {"name": name, "kind": "settlement", "lat": lat, "lon": 38.0, "precision_km": 5.0,
            "role": "location"} | more  # fmt: skip


TOWN, NEXT = place("Town", 48.0), place("Next", 48.1)
PLANT = place("Plant", 48.02, kind="site", precision_km=1.0)
OBLAST = place("Oblast", 48.5, kind="admin1", precision_km=120.0)


def report(publisher: str = "A", **more: Any) -> dict[str, Any]:
    """What one source says."""
    day = date(2023, 3, 1)
    return {"event_id": "e", "publisher": publisher, "title": "", "source": "", "dataset": "",
            "date_start": day, "date_end": day, "fatalities_low": None, "fatalities_high": None,
            "places": [TOWN]} | more  # fmt: skip


def dead(low: int | None, high: int | None) -> dict[str, Any]:
    """A death toll."""
    return {"fatalities_low": low, "fatalities_high": high}


def test_who_says_what_on_every_matter() -> None:
    first = report("A", **dead(3, 3))
    second = report("B", **dead(5, None), places=[NEXT], date_start=date(2023, 3, 2),
                    date_end=date(2023, 3, 2))  # fmt: skip
    third = report("C", **dead(3, 3), places=[TOWN, OBLAST])
    assert disagreements([first, second, third]) == [
        Disagreement("place", (("Town", ("A", "C")), ("Next", ("B",)))),
        Disagreement("date", (("2023-03-01", ("A", "C")), ("2023-03-02", ("B",)))),
        Disagreement("deaths", (("3", ("A", "C")), ("5 or more", ("B",)))),
    ]


@pytest.mark.parametrize(
    "other",
    [
        report("B"),
        report("B", places=[OBLAST]),
        report("B", places=[]),
        report("B", places=[PLANT]),
        report("B", places=[place("TOWN", 48.01)]),
        report("B", date_start=date(2023, 2, 27), date_end=date(2023, 3, 5)),
        report("B", date_start=None, date_end=None),
        report("B", **dead(None, None)),
        report("B", **dead(10, None)),
        report("B", **dead(11, 14)),
    ],
)
def test_to_say_less_is_not_to_disagree(other: dict[str, Any]) -> None:
    assert disagreements([report("A", **dead(12, 12)), other]) == []
    assert disagreements([other]) == []


def test_a_row_is_told_by_its_source_and_data_set() -> None:
    assert who(report("", source="Wire", dataset="ACLED")) == "Wire, ACLED"
    assert who(report("", title="A headline")) == "A headline"

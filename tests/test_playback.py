"""Playing: which period comes next."""

from __future__ import annotations

from datetime import date

import pytest

from pages.playback import following

FIRST, LAST = date(2022, 2, 24), date(2022, 5, 3)


@pytest.mark.parametrize(
    ("unit", "start", "end", "wanted"),
    [
        ("month", None, None, (date(2022, 2, 1), date(2022, 2, 28))),
        ("month", date(2022, 2, 1), date(2022, 2, 28), (date(2022, 3, 1), date(2022, 3, 31))),
        ("month", date(2022, 2, 1), date(2022, 3, 31), (date(2022, 3, 1), date(2022, 4, 30))),
        ("month", date(2022, 5, 1), date(2022, 5, 31), None),
        ("month", date(2022, 4, 1), date(2022, 5, 31), None),
        ("day", date(2022, 2, 28), date(2022, 2, 28), (date(2022, 3, 1), date(2022, 3, 1))),
        ("week", date(2022, 2, 20), date(2022, 2, 26), (date(2022, 2, 27), date(2022, 3, 5))),
        ("year", date(2022, 1, 1), date(2022, 12, 31), None),
    ],
)
def test_the_period_moves_on_by_one_unit_and_keeps_its_length(
    unit: str, start: date | None, end: date | None, wanted: tuple[date, date] | None
) -> None:
    assert following(start, end, FIRST, LAST, unit) == wanted

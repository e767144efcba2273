"""The brush on the histogram: whole units of time, and nothing where nothing was brushed."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.dataframe_util import convert_pandas_df_to_arrow_bytes

from geo.query import EventFilter, once_each, select
from geo.store.snapshot import synthetic
from pages import common, filters, playback, strings, timeline, views, whole_page


def ms(text: str) -> float:
    return datetime.fromisoformat(f"{text}+00:00").timestamp() * 1000


@pytest.mark.parametrize(
    ("unit", "start", "end", "first", "last"),
    [
        ("month", "2022-11-03", "2023-01-28", date(2022, 11, 1), date(2023, 1, 31)),
        ("month", "2022-11-25", "2023-02-04", date(2022, 12, 1), date(2023, 1, 31)),
        ("month", "2023-01-28", "2022-11-03", date(2022, 11, 1), date(2023, 1, 31)),
        ("month", "2022-11-03", "2022-11-05", date(2022, 11, 1), date(2022, 11, 30)),
        ("month", "2022-11-25", "2022-12-04", date(2022, 11, 1), date(2022, 11, 30)),
        ("day", "2023-03-01T02:00", "2023-03-03T20:00", date(2023, 3, 1), date(2023, 3, 3)),
        ("week", "2023-03-05T08:00", "2023-03-18T02:00", date(2023, 3, 5), date(2023, 3, 18)),
        ("year", "2021-02-01", "2023-02-01", date(2021, 1, 1), date(2022, 12, 31)),
    ],
)
def test_a_brush_stands_for_the_units_that_it_covers_by_half(
    unit: str, start: str, end: str, first: date, last: date
) -> None:
    assert timeline.whole_units(ms(start), ms(end), unit) == (first, last)


@pytest.mark.parametrize("reported", [None, {}, {"selection": {}}, {"selection": {"period": {}}}])
def test_an_empty_selection_changes_no_date(
    monkeypatch: pytest.MonkeyPatch, reported: object
) -> None:
    state = {"chart": reported, filters.FROM: date(2022, 1, 1)}
    monkeypatch.setattr(st, "session_state", state)
    timeline._take_brush("chart", "month")
    assert state == {"chart": reported, filters.FROM: date(2022, 1, 1)}


def test_a_brush_writes_the_dates_and_asks_for_a_new_chart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edges = {"utcyearmonth_start": [ms("2022-11-03"), ms("2023-01-28")]}
    state = {"chart": {"selection": {"period": edges}}}
    monkeypatch.setattr(st, "session_state", state)
    timeline._take_brush("chart", "month")
    assert state[filters.FROM] == date(2022, 11, 1)
    assert state[filters.TO] == date(2023, 1, 31)
    assert state["chart-turn"] == 1
    assert state[whole_page.ASKED_FOR] is True


@pytest.mark.parametrize("unit", ["reports", "articles", "incidents"])
@pytest.mark.parametrize(
    "chosen", [EventFilter(), EventFilter(date_from=date(2023, 1, 5), types=("Riots",))]
)
def test_the_bars_are_what_a_slow_count_gives(
    monkeypatch: pytest.MonkeyPatch, unit: str, chosen: EventFilter
) -> None:
    monkeypatch.setattr(views, "unit", lambda: unit)
    snapshot = synthetic(400, ["Battles", "Riots", "Protests"], n_places=5, n_articles=3)
    table, (name, *_) = timeline.stacked(snapshot, chosen)
    kept = set(select(snapshot, chosen).tolist())
    rows = select(snapshot, EventFilter(types=chosen.types))
    rows = rows[snapshot.events["date_start"].notna().to_numpy()[rows]]
    every = snapshot.events.iloc[rows].assign(row=rows)
    every["start"] = [
        pd.Period(day, freq=playback.FREQUENCIES[name]).start_time for day in every["date_start"]
    ]
    every["inside"] = [row in kept for row in rows.tolist()]
    once = once_each(snapshot, rows, unit, pd.factorize(every["start"])[0],  # type: ignore[arg-type]
                     every["inside"].to_numpy())  # fmt: skip
    slow = every.iloc[once].groupby(["start", "type", "inside"], observed=True).size()
    fast = table.set_index(["start", "type", "inside"])["events"]
    assert len(fast) > 10
    assert fast.to_dict() == slow.to_dict()


@pytest.mark.parametrize("unit", ["reports", "incidents"])
@pytest.mark.parametrize("terms", ["acled", "cameo"])
def test_the_chart_is_a_small_message_with_a_tooltip_for_every_unit_of_time(
    monkeypatch: pytest.MonkeyPatch, unit: str, terms: str
) -> None:
    sent: list[tuple[pd.DataFrame, dict[str, Any]]] = []
    monkeypatch.setattr(views, "unit", lambda: unit)
    monkeypatch.setattr(views, "terms", lambda: terms)
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "vega_lite_chart", lambda data, spec, **_: sent.append((data, spec)))
    snapshot = synthetic(4_000, list(common.colours()), n_places=5, n_articles=300)
    histogram = timeline.stacked(snapshot, EventFilter())
    timeline.show(histogram)
    bars, spec = sent[0]
    assert bars["events"].tolist() == histogram[0]["events"].tolist()
    assert all(pd.api.types.is_numeric_dtype(kind) for kind in bars.dtypes)
    columns = spec["layer"][1]
    said = columns["encoding"]["tooltip"]["value"]["expr"]
    for number, name in enumerate(views.type_names().values()):
        assert f"{json.dumps(name)}: datum['{number}']" in said
    assert strings.UNITS[unit][1] in said
    assert "%B %Y" in said
    assert [one["name"] for one in columns["params"]] == [timeline.BRUSH]  # on top, or bars hide it
    assert len(json.dumps(spec)) + len(convert_pandas_df_to_arrow_bytes(bars)) < 12_000


def test_days_at_either_end_of_the_calendar_can_be_chosen() -> None:
    """A coded data set may hold any day, and the page must still open."""
    assert filters.selectable(date(2, 3, 4), date(9999, 12, 31)) == (date.min, date.max)
    assert filters.selectable(date(2022, 3, 4), date(2023, 1, 1)) == (
        date(2012, 1, 1), date(2033, 12, 31),
    )  # fmt: skip

"""Events over time, stacked by type in the map's colours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from geo import query
from geo.query import EventFilter
from geo.store.snapshot import Snapshot
from pages import common, filters, playback, strings, views
from pages.playback import FREQUENCIES

# Longest span [days] for each unit, how Vega-Lite names it (UTC: a date is no moment), and labels.
UNITS = (
    ("day", 45, "utcyearmonthdate", "%-d %b"),
    ("week", 120, "utcyearweek", "%-d %b"),
    ("month", 366 * 12, "utcyearmonth", "%b %Y"),
    ("year", None, "utcyear", "%Y"),
)
HEIGHT_PX = 124
Rows = np.ndarray[Any, Any]
Histogram = tuple[pd.DataFrame, tuple[str, str, str]]  # what `stacked` returns
BRUSH = "period"  # name of the chart's selection


def unit_for(days: float) -> tuple[str, str, str]:
    """Unit of time for a span, with Vega-Lite's name for it and the form of its labels."""
    for name, longest, vega, labels in UNITS:
        if longest is None or days <= longest:
            return name, vega, labels
    raise AssertionError("the last unit has no limit")


def stacked(snapshot: Snapshot, chosen: EventFilter) -> Histogram:
    """Counts by unit of time, type, and whether the filter's period holds them.

    Returns rows (`start` datetime64, `type` str, `inside` bool, `events` int) and `unit_for`'s.
    """
    rows = query.select(snapshot, replace(chosen, date_from=None, date_to=None))
    inside = np.zeros(len(snapshot.events), dtype=bool)
    inside[query.select(snapshot, chosen)] = True
    dates = snapshot.events["date_start"].to_numpy()
    rows = rows[~np.isnat(dates[rows])]
    if not len(rows):
        return pd.DataFrame({"start": dates[rows], "type": [], "inside": [], "events": []}), (
            unit_for(0)
        )
    days = (dates[rows] - dates[rows[0]]) // np.timedelta64(86_400, "s")  # sorted by date
    unit = unit_for(int(days[-1]))
    # The unit of each day that there can be, so that a million events look it up.
    every = pd.Series(pd.date_range(dates[rows[0]], periods=int(days[-1]) + 1, freq="D"))
    code, starts = pd.factorize(every.dt.to_period(FREQUENCIES[unit[0]]).dt.start_time)
    start = code[days.astype(np.int64)]
    held = inside[rows]
    once = query.once_each(snapshot, rows, views.unit(), start, held)
    types = snapshot.events["type"].cat
    names = types.categories
    shape = (len(starts), len(names), 2)
    cells = (start * shape[1] + types.codes.to_numpy()[rows]) * 2 + held
    counted = np.bincount(cells[once], minlength=int(np.prod(shape)))
    found = np.flatnonzero(counted)
    at, kind, in_period = np.unravel_index(found, shape)
    table = pd.DataFrame({"start": starts[at], "type": names[kind].to_numpy(),
                          "inside": in_period.astype(bool), "events": counted[found]})  # fmt: skip
    return table, unit


def show(histogram: Histogram) -> None:
    """Draw the histogram; bars outside the chosen period are pale."""
    table, (unit, vega, labels) = histogram
    if table.empty:
        return
    names = views.type_names()
    colours = {names.get(kind, kind): colour for kind, colour in common.colours().items()}
    table = table.assign(type=[names.get(kind, kind) for kind in table["type"]])
    alt_text = strings.CHART_ALT.format(unit=strings.CHART_BY[unit])
    chart = (
        alt.Chart(table.assign(start=table["start"].dt.strftime("%Y-%m-%dT00:00:00Z")))
        .mark_bar(cornerRadius=1)
        .encode(
            x=alt.X("start:T", timeUnit=vega, title=None,
                    axis=alt.Axis(grid=False, labelOverlap=True, tickCount=6, format=labels)),
            y=alt.Y("events:Q", title=None, stack="zero",
                    axis=alt.Axis(grid=False, tickMinStep=1, tickCount=3, domain=False)),
            color=alt.Color("type:N", legend=None,
                            scale=alt.Scale(domain=list(colours), range=list(colours.values()))),
            order=alt.Order("rank:Q"),
            opacity=alt.condition(alt.datum.inside, alt.value(1), alt.value(0.3)),
        )
        .transform_calculate(rank=f"indexof({list(colours)}, datum.type)")
        .properties(height=HEIGHT_PX, background="transparent")
        .configure_view(stroke=None)
    )  # fmt: skip
    # A brush only writes to the date widgets; a chart with a new key then shows what they say.
    key = f"chart-{st.session_state.get('chart-turn', 0)}"
    brush = alt.selection_interval(name=BRUSH, encodings=["x"], translate=False, zoom=False)
    st.altair_chart(
        chart.add_params(brush), key=key, alt=alt_text, selection_mode=BRUSH,
        on_select=lambda: _take_brush(key, unit),
    )  # fmt: skip
    if st.session_state.pop("brushed", False):
        st.rerun()  # the date widgets stand outside the fragment that the chart is in


def _take_brush(key: str, unit: str) -> None:
    """Write what has been brushed to the date widgets; an empty selection means nothing."""
    brushed = (st.session_state.get(key) or {}).get("selection", {}).get(BRUSH) or {}
    edges = next((edges for edges in brushed.values() if len(edges) == 2), None)
    if edges is None:
        return
    first, last = whole_units(float(edges[0]), float(edges[1]), unit)
    st.session_state[filters.FROM], st.session_state[filters.TO] = first, last
    st.session_state["chart-turn"] = st.session_state.get("chart-turn", 0) + 1
    st.session_state["brushed"] = True


def whole_units(start_ms: float, end_ms: float, unit: str) -> tuple[date, date]:
    """First and last day of the units that a brush covers at least by half, one at the least.

    start_ms, end_ms : milliseconds since 1970, UTC, in either order.
    """
    low, high = sorted((start_ms, end_ms))
    first, last, middle = (
        pd.Period(pd.Timestamp(int(moment), unit="ms"), freq=FREQUENCIES[unit])
        for moment in (low, high, (low + high) / 2)
    )
    if low > _centre_ms(first):
        first += 1
    if high < _centre_ms(last):
        last -= 1
    if last < first:
        first = last = middle
    return first.start_time.date(), last.end_time.date()


def _centre_ms(period: pd.Period) -> float:
    return (period.start_time.timestamp() + period.end_time.timestamp()) * 500


def _forget_period() -> None:
    """A button's callback: every date again."""
    playback.stop()
    st.session_state[filters.FROM] = st.session_state[filters.TO] = None
    st.session_state["brushed"] = True


def title(snapshot: Snapshot, chosen: EventFilter, rows: Rows, histogram: Histogram) -> None:
    """The chart's heading: its unit, how many events it cannot show, and the way to play it."""
    table, (unit, *_) = histogram
    undated = int(np.isnat(snapshot.events["date_start"].to_numpy()[rows]).sum())
    said = f"<b>{common.safe(strings.CHART_TITLE)}</b> {common.safe(strings.CHART_BY[unit])}"
    if not (chosen.date_from or chosen.date_to):
        said += f" · {common.safe(strings.CHART_HINT)}"
    if undated:
        said += f" · {common.safe(strings.CHART_UNDATED.format(n=undated))}"
    st.html(f'<p class="dl-muted">{said}</p>')
    if chosen.date_from or chosen.date_to:
        st.button(strings.CHART_WHOLE, key="whole-period", on_click=_forget_period,
                  type="tertiary", icon=":material/close:")  # fmt: skip
    if len(table):
        first, last = (moment.date() for moment in (table["start"].min(), table["start"].max()))
        playback.controls(chosen, first, last, unit)

"""Events over time, stacked by type in the map's colours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from geo import query
from geo.query import EventFilter
from geo.store.snapshot import Snapshot
from pages import common, filters, playback, strings, views, whole_page
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


def stacked(snapshot: Snapshot, chosen: EventFilter, rows: Rows | None = None) -> Histogram:
    """Counts by unit of time, type, and whether the filter's period holds them.

    rows : those that the filter leaves, where they are known.
    Returns rows (`start` datetime64, `type` str, `inside` bool, `events` int) and `unit_for`'s.
    """
    if rows is None:
        rows = query.select(snapshot, chosen)
    if chosen.date_from or chosen.date_to:
        inside = np.zeros(len(snapshot.events), dtype=bool)
        inside[rows] = True
        rows = query.select(snapshot, replace(chosen, date_from=None, date_to=None))
    else:
        inside = np.ones(len(snapshot.events), dtype=bool)
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
    kinds = {kind: number for number, kind in enumerate(common.colours())}
    # Numbers alone go to the browser: the names stand once, in the specification.
    bars = pd.DataFrame({
        "start": table["start"].to_numpy().astype("datetime64[ms]").astype(float),
        "kind": np.array([kinds.get(kind, len(kinds)) for kind in table["type"]], dtype="int8"),
        "inside": table["inside"],
        "events": table["events"].astype("int32"),
    })  # fmt: skip
    said = [names.get(kind, kind) for kind in kinds]
    # A brush only writes to the date widgets; a chart with a new key then shows what they say.
    key = f"chart-{st.session_state.get('chart-turn', 0)}"
    st.vega_lite_chart(
        bars, _spec(vega, labels, unit, said), key=key,
        alt=strings.CHART_ALT.format(unit=strings.CHART_BY[unit]), selection_mode=BRUSH,
        on_select=lambda: _take_brush(key, unit),
    )  # fmt: skip


def _spec(vega: str, labels: str, unit: str, names: list[str]) -> dict[str, Any]:
    """The chart in Vega-Lite's terms: stacked bars, what each unit holds, and a brush along x.

    The bars are layered under one clear column per unit of time, which takes the pointer: it is
    as easy to hit over a low bar, and its tooltip names every type.
    """
    bare = {"grid": False, "title": None}
    x = {"field": "start", "type": "temporal", "timeUnit": vega,
         "axis": bare | {"labelOverlap": True, "tickCount": 6, "format": labels}}  # fmt: skip
    bars = {
        # A line between types, for eyes that cannot tell their colours apart.
        "mark": {"type": "bar", "stroke": common.surface("page"), "strokeWidth": 0.7},
        "transform": [{"calculate": f"{json.dumps(names)}[datum.kind]", "as": "type"}],
        "encoding": {
            "x": x,
            "y": {"field": "events", "type": "quantitative", "stack": "zero",
                  "axis": bare | {"tickMinStep": 1, "tickCount": 3, "domain": False}},
            "color": {"field": "type", "type": "nominal", "legend": None,
                      "scale": {"domain": names, "range": list(common.colours().values())}},
            "order": {"field": "kind", "type": "quantitative"},
            "opacity": {"condition": {"test": "datum.inside", "value": 1}, "value": 0.3},
        },
    }  # fmt: skip
    columns = {
        "mark": {"type": "rect", "opacity": 0},
        "transform": [
            {"joinaggregate": [{"op": "sum", "field": "events", "as": "total"}],
             "groupby": ["start"]},
            {"pivot": "kind", "value": "events", "groupby": ["start", "total"]},
        ],
        "encoding": {"x": x, "tooltip": {"value": {"expr": _tooltip(unit, names)}}},
        # A brush in the layer on top has every drag to itself, wherever it begins.
        "params": [{"name": BRUSH, "select": {
            "type": "interval", "encodings": ["x"], "translate": False, "zoom": False,
        }}],
    }  # fmt: skip
    return {
        "layer": [bars, columns],
        "height": HEIGHT_PX,
        "background": "transparent",
        "config": {"view": {"stroke": None}},
    }


def _tooltip(unit: str, names: list[str]) -> str:
    """Vega expression: a heading, `March 2023: 34 events`, and a row for each type there is."""
    one, many, _ = strings.UNITS[views.unit()]
    moment = f"utcFormat(datum.start, {json.dumps(strings.CHART_TIP[unit])})"
    counted = f"datum.total == 1 ? {json.dumps(f'1 {one}')} : format(datum.total, ',') + "
    heading = f"{moment} + ': ' + ({counted}{json.dumps(f' {many}')})"
    # What a unit has none of is undefined, and has no row.
    rows = (f"{json.dumps(name)}: datum['{kind}']" for kind, name in enumerate(names))
    return f"{{title: {heading}, {', '.join(rows)}}}"


def _take_brush(key: str, unit: str) -> None:
    """Write what has been brushed to the date widgets; an empty selection means nothing."""
    brushed = (st.session_state.get(key) or {}).get("selection", {}).get(BRUSH) or {}
    edges = next((edges for edges in brushed.values() if len(edges) == 2), None)
    if edges is None:
        return
    first, last = whole_units(float(edges[0]), float(edges[1]), unit)
    st.session_state[filters.FROM], st.session_state[filters.TO] = first, last
    st.session_state["chart-turn"] = st.session_state.get("chart-turn", 0) + 1
    whole_page.ask()


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
    whole_page.ask()


def title(snapshot: Snapshot, chosen: EventFilter, rows: Rows, histogram: Histogram) -> None:
    """The chart's heading: its unit, how many events it cannot show, and the way to play it."""
    table, (unit, *_) = histogram
    undated = int(np.count_nonzero(rows >= snapshot.dated))
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

"""The map page: counts, map, time, table, and the evidence for the chosen place."""

from __future__ import annotations

import streamlit as st

from geo import query
from geo.query import EventFilter
from geo.store.snapshot import Snapshot
from pages import (
    chronicle,
    common,
    explore,
    filters,
    playback,
    search,
    strings,
    tray,
    undo,
    views,
    whats_new,
)


def show() -> None:
    """Draw the page."""
    undo.bar()
    snapshot = common.current_snapshot()
    if snapshot.is_empty:
        filters.style()
        common.show_empty_store()
        return
    chosen = filters.sidebar(snapshot)
    filters.style()
    filters.say_left_out()
    snapshot = query.located(snapshot, chosen)
    rows = query.select(snapshot, chosen)
    above = st.container()  # filled last: a reader waits for the map
    if len(rows) or playback.is_on():  # playing passes through empty months
        explore.explore(chosen)
    else:
        common.show_empty(strings.EMPTY_FILTER_TITLE, strings.EMPTY_FILTER)
        st.button(strings.EMPTY_FILTER_RESET, on_click=filters.reset, type="primary", key="all")
    with above:
        _above(snapshot, chosen, rows)


def _above(snapshot: Snapshot, chosen: EventFilter, rows: query.Rows) -> None:
    """What stands above the map: the counts, the buttons, and what is offered or new."""
    with st.container(horizontal=True, vertical_alignment="center", key="top"):
        explore.counts(snapshot, rows)
        with st.container(horizontal=True, horizontal_alignment="right",
                          vertical_alignment="center", key="top-buttons"):  # fmt: skip
            views.unit_selector()
            search.show(snapshot)
            tray.show(snapshot, rows if filters.takes_events_away(chosen) else None)
    chronicle.offer(snapshot)
    whats_new.offer(snapshot)


show()

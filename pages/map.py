"""The map page: counts, map, time, table, and the evidence for the chosen place."""

from __future__ import annotations

import streamlit as st

from geo import query
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
    snapshot = common.located(snapshot, chosen)
    rows = query.select(snapshot, chosen)
    with st.container(horizontal=True, vertical_alignment="center", key="top"):
        explore.counts(snapshot, rows)
        with st.container(horizontal=True, horizontal_alignment="right",
                          vertical_alignment="center", key="top-buttons"):  # fmt: skip
            views.unit_selector()
            search.show(snapshot)
            tray.show(snapshot, rows if filters.takes_events_away(chosen) else None)
    chronicle.offer(snapshot)
    whats_new.offer(snapshot)
    if not len(rows) and not playback.is_on():  # playing passes through empty months
        common.show_empty(strings.EMPTY_FILTER_TITLE, strings.EMPTY_FILTER)
        st.button(strings.EMPTY_FILTER_RESET, on_click=filters.reset, type="primary", key="all")
        return
    explore.explore(chosen)


show()

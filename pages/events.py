"""The events page: every event the filters leave, as a table that sorts and downloads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from geo import query
from geo.model import stable_id
from geo.store.snapshot import Snapshot
from pages import common, details, downloads, filters, panel, strings, undo, views, whats_new

MAX_ROWS = 2_000  # a browser's table stays quick below this; downloads hold everything


def table(snapshot: Snapshot, rows: np.ndarray) -> pd.DataFrame:  # type: ignore[type-arg]
    """The table as shown: one row per event, newest first."""
    events = snapshot.events.iloc[rows]
    named = [
        views.type_and_subtype(str(kind), str(subtype))
        for kind, subtype in zip(events["type"], events["subtype"], strict=True)
    ]
    shown = pd.DataFrame(
        {
            strings.COLUMN_TYPE: [name for name, _ in named],
            strings.COLUMN_SUBTYPE: [line for _, line in named],
            strings.COLUMN_STATUS: events["status"].astype(str).to_numpy(),
            strings.COLUMN_FROM: events["date_start"].dt.date.to_numpy(),
            strings.COLUMN_TO: events["date_end"].dt.date.to_numpy(),
            strings.COLUMN_PRECISION: [
                strings.DATE_PRECISIONS.get(str(p), "") for p in events["date_precision"]
            ],
            strings.COLUMN_WHERE: where(snapshot, rows),
            strings.COLUMN_KILLED: events["fatalities_low"].to_numpy(),
            strings.COLUMN_CONFIDENCE: events["confidence"].astype(float).round(2).to_numpy(),
            strings.COLUMN_ARTICLE: reports(snapshot, rows),
        }
    )
    return shown.drop(columns=[c for c in (strings.COLUMN_KILLED,) if shown[c].isna().all()])


def reports(snapshot: Snapshot, rows: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """What reported each event: the title of its article, or the name of its data set."""
    names = pd.concat([snapshot.articles["title"], snapshot.datasets["name"]]).to_numpy()
    events = snapshot.events.iloc[rows]
    article, dataset = (events[name].to_numpy(dtype=int) for name in ("article", "dataset"))
    found: np.ndarray = names[np.where(article >= 0, article, len(snapshot.articles) + dataset)]  # type: ignore[type-arg]
    return found


def where(snapshot: Snapshot, rows: np.ndarray) -> list[str]:  # type: ignore[type-arg]
    """Names of the places where each event happened."""
    links = snapshot.event_places
    links = links[(links["role"] == "location") & links["event"].isin(rows)]
    at = links["place"].to_numpy(dtype=int)
    used = np.unique(at)
    titles = [common.title(place) for place in snapshot.places.iloc[used].itertuples()]
    names = np.array(titles, dtype=object)[np.searchsorted(used, at)]
    joined = pd.Series(names, index=links["event"].to_numpy()).groupby(level=0).agg(
        lambda found: ", ".join(dict.fromkeys(map(str, found)))
    )  # fmt: skip
    return [str(joined.get(row, "")) for row in rows]


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
    whats_new.offer(snapshot)
    snapshot = query.located(snapshot, chosen)
    rows = query.select(snapshot, chosen)
    title = common.plural(len(rows), strings.EVENTS_ONE, strings.EVENTS_MANY)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="dl-title" role="heading" aria-level="1">{title}</p>')
        if len(rows):
            downloads.menu(snapshot, rows, chosen)
    if not len(rows):
        common.show_empty(strings.EMPTY_FILTER_TITLE, strings.EMPTY_FILTER)
        st.button(strings.EMPTY_FILTER_RESET, on_click=filters.reset, type="primary", key="all")
        return
    newest = query.newest_first(snapshot, rows, MAX_ROWS)
    st.caption(strings.EVENT_HINT)
    if len(rows) > len(newest):
        st.caption(strings.EVENTS_CUT.format(shown=f"{len(newest):,}", n=f"{len(rows):,}"))
    ids = snapshot.events["event_id"].iloc[newest].to_list()
    # A selection is the number of a row: of other rows it would name another event.
    key = f"events-table-{stable_id(*ids)}"

    def pick() -> None:
        chosen_rows = st.session_state[key]["selection"]["rows"]
        st.session_state["event-picked"] = ids[chosen_rows[0]] if chosen_rows else ""

    st.dataframe(
        table(snapshot, newest), hide_index=True, on_select=pick, selection_mode="single-row",
        key=key, height=common.table_height(len(newest)),
        alt=strings.PAGE_EVENTS, placeholder="",
        column_config={
            strings.COLUMN_CONFIDENCE: st.column_config.ProgressColumn(
                min_value=0, max_value=1, format="%.2f", width="small"
            ),
            strings.COLUMN_WHERE: st.column_config.TextColumn(width="medium"),
            strings.COLUMN_ARTICLE: st.column_config.TextColumn(width="large"),
        },
    )  # fmt: skip
    picked = st.session_state.get("event-picked")
    if picked in ids:
        st.html(details.event_list(panel.event_details([picked]), common.colours()))


show()

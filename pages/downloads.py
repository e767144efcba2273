"""The menu of downloads: exactly what is on screen, as tables, geodata, or a map in one file."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import streamlit as st

from geo import export, query
from geo.export.records import records
from geo.maps import standalone
from geo.query import EventFilter
from geo.store.snapshot import Snapshot
from pages import common, filters, ground, selection, strings, views

Rows = np.ndarray[Any, Any]


def menu(snapshot: Snapshot, rows: Rows, chosen: EventFilter, key: str = "download") -> None:
    """Every format; a file is made when its button is pressed."""
    with st.popover(strings.DOWNLOAD, icon=":material/download:", key=key):
        st.caption(strings.DOWNLOAD_HELP)
        for name, kind in export.FORMATS.items():
            st.download_button(
                kind.label,
                lambda name=name: export.export(
                    name, snapshot, common.store(), query.newest_first(snapshot, rows),
                    common.codebook(),
                ),
                f"dateline-events{kind.endings[0]}", kind.mime, key=name, on_click="ignore",
                width="stretch",
            )  # fmt: skip
        _map(snapshot, rows, chosen)


def _map(snapshot: Snapshot, rows: Rows, chosen: EventFilter) -> None:
    limit = common.settings().max_map_file_events
    if len(rows) > limit:
        st.caption(strings.DOWNLOAD_MAP_LIMIT.format(limit=f"{limit:,}"))
        return
    stated = [*filters.stated(snapshot, chosen), (strings.COUNT_BY, strings.UNITS[views.unit()][2])]
    sheet = {"filters": stated, "dark": common.is_dark(), "box": selection.view()[1],
             "unit": views.unit()}  # fmt: skip
    st.download_button(
        strings.DOWNLOAD_MAP, lambda: page(snapshot, rows, **sheet),
        f"dateline-map{standalone.ENDING}", standalone.MIME, key="html", on_click="ignore",
        width="stretch", help=strings.DOWNLOAD_MAP_HELP,
    )  # fmt: skip


def page(snapshot: Snapshot, rows: Rows, **sheet: Any) -> bytes:
    """The map in one file; `sheet` as in `geo.maps.standalone.Sheet`."""
    newest = query.newest_first(snapshot, rows)
    counted = query.place_counts(snapshot, newest)
    places = snapshot.places.iloc[counted["place"].to_numpy(dtype=int)]
    focus = ground.focus_countries(places, counted["count"])
    return standalone.write(
        snapshot,
        newest,
        records(snapshot, common.store(), newest, common.codebook()),
        common.codebook(),
        standalone.Sheet(
            title=strings.DOWNLOAD_MAP_TITLE,
            made=date.today(),
            outline_files=ground.outline_files(snapshot, focus),
            **sheet,
        ),
        max_events=common.settings().max_map_file_events,
        max_features=common.settings().max_map_features,
        geometry=common.outlines(),
    )

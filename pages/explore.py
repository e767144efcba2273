"""The part of the map page that reruns by itself: map, time, table, and the panel beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
import streamlit as st
from shapely.geometry import shape
from streamlit_folium import st_folium

from geo import query
from geo.maps import assets, basemap, clusters, layers
from geo.maps.clusters import inside
from geo.query import EventFilter
from geo.store.snapshot import Snapshot
from pages import (
    browser,
    common,
    details,
    downloads,
    filters,
    follow,
    ground,
    panel,
    playback,
    selection,
    strings,
    timeline,
    views,
    whole_page,
)

MAP_HEIGHT_PX = 560  # before the style sheet has its say
TABLE_ROWS = 100


def counts(snapshot: Snapshot, rows: np.ndarray[Any, Any]) -> None:
    """The line of counts above the map."""
    found = query.summary(snapshot, rows)
    first, last = common.day(found.first), common.day(found.last)
    span = first if first == last else f"{first} – {last}"
    st.html(
        details.counts_line(
            found.events, found.incidents, found.places, found.articles, found.datasets,
            span or strings.PERIOD_NONE, found.undated,
        )
    )  # fmt: skip


@st.fragment
def explore(chosen: EventFilter) -> None:
    """Map and panel for the events that the filters leave; reruns on a click or a pan alone."""
    whole_page.rerun_if_asked()
    snapshot = query.located(common.current_snapshot(), chosen)
    rows = query.select(snapshot, chosen)
    counted = query.place_counts(snapshot, rows, views.unit())
    if st.session_state.pop("entered", False):
        selection.entered()
        playback.stop()
    selection.chosen()
    left, right = st.columns([2.7, 1], gap="medium")
    with left:
        shown = _map(snapshot, counted)
        with st.container(horizontal=True, vertical_alignment="center", key="under-map"):
            histogram = timeline.stacked(snapshot, chosen, rows)
            timeline.title(snapshot, chosen, rows, histogram)
            downloads.menu(snapshot, rows, chosen, key="download-view")
            st.toggle(strings.TILES, key=filters.TILES, help=strings.TILES_HELP,
                      persist_state="session")  # fmt: skip
        with st.container(key="chart-room"):  # kept while the chart waits for the map
            if follow.map_has_drawn():
                timeline.show(histogram)
    with right, st.container(key="panel"):
        panel.show(snapshot, rows, counted, shown)
    if follow.map_has_drawn():
        _table(snapshot, counted)
    selection.write_address()


def _map(snapshot: Snapshot, counted: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Draw the map; return a mask of `counted`: which places are in view."""
    files = basemap.local_assets()
    cdn = files is None and st.session_state.get("cdn", False)
    if files is None and not cdn:
        follow.map_drawn()
        _offer_assets()
        return np.ones(len(counted), dtype=bool)
    members = st.session_state.get("members", {})
    selection.take_click(members)
    place_rows = counted["place"].to_numpy(dtype=int)
    places = snapshot.places.iloc[place_rows]
    _first_flight(snapshot, places, counted["count"].to_numpy(dtype=int))
    zoom, bounds = selection.view()
    if bounds is not None:
        follow.map_drawn()
    picked = selection.chosen()
    types = [kind.name for kind in common.codebook().types]
    focus = ground.focus_countries(places, counted["count"])
    drawing = layers.draw(
        snapshot.places,
        place_rows,
        counted.reindex(columns=types, fill_value=0).to_numpy(),
        common.codebook(),
        layers.MapView(
            zoom=zoom,
            bounds=bounds,
            dark=common.is_dark(),
            tiles=bool(cdn or st.session_state.get(filters.TILES)),
            chosen=(picked.feature if picked.is_cluster else picked.places[0]) if picked else "",
            spot=selection.spot(),
            unit=views.unit(),
        ),
        files=ground.outline_files(snapshot, focus),
        focus=focus,
        max_features=common.settings().max_map_features,
        geometry=common.outlines(),
        flight=selection.flight(),
        within=filters.regions_asked_for(),
    )
    ids = snapshot.places["place_id"].to_numpy()
    st.session_state["members"] = {
        feature: [str(ids[row]) for row in behind] for feature, behind in drawing.members.items()
    }
    with st.container(key="map-frame"):  # its room is kept while the map is on its way
        st_folium(
            basemap.base_map(files or basemap.cdn_assets()),
            key=selection.MAP,
            height=MAP_HEIGHT_PX,
            use_container_width=True,
            returned_objects=selection.RETURNED,
            feature_group_to_add=layers.event_layer(drawing),
        )
    browser.name_marks(
        _names(snapshot, drawing), selection.panel_turn(), selection.keep_view,
        chosen=bool(picked or selection.spot()),
    )  # fmt: skip
    said = strings.NOT_DRAWN.format(n=drawing.not_drawn) if drawing.not_drawn else ""
    st.html(f'<p class="dl-note dl-not-drawn">{common.safe(said)}</p>')
    if bounds is None:
        return np.ones(len(counted), dtype=bool)
    seen = inside(places["lat"].to_numpy(), places["lon"].to_numpy(), bounds)
    return seen | np.isin(place_rows, layers.marked_within(drawing, bounds))


def _names(snapshot: Snapshot, drawing: layers.Drawing) -> dict[str, str]:
    """What the marks stand for, by feature id; a cluster has the name of its largest place."""
    first = [rows[0] for rows in drawing.members.values()]
    places = snapshot.places.iloc[first].itertuples()
    return {
        feature: common.title(place)
        for feature, place in zip(drawing.members, places, strict=True)
    }


def _first_flight(
    snapshot: Snapshot, places: pd.DataFrame, events: np.ndarray[Any, Any]
) -> None:
    """Send the map to what is chosen, else to where the events (so many a place) are.

    It goes where it is new, where another region has been asked for, and where other articles came.
    """
    picked = selection.chosen()
    state = st.session_state
    region = (state.get(filters.COUNTRY), tuple(state.get(filters.REGION) or ()))
    anew = st.session_state.pop("look-anew", False)
    anew |= st.session_state.get("region-shown", region) != region
    st.session_state["region-shown"] = region
    if anew:
        st.session_state.pop("flight", None)
    linked = None if anew else selection.linked_position()
    if "flight" not in st.session_state and linked:
        lat, lon, zoom = linked
        st.session_state["fly-to-chosen"] = None
        selection.fly_to([lat], [lon], zoom)
        return
    near = st.session_state.pop("fly-to-chosen", None)
    if near and picked:
        at = snapshot.places[snapshot.places["place_id"].isin(picked.places)]
        if len(at):
            area = str(at.iloc[0]["kind"]) in layers.AREA_KINDS | layers.LINE_KINDS
            zoom = selection.AREA_ZOOM if area else near
            selection.fly_to(at["lat"].to_numpy(), at["lon"].to_numpy(), zoom)
            return
    box = _box_of_regions()
    if "flight" not in st.session_state and box:
        selection.fly_to(box[:2], box[2:])
    elif "flight" not in st.session_state:
        wide = places["kind"].astype(str).isin(["country", "continent"]).to_numpy()
        lat, lon = places["lat"].to_numpy(), places["lon"].to_numpy()
        shown = clusters.first_view(lat, lon, events, wide)
        selection.fly_to(lat[shown], lon[shown])


def _box_of_regions() -> tuple[float, ...] | None:
    """South, north, west and east of the regions that were asked for, where they have outlines."""
    found = [outline for one in filters.regions_asked_for() if (outline := common.outlines()(one))]
    if not found:
        return None
    west, south, east, north = shapely.total_bounds([shape(outline) for outline in found])
    if east - west > 180:  # across the date line: the events say where to look
        return None
    return float(south), float(north), float(west), float(east)


def _offer_assets() -> None:
    """Instead of the map: what is missing, how to fetch it, and the internet at one click."""
    common.show_empty(strings.MAP_TITLE, strings.ASSETS_MISSING)
    st.caption(strings.ASSETS_COMMAND)
    st.code(assets.FETCH_COMMAND, language=None)

    def accept() -> None:
        st.session_state["cdn"] = True

    st.button(strings.ASSETS_CDN, help=strings.ASSETS_CDN_HELP, on_click=accept, key="cdn-button")


def _table(snapshot: Snapshot, counted: pd.DataFrame) -> None:
    """The map's content as a table; a chosen row is a chosen place."""
    if counted.empty:
        return
    ranked = counted.sort_values(["count", "place"], ascending=[False, True]).head(TABLE_ROWS)
    places = snapshot.places.iloc[ranked["place"].to_numpy(dtype=int)]
    types = [kind.name for kind in common.codebook().types]
    counted_as = strings.TABLE_COUNTED[views.unit()]
    table = pd.DataFrame(
        {
            strings.TABLE_PLACE: [common.title(place) for place in places.itertuples()],
            # What many rows share goes to the browser once; an empty text would be shown as "None".
            strings.TABLE_LIES_IN: pd.Categorical(
                common.lies_in(place) or strings.TABLE_NOWHERE for place in places.itertuples()
            ),
            strings.TABLE_KIND: pd.Categorical(map(common.kind, places["kind"])),
            counted_as: ranked["count"].to_numpy(),
            strings.TABLE_MOST: pd.Categorical(
                ranked.reindex(columns=types, fill_value=0).idxmax(axis=1).map(views.type_names())
            ),
        }
    )
    ids = places["place_id"].astype(str).to_list()
    key = f"table-{st.session_state.get('table-turn', 0)}"

    def pick() -> None:
        found = st.session_state[key]["selection"]["rows"]
        picked = selection.Chosen((ids[found[0]],)) if found else None
        selection.choose(picked, in_table=True)

    cut = strings.TABLE_CUT.format(shown=TABLE_ROWS, n=f"{len(counted):,}")
    said = " ".join([strings.TABLE_HELP, *([cut] if len(counted) > len(table) else [])])
    st.html(
        f'<p class="dl-muted"><b>{common.safe(strings.TABLE_TITLE)}</b> {common.safe(said)}</p>'
    )
    st.dataframe(
        table, key=key, hide_index=True, on_select=pick, selection_mode="single-row",
        height=common.table_height(len(table)), alt=strings.TABLE_TITLE,
        column_config={counted_as: st.column_config.NumberColumn(width="small")},
    )  # fmt: skip

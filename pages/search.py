"""Go to a place by its name: the gazetteer on this machine, with a list where a name is shared."""

from __future__ import annotations

import streamlit as st

from geo.errors import GeoError
from geo.geocoding.search import search_places
from geo.model import AREA_KINDS, LINE_KINDS, Place
from geo.store.snapshot import Snapshot
from pages import common, selection, strings, whole_page

SHOWN = 8
MAX_CHARS = 100
ZOOMS = {"country": 5, "continent": 3, "sea": 5, "region": 6, "river": 6, "admin1": 7, "admin2": 9}
POINT_ZOOM = 10


@st.fragment
def show(snapshot: Snapshot) -> None:
    """A button that opens a field; each place found is a button that flies the map there."""
    whole_page.rerun_if_asked()
    box = st.popover(strings.SEARCH, icon=":material/search:", on_change="rerun", key="search")
    if not box.open:
        return
    with box:
        text = st.text_input(strings.SEARCH_LABEL, key="search-text", max_chars=MAX_CHARS,
                             placeholder=strings.SEARCH_HINT)  # fmt: skip
        if not text or not text.strip():
            st.caption(strings.SEARCH_HELP)
            return
        try:
            found = search_places(common.gazetteer(), text, SHOWN)
        except GeoError as error:
            common.show_error(error)
            return
        if not found:
            st.caption(strings.SEARCH_NONE)
        for place in found:
            st.button(_label(place), key=f"found-{place.id}", width="stretch",
                      on_click=_go, args=(snapshot, place))  # fmt: skip


def _label(place: Place) -> str:
    """`Springfield, Illinois, US · settlement`."""
    inside = [part for part in (place.admin1_name, place.country) if part and part != place.name]
    return f"{common.label(', '.join([place.name, *inside]))} · {common.kind(place.kind)}"


def _go(snapshot: Snapshot, place: Place) -> None:
    """A button's callback: fly there; choose the place where it has events, else point at it."""
    if place.id in set(snapshot.places["place_id"]):
        selection.choose_place(place.id)
    elif place.kind in AREA_KINDS | LINE_KINDS:
        selection.clear()
    else:
        selection.ask_about(place.lat, place.lon)
    selection.send(place.lat, place.lon, ZOOMS.get(place.kind, POINT_ZOOM))

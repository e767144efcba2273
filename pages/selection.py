"""What is chosen on the map and where the map looks: session state and address bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from geo.maps.clusters import Bounds, fit
from pages import filters

MAP = "map"  # key of the map component; what the browser reports of it stands in session state
RETURNED = ["last_active_drawing", "last_object_clicked_count", "zoom", "bounds"]
START_ZOOM = 2  # of geo.maps.basemap: what the browser reports before it has been sent anywhere
FIT_ZOOM = 8  # how near a view of all events may come
PLACE_ZOOM, AREA_ZOOM = 8, 6  # how near to fly to a place that a link names


@dataclass(frozen=True, slots=True)
class Chosen:
    """One place, or the places of a cluster. `feature` is the id on the map."""

    places: tuple[str, ...]
    feature: str = ""

    @property
    def is_cluster(self) -> bool:
        """Whether the reader still has to choose among several places."""
        return len(self.places) > 1


def chosen() -> Chosen | None:
    """What is chosen; on the first run what the address names."""
    if "chosen" not in st.session_state:
        named = st.query_params.get(filters.PLACE)
        st.session_state["chosen"] = Chosen((named,)) if named else None
        st.session_state["fly-to-chosen"] = bool(named)
    found: Chosen | None = st.session_state["chosen"]
    return found


def choose(selected: Chosen | None, *, in_table: bool = False) -> None:
    """Choose. Unless it was chosen in the table, the table is made anew, with no row ticked."""
    if selected != st.session_state.get("chosen"):
        st.session_state["shown"] = None  # the list of events starts short again
        if not in_table:
            st.session_state["table-turn"] = st.session_state.get("table-turn", 0) + 1
    st.session_state["chosen"] = selected


def choose_place(place_id: str) -> None:
    """A button's callback."""
    choose(Chosen((place_id,)))


def clear() -> None:
    """A button's callback."""
    choose(None)


def write_address() -> None:
    """Bring the address bar in line with what is chosen."""
    selected = st.session_state.get("chosen")
    wanted = selected.places[0] if selected and not selected.is_cluster else None
    if wanted == st.query_params.get(filters.PLACE):
        return
    if wanted:
        st.query_params[filters.PLACE] = wanted
    elif filters.PLACE in st.query_params:
        del st.query_params[filters.PLACE]


def take_click(members: Mapping[str, Sequence[str]]) -> None:
    """Act on a click that the browser reported and that has not been acted on yet.

    members : feature id -> place ids. The last drawing is sticky: only a changed count is a click.
    """
    state = st.session_state.get(MAP) or {}
    count = state.get("last_object_clicked_count") or 0
    if count == st.session_state.get("clicks", 0):
        return
    st.session_state["clicks"] = count
    drawing = state.get("last_active_drawing") or {}
    feature = str((drawing.get("properties") or {}).get("id") or "")
    if count and feature in members:
        choose(Chosen(tuple(members[feature]), feature))


# -- where the map looks ----------------------------------------------------------------------


def view() -> tuple[int, Bounds | None]:
    """Zoom level and bounds that the browser last reported, or the zoom it is on its way to."""
    state = st.session_state.get(MAP) or {}
    zoom, bounds = state.get("zoom"), _bounds(state.get("bounds"))
    flying = st.session_state.get("flying")
    if flying is not None:
        level, left_from = flying
        if zoom in (None, START_ZOOM) or (zoom, bounds) == left_from:
            return int(level), None
        st.session_state["flying"] = None
    return int(zoom if zoom is not None else START_ZOOM), bounds


def _bounds(reported: Mapping[str, Any] | None) -> Bounds | None:
    try:
        south_west, north_east = reported["_southWest"], reported["_northEast"]  # type: ignore[index]
        return Bounds(
            float(south_west["lat"]), float(south_west["lng"]),
            float(north_east["lat"]), float(north_east["lng"]),
        )  # fmt: skip
    except (KeyError, TypeError):
        return None


def fly_to(lat: Sequence[float], lon: Sequence[float], max_zoom: int = FIT_ZOOM) -> None:
    """Send the map to where all these points are in sight, on the next run.

    dateline.js works out centre and zoom, since only the browser knows how large the map is.
    """
    lats, lons = np.asarray(lat, dtype=float), np.asarray(lon, dtype=float)
    if not len(lats):
        return
    turn = st.session_state.get("flights", 0) + 1
    st.session_state["flights"] = turn
    box = (lats.min(), lons.min(), lats.max(), lons.max())
    st.session_state["flight"] = (turn, *(round(float(edge), 4) for edge in box), max_zoom)
    state = st.session_state.get(MAP) or {}
    left_from = (state.get("zoom"), _bounds(state.get("bounds")))
    st.session_state["flying"] = (min(fit(lats, lons)[2], max_zoom), left_from)


def flight() -> tuple[float, ...]:
    """Where the map was last sent: turn, south, west, north, east, closest zoom; or nothing."""
    found: tuple[float, ...] = st.session_state.get("flight", ())
    return found


def entered() -> None:
    """The page has just been opened: the map is a new one, and must be sent somewhere."""
    state = st.session_state.get(MAP) or {}
    bounds, zoom = _bounds(state.get("bounds")), state.get("zoom")
    st.session_state.pop(MAP, None)
    st.session_state["clicks"] = 0
    if bounds is not None and zoom:
        fly_to((bounds.south, bounds.north), (bounds.west, bounds.east), int(zoom))
    else:
        st.session_state.pop("flight", None)

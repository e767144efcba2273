"""What is chosen on the map and where the map looks: session state and address bar."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from geo.maps import clusters
from geo.maps.clusters import Bounds, fit
from pages import browser, filters, whole_page

LAT, LON, ZOOM = "lat", "lon", "zoom"  # the address bar's names for where the map looks
MAP = "map"  # key of the map component; what was clicked on it stands in session state
RETURNED = ["last_active_drawing", "last_object_clicked_count"]
VIEW = "view"  # what the map shows, as dateline.js reports it: zoom, south, west, north, east
MOST_WAITS = 4  # runs that leave the address to the browser, before one writes all the same
SPOT = "at"  # id that dateline.js reports for a right click or a long press
START_ZOOM = 2  # of geo.maps.basemap
CLOSE_ZOOM = 11  # where neighbouring villages have marks of their own
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
    """What is chosen; on the first run, and where the reader went back, what the address names."""
    named = st.query_params.get(filters.PLACE)
    if "chosen" not in st.session_state:
        st.session_state["chosen"] = Chosen((named,)) if named else None
        st.session_state["fly-to-chosen"] = PLACE_ZOOM if named else None
    elif browser.went_back() and named != _place_in_address():
        choose(Chosen((named,)) if named else None)
    found: Chosen | None = st.session_state["chosen"]
    return found


def choose(selected: Chosen | None, *, in_table: bool = False) -> None:
    """Choose. Unless it was chosen in the table, the table is made anew, with no row ticked."""
    if selected != st.session_state.get("chosen"):
        st.session_state["shown"] = None  # the list of events starts short again
        if not in_table:
            st.session_state["table-turn"] = st.session_state.get("table-turn", 0) + 1
    st.session_state["chosen"] = selected
    st.session_state["spot"] = None
    if selected:
        _show_panel()


def spot() -> tuple[float, float] | None:
    """The point (lat, lon) that the reader asked about by a right click or a long press."""
    found: tuple[float, float] | None = st.session_state.get("spot")
    return found


def ask_about(lat: float, lon: float) -> None:
    """Ask what lies at a point, in place of what is chosen."""
    choose(None)
    st.session_state["spot"] = (lat, lon)
    _show_panel()


def _show_panel() -> None:
    st.session_state["panel-turn"] = st.session_state.get("panel-turn", 0) + 1


def panel_turn() -> int:
    """How often something was chosen: on a phone the panel then comes into sight."""
    return int(st.session_state.get("panel-turn", 0))


def choose_place(place_id: str) -> None:
    """A button's callback."""
    choose(Chosen((place_id,)))


def go_to(place_id: str) -> None:
    """In a callback: choose a place, and send the map there; nothing is chosen where it is ""."""
    choose(Chosen((place_id,)) if place_id else None)
    st.session_state["fly-to-chosen"] = CLOSE_ZOOM if place_id else None


def clear() -> None:
    """A button's callback."""
    choose(None)


def write_address() -> None:
    """Bring the address bar in line with what is chosen and where the map looks.

    Streamlit then sends the whole address as this run knows it. Where a button has just changed the
    filters that is the address of before, and would undo what the browser makes of the change: so
    such a run leaves it alone, and those that set out before the browser heard of it.
    """
    waited = st.session_state.get("address-waits", 0)
    behind = filters.address_is_behind() and waited < MOST_WAITS
    st.session_state["address-waits"] = waited + 1 if behind else 0
    if behind:
        return
    place = _place_in_address()
    if not place and filters.PLACE in st.query_params:
        del st.query_params[filters.PLACE]
    wanted = {**({filters.PLACE: place} if place else {}), **_position()}
    if any(st.query_params.get(key) != value for key, value in wanted.items()):
        st.query_params.update(wanted)  # all at once: each change is a step of the back button


def _place_in_address() -> str | None:
    """The chosen place as the address names it; a cluster has no name there."""
    selected = st.session_state.get("chosen")
    return selected.places[0] if selected and not selected.is_cluster else None


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
    told = drawing.get("properties") or {}
    feature = str(told.get("id") or "")
    if count and feature in members:
        choose(Chosen(tuple(members[feature]), feature))
    elif count and feature == SPOT:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            ask_about(float(told["lat"]), float(told["lon"]))


# -- where the map looks ----------------------------------------------------------------------


def view() -> tuple[int, Bounds | None]:
    """Zoom level and bounds that the browser last reported, or the zoom it is on its way to."""
    zoom, bounds = _reported()
    flying = st.session_state.get("flying")
    if flying is not None:
        level, left_from = flying
        if zoom is None or (zoom, bounds) == left_from:
            return int(level), None
        st.session_state["flying"] = None
    return int(zoom if zoom is not None else START_ZOOM), bounds


def keep_view(told: Any) -> None:
    """Keep what the browser says that the map shows; a callback."""
    st.session_state[VIEW] = told


def _reported() -> tuple[int | None, Bounds | None]:
    try:
        zoom, *edges = (float(number) for number in st.session_state[VIEW])
        bounds = Bounds(*edges)
    except (KeyError, TypeError, ValueError):
        return None, None
    inside = zoom in range(START_ZOOM, clusters.MAX_ZOOM + 1) and np.isfinite(edges).all()
    return (int(zoom), bounds) if inside else (None, None)


def _position() -> dict[str, str]:
    """Where the map looks, as the address says it; nothing before the browser has told."""
    zoom, bounds = view()
    if bounds is None or st.session_state.get("flying") is not None:
        return {}
    lat, lon = clusters.centre(bounds)
    digits = 3 if zoom < CLOSE_ZOOM else 5  # a few pixels
    return {LAT: f"{lat:.{digits}f}", LON: f"{lon:.{digits}f}", ZOOM: str(zoom)}


def linked_position() -> tuple[float, float, int] | None:
    """Latitude, longitude and zoom level that a link names, or None where it names none."""
    try:
        lat, lon = float(st.query_params[LAT]), float(st.query_params[LON])
        zoom = int(st.query_params[ZOOM])
    except (KeyError, ValueError):
        return None
    inside = abs(lat) <= 90 and abs(lon) <= 540 and START_ZOOM <= zoom <= clusters.MAX_ZOOM
    return (lat, lon, zoom) if inside else None


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
    st.session_state["flight"] = (turn, *(round(float(edge), 5) for edge in box), max_zoom)
    left_from = _reported()
    is_point = box[:2] == box[2:]
    level = max_zoom if is_point else min(fit(lats, lons)[2], max_zoom)
    st.session_state["flying"] = (level, left_from)


def send(lat: float, lon: float, zoom: int = PLACE_ZOOM) -> None:
    """Send the map to a point, from a part of the page that the map does not rerun with."""
    fly_to([lat], [lon], zoom)
    whole_page.ask()


def look_at(lat: float, lon: float) -> None:
    """A button's callback: go to a point, and say what lies there."""
    ask_about(lat, lon)
    send(lat, lon)


def flight() -> tuple[float, ...]:
    """Where the map was last sent: turn, south, west, north, east, closest zoom; or nothing."""
    found: tuple[float, ...] = st.session_state.get("flight", ())
    return found


def entered() -> None:
    """The page has just been opened: the map is a new one, and must be sent somewhere."""
    zoom, bounds = _reported()
    st.session_state.pop(MAP, None)
    st.session_state.pop(VIEW, None)
    st.session_state["clicks"] = 0
    if bounds is not None and zoom:
        lat, lon = clusters.centre(bounds)
        fly_to([lat], [lon], int(zoom))
    else:
        st.session_state.pop("flight", None)

"""Keeps an open page in step with the store and with the reader's browser.

New articles reach it without a reload. What is slow to load waits for the first map: the parts of
the front end that draw the chart and the table are the largest, and a browser has one thread.
"""

from __future__ import annotations

import time
from weakref import ReferenceType

import streamlit as st

from geo.store.snapshot import Snapshot
from pages import common, strings

EVERY_S = 1.0  # so that what is new is on the page within two seconds
PATIENCE_S = 6.0  # a map that has not come by then keeps nothing else waiting
WAITS_UNTIL = "map-waits-until"  # seconds of the monotonic clock; 0: waits no longer


def map_has_drawn() -> bool:
    """Whether a map has been on this reader's screen, or is no longer waited for."""
    return not st.session_state.setdefault(WAITS_UNTIL, time.monotonic() + PATIENCE_S)


def map_drawn() -> None:
    """The browser has drawn the map, or there is none to draw: nothing waits from now on."""
    st.session_state[WAITS_UNTIL] = 0.0


@st.fragment(run_every=EVERY_S)
def follow(shown: ReferenceType[Snapshot]) -> None:
    """Run the page again once there is another snapshot than the one it shows.

    Costs a look at the revision; the snapshot is brought up to date once for all sessions. Not the
    revision is compared: a store that was put in another's place may have come to the same.
    """
    waits_until = st.session_state.get(WAITS_UNTIL)
    if waits_until and time.monotonic() > waits_until:
        map_drawn()
        st.rerun()
    if common.current_snapshot() is not shown():
        st.rerun()
    if common.live().stale:
        st.warning(strings.STALE.format(reason=common.label(common.live().stale, 300)))

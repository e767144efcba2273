"""Keeps an open page in step with the store: new articles reach it without a reload."""

from __future__ import annotations

import streamlit as st

from pages import common, strings

EVERY_S = 1.0  # so that what is new is on the page within two seconds


@st.fragment(run_every=EVERY_S)
def follow(shown: int) -> None:
    """Run the page again once there is another revision than the one it shows.

    Costs a look at the revision; the snapshot is brought up to date once for all sessions.
    """
    if common.current_snapshot().revision != shown:
        st.rerun()
    if common.live().stale:
        st.warning(strings.STALE.format(reason=common.label(common.live().stale, 300)))

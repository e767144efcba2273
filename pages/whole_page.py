"""From a fragment to the whole page: where a callback has changed what lies outside of it."""

from __future__ import annotations

import streamlit as st

ASKED_FOR = "whole-page"


def ask() -> None:
    """In a callback: the page is to run whole."""
    st.session_state[ASKED_FOR] = True


def rerun_if_asked() -> None:
    """In a fragment, and first: start the run of the whole page that a callback has asked for.

    What the browser says in the meantime has the old values of the widgets outside in it, and would
    undo the new.
    """
    if st.session_state.pop(ASKED_FOR, False):
        st.rerun()

"""The bar at the foot of every page: what was done last, and the button that takes it back."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from geo.errors import GeoError
from pages import common, strings

_LAST, _FAILED = "last-act", "act-failed"


def offer(said: str, take_back: Callable[[], None]) -> None:
    """In a callback: something has been done that `take_back` undoes; the next run shows the bar.

    take_back : may raise GeoError, which the bar then tells.
    """
    st.session_state[_LAST] = (said, take_back)


def fail(error: GeoError) -> None:
    """In a callback: say on the next run why something was not done."""
    st.session_state[_FAILED] = str(error)


def _take_back(take_back: Callable[[], None]) -> None:
    """A button's callback."""
    forget()
    try:
        take_back()
    except GeoError as error:
        fail(error)


def forget() -> None:
    """There is nothing to take back any more."""
    st.session_state.pop(_LAST, None)


def bar() -> None:
    """Draw the bar, where there is something to take back or to say; first on every page.

    Its place is kept, so that what stands below, the map's frame too, is not made anew.
    """
    with st.container(key="undo-place"):
        _draw()


def _draw() -> None:
    failed = st.session_state.pop(_FAILED, None)
    if failed:
        st.error(common.label(failed, 300))
    last = st.session_state.get(_LAST)
    if not last:
        return
    said, take_back = last
    with st.container(horizontal=True, vertical_alignment="center", key="undo-bar"):
        st.html(f'<p class="dl-muted" role="status"><b>{common.safe(strings.ACT_DONE)}</b> '
                f"<bdi>{common.safe(said, 300)}</bdi></p>")  # fmt: skip
        st.button(strings.UNDO, key="undo-last", icon=":material/undo:", on_click=_take_back,
                  args=(take_back,))  # fmt: skip
        st.button(strings.DISMISS, key="undo-dismiss", icon=":material/close:", type="tertiary",
                  on_click=forget)  # fmt: skip

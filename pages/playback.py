"""Playing through time: the period moves on by itself, and the date widgets say where it is."""

from __future__ import annotations

import time
from datetime import date

import pandas as pd
import streamlit as st

from geo.query import EventFilter
from pages import common, filters, strings

FREQUENCIES = {"day": "D", "week": "W-SAT", "month": "M", "year": "Y"}
SPEED, _STEPPED = "play-speed", "play-stepped"


def is_on() -> bool:
    """Whether the period is moving."""
    return bool(st.session_state.get(filters.PLAYING))


def stop() -> None:
    """Stand still."""
    st.session_state[filters.PLAYING] = False


def _toggle() -> None:
    """A button's callback."""
    st.session_state[filters.PLAYING] = not is_on()
    st.session_state[_STEPPED] = 0.0  # the first step at once


def controls(chosen: EventFilter, first: date, last: date, unit: str) -> None:
    """Play or pause, speed, and the running date; steps by a unit of time from first to last."""
    on = is_on()
    st.button(strings.PAUSE if on else strings.PLAY, key="play", on_click=_toggle,
              icon=":material/pause:" if on else ":material/play_arrow:")  # fmt: skip
    st.selectbox(strings.SPEED, list(strings.SPEEDS), index=1, key=SPEED, width=110,
                 format_func=lambda seconds: strings.SPEEDS[seconds], persist_state="session",
                 label_visibility="collapsed")  # fmt: skip
    if chosen.date_from and chosen.date_to:
        shown = common.period(chosen.date_from, chosen.date_to, unit)
        st.html(f'<b class="dl-running">{common.safe(shown)}</b>')
    if on:
        pace = float(st.session_state[SPEED])
        st.fragment(_tick, run_every=pace)(chosen, first, last, unit, pace)


def _tick(chosen: EventFilter, first: date, last: date, unit: str, pace_s: float) -> None:
    """One step, unless the last was just now: the page also runs this when it draws itself."""
    now, stepped = time.monotonic(), float(st.session_state.get(_STEPPED, 0.0))
    if now - stepped < 0.7 * pace_s:
        return
    st.session_state[_STEPPED] = now
    period = following(chosen.date_from, chosen.date_to, first, last, unit)
    if period is None and not stepped:  # started at the end: from the beginning again
        period = following(None, None, first, last, unit)
    if period is None:
        stop()
    else:
        st.session_state[filters.PENDING] = period
    st.rerun()


def following(
    start: date | None, end: date | None, first: date, last: date, unit: str
) -> tuple[date, date] | None:
    """The period one unit later, of the same length in units; None past the last day.

    unit : a key of `FREQUENCIES`. Where no period is chosen, the first unit comes next.
    """
    freq = FREQUENCIES[unit]
    head, tail = pd.Period(first, freq=freq), pd.Period(last, freq=freq)
    if start is None or end is None:
        return head.start_time.date(), head.end_time.date()
    one, two = pd.Period(start, freq=freq) + 1, pd.Period(end, freq=freq) + 1
    if two > tail:
        return None
    return one.start_time.date(), two.end_time.date()

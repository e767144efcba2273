"""What is new since the last visit: a line that says how much, and shows that alone."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from geo.store.snapshot import Snapshot
from pages import common, strings, visits

ONLY_NEW = "only-new"  # not in the address bar: for another reader other things are new


def newer_than(snapshot: Snapshot) -> int | None:
    """Key of the newest article at the last visit, where only what is newer is asked for."""
    before = _before()
    if before is None or not st.session_state.get(ONLY_NEW) or not _count(snapshot, before):
        return None
    return before.newest


def offer(snapshot: Snapshot) -> None:
    """Say how many articles are new, if any are."""
    before = _before()
    count = _count(snapshot, before) if before else 0
    if before is None or not count:
        return
    when = datetime.fromtimestamp(before.seen, _zone())
    said = strings.NEW_SINCE.format(
        articles=common.plural(count, strings.NEW_ONE, strings.NEW_MANY),
        when=f"{common.day(when)}, {when:%H:%M}",
    )
    with st.container(horizontal=True, vertical_alignment="center", key="whats-new"):
        st.html(f'<p class="dl-muted">{common.safe(said)}</p>')
        st.toggle(strings.NEW_ONLY, key=ONLY_NEW, persist_state="session")


def _before() -> visits.Visit | None:
    return visits.read(dict(st.context.cookies), visits.BEFORE)


def _count(snapshot: Snapshot, before: visits.Visit) -> int:
    return int((snapshot.articles["key"].to_numpy() > before.newest).sum())


def _zone() -> tzinfo:
    """The reader's time zone, as the browser names it."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC

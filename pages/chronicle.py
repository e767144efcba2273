"""The starter chronicle: two years of sample reports, added and removed by one click."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from geo import pipeline
from geo.store.snapshot import Snapshot
from pages import common, strings, undo


@dataclass(frozen=True, slots=True)
class Shipped:
    """Ids of the articles that ship: the reports of the chronicle, and the sample."""

    chronicle: frozenset[str]
    sample: frozenset[str]
    first_year: str  # as the names of the files give them: 2022-02-24-invasion.md
    last_year: str


@st.cache_resource(show_spinner=False)
def shipped() -> Shipped:
    """What ships, read once per process."""
    settings = common.settings()
    reports = pipeline.chronicle_paths(settings)
    years = sorted(path.name[:4] for path in reports) or [""]
    return Shipped(
        pipeline.article_ids(reports, settings),
        pipeline.article_ids(pipeline.sample_paths(settings), settings),
        years[0],
        years[-1],
    )


def _held(snapshot: Snapshot) -> int:
    """How many of the store's articles belong to the chronicle."""
    return int(np.count_nonzero(snapshot.articles["article_id"].isin(shipped().chronicle)))


def is_offered(snapshot: Snapshot) -> bool:
    """Whether the store holds nothing but the sample, and there is a chronicle to add."""
    ids = snapshot.articles["article_id"]
    return bool(shipped().chronicle) and bool(ids.isin(shipped().sample).all())


def offer(snapshot: Snapshot, *, always: bool = False) -> None:
    """A card that adds the chronicle: beside the sample alone, or `always` where it is missing."""
    if not (is_offered(snapshot) or (always and shipped().chronicle and not _held(snapshot))):
        return
    said = strings.CHRONICLE_OFFER.format(
        n=len(shipped().chronicle), first=shipped().first_year, last=shipped().last_year
    )
    with st.container(horizontal=True, vertical_alignment="center", key="chronicle"):
        words = st.empty()
        words.html(f'<p class="dl-muted">{common.safe(said)}</p>')
        asked = st.button(strings.CHRONICLE_ADD, key="add-chronicle", icon=":material/library_add:")
    if st.session_state.get("chronicle-failed"):
        st.warning(st.session_state["chronicle-failed"])
    if asked:
        _add(words)


def _add(words: DeltaGenerator) -> None:
    """Read the chronicle; how far it is takes the place of the offer's words."""
    bar = words.progress(0.0, text=strings.CHRONICLE_READING)

    def progress(done: float, label: str) -> None:
        bar.progress(done, text=f"{strings.CHRONICLE_READING} {common.label(label)}")

    report = pipeline.read_chronicle(common.settings(), progress)
    st.session_state.pop("chronicle-failed", None)
    if report.failed:
        path, reason = report.failed[0]
        st.session_state["chronicle-failed"] = common.label(
            strings.CHRONICLE_FAILED.format(n=len(report.failed), first=f"{path.name}: {reason}"),
            300,
        )
    _look_again()
    st.rerun()


def included(snapshot: Snapshot) -> None:
    """Where the chronicle has been added: what it is, and the button that removes it."""
    held = _held(snapshot)
    if not held:
        return
    st.html(
        f'<div class="dl-head">{common.safe(strings.CHRONICLE_TITLE)}</div>'
        f'<p class="dl-note">{common.safe(strings.CHRONICLE_HERE.format(n=held))}</p>'
    )
    st.button(
        strings.CHRONICLE_REMOVE, key="remove-chronicle", on_click=_remove,
        icon=":material/delete:", type="tertiary",
    )  # fmt: skip


def _remove() -> None:
    """A button's callback."""
    pipeline.remove_chronicle(common.settings())
    undo.offer(strings.CHRONICLE_REMOVED, _bring_back)
    _look_again()


def _bring_back() -> None:
    pipeline.read_chronicle(common.settings())
    _look_again()


def _look_again() -> None:
    """Nothing is chosen any more, and the map goes where the events are now."""
    st.session_state["chosen"] = None
    st.session_state["look-anew"] = True

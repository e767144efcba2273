"""Say of an event whether it is right, or that it is the same happening as another."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo.store import corrections
from geo.store.snapshot import Snapshot
from pages import acts, common, strings
from pages.correct_place import event_label


def show(snapshot: Snapshot, events: Sequence[str]) -> None:
    """A button that opens the form for one of the events listed, by their ids."""
    if not events:
        return
    box = acts.form_box(strings.REVIEW, ":material/rate_review:", "review-box")
    if not box.open:
        return
    with box:
        by_id = {
            str(event["event_id"]): event for event in common.store().event_details(events)
        }

        def label(event_id: str) -> str:
            return common.option(event_label(by_id[event_id]), 110)

        picked = st.selectbox(strings.REVIEW_WHICH, list(by_id), format_func=label,
                              key="review-event")  # fmt: skip
        verdicts = [*corrections.REVIEWS, "merge"]
        verdict = st.radio(
            strings.REVIEW_VERDICT, verdicts, index=None, key="review-verdict",
            format_func=lambda one: strings.REVIEWS.get(one, strings.REVIEW_SAME),
        )  # fmt: skip
        other = None
        if verdict == "merge":
            others = [one for one in by_id if one != picked]
            other = st.selectbox(strings.REVIEW_OTHER, others, format_func=label, index=None,
                                 key="review-other")  # fmt: skip
        who, why = acts.sign("review")
        signed = {"who": who, "why": why, "after": acts.latest()}
        new = None
        if verdict == "merge" and other:
            new = corrections.correction("merge", {"event": picked, "other": other}, **signed)
        elif verdict in corrections.REVIEWS:
            new = corrections.correction(
                "review", {"event": picked}, {"review": verdict}, **signed
            )
        acts.offer(new, snapshot, "review", box="review-box")

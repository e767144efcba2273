"""The corrections page: the ledger, with undo, export and import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from geo.errors import GeoError
from geo.store import corrections
from geo.store.corrections import Correction
from pages import acts, common, filters, strings, undo
from pages.correct_place import event_label

ROWS = 1_000
ABOUT_CHARS = 90  # of each thing that a correction names


class _Names:
    """What the ids of corrections stand for, in a reader's words."""

    def __init__(self, ledger: Sequence[Correction]) -> None:
        snapshot = common.current_snapshot()
        targets = [one.target for one in ledger]
        events = {one.get(key, "") for one in targets for key in ("event", "other")} - {""}
        self.events = {
            str(event["event_id"]): event_label(event)
            for event in common.store().event_details(sorted(events))
        }
        articles = snapshot.articles
        self.articles = dict(
            zip(articles["article_id"].astype(str), articles["title"].astype(str), strict=True)
        )
        ids = {one.get("place", "") for one in targets} - {""}
        here = snapshot.places[snapshot.places["place_id"].isin(ids)]
        self.places = {
            str(place.place_id): acts.place_name(str(place.name), str(place.admin1_name))
            for place in here.itertuples()
        }
        for one in ids - self.places.keys():
            if place := common.gazetteer().place(one):
                self.places[one] = acts.place_name(place.name, place.admin1_name)

    def of(self, target: Mapping[str, str]) -> str:
        """What a correction is about, in a line."""
        known = {"place": self.places, "event": self.events, "other": self.events,
                 "article": self.articles}  # fmt: skip
        told = []
        for key, value in target.items():
            if not value:
                continue
            if key == "surface":
                told.append(f"“{value}”")
                continue
            name = known[key].get(value) or strings.LEDGER_GONE[key]
            told.append(name if len(name) <= ABOUT_CHARS else f"{name[: ABOUT_CHARS - 1]}…")
        return " · ".join(told)


def _about(one: Correction, made: Mapping[str, Correction], names: _Names) -> str:
    """What a correction says, in a line."""
    if one.kind == "undo":
        undone = made.get(one.target["correction"])
        return _about(undone, made, names) if undone else strings.LEDGER_GONE["correction"]
    told = names.of(one.target)
    if one.kind in ("place", "event-place"):
        to = acts.place_name(one.to.name, one.to.admin1_name) if one.to else strings.LEDGER_NOWHERE
        return f"{told} → {to}"
    if one.kind == "review":
        return f"{told} → {strings.REVIEWS[one.change['review']]}"
    return told


def _ledger(ledger: list[Correction]) -> None:
    in_force = {one.id for one in corrections.active(ledger)}
    made = {one.id: one for one in ledger}
    newest = ledger[::-1][:ROWS]
    names = _Names(ledger)
    table = pd.DataFrame(
        {
            strings.LEDGER_WHEN: [one.made[:16].replace("T", " ") for one in newest],
            strings.LEDGER_WHAT: [strings.LEDGER_KINDS[one.kind] for one in newest],
            strings.LEDGER_ABOUT: [_about(one, made, names) for one in newest],
            strings.LEDGER_WHO: [one.who for one in newest],
            strings.LEDGER_WHY: [one.why for one in newest],
            strings.LEDGER_STATE: [
                "" if one.kind == "undo" else
                strings.LEDGER_IN_FORCE if one.id in in_force else strings.LEDGER_UNDONE
                for one in newest
            ],
        }
    )  # fmt: skip
    st.html(f'<p class="dl-muted">{common.safe(strings.LEDGER_HELP)}</p>')
    picked = st.dataframe(
        table, key="ledger", hide_index=True, on_select="rerun", selection_mode="single-row",
        height=common.table_height(len(table)), alt=strings.PAGE_CORRECTIONS,
    )["selection"]["rows"]  # fmt: skip
    if not picked or picked[0] >= len(newest):
        return
    one = newest[picked[0]]
    undoing = corrections.correction(
        "undo", {"correction": one.id}, who=st.session_state.get(acts.WHO, ""),
        after=acts.latest(),
    )  # fmt: skip
    said = acts.words(common.store().foresee(undoing), common.current_snapshot())
    st.html(f'<p class="dl-note" role="status"><bdi>{common.safe(said, 600)}</bdi></p>')
    st.button(strings.UNDO_THIS, key="undo-chosen", icon=":material/undo:", on_click=_undo,
              args=(one,))  # fmt: skip


def _undo(one: Correction) -> None:
    """A button's callback."""
    try:
        acts.take_back(one)
    except GeoError as error:
        undo.fail(error)


def _take_in() -> None:
    """Add a ledger from a file, after a dry run."""
    file = st.file_uploader(strings.LEDGER_IMPORT, type=["jsonl"], key="ledger-file")
    if file is None:
        return
    limit = common.settings().max_file_bytes
    if file.size > limit:
        st.error(strings.LEDGER_TOO_LONG.format(n=f"{limit:,}"))
        return
    try:
        told = corrections.from_lines(file.getvalue(), file.name)
        known = {one.id for one in common.store().corrections()}
        new = [one for one in told if one.id not in known]
        effect = common.store().foresee(*new)
    except GeoError as error:
        common.show_error(error)
        return
    said = strings.LEDGER_NEW.format(
        n=len(new), known=len(told) - len(new), what=acts.words(effect, common.current_snapshot())
    )
    st.html(f'<p class="dl-note" role="status"><bdi>{common.safe(said, 600)}</bdi></p>')
    if st.button(strings.APPLY, key="ledger-import", disabled=not new):
        common.store().correct(*new)
        st.rerun()


def show() -> None:
    """Draw the page."""
    undo.bar()
    filters.style()
    st.html(f'<p class="dl-title" role="heading" aria-level="1">'
            f"{common.safe(strings.PAGE_CORRECTIONS)}</p>")  # fmt: skip
    ledger = common.store().corrections()
    if ledger:
        _ledger(ledger)
        st.download_button(
            strings.LEDGER_EXPORT, corrections.to_lines(ledger), "corrections.jsonl",
            "application/jsonl", key="ledger-export", icon=":material/download:",
        )  # fmt: skip
    else:
        common.show_empty(strings.LEDGER_NONE_TITLE, strings.LEDGER_NONE)
    _take_in()


show()

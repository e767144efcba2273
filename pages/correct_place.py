"""Put a place right: move what is there, confirm it, or say that the words name no place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from geo.errors import GeoError
from geo.geocoding.search import search_places
from geo.model import Place
from geo.store import corrections
from geo.store.snapshot import Snapshot
from pages import acts, common, details, selection, strings

SHOWN = 5  # candidates, and as many places found
MAX_CHARS = 100
EVERYWHERE = ("", "")


def show(
    snapshot: Snapshot,
    place_id: str,
    name: str,
    mentions: Sequence[Mapping[str, Any]],
    events: Sequence[str],
) -> None:
    """A button that opens the form for the chosen place. events : ids of some that are there."""
    box_key = f"correct-{place_id}"
    box = acts.form_box(strings.CORRECT, ":material/edit_location_alt:", box_key)
    if not box.open:
        return
    with box:
        articles = {str(m["article_id"]): str(m["title"]) for m in mentions}
        scopes = {EVERYWHERE: strings.SCOPE_ALL}
        for article_id, title in articles.items():
            scopes["article", article_id] = strings.SCOPE_ARTICLE.format(title=title)
        for event in common.store().event_details(events):
            told = strings.SCOPE_EVENT.format(event=event_label(event))
            scopes["event", str(event["event_id"])] = told
        form(snapshot, place_id, name, mentions, scopes, key="correct", box=box_key)


def form(
    snapshot: Snapshot,
    place_id: str,
    name: str,
    mentions: Sequence[Mapping[str, Any]],
    scopes: Mapping[tuple[str, str], str],
    *,
    key: str,
    surface: str = "",
    box: str = "",
) -> None:
    """What is to become of what is at a place ("": of words that are not located).

    box : key of the popover that holds the form, to be closed when it is done.
    """
    acts_on = [strings.ACT_MOVE, strings.ACT_NOT_A_PLACE]
    if place_id:
        acts_on.insert(1, strings.ACT_CONFIRM)
    what = st.radio(strings.ACT_WHAT, acts_on, key=f"{key}-act", horizontal=True)
    to: Place | None = None
    if what == strings.ACT_MOVE:
        to = _target(place_id, name, mentions, key)
    elif what == strings.ACT_CONFIRM:
        to = common.gazetteer().place(place_id) or _stored(snapshot, place_id)
    kind, narrowed = st.selectbox(
        strings.SCOPE, list(scopes), key=f"{key}-scope",
        format_func=lambda scope: common.option(scopes[scope], 110),
    )  # fmt: skip
    who, why = acts.sign(key)
    if what != strings.ACT_NOT_A_PLACE and to is None:
        acts.offer(None, snapshot, key)
        return
    target = {"place": place_id}
    target |= {"event": narrowed} if kind == "event" else {
        "surface": surface, "article": narrowed
    }  # fmt: skip
    new = corrections.correction(
        "event-place" if kind == "event" else "place", target, corrections.place_change(to),
        who=who, why=why, after=acts.latest(),
    )  # fmt: skip
    names = {to.id: acts.place_name(to.name, to.admin1_name)} if to else {}
    leads = to and to.id != place_id
    acts.offer(
        new, snapshot, key, names, box=box,
        done=partial(selection.go_to, to.id) if leads else None,
        undone=partial(selection.go_to, place_id) if leads else None,
    )  # fmt: skip


def _target(
    place_id: str, name: str, mentions: Sequence[Mapping[str, Any]], key: str
) -> Place | None:
    """The place to move to: what the reader weighed, then what a search finds."""
    weighed = sorted(
        (c for m in mentions for c in m.get("candidates") or ()), key=lambda c: -float(c["score"])
    )
    ids = list(dict.fromkeys(str(c["place_id"]) for c in weighed if c.get("place_id")))
    found = [common.gazetteer().place(one) for one in ids[: SHOWN + 1] if one != place_id]
    text = st.text_input(strings.MOVE_SEARCH, key=f"{key}-search", max_chars=MAX_CHARS,
                         placeholder=strings.SEARCH_HINT)  # fmt: skip
    asked = text.strip() or name
    try:
        searched = search_places(common.gazetteer(), asked, SHOWN)
    except GeoError as error:
        common.show_error(error)
        searched = []
    # What was asked for comes first.
    found = [*searched, *found] if text.strip() else [*found, *searched]
    places = {place.id: place for place in found if place is not None and place.id != place_id}
    if not places:
        if text.strip():
            st.caption(strings.SEARCH_NONE)
        return None
    picked = st.radio(
        strings.MOVE_TO, list(places), index=None, key=f"{key}-to",
        format_func=lambda one: _label(places[one]),
    )  # fmt: skip
    return places.get(picked) if picked else None


def _label(place: Place) -> str:
    told = details.candidate_name({
        "name": place.name, "kind": place.kind, "admin1_name": place.admin1_name,
        "country": place.country,
    })  # fmt: skip
    return common.label(f"{told} · {place.lat:.2f}, {place.lon:.2f}", 110)


def _stored(snapshot: Snapshot, place_id: str) -> Place | None:
    """The place as the store has it, where the gazetteer has no such place (any more)."""
    rows = snapshot.places[snapshot.places["place_id"] == place_id]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return Place(
        id=place_id, lat=float(row["lat"]), lon=float(row["lon"]), crosses=tuple(row["crosses"]),
        population=int(row["population"]), precision_km=float(row["precision_km"]),
        **{field: str(row[field])
           for field in ("name", "kind", "country", "admin1", "admin1_name", "source")},
    )  # fmt: skip


def event_label(event: Mapping[str, Any]) -> str:
    """An event in a line."""
    when = common.period(event["date_start"], event["date_end"], str(event["date_precision"]))
    return f"{event['subtype']}, {when}: {event['sentence']}"

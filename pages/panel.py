"""The panel beside the map: a place and its evidence, a cluster's places, or the newest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from geo import query
from geo.errors import GeoError
from geo.gazetteer.whereabouts import whereabouts
from geo.maps.clusters import separating_zoom
from geo.model import AREA_KINDS, LINE_KINDS
from geo.store.snapshot import Snapshot
from pages import common, correct_place, details, review, selection, strings, views

Rows = np.ndarray[Any, Any]
STEP = 8  # events shown at first, and with each "show more"
REPORTS_SHOWN = 20  # of one incident, besides the one on the card
CLUSTER_SHOWN = 40


def show(snapshot: Snapshot, rows: Rows, counted: pd.DataFrame, in_view: Rows) -> None:
    """Draw the panel. rows : events the filters leave; counted, in_view : places with events."""
    picked = selection.chosen()
    with st.container(key="panel-scroll"):
        if picked is None and selection.spot():
            _spot(*selection.spot())
        elif picked is None:
            _newest(snapshot, rows, counted, in_view)
        elif picked.is_cluster:
            _cluster(snapshot, picked, counted)
        else:
            _place(snapshot, rows, picked.places[0])


def _title(text: str, hint: str = "", *, clear: bool = False) -> None:
    heading = (
        f'<p class="dl-title" role="heading" aria-level="2"><bdi>{common.safe(text, 120)}</bdi></p>'
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(heading)
        if clear:
            st.button(strings.CLEAR, on_click=selection.clear, key="clear", type="tertiary",
                      icon=":material/close:")  # fmt: skip
    if hint:
        st.html(f'<p class="dl-muted">{common.safe(hint)}</p>')


# -- nothing chosen ---------------------------------------------------------------------------


def _newest(snapshot: Snapshot, rows: Rows, counted: pd.DataFrame, in_view: Rows) -> None:
    visible = counted["place"].to_numpy(dtype=int)[in_view]
    # What is on no map is shown wherever one looks.
    found = rows[(snapshot.nowhere | _happened_at(snapshot, visible))[rows]]
    _title(strings.NEWEST_TITLE, strings.NEWEST_HINT)
    if not len(found):
        st.html(f'<p class="dl-muted">{common.safe(strings.NEWEST_NONE)}</p>')
        return
    _events(snapshot, found)


# -- a spot -----------------------------------------------------------------------------------


def _spot(lat: float, lon: float) -> None:
    """What lies where the reader pressed."""
    _title(strings.SPOT_TITLE, clear=True)
    _coordinates(lat, lon)
    try:
        found = whereabouts(common.gazetteer(), lat, lon, common.outline_store_geometry())
    except GeoError as error:
        common.show_error(error)
        return
    facts = [(strings.SPOT_SETTLEMENT, strings.SPOT_NO_SETTLEMENT)]
    if found.settlement:
        away = strings.SPOT_AWAY.format(km=f"{found.distance_km:,.1f}")
        facts = [(strings.SPOT_SETTLEMENT, f"{found.settlement.name}, {away}")]
    facts += [
        (strings.SPOT_DISTRICT, found.admin2),
        (strings.SPOT_REGION, found.admin1),
        (strings.SPOT_COUNTRY, found.country),
    ]
    st.html(details.facts([(name, value) for name, value in facts if value]))
    if not found.country:
        st.html(f'<p class="dl-muted">{common.safe(strings.SPOT_NO_REGION)}</p>')
    elif not found.surveyed:
        st.html(f'<p class="dl-muted">{common.safe(strings.SPOT_BY_SETTLEMENT)}</p>')
    else:
        st.html(f'<p class="dl-muted">{common.safe(strings.SPOT_APPROXIMATE)}</p>')


def _coordinates(lat: float, lon: float) -> None:
    """Latitude and longitude, with Streamlit's button that copies them."""
    with st.container(key="coordinates"):
        st.code(f"{lat:.5f}, {lon:.5f}", language=None)


# -- one place --------------------------------------------------------------------------------


def _place(snapshot: Snapshot, rows: Rows, place_id: str) -> None:
    at = np.flatnonzero(snapshot.places["place_id"].to_numpy() == place_id)
    if not len(at):
        _title(strings.GONE_TITLE, strings.GONE, clear=True)
        return
    row = int(at[0])
    place = next(snapshot.places.iloc[[row]].itertuples())
    where = [common.kind(place.kind), common.lies_in(place), _precision(place)]
    _title(common.title(place), " · ".join(part for part in where if part), clear=True)
    _coordinates(float(place.lat), float(place.lon))
    events = events_at(snapshot, rows, np.array([row]))
    coded = bool((snapshot.events["dataset"].to_numpy()[events] >= 0).any())
    mentions = _mentions_of(snapshot, row, place_id)
    st.html(details.why_here(mentions, common.title(place), coded=coded))
    newest = snapshot.events["event_id"].iloc[query.newest_first(snapshot, events, STEP)]
    correct_place.show(snapshot, place_id, str(place.name), mentions, list(newest))
    if not len(events):
        st.html(f'<p class="dl-muted">{common.safe(strings.GONE)}</p>')
        return
    number = views.counted(len(query.once_each(snapshot, events, views.unit())))
    first, word = number.split(" ", 1)
    st.html(
        f'<p class="dl-muted"><b>{first}</b> {common.safe(word)}, '
        f"{common.safe(strings.EVENTS_NEWEST_FIRST)}</p>"
    )
    _events(snapshot, events, place_id)


def _precision(place: Any) -> str:
    if str(place.kind) in LINE_KINDS:
        return strings.PRECISION_LINE
    if str(place.kind) in AREA_KINDS:
        return strings.PRECISION_AREA
    return strings.PRECISION_POINT.format(km=f"{float(place.precision_km):.3g}")


def _mentions_of(snapshot: Snapshot, row: int, place_id: str) -> list[Mapping[str, Any]]:
    """Stored mentions of a place, from the first few articles that name it."""
    named = snapshot.mentions["article"][snapshot.mentions["place"] == row].drop_duplicates()
    found: list[Mapping[str, Any]] = []
    for article in snapshot.articles.iloc[named.to_numpy(dtype=int)[:20]].itertuples():
        told = {"article_id": str(article.article_id), "title": str(article.title)}
        mentions = common.store().mentions(told["article_id"])
        found += [{**mention, **told} for mention in mentions if mention["place_id"] == place_id]
    return found


# -- a cluster --------------------------------------------------------------------------------


def _cluster(snapshot: Snapshot, picked: selection.Chosen, counted: pd.DataFrame) -> None:
    ids = snapshot.places["place_id"].to_numpy()[counted["place"].to_numpy(dtype=int)]
    inside = counted[np.isin(ids, np.array(picked.places, dtype=object))]
    inside = inside.sort_values(["count", "place"], ascending=[False, True])
    places = snapshot.places.iloc[inside["place"].to_numpy(dtype=int)]
    _title(strings.CLUSTER_TITLE.format(n=len(places)), strings.CLUSTER_HINT, clear=True)
    zoom, _ = selection.view()
    lat, lon = places["lat"].to_numpy(dtype=float), places["lon"].to_numpy(dtype=float)
    target = separating_zoom(lat, lon, zoom=zoom) if len(places) else None
    if target is not None:
        st.button(
            strings.CLUSTER_ZOOM, key="cluster-zoom", icon=":material/zoom_in:",
            on_click=_zoom_in, args=(tuple(lat), tuple(lon), target),
        )  # fmt: skip
    else:
        st.caption(strings.CLUSTER_SAME)
    listed = zip(places["place_id"], common.told_apart(places), inside["count"], strict=True)
    for place_id, name, count in list(listed)[:CLUSTER_SHOWN]:
        st.button(
            f"{common.label(name)} · {views.counted(int(count))}", key=f"member-{place_id}",
            on_click=selection.choose_place, args=(str(place_id),), width="stretch",
        )  # fmt: skip
    if len(places) > CLUSTER_SHOWN:
        st.caption(strings.CLUSTER_MORE.format(n=len(places) - CLUSTER_SHOWN))


def _zoom_in(lat: Sequence[float], lon: Sequence[float], zoom: int) -> None:
    selection.clear()
    selection.fly_to(lat, lon, zoom)


# -- events -----------------------------------------------------------------------------------


def events_at(snapshot: Snapshot, rows: Rows, places: Rows) -> Rows:
    """Of these events, the ones with a `location` at one of these places."""
    found: Rows = rows[_happened_at(snapshot, places)[rows]]
    return found


def _happened_at(snapshot: Snapshot, places: Rows) -> Rows:
    """Mask of the snapshot's events: which have a `location` at one of these places."""
    event, place = snapshot.locations
    wanted = np.zeros(len(snapshot.places), dtype=bool)
    wanted[places] = True
    found = np.zeros(len(snapshot.events), dtype=bool)
    found[event[wanted[place]]] = True
    return found


def _events(snapshot: Snapshot, rows: Rows, place_id: str = "") -> None:
    shown = st.session_state.get("shown") or STEP
    folded = views.unit() == "incidents"
    if folded:
        ordered = query.newest_first(snapshot, rows)
        ordered = ordered[query.once_each(snapshot, ordered, "incidents")]
        heads, left = ordered[:shown], len(ordered) - shown
    else:
        heads, left = query.newest_first(snapshot, rows, shown), len(rows) - shown
    st.html(
        details.incident_list(
            _incidents(snapshot, heads, place_id), common.colours(), folded=folded
        )
    )
    review.show(snapshot, [str(one) for one in snapshot.events["event_id"].iloc[heads]])
    if left > 0:
        st.button(strings.SHOW_MORE.format(n=min(left, STEP)), on_click=_more, args=(shown,),
                  key="more")  # fmt: skip


def _incidents(
    snapshot: Snapshot, heads: Rows, place_id: str
) -> list[tuple[Mapping[str, Any], list[Mapping[str, Any]], int]]:
    """Each of these events with the other reports of its incident, and how many more there are.

    All reports are shown, those too that the filters leave out: they tell of the same.
    """
    others, left = {}, {}
    for head, told in query.other_reports(snapshot, heads).items():
        others[head], left[head] = told[:REPORTS_SHOWN], max(0, len(told) - REPORTS_SHOWN)
    reports = (row for rows in others.values() for row in rows)
    wanted = list(dict.fromkeys([*heads.tolist(), *reports]))
    # Of the rows that are shown alone: a million ids as Python texts take a tenth of a second.
    ids = dict(zip(wanted, snapshot.events["event_id"].iloc[wanted].astype(str), strict=True))
    told = event_details(list(ids.values()), place_id)
    by_id = {str(event["event_id"]): event for event in told}
    return [
        (by_id[ids[head]], [by_id[ids[row]] for row in others[head] if ids[row] in by_id],
         left[head])
        for head in heads.tolist()
        if ids[head] in by_id
    ]  # fmt: skip


def _more(shown: int) -> None:
    st.session_state["shown"] = shown + STEP


def event_details(event_ids: Sequence[str], place_id: str = "") -> list[Mapping[str, Any]]:
    """Details in the order asked for. `place_id`: underline this place's mentions, else all."""
    from geo.reading import sentences  # the rules of reading, which the map does without

    ids = [str(event_id) for event_id in event_ids]
    around = common.store().surroundings(ids)
    told = details.evidence(common.store().event_details(ids), place_id)
    return [
        {**event, "around": sentences.neighbours(*around[event["event_id"]])}
        if event["event_id"] in around else event
        for event in told
    ]  # fmt: skip

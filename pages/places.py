"""The places page: everything geocoded and by whom, and the cache of online answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from geo.errors import GeoError
from geo.store.questions import Questions
from geo.store.snapshot import Snapshot
from pages import common, filters, strings, undo

MAX_ROWS = 20_000


def table(snapshot: Snapshot) -> pd.DataFrame:
    """Every place, those named most often first."""
    places = snapshot.places
    located = snapshot.mentions["place"].to_numpy(dtype=int)
    named = np.bincount(located[located >= 0], minlength=len(places))
    order = np.argsort(-named, kind="stable")[:MAX_ROWS]
    at = places.iloc[order]
    ids = at["place_id"].astype(str).to_numpy()
    return pd.DataFrame(
        {
            strings.TABLE_PLACE: at["name"].astype(str).to_numpy(),
            strings.TABLE_KIND: [common.kind(kind) for kind in at["kind"]],
            strings.TABLE_LIES_IN: [common.lies_in(place) for place in at.itertuples()],
            strings.PLACES_LAT: at["lat"].to_numpy(dtype=float).round(4),
            strings.PLACES_LON: at["lon"].to_numpy(dtype=float).round(4),
            strings.PLACES_PRECISION: at["precision_km"].to_numpy(dtype=float),
            strings.PLACES_MENTIONS: named[order],
            strings.PLACES_PROVIDER: [provider(place_id) for place_id in ids],
            strings.PLACES_ID: ids,
        }
    )


def provider(place_id: str) -> str:
    """Who said where the place is, told from its id."""
    prefix = place_id.partition(":")[0]
    return strings.PROVIDERS.get(prefix, prefix)


def _queue() -> None:
    """How many names wait for the online geocoder, and how it is asked."""
    try:
        counts = Questions(common.store().database).counts()
    except GeoError as error:
        common.show_error(error)
        return
    cells = "".join(
        f"<span><b>{counts[state]:,}</b>{common.safe(name)}</span>"
        for state, name in strings.QUEUE_COUNTS.items()
    )
    st.html(
        f'<p class="dl-title" role="heading" aria-level="2">{common.safe(strings.QUEUE_TITLE)}</p>'
        f'<p class="dl-muted">{common.safe(strings.QUEUE_HINT)}</p>'
        f'<div class="dl-counts">{cells}</div>'
    )
    settings = common.settings()
    if not settings.nominatim_user_agent:
        st.caption(strings.QUEUE_OFF)
        return
    st.caption(
        common.label(
            strings.QUEUE_POLICY.format(
                url=settings.nominatim_url, seconds=f"{settings.nominatim_interval_s:g}"
            ),
            300,
        )
    )
    st.code(strings.QUEUE_COMMAND, language=None)


def _cache() -> None:
    """What the cache of online answers holds, and a way to forget an entry."""
    st.html(
        f'<p class="dl-title" role="heading" aria-level="2">{common.safe(strings.CACHE_TITLE)}</p>'
        f'<p class="dl-muted">{common.safe(strings.CACHE_HINT)}</p>'
    )
    try:
        stats = common.store().cache_stats()
        entries = common.store().cache_entries()
    except GeoError as error:
        common.show_error(error)
        return
    st.html(
        '<div class="dl-counts">'
        f"<span><b>{stats['entries']:,}</b>{common.safe(strings.CACHE_ENTRIES)}</span>"
        f"<span><b>{stats['misses_kept']:,}</b>{common.safe(strings.CACHE_MISSES)}</span>"
        f"<span><b>{stats['lookups']:,}</b>{common.safe(strings.CACHE_LOOKUPS)}</span>"
        f"<span><b>{stats['hits']:,}</b>{common.safe(strings.CACHE_HITS)}</span></div>"
    )
    if not entries:
        if not common.settings().nominatim_user_agent:
            st.caption(strings.CACHE_OFF)
        return
    st.dataframe(
        pd.DataFrame(
            {
                strings.CACHE_PROVIDER: [entry["provider"] for entry in entries],
                strings.CACHE_VERSION: [entry["version"] for entry in entries],
                strings.CACHE_QUERY: [entry["query"] for entry in entries],
                strings.CACHE_EXPIRES: [entry["expires"] for entry in entries],
            }
        ),
        hide_index=True,
        key="cache-table",
        alt=strings.CACHE_TITLE,
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox(
            strings.CACHE_CHOOSE, range(len(entries)), key="cache-choice",
            format_func=lambda n: f"{entries[n]['provider']}: {entries[n]['query']}"[:120],
        )  # fmt: skip
        if st.button(strings.CACHE_FORGET, help=strings.CACHE_FORGET_HELP, key="forget"):
            entry = entries[picked]
            common.store().cache_forget(entry["provider"], entry["query"])
            st.toast(strings.CACHE_FORGOTTEN.format(query=common.label(entry["query"])))
            st.rerun()


def show() -> None:
    """Draw the page."""
    undo.bar()
    filters.style()
    snapshot = common.current_snapshot()
    if snapshot.is_empty:
        common.show_empty_store()
        return
    st.html(
        f'<p class="dl-title" role="heading" aria-level="1">{common.safe(strings.PLACES_TITLE)}</p>'
        f'<p class="dl-muted">{common.safe(strings.PLACES_HINT)}</p>'
    )
    if len(snapshot.places):
        rows = table(snapshot)
        st.dataframe(
            rows, hide_index=True, key="places-table", alt=strings.PLACES_TITLE,
            height=common.table_height(len(rows)),
            column_config={
                strings.PLACES_LAT: st.column_config.NumberColumn(format="%.4f"),
                strings.PLACES_LON: st.column_config.NumberColumn(format="%.4f"),
            },
        )  # fmt: skip
    else:
        common.show_empty(strings.PAGE_PLACES, strings.EMPTY_PLACES)
    _queue()
    _cache()


show()

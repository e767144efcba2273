"""What the map draws beneath the marks: whose regions, and from which files of outlines."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from geo.errors import GazetteerError
from geo.maps import assets, layers
from geo.store.snapshot import Snapshot
from pages import common

FOCUS_COUNTRIES = 12  # countries whose regions are drawn: those with most events


def focus_countries(places: pd.DataFrame, events: pd.Series) -> list[str]:  # type: ignore[type-arg]
    """The countries with most events, by alpha-2 code."""
    totals = pd.Series(events.to_numpy(), index=places["country"].astype(str).to_numpy())
    totals = totals[totals.index.str.fullmatch(r"[A-Z]{2}")].groupby(level=0).sum()
    ranked = totals.sort_values(ascending=False, kind="stable").head(FOCUS_COUNTRIES)
    return sorted(ranked.index)


def outline_files(snapshot: Snapshot, focus: Sequence[str]) -> list[str]:
    """Names of the outline files that the browser is to load."""
    kinds = snapshot.places["kind"].astype(str)
    drawn = snapshot.places["place_id"][kinds.isin(layers.AREA_KINDS | layers.LINE_KINDS)]
    names = [_river_file(), _shape_file(tuple(sorted(drawn)))]
    names += [_border_file(country) for country in focus]
    return [*(name for name in names if name), *_town_files(tuple(focus))]


@st.cache_resource(show_spinner=False)
def _river_file() -> str | None:
    found = common.outline_store()
    return assets.river_file(found) if found else None


@st.cache_resource(show_spinner=False, max_entries=8)
def _shape_file(place_ids: tuple[str, ...]) -> str | None:
    found = common.outline_store()
    return assets.shape_file(found, "shapes", place_ids) if found else None


@st.cache_resource(show_spinner=False)
def _border_file(country: str) -> str | None:
    found = common.outline_store()
    return assets.border_file(found, country) if found else None


@st.cache_resource(show_spinner=False, max_entries=8)
def _town_files(countries: tuple[str, ...]) -> list[str]:
    try:
        return assets.town_files(common.gazetteer(), countries)
    except GazetteerError:  # a map without names, where it was taken away under the dashboard
        return []

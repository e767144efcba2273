"""The usual way, to compare with: a page that draws one CircleMarker for each event."""

import os

import folium
import streamlit as st
from streamlit_folium import st_folium

from geo.codebook import load_codebook
from geo.maps import basemap
from geo.settings import Settings
from geo.store.snapshot import Snapshot, synthetic


@st.cache_resource
def events() -> Snapshot:
    """The same made-up events as the dashboard has."""
    types = [kind.name for kind in load_codebook(Settings.from_env().codebook).types]
    return synthetic(int(os.environ["BENCH_EVENTS"]), types)


snapshot = events()
only = st.checkbox("Battles", key="battles")
rows = snapshot.events
if only:
    rows = rows[rows["type"] == "Battles"]
at = snapshot.event_places.drop_duplicates("event").set_index("event")["place"].reindex(rows.index)
group = folium.FeatureGroup(name="events")
for place in snapshot.places.iloc[at.dropna().astype(int)].itertuples():
    folium.CircleMarker((place.lat, place.lon), radius=6, fill=True).add_to(group)
st_folium(
    basemap.base_map(basemap.local_assets()), key="map", height=560, returned_objects=[],
    feature_group_to_add=group,
)  # fmt: skip

"""The usual ways, to compare with: a page that draws made-up events with Folium's own layers."""

import os

import folium
import streamlit as st
from folium.plugins import FastMarkerCluster, MarkerCluster
from streamlit_folium import st_folium

from geo.codebook import load_codebook
from geo.settings import Settings
from geo.store.snapshot import Snapshot, synthetic


@st.cache_resource
def events() -> Snapshot:
    """The same made-up events as the dashboard has."""
    types = [kind.name for kind in load_codebook(Settings.from_env().codebook).types]
    return synthetic(int(os.environ["BENCH_EVENTS"]), types)


snapshot, way = events(), os.environ["BENCH_WAY"]
only = st.checkbox("Battles", key="battles")
event, place = snapshot.locations
if only:
    place = place[(snapshot.events["type"] == "Battles").to_numpy()[event]]
at = snapshot.places[["lat", "lon"]].to_numpy()[place].tolist()
group = folium.FeatureGroup(name="events")
if way == "fast":
    FastMarkerCluster(at).add_to(group)
else:
    holder = MarkerCluster().add_to(group) if way == "cluster" else group
    for lat, lon in at:
        folium.CircleMarker((lat, lon), radius=6, fill=True).add_to(holder)
chart = folium.Map(at[0], zoom_start=6, tiles=None)
group.add_to(chart)
st_folium(chart, key="map", height=560, returned_objects=[])

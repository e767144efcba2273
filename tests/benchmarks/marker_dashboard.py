"""The usual ways, to compare with: a page that draws made-up events with Folium's own layers.

Leaflet and its cluster plugin stand in the addresses themselves, since no network is at hand.
"""

import base64
import os

import folium
import streamlit as st
from folium.plugins import FastMarkerCluster, MarkerCluster
from streamlit_folium import st_folium

from geo.codebook import load_codebook
from geo.settings import ROOT, Settings
from geo.store.snapshot import Snapshot, synthetic


@st.cache_resource
def events() -> Snapshot:
    """The same made-up events as the dashboard has."""
    types = [kind.name for kind in load_codebook(Settings.from_env().codebook).types]
    return synthetic(int(os.environ["BENCH_EVENTS"]), types)


@st.cache_resource
def script(path: str) -> str:
    """A file of node_modules as the address of a script."""
    raw = (ROOT / "node_modules" / path).read_bytes()
    return f"data:text/javascript;base64,{base64.b64encode(raw).decode()}"


AS_CIRCLE = "function (row) { return L.circleMarker([row[0], row[1]], {radius: 6, fill: true}); }"
snapshot, way = events(), os.environ["BENCH_WAY"]
only = st.checkbox("Battles", key="battles")
event, place = snapshot.locations
if only:
    place = place[(snapshot.events["type"] == "Battles").to_numpy()[event]]
at = snapshot.places[["lat", "lon"]].to_numpy()[place].tolist()
group = folium.FeatureGroup(name="events")
if way == "fast":
    holder = FastMarkerCluster(at, callback=AS_CIRCLE).add_to(group)
else:
    holder = MarkerCluster().add_to(group) if way == "cluster" else group
    for lat, lon in at:
        folium.CircleMarker((lat, lon), radius=6, fill=True).add_to(holder)
holder.default_js = holder.default_css = []
chart = folium.Map(at[0], zoom_start=6, tiles=None)
chart.options["maxZoom"] = 18  # the cluster plugin asks for it where there are no tiles
scripts = ("leaflet/dist/leaflet.js", "leaflet.markercluster/dist/leaflet.markercluster.js")
chart.default_js = [(path, script(path)) for path in scripts]
chart.default_css = []
group.add_to(chart)
st_folium(chart, key="map", height=560, returned_objects=[])

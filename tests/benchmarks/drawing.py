"""From a filter to a layer on the map: what the dashboard does, and one marker for each event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import folium
from streamlit_folium import _get_feature_group_string

from geo import query
from geo.codebook import Codebook, load_codebook
from geo.maps import layers
from geo.maps.clusters import Bounds
from geo.query import EventFilter
from geo.settings import Settings
from geo.store.snapshot import Snapshot, synthetic
from tests.benchmarks.measure import Result, median_s

SMALL, LARGE = 10_000, 1_000_000
UKRAINE = Bounds(south=43.0, west=20.0, north=53.5, east=42.5)
ZOOM = 6
FILTER = EventFilter(
    types=("Battles", "Explosions/Remote violence"),
    admin1s=("UA-14", "UA-65"),
    date_from=date(2022, 6, 1),
    date_to=date(2023, 6, 1),
)
EVERYTHING = EventFilter()


def our_layer(snapshot: Snapshot, codebook: Codebook, chosen: EventFilter) -> str:
    """What a change of filters sends to the browser, as streamlit-folium sends it."""
    rows = query.select(snapshot, chosen)
    counts = query.place_counts(snapshot, rows)
    types = [kind.name for kind in codebook.types]
    drawing = layers.draw(
        snapshot.places,
        counts["place"].to_numpy(),
        counts.reindex(columns=types, fill_value=0).to_numpy(),
        codebook,
        layers.MapView(zoom=ZOOM, bounds=UKRAINE),
    )
    return sent(layers.event_layer(drawing))


def marker_layer(snapshot: Snapshot, codebook: Codebook, chosen: EventFilter) -> str:
    """The same events, the way Folium's manual has it: a CircleMarker for each."""
    colours = {kind.name: kind.colour_light for kind in codebook.types}
    rows = query.select(snapshot, chosen)
    events = snapshot.events.iloc[rows]
    where = snapshot.event_places.drop_duplicates("event").set_index("event")["place"]
    places = snapshot.places.iloc[where.reindex(rows).dropna().astype(int)]
    group = folium.FeatureGroup(name="events")
    for lat, lon, kind in zip(places["lat"], places["lon"], events["type"], strict=False):
        folium.CircleMarker(
            (lat, lon), radius=6, color=colours[kind], fill=True, tooltip=str(kind)
        ).add_to(group)
    return sent(group)


def sent(group: folium.FeatureGroup) -> str:
    """The script that streamlit-folium makes of a feature group."""
    return str(_get_feature_group_string(group, folium.Map(tiles=None)))


def run(settings: Settings) -> Iterator[Result]:
    """Filter to layer at both sizes, then the plain way at the small one, on the same rows."""
    codebook = load_codebook(settings.codebook)
    types = [kind.name for kind in codebook.types]
    small_s = 0.0
    for events in (SMALL, LARGE):
        snapshot = synthetic(events, types)
        for label, chosen in (("all", EVERYTHING), ("types + region + dates", FILTER)):
            seconds = median_s(
                lambda s=snapshot, c=chosen: our_layer(s, codebook, c), runs=7, warm_up=2
            )
            size = len(our_layer(snapshot, codebook, chosen))
            if (events, label) == (SMALL, "all"):
                small_s = seconds
            yield Result(
                name=f"filter to layer, {events:,} events, {label}",
                value=1000 * seconds, unit="ms", runs=7, note=f"{size / 1000:,.0f} kB sent",
                against=f"{SMALL:,} events, all",
                ratio=seconds / small_s if (events, label) != (SMALL, "all") else None,
            )  # fmt: skip
    snapshot = synthetic(SMALL, types)
    seconds = median_s(lambda: marker_layer(snapshot, codebook, EVERYTHING), runs=1, warm_up=0)
    size = len(marker_layer(snapshot, codebook, EVERYTHING))
    yield Result(
        name=f"a CircleMarker per event, {SMALL:,} events, all",
        value=1000 * seconds, unit="ms", runs=1, note=f"{size / 1000:,.0f} kB sent",
        against="our layer on the same events", ratio=seconds / small_s,
    )  # fmt: skip

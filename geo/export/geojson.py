"""GeoJSON (RFC 7946): longitude first, null geometry for what has no place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from geo.export.records import COLUMNS, Told, locations, plain


def write(records: Iterable[Told]) -> bytes:
    """A FeatureCollection with one feature per event.

    An event with several locations is a MultiPoint, its points in the order of the entries of
    `place_list` whose role is `location`. Where one is the middle of an area or a line,
    `is_centroid` is true.
    """
    features = []
    for record, places in records:
        here = locations(places)
        points = [[place["lon"], place["lat"]] for place in here]
        geometry: dict[str, Any] | None = None
        if len(points) == 1:
            geometry = {"type": "Point", "coordinates": points[0]}
        elif points:
            geometry = {"type": "MultiPoint", "coordinates": points}
        properties = {name: plain(record[name]) for name in COLUMNS if name not in ("lat", "lon")}
        properties["place_list"] = places
        if here:
            properties["is_centroid"] = any(place["is_centroid"] for place in here)
        features.append(
            {"type": "Feature", "id": record["event_id"], "geometry": geometry,
             "properties": properties}
        )  # fmt: skip
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False).encode("utf-8")

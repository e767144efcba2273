"""Events as files that other programs read: CSV and GeoJSON, exactly the rows on screen."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from geo.model import AREA_KINDS, LINE_KINDS
from geo.query import Rows
from geo.store import Store
from geo.store.snapshot import Snapshot

COLUMNS = (
    "event_id", "type", "subtype", "status", "date_start", "date_end", "date_precision",
    "places", "lat", "lon", "place_kind", "precision_km", "is_centroid", "country", "admin1",
    "actors", "claimed_by", "fatalities_low", "fatalities_high", "confidence", "review",
    "sentence", "article_id", "article_title", "publisher", "published", "url",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CHUNK = 2_000


def _records(snapshot: Snapshot, store: Store, rows: Rows) -> Iterator[dict[str, Any]]:
    """One record per event; its point is that of its first location, None where it has none."""
    ids = snapshot.events["event_id"].to_numpy()[rows]
    for at in range(0, len(ids), _CHUNK):
        for event in store.event_details([str(i) for i in ids[at : at + _CHUNK]]):
            places = [p for p in event["places"] if p["role"] == "location"]
            first = places[0] if places else {}
            yield {
                "event_id": event["event_id"], "type": event["type"], "subtype": event["subtype"],
                "status": event["status"], "date_start": _iso(event["date_start"]),
                "date_end": _iso(event["date_end"]), "date_precision": event["date_precision"],
                "places": "; ".join(str(p["name"]) for p in places),
                "lat": first.get("lat"), "lon": first.get("lon"),
                "place_kind": first.get("kind"), "precision_km": first.get("precision_km"),
                # The middle of an area or a line is not where something happened.
                "is_centroid": first.get("kind") in AREA_KINDS | LINE_KINDS if first else None,
                "country": first.get("country"), "admin1": first.get("admin1"),
                "actors": "; ".join(event["actors"]), "claimed_by": event["claimed_by"],
                "fatalities_low": event["fatalities_low"],
                "fatalities_high": event["fatalities_high"],
                "confidence": round(float(event["confidence"]), 3), "review": event["review"],
                "sentence": event["sentence"], "article_id": event["article_id"],
                "article_title": event["title"], "publisher": event["publisher"],
                "published": _iso(event["published"]), "url": event["url"],
            }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def to_csv(snapshot: Snapshot, store: Store, rows: Rows) -> bytes:
    """Events as UTF-8 CSV with a byte order mark, a row each, columns as in `COLUMNS`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record in _records(snapshot, store, rows):
        writer.writerow([_cell(record[name]) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig", "replace")


def to_geojson(snapshot: Snapshot, store: Store, rows: Rows) -> bytes:
    """Events as a GeoJSON FeatureCollection (RFC 7946): longitude first, null where unlocated."""
    features = []
    for record in _records(snapshot, store, rows):
        lat, lon = record.pop("lat"), record.pop("lon")
        geometry = None if lat is None else {"type": "Point", "coordinates": [lon, lat]}
        features.append(
            {"type": "Feature", "id": record["event_id"], "geometry": geometry,
             "properties": record}
        )  # fmt: skip
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False).encode("utf-8", "replace")

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

Record = dict[str, Any]

COLUMNS = (
    "event_id", "type", "subtype", "status", "date_start", "date_end", "date_precision",
    "places", "lat", "lon", "place_kind", "precision_km", "is_centroid", "country", "admin1",
    "admin1_code", "targets", "origins", "actors", "claimed_by", "fatalities_low",
    "fatalities_high", "confidence", "review", "sentence", "article_id", "article_title",
    "publisher", "published", "url", "dataset", "external_id", "source",
)  # fmt: skip
# What makes a spreadsheet take a cell for a formula, in full width too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CHUNK = 2_000


def to_csv(snapshot: Snapshot, store: Store, rows: Rows) -> bytes:
    """Events as CSV, one row each, columns as in `COLUMNS`.

    UTF-8 with a byte order mark, which spreadsheets need to tell it. The point is that of the
    first location, as read; `places` names them all. Text that a spreadsheet would run as a
    formula begins with an apostrophe.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record, _ in _records(snapshot, store, rows):
        writer.writerow([_cell(record[name]) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def to_geojson(snapshot: Snapshot, store: Store, rows: Rows) -> bytes:
    """Events as a GeoJSON FeatureCollection (RFC 7946), longitude first, one feature each.

    An event with several locations is a MultiPoint, one with none has the geometry null. The
    property `locations` says what each point is; where one is the middle of an area or a line,
    `is_centroid` is true.
    """
    features = []
    for record, locations in _records(snapshot, store, rows):
        points = [[place["lon"], place["lat"]] for place in locations]
        geometry: Record | None = None
        if len(points) == 1:
            geometry = {"type": "Point", "coordinates": points[0]}
        elif points:
            geometry = {"type": "MultiPoint", "coordinates": points}
        properties = {k: v for k, v in record.items() if k not in ("lat", "lon")}
        properties["locations"] = locations
        if locations:
            properties["is_centroid"] = any(place["is_centroid"] for place in locations)
        features.append(
            {"type": "Feature", "id": record["event_id"], "geometry": geometry,
             "properties": properties}
        )  # fmt: skip
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False).encode("utf-8")


def _records(snapshot: Snapshot, store: Store, rows: Rows) -> Iterator[tuple[Record, list[Record]]]:
    """A flat record per event, and its locations. Events deleted meanwhile are left out."""
    ids = snapshot.events["event_id"].iloc[rows].to_list()
    for at in range(0, len(ids), _CHUNK):
        for event in store.event_details(ids[at : at + _CHUNK]):
            locations = _locations(event)
            yield _record(event, locations), locations


def _locations(event: Record) -> list[Record]:
    """Each place where the event happened, once, in the order read."""
    found: dict[str, Record] = {}
    for place in event["places"]:
        if place["role"] == "location":
            found.setdefault(
                place["place_id"],
                {
                    "place_id": place["place_id"], "name": place["name"], "kind": place["kind"],
                    "lat": round(place["lat"], 5), "lon": round(place["lon"], 5),
                    "precision_km": place["precision_km"], "country": place["country"],
                    "admin1": place["admin1_name"], "admin1_code": place["admin1"],
                    # The middle of an area or a line is not where something happened.
                    "is_centroid": place["kind"] in AREA_KINDS | LINE_KINDS,
                },
            )  # fmt: skip
    return list(found.values())


def _record(event: Record, locations: list[Record]) -> Record:
    first = locations[0] if locations else {}
    return {
        "event_id": event["event_id"], "type": event["type"], "subtype": event["subtype"],
        "status": event["status"], "date_start": _iso(event["date_start"]),
        "date_end": _iso(event["date_end"]), "date_precision": event["date_precision"],
        "places": "; ".join(place["name"] for place in locations),
        "lat": first.get("lat"), "lon": first.get("lon"), "place_kind": first.get("kind"),
        "precision_km": first.get("precision_km"), "is_centroid": first.get("is_centroid"),
        "country": first.get("country"), "admin1": first.get("admin1"),
        "admin1_code": first.get("admin1_code"),
        "targets": _named(event, "target"), "origins": _named(event, "origin"),
        "actors": "; ".join(event["actors"]), "claimed_by": event["claimed_by"],
        "fatalities_low": event["fatalities_low"], "fatalities_high": event["fatalities_high"],
        "confidence": round(event["confidence"], 3), "review": event["review"],
        "sentence": event["sentence"], "article_id": event["article_id"],
        "article_title": event["title"], "publisher": event["publisher"],
        "published": _iso(event["published"]), "url": event["url"] or event["source_url"],
        "dataset": event["dataset"], "external_id": event["external_id"],
        "source": event["source"],
    }  # fmt: skip


def _named(event: Record, role: str) -> str:
    names = [place["name"] for place in event["places"] if place["role"] == role]
    return "; ".join(dict.fromkeys(names))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value

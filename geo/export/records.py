"""What is told of an event, the same in every format: a flat record, and its places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from geo.codebook import Codebook
from geo.codebook.typologies import NAMES, TYPOLOGIES, Typology, codes
from geo.model import AREA_KINDS, LINE_KINDS
from geo.query import Rows
from geo.store import Store
from geo.store.snapshot import Snapshot

Record = dict[str, Any]
Told = tuple[Record, list[Record]]  # an event, and each place of it with its role

# docs/exports.md says what each holds; a test checks that it lists them all.
COLUMNS = (
    "event_id", "incident_id", "type", "subtype", "status", "date_start", "date_end",
    "date_precision", "date_reason", "places", "lat", "lon", "place_kind", "precision_km",
    "is_centroid", "country", "admin1", "admin1_code", "targets", "origins", "actors",
    "claimed_by", "instrument", "fatalities_low", "fatalities_high", "injured_low",
    "injured_high", "confidence", "review", "sentence", "article_id", "article_title",
    "publisher", "published", "url", "dataset", "licence", "external_id", "source",
    "acled_type", "ucdp_type", "cameo_root", "not_translated", "place_list",
)  # fmt: skip
DATES = frozenset(("date_start", "date_end", "published"))
NUMBERS = frozenset(("lat", "lon", "precision_km", "confidence"))
COUNTS = frozenset(("fatalities_low", "fatalities_high", "injured_low", "injured_high"))
# What makes a spreadsheet take a cell for a formula, in full width too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SEPARATOR = "; "
_CHUNK = 2_000


def records(snapshot: Snapshot, store: Store, rows: Rows, codebook: Codebook) -> Iterator[Told]:
    """A flat record per event (keys as in COLUMNS; dates are `date`), and its places."""
    events = snapshot.events
    ids = events["event_id"].iloc[rows].to_list()
    leaders = events["event_id"].iloc[events["incident"].to_numpy()[rows]].to_list()
    incident = dict(zip(ids, leaders, strict=True))
    for at in range(0, len(ids), _CHUNK):
        for event in store.event_details(ids[at : at + _CHUNK]):
            places = _places(event)
            record = _record(event, places)
            record |= _translated(codebook, event["type"], event["subtype"])
            yield {**record, "incident_id": incident[event["event_id"]]}, places


def locations(places: list[Record]) -> list[Record]:
    """Where it happened, in the order read: what a map shows."""
    return [place for place in places if place["role"] == "location"]


def _places(event: Record) -> list[Record]:
    """Each place with each role that it has, once, in the order read."""
    found: dict[tuple[str, str], Record] = {}
    for place in event["places"]:
        found.setdefault(
            (place["place_id"], place["role"]),
            {
                "place_id": place["place_id"], "role": place["role"], "name": place["name"],
                "kind": place["kind"], "lat": round(place["lat"], 5),
                "lon": round(place["lon"], 5), "precision_km": place["precision_km"],
                "country": place["country"], "admin1": place["admin1_name"],
                "admin1_code": place["admin1"],
                # The middle of an area or a line is not where something happened.
                "is_centroid": place["kind"] in AREA_KINDS | LINE_KINDS,
            },
        )  # fmt: skip
    return list(found.values())


def _record(event: Record, places: list[Record]) -> Record:
    here = locations(places)
    first = here[0] if here else {}
    return {
        "event_id": event["event_id"], "type": event["type"], "subtype": event["subtype"],
        "status": event["status"], "date_start": event["date_start"],
        "date_end": event["date_end"], "date_precision": event["date_precision"],
        "date_reason": event["date_reason"],
        "places": SEPARATOR.join(place["name"] for place in here),
        "lat": first.get("lat"), "lon": first.get("lon"), "place_kind": first.get("kind"),
        "precision_km": first.get("precision_km"), "is_centroid": first.get("is_centroid"),
        "country": first.get("country"), "admin1": first.get("admin1"),
        "admin1_code": first.get("admin1_code"),
        "targets": _named(places, "target"), "origins": _named(places, "origin"),
        "actors": SEPARATOR.join(event["actors"]), "claimed_by": event["claimed_by"],
        "instrument": event["instrument"],
        "fatalities_low": event["fatalities_low"], "fatalities_high": event["fatalities_high"],
        "injured_low": event["injured_low"], "injured_high": event["injured_high"],
        "confidence": round(event["confidence"], 3), "review": event["review"],
        "sentence": event["sentence"], "article_id": event["article_id"],
        "article_title": event["title"], "publisher": event["publisher"],
        "published": event["published"], "url": event["url"] or event["source_url"],
        "dataset": event["dataset"], "licence": event["dataset_licence"],
        "external_id": event["external_id"], "source": event["source"],
        "place_list": json.dumps(places, ensure_ascii=False) if places else "",
    }  # fmt: skip


def _translated(codebook: Codebook, kind: str, subtype: str) -> Record:
    """The event's codes in each typology, and the typologies that have none for it."""
    found = {typology: codes(codebook, typology, kind, subtype) for typology in TYPOLOGIES}
    columns: dict[str, Typology] = {
        "acled_type": "acled", "ucdp_type": "ucdp", "cameo_root": "cameo"
    }  # fmt: skip
    missing = [NAMES[typology] for typology, own in found.items() if not own]
    return {
        **{column: SEPARATOR.join(found[typology]) for column, typology in columns.items()},
        "not_translated": SEPARATOR.join(missing),
    }


def _named(places: list[Record], role: str) -> str:
    return SEPARATOR.join(place["name"] for place in places if place["role"] == role)


def plain(value: object) -> object:
    """A value as JSON and text files hold it: dates as ISO 8601."""
    return value.isoformat() if isinstance(value, date) else value


def cell(value: object) -> object:
    """The same as a spreadsheet holds it: what it would run as a formula begins with `'`."""
    value = plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value

"""Any table, by a mapping of its columns to our fields that is guessed and can be corrected.

Our own CSV is such a table, where the first place of several has the point; a GeoJSON file is read
into one (see `geojson`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo.codebook import Codebook
from geo.errors import DataError, MissingColumnError
from geo.model import (
    AREA_KINDS,
    DATE_PRECISIONS,
    LINE_KINDS,
    ROLES,
    STATUSES,
    DatasetKind,
)
from geo.sources.datasets.coded import (
    LOCATION_COLUMNS,
    NEAR_KM,
    PEOPLE,
    Coded,
    Rows,
    without_tags,
)
from geo.sources.datasets.tables import Chunk, Table

# Field -> names of columns that are taken for it, the likeliest first.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "event_id": ("event_id",),
    "external_id": ("external_id", "id", "event_id", "event id", "uid", "#event +code", "code"),
    "type": ("type", "event_type", "event type", "category", "#event +type"),
    "subtype": ("subtype", "sub_event_type", "sub type", "subcategory", "#event +subtype"),
    "status": ("status",),
    "date_start": ("date_start", "date", "event_date", "start date", "day", "#date +start",
                   "#date"),
    "date_end": ("date_end", "end_date", "end date", "#date +end"),
    "date_precision": ("date_precision",),
    "place": ("places", "place", "location", "place name", "city", "town", "locality",
              "#loc +name"),
    "lat": ("lat", "latitude", "y", "#geo +lat"),
    "lon": ("lon", "lng", "long", "longitude", "x", "#geo +lon"),
    "place_kind": ("place_kind",),
    "precision_km": ("precision_km",),
    "place_list": ("place_list",),
    "country": ("country", "country_code", "iso2", "iso3", "#country +name", "#country"),
    "admin1": ("admin1", "region", "state", "province", "oblast", "#adm1 +name"),
    "actors": ("actors", "actor", "actor1", "perpetrator", "#actor"),
    "fatalities_low": ("fatalities_low", "fatalities", "deaths", "killed", "dead",
                       "#affected +killed"),
    "fatalities_high": ("fatalities_high", "fatalities", "deaths", "killed", "dead",
                        "#affected +killed"),
    "injured_low": ("injured_low", "injured", "wounded", "#affected +injured"),
    "injured_high": ("injured_high", "injured", "wounded", "#affected +injured"),
    "claimed_by": ("claimed_by",),
    "instrument": ("instrument", "weapon"),
    "date_reason": ("date_reason",),
    "confidence": ("confidence",),
    "notes": ("sentence", "notes", "description", "details", "summary", "text", "#description"),
    "source": ("source", "publisher", "reported by", "#meta +source"),
    "url": ("url", "link", "source_url", "#meta +url"),
}  # fmt: skip
REQUIRED = ("type", "date_start")
_POINT_KINDS = frozenset(  # as data/places.csv has them
    ("settlement", "site", "island", "lake", "mountains", "strait", "ocean", "desert")
)
_KINDS = _POINT_KINDS | AREA_KINDS | LINE_KINDS


def guess(header: Sequence[str]) -> dict[str, str]:
    """Field -> column, for the fields whose column can be told by its name."""
    by_key: dict[str, str] = {}
    for name in header:
        by_key.setdefault(_key(name), name)
    found = {}
    for field, names in FIELDS.items():
        column = next((by_key[_key(name)] for name in names if _key(name) in by_key), None)
        if column is not None:
            found[field] = column
    return found


def _key(name: str) -> str:
    return re.sub(r"[\s_+\-]+", "", name.casefold())


class MappedTable:
    """One row an event, with the columns that `mapping` (field -> column) names."""

    kind: DatasetKind = "table"
    title = "Table"
    licence = ""

    def __init__(self, mapping: Mapping[str, str], *, scope: str) -> None:
        """`scope` tells ids of this table from the same ids of others: the file's digest.

        Raises DataError for a field that is not known.
        """
        unknown = sorted(set(mapping) - set(FIELDS))
        if unknown:
            raise DataError(f"no such field: {', '.join(unknown)}; the fields are "
                            f"{', '.join(FIELDS)}")  # fmt: skip
        self.mapping, self.scope = dict(mapping), scope

    def columns(self, table: Table) -> Sequence[str]:
        """The columns read. Raises MissingColumnError for fields that are needed, or columns that
        the table lacks."""
        absent = sorted(set(self.mapping.values()) - set(table.header))
        needed = [field for field in REQUIRED if field not in self.mapping]
        if absent or needed:
            raise MissingColumnError(table.name, [*absent, *needed], list(table.header))
        return list(dict.fromkeys(self.mapping.values()))

    def read(self, chunk: Chunk, codebook: Codebook) -> Coded:
        """Rows in our terms."""
        chunk = without_tags(chunk)
        frame = pd.DataFrame(
            {field: chunk.frame[column] for field, column in self.mapping.items()}
        ).assign(line=chunk.frame["line"])
        return read_fields(Chunk(frame, chunk.errors, chunk.rows), codebook, self.scope, self.kind)


def read_fields(chunk: Chunk, codebook: Codebook, scope: str, kind: str) -> Coded:
    """Rows whose columns are called as our fields."""
    own = _is_own(chunk.frame)
    if own:
        chunk = Chunk(chunk.frame.assign(**_unquoted(chunk.frame)), chunk.errors, chunk.rows)
    rows = Rows(chunk)
    first, last, precision = _days(rows)
    types, subtypes = _types(rows, codebook)
    lat, lon = rows.point("lat", "lon", optional=True)
    km = rows.number("precision_km", 0, 20_100, optional=True)
    confidence = rows.number("confidence", 0, 1, optional=True)
    people = {name: rows.people(name) for name in PEOPLE}
    for name in ("fatalities", "injured"):
        low, high = people[f"{name}_low"], people[f"{name}_high"]
        people[f"{name}_high"] = np.where(np.isnan(high), low, high)
    lists = _place_lists(rows)
    ids, line = rows.text("external_id"), chunk.frame["line"].astype("str")
    reason = rows.text("date_reason")
    events = {
        "external_id": ids.where(ids != "", line), "type": types, "subtype": subtypes,
        "status": _one_of(rows, "status", STATUSES, "occurred"), "date_start": first,
        "date_end": last, "date_precision": precision,
        "date_reason": reason.where(reason != "", "as given"),
        "actors": _listed(rows.text("actors")), "notes": rows.text("notes"),
        "claimed_by": rows.text("claimed_by"), "instrument": rows.text("instrument"),
        "source": rows.text("source"), "url": rows.text("url"),
        "confidence": np.where(np.isnan(confidence), 1.0, confidence), **people,
    }  # fmt: skip
    if own:
        events["event_id"] = rows.text("event_id")
    coded = rows.done(
        events,
        {
            "name": rows.text("place"),
            "kind": _one_of(rows, "place_kind", _KINDS, "settlement"),
            "lat": lat, "lon": lon, "precision_km": np.where(np.isnan(km), NEAR_KM, km),
            "country": rows.text("country"), "admin1": rows.text("admin1"),
        },
        f"{kind}\x1f{scope}",
    )  # fmt: skip
    return _with_lists(coded, lists) if lists else coded


def _is_own(frame: pd.DataFrame) -> bool:
    """Whether Dateline wrote these rows: their ids are its own."""
    ids = frame["event_id"] if "event_id" in frame else pd.Series(dtype="str")
    return len(ids) > 0 and bool(ids.str.fullmatch("[0-9a-f]{16}").all())


def _unquoted(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Texts without the apostrophe that our exports put before what looks like a formula."""
    found = {}
    for name in ("actors", "claimed_by", "notes", "source", "external_id", "place"):
        if name in frame:
            text = frame[name]
            quoted = text.str.match(r"'[=+\-@\t\r\n＝＋－＠]")
            found[name] = text.where(~quoted, text.str.slice(1))
    return found


def _days(rows: Rows) -> tuple[Any, Any, pd.Series]:
    """First and last day, and the precision; none where a row says that its date is unknown."""
    first = rows.dates("date_start")
    precision = _one_of(rows, "date_precision", DATE_PRECISIONS, "day")
    unknown = (rows.text("date_start") == "").to_numpy() & (precision == "unknown").to_numpy()
    rows.reasons[unknown] = ""
    given = (rows.text("date_end") != "").to_numpy()
    before = rows.reasons.copy()
    last = np.where(given, rows.dates("date_end"), first) if given.any() else first.copy()
    rows.reasons[~given] = before[~given]
    rows.refuse(last < first, lambda row: "the last day lies before the first")
    return first, last, precision


def _place_lists(rows: Rows) -> dict[int, list[dict[str, Any]]]:
    """Places of rows, by line, where the table lists them as JSON as our exports do."""
    found: dict[int, list[dict[str, Any]]] = {}
    wrong: dict[int, str] = {}
    for row, text in enumerate(rows.text("place_list") if "place_list" in rows.frame else ()):
        try:
            listed = json.loads(text) if text else []
            found[int(rows.chunk.frame["line"].iloc[row])] = [_listed_place(p) for p in listed]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            wrong[row] = f"place_list: {error}"
    rows.refuse(np.isin(np.arange(len(rows)), list(wrong)), lambda row: wrong[row])
    return found


def _listed_place(place: Any) -> dict[str, Any]:
    lat, lon = float(place["lat"]), float(place["lon"])
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"latitude {lat:g}, longitude {lon:g} are out of range or swapped")
    role, kind = str(place.get("role") or "location"), str(place.get("kind") or "settlement")
    if role not in ROLES or kind not in _KINDS:
        raise ValueError(f"role {role!r} or kind {kind!r} is not known")
    return {
        "role": role, "name": str(place.get("name") or ""), "kind": kind, "lat": lat, "lon": lon,
        "precision_km": float(place.get("precision_km") or NEAR_KM),
        "country": str(place.get("country") or ""),
        "admin1": str(place.get("admin1_code") or place.get("admin1") or ""), "admin2": "",
        "country_name": "",
    }  # fmt: skip


def _with_lists(coded: Coded, lists: Mapping[int, list[dict[str, Any]]]) -> Coded:
    """The same with the places that were listed; a place without a name has the row's."""
    named = coded.locations.set_index("event").to_dict("index")
    found = []
    for event, line in enumerate(coded.events["line"]):
        own = named.get(event, {})
        for place in lists.get(int(line), ()):
            bare = {} if place["name"] or not own else {
                name: own[name] for name in ("name", "kind", "precision_km", "country", "admin1")
            }  # fmt: skip
            found.append({"event": event, **place, **bare})
    places = pd.DataFrame(found, columns=list(LOCATION_COLUMNS))
    return Coded(coded.events, places, coded.errors, coded.rows)


def _types(rows: Rows, codebook: Codebook) -> tuple[pd.Series, pd.Series]:
    """A type of the codebook, or that of a sub-type named instead."""
    types = {kind.name.casefold(): kind.name for kind in codebook.types}
    of_sub = {sub.name.casefold(): (kind.name, sub.name)
              for kind in codebook.types for sub in kind.subtypes}  # fmt: skip
    text = rows.text("type")
    by_sub = text.str.casefold().map({key: kind for key, (kind, _) in of_sub.items()})
    found = text.str.casefold().map(types).fillna(by_sub)
    rows.refuse(
        found.isna(),
        lambda row: (
            f"type {text.iloc[row]!r} is no event type of the codebook: {', '.join(types.values())}"
        ),
    )
    given = rows.text("subtype")
    given = given.where(given != "", text.where(by_sub.notna(), ""))
    spelt = given.str.casefold().map({key: sub for key, (_, sub) in of_sub.items()})
    return found, spelt.fillna(given).astype("str")


def _one_of(rows: Rows, name: str, known: Collection[str], default: str) -> pd.Series:
    text = rows.text(name).str.casefold()
    text = text.where(text != "", default)
    rows.refuse(
        ~text.isin(list(known)),
        lambda row: f"{name} {text.iloc[row]!r} is none of {', '.join(sorted(known))}",
    )
    return text


def _listed(names: pd.Series) -> list[str]:
    codes, unique = pd.factorize(names)
    made = [json.dumps([part.strip() for part in str(value).split(";") if part.strip()])
            for value in unique]  # fmt: skip
    return [made[code] for code in codes]

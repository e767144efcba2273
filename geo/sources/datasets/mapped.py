"""Any table, by a mapping of its columns to our fields that is guessed and can be corrected.

Our own CSV is such a table, where the first place of several has the point; a GeoJSON file is read
into one (see `geojson`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from geo.codebook import Codebook
from geo.errors import DataError, MissingColumnError
from geo.model import AREA_KINDS, DATE_PRECISIONS, LINE_KINDS, STATUSES, DatasetKind
from geo.sources.datasets.coded import MOST_PEOPLE, NEAR_KM, Coded, Rows, actors_json
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
    "country": ("country", "country_code", "iso2", "iso3", "#country +name", "#country"),
    "admin1": ("admin1", "region", "state", "province", "oblast", "#adm1 +name"),
    "actors": ("actors", "actor", "actor1", "perpetrator", "#actor"),
    "fatalities_low": ("fatalities_low", "fatalities", "deaths", "killed", "dead",
                       "#affected +killed"),
    "fatalities_high": ("fatalities_high", "fatalities", "deaths", "killed", "dead",
                        "#affected +killed"),
    "confidence": ("confidence",),
    "notes": ("sentence", "notes", "description", "details", "summary", "text", "#description"),
    "source": ("source", "publisher", "reported by", "#meta +source"),
    "url": ("url", "link", "source_url", "#meta +url"),
}  # fmt: skip
REQUIRED = ("type", "date_start")
_KINDS = frozenset({"settlement", "site", "island"}) | AREA_KINDS | LINE_KINDS


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
            raise MissingColumnError([*absent, *needed], list(table.header))
        return list(dict.fromkeys(self.mapping.values()))

    def read(self, chunk: Chunk, codebook: Codebook) -> Coded:
        """Rows in our terms."""
        frame = pd.DataFrame(
            {field: chunk.frame[column] for field, column in self.mapping.items()}
        ).assign(line=chunk.frame["line"])
        return read_fields(Chunk(frame, chunk.errors, chunk.rows), codebook, self.scope, self.kind)


def read_fields(chunk: Chunk, codebook: Codebook, scope: str, kind: str) -> Coded:
    """Rows whose columns are called as our fields."""
    rows = Rows(chunk)
    types, subtypes = _types(rows, codebook)
    first = rows.dates("date_start")
    precision = _one_of(rows, "date_precision", DATE_PRECISIONS, "day")
    unknown = (rows.text("date_start") == "").to_numpy()
    if "date_precision" in rows.frame:  # our own export says that a date is unknown
        rows.reasons[unknown & (precision == "unknown").to_numpy()] = ""
    last = first.copy()
    given = (rows.text("date_end") != "").to_numpy()
    if given.any():
        ends = Rows(Chunk(chunk.frame[given].reset_index(drop=True), (), 0))
        last[given] = ends.dates("date_end")
        rows.reasons[given] = np.where(rows.reasons[given] == "", ends.reasons,
                                       rows.reasons[given])  # fmt: skip
    rows.refuse(last < first, lambda row: "the last day lies before the first")
    lat, lon = rows.point("lat", "lon", optional=True)
    km = rows.number("precision_km", 0, 20_100, optional=True)
    confidence = rows.number("confidence", 0, 1, optional=True)
    low = rows.number("fatalities_low", 0, MOST_PEOPLE, optional=True)
    high = rows.number("fatalities_high", 0, MOST_PEOPLE, optional=True)
    ids, line = rows.text("external_id"), chunk.frame["line"].astype("str")
    ids = ids.where(ids != "", line)
    own = rows.text("event_id")
    events = {
        "external_id": ids, "type": types, "subtype": subtypes,
        "status": _one_of(rows, "status", STATUSES, "occurred"), "date_start": first,
        "date_end": last, "date_precision": precision, "date_reason": "as given",
        "actors": _listed(rows.text("actors")), "fatalities_low": low,
        "fatalities_high": np.where(np.isnan(high), low, high), "notes": rows.text("notes"),
        "source": rows.text("source"), "url": rows.text("url"),
        "confidence": np.where(np.isnan(confidence), 1.0, confidence),
    }  # fmt: skip
    if len(own) and own.str.fullmatch("[0-9a-f]{16}").all():  # written by Dateline
        events["event_id"] = own
    return rows.done(
        events,
        {
            "name": rows.text("place").str.partition(";")[0].str.strip(),
            "kind": _one_of(rows, "place_kind", _KINDS, "settlement"),
            "lat": lat, "lon": lon, "precision_km": np.where(np.isnan(km), NEAR_KM, km),
            "country": rows.text("country"), "admin1": rows.text("admin1"),
        },
        f"{kind}\x1f{scope}",
    )  # fmt: skip


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
    made = []
    for value in unique:
        parts = [pd.Series([part.strip()]) for part in str(value).split(";")]
        made.append(actors_json(*parts)[0])
    return [made[code] for code in codes]

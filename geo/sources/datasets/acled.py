"""ACLED exports, of 2022 (with `data_id`) and current ones (with `disorder_type`)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pycountry

from geo.codebook import Codebook
from geo.errors import MissingColumnError
from geo.model import DatasetKind
from geo.sources.datasets.coded import (
    NEAR_KM,
    POINT_KM,
    REGION_KM,
    Coded,
    Rows,
    actors_json,
    span,
)
from geo.sources.datasets.tables import Chunk, Table

_NEEDED = (
    "event_id_cnty", "event_date", "time_precision", "event_type", "sub_event_type", "actor1",
    "actor2", "country", "admin1", "location", "latitude", "longitude", "geo_precision", "source",
    "notes", "fatalities",
)  # fmt: skip
_USED = ("iso", "iso3", "admin2")
# What ACLED's codebook says of its codes: 2 is near the town named, 3 a larger region.
_KINDS = {"1": "settlement", "2": "settlement", "3": "admin1"}
_KM = {"1": POINT_KM, "2": NEAR_KM, "3": REGION_KM}
_DATES = {"1": "day", "2": "week", "3": "month"}
_TAG = "[size="  # begins what may end a note: [size=no report]


class Acled:
    """One row an event; types are ours, which are ACLED's."""

    kind: DatasetKind = "acled"
    title = "ACLED"
    licence = (
        "Armed Conflict Location & Event Data (ACLED), acleddata.com; name the date of access and "
        "the filters. Rows may not be published again."
    )

    def columns(self, table: Table) -> Sequence[str]:
        """The columns read. Raises MissingColumnError."""
        missing = [name for name in _NEEDED if name not in table.header]
        if missing:
            raise MissingColumnError(table.name, missing, list(table.header))
        return [*_NEEDED, *(name for name in _USED if name in table.header)]

    def read(self, chunk: Chunk, codebook: Codebook) -> Coded:
        """Rows in our terms."""
        rows = Rows(chunk)
        rows.refuse(rows.text("event_id_cnty") == "", lambda row: "event_id_cnty is empty")
        types, subtypes = _types(rows, codebook)
        days, precision = rows.dates("event_date"), rows.code("time_precision", _DATES)
        first, last = span(days, precision)
        kinds, km = rows.code("geo_precision", _KINDS), rows.code("geo_precision", _KM)
        lat, lon = rows.point("latitude", "longitude")
        deaths = rows.people("fatalities")
        names = rows.text("location").where(kinds != "admin1", rows.text("admin1"))
        return rows.done(
            {
                "external_id": rows.text("event_id_cnty"), "type": types, "subtype": subtypes,
                "date_start": first, "date_end": last, "date_precision": precision,
                "date_reason": "time_precision " + rows.text("time_precision"),
                "actors": actors_json(rows.text("actor1"), rows.text("actor2")),
                "fatalities_low": deaths, "fatalities_high": deaths,
                "notes": _without_size(rows.text("notes")),
                "source": rows.text("source"),
            },
            {
                "name": names.where(names != "", rows.text("location")), "kind": kinds,
                "lat": lat, "lon": lon, "precision_km": km, "country": countries(rows),
                "admin1": rows.text("admin1"), "admin2": rows.text("admin2"),
                "country_name": rows.text("country"),
            },
            self.kind,
        )  # fmt: skip


def _without_size(notes: pd.Series) -> pd.Series:
    """Notes without the tag on the size of a crowd that may end them."""
    cut = [
        text[: text.rfind(_TAG)].rstrip() if text.endswith("]") and _TAG in text else text
        for text in notes.to_numpy(dtype=object)
    ]
    return pd.Series(cut, index=notes.index, dtype="str")


def _types(rows: Rows, codebook: Codebook) -> tuple[pd.Series, pd.Series]:
    """Types and sub-types as the codebook spells them; others are refused."""
    known = {
        f"{kind.name}\x1f{sub.name}".casefold(): (kind.name, sub.name)
        for kind in codebook.types
        for sub in kind.subtypes
    }
    given = rows.text("event_type") + "\x1f" + rows.text("sub_event_type")
    codes, unique = pd.factorize(given)
    found = [known.get(str(pair).casefold()) for pair in unique]

    def reason(row: int) -> str:
        kind, sub = rows.text("event_type").iloc[row], rows.text("sub_event_type").iloc[row]
        return f"event_type {kind!r} with sub_event_type {sub!r} is not in the codebook"

    rows.refuse(pd.Series([pair is None for pair in found]).to_numpy()[codes], reason)
    spelt = pd.DataFrame([pair or ("", "") for pair in found], columns=["type", "subtype"])
    at = spelt.iloc[codes].set_index(given.index) if len(given) else spelt
    return at["type"], at["subtype"]


def countries(rows: Rows) -> pd.Series:
    """ISO alpha-2 by `iso3` or the number `iso`, else the country's name."""
    alpha3, number, name = rows.text("iso3"), rows.text("iso"), rows.text("country")
    by_code = {}
    for code in {*alpha3.unique(), *number.unique()} - {""}:
        try:
            found = (
                pycountry.countries.get(numeric=f"{int(code):03}")
                if str(code).isdigit()
                else pycountry.countries.get(alpha_3=str(code).upper())
            )
        except (ValueError, KeyError):
            found = None
        if found:
            by_code[code] = found.alpha_2
    cells = (column.to_numpy(dtype=object) for column in (alpha3, number, name))
    alpha2 = [by_code.get(a) or by_code.get(n) or c for a, n, c in zip(*cells, strict=True)]
    return pd.Series(alpha2, index=name.index, dtype="str")

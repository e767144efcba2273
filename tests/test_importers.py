"""Each kind of data set becomes events in our terms; what cannot is named by line and reason."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from geo import export, pipeline, query
from geo.codebook import Codebook, load_codebook
from geo.errors import DataError, LimitError, MissingColumnError, NotTextError, WorkerError
from geo.export import row_errors
from geo.gazetteer import index
from geo.gazetteer.gazetteer import Gazetteer
from geo.model import AREA_KINDS, RowError
from geo.pipeline import ahead, coded_rows, datasets
from geo.pipeline.coded_places import CodedPlaces
from geo.settings import Settings
from geo.sources import text
from geo.sources.datasets import open_source, tables
from geo.sources.datasets.coded import day_of
from geo.sources.datasets.gdelt import fips_to_alpha2, types_of_roots
from geo.sources.datasets.ucdp_ged import types_of_violence
from geo.store import Store, open_store
from geo.store.snapshot import load_snapshot
from tests.acled_files import CURRENT, OLD, acled_row, write_rows
from tests.articles import SAMPLE
from tests.coded_files import (
    VIINA,
    gdelt_row,
    ucdp_row,
    viina_row,
    write_gdelt,
    write_ucdp,
)


@pytest.fixture(scope="module")
def gazetteer(settings: Settings) -> Iterator[Gazetteer]:
    """The world's places."""
    opened = index.open_gazetteer(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def codebook(settings: Settings) -> Codebook:
    """The shipped codebook."""
    return load_codebook(settings.codebook)


@pytest.fixture
def store(local_settings: Settings) -> Iterator[Store]:
    """An empty store."""
    with open_store(local_settings) as opened:
        yield opened


class Imports:
    """Imports files into one store and reads back what became of them."""

    def __init__(self, store: Store, gazetteer: Gazetteer, codebook: Codebook, own: Settings):
        self.store, self.gazetteer, self.codebook, self.own = store, gazetteer, codebook, own

    def __call__(self, path: Path, **how: Any) -> datasets.ImportReport:
        source = open_source(path, self.own, **how)
        return datasets.import_dataset(source, self.store, self.gazetteer, self.codebook, self.own)

    def events(self) -> list[dict[str, Any]]:
        """Every event with its places, by line."""
        snapshot = load_snapshot(self.store, self.own)
        found = self.store.event_details(snapshot.events["event_id"].to_list())
        return sorted(found, key=lambda event: event["position"])

    def errors(self, report: datasets.ImportReport) -> dict[int, str]:
        """Reason by line."""
        return {error.line: error.reason for error in self.store.row_errors(report.dataset.id)}


@pytest.fixture
def imports(
    store: Store, gazetteer: Gazetteer, codebook: Codebook, local_settings: Settings
) -> Imports:
    """A store to import into."""
    return Imports(store, gazetteer, codebook, local_settings)


# --- ACLED ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "delimiter", "encoding"),
    [
        (CURRENT, ",", "utf-8"), (CURRENT, ";", "utf-8-sig"), (OLD, ",", "utf-8-sig"),
        (OLD, ";", "utf-16"),
    ],
)  # fmt: skip
def test_acled_in_both_forms(
    imports: Imports, tmp_path: Path, columns: Sequence[str], delimiter: str, encoding: str
) -> None:
    path = write_rows(
        tmp_path / "a.csv", [acled_row(1)], columns, delimiter=delimiter, encoding=encoding
    )
    report = imports(path)
    assert (report.dataset.kind, report.added, report.dataset.rows_failed) == ("acled", 1, 0)
    (event,) = imports.events()
    assert (event["type"], event["subtype"]) == ("Battles", "Armed clash")
    assert (event["date_start"], event["date_end"], event["date_precision"]) == (
        date(2023, 3, 1), date(2023, 3, 1), "day",
    )  # fmt: skip
    assert event["actors"] == ["Synthetic Forces A", "Synthetic Forces B"]
    assert (event["fatalities_low"], event["fatalities_high"]) == (2, 2)
    assert event["sentence"] == "Synthetic row 1: no such event happened."
    assert (event["external_id"], event["source"], event["position"]) == ("SYN1", "Synthetic", 2)
    assert "ACLED" in event["dataset_licence"]
    (place,) = event["places"]
    assert (place["place_id"], place["kind"]) == ("gn:713174", "settlement")  # as articles have it


@pytest.mark.parametrize("written", ["2022-03-01", "01 March 2022", "March 1, 2022"])
def test_dates_of_three_styles(imports: Imports, tmp_path: Path, written: str) -> None:
    imports(write_rows(tmp_path / "a.csv", [acled_row(1, event_date=written)]))
    assert imports.events()[0]["date_start"] == date(2022, 3, 1)


def test_a_date_that_may_be_two_days_is_none() -> None:
    assert [day_of(text) for text in ("03/04/2022", "2022-13-01", "31 February 2022", "", "1")] == [
        None
    ] * 5
    assert [day_of(text) for text in ("20220301", "2022-03-01T10:00:00Z", "1-Mar-1998")] == [
        date(2022, 3, 1), date(2022, 3, 1), date(1998, 3, 1),
    ]  # fmt: skip


def test_time_precision_becomes_the_week_or_the_month(imports: Imports, tmp_path: Path) -> None:
    rows = [acled_row(1, time_precision=2, event_date="2024-02-28"),
            acled_row(2, time_precision=3, event_date="2024-02-15")]  # fmt: skip
    imports(write_rows(tmp_path / "a.csv", rows))
    found = [(e["date_start"], e["date_end"], e["date_precision"]) for e in imports.events()]
    assert found == [
        (date(2024, 2, 26), date(2024, 3, 3), "week"),
        (date(2024, 2, 1), date(2024, 2, 29), "month"),
    ]


def test_geo_precision_becomes_km_and_a_centroid_its_region(
    imports: Imports, tmp_path: Path
) -> None:
    rows = [
        acled_row(1, geo_precision=2),
        acled_row(2, geo_precision=3),
        acled_row(3, geo_precision=3, admin1="No such province", country="Ukraine"),
    ]
    imports(write_rows(tmp_path / "a.csv", rows))
    near, region, unknown = (event["places"][0] for event in imports.events())
    assert (near["kind"], near["precision_km"], near["lat"]) == ("settlement", 25.0, 48.5956)
    assert (region["place_id"], region["kind"]) == ("iso:UA-14", "admin1")
    assert (unknown["kind"], unknown["precision_km"]) == ("region", 100.0)
    assert unknown["kind"] in AREA_KINDS  # an area, known or not: never drawn as a point


def test_rows_in_error_are_named_and_the_rest_go_in(imports: Imports, tmp_path: Path) -> None:
    rows = [
        acled_row(1), acled_row(2, latitude=37.9999, longitude=48.5956),
        acled_row(3, latitude=137.9, longitude=48.6), acled_row(4, latitude=48.6, longitude=999),
        acled_row(5, event_date="03/04/2023"), acled_row(6, event_type="Batles"),
        acled_row(1, notes="told twice"), acled_row(8, fatalities="many"),
        acled_row(9, geo_precision=7), acled_row(10, latitude=""), acled_row(11, event_id_cnty=""),
        acled_row(12, fatalities=-1), acled_row(13, fatalities=""),
        acled_row(14, fatalities="3.5"), acled_row(15, event_date="0001-01-01"),
        acled_row(16, event_date="9999-12-31"), acled_row(17, country="Russia"),
        acled_row(18, latitude=0, longitude=0),
    ]  # fmt: skip
    report = imports(write_rows(tmp_path / "a.csv", rows))
    assert [event["external_id"] for event in imports.events()] == ["SYN1", "SYN13"]
    assert imports.events()[1]["fatalities_low"] is None
    assert (report.added, report.dataset.rows_read, report.dataset.rows_failed) == (2, 18, 16)
    reasons = imports.errors(report)
    for line, words in {
        3: "look swapped", 4: "looks swapped with longitude", 5: "longitude 999 is out of range",
        6: "event_date '03/04/2023' is no date", 7: "event_type 'Batles'",
        8: "the id SYN1 stands in an earlier row", 9: "fatalities 'many' is no number",
        10: "geo_precision '7' is none of 1, 2, 3", 11: "latitude is empty",
        12: "event_id_cnty is empty", 13: "fatalities -1 is out of range",
        15: "3.5 is no whole number", 16: "no day of news", 17: "no day of news",
        18: "Russia by its name and UA by its code", 19: "unknown place",
    }.items():  # fmt: skip
        assert words in reasons[line]
    written = row_errors.write(imports.store.row_errors(report.dataset.id)).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(written)))) == 17


def test_lines_are_right_beside_broken_rows_and_line_breaks(
    imports: Imports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BLOCK_BYTES", 4_000)  # several blocks of the file
    monkeypatch.setattr(tables, "ROWS_PER_CHUNK", 7)  # and several chunks of a block
    path = write_rows(tmp_path / "a.csv", [acled_row(n, notes="two\nlines") for n in range(1, 41)])
    cells = path.read_text("utf-8").split("SYN20,")
    path.write_text(cells[0] + "SYN20,too,few\nSYN20," + cells[1], encoding="utf-8")
    rows = [*path.read_text("utf-8").splitlines(keepends=True)]
    path.write_text("".join(rows) + "one cell\n\n", encoding="utf-8")
    report = imports(path)
    assert {event["external_id"]: event["position"] for event in imports.events()} == {
        f"SYN{n}": n + 1 if n < 20 else n + 2 for n in range(1, 41)
    }
    reasons = imports.errors(report)
    assert list(reasons) == [21, 43]
    assert "3 cells where there should be 31" in reasons[21]
    assert report.dataset.rows_read == 43  # with the blank one


def test_the_same_file_again_changes_nothing(imports: Imports, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", [acled_row(1), acled_row(2)])
    imports(path)
    revision = imports.store.revision()
    again = imports(path)
    assert (again.unchanged, again.added, imports.store.revision()) == (True, 0, revision)
    wider = imports(write_rows(tmp_path / "b.csv", [acled_row(n) for n in (1, 2, 3)]))
    assert (wider.added, wider.dataset.rows_known, wider.dataset.rows_failed) == (1, 2, 0)


def test_references_hold_and_are_checked_again_after_an_import(
    imports: Imports, tmp_path: Path
) -> None:
    imports(write_rows(tmp_path / "a.csv", [acled_row(n) for n in (1, 2)]))
    with imports.store.database.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT 1 FROM event WHERE dataset_key = 1"
        ).all()
    assert "ix_event_dataset_key" in str(plan)  # though it leaves out what has none


def test_a_million_identical_rows_are_one_event(
    imports: Imports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ROWS_PER_CHUNK", 300)
    path = write_rows(tmp_path / "a.csv", (acled_row(1) for _ in range(1_000)))
    report = imports(path)
    assert (report.added, report.dataset.rows_failed, len(imports.events())) == (1, 999, 1)
    assert "stands in an earlier row" in imports.errors(report)[1_001]


# --- UCDP GED ---------------------------------------------------------------------------------


@pytest.mark.parametrize("hdx", [False, True])
def test_ucdp_in_both_forms(imports: Imports, tmp_path: Path, hdx: bool) -> None:
    report = imports(write_ucdp(tmp_path / "g.csv", [ucdp_row(1)], hdx=hdx))
    assert (report.dataset.kind, report.added, report.dataset.rows_failed) == ("ucdp-ged", 1, 0)
    (event,) = imports.events()
    assert (event["type"], event["subtype"]) == ("Battles", "")
    assert (event["fatalities_low"], event["fatalities_high"]) == (2, 5)
    assert event["sentence"] == "No such event 1 [best estimate of deaths: 3]"
    assert event["actors"] == ["Synthetic A", "Synthetic B"]
    assert event["source"] == "Synthetic Office"
    assert event["position"] == (3 if hdx else 2)
    assert event["places"][0]["place_id"] == "gn:713174"  # "Bakhmut town"


def test_where_prec_and_date_prec(imports: Imports, tmp_path: Path) -> None:
    span = {"date_start": "2023-03-01", "date_end": "2023-03-05"}
    rows = [ucdp_row(n, where_prec=n, date_prec=min(n, 5), **span) for n in range(1, 8)]
    imports(write_ucdp(tmp_path / "g.csv", rows))
    found = imports.events()
    places = [event["places"][0] for event in found]
    assert [place["kind"] for place in places][:2] == ["settlement"] * 2
    assert all(place["kind"] in AREA_KINDS for place in places[2:])
    assert places[3]["place_id"] == "iso:UA-14"  # "Donetsk oblast"
    assert places[5]["place_id"] == "iso:UA"
    assert [e["date_precision"] for e in found] == [
        "day", "week", "week", "month", "year", "year", "year",
    ]  # fmt: skip
    assert {(e["date_start"], e["date_end"]) for e in found} == {
        (date(2023, 3, 1), date(2023, 3, 5))
    }


def test_ucdp_types_come_from_the_codebook(codebook: Codebook) -> None:
    assert types_of_violence(codebook) == {
        "1": "Battles", "2": "Battles", "3": "Violence against civilians",
    }  # fmt: skip


# --- GDELT ------------------------------------------------------------------------------------


def test_gdelt_keeps_codes_as_text_and_draws_no_centroid(imports: Imports, tmp_path: Path) -> None:
    where = "Sumy Oblast, Sums'ka Oblast', Ukraine"
    rows = [
        gdelt_row(1),
        gdelt_row(2, ActionGeo_Type=1, ActionGeo_FullName="Sudan", ActionGeo_CountryCode="SU"),
        gdelt_row(3, ActionGeo_Type=5, ActionGeo_FullName=where),
        gdelt_row(4, ActionGeo_Type=2, ActionGeo_FullName="Texas, United States",
                  ActionGeo_CountryCode="US", ActionGeo_Lat=31.1, ActionGeo_Long=-97.6),
        gdelt_row(5, ActionGeo_Type=0, ActionGeo_FullName="", ActionGeo_Lat="", ActionGeo_Long=""),
        gdelt_row(6, EventRootCode="99"),
    ]  # fmt: skip
    report = imports(write_gdelt(tmp_path / "20230301.export.CSV", rows))
    assert (report.dataset.kind, report.added) == ("gdelt", 5)
    city, country, state, us_state, nowhere = imports.events()
    assert city["type"] == "Protests"
    assert "CAMEO 0141" in city["sentence"]
    assert (city["source"], city["position"]) == ("example.org", 1)
    assert city["source_url"] == "https://example.org/synthetic"
    assert [(e["places"][0]["kind"], e["places"][0]["place_id"]) for e in
            (country, state, us_state)] == [
        ("country", "iso:SD"), ("admin1", "iso:UA-59"), ("admin1", "iso:US-TX"),
    ]  # fmt: skip
    assert nowhere["places"] == []
    assert "no CAMEO root" in imports.errors(report)[6]


def test_fips_codes_are_not_taken_for_iso_codes() -> None:
    known = fips_to_alpha2()
    assert [known[code] for code in ("UP", "SU", "RS", "GM", "CH", "AS", "WE")] == [
        "UA", "SD", "RU", "DE", "CN", "AU", "PS",
    ]  # fmt: skip
    assert len(known) > 240


def test_cameo_roots_come_from_the_codebook(codebook: Codebook) -> None:
    roots = types_of_roots(codebook)
    assert roots["19"][0] == "Battles"
    assert roots["14"][0] == "Protests"
    assert roots["18"][0] == "Violence against civilians"
    assert roots["07"] == ("Humanitarian", "")


# --- VIINA ------------------------------------------------------------------------------------


def test_viina_needs_its_labels(imports: Imports, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "event_info.csv", [viina_row(n) for n in (1, 2, 3)], VIINA)
    with pytest.raises(DataError, match=r"labels too \(--labels\)"):
        imports(path)
    columns = ["event_id", "t_artillery_b", "t_artillery_pred", "t_arrest_b", "a_rus_b"]
    labels = write_rows(
        tmp_path / "labels.csv",
        [{"event_id": 1, "t_artillery_b": 1, "t_artillery_pred": 0.83, "a_rus_b": 1},
         {"event_id": 2, "t_arrest_b": 1, "t_artillery_b": 0}, {"event_id": 3}],
        columns,
    )  # fmt: skip
    report = imports(path, labels=labels)
    shelling, arrest = imports.events()
    assert shelling["subtype"] == "Shelling/artillery/missile attack"
    assert (shelling["confidence"], shelling["actors"]) == (pytest.approx(0.83), ["Russia"])
    assert (arrest["subtype"], arrest["sentence"]) == ("Arrests", "Synthetic report 2")
    assert imports.errors(report) == {4: "no label says what happened"}


# --- tables and our own exports ---------------------------------------------------------------

TABLE = ["Ref", "Day", "Category", "Town", "Latitude", "Longitude", "Deaths", "What happened"]


def table_row(number: int = 1, **more: object) -> dict[str, object]:
    """One row of a table as somebody might keep it."""
    return dict(zip(TABLE, (number, "01-Mar-23", "Riots", "Kharkiv", 49.98, 36.25, 1, "Synthetic"),
                    strict=True)) | more  # fmt: skip


def test_a_mapping_is_guessed_and_corrected(imports: Imports, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "t.csv", [table_row(1)], TABLE)
    guessed = open_source(path, imports.own).mapping
    assert guessed["date_start"] == "Day"
    assert (guessed["lat"], guessed["type"]) == ("Latitude", "Category")
    assert "notes" not in guessed
    imports(path, mapping={"notes": "What happened", "external_id": "Ref", "place": "Town",
                           "fatalities_high": ""})  # fmt: skip
    (event,) = imports.events()
    assert (event["type"], event["sentence"], event["external_id"]) == ("Riots", "Synthetic", "1")
    assert (event["date_start"], event["fatalities_low"]) == (date(2023, 3, 1), 1)
    with pytest.raises(DataError, match="no such field: colour"):
        imports(path, mapping={"colour": "Town"})


def test_a_workbook_is_a_table(imports: Imports, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(TABLE)
    book.active.append([7, date(2023, 3, 1), "Protests", "Kharkiv", 49.98, 36.25, None, "=1+1"])
    book.active.append([8, "soon", "Protests", "Kharkiv", 49.98, 36.25, None, "Synthetic"])
    book.save(tmp_path / "t.xlsx")
    report = imports(tmp_path / "t.xlsx", mapping={"external_id": "Ref"})
    (event,) = imports.events()
    assert (event["external_id"], event["date_start"]) == ("7", date(2023, 3, 1))
    assert "'soon' is no date" in imports.errors(report)[3]


def as_exported(
    store: Store, own: Settings, suffix: str = "csv"
) -> tuple[bytes, list[dict[str, str]]]:
    """A file of everything, and what the CSV holds of each event."""
    snapshot, codebook = load_snapshot(store, own), load_codebook(own.codebook)
    rows = query.select(snapshot, query.EventFilter())
    as_csv = export.export("csv", snapshot, store, rows, codebook)
    held = list(csv.DictReader(io.StringIO(as_csv.decode("utf-8-sig"))))
    name = export.format_of(f"events.{suffix}")
    assert name is not None
    return export.export(name, snapshot, store, rows, codebook), held


_ROUND = ("event_id", "type", "subtype", "status", "date_start", "date_end", "date_precision",
          "lat", "lon", "place_kind", "country", "actors", "fatalities_low", "fatalities_high",
          "confidence", "sentence", "targets", "origins", "claimed_by", "instrument", "injured_low",
          "places")  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "hxl.csv", "geojson"])
def test_our_own_export_imports_to_the_same_events(
    imports: Imports, tmp_path: Path, suffix: str
) -> None:
    sample = text.load_article(SAMPLE, None, imports.own)
    reader = pipeline.open_reader(imports.own)
    imports.store.save(reader(sample))
    reader.gazetteer.close()
    written, before = as_exported(imports.store, imports.own, suffix)
    path = tmp_path / f"events.{suffix}"
    path.write_bytes(written)
    known = imports(path)
    assert (known.added, known.dataset.rows_failed) == (0, 0)
    assert known.dataset.rows_known == len(before) > 5
    imports.store.delete_dataset(known.dataset.id)
    imports.store.delete_article(sample.id)
    assert imports(path).added == len(before)
    after = as_exported(imports.store, imports.own)[1]
    wanted = {row["event_id"]: {name: row[name] for name in _ROUND} for row in before}
    assert {row["event_id"]: {name: row[name] for name in _ROUND} for row in after} == wanted


def test_a_feature_with_several_points_has_several_places(
    imports: Imports, tmp_path: Path
) -> None:
    properties = {"type": "Riots", "date": "2023-03-01", "notes": "Synthetic"}
    features = [
        {"type": "Feature", "id": 1, "properties": properties,
         "geometry": {"type": "MultiPoint", "coordinates": [[36.25, 49.98], [30.5, 50.45]]}},
        {"type": "Feature", "id": 2, "properties": properties, "geometry": None},
        {"type": "Feature", "id": 3, "properties": properties,
         "geometry": {"type": "Point", "coordinates": [49.98, 136.25]}},
        {"type": "Feature", "id": 4, "properties": properties,
         "geometry": {"type": "Polygon", "coordinates": []}},
        "no feature",
        {"type": "Feature", "id": 6, "properties": properties,
         "geometry": {"type": "Point", "coordinates": [10**400, 49.98]}},
        {"type": "Feature", "id": 7, "properties": properties,
         "geometry": {"type": "Point", "coordinates": [True, False]}},
    ]  # fmt: skip
    path = tmp_path / "f.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    report = imports(path)
    several, nowhere = imports.events()
    assert [(p["lat"], p["lon"]) for p in several["places"]] == [(49.98, 36.25), (50.45, 30.5)]
    assert nowhere["places"] == []
    reasons = imports.errors(report)
    assert "out of range or swapped" in reasons[3]
    assert "'Polygon' is not read" in reasons[4]
    assert reasons[5] == "this is no GeoJSON Feature"
    assert all("are no longitude and latitude" in reasons[line] for line in (6, 7))


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"", DataError, r"bad\.csv is empty"),
        (b"\n \n", DataError, r"bad\.csv is empty"),
        (b"event_id_cnty,sub_event_type\n", MissingColumnError, "event_date.*latitude"),
        (b"a,b\n\xd4\xe5\xe2\xf0\xe0\xeb\xfc,\x98\n", NotTextError, "UTF-8, UTF-16.*Windows-1252"),
        ("дата,подія\n".encode("cp1251") * 9, NotTextError, "UTF-8, UTF-16.*Windows-1252"),
        (b"id,notes\n" + b"a" * 900 + "удар\n".encode("cp1251"), NotTextError, "Windows-1252"),
        ("a,b\n".encode("utf-16-le"), NotTextError, "UTF-16 without its mark"),
        (b"PK\x03\x04\0", NotTextError, "an Excel workbook"),
        (b"\x1f\x8b\x08", NotTextError, "packed with gzip"),
        (b"\n<!DOCTYPE html>", NotTextError, "a web page"),
        (b'{"type": "FeatureCollection"}', NotTextError, "name it .geojson"),
        (b"a,b\n\0\0", NotTextError, "null characters"),
        (b"who,what\nx,y\n", MissingColumnError, "bad.csv: .*type, date_start; .*has who, what"),
    ],
    ids=[
        "empty", "blank", "columns missing", "encoding", "cyrillic", "a cyrillic word", "no mark",
        "workbook", "gzip", "page", "json", "binary", "unmapped",
    ],
)
def test_files_that_cannot_be_used_say_why(
    imports: Imports, tmp_path: Path, content: bytes, kind: type[DataError], said: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(kind, match=said):
        imports(path)
    assert imports.store.datasets() == []


def test_a_header_alone_is_no_data_set(imports: Imports, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", [])
    with pytest.raises(DataError, match="holds a header and no row"):
        imports(path)
    assert imports.store.datasets() == []


def test_western_letters_in_windows_1252_are_read(imports: Imports, tmp_path: Path) -> None:
    rows = [acled_row(1, notes="Synthetic: café protest")]
    source = open_source(write_rows(tmp_path / "a.csv", rows, encoding="cp1252"), imports.own)
    assert source.table.said == "Windows-1252, parted by comma"
    imports(tmp_path / "a.csv")
    assert imports.events()[0]["sentence"] == "Synthetic: café protest"


def test_formulas_are_written_back_as_text(imports: Imports, tmp_path: Path) -> None:
    formula = '=HYPERLINK("https://example.org","click")'
    rows = [acled_row(1, notes=formula, actor1="+A", source="@SUM(1)"),
            acled_row(2, notes=formula, event_date="never")]  # fmt: skip
    report = imports(write_rows(tmp_path / "a.csv", rows))
    assert imports.events()[0]["sentence"] == formula
    held = as_exported(imports.store, imports.own)[1][0]
    assert (held["sentence"], held["source"]) == (f"'{formula}", "'@SUM(1)")
    errors = imports.store.row_errors(report.dataset.id)
    assert errors[0].line == 3
    assert b"\r\n1,'=x,'@y" in row_errors.write([RowError(1, "=x", "@y")])


def test_three_hundred_columns_are_read_and_too_many_refused(
    imports: Imports, tmp_path: Path
) -> None:
    extra = [f"extra {n}" for n in range(269)]
    path = write_rows(tmp_path / "a.csv", [acled_row(1)], [*CURRENT, *extra])
    assert imports(path).added == 1
    wide = write_rows(tmp_path / "w.csv", [acled_row(2)], [*CURRENT, *extra, *map(str, range(300))])
    with pytest.raises(LimitError, match="600 columns.*DATELINE_MAX_IMPORT_COLUMNS"):
        imports(wide)


def test_limits_say_which_setting_raises_them(imports: Imports, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", [acled_row(n) for n in range(9)])
    small = dataclasses.replace(imports.own, max_import_bytes=100)
    with pytest.raises(LimitError, match="DATELINE_MAX_IMPORT_BYTES"):
        open_source(path, small)
    imports.own = dataclasses.replace(imports.own, max_import_rows=5)
    with pytest.raises(LimitError, match="DATELINE_MAX_IMPORT_ROWS"):
        imports(path)


def test_a_zip_bomb_is_refused_before_it_is_opened(imports: Imports, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 40_000_000)
    assert path.stat().st_size < 1_000_000
    imports.own = dataclasses.replace(imports.own, max_import_bytes=20_000_000)
    with pytest.raises(LimitError, match="unpacks to 40,000,000 bytes"):
        imports(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 12_000_000)  # within the limit
    with pytest.raises(LimitError, match="more than 250 times its size"):
        imports(path)


@pytest.mark.parametrize("content", [b"no zip", b"PK\x03\x04broken"])
def test_a_damaged_workbook_says_so(imports: Imports, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    with pytest.raises(DataError, match="no Excel workbook"):
        imports(path)


def test_a_dry_run_saves_nothing_and_counts_the_same(imports: Imports, tmp_path: Path) -> None:
    rows = [acled_row(1), acled_row(1), acled_row(3, event_date="?"), acled_row(4)]
    path = write_rows(tmp_path / "a.csv", rows)
    tried = datasets.try_dataset(
        open_source(path, imports.own), imports.gazetteer, imports.codebook
    )
    assert imports.store.datasets() == []
    done = imports(path)
    for report in (tried, done):
        assert (report.added, report.dataset.rows_read, report.dataset.rows_failed) == (2, 4, 2)


def test_each_place_is_looked_up_once(
    imports: Imports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []
    real = CodedPlaces._find

    def counted(self: CodedPlaces, asked: Any) -> Any:
        looked.append(asked)
        return real(self, asked)

    monkeypatch.setattr(CodedPlaces, "_find", counted)
    monkeypatch.setattr(tables, "ROWS_PER_CHUNK", 10)
    imports(write_rows(tmp_path / "a.csv", [acled_row(n) for n in range(1, 60)]))
    assert len(looked) == 1


def test_chunks_made_in_another_process_are_the_same(
    imports: Imports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = {"location": "Elsewhere", "latitude": 37.9, "longitude": 48.6}
    rows = [acled_row(n, location=f"Village {n % 9}", notes=f"Zażółć {n}") for n in range(40)]
    rows[7] |= {"event_date": "never"}
    rows[23] |= swapped
    monkeypatch.setattr(tables, "ROWS_PER_CHUNK", 12)
    source = open_source(write_rows(tmp_path / "a.csv", rows), imports.own)
    assert not ahead.is_worth_it(source)
    asked = source, imports.gazetteer, imports.codebook, 3
    here, there = list(coded_rows.made(*asked)), list(ahead.made_ahead(*asked))
    assert len(here) == len(there) > 2
    for (one, share), (other, share_there) in zip(here, there, strict=True):
        pd.testing.assert_frame_equal(one.events, other.events)
        pd.testing.assert_frame_equal(one.links, other.links)
        assert (one.places, one.errors, one.rows) == (other.places, other.errors, other.rows)
        assert share == share_there
    assert sum(len(one.errors) for one, _ in there) == 2


def test_a_large_file_is_read_by_another_process(
    imports: Imports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "WORTH_BYTES", 0)
    monkeypatch.setattr(tables, "ROWS_PER_CHUNK", 12)
    monkeypatch.setattr(coded_rows, "made", None)  # not by this one
    monkeypatch.chdir(tmp_path)
    write_rows(Path("a.csv"), [acled_row(n) for n in range(1, 41)])
    assert imports(Path("a.csv")).added == 40  # a path from where the command runs
    write_rows(Path("b.csv"), [acled_row(n) for n in range(41, 61)])
    imports.own = dataclasses.replace(imports.own, max_import_rows=5)
    with pytest.raises(LimitError, match="DATELINE_MAX_IMPORT_ROWS"):
        imports(Path("b.csv"))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(WorkerError, match="b.csv: the process that read it died"):
        imports(Path("b.csv"))

"""Exports hold exactly the rows asked for, and nothing that another program would run."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from geo import export, query
from geo.codebook import Codebook, load_codebook
from geo.errors import LimitError
from geo.export import excel, records
from geo.export.records import COLUMNS
from geo.model import EventPlace, Reading
from geo.query import EventFilter
from geo.settings import ROOT, Settings
from geo.store import Store, open_store
from geo.store.rows import event_ids
from geo.store.snapshot import Snapshot, load_snapshot
from tests.readings import BAKHMUT, DONETSK_OBLAST, KHERSON, TEXT, event, mention, reading
from tests.reported import DATASET, reported
from tests.reported import row as dataset_row

BOOK: Codebook = load_codebook(Settings().codebook)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings with an empty local directory."""
    return Settings(local_dir=tmp_path)


@pytest.fixture
def store(own: Settings) -> Iterator[Store]:
    """An empty store."""
    with open_store(own) as opened:
        yield opened


def saved(store: Store, own: Settings, *readings: Reading) -> Snapshot:
    """The snapshot once these are saved."""
    for one in readings:
        store.save(one)
    return load_snapshot(store, own)


def everything(snapshot: Snapshot) -> query.Rows:
    """Every row."""
    return query.select(snapshot, EventFilter())


def exported(name: str, snapshot: Snapshot, store: Store, rows: query.Rows) -> bytes:
    """The file of that format."""
    return export.export(name, snapshot, store, rows, BOOK)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file, as a spreadsheet reads them."""
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, strict=True))


def features(content: bytes) -> list[dict[str, Any]]:
    """The features of a GeoJSON file."""
    collection = json.loads(content)
    assert list(collection) == ["type", "features"]
    assert collection["type"] == "FeatureCollection"
    found: list[dict[str, Any]] = collection["features"]
    return found


def about(**more: Any) -> Reading:
    """An article with one event at one place, changed as said."""
    base = reading()
    return dataclasses.replace(base, **more)


def at(*places: Any) -> Reading:
    """One event that happened at each of these places."""
    names = ("Bakhmut", "Belgorod", "Kherson", "Dnipro")
    mentions = tuple(mention(TEXT, name, place) for name, place in zip(names, places, strict=False))
    links = [EventPlace(n, "location") for n in range(len(places))]
    return about(mentions=mentions, events=(event(TEXT, "Bakhmut holds out.", "holds", *links),))


# --- CSV --------------------------------------------------------------------------------------


def test_csv_has_a_row_for_each_event_asked_for_in_their_order(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading())
    content = exported("csv", snapshot, store, everything(snapshot))
    assert content.startswith(b"\xef\xbb\xbfevent_id,incident_id,type,subtype,")
    assert content.count(b"\r\n") == 4
    rows = csv_rows(content)
    assert list(rows[0]) == list(COLUMNS)
    assert [row["event_id"] for row in rows] == list(snapshot.events["event_id"])
    battles = query.select(snapshot, EventFilter(types=("Battles",)))
    (row,) = csv_rows(exported("csv", snapshot, store, battles))
    assert row["type"] == "Battles"


def test_csv_says_of_an_event_what_is_known(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading())
    rows = csv_rows(exported("csv", snapshot, store, everything(snapshot)))
    shelling = next(row for row in rows if row["type"] == "Explosions/Remote violence")
    places = json.loads(shelling.pop("place_list"))
    assert [(place["name"], place["role"]) for place in places] == [
        ("Kherson", "location"), ("Dnipro", "location"), ("Belgorod", "origin"),
    ]  # fmt: skip
    event_id = shelling["event_id"]
    assert shelling == {
        "incident_id": event_id, "date_reason": "Wednesday night", "instrument": "",
        "injured_low": "", "injured_high": "", "licence": "",
        "acled_type": "Explosions/Remote violence", "ucdp_type": "1; 2; 3",
        "cameo_root": "18; 19; 20", "not_translated": "",
        "event_id": event_ids(reading().article, reading().events)[0],
        "type": "Explosions/Remote violence", "subtype": "Shelling/artillery/missile attack",
        "status": "occurred", "date_start": "2023-03-01", "date_end": "2023-03-01",
        "date_precision": "day", "places": "Kherson; Dnipro", "lat": "46.65581", "lon": "32.6178",
        "place_kind": "settlement", "precision_km": "5.0", "is_centroid": "false",
        "country": "UA", "admin1": "Kherson", "admin1_code": "UA-65", "targets": "",
        "origins": "Belgorod", "actors": "Military Forces of Russia", "claimed_by": "",
        "fatalities_low": "1", "fatalities_high": "3", "confidence": "0.8",
        "review": "unreviewed",
        "sentence": "Shells fired from Belgorod hit Kherson and villages on the Dnipro.",
        "article_id": reading().article.id, "article_title": "A day at the front",
        "publisher": "Example", "published": "2023-03-02", "url": "https://example.org/a",
        "dataset": "", "external_id": "", "source": "",
    }  # fmt: skip
    nowhere = next(row for row in rows if row["type"] == "Humanitarian")
    for column in ("lat", "lon", "places", "place_kind", "is_centroid", "date_start"):
        assert nowhere[column] == ""
    assert nowhere["date_precision"] == "unknown"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_no_cell_is_a_formula(store: Store, own: Settings, start: str) -> None:
    bad = f'{start}HYPERLINK("x";"y")'
    base = reading()
    article = dataclasses.replace(
        base.article, id="bad", title=bad, text=f"{bad} hit.", publisher=bad, url=bad
    )
    place = dataclasses.replace(KHERSON, name=bad, admin1_name=bad)
    told = event(
        article.text, article.text, "hit", EventPlace(0, "location"), EventPlace(0, "origin"),
        subtype=bad, claimed_by=bad, actors=(bad,),
    )  # fmt: skip
    named = mention(article.text, bad, place)
    hostile = dataclasses.replace(base, article=article, mentions=(named,), events=(told,))
    snapshot = saved(store, own, hostile)
    (row,) = csv_rows(exported("csv", snapshot, store, everything(snapshot)))
    for column in (
        "subtype", "places", "admin1", "origins", "actors", "claimed_by", "article_title",
        "publisher", "url",
    ):  # fmt: skip
        assert row[column] == f"'{bad}", column
    assert row["sentence"] == f"'{bad} hit."


def test_numbers_below_zero_stay_numbers(store: Store, own: Settings) -> None:
    south = dataclasses.replace(KHERSON, id="gn:1", lat=-33.45694, lon=-70.64827, country="CL")
    snapshot = saved(store, own, at(south))
    (row,) = csv_rows(exported("csv", snapshot, store, everything(snapshot)))
    assert (row["lat"], row["lon"]) == ("-33.45694", "-70.64827")
    (feature,) = features(exported("geojson", snapshot, store, everything(snapshot)))
    assert feature["geometry"]["coordinates"] == [-70.64827, -33.45694]


@pytest.mark.parametrize(
    "text", ['say "so", he', "two\r\nlines", ",;\t", "Київ 🇺🇦", "\u202e{{7*7}}"]
)
def test_text_comes_back_as_it_was(store: Store, own: Settings, text: str) -> None:
    base = reading()
    article = dataclasses.replace(base.article, title=text)
    snapshot = saved(store, own, dataclasses.replace(base, article=article))
    rows = everything(snapshot)
    assert csv_rows(exported("csv", snapshot, store, rows))[0]["article_title"] == text
    first = features(exported("geojson", snapshot, store, rows))[0]
    assert first["properties"]["article_title"] == text


def test_nothing_gives_a_file_with_nothing_in_it(store: Store, own: Settings) -> None:
    snapshot = saved(store, own)
    rows = everything(snapshot)
    assert exported("csv", snapshot, store, rows).decode("utf-8-sig").strip() == ",".join(COLUMNS)
    assert features(exported("geojson", snapshot, store, rows)) == []


# --- GeoJSON ----------------------------------------------------------------------------------


def test_one_location_is_a_point_longitude_first(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, at(BAKHMUT))
    (feature,) = features(exported("geojson", snapshot, store, everything(snapshot)))
    assert list(feature) == ["type", "id", "geometry", "properties"]
    assert feature["type"] == "Feature"
    assert feature["id"] == snapshot.events["event_id"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [38.00044, 48.59441]}
    properties = feature["properties"]
    assert (properties["is_centroid"], properties["place_kind"]) == (False, "settlement")
    assert "lat" not in properties
    assert properties["place_list"] == [
        {"place_id": BAKHMUT.id, "role": "location", "name": "Bakhmut", "kind": "settlement",
         "lat": 48.59441, "lon": 38.00044, "precision_km": 5.0, "country": "UA",
         "admin1": "Donetsk",
         "admin1_code": "UA-14", "is_centroid": False}
    ]  # fmt: skip


def test_several_locations_are_one_feature_with_a_point_for_each(
    store: Store, own: Settings
) -> None:
    snapshot = saved(store, own, reading())
    found = features(exported("geojson", snapshot, store, everything(snapshot)))
    shelling = next(f for f in found if f["properties"]["type"] == "Explosions/Remote violence")
    assert shelling["geometry"] == {
        "type": "MultiPoint", "coordinates": [[32.6178, 46.65581], [34.5, 47.5]],
    }  # fmt: skip
    assert [place["is_centroid"] for place in shelling["properties"]["place_list"]] == [
        False, True, False,
    ]  # fmt: skip
    assert shelling["properties"]["is_centroid"] is True
    assert shelling["properties"]["origins"] == "Belgorod"


def test_a_place_named_twice_is_one_point(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, at(BAKHMUT, BAKHMUT))
    (feature,) = features(exported("geojson", snapshot, store, everything(snapshot)))
    assert feature["geometry"]["type"] == "Point"
    assert feature["properties"]["places"] == "Bakhmut"


def test_a_region_is_its_middle_and_says_so(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, at(DONETSK_OBLAST))
    rows = everything(snapshot)
    (feature,) = features(exported("geojson", snapshot, store, rows))
    assert feature["geometry"] == {"type": "Point", "coordinates": [37.7, 48.1]}
    properties = feature["properties"]
    assert properties["is_centroid"] is True
    assert (properties["place_kind"], properties["precision_km"]) == ("admin1", 120.0)
    assert csv_rows(exported("csv", snapshot, store, rows))[0]["is_centroid"] == "true"


def test_an_event_that_is_nowhere_has_no_geometry(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading())
    found = features(exported("geojson", snapshot, store, everything(snapshot)))
    nowhere = next(f for f in found if f["properties"]["type"] == "Humanitarian")
    assert nowhere["geometry"] is None
    assert nowhere["properties"]["is_centroid"] is None
    assert nowhere["properties"]["place_list"] == []


def test_an_article_deleted_meanwhile_is_left_out(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading(), reading(title="Another"))
    store.delete_article(reading().article.id)
    rows = everything(snapshot)
    assert len(csv_rows(exported("csv", snapshot, store, rows))) == 3
    assert len(features(exported("geojson", snapshot, store, rows))) == 3


def test_more_events_than_are_read_at_once(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_CHUNK", 2)
    snapshot = saved(store, own, reading(), reading(title="Another"))
    rows = csv_rows(exported("csv", snapshot, store, everything(snapshot)))
    assert [row["event_id"] for row in rows] == list(snapshot.events["event_id"])


# --- the other formats ------------------------------------------------------------------------


def hostile() -> Reading:
    """An event whose every text is a formula, markup and a character that XML cannot hold."""
    bad = '=1+1 <b>&"\x0b'
    base = reading()
    article = dataclasses.replace(base.article, id="bad", title=bad, text=f"{bad} hit.", url=bad)
    told = event(article.text, article.text, "hit", EventPlace(0, "location"), actors=(bad,))
    place = dataclasses.replace(KHERSON, name=bad)
    named = mention(article.text, bad, place)
    return dataclasses.replace(base, article=article, mentions=(named,), events=(told,))


def as_text(value: object) -> str:
    """A cell of another format as the CSV has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        value = value.date()
    return "" if value is None or value != value else str(value)


def test_excel_holds_what_the_csv_holds_as_text_dates_and_numbers(
    store: Store, own: Settings
) -> None:
    snapshot = saved(store, own, reading(), hostile())
    rows = everything(snapshot)
    book = openpyxl.load_workbook(io.BytesIO(exported("excel", snapshot, store, rows)))
    head, *lines = list(book["Events"].iter_rows())
    assert [entry.value for entry in head] == list(COLUMNS)
    assert not [entry.coordinate for line in lines for entry in line if entry.data_type == "f"]
    expected = csv_rows(exported("csv", snapshot, store, rows))
    for line, row in zip(lines, expected, strict=True):
        for name, entry in zip(COLUMNS, line, strict=True):
            wanted = row[name].removeprefix("'")
            if name in ("lat", "lon", "precision_km", "confidence") and wanted:
                assert entry.value == pytest.approx(float(wanted)), name
            else:
                value = as_text(entry.value).replace("_x000B_", "\x0b")
                assert value == wanted, name
    assert lines[0][COLUMNS.index("date_start")].is_date


def test_excel_says_where_its_limit_is(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MAX_ROWS", 3)
    snapshot = saved(store, own, reading())
    with pytest.raises(LimitError, match="holds 2 events: filter"):
        exported("excel", snapshot, store, everything(snapshot))
    monkeypatch.setattr(excel, "MAX_CELL_CHARS", 5)
    kept = exported("excel", snapshot, store, everything(snapshot)[:1])
    sheet = openpyxl.load_workbook(io.BytesIO(kept))["Events"]
    assert sheet["C2"].value == "Batt…"


def test_geoparquet_opens_in_pyarrow_and_pandas_with_typed_columns(
    store: Store, own: Settings
) -> None:
    snapshot = saved(store, own, reading(), hostile())
    rows = everything(snapshot)
    content = exported("geoparquet", snapshot, store, rows)
    table = pq.read_table(io.BytesIO(content))
    about = json.loads(table.schema.metadata[b"geo"])
    assert about == {
        "version": "1.1.0", "primary_column": "geometry",
        "columns": {"geometry": {
            "encoding": "WKB", "geometry_types": ["MultiPoint", "Point"],
            "bbox": [32.6178, 46.65581, 38.00044, 48.59441],
        }},
    }  # fmt: skip
    assert str(table.schema.field("date_start").type) == "date32[day]"
    assert str(table.schema.field("fatalities_low").type) == "int32"
    frame = pd.read_parquet(io.BytesIO(content))
    expected = features(exported("geojson", snapshot, store, rows))
    for (_, row), feature in zip(frame.iterrows(), expected, strict=True):
        assert row["event_id"] == feature["id"]
        assert row["sentence"] == feature["properties"]["sentence"]
        shape = row["geometry"] and shapely.from_wkb(row["geometry"])
        mapped = shape and json.loads(shapely.to_geojson(shape))
        assert mapped == feature["geometry"]


def test_kml_parses_and_holds_every_column_escaped(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading(), hostile())
    rows = everything(snapshot)
    root = ElementTree.fromstring(exported("kml", snapshot, store, rows))
    kml = "{http://www.opengis.net/kml/2.2}"
    marks = root.findall(f"./{kml}Document/{kml}Placemark")
    for mark, row in zip(marks, csv_rows(exported("csv", snapshot, store, rows)), strict=True):
        data = {
            entry.get("name"): entry.findtext(f"{kml}value")
            for entry in mark.findall(f"./{kml}ExtendedData/{kml}Data")
        }
        for name in ("event_id", "type", "sentence", "date_start", "actors", "url"):
            wanted = row[name].removeprefix("'").replace("\x0b", "\ufffd")
            assert data.get(name, "") == wanted
        points = [entry.text for entry in mark.iter(f"{kml}coordinates")]
        assert len(points) == sum(
            place["role"] == "location" for place in json.loads(row["place_list"] or "[]")
        )
        assert not points or points[0] == f"{row['lon']},{row['lat']}"
        assert (mark.findtext(f".//{kml}begin") or "") == row["date_start"]
        assert mark.get("id") == f"event-{row['event_id']}"


def test_hxl_has_a_tag_for_each_column_under_the_header(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading())
    rows = everything(snapshot)
    tagged = exported("hxl", snapshot, store, rows).decode("utf-8-sig").split("\r\n")
    plain = exported("csv", snapshot, store, rows).decode("utf-8-sig").split("\r\n")
    assert [tagged[0], *tagged[2:]] == plain
    tags = tagged[1].split(",")
    assert len(tags) == len(set(tags)) == len(COLUMNS)
    names = "event date loc geo country adm1 group cause affected status description meta org"
    form = re.compile(rf"#({'|'.join(names.split())})(\+[a-z][a-z0-9_]*)+")
    assert [tag for tag in tags if not form.fullmatch(tag)] == []
    assert tags[COLUMNS.index("lat")] == "#geo+lat"


@pytest.mark.parametrize("name", list(export.FORMATS))
def test_nothing_is_a_valid_file_in_every_format(store: Store, own: Settings, name: str) -> None:
    snapshot = saved(store, own)
    content = exported(name, snapshot, store, everything(snapshot))
    if name == "geoparquet":
        assert pq.read_table(io.BytesIO(content)).num_rows == 0
    elif name == "excel":
        assert openpyxl.load_workbook(io.BytesIO(content))["Events"].max_row == 1
    elif name == "kml":
        assert len(ElementTree.fromstring(content)) == 1
    else:
        assert content.decode("utf-8-sig")


def test_what_does_not_translate_is_said_of_each_event(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading())
    rows = {
        row["type"]: row for row in csv_rows(exported("csv", snapshot, store, everything(snapshot)))
    }
    assert rows["Battles"]["ucdp_type"] == "1; 2"
    assert rows["Battles"]["not_translated"] == ""
    displaced = rows["Humanitarian"]
    assert (displaced["acled_type"], displaced["ucdp_type"]) == ("", "")
    assert displaced["not_translated"] == "ACLED; UCDP; CAMEO"


def test_rows_of_a_data_set_carry_how_it_is_to_be_named(store: Store, own: Settings) -> None:
    store.begin_dataset(DATASET)
    store.add_rows(DATASET.id, reported([dataset_row(1)]), most_errors=10)
    store.finish_dataset(DATASET.id)
    snapshot = load_snapshot(store, own)
    (found,) = csv_rows(exported("csv", snapshot, store, everything(snapshot)))
    assert (found["dataset"], found["licence"]) == (DATASET.name, DATASET.licence)


@pytest.mark.parametrize(
    ("filename", "name"),
    [("a.csv", "csv"), ("A.HXL.CSV", "hxl"), ("a.json", "geojson"), ("b.parquet", "geoparquet"),
     ("c.xlsx", "excel"), ("d.kml", "kml"), ("e.txt", None), ("csv", None)],
)  # fmt: skip
def test_the_ending_of_a_file_name_tells_the_format(filename: str, name: str | None) -> None:
    assert export.format_of(filename) == name


def test_the_documents_list_every_column_and_format() -> None:
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    listed = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", text, flags=re.M)))
    assert sorted(listed) == sorted([*COLUMNS, *export.FORMATS])

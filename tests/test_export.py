"""CSV and GeoJSON hold exactly the rows asked for, and nothing that another program would run."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo import export, query
from geo.model import EventPlace, Reading
from geo.query import EventFilter
from geo.settings import Settings
from geo.store import Store, open_store, writes
from geo.store.snapshot import Snapshot, load_snapshot
from tests.readings import BAKHMUT, DONETSK_OBLAST, KHERSON, TEXT, event, mention, reading


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
    content = export.to_csv(snapshot, store, everything(snapshot))
    assert content.startswith(b"\xef\xbb\xbfevent_id,type,subtype,status,")
    assert content.count(b"\r\n") == 4
    rows = csv_rows(content)
    assert list(rows[0]) == list(export.COLUMNS)
    assert [row["event_id"] for row in rows] == list(snapshot.events["event_id"])
    battles = query.select(snapshot, EventFilter(types=("Battles",)))
    assert [row["type"] for row in csv_rows(export.to_csv(snapshot, store, battles))] == ["Battles"]


def test_csv_says_of_an_event_what_is_known(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading())
    rows = csv_rows(export.to_csv(snapshot, store, everything(snapshot)))
    shelling = next(row for row in rows if row["type"] == "Explosions/Remote violence")
    assert shelling == {
        "event_id": writes.event_ids(reading().article, reading().events)[0],
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
    (row,) = csv_rows(export.to_csv(snapshot, store, everything(snapshot)))
    for column in (
        "subtype", "places", "admin1", "origins", "actors", "claimed_by", "article_title",
        "publisher", "url",
    ):  # fmt: skip
        assert row[column] == f"'{bad}", column
    assert row["sentence"] == f"'{bad} hit."


def test_numbers_below_zero_stay_numbers(store: Store, own: Settings) -> None:
    south = dataclasses.replace(KHERSON, id="gn:1", lat=-33.45694, lon=-70.64827, country="CL")
    snapshot = saved(store, own, at(south))
    (row,) = csv_rows(export.to_csv(snapshot, store, everything(snapshot)))
    assert (row["lat"], row["lon"]) == ("-33.45694", "-70.64827")
    (feature,) = features(export.to_geojson(snapshot, store, everything(snapshot)))
    assert feature["geometry"]["coordinates"] == [-70.64827, -33.45694]


@pytest.mark.parametrize(
    "text", ['say "so", he', "two\r\nlines", ",;\t", "Київ 🇺🇦", "\u202e{{7*7}}"]
)
def test_text_comes_back_as_it_was(store: Store, own: Settings, text: str) -> None:
    base = reading()
    article = dataclasses.replace(base.article, title=text)
    snapshot = saved(store, own, dataclasses.replace(base, article=article))
    rows = everything(snapshot)
    assert csv_rows(export.to_csv(snapshot, store, rows))[0]["article_title"] == text
    first = features(export.to_geojson(snapshot, store, rows))[0]
    assert first["properties"]["article_title"] == text


def test_nothing_gives_a_file_with_nothing_in_it(store: Store, own: Settings) -> None:
    snapshot = saved(store, own)
    rows = everything(snapshot)
    assert export.to_csv(snapshot, store, rows).decode("utf-8-sig").strip() == ",".join(
        export.COLUMNS
    )
    assert features(export.to_geojson(snapshot, store, rows)) == []


# --- GeoJSON ----------------------------------------------------------------------------------


def test_one_location_is_a_point_longitude_first(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, at(BAKHMUT))
    (feature,) = features(export.to_geojson(snapshot, store, everything(snapshot)))
    assert list(feature) == ["type", "id", "geometry", "properties"]
    assert feature["type"] == "Feature"
    assert feature["id"] == snapshot.events["event_id"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [38.00044, 48.59441]}
    properties = feature["properties"]
    assert (properties["is_centroid"], properties["place_kind"]) == (False, "settlement")
    assert "lat" not in properties
    assert properties["locations"] == [
        {"place_id": BAKHMUT.id, "name": "Bakhmut", "kind": "settlement", "lat": 48.59441,
         "lon": 38.00044, "precision_km": 5.0, "country": "UA", "admin1": "Donetsk",
         "admin1_code": "UA-14", "is_centroid": False}
    ]  # fmt: skip


def test_several_locations_are_one_feature_with_a_point_for_each(
    store: Store, own: Settings
) -> None:
    snapshot = saved(store, own, reading())
    found = features(export.to_geojson(snapshot, store, everything(snapshot)))
    shelling = next(f for f in found if f["properties"]["type"] == "Explosions/Remote violence")
    assert shelling["geometry"] == {
        "type": "MultiPoint", "coordinates": [[32.6178, 46.65581], [34.5, 47.5]],
    }  # fmt: skip
    assert [place["is_centroid"] for place in shelling["properties"]["locations"]] == [False, True]
    assert shelling["properties"]["is_centroid"] is True
    assert shelling["properties"]["origins"] == "Belgorod"


def test_a_place_named_twice_is_one_point(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, at(BAKHMUT, BAKHMUT))
    (feature,) = features(export.to_geojson(snapshot, store, everything(snapshot)))
    assert feature["geometry"]["type"] == "Point"
    assert feature["properties"]["places"] == "Bakhmut"


def test_a_region_is_its_middle_and_says_so(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, at(DONETSK_OBLAST))
    rows = everything(snapshot)
    (feature,) = features(export.to_geojson(snapshot, store, rows))
    assert feature["geometry"] == {"type": "Point", "coordinates": [37.7, 48.1]}
    properties = feature["properties"]
    assert properties["is_centroid"] is True
    assert (properties["place_kind"], properties["precision_km"]) == ("admin1", 120.0)
    assert csv_rows(export.to_csv(snapshot, store, rows))[0]["is_centroid"] == "true"


def test_an_event_that_is_nowhere_has_no_geometry(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading())
    found = features(export.to_geojson(snapshot, store, everything(snapshot)))
    nowhere = next(f for f in found if f["properties"]["type"] == "Humanitarian")
    assert nowhere["geometry"] is None
    assert nowhere["properties"]["is_centroid"] is None
    assert nowhere["properties"]["locations"] == []


def test_an_article_deleted_meanwhile_is_left_out(store: Store, own: Settings) -> None:
    snapshot = saved(store, own, reading(), reading(title="Another"))
    store.delete_article(reading().article.id)
    rows = everything(snapshot)
    assert len(csv_rows(export.to_csv(snapshot, store, rows))) == 3
    assert len(features(export.to_geojson(snapshot, store, rows))) == 3


def test_more_events_than_are_read_at_once(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_CHUNK", 2)
    snapshot = saved(store, own, reading(), reading(title="Another"))
    rows = csv_rows(export.to_csv(snapshot, store, everything(snapshot)))
    assert [row["event_id"] for row in rows] == list(snapshot.events["event_id"])

"""The index: what it knows, that it is whole, and what happens when it is not."""

from __future__ import annotations

import dataclasses
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from geopy.distance import great_circle

from geo.cli import main
from geo.errors import BadQueryError, GazetteerError
from geo.gazetteer import index
from geo.gazetteer.gazetteer import Gazetteer, cell_of, distance_km
from geo.settings import Settings


@pytest.fixture(scope="module")
def gazetteer(settings: Settings) -> Iterator[Gazetteer]:
    opened = index.open_gazetteer(settings)
    yield opened
    opened.close()


def test_bakhmut_is_a_settlement_of_donetsk(gazetteer: Gazetteer) -> None:
    place = gazetteer.lookup("Bakhmut")[0]
    assert (place.kind, place.country, place.admin1) == ("settlement", "UA", "UA-14")
    assert (place.lat, place.lon) == (pytest.approx(48.59, abs=0.02), pytest.approx(38.0, abs=0.02))
    assert place.admin1_name == "Donetsk"


@pytest.mark.parametrize("name", ["Бахмут", "BAKHMUT", "Artemivsk", "Bachmut", "バフムート"])
def test_other_names_and_scripts_find_bakhmut(gazetteer: Gazetteer, name: str) -> None:
    assert "gn:713174" in [place.id for place in gazetteer.lookup(name)]


@pytest.mark.parametrize("name", ["Kabkabiya", "Kabkabiyya", "Kabkābīyah"])
def test_arabic_endings_are_spelt_in_every_usual_way(gazetteer: Gazetteer, name: str) -> None:
    assert gazetteer.lookup(name)[0].country == "SD"


@pytest.mark.parametrize(
    ("name", "place_id"),
    [
        ("El Alto", "dl:el-alto"),
        ("Hroza", "dl:hroza"),
        ("Ukraine", "iso:UA"),
        ("U.S.", "iso:US"),
        ("United Kingdom", "iso:GB"),
        ("Kentucky", "iso:US-KY"),
        ("Ontario", "iso:CA-ON"),
        ("Bavaria", "iso:DE-BY"),
    ],
)
def test_countries_and_regions_come_first(gazetteer: Gazetteer, name: str, place_id: str) -> None:
    assert gazetteer.lookup(name)[0].id == place_id


def test_every_oblast_has_its_iso_code(gazetteer: Gazetteer) -> None:
    regions = gazetteer.admin1s().values()
    oblasts = {place.admin1: place.name for place in regions if place.country == "UA"}
    assert len(oblasts) == 27
    assert oblasts["UA-65"] == "Kherson"
    assert oblasts["UA-23"] == "Zaporizhzhia"
    assert oblasts["UA-43"] == "Crimea"


def test_unknown_names_have_no_place(gazetteer: Gazetteer) -> None:
    assert gazetteer.lookup("Qwxzyblat") == []
    assert gazetteer.place("gn:-1") is None


@pytest.mark.parametrize("name", ["", "   ", None, 7])
def test_what_is_no_name_is_refused(gazetteer: Gazetteer, name: object) -> None:
    with pytest.raises(BadQueryError):
        gazetteer.lookup(name)  # type: ignore[arg-type]


def test_reverse_finds_the_settlement_at_a_point(gazetteer: Gazetteer) -> None:
    place = gazetteer.reverse(48.595, 38.0)
    assert place is not None
    assert (place.name, place.admin2, place.admin1) == ("Bakhmut", "Bakhmut Raion", "UA-14")


@pytest.mark.parametrize(("lat", "lon"), [(90, 0), (-90, 180), (0, -180), (0, 180), (-60, -150)])
def test_reverse_at_the_edges_of_the_map_is_an_answer(
    gazetteer: Gazetteer, lat: float, lon: float
) -> None:
    assert gazetteer.reverse(lat, lon) is None


def test_nearest_reaches_across_the_date_line(gazetteer: Gazetteer) -> None:
    one = gazetteer.nearest(-16.8, 179.99, limit=3, max_km=120)
    other = gazetteer.nearest(-16.8, -179.99, limit=3, max_km=120)
    assert one
    assert {place.id for place, _ in one} == {place.id for place, _ in other}


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (float("nan"), 0), (0, float("inf"))])
def test_points_off_the_globe_are_refused(gazetteer: Gazetteer, lat: float, lon: float) -> None:
    with pytest.raises(BadQueryError):
        gazetteer.nearest(lat, lon)


def test_a_city_weighs_more_than_its_districts(gazetteer: Gazetteer) -> None:
    weights = {place.id: weight for place, weight in gazetteer.towns(["UA"], 10**9)}
    mariupol, right_bank = weights["gn:701822"], weights["gn:13580034"]  # it has fewer people
    donetsk, makiivka, rutchenkivskyi = (
        weights[f"gn:{number}"] for number in (709717, 702320, 13561146)
    )
    assert mariupol > 3 * right_bank
    assert donetsk > makiivka > 10 * rutchenkivskyi  # a city beside it, and a district of it


def test_nearest_agrees_with_measuring_every_settlement(gazetteer: Gazetteer) -> None:
    rows = sqlite3.connect(gazetteer.path).execute(
        "SELECT id, lat, lon FROM place WHERE kind = 'settlement' AND lat BETWEEN 46 AND 50 "
        "AND lon BETWEEN 30 AND 40"
    )
    every = sorted((great_circle((47.9, 35.2), (lat, lon)).km, pid) for pid, lat, lon in rows)
    near = gazetteer.nearest(47.9, 35.2, limit=5)
    assert [place.id for place, _ in near] == [pid for _, pid in every[:5]]
    distances = [km for km, _ in every[:5]]
    assert [away for _, away in near] == pytest.approx(distances, rel=1e-4, abs=1e-3)


def test_distance_agrees_with_geopy() -> None:
    assert distance_km(48.59, 38.0, 46.64, 32.61) == pytest.approx(
        great_circle((48.59, 38.0), (46.64, 32.61)).km, rel=1e-6
    )


def test_cells_stay_inside_the_grid() -> None:
    cells = [cell_of(lat, lon) for lat in (-90, 0, 90) for lon in (-180, 0, 180)]
    assert min(cells) >= 0
    assert max(cells) < 720 * 1440


def test_threads_share_one_gazetteer(gazetteer: Gazetteer) -> None:
    answers: list[str] = []

    def ask() -> None:
        answers.append(gazetteer.lookup("Kherson")[0].country)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["UA"] * 8


def test_a_missing_index_says_how_to_build_it(settings: Settings, tmp_path: Path) -> None:
    elsewhere = dataclasses.replace(settings, cache_dir=tmp_path)
    assert not index.is_ready(elsewhere)
    with pytest.raises(GazetteerError, match="python -m geo gazetteer build"):
        index.open_gazetteer(elsewhere)


@pytest.mark.parametrize("damage", ["empty", "noise", "half"])
def test_a_damaged_index_is_not_trusted(settings: Settings, tmp_path: Path, damage: str) -> None:
    elsewhere = dataclasses.replace(settings, cache_dir=tmp_path)
    whole = index.index_path(settings).read_bytes()
    half = whole[: len(whole) // 2]
    content = {"empty": b"", "noise": b"no database" * 100, "half": half}[damage]
    index.index_path(elsewhere).write_bytes(content)
    assert not index.is_ready(elsewhere)
    with pytest.raises(GazetteerError, match="damaged"):
        index.open_gazetteer(elsewhere)


def share_outlines(settings: Settings, cache_dir: Path) -> None:
    """Spare a test the drawing of every region on earth."""
    for outlines in settings.cache_dir.glob("outlines-*.sqlite"):
        (cache_dir / outlines.name).symlink_to(outlines)


def test_damage_in_the_middle_is_named_and_mended_by_building(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = dataclasses.replace(settings, cache_dir=tmp_path)
    whole = bytearray(index.index_path(settings).read_bytes())
    whole[len(whole) // 8 : -4096] = bytes(len(whole) - len(whole) // 8 - 4096)
    index.index_path(elsewhere).write_bytes(whole)
    gazetteer = index.open_gazetteer(elsewhere)  # the first pages are whole
    assert not gazetteer.is_sound()
    with pytest.raises(GazetteerError, match="gazetteer build"):
        [gazetteer.lookup(name) for name in ("Bakhmut", "Kherson", "Paris", "Lima", "Zzyzx")]
    gazetteer.close()
    share_outlines(settings, tmp_path)
    (tmp_path / "gazetteer-0123456789ab.4711.tmp").write_bytes(b"of a build that was ended")
    monkeypatch.setenv("DATELINE_CACHE_DIR", str(tmp_path))
    assert main(["gazetteer", "build"]) == 0
    assert index.open_gazetteer(elsewhere).is_sound()
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize("table", ["place", "fold", "word"])
def test_an_index_that_lost_a_table_is_not_sound(
    settings: Settings, tmp_path: Path, table: str
) -> None:
    elsewhere = dataclasses.replace(settings, cache_dir=tmp_path)
    path = shutil.copy(index.index_path(settings), index.index_path(elsewhere))
    assert index.is_sound(elsewhere)
    connection = sqlite3.connect(path)
    connection.execute(f"DROP TABLE {table}")
    connection.close()
    assert not index.is_sound(elsewhere)


def test_a_sound_index_is_kept_and_what_was_left_behind_is_not(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = dataclasses.replace(settings, cache_dir=tmp_path)
    index.index_path(elsewhere).symlink_to(index.index_path(settings))
    share_outlines(settings, tmp_path)
    left = tmp_path / "gazetteer-0123456789ab.4711.tmp"
    left.touch()
    monkeypatch.setattr(index, "build", lambda *_: pytest.fail("built a sound index again"))
    monkeypatch.setenv("DATELINE_CACHE_DIR", str(tmp_path))
    with FileLock(tmp_path / "gazetteer.lock"):
        index.tidy(elsewhere)  # another process is at work: the file may be its own
    assert left.exists()
    main(["gazetteer", "build"])
    assert not left.exists()


def test_the_version_follows_the_tables(settings: Settings, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(settings.data_dir, data, ignore=shutil.ignore_patterns("local", "chronicle"))
    moved = dataclasses.replace(settings, data_dir=data)
    before = index.version(moved)
    assert before == index.version(settings)
    with (data / "places.csv").open("a", encoding="utf-8") as table:
        table.write("\n")
    assert index.version(moved) != before


def test_a_missing_table_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="countries.csv"):
        index.version(dataclasses.replace(settings, data_dir=tmp_path))

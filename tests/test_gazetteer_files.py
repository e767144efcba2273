"""GeoNames files that a user adds: what goes in, what is left out and why, and what the index
makes of them."""

from __future__ import annotations

import dataclasses
import gzip
import json
import logging
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.cli import main
from geo.errors import DataError, GazetteerError, LimitError
from geo.gazetteer import added, index, layers, lexicon
from geo.gazetteer.dumps import NAMES, PLACES, IdSet, Report, convert, line_ranges
from geo.gazetteer.features import feature_of
from geo.gazetteer.gazetteer import Gazetteer
from geo.gazetteer.layers import PREFERRED, Row
from geo.settings import Settings
from tests.geonames_files import FIRST_ID, other_name, place, write, write_zip
from tests.timing import cpu_s

KHERSON_ID = 706448  # a shipped settlement
ROWS = 100_000


def taken_in(settings: Settings, path: Path) -> tuple[Report, list[list[str]]]:
    """The report on a file, and the rows that were kept of it."""
    report, _ = added.keep(settings, path)
    one = next(k for k in added.kept(settings) if k.sha256 == report.sha256)
    return report, list(added.read(one))


# --- rows -------------------------------------------------------------------------------------


def test_a_sound_row_keeps_what_the_index_needs(local_settings: Settings, tmp_path: Path) -> None:
    line = place(FIRST_ID, "Верхнє", alternates="Verkhnie,Verkhneye", lat="48.12345", lon="37.5")
    report, rows = taken_in(local_settings, write(tmp_path / "UA.txt", line))
    assert (report.name, report.kind, report.rows, report.left_out) == ("UA", PLACES, 1, {})
    assert rows == [
        [str(FIRST_ID), "settlement", "Верхнє", "48.12345", "37.50000", "UA", "05", "0",
         "Verkhnie,Verkhneye"]
    ]  # fmt: skip


BAD: list[tuple[str, str]] = [
    ("a\tb\tc", "3 columns, not 19"),
    ("x" * 30, "1 column, not 19"),
    (place(FIRST_ID, "A") + "\tmore", "20 columns, not 19"),
    (place("", "A"), "the id is no whole number above 0"),
    (place("0", "A"), "the id is no whole number above 0"),
    (place("-5", "A"), "the id is no whole number above 0"),
    (place("٣٣", "A"), "the id is no whole number above 0"),
    (place("9" * 40, "A"), "the id is no whole number above 0"),
    (place("1e6", "A"), "the id is no whole number above 0"),
    (place(FIRST_ID, ""), "no name"),
    (place(FIRST_ID, " "), "no name"),
    (place(FIRST_ID, "A\x1b[2J"), "control characters in the name"),
    (place(FIRST_ID, "A", lat="nan"), "the latitude is no number from -90 to 90"),
    (place(FIRST_ID, "A", lat="90.1"), "the latitude is no number from -90 to 90"),
    (place(FIRST_ID, "A", lat=""), "the latitude is no number from -90 to 90"),
    (place(FIRST_ID, "A", lat="4_8"), "the latitude is no number from -90 to 90"),
    (place(FIRST_ID, "A", lat="48,5"), "the latitude is no number from -90 to 90"),
    (place(FIRST_ID, "A", lon="180.5"), "the longitude is no number from -180 to 180"),
    (place(FIRST_ID, "A", lon="inf"), "the longitude is no number from -180 to 180"),
    (place(FIRST_ID, "A", population="-1"), "the population is no whole number from 0 on"),
    (place(FIRST_ID, "A", population="many"), "the population is no whole number from 0 on"),
    (place(FIRST_ID, "A", population="9" * 30), "the population is no whole number from 0 on"),
    (place(FIRST_ID, "A", country="Ukraine"), "the country is no two-letter code"),
    (place(FIRST_ID, "A", alternates="a" * 200_001), "longer than 200,000 bytes"),
]


@pytest.mark.parametrize(("line", "reason"), BAD, ids=range(len(BAD)))
def test_a_bad_line_is_named_with_its_reason_and_the_rest_goes_in(
    local_settings: Settings, tmp_path: Path, line: str, reason: str
) -> None:
    path = write(tmp_path / "UA.txt", place(1, "Before"), line, place(2, "After"))
    report, rows = taken_in(local_settings, path)
    assert report.left_out == {reason: [2]}
    assert [row[2] for row in rows] == ["Before", "After"]
    assert report.complaints() == [f"1 left out, {reason}: line 2"]


def test_bytes_that_are_no_utf_8_are_one_bad_line(local_settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "UA.txt"
    path.write_bytes(place(1, "Olá").encode("latin-1") + b"\n" + place(2, "Good").encode() + b"\n")
    report, rows = taken_in(local_settings, path)
    assert report.left_out == {"not UTF-8": [1]}
    assert len(rows) == 1


def test_the_first_of_two_rows_with_one_id_stays(local_settings: Settings, tmp_path: Path) -> None:
    bad_first = place(7, "Bad", lat="x")
    path = write(tmp_path / "UA.txt", bad_first, place(7, "First"), place(7, "Second"))
    report, rows = taken_in(local_settings, path)
    assert [row[2] for row in rows] == ["First"]
    assert report.left_out["its id was on an earlier line"] == [3]
    assert report.lines_left_out == 2


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_marks_and_blank_lines_do_no_harm(
    local_settings: Settings, tmp_path: Path, end: str
) -> None:
    path = write(tmp_path / "UA.txt", "\ufeff" + place(1, "One"), "", place(2, "Two"), end=end)
    path.write_bytes(path.read_bytes().rstrip())  # and no end of the last line
    report, rows = taken_in(local_settings, path)
    assert not report.left_out
    assert [row[2] for row in rows] == ["One", "Two"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("P.PPL", "settlement"), ("P.PPLX", "settlement"), ("P.PPLQ", "settlement"),
        ("P.PPLH", None), ("H.STM", "river"), ("H.LK", "lake"), ("H.RSV", "lake"),
        ("H.BAY", "sea"), ("T.MT", "mountain"), ("T.ISL", "island"), ("S.AIRP", "site"),
        ("S.DAM", "site"), ("S.BDG", "site"), ("S.PS", "site"), ("S.PSN", "site"),
        ("S.PRN", "site"), ("L.MILB", "site"), ("R.TNL", "site"), ("V.FRST", "site"),
        ("S.HTL", None), ("R.RD", None), ("A.ADM1", None), ("A.ADM2", None), ("U.BNKU", None),
        (".", None),
    ],
)  # fmt: skip
def test_feature_codes_become_kinds(code: str, kind: str | None) -> None:
    found = feature_of(*code.split("."))
    assert (found.kind if found else None) == kind


def test_places_of_no_use_are_counted_apart(local_settings: Settings, tmp_path: Path) -> None:
    oblast = place(1, "Oblast", feature="A", code="ADM1")
    report, rows = taken_in(
        local_settings, write(tmp_path / "UA.txt", oblast, place(2, "Airfield", feature="S",
                                                                 code="AIRF"))
    )  # fmt: skip
    assert (report.unused, report.rows, report.left_out) == (1, 1, {})
    assert rows[0][1] == "site"


# --- files ------------------------------------------------------------------------------------


def test_a_zip_is_read_as_the_text_in_it(local_settings: Settings, tmp_path: Path) -> None:
    lines = [place(FIRST_ID + n, f"Selo {n}") for n in range(50)]
    plain, _ = taken_in(local_settings, write(tmp_path / "UA.txt", *lines))
    zipped, rows = taken_in(local_settings, write_zip(tmp_path / "UA.zip", *lines))
    assert len(rows) == 50
    assert plain == zipped
    renamed = tmp_path / "ukraine.zip"
    (tmp_path / "UA.zip").rename(renamed)
    assert taken_in(local_settings, renamed)[0].sha256 == plain.sha256


def broken_zip(path: Path) -> None:
    write_zip(path, *(place(n, f"Selo {n * 7919 % 1000}") for n in range(1, 500)))
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(bytes(raw))


def two_tables(path: Path) -> None:
    write_zip(path, place(1, "A"), beside={"other.txt": place(2, "B")})
    path.rename(path.with_name("both.zip"))
    shutil.copy(path.with_name("both.zip"), path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.txt", place(1, "A"))
        archive.writestr("two.txt", place(2, "B"))


UNREADABLE: dict[str, tuple[Any, str]] = {
    "missing": (lambda path: None, "cannot be read"),
    "folder": (lambda path: path.mkdir(), "cannot be read"),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "blank": (lambda path: path.write_bytes(b"\n\n \n"), "is empty"),
    "prose": (lambda path: path.write_text("Dear reader,\nno.\n"), "is no GeoNames file"),
    "noise": (lambda path: path.write_bytes(bytes(range(256)) * 50), "is no GeoNames file"),
    "csv": (lambda path: path.write_text("id,name,lat,lon\n1,A,2,3\n"), "is no GeoNames file"),
    "no good line": (lambda path: write(path, *[place(n, "") for n in (1, 2, 3)]),
                     "no line that can be used; 3 left out, no name: lines 1-3"),
    "half a zip": (lambda path: path.write_bytes(b"PK\x03\x04" + b"\0" * 40), "damaged"),
    "bit flipped": (broken_zip, "damaged|no line|no GeoNames"),
    "two tables": (two_tables, "holds 2 text files"),
}  # fmt: skip


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_of_no_use_is_refused_and_leaves_nothing(
    local_settings: Settings, tmp_path: Path, what: str
) -> None:
    make, message = UNREADABLE[what]
    path = tmp_path / "UA.zip"
    make(path)
    with pytest.raises(DataError, match=message) as raised:
        added.keep(local_settings, path)
    assert "UA.zip" in str(raised.value)
    assert added.kept(local_settings) == []
    assert [p.name for p in added.folder(local_settings).iterdir()] == ["added.lock"]


def test_limits_name_their_setting(local_settings: Settings, tmp_path: Path) -> None:
    path = write(tmp_path / "UA.txt", *(place(n, f"Selo {n}") for n in range(1, 200)))
    few = dataclasses.replace(local_settings, max_gazetteer_rows=150)
    with pytest.raises(LimitError, match="DATELINE_MAX_GAZETTEER_ROWS"):
        added.keep(few, path)
    short = dataclasses.replace(local_settings, max_gazetteer_bytes=5_000)
    with pytest.raises(LimitError, match="DATELINE_MAX_GAZETTEER_BYTES"):
        added.keep(short, path)
    with pytest.raises(LimitError, match="DATELINE_MAX_GAZETTEER_BYTES"):  # one endless line
        added.keep(
            dataclasses.replace(local_settings, max_gazetteer_bytes=500_000),
            write_zip(tmp_path / "bomb.zip", place(1, "A"), "\t" * 3_000_000),
        )
    assert added.kept(local_settings) == []


def test_a_new_file_replaces_the_old_one_of_its_name(
    local_settings: Settings, tmp_path: Path
) -> None:
    before = added.fingerprint(local_settings)
    assert before == ""
    _, changed = added.keep(local_settings, write(tmp_path / "UA.txt", place(1, "Old")))
    first = added.fingerprint(local_settings)
    assert changed
    assert first != before
    _, changed = added.keep(local_settings, write(tmp_path / "UA.txt", place(1, "Old")))
    assert not changed
    assert added.fingerprint(local_settings) == first
    _, changed = added.keep(local_settings, write(tmp_path / "UA.txt", place(1, "New")))
    assert changed
    (one,) = added.kept(local_settings)
    assert [row[2] for row in added.read(one)] == ["New"]
    assert index.version(local_settings) != index.version(
        dataclasses.replace(local_settings, local_dir=tmp_path / "elsewhere")
    )
    assert added.remove(local_settings, "UA") == 1
    assert added.fingerprint(local_settings) == ""


@pytest.mark.parametrize("damage", ["cut", "noise", "short", "format"])
def test_a_damaged_kept_file_is_left_out_with_a_warning(
    local_settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    lines = [place(FIRST_ID + n, f"Selo {n}") for n in range(300)]
    added.keep(local_settings, write(tmp_path / "UA.txt", *lines))
    added.keep(local_settings, write(tmp_path / "MD.txt", place(1, "Sat", country="MD")))
    one = next(k for k in added.kept(local_settings) if k.name == "UA")
    raw, text = one.path.read_bytes(), gzip.decompress(one.path.read_bytes())
    one.path.write_bytes({
        "cut": raw[: len(raw) // 2],
        "noise": b"\0" * 100,
        "short": gzip.compress(b"\n".join(text.split(b"\n")[3:])),
        "format": gzip.compress(text.replace(b'"format": 1', b'"format": 0')),
    }[damage])  # fmt: skip
    with pytest.raises(GazetteerError, match="add it again"):
        added.rows_kept(one)
    with caplog.at_level(logging.WARNING):
        settlements, _ = added.merge(local_settings, [], [])
    assert [row.name for row in settlements] == ["Sat"]
    assert one.path.name in caplog.text
    _, changed = added.keep(local_settings, tmp_path / "UA.txt")
    assert changed
    assert len(added.merge(local_settings, [], [])[0]) == 301


def test_line_numbers_are_named_in_stretches() -> None:
    assert line_ranges([4]) == "line 4"
    assert line_ranges([1, 2, 3, 7, 9, 10]) == "lines 1-3, 7, 9-10"
    assert line_ranges(list(range(1, 400, 2))).endswith("119 and 140 more")


def test_the_set_of_ids_holds_what_was_put_in() -> None:
    seen = IdSet()
    assert all(seen.add(n) for n in (1, 8, 9, 13_000_000, 0))
    assert not any(seen.add(n) for n in (1, 8, 9, 13_000_000, 0))


def test_a_hundred_thousand_rows_take_seconds_at_most(
    local_settings: Settings, tmp_path: Path
) -> None:
    def took_s(count: int) -> float:
        lines = (place(FIRST_ID + n, f"Selo {n}", alternates=f"Село {n}") for n in range(count))
        path = write(tmp_path / f"{count}.txt", *lines)

        def run() -> None:
            report = convert(path, tmp_path / "out.gz", local_settings, wanted=frozenset)
            assert report.rows == count

        return cpu_s(run)

    assert took_s(ROWS) < 25 * max(took_s(ROWS // 10), 0.02)  # grows with the rows, not faster


# --- alternate names --------------------------------------------------------------------------


def test_alternate_names_are_kept_for_known_places_only(
    local_settings: Settings, tmp_path: Path
) -> None:
    added.keep(local_settings, write(tmp_path / "UA.txt", place(FIRST_ID, "Selo")))
    path = write(
        tmp_path / "alternateNamesV2.txt",
        other_name(1, KHERSON_ID, "Chersonese City", language="en", preferred="1"),
        other_name(2, FIRST_ID, "Leninske", language="uk", historic="1"),
        other_name(3, FIRST_ID, "Die Kleine", colloquial="1"),
        other_name(4, FIRST_ID, "Selou", language="fr", preferred="1"),
        other_name(5, 99_999_999, "Nowhere"),
        other_name(6, KHERSON_ID, "https://example.org/", language="link"),
        other_name(7, KHERSON_ID, "73000", language="post"),
        other_name(8, KHERSON_ID, ""),
        "short\tline",
        other_name(1, KHERSON_ID, "Twice"),
        other_name(9, KHERSON_ID, "Marked", preferred="yes"),
    )
    report, rows = taken_in(local_settings, path)
    assert (report.kind, report.rows, report.unused) == (NAMES, 4, 3)
    assert report.left_out == {
        "no name": [8],
        "2 columns, not 10": [9],
        "its id was on an earlier line": [10],
        "a mark that is neither empty nor 1": [11],
    }
    assert rows == [
        [str(KHERSON_ID), "Chersonese City", "p"],
        [str(FIRST_ID), "Leninske", "h"],
        [str(FIRST_ID), "Die Kleine", "h"],
        [str(FIRST_ID), "Selou", ""],
    ]


# --- in the index -----------------------------------------------------------------------------


def test_our_own_places_learn_from_the_dump(local_settings: Settings, tmp_path: Path) -> None:
    def own(name: str, kind: str, precision_km: float, **more: Any) -> Row:
        row = Row(id=f"dl:{name.lower()}", name=name, kind=kind, lat=48.5, lon=37.9, country="UA",
                  precision_km=precision_km, source="recalled", **more)  # fmt: skip
        row.add(name, PREFERRED)
        return row

    village, exact, river = (
        own("Selo", "settlement", 10.0), own("Misto", "settlement", 0.5), own("Rika", "river", 80.0)
    )  # fmt: skip
    path = write(
        tmp_path / "UA.txt",
        place(1, "Selo", lat="48.55", lon="37.95", alternates="Село"),  # the same village
        place(2, "Selo", lat="50.5", lon="30.5"),  # another, far away
        place(3, "Misto", lat="48.51"),
        place(4, "Rika", feature="H", code="STM", lat="49.0"),
        place(5, "Selo", country="RU"),  # the same point in another country
    )
    added.keep(local_settings, path)
    settlements, other = added.merge(local_settings, [], [village, exact, river])
    assert [row.id for row in settlements] == ["gn:2", "gn:5"]
    assert other == []
    assert (village.lat, village.precision_km, village.source) == (48.55, 1.0, "GeoNames")
    assert "село" in village.names
    assert (exact.lat, exact.source) == (48.5, "recalled")
    assert (river.lat, river.precision_km) == (48.5, 80.0)


@pytest.fixture(scope="module")
def added_index(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Gazetteer, int, Path]]:
    """An index with a dump of 100,000 rows and other names, added by the command.

    Of the shipped layers it has Ukraine's settlements alone and no words, which saves a minute.
    """
    home = tmp_path_factory.mktemp("added")
    own = dataclasses.replace(settings, local_dir=home / "local", cache_dir=home / "cache")
    own.cache_dir.mkdir()
    for outlines in settings.cache_dir.glob("outlines-*.sqlite"):  # they do not depend on it
        shutil.copy(outlines, own.cache_dir)
    kept = [
        place(FIRST_ID + n, f"Nove Selo {n}", lat=f"{46 + n % 5000 / 1000:.3f}",
              lon=f"{24 + n % 14000 / 1000:.3f}")
        for n in range(ROWS - 6)
    ]  # fmt: skip
    dump = write_zip(
        home / "UA.zip",
        *kept,
        place(KHERSON_ID, "Kherson", lat="46.60", lon="32.60", admin1="08", population=250_000),
        place(FIRST_ID + ROWS, "Zhovtyy Brid", alternates="Жовтий Брід,Zholtyy Brod", lat="48.9"),
        place(FIRST_ID + ROWS + 1, "Zhovtyy Airfield", feature="S", code="AIRF"),
        "a\tshort\tline",
        kept[0],
        place(1, "No Number", lat="north"),
    )
    names = write(
        home / "alternateNamesV2.txt",
        other_name(1, FIRST_ID + ROWS, "Yellowford", language="en", preferred="1"),
        other_name(2, KHERSON_ID, "Chersonhaven", language="nl"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_LOCAL_DIR", str(own.local_dir))
        patch.setenv("DATELINE_CACHE_DIR", str(own.cache_dir))
        shipped = layers.settlements(settings.data_dir)
        ukraine = [row for row in shipped if row.country == "UA"]
        patch.setattr(layers, "settlements", lambda data_dir: iter(ukraine))
        patch.setattr(lexicon, "words", lambda *names: iter(()))
        status = main(["gazetteer", "add", str(dump), str(names)])
    gazetteer = index.open_gazetteer(own)
    yield gazetteer, status, home
    gazetteer.close()


def test_villages_of_any_size_resolve(added_index: tuple[Gazetteer, int, Path]) -> None:
    gazetteer, status, _ = added_index
    assert status == 1  # three lines were left out
    for name in ("Zhovtyy Brid", "Жовтий Брід", "Yellowford"):
        (found,) = gazetteer.lookup(name)
        assert (found.id, found.kind, found.admin1) == (f"gn:{FIRST_ID + ROWS}", "settlement",
                                                        "UA-14")  # fmt: skip
    (site,) = gazetteer.lookup("Zhovtyy Airfield")
    assert site.kind == "site"
    assert gazetteer.lookup("Nove Selo 99000")
    near = gazetteer.nearest(48.9, 37.9, limit=3)
    assert f"gn:{FIRST_ID + ROWS}" in [found.id for found, _ in near]


def test_the_dump_wins_over_the_shipped_row_of_that_id(
    added_index: tuple[Gazetteer, int, Path],
) -> None:
    gazetteer, _, _ = added_index
    kherson = [found for found in gazetteer.lookup("Kherson") if found.kind == "settlement"]
    assert [found.id for found in kherson if found.country == "UA"] == [f"gn:{KHERSON_ID}"]
    assert (kherson[0].lat, kherson[0].population) == (46.6, 250_000)
    for name in ("Херсон", "Chersonhaven"):  # the shipped names stay, and new ones come
        assert f"gn:{KHERSON_ID}" in [found.id for found in gazetteer.lookup(name)]


def test_what_was_added_is_listed_and_can_be_taken_out(
    added_index: tuple[Gazetteer, int, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, _, home = added_index
    monkeypatch.setenv("DATELINE_LOCAL_DIR", str(home / "local"))
    monkeypatch.setenv("DATELINE_CACHE_DIR", str(home / "cache"))
    assert main(["gazetteer", "info", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["added"]
    assert [(one["name"], one["kind"], one["rows"]) for one in listed] == [
        ("UA", "places", ROWS - 3),
        ("alternateNamesV2", "names", 2),
    ]
    assert all(len(one["sha256"]) == 64 for one in listed)
    assert main(["gazetteer", "remove", "XX"]) == 1
    assert "'XX'" in capsys.readouterr().err


def test_the_command_names_every_failure_and_does_the_rest(
    local_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    built: list[Settings] = []
    monkeypatch.setattr(index, "is_ready", lambda settings: False)
    monkeypatch.setattr(index, "build", lambda settings, progress: built.append(settings))
    good = write(tmp_path / "UA.txt", place(1, "Selo"), place(2, ""), place(3, "", lat="x"))
    assert main(["gazetteer", "add", "nothing.txt", str(good), "--json"]) == 1
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert [one["file"] for one in report["failed"]] == ["nothing.txt"]
    assert report["added"][0]["left_out"] == [
        {"reason": "no name", "lines": [2]},
        {"reason": "the latitude is no number from -90 to 90", "lines": [3]},
    ]
    assert "nothing.txt cannot be read" in err
    assert "no name: line 2" in err
    assert len(built) == 1
    assert main(["gazetteer", "add"]) == 2

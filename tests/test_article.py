"""The whole path on whole articles: the shipped sample, and the one `DATELINE_ARTICLE` names.

What a general reader of text still gets wrong stands here too, as what it does: a test of such a
thing fails when the thing is mended, so that the list stays true.
"""

from __future__ import annotations

import calendar
from datetime import date
from pathlib import Path

import pytest

from geo.model import Reading
from geo.pipeline import open_reader
from geo.settings import Settings
from geo.sources.text import load_article
from tests.articles import (
    PUBLISHED,
    SAMPLE,
    Wanted,
    mention_at,
    near,
    original,
    places_of,
    span,
    words,
)

BAKHMUT = (48.59, 38.00)
ZAPORIZHZHIA_OBLAST, KHERSON_OBLAST = "iso:UA-23", "iso:UA-65"


def month(year: int, number: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def day(year: int, number: int, of_month: int) -> tuple[date, date]:
    """A day as a period."""
    return (date(year, number, of_month),) * 2


@pytest.fixture(
    scope="module",
    params=[path for path in (SAMPLE, original()) if path],
    ids=lambda path: path.stem if path == SAMPLE else f"original-{path.stem}",
)
def path(request: pytest.FixtureRequest) -> Path:
    """Each article in turn."""
    assert isinstance(request.param, Path)
    return request.param


@pytest.fixture(scope="module")
def reading(path: Path, settings: Settings) -> Reading:
    """The article, read as the dashboard and the command line read it."""
    return open_reader(settings)(load_article(path, PUBLISHED, settings))


# --- places: what both articles share ---------------------------------------------------------


def test_the_besieged_town_is_itself_each_time_it_stands(reading: Reading) -> None:
    spans = list(words(reading.article.text, "Bakhmut"))
    assert len(spans) >= 5
    for start, end in spans:
        mention = mention_at(reading, start, end)
        assert mention is not None, f"not found at {start}"
        assert (mention.start, mention.end) == (start, end)
        assert mention.place is not None
        assert (mention.place.name, mention.place.kind) == ("Bakhmut", "settlement")
        assert mention.place.admin1_name == "Donetsk"
        assert near(mention.place, *BAKHMUT)


def test_the_misspelt_name_is_read_with_less_confidence(reading: Reading) -> None:
    misspelt = [mention for mention in reading.mentions if mention.form == "misspelt"]
    assert len(misspelt) == 1
    assert misspelt[0].surface != "Bakhmut"
    assert near(misspelt[0].place, *BAKHMUT)
    right = [m.confidence for m in reading.mentions if m.surface == "Bakhmut"]
    assert misspelt[0].confidence < min(right)


@pytest.mark.parametrize(("name", "alpha2"), [("Ukraine", "UA"), ("Russia", "RU")])
def test_countries_are_countries(reading: Reading, name: str, alpha2: str) -> None:
    spans = list(words(reading.article.text, name))
    assert spans
    for span_ in spans:
        mention = mention_at(reading, *span_)
        assert mention is not None
        assert mention.place is not None
        assert (mention.place.id, mention.place.kind) == (f"iso:{alpha2}", "country")


def test_the_capital_stands_for_its_government_and_is_no_place_of_events(reading: Reading) -> None:
    for span_ in words(reading.article.text, "Moscow"):
        mention = mention_at(reading, *span_)
        assert mention is not None
        assert mention.form == "metonym"
        assert near(mention.place, 55.75, 37.62, km=25)
    assert any(mention.surface == "Moscow" for mention in reading.mentions)
    for event in reading.events:
        assert not [place for place in places_of(reading, event) if place.name == "Moscow"]


def test_donbas_is_a_region(reading: Reading) -> None:
    (start, end), *_ = words(reading.article.text, "Donbas")
    mention = mention_at(reading, start, end)
    assert mention is not None
    assert mention.place is not None
    assert (mention.place.name, mention.place.kind) == ("Donbas", "region")


def test_demonyms_are_known_and_are_where_nothing_happened(reading: Reading) -> None:
    countries = {"Ukrainian": "UA", "Russian": "RU", "Russians": "RU", "Ukrainians": "UA"}
    seen = 0
    for surface, alpha2 in countries.items():
        for span_ in words(reading.article.text, surface):
            mention = mention_at(reading, *span_)
            assert mention is not None, f"{surface} not found at {span_}"
            assert mention.form == "demonym"
            assert mention.place is not None
            assert mention.place.id == f"iso:{alpha2}"
            seen += 1
    assert seen >= 3
    for event in reading.events:
        for place in event.places:
            if place.role == "location":
                assert reading.mentions[place.mention].form != "demonym"


def test_the_main_event_comes_first_and_is_the_fighting(reading: Reading) -> None:
    main = reading.events[0]
    assert (main.type, main.subtype) == ("Battles", "Armed clash")
    assert "Bakhmut" in [place.name for place in places_of(reading, main)]


def test_every_event_has_its_sentence_and_its_trigger_in_it(reading: Reading) -> None:
    assert reading.events
    for event in reading.events:
        assert (event.start, event.end) in reading.sentences
        assert event.start <= event.trigger_start < event.trigger_end <= event.end
        for place in event.places:
            assert 0 <= place.mention < len(reading.mentions)
        if event.date_start and event.date_end:
            assert event.date_start <= event.date_end
            assert event.date_precision != "unknown"


def test_reading_twice_gives_the_same(reading: Reading, path: Path, settings: Settings) -> None:
    assert open_reader(settings)(load_article(path, PUBLISHED, settings)) == reading


# --- what each article says, by short phrases of it -------------------------------------------

# Phrase with the name in [brackets], and the id or kind of the place that is meant.
ORIGINAL_PLACES = {
    "the central [Zaporizhia] region": ZAPORIZHZHIA_OBLAST,
    "in the [Kherson] region": KHERSON_OBLAST,
    "regional centre of [Kherson]": "gn:706448",
    "of the [Dnipro] River": "river",
}
ORIGINAL_NO_PLACES = (
    "Ukrainian [NV] radio",
    "Oleksiy [Reva]",
    "parliament Serhiy [Rakhmanin]",
    "collapse, [Rakhmanin] said",
    "President [Volodymyr]",
    "Volodymyr [Zelenskyy]",
)
ORIGINAL_EVENTS = (
    Wanted(
        sentence="Heavy battles are",
        type="Battles", subtype="Armed clash", status="ongoing", at=("gn:713174",),
    ),
    Wanted(
        sentence="began about seven months ago",
        type="Battles", dates=month(2022, 8), precision="month", at=("gn:713174",),
    ),
    Wanted(
        sentence="invaded its neighbour",
        trigger="invaded", dates=day(2022, 2, 24), precision="day", at=("iso:UA",),
    ),
    Wanted(
        sentence="making preparations for new attacks",
        status="planned", at=(ZAPORIZHZHIA_OBLAST, KHERSON_OBLAST),
    ),
    Wanted(
        sentence="had been shelled",
        type="Explosions/Remote violence", dates=day(2023, 3, 1), precision="day",
        at=("gn:706448",),
    ),
    Wanted(
        sentence="had been shelled", trigger="shelled", at=("dl:dnipro",),
    ),
    Wanted(
        sentence="abandoned by Russian forces",
        type="Strategic developments", subtype="Non-violent transfer of territory",
        dates=month(2022, 11), precision="month", at=("dl:dnipro",), trigger="abandoned",
    ),
    Wanted(sentence="4,500 people remain", type="Humanitarian", at=("gn:713174",)),
)  # fmt: skip

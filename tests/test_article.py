"""The whole path on whole articles: the shipped sample, and the one `DATELINE_ARTICLE` names.

What a general reader of text still gets wrong stands here too, as what it does: a test of such a
thing fails when the thing is mended, so that the list stays true.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
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

BAKHMUT, BAKHMUT_ID = (48.59, 38.00), "gn:713174"
KHERSON, DNIPRO_RIVER = "gn:706448", "dl:dnipro-river"
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
    again = load_article(path, PUBLISHED, settings)
    assert again.id == reading.article.id
    assert open_reader(settings)(reading.article) == reading


# --- what each article says, by short phrases of it -------------------------------------------

SAMPLE_PLACES = {
    "the central [Zaporizhzhia] region": ZAPORIZHZHIA_OBLAST,
    "in the [Kherson] region": KHERSON_OBLAST,
    "[Kherson], the main city": KHERSON,
    "side of the [Dnipro] River": DNIPRO_RIVER,
    "upstream in [Dnipro], the city": "gn:709930",
    "[Soledar], just to the north": "gn:706757",
    "from [Chasiv Yar]": "gn:710915",
    "[Kyiv] answers that": "gn:703448",
}
ORIGINAL_PLACES = {
    "the central [Zaporizhia] region": ZAPORIZHZHIA_OBLAST,
    "in the [Kherson] region": KHERSON_OBLAST,
    "regional centre of [Kherson]": KHERSON,
    "of the [Dnipro] River": DNIPRO_RIVER,
}

SAMPLE_NO_PLACES = (
    "Oleksiy [Reva]",
    "Serhiy [Rakhmanin]",
    "listeners of [NV] radio",
    "President [Volodymyr]",
    "Volodymyr [Zelenskyy]",
    "Yevgeny [Prigozhin]",
    "founder of the [Wagner]",
)
ORIGINAL_NO_PLACES = (
    "Oleksiy [Reva]",
    "parliament Serhiy [Rakhmanin]",
    "collapse, [Rakhmanin] said",
    "Ukrainian [NV] radio",
    "President [Volodymyr]",
    "Volodymyr [Zelenskyy]",
)

SAMPLE_EVENTS = (
    Wanted(
        sentence="still fighting for Bakhmut on Thursday", type="Battles",
        subtype="Armed clash", status="ongoing", dates=day(2023, 3, 2), precision="day",
        at=(BAKHMUT_ID,),
    ),
    Wanted(
        sentence="the battle for Bakhmut started", type="Battles",
        dates=month(2022, 8), precision="month", at=(BAKHMUT_ID,),
    ),
    Wanted(
        sentence="its army invaded Ukraine", trigger="invaded",
        dates=day(2022, 2, 24), precision="day", at=("iso:UA",),
    ),
    Wanted(
        sentence="is preparing new offensives", status="planned",
        at=(ZAPORIZHZHIA_OBLAST, KHERSON_OBLAST),
    ),
    Wanted(
        sentence="came under shelling", type="Explosions/Remote violence",
        subtype="Shelling/artillery/missile attack", status="occurred",
    ),
    Wanted(
        sentence="gave up in November", trigger="gave up", type="Strategic developments",
        subtype="Non-violent transfer of territory", dates=month(2022, 11), precision="month",
        at=(DNIPRO_RIVER,),
    ),
    Wanted(sentence="are left in", type="Humanitarian", at=(BAKHMUT_ID,)),
    Wanted(
        sentence="fell in January", trigger="fell", dates=month(2023, 1), precision="month",
        at=("gn:706757",),
    ),
    Wanted(
        sentence="claimed that his men had captured", trigger="captured", status="claimed",
        dates=day(2023, 2, 25), precision="day",
    ),
)  # fmt: skip
ORIGINAL_EVENTS = (
    Wanted(
        sentence="Heavy battles are", type="Battles", subtype="Armed clash", status="ongoing",
        at=(BAKHMUT_ID,),
    ),
    Wanted(
        sentence="began about seven months ago", type="Battles",
        dates=month(2022, 8), precision="month", at=(BAKHMUT_ID,),
    ),
    Wanted(
        sentence="invaded its neighbour", trigger="invaded",
        dates=day(2022, 2, 24), precision="day", at=("iso:UA",),
    ),
    Wanted(
        sentence="making preparations for new attacks", status="planned",
        at=(ZAPORIZHZHIA_OBLAST, KHERSON_OBLAST),
    ),
    Wanted(
        sentence="had been shelled", trigger="shelled", type="Explosions/Remote violence",
        dates=day(2023, 3, 1), precision="day", at=(KHERSON, DNIPRO_RIVER),
    ),
    Wanted(
        sentence="abandoned by Russian forces", trigger="abandoned",
        type="Strategic developments", subtype="Non-violent transfer of territory",
        dates=month(2022, 11), precision="month", at=(DNIPRO_RIVER,),
    ),
    Wanted(sentence="4,500 people remain", type="Humanitarian", at=(BAKHMUT_ID,)),
)  # fmt: skip

# What somebody thinks may come about is no event: the phrase, and the word in [brackets].
SAMPLE_NO_EVENTS = (
    "that [taking] Bakhmut would open",
    "have to [give] Bakhmut up one day",
    "soldiers should [pull back]",
)
ORIGINAL_NO_EVENTS = (
    "[seizing] the salt-mining town",
    "[securing] full control",
    "have to [leave] Bakhmut",
    "an organised [retreat]",
)

# What is still read wrong, by the phrase it stands under above. Mending one fails its test here.
WRONG: frozenset[str] = frozenset()


def cases(of_sample: Iterable[object], of_original: Iterable[object]) -> list[object]:
    """Both articles' expectations, the original's only where it is at hand."""
    named = {"sample": of_sample, "original": of_original if original() else ()}
    return [
        pytest.param(which, case, id=f"{which}: {getattr(case, 'sentence', None) or case}")
        for which, its in named.items()
        for case in its
    ]


def assert_right_unless_known(phrase: str, problems: list[str]) -> None:
    """No problem, or a phrase that stands in WRONG and is still read wrong."""
    if phrase in WRONG:
        assert problems, f"{phrase!r} is read right now: take it out of WRONG"
    else:
        assert not problems, f"{phrase}: {'; '.join(problems)}"


@pytest.fixture(scope="module")
def readings(settings: Settings) -> dict[str, Reading]:
    """Both articles by name, as far as they are at hand."""
    paths = {"sample": SAMPLE, "original": original()}
    reader = open_reader(settings)
    return {
        name: reader(load_article(path, PUBLISHED, settings))
        for name, path in paths.items()
        if path
    }


@pytest.mark.parametrize(("which", "case"), cases(SAMPLE_PLACES.items(), ORIGINAL_PLACES.items()))
def test_names_mean_the_right_place(
    readings: dict[str, Reading], which: str, case: tuple[str, str]
) -> None:
    phrase, wanted = case
    reading = readings[which]
    mention = mention_at(reading, *span(reading.article.text, phrase))
    found = mention.place.id if mention and mention.place else None
    assert_right_unless_known(phrase, [] if found == wanted else [f"is {found}, not {wanted}"])


@pytest.mark.parametrize(("which", "case"), cases(SAMPLE_NO_PLACES, ORIGINAL_NO_PLACES))
def test_people_and_media_are_no_places(
    readings: dict[str, Reading], which: str, case: str
) -> None:
    reading = readings[which]
    mention = mention_at(reading, *span(reading.article.text, case))
    assert_right_unless_known(case, [f"is read as {mention.place}"] if mention else [])


@pytest.mark.parametrize(("which", "case"), cases(SAMPLE_EVENTS, ORIGINAL_EVENTS))
def test_events_are_read(readings: dict[str, Reading], which: str, case: Wanted) -> None:
    assert_right_unless_known(case.sentence, case.closest(readings[which]))


@pytest.mark.parametrize(("which", "case"), cases(SAMPLE_NO_EVENTS, ORIGINAL_NO_EVENTS))
def test_what_may_come_about_is_no_event(
    readings: dict[str, Reading], which: str, case: str
) -> None:
    reading = readings[which]
    start, end = span(reading.article.text, case)
    read = [
        f"read as {event.type}, {event.status}"
        for event in reading.events
        if event.trigger_start < end and start < event.trigger_end
    ]
    assert_right_unless_known(case, read)

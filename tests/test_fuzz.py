"""Whatever text comes in: no crash, no hang, spans that hold, and the same answer twice."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.cli import main
from geo.errors import BadQueryError
from geo.gazetteer import index
from geo.gazetteer.gazetteer import Gazetteer
from geo.geocoding.names import resolve_name
from geo.model import DATE_PRECISIONS, FORMS, ROLES, STATUSES, Article, Reading
from geo.pipeline import open_reader
from geo.settings import ROOT, Settings
from tests.timing import cpu_s

Read = Callable[[Article], Reading]
EXAMPLES = settings(
    max_examples=300,
    deadline=None,  # a loaded machine is not a hang; the tests of growth look for those
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NOISE = st.text(st.characters(), max_size=400)  # every code point, lone surrogates too
# What the reader looks for, in orders that no writer would choose.
PIECES = (
    "Bakhmut", "Kyiv", "Paris", "Texas", "the Black Sea", "Russian", "New", "York", "St.", "Mt.",
    "north of", "in", "and", ",", ".", "—", "-", "'s", "’s", "(", ")", '"', "\n", "\n\n", "\t",
    "U.S.", "Dr.", "Smith", "police", "Department", "River", "Oblast", "region", "killed", "12",
    "at least", "troops", "shelled", "captured", "denied", "would", "on Wednesday", "March 2",
    "last week", "seven months ago", "2023", "0", "99999999999999999999", "no one", "protest",
    "ÉTATS-UNIS", "Запоріжжя", "東京", "القاهرة", "\u200b", "\u00ad", "\ufeff", "\u2028", "\x00",
    "\ud800", "\U0001f600", "e\u0301", "ﬁ", "İ", "ß", "ǅ", "%s", "{{ x }}", "${y}", "<b>", "\\",
)  # fmt: skip
SCRAPS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=60).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda between: between.join(parts))
)
DATES = st.none() | st.dates()


@pytest.fixture(scope="module")
def reader(settings: Settings) -> Read:
    return open_reader(settings)


@pytest.fixture(scope="module")
def gazetteer(settings: Settings) -> Iterator[Gazetteer]:
    opened = index.open_gazetteer(settings)
    yield opened
    opened.close()


def check(article: Article, reading: Reading) -> None:
    """What every reading promises, whatever the text was."""
    text, length = article.text, len(article.text)
    end = 0
    for start, stop in reading.sentences:
        assert end <= start < stop <= length
        end = stop
    before = (0, 0)
    for mention in reading.mentions:
        assert 0 <= mention.start < mention.end <= length
        assert before <= (mention.start, mention.end)
        before = (mention.start, mention.end)
        assert mention.surface == text[mention.start : mention.end]
        assert mention.surface.strip() == mention.surface
        assert mention.form in FORMS
        assert 0 <= mention.confidence <= 1
        for candidate in mention.candidates:
            assert 0 <= candidate.score <= 1
        if mention.place is not None:
            assert -90 <= mention.place.lat <= 90
            assert -180 <= mention.place.lon <= 180
    for event in reading.events:
        assert 0 <= event.start <= event.trigger_start < event.trigger_end <= event.end <= length
        assert event.status in STATUSES
        assert event.date_precision in DATE_PRECISIONS
        assert 0 <= event.confidence <= 1
        if event.date_start and event.date_end:
            assert event.date_start <= event.date_end
        low, high = event.fatalities_low, event.fatalities_high
        assert low is None or high is None or 0 <= low <= high
        for place in event.places:
            assert 0 <= place.mention < len(reading.mentions)
            assert place.role in ROLES


def read_twice(reader: Read, text: str, published: date | None = None) -> Reading:
    article = Article.of(text, published=published)
    reading = reader(article)
    check(article, reading)
    assert reader(Article.of(text, published=published)) == reading
    return reading


@EXAMPLES
@given(text=NOISE, published=DATES)
def test_any_text_is_read(reader: Read, text: str, published: date | None) -> None:
    read_twice(reader, text, published)


@EXAMPLES
@given(text=SCRAPS, published=DATES)
def test_scraps_of_news_in_any_order_are_read(
    reader: Read, text: str, published: date | None
) -> None:
    read_twice(reader, text, published)
    read_twice(reader, text.upper(), published)
    read_twice(reader, text.lower(), published)


@EXAMPLES
@given(raw=st.binary(max_size=600), encoding=st.sampled_from(["latin-1", "cp437", "utf-16-le"]))
def test_binary_noise_is_read_as_text_with_nothing_in_it(
    reader: Read, raw: bytes, encoding: str
) -> None:
    read_twice(reader, raw.decode(encoding, "replace"))


@EXAMPLES
@given(name=SCRAPS | NOISE, country=st.none() | NOISE, admin1=st.none() | NOISE)
def test_any_name_is_looked_up(
    gazetteer: Gazetteer, name: str, country: str | None, admin1: str | None
) -> None:
    if not name.strip():
        return
    try:
        found = resolve_name(gazetteer, name, country=country, admin1=admin1)
    except BadQueryError as error:
        assert "no country is called" in str(error) or "is a region of" in str(error)  # noqa: PT017
        return
    assert sum(one.score for one in found[:1]) <= 1.0 + 1e-9
    assert found == resolve_name(gazetteer, name, country=country, admin1=admin1)


LANGUAGES = {
    "Ukrainian": "Російські війська обстріляли Бахмут у середу, загинули двоє людей.",
    "Russian": "В среду российские войска обстреляли Херсон; погибли два человека.",
    "French": "Deux personnes ont été tuées mercredi à Marseille, a déclaré la police.",
    "German": "In Köln und Düsseldorf gingen am Mittwoch Tausende auf die Straße.",
    "Arabic": "قتل شخصان في قصف على مدينة حلب يوم الأربعاء.",
    "Chinese": "星期三，北京和上海发生抗议活动。",
    "Hindi": "दिल्ली में बुधवार को विरोध प्रदर्शन हुआ।",
    "Turkish": "İSTANBUL'DA ÇARŞAMBA GÜNÜ İKİ KİŞİ ÖLDÜ.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_languages_do_no_harm(reader: Read, language: str) -> None:
    reading = read_twice(reader, LANGUAGES[language], date(2023, 3, 2))
    assert reading.events == ()


@pytest.mark.parametrize("text", ["", " ", "\n" * 500, "\x00", "\ud800" * 9, "A", "." * 999])
def test_what_is_hardly_a_text_says_nothing(reader: Read, text: str) -> None:
    reading = read_twice(reader, text)
    assert reading.mentions == ()
    assert reading.events == ()


def test_a_text_in_capitals_is_read_too(reader: Read) -> None:
    text = "RUSSIAN FORCES SHELLED KHERSON ON WEDNESDAY. TWO PEOPLE WERE KILLED IN KHERSON."
    names = {mention.place.name for mention in read_twice(reader, text).mentions if mention.place}
    assert "Kherson" in names


def one_line(kind: str, size: int) -> str:
    """About `size` characters without a line's end, of a kind that invites quadratic work."""
    chance = random.Random(size)
    sample = (ROOT / "data" / "articles" / "bakhmut.md").read_text("utf-8").replace("\n", " ")
    unit = {
        "news": sample,
        "one word": "a",
        "capitals": "BAKHMUT KHERSON ",
        "names": "Bakhmut, Kherson and Soledar, ",
        "title case": "Northern Ireland Police Department Of New South Wales ",
        "hyphens": "Stratford-upon-",
        "numbers": "1,234,567 ",
        "periods": "U.S.A. ",
        "brackets": "((((",
        "quotes": "“He said ‘",
        "spaces": " ",
        "stops": ".",
        "list of names": "Kyiv, Paris, Lviv, Springfield, ",
        "namesakes": "Jordan Peterson beat Paris 2-1. Jordan, ",
        "tags": "<script><a <b Kyiv <!-- ",
        "surrogates": "\ud83d",
    }.get(kind)
    if unit is None:
        letters = [chr(chance.randrange(32, 1500)) for _ in range(5000)]
        unit = "".join(letters)
    opening = "Shelled: " if kind == "list of names" else ""
    return (opening + unit * (size // len(unit) + 1))[:size]


KINDS = ("news", "one word", "capitals", "names", "title case", "hyphens", "numbers", "periods",
         "brackets", "quotes", "spaces", "stops", "list of names", "namesakes", "tags",
         "surrogates", "noise")  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_no_faster_than_the_text(reader: Read, kind: str) -> None:
    def took_s(size: int) -> float:
        article = Article.of(one_line(kind, size))
        return cpu_s(lambda: check(article, reader(article)), repeats=1)

    small, large = took_s(12_000), took_s(96_000)
    # Eight times the text: work that grows with the square would take 64 times as long.
    assert large < 24 * max(small, 0.02)


def test_five_megabytes_of_one_line_are_refused_or_read_to_the_end(
    settings: Settings, local_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit an error names the setting; with the limit raised the line is read."""
    text = one_line("news", 5_000_000)
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"text": text}) + "\n" + json.dumps({"text": "In Kyiv."}) + "\n")
    assert main(["parse", str(source), "-o", str(target)]) == 1
    refused, second = [json.loads(line) for line in target.read_text().splitlines()]
    assert "DATELINE_MAX_ARTICLE_CHARS" in refused["error"]
    assert [mention["name"] for mention in second["mentions"]] == ["Kyiv"]
    monkeypatch.setenv("DATELINE_MAX_ARTICLE_CHARS", "6000000")
    assert main(["parse", str(source), "-o", str(target)]) == 0
    long, _ = [json.loads(line) for line in target.read_text().splitlines()]
    assert len(long["mentions"]) > 10_000
    assert long["mentions"][-1]["end"] > 4_900_000


def test_the_check_notices_a_span_that_does_not_hold(reader: Read) -> None:
    article = Article.of("Shells hit Kherson and Bakhmut.")
    reading = reader(article)
    check(article, reading)
    first, second = reading.mentions
    for wrong in (
        (dataclasses.replace(first, end=first.end + 1), second),
        (dataclasses.replace(first, end=99, surface="Kherson and Bakhmut."), second),
        (second, first),
        (dataclasses.replace(first, confidence=1.5), second),
    ):
        with pytest.raises(AssertionError):
            check(article, dataclasses.replace(reading, mentions=wrong))

"""Hand-made readings, so that the store is tested without a gazetteer."""

from __future__ import annotations

from datetime import date
from typing import Any

from geo.model import Article, Candidate, Event, EventPlace, Mention, Place, Reading

BAKHMUT = Place(
    id="gn:713174", name="Bakhmut", kind="settlement", lat=48.59441, lon=38.00044, country="UA",
    admin1="UA-14", admin1_name="Donetsk", admin2="Bakhmut Raion", population=77_620,
    precision_km=5.0, source="GeoNames",
)  # fmt: skip
KHERSON = Place(
    id="gn:706448", name="Kherson", kind="settlement", lat=46.65581, lon=32.6178, country="UA",
    admin1="UA-65", admin1_name="Kherson", population=320_477, source="GeoNames",
)  # fmt: skip
BELGOROD = Place(
    id="gn:578072", name="Belgorod", kind="settlement", lat=50.61074, lon=36.58015, country="RU",
    admin1="RU-BEL", admin1_name="Belgorod", population=345_289, source="GeoNames",
)  # fmt: skip
DNIPRO = Place(
    id="dl:dnipro-river", name="Dnipro", kind="river", lat=47.5, lon=34.5, precision_km=400.0,
    source="recalled", crosses=("UA-65", "UA-23", "UA-12", "BY"),
)  # fmt: skip
DONETSK_OBLAST = Place(
    id="iso:UA-14", name="Donetsk", kind="admin1", lat=48.1, lon=37.7, country="UA",
    admin1="UA-14", admin1_name="Donetsk", precision_km=120.0, source="ISO 3166-2",
)  # fmt: skip

TEXT = (
    "Bakhmut holds out. Shells fired from Belgorod hit Kherson and villages on the Dnipro. "
    "In Solace nobody knows."
)
TITLE = "A day at the front"


def mention(text: str, surface: str, place: Place | None, **more: Any) -> Mention:
    """The first place where a name stands in a text."""
    start = text.index(surface)
    values: dict[str, Any] = {
        "form": "name", "confidence": 0.9, "method": "by hand",
        "candidates": (Candidate(place, 0.9, ("named",)),) if place else (),
    } | more  # fmt: skip
    return Mention(start=start, end=start + len(surface), surface=surface, place=place, **values)


def event(text: str, sentence: str, trigger: str, *places: EventPlace, **more: Any) -> Event:
    """An event told by a word of a sentence."""
    start, told = text.index(sentence), text.index(trigger)
    values: dict[str, Any] = {
        "type": "Battles", "subtype": "Armed clash", "status": "occurred", "confidence": 0.8,
    } | more  # fmt: skip
    return Event(
        start=start, end=start + len(sentence), trigger_start=told,
        trigger_end=told + len(trigger), places=places, **values,
    )  # fmt: skip


def reading(title: str = TITLE, text: str = TEXT, **more: Any) -> Reading:
    """An article with five mentions, one of them unlocated, and three events."""
    values: dict[str, Any] = {
        "published": date(2023, 3, 2), "url": "https://example.org/a", "publisher": "Example",
        "licence": "CC0-1.0", "note": "made up",
    } | more  # fmt: skip
    article = Article.of(text, title=title, **values)
    mentions = (
        mention(text, "Bakhmut", BAKHMUT, candidates=(
            Candidate(BAKHMUT, 0.9, ("largest of its name",)),
            Candidate(DONETSK_OBLAST, 0.2, ("lies around it",)),
        )),
        mention(text, "Belgorod", BELGOROD),
        mention(text, "Kherson", KHERSON),
        mention(text, "Dnipro", DNIPRO, form="metonym", confidence=0.7),
        mention(text, "Solace", None, confidence=0.2, candidates=(Candidate(KHERSON, 0.1),)),
    )  # fmt: skip
    sentences = [part + "." for part in text.split(". ")]
    sentences[-1] = sentences[-1].removesuffix(".")
    events = (
        event(
            text, sentences[1], "hit", EventPlace(2, "location"), EventPlace(3, "location", 0.6),
            EventPlace(1, "origin"), type="Explosions/Remote violence",
            subtype="Shelling/artillery/missile attack", date_start=date(2023, 3, 1),
            date_end=date(2023, 3, 1), date_precision="day", date_reason="Wednesday night",
            actors=("Military Forces of Russia",), fatalities_low=1, fatalities_high=3,
        ),
        event(
            text, sentences[0], "holds", EventPlace(0, "location"), status="ongoing",
            date_start=date(2023, 2, 1), date_end=date(2023, 2, 28), date_precision="month",
        ),
        event(text, sentences[2], "knows", EventPlace(4, "location"), type="Humanitarian",
              subtype="Displacement", status="claimed", claimed_by="nobody"),
    )  # fmt: skip
    spans = []
    for sentence in sentences:
        start = text.index(sentence)
        spans.append((start, start + len(sentence)))
    return Reading(article=article, sentences=tuple(spans), mentions=mentions, events=events)

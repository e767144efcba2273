"""`read`: one article in, everything that it says about places and events out."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from geo.codebook import Codebook
from geo.gazetteer.gazetteer import Gazetteer
from geo.model import Article, Mention, Reading
from geo.reading import cues, sentences
from geo.reading.capitals import load_name_lists
from geo.reading.document import Document
from geo.reading.doers import strikes
from geo.reading.events import find_events
from geo.reading.markup import without_markup
from geo.reading.outlet import home_by_words, home_country
from geo.reading.resolve import Resolution, Resolver
from geo.reading.span import Span
from geo.reading.spelling import misspelt
from geo.reading.toponyms import Finder
from geo.reading.unlisted import unlisted
from geo.settings import DEFAULT_MIN_CONFIDENCE, ROOT

# A name with less than this is no place at all, not a place that could not be located.
_LEAST_EVIDENCE = -0.4
_LEAST_CONSIDERED = -1.6  # the rest of the text may still speak for a name
_GOVERNING = re.compile(r"(?:'s|’s)?,? (?:has |had |have |also |will |would )?([a-z]+)\b")


def read(
    article: Article,
    gazetteer: Gazetteer,
    codebook: Codebook,
    *,
    min_confidence: float = DEFAULT_MIN_CONFIDENCE,
    data_dir: Path = ROOT / "data",
) -> Reading:
    """Read places and events out of an article.

    Mentions come in order of `start`; one whose place is less sure than `min_confidence` keeps its
    candidates but has no place. The same article, gazetteer and codebook give an equal reading.
    """
    text = without_markup(article.text)
    finder, resolver = _tools(gazetteer, data_dir)
    document = finder.document(text)
    home = article.country or home_country(article.url, article.publisher)
    mentions = _mentions(document, finder, resolver, home, min_confidence)
    bounds = tuple(sentences.split(text))
    events = find_events(text, bounds, mentions, article.published, codebook)
    return Reading(
        article=article,
        sentences=bounds,
        mentions=mentions,
        events=events,
        english=document.english,
    )


@lru_cache(maxsize=2)
def _tools(gazetteer: Gazetteer, data_dir: Path) -> tuple[Finder, Resolver]:
    return Finder(gazetteer, load_name_lists(data_dir)), Resolver(gazetteer)


def find_mentions(
    text: str,
    gazetteer: Gazetteer,
    *,
    home: str = "",
    min_confidence: float = DEFAULT_MIN_CONFIDENCE,
    data_dir: Path = ROOT / "data",
) -> tuple[Mention, ...]:
    """Every mention of a place in a text, in order of `start`.

    `home` is the ISO alpha-2 code of the country that the outlet or the article belongs to.
    """
    finder, resolver = _tools(gazetteer, data_dir)
    return _mentions(finder.document(text), finder, resolver, home, min_confidence)


def _mentions(
    document: Document, finder: Finder, resolver: Resolver, home: str, min_confidence: float
) -> tuple[Mention, ...]:
    text = document.text
    spans = [span for span in finder.find(document) if span.evidence > _LEAST_CONSIDERED]
    resolutions = [
        resolution
        for resolution in resolver.resolve(spans, {home: 1.0} if home else home_by_words(text))
        if resolution.span.evidence > _LEAST_EVIDENCE
    ]
    mentions = [_mention(text, resolution, min_confidence) for resolution in resolutions]
    mentions += misspelt(text, finder, mentions)
    mentions += unlisted(document, finder, mentions)
    return tuple(sorted(mentions, key=lambda mention: mention.start))


def _mention(text: str, resolution: Resolution, min_confidence: float) -> Mention:
    span, confidence = resolution.span, resolution.confidence
    form = span.form
    if form == "name" and _stands_for_government(text, span, resolution):
        form = "metonym"
    located = resolution.place if confidence >= min_confidence else None
    return Mention(
        start=span.start,
        end=span.end,
        surface=span.surface,
        form=form,
        place=located,
        confidence=confidence,
        method="; ".join(span.reasons),
        candidates=resolution.candidates,
    )


def _stands_for_government(text: str, span: Span, resolution: Resolution) -> bool:
    """A capital that says, wants or denies is its country's government."""
    place = resolution.place
    if place is None or place.kind != "settlement" or place.population < 50_000:
        return False
    if any("after in" in reason or "after near" in reason for reason in span.reasons):
        return False
    follows = _GOVERNING.match(text, span.end)
    governs = follows is not None and follows.group(1) in cues.GOVERNING
    return governs or strikes(text, span.start, span.end)

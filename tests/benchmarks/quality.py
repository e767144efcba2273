"""How well the reader reads: the project's own gold sets, and what its confidence is worth."""

from __future__ import annotations

from collections.abc import Iterator

from geo.gazetteer import index
from geo.pipeline import open_reader
from geo.settings import Settings
from tests.benchmarks.measure import Result
from tests.gold import score


def run(settings: Settings) -> Iterator[Result]:
    """A row for each measure, then the share right for each tenth of confidence."""
    if not index.is_ready(settings):
        index.build(settings)
    read = open_reader(settings)
    places, events = score.rows_of("places.jsonl"), score.rows_of("events.jsonl")
    of_places = score.score_places(places, score.read_all(places, read))
    of_events = score.score_events(events, score.read_all(events, read))
    for name, value in score.place_shares(of_places).items():
        yield Result(name=name, value=value, unit="", runs=1)
    yield Result(
        name="pins on decoys", value=of_places.decoy_pins, unit="", runs=1,
        note=f"{len(places)} passages, {of_places.gold:,} mentions: tests/gold/places.jsonl",
    )  # fmt: skip
    for name, value in of_events.shares().items():
        yield Result(name=name, value=value, unit="", runs=1)
    yield Result(
        name="events read", value=of_events.predicted, unit=f"of {of_events.gold}", runs=1,
        note=f"{len(events)} sentences: tests/gold/events.jsonl",
    )  # fmt: skip
    for title, held_out in (("seen", False), ("held out", True)):
        articles = [
            row for row in score.rows_of("event_articles.jsonl") if row["held_out"] is held_out
        ]
        of_articles = score.score_events(articles, score.read_all(articles, read))
        for name, value in of_articles.article_shares().items():
            yield Result(
                name=f"{name}, {title}", value=value, unit="", runs=1,
                note=f"{of_articles.gold} events in {len(articles)} articles",
            )  # fmt: skip
    for lower, count, right in of_places.reliability():
        yield Result(
            name=f"right at confidence {lower:.1f} to {lower + 0.1:.1f}",
            value=right,
            unit=f"of {count}",
            runs=1,
        )

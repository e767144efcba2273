"""`parse IN.jsonl -o OUT.jsonl`: places and events of many documents, one JSON line each.

In: `{"text"}` with optional `"id"`, `"title"`, `"date"` (ISO), `"country"` (ISO alpha-2: where the
outlet is at home) and `"outlet"`. Out, in the same order: `{"id", "mentions", "events"}`, with a
`"warning"` where the date could not be read or the text does not look like English, or
`{"id", "error"}` for a line that cannot be used.
Offsets count Unicode code points of `text`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime

from geo.commands.common import Commands, place_fields, print_json, ready_gazetteer
from geo.commands.jsonl import convert, require_readable, summarise
from geo.model import Article, Event, Mention, Reading
from geo.settings import Settings
from geo.sources.jsonlines import LineError, Record

_ALPHA2 = re.compile(r"[A-Za-z]{2}")


def add_parser(commands: Commands) -> None:
    """Declare `parse`."""
    command = commands.add_parser("parse", help="places and events of documents in JSON Lines")
    command.add_argument(
        "input", metavar="IN.jsonl", help="one document a line; - is standard input"
    )
    command.add_argument(
        "-o", "--output", metavar="OUT.jsonl", default="-", help="default: standard output"
    )
    command.add_argument(
        "--json", action="store_true", help="print the summary as JSON (with -o FILE)"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Read every document; exit status 1 where one could not be read."""
    require_readable(arguments.input)
    from geo.pipeline import open_reader

    ready_gazetteer(settings).close()
    reader = open_reader(settings)
    with closing(reader.gazetteer):
        report = convert(
            arguments.input,
            arguments.output,
            lambda number, record: _document(number, record, reader, settings),
            lambda number, record, reason: {"id": _id(number, record), "error": reason},
            max_line_bytes=settings.max_file_bytes,
            label="reading",
        )
    summarise(report, arguments.output)
    if arguments.json and arguments.output != "-":
        failed = [{"line": number, "error": reason} for number, reason in report.failed]
        print_json({"lines": report.lines, "failed": failed})
    return report.status


def _document(
    number: int, record: Record, reader: Callable[[Article], Reading], settings: Settings
) -> Record:
    if isinstance(record.get("id"), bool | float | list | dict):
        raise LineError('"id" must be text or a whole number')
    article = _article(record, settings)
    reading = reader(article)
    answer: Record = {
        "id": _id(number, record),
        "mentions": [mention_record(mention, reading.article.text) for mention in reading.mentions],
        "events": [event_record(event) for event in reading.events],
    }
    warnings = []
    if article.published is None and record.get("date"):
        warnings.append(
            f"\"date\" is no ISO date such as 2023-03-02, but {record['date']!r}: read without it"
        )
    if not reading.english:
        warnings.append("the text does not look like English, the language that is read")
    if warnings:
        answer["warning"] = "; ".join(warnings)
    return answer


def _id(number: int, record: Record) -> str | int:
    given = record.get("id")
    return given if isinstance(given, str | int) and not isinstance(given, bool) else str(number)


def _article(record: Record, settings: Settings) -> Article:
    if "text" not in record:
        raise LineError('"text" is missing')
    text, title, outlet, country = (
        _text(record, key) for key in ("text", "title", "outlet", "country")
    )
    if record["text"] is None:
        raise LineError('"text" must be text')
    if len(text) > settings.max_article_chars:
        raise LineError(
            f'"text" has {len(text)} characters, more than {settings.max_article_chars}; '
            "DATELINE_MAX_ARTICLE_CHARS raises the limit"
        )
    if country and not _is_country(country.upper()):
        raise LineError(f'"country" must be an ISO 3166-1 alpha-2 code, not {country!r}')
    return Article.of(
        text,
        title=title,
        published=_date(record),
        publisher=outlet,
        country=country.upper(),
    )


def _is_country(code: str) -> bool:
    """Whether ISO 3166-1 has the code; XK is what users of it write for Kosovo."""
    import pycountry

    return code == "XK" or (
        bool(_ALPHA2.fullmatch(code)) and pycountry.countries.get(alpha_2=code) is not None
    )


def _text(record: Record, key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise LineError(f'"{key}" must be text, not {type(value).__name__}')
    return value


def _date(record: Record) -> date | None:
    """The day that an outlet gives; None where it cannot be read, since the text still can."""
    text = _text(record, "date").strip()
    if not text:
        return None
    try:
        # A time of day is allowed and dropped: what counts is the day the outlet gives.
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def mention_record(mention: Mention, text: str) -> Record:
    """One mention as the contract has it; the place's fields are null where it has none."""
    return {
        "start": mention.start,
        "end": mention.end,
        "text": text[mention.start : mention.end],
        **place_fields(mention.place),
        "confidence": round(mention.confidence, 3),
        "form": mention.form,
    }


def event_record(event: Event) -> Record:
    """One event as the contract has it; its places point into the document's mentions."""
    return {
        "type": event.type,
        "subtype": event.subtype,
        "status": event.status,
        "date_start": event.date_start.isoformat() if event.date_start else None,
        "date_end": event.date_end.isoformat() if event.date_end else None,
        "date_precision": event.date_precision,
        "start": event.start,
        "end": event.end,
        "fatalities_low": event.fatalities_low,
        "fatalities_high": event.fatalities_high,
        "confidence": round(event.confidence, 3),
        "places": [{"mention": place.mention, "role": place.role} for place in event.places],
    }

"""`geocode NAME`, and `geocode --jsonl IN -o OUT` for many names: where a place is.

In: `{"query"}` with optional `"admin1"` and `"country"`, by code or by name. Out, in the same
order: the same with `"lat"`, `"lon"`, `"name"`, `"kind"` and `"confidence"`, null where not known.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from geo.commands.common import (
    Commands,
    UsageError,
    describe,
    place_fields,
    print_json,
    ready_gazetteer,
    say,
)
from geo.commands.jsonl import convert, require_readable, summarise
from geo.model import Candidate
from geo.settings import Settings
from geo.sources.jsonlines import LineError, Record

if TYPE_CHECKING:
    from geo.gazetteer.gazetteer import Gazetteer
    from geo.geocoding.chain import ChainGeocoder

Resolve = Callable[[str, str | None, str | None], list[Candidate]]

# OpenStreetMap's words for what the gazetteer calls by its own.
_OTHERS_SHOWN = 8
_ANSWER = ("lat", "lon", "name", "kind", "confidence")


def add_parser(commands: Commands) -> None:
    """Declare `geocode`."""
    command = commands.add_parser("geocode", help="where a place of that name is")
    command.add_argument("name", nargs="*", metavar="NAME", help="the name, quoted or not")
    command.add_argument("--country", help="its country, by code or by name")
    command.add_argument("--admin1", help="its first-level region, by code or by name")
    command.add_argument("--explain", action="store_true", help="list what else it may be, and why")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.add_argument("--jsonl", metavar="IN.jsonl", help="many names; - is standard input")
    command.add_argument(
        "-o",
        "--output",
        metavar="OUT.jsonl",
        default="-",
        help="with --jsonl; default: standard output",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Geocode one name or a file of them; not knowing a name is an answer, not a failure."""
    name = " ".join(arguments.name).strip()
    if bool(name) == bool(arguments.jsonl):
        raise UsageError("give one NAME, or --jsonl IN.jsonl")
    if arguments.jsonl:
        if arguments.country or arguments.admin1 or arguments.explain or arguments.json:
            raise UsageError(
                "with --jsonl, country and admin1 stand in each line, and --explain and --json "
                "have no place"
            )
        return _many(arguments, settings)
    if arguments.output != "-":
        raise UsageError("-o goes with --jsonl")
    with _resolver(settings) as resolve:
        found = resolve(name, arguments.country, arguments.admin1)
    others = _others(settings, arguments, name, found) if arguments.explain else []
    if arguments.json:
        print_json(_answer_record(name, found, others if arguments.explain else None))
        return 0
    if not found:
        bounds = ", ".join(filter(None, (arguments.admin1, arguments.country)))
        say(f"no place called {name!r}{f' in {bounds}' if bounds else ''} in the gazetteer")
    if arguments.explain:
        for candidate in [*found, *others]:
            print(f"{candidate.score:.2f}  {describe(candidate.place)}  [{candidate.place.id}]")
            print(f"      {'; '.join(candidate.reasons)}")
    elif found:
        print(f"{describe(found[0].place)}, confidence {found[0].score:.2f}")
    return 0


@contextmanager
def _resolver(settings: Settings) -> Iterator[Resolve]:
    """Names to candidates: the gazetteer's, else the online geocoder's where it is on."""
    from geo.geocoding.bounds import bounds_of
    from geo.geocoding.names import resolve_name
    from geo.geocoding.nominatim import candidate_of

    with closing(ready_gazetteer(settings)) as gazetteer, _online(settings, gazetteer) as online:

        def resolve(query: str, country: str | None, admin1: str | None) -> list[Candidate]:
            found = resolve_name(gazetteer, query, country=country, admin1=admin1)
            if found or online is None:
                return found
            bounds = bounds_of(gazetteer, country, admin1)
            location = online.geocode(query, country=bounds.country, admin1=bounds.admin1 or admin1)
            return [candidate_of(location)] if location else []

        yield resolve


@contextmanager
def _online(settings: Settings, gazetteer: Gazetteer) -> Iterator[ChainGeocoder | None]:
    """The gazetteer and Nominatim with the store's cache, or None where the user left it off."""
    if not settings.nominatim_user_agent.strip():
        yield None
        return
    from geo.geocoding.chain import open_geocoder
    from geo.store import open_store

    with closing(open_store(settings)) as store:
        yield open_geocoder(settings, gazetteer, store)


def _others(
    settings: Settings, arguments: argparse.Namespace, name: str, found: list[Candidate]
) -> list[Candidate]:
    """The most prominent places of that name that are no answer, with the reason."""
    from geo.geocoding.names import left_out

    with closing(ready_gazetteer(settings)) as gazetteer:
        return left_out(gazetteer, name, found, arguments.country, arguments.admin1)[:_OTHERS_SHOWN]


def _answer_record(
    name: str, found: list[Candidate], others: list[Candidate] | None = None
) -> Record:
    best = found[0] if found else None
    answer: Record = {
        "query": name,
        **place_fields(best.place if best else None),
        "confidence": round(best.score, 3) if best else None,
    }
    if others is not None:
        answer["candidates"] = [
            {
                "id": candidate.place.id,
                **place_fields(candidate.place),
                "confidence": round(candidate.score, 3),
                "reasons": list(candidate.reasons),
            }
            for candidate in [*found, *others]
        ]
    return answer


def _many(arguments: argparse.Namespace, settings: Settings) -> int:
    require_readable(arguments.jsonl)
    with _resolver(settings) as resolve:
        report = convert(
            arguments.jsonl,
            arguments.output,
            lambda number, record: _line(record, resolve),
            lambda number, record, reason: {**record, **dict.fromkeys(_ANSWER), "error": reason},
            max_line_bytes=settings.max_file_bytes,
            label="geocoding",
        )
    summarise(report, arguments.output)
    return report.status


def _line(record: Record, resolve: Resolve) -> Record:
    query, country, admin1 = (record.get(key) for key in ("query", "country", "admin1"))
    if not isinstance(query, str) or not query.strip():
        raise LineError('"query" must be a name')
    for key, value in (("country", country), ("admin1", admin1)):
        if value is not None and not isinstance(value, str):
            raise LineError(f'"{key}" must be text, not {type(value).__name__}')
    found = resolve(query, country or None, admin1 or None)
    if not found:
        return {**record, **dict.fromkeys(_ANSWER)}
    place = place_fields(found[0].place)
    answer = {key: place[key] for key in ("lat", "lon", "name", "kind")}
    return {**record, **answer, "confidence": round(found[0].score, 3)}

"""`export`: the events of the store as CSV or GeoJSON, filtered as on the dashboard."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

from geo.commands.common import Commands, UsageError, iso_date, say
from geo.model import STATUSES
from geo.settings import Settings

FORMATS = ("csv", "geojson")


def add_parser(commands: Commands) -> None:
    """Declare `export`; every filter may be given more than once."""
    command = commands.add_parser("export", help="write the store's events as CSV or GeoJSON")
    command.add_argument(
        "-o", "--output", metavar="FILE", default="-", help="default: standard output"
    )
    command.add_argument("--format", choices=FORMATS, help="default: by FILE's ending, else csv")
    command.add_argument("--country", action="append", default=[], help="ISO code, e.g. UA")
    command.add_argument("--admin1", action="append", default=[], help="ISO 3166-2, e.g. UA-14")
    command.add_argument("--type", action="append", default=[], help="event type, e.g. Battles")
    command.add_argument("--status", action="append", default=[], choices=STATUSES)
    command.add_argument("--from", dest="date_from", type=iso_date, help="first day")
    command.add_argument("--to", dest="date_to", type=iso_date, help="last day")
    command.add_argument("--text", help="words that the event's sentence or article holds")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the events that the filters leave; no event at all still gives a valid file."""
    from geo.codebook import load_codebook

    chosen = _format(arguments)
    names = [entry.name for entry in load_codebook(settings.codebook).types]
    if unknown := sorted(set(arguments.type) - set(names)):
        raise UsageError(f"no event type {unknown[0]!r}; there are: {', '.join(names)}")
    from geo.export import to_csv, to_geojson
    from geo.query import EventFilter, select
    from geo.store import open_store
    from geo.store.snapshot import load_snapshot

    write = to_csv if chosen == "csv" else to_geojson
    with closing(open_store(settings)) as store:
        snapshot = load_snapshot(store, settings)
        wanted = EventFilter(
            countries=tuple(code.upper() for code in arguments.country),
            admin1s=tuple(code.upper() for code in arguments.admin1),
            types=tuple(arguments.type),
            statuses=tuple(arguments.status),
            date_from=arguments.date_from,
            date_to=arguments.date_to,
            text_event_ids=store.search(arguments.text) if arguments.text else None,
        )
        rows = select(snapshot, wanted)
        content = write(snapshot, store, rows)
    if arguments.output == "-":
        sys.stdout.buffer.write(content)
        return 0
    try:
        Path(arguments.output).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{arguments.output} cannot be written: {error.strerror}") from error
    say(f"{len(rows)} events written to {arguments.output}")
    return 0


def _format(arguments: argparse.Namespace) -> str:
    ending = Path(arguments.output).suffix.lower().lstrip(".")
    if arguments.format:
        return str(arguments.format)
    if arguments.output == "-":
        return "csv"
    if ending == "json":
        return "geojson"
    if ending not in FORMATS:
        raise UsageError(f"{arguments.output}: say --format csv or --format geojson")
    return ending

"""`export`: the events of the store as a file, filtered as on the dashboard."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from geo.commands.common import Commands, UsageError, iso_date, say
from geo.export import FORMATS, format_of
from geo.model import STATUSES
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.query import Rows
    from geo.store.snapshot import Snapshot

_SUGGESTED = 6  # known values named to who asked for an unknown one


def add_parser(commands: Commands) -> None:
    """Declare `export`; every filter may be given more than once."""
    command = commands.add_parser("export", help="write the store's events to a file")
    command.add_argument(
        "-o", "--output", metavar="FILE", default="-", help="default: standard output"
    )
    command.add_argument(
        "--format", choices=list(FORMATS), help="default: by FILE's ending, else csv"
    )
    command.add_argument("--country", action="append", default=[], help="ISO code or name, e.g. UA")
    command.add_argument(
        "--admin1", action="append", default=[], help="ISO 3166-2 code or name, e.g. UA-14"
    )
    command.add_argument("--type", action="append", default=[], help="event type, e.g. Battles")
    command.add_argument("--status", action="append", default=[], choices=STATUSES)
    command.add_argument("--from", dest="date_from", type=iso_date, help="first day")
    command.add_argument("--to", dest="date_to", type=iso_date, help="last day")
    command.add_argument(
        "--source", action="append", default=[], help="publisher, or name or id of a data set"
    )
    command.add_argument("--text", help="words that the event's sentence or article holds")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the events that the filters leave; no event at all still gives a valid file."""
    from geo.codebook import load_codebook

    chosen = _format(arguments)
    codebook = load_codebook(settings.codebook)
    names = {entry.name: "" for entry in codebook.types}
    types = tuple(_known("event type", name, names) for name in arguments.type)
    from geo.export import export
    from geo.query import EventFilter, select, source_options
    from geo.store import open_store
    from geo.store.snapshot import load_snapshot

    with closing(open_store(settings)) as store:
        snapshot = load_snapshot(store, settings)
        countries, regions = _places(snapshot)
        reporters = source_options(snapshot)
        wanted = EventFilter(
            countries=tuple(_known("country", code, countries) for code in arguments.country),
            admin1s=tuple(_known("region", code, regions) for code in arguments.admin1),
            types=types,
            statuses=tuple(arguments.status),
            date_from=arguments.date_from,
            date_to=arguments.date_to,
            sources=tuple(_known("source", one, reporters) for one in arguments.source),
            text_event_ids=store.search(arguments.text) if arguments.text else None,
        )
        rows = select(snapshot, wanted)
        content = export(chosen, snapshot, store, rows, codebook)
    if arguments.output == "-":
        sys.stdout.buffer.write(content)
    else:
        try:
            Path(arguments.output).write_bytes(content)
        except OSError as error:
            raise UsageError(f"{arguments.output} cannot be written: {error.strerror}") from error
        say(f"{len(rows)} events written to {arguments.output}")
    for terms in _terms(snapshot, rows):
        say(terms)
    return 0


def _places(snapshot: Snapshot) -> tuple[dict[str, str], dict[str, str]]:
    """Countries and first-level regions by code: all of ISO 3166, and what the store holds."""
    import pycountry

    from geo.query import region_options

    countries = {entry.alpha_2: entry.name for entry in pycountry.countries}
    regions = {entry.code: entry.name for entry in pycountry.subdivisions}
    for code, country in region_options(snapshot).items():
        countries[code] = country.name
        regions |= country.admin1s
    return countries, regions


def _known(what: str, asked: str, known: Mapping[str, str]) -> str:
    """The key of `known` (code -> name, or a name -> "") that is meant.

    Raises UsageError with the nearest known values.
    """
    folded = {key.casefold(): key for key in known}
    names = {name.casefold(): key for key, name in known.items() if name}
    text = asked.strip().casefold()
    if found := folded.get(text) or names.get(text):
        return found
    near = difflib.get_close_matches(text, [*names, *folded], n=_SUGGESTED, cutoff=0.5)
    keys = list(dict.fromkeys(names.get(name) or folded[name] for name in near))
    if not keys and len(known) <= 2 * _SUGGESTED:
        keys = list(known)
    said = ", ".join(f"{key} ({known[key]})" if known[key] else key for key in keys)
    mend = f"known ones like it: {said}" if said else "give its code or its English name"
    raise UsageError(f"no {what} {asked!r}; {mend}")


def _terms(snapshot: Snapshot, rows: Rows) -> list[str]:
    """A sentence for each data set among the events, on how its publisher wants it named."""
    named = snapshot.events["dataset"].to_numpy()[rows]
    said = []
    for row, (name, licence) in enumerate(snapshot.datasets[["name", "licence"]].to_numpy()):
        if number := int((named == row).sum()):
            terms = f": {licence}" if licence else ""
            said.append(f"{number} of them are rows of {name}{terms}")
    return said


def _format(arguments: argparse.Namespace) -> str:
    if arguments.format:
        return str(arguments.format)
    if arguments.output == "-":
        return "csv"
    found = format_of(Path(arguments.output).name)
    if found is None:
        raise UsageError(f"{arguments.output}: say --format, one of {', '.join(FORMATS)}")
    return found

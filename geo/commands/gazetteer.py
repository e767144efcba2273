"""`gazetteer build | info`: the index of places that everything is looked up in."""

from __future__ import annotations

import argparse

from geo.commands.common import Commands, build_index, build_outlines, print_json, say
from geo.settings import Settings


def add_parser(commands: Commands) -> None:
    """Declare `gazetteer` and what it can do."""
    command = commands.add_parser("gazetteer", help="build the index of places, or describe it")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    building = actions.add_parser("build", help="build the index where it is missing or stale")
    building.add_argument("--force", action="store_true", help="build it even where it is sound")
    building.set_defaults(run=build)
    describing = actions.add_parser("info", help="what the index holds, and where it is")
    describing.add_argument("--json", action="store_true", help="print one JSON object")
    describing.set_defaults(run=info)


def build(arguments: argparse.Namespace, settings: Settings) -> int:
    """Build the index unless a sound one is there, and the outlines of regions beside it."""
    from geo.gazetteer import index

    if arguments.force:
        index.index_path(settings).unlink(missing_ok=True)
    if index.is_ready(settings):
        say(f"The gazetteer index is ready: {index.index_path(settings)}")
    else:
        build_index(settings)
    build_outlines(settings)
    return 0


def info(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print version, counts and place of the index; never builds it."""
    from geo.gazetteer import index

    gazetteer = index.open_gazetteer(settings)
    facts: dict[str, int | str] = {**gazetteer.info(), "path": str(index.index_path(settings))}
    if arguments.json:
        print_json(facts)
    else:
        for key, value in facts.items():
            print(f"{key:<18} {value}")
    return 0

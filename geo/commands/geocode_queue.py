"""`geocode-queue list | run`: names that the gazetteer does not know, and asking for them."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from geo.commands.common import Commands, UsageError, print_json, progress, say
from geo.settings import Settings


def add_parser(commands: Commands) -> None:
    """Declare `geocode-queue` and what it can do."""
    command = commands.add_parser("geocode-queue", help="names that wait for an online geocoder")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the names, and what became of each")
    listing.add_argument("--json", action="store_true", help="print one JSON list")
    listing.set_defaults(run=show)
    running = actions.add_parser("run", help="ask for the names that wait, at the permitted rate")
    running.set_defaults(run=run)


def show(arguments: argparse.Namespace, settings: Settings) -> int:
    """Every question with its state."""
    import time

    from geo.store import open_store
    from geo.store.questions import Questions

    with open_store(settings) as store:
        questions = Questions(store.database)
        questions.gather(time.time())
        listed, counts = questions.all(), questions.counts()
    if arguments.json:
        print_json([asdict(one) for one in listed])
        return 0
    for one in listed:
        note = f"{one.answers} answers" if one.answers else one.error
        print("  ".join(filter(None, (one.state.ljust(8), one.country or "--", one.name, note))))
    say(", ".join(f"{n} {state}" for state, n in counts.items()))
    return 0


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Ask for what waits. Exit status 1 where something could not be asked."""
    from geo.geocoding.chain import open_online
    from geo.pipeline import questions
    from geo.store import open_store

    with open_store(settings) as store:
        online = open_online(settings, store)
        if online is None:
            raise UsageError(
                "the online geocoder is off; DATELINE_NOMINATIM_USER_AGENT turns it on, with a "
                "name and an address under which the provider can reach you"
            )
        with progress() as update:
            report = questions.run(store, online, update)
    for name, reason in report.failed:
        say(f"{name}: {reason}")
    say(
        f"{report.asked} names asked for, {report.answered} answered, {report.placed} mentions "
        f"placed, {len(report.failed)} failed"
    )
    return 1 if report.failed else 0

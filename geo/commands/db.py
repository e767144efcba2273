"""`db info | upgrade | check | backup | restore`: the store."""

from __future__ import annotations

import argparse
import dataclasses
from contextlib import closing
from pathlib import Path

from geo.commands.common import Commands, print_json, say
from geo.settings import Settings


def add_parser(commands: Commands) -> None:
    """Declare `db` and what it can do."""
    command = commands.add_parser("db", help="describe, check, copy or upgrade the store")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    describing = actions.add_parser("info", help="what the store holds, and where it is")
    describing.add_argument("--json", action="store_true", help="print one JSON object")
    describing.set_defaults(run=info)
    upgrading = actions.add_parser("upgrade", help="create the schema or bring it up to date")
    upgrading.add_argument(
        "--words", action="store_true", help="build the index that words are searched in anew"
    )
    upgrading.set_defaults(run=upgrade)
    checking = actions.add_parser("check", help="find and name what is inconsistent")
    checking.add_argument("--json", action="store_true", help="print one JSON object")
    checking.set_defaults(run=check)
    backing = actions.add_parser("backup", help="copy everything into a file, while others write")
    backing.add_argument("path", type=Path, metavar="FILE", help="a file that is not there yet")
    backing.set_defaults(run=backup)
    restoring = actions.add_parser("restore", help="fill an empty store from a backup")
    restoring.add_argument("path", type=Path, metavar="FILE", help="what `db backup` wrote")
    restoring.set_defaults(run=restore)


def info(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the store's address (without its password), revision and counts."""
    from sqlalchemy.engine import make_url

    from geo.query import EventFilter, select, summary
    from geo.store import open_store
    from geo.store.snapshot import load_snapshot

    with closing(open_store(settings)) as store:
        snapshot = load_snapshot(store, settings)
        revision = store.revision()
    counts = summary(snapshot, select(snapshot, EventFilter()))
    facts = {
        "database": make_url(settings.database).render_as_string(hide_password=True),
        "revision": revision,
        "articles": len(snapshot.articles),
        "datasets": len(snapshot.datasets),
        "mentions": len(snapshot.mentions),
        "events": len(snapshot.events),
        "places": len(snapshot.places),
        "first_date": counts.first.isoformat() if counts.first else None,
        "last_date": counts.last.isoformat() if counts.last else None,
    }
    if arguments.json:
        print_json(facts)
    else:
        for key, value in facts.items():
            print(f"{key:<12} {'-' if value is None else value}")
    return 0


def upgrade(arguments: argparse.Namespace, settings: Settings) -> int:
    """Open the store, which creates or upgrades its schema."""
    from geo.store import open_store

    with closing(open_store(settings)) as store:
        if arguments.words:
            store.index_words()
            say("The index of words is built anew.")
        say(f"The store is up to date at revision {store.revision()}.")
    return 0


def check(arguments: argparse.Namespace, settings: Settings) -> int:
    """Name everything that does not fit (exit status 1), each with its mend."""
    from geo.store import open_store

    with closing(open_store(settings)) as store:
        problems = store.check()
    if arguments.json:
        print_json({"problems": [dataclasses.asdict(problem) for problem in problems]})
    for problem in problems:
        say(str(problem))
    if not problems and not arguments.json:
        say("The store is consistent.")
    return 1 if problems else 0


def backup(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write a backup."""
    from geo.store import open_store

    with closing(open_store(settings)) as store:
        store.back_up(arguments.path)
    say(f"The store is copied to {arguments.path} ({arguments.path.stat().st_size:,} bytes).")
    return 0


def restore(arguments: argparse.Namespace, settings: Settings) -> int:
    """Fill the store from a backup."""
    from geo.store import open_store

    with closing(open_store(settings)) as store:
        store.restore(arguments.path)
        say(f"The store is filled from {arguments.path}, at revision {store.revision()}.")
    return 0

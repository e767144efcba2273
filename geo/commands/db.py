"""`db info | upgrade`: the store."""

from __future__ import annotations

import argparse
from contextlib import closing

from geo.commands.common import Commands, print_json, say
from geo.settings import Settings


def add_parser(commands: Commands) -> None:
    """Declare `db` and what it can do."""
    command = commands.add_parser("db", help="describe the store, or bring its schema up to date")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    describing = actions.add_parser("info", help="what the store holds, and where it is")
    describing.add_argument("--json", action="store_true", help="print one JSON object")
    describing.set_defaults(run=info)
    upgrading = actions.add_parser("upgrade", help="create the schema or bring it up to date")
    upgrading.set_defaults(run=upgrade)


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
        say(f"The store is up to date at revision {store.revision()}.")
    return 0

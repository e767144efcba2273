"""`corrections list | export | import | undo`: the ledger of what people put right."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from geo.commands.common import Commands, print_json, say
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.store.corrections import Effect


def add_parser(commands: Commands) -> None:
    """Declare `corrections` and what it can do."""
    command = commands.add_parser("corrections", help="list, share or undo what people put right")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every correction, and whether it is in force")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    listing.set_defaults(run=listed)
    exporting = actions.add_parser("export", help="write the ledger as JSON Lines")
    exporting.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: print it")
    exporting.set_defaults(run=exported)
    importing = actions.add_parser("import", help="add a ledger; what is here already stays as is")
    importing.add_argument("path", type=Path, metavar="FILE", help="what `export` wrote")
    importing.add_argument("--dry-run", action="store_true", help="say what would change, only")
    importing.add_argument("--json", action="store_true", help="print one JSON object")
    importing.set_defaults(run=imported)
    undoing = actions.add_parser("undo", help="take a correction out of force")
    undoing.add_argument("id", metavar="ID", help="as `list` shows it")
    undoing.add_argument("--why", default="", help="kept in the ledger")
    undoing.add_argument("--dry-run", action="store_true", help="say what would change, only")
    undoing.add_argument("--json", action="store_true", help="print one JSON object")
    undoing.set_defaults(run=undone)


def listed(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the ledger, the oldest first."""
    from geo.store import corrections, open_store

    with closing(open_store(settings)) as store:
        ledger = store.corrections()
    in_force = {one.id for one in corrections.active(ledger)}
    if arguments.json:
        rows = [corrections.record(one) | {"in_force": one.id in in_force} for one in ledger]
        print_json({"corrections": rows})
        return 0
    for one in ledger:
        mark = "in force" if one.id in in_force else "-"
        about = ", ".join(f"{name} {value}" for name, value in one.target.items() if value)
        to = f" to {one.to.name} ({one.to.id})" if one.to else ""
        print(f"{one.id}  {one.made}  {mark:<8}  {one.kind}: {about}{to}  {one.who}  {one.why}")
    return 0


def exported(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write one correction a line."""
    from geo.store import corrections, open_store

    with closing(open_store(settings)) as store:
        ledger = store.corrections()
    if arguments.output is None:
        sys.stdout.write(corrections.to_lines(ledger).decode("utf-8"))
    else:
        arguments.output.write_bytes(corrections.to_lines(ledger))
        say(f"{len(ledger):,} corrections are written to {arguments.output}.")
    return 0


def imported(arguments: argparse.Namespace, settings: Settings) -> int:
    """Add what a file tells: all of it, or nothing where a line is wrong."""
    from geo.errors import LimitError
    from geo.store import corrections, open_store

    size = arguments.path.stat().st_size
    if size > settings.max_file_bytes:
        raise LimitError(
            f"{arguments.path} has {size:,} bytes, more than DATELINE_MAX_FILE_BYTES "
            f"({settings.max_file_bytes:,}) allows"
        )
    new = corrections.from_lines(arguments.path.read_bytes(), str(arguments.path))
    with closing(open_store(settings)) as store:
        known = {one.id for one in store.corrections()}
        effect = store.foresee(*new) if arguments.dry_run else store.correct(*new)
    _tell(effect, arguments, added=len({one.id for one in new} - known))
    return 0


def undone(arguments: argparse.Namespace, settings: Settings) -> int:
    """Undo one correction; undoing an undo brings the correction back."""
    from geo.store import corrections, open_store

    with closing(open_store(settings)) as store:
        ledger = store.corrections()
        undo = corrections.correction(
            "undo", {"correction": arguments.id}, who=settings.user, why=arguments.why,
            after=ledger[-1].made if ledger else "",
        )  # fmt: skip
        effect = store.foresee(undo) if arguments.dry_run else store.correct(undo)
    _tell(effect, arguments, added=1)
    return 0


def _tell(effect: Effect, arguments: argparse.Namespace, *, added: int) -> None:
    facts = {
        "corrections": added,
        "mentions": effect.mentions,
        "events": len(effect.events),
        "articles": len(effect.articles),
        "deleted": len(effect.deleted),
        "restored": len(effect.restored),
    }
    if arguments.json:
        print_json(facts | {"dry_run": arguments.dry_run})
        return
    verb = "would be" if arguments.dry_run else "are"
    say(
        f"{added:,} corrections {verb} added. {effect.mentions:,} mentions and "
        f"{len(effect.events):,} events in {len(effect.articles):,} articles {verb} changed, "
        f"{len(effect.deleted):,} articles deleted, {len(effect.restored):,} brought back."
    )

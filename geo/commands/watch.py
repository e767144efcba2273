"""`watch DIR`: read what is put in a folder."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from geo.commands.common import Commands, UsageError, iso_date, print_json, ready_gazetteer, say
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.pipeline.collect import Collected

LOOK_S = 2.0  # between two looks; a file that has not changed in that time is whole


def add_parser(commands: Commands) -> None:
    """Declare `watch`."""
    command = commands.add_parser("watch", help="read what is put in a folder, again and again")
    command.add_argument("folder", metavar="DIR", type=Path)
    command.add_argument(
        "--date", type=iso_date, help="publication date of articles that give none, e.g. 2023-03-02"
    )
    command.add_argument("--once", action="store_true", help="read what is there now, then end")
    command.add_argument("--json", action="store_true", help="print what each look read as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Look until Ctrl-C; with `--once` twice, exit status 1 where a file could not be read."""
    if not arguments.folder.is_dir():
        raise UsageError(f"{arguments.folder} is no folder")
    from geo.pipeline import open_reader
    from geo.pipeline.desk import Desk
    from geo.pipeline.watch import Watch
    from geo.store import open_store

    ready_gazetteer(settings).close()
    reader = open_reader(settings)
    try:
        with open_store(settings) as store, Desk(settings, reader, store) as desk:
            watch = Watch(desk, arguments.folder, arguments.date)
            watch.look()  # sees what is there and reads nothing yet
            if not arguments.once:
                say(f"watching {arguments.folder}; Ctrl-C ends it")
            while True:
                time.sleep(LOOK_S)
                found = watch.look()
                _say(found, as_json=arguments.json, always=arguments.once)
                if arguments.once:
                    return 1 if found.failed else 0
    finally:
        reader.gazetteer.close()


def _say(found: Collected, *, as_json: bool, always: bool) -> None:
    if not (always or found.outcomes or found.failed):
        return
    for name, reason in found.failed:
        say(reason if name in reason else f"{name}: {reason}")
    if as_json:
        print_json(
            {
                "saved": found.saved,
                "unchanged": found.unchanged,
                "failed": [{"path": name, "error": why} for name, why in found.failed],
            }
        )
    else:
        say(f"{found.saved} saved, {found.unchanged} unchanged, {len(found.failed)} failed")

"""`ingest PATH...`: read articles into the store."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from geo.commands.common import (
    Commands,
    UsageError,
    iso_date,
    print_json,
    progress,
    ready_gazetteer,
    say,
)
from geo.settings import Settings

_WEB_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def add_parser(commands: Commands) -> None:
    """Declare `ingest`."""
    command = commands.add_parser("ingest", help="read articles (.txt, .md) into the store")
    command.add_argument("paths", nargs="*", metavar="PATH", help="a file, or a folder of files")
    command.add_argument(
        "--date", type=iso_date, help="publication date of articles that give none, e.g. 2023-03-02"
    )
    command.add_argument(
        "--sample", action="store_true", help="read the shipped sample if the store is empty"
    )
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Read every path; the good ones are saved even where others fail (exit status 1)."""
    if bool(arguments.paths) == arguments.sample:
        raise UsageError("name the files to read, or give --sample alone")
    for path in arguments.paths:
        if _WEB_ADDRESS.match(path):
            raise UsageError(f"{path} is a web address; save its text to a file and read that")
    from geo import pipeline

    ready_gazetteer(settings).close()
    with progress() as update:
        if arguments.sample:
            report = pipeline.ensure_sample(settings, update)
        else:
            paths = [Path(path) for path in arguments.paths]
            report = pipeline.ingest_paths(paths, settings, arguments.date, update)
    for path, reason in report.failed:
        say(f"{path}: {reason}")
    if arguments.json:
        print_json(
            {
                "saved": report.saved,
                "unchanged": report.unchanged,
                "failed": [{"path": str(path), "error": why} for path, why in report.failed],
            }
        )
    elif report.saved or report.failed or not arguments.sample:
        say(f"{report.saved} saved, {report.unchanged} unchanged, {len(report.failed)} failed")
    return 1 if report.failed else 0

"""`ingest PATH...`: read files and links into the store, here or on a Dask cluster."""

from __future__ import annotations

import argparse
import re
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from geo.pipeline import Progress
    from geo.pipeline.collect import Collected

_LINK = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SCHEDULER = re.compile(r"(tcp|tls)://[^/\s]+:\d+")


def add_parser(commands: Commands) -> None:
    """Declare `ingest`."""
    command = commands.add_parser("ingest", help="read articles from files, folders and links")
    command.add_argument(
        "paths", nargs="*", metavar="PATH", help="a file, a folder, a pattern, or a web address"
    )
    command.add_argument(
        "--date", type=iso_date, help="publication date of articles that give none, e.g. 2023-03-02"
    )
    command.add_argument(
        "--sample", action="store_true", help="read the shipped sample if the store is empty"
    )
    crew = command.add_mutually_exclusive_group()
    crew.add_argument(
        "--workers", type=int, default=1, metavar="N", help="so many processes read (default 1)"
    )
    crew.add_argument(
        "--scheduler", default="", metavar="ADDRESS", help="a Dask cluster reads: tcp://HOST:PORT"
    )
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Read every path; the good ones are saved even where others fail (exit status 1)."""
    if bool(arguments.paths) == arguments.sample:
        raise UsageError("name the files to read, or give --sample alone")
    if arguments.workers < 1:
        raise UsageError("--workers must be at least 1")
    if arguments.scheduler and not _SCHEDULER.fullmatch(arguments.scheduler):
        raise UsageError(f"--scheduler {arguments.scheduler} is no address like tcp://HOST:8786")
    from geo import pipeline

    ready_gazetteer(settings).close()
    links = [path for path in arguments.paths if _LINK.match(path)]
    saved = unchanged = 0
    failed: list[tuple[str, str]] = []
    with progress() as update:
        if len(links) < len(arguments.paths) or arguments.sample:
            report = (
                pipeline.ensure_sample(settings, update)
                if arguments.sample
                else pipeline.ingest_paths(
                    [Path(path) for path in arguments.paths if path not in links],
                    settings, arguments.date, update,
                    workers=arguments.workers, scheduler=arguments.scheduler,
                )
            )  # fmt: skip
            saved, unchanged = report.saved, report.unchanged
            failed = [(str(path), reason) for path, reason in report.failed]
        if links:
            found = _fetch(links, settings, arguments.date, update)
            saved, unchanged = saved + found.saved, unchanged + found.unchanged
            failed += found.failed
    for name, reason in failed:
        say(f"{name}: {reason}")
    if arguments.json:
        print_json(
            {
                "saved": saved,
                "unchanged": unchanged,
                "failed": [{"path": name, "error": why} for name, why in failed],
            }
        )
    elif saved or failed or not arguments.sample:
        say(f"{saved} saved, {unchanged} unchanged, {len(failed)} failed")
    return 1 if failed else 0


def _fetch(
    links: list[str], settings: Settings, published: date | None, update: Progress
) -> Collected:
    from geo.pipeline import open_reader
    from geo.pipeline.collect import collect_links
    from geo.pipeline.desk import Desk
    from geo.store import open_store

    reader = open_reader(settings)
    with (
        closing(reader.gazetteer),
        open_store(settings) as store,
        Desk(settings, reader, store) as desk,
    ):
        return collect_links(desk, links, published, update)

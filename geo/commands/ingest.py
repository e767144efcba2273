"""`ingest PATH...`: read articles into the store, on this machine or on a Dask cluster."""

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
_SCHEDULER = re.compile(r"(tcp|tls)://[^/\s]+:\d+")


def add_parser(commands: Commands) -> None:
    """Declare `ingest`."""
    command = commands.add_parser("ingest", help="read articles (.txt, .md, .jsonl, .parquet)")
    command.add_argument(
        "paths", nargs="*", metavar="PATH", help="a file, a folder of .txt and .md, or a pattern"
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
    for path in arguments.paths:
        if _WEB_ADDRESS.match(path):
            raise UsageError(f"{path} is a web address; save its text to a file and read that")
    if arguments.workers < 1:
        raise UsageError("--workers must be at least 1")
    if arguments.scheduler and not _SCHEDULER.fullmatch(arguments.scheduler):
        raise UsageError(f"--scheduler {arguments.scheduler} is no address like tcp://HOST:8786")
    from geo import pipeline

    ready_gazetteer(settings).close()
    with progress() as update:
        if arguments.sample:
            report = pipeline.ensure_sample(settings, update)
        else:
            paths = [Path(path) for path in arguments.paths]
            report = pipeline.ingest_paths(
                paths, settings, arguments.date, update,
                workers=arguments.workers, scheduler=arguments.scheduler,
            )  # fmt: skip
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

"""`import FILE` and `datasets list|errors|remove`: coded event data sets."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from geo.commands.common import Commands, UsageError, print_json, progress, ready_gazetteer, say
from geo.model import DATASET_KINDS
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.model import Dataset
    from geo.pipeline.datasets import ImportReport

_ERRORS_SAID = 10  # rows in error named on the terminal; --errors takes all


def add_parser(commands: Commands) -> None:
    """Declare `import` and `datasets`."""
    command = commands.add_parser("import", help="take in a coded data set of events")
    command.add_argument("file", metavar="FILE", help="CSV, GDELT's .CSV, .xlsx or .geojson")
    command.add_argument(
        "--kind", choices=DATASET_KINDS, help="guessed from the header where not given"
    )
    command.add_argument(
        "--map", action="append", default=[], metavar="COLUMN=FIELD",
        help="which of our fields a column is, e.g. --map Deaths=fatalities_low; again for others",
    )  # fmt: skip
    command.add_argument("--labels", metavar="FILE", help="VIINA's file of labels")
    command.add_argument("--name", default="", help="what to call it; the file's name by default")
    command.add_argument("--dry-run", action="store_true", help="go through it and save nothing")
    command.add_argument("--errors", metavar="FILE.csv", help="write the rows in error there")
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.set_defaults(run=run)
    group = commands.add_parser("datasets", help="list and remove imported data sets")
    actions = group.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every data set with its counts")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=list_all)
    removing = actions.add_parser("remove", help="delete a data set with all its events")
    removing.add_argument("id", help="its id, as `datasets list` gives it, or its name")
    removing.add_argument("--dry-run", action="store_true", help="say how many events would go")
    removing.set_defaults(run=remove)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import one file; the good rows are saved even where others fail (exit status 1)."""
    from geo.codebook import load_codebook
    from geo.export import row_errors
    from geo.pipeline import datasets
    from geo.sources.datasets import open_source
    from geo.store import open_store

    labels = Path(arguments.labels) if arguments.labels else None
    source = open_source(
        Path(arguments.file), settings, kind=arguments.kind or "",
        mapping=_mapping(arguments.map), labels=labels,
    )  # fmt: skip
    how = " (guessed from the header)" if source.guessed else ""
    say(f"{source.table.name}: {source.importer.title}{how}, {source.table.said}")
    for field, column in source.mapping.items():
        say(f"  {column} -> {field}")
    codebook = load_codebook(settings.codebook)
    with closing(ready_gazetteer(settings)) as gazetteer, progress() as update:
        if arguments.dry_run:
            report = datasets.try_dataset(
                source, gazetteer, codebook, name=arguments.name, progress=update
            )
            errors = report.errors
        else:
            with open_store(settings) as store:
                report = datasets.import_dataset(
                    source, store, gazetteer, codebook, settings, name=arguments.name,
                    progress=update,
                )  # fmt: skip
                errors = store.row_errors(report.dataset.id)
    if arguments.errors:
        Path(arguments.errors).write_bytes(row_errors.write(errors))
    for error in errors[:_ERRORS_SAID]:
        say(f"line {error.line}: {error.reason}")
    if report.dataset.rows_failed > _ERRORS_SAID:
        say(f"... and {report.dataset.rows_failed - _ERRORS_SAID:,} more")
    if arguments.json:
        print_json(_facts(report, dry_run=arguments.dry_run))
    else:
        say(_summary(report, dry_run=arguments.dry_run))
    return 1 if report.dataset.rows_failed else 0


def _mapping(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not equals or not field.strip():
            raise UsageError(f"--map {pair}: write it as COLUMN=FIELD")
        found[field.strip()] = column.strip()
    return found


def _facts(report: ImportReport, *, dry_run: bool) -> dict[str, object]:
    return {
        **_described(report.dataset),
        "added": report.added,
        "resumed_at": report.resumed_at,
        "unchanged": report.unchanged,
        "dry_run": dry_run,
    }


def _described(dataset: Dataset) -> dict[str, object]:
    facts = asdict(dataset)
    facts["imported"] = dataset.imported.isoformat() if dataset.imported else None
    return facts


def _summary(report: ImportReport, *, dry_run: bool) -> str:
    dataset = report.dataset
    if report.unchanged:
        return f"unchanged: this file is in the store already, as {dataset.name} ({dataset.id})"
    said = f"{report.added:,} events {'would be ' if dry_run else ''}added"
    if report.resumed_at:
        said = f"resumed behind row {report.resumed_at:,}; {said}"
    return (
        f"{said}, {dataset.rows_known:,} rows known before, {dataset.rows_failed:,} failed, of "
        f"{dataset.rows_read:,} rows"
    )


def list_all(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print every data set."""
    from geo.store import open_store

    with open_store(settings) as store:
        found = store.datasets()
    if arguments.json:
        print_json([{**_described(dataset), "events": events} for dataset, events in found])
        return 0
    for dataset, events in found:
        print(
            f"{dataset.id}  {dataset.kind:<8} {events:>9,} events  {dataset.rows_failed:>7,} failed"
            f"  {dataset.state:<11} {dataset.name}"
        )
    if not found:
        say("There is no data set in the store.")
    return 0


def remove(arguments: argparse.Namespace, settings: Settings) -> int:
    """Delete a data set, or say what that would take."""
    from geo.store import open_store

    with open_store(settings) as store:
        found = [
            (dataset, events)
            for dataset, events in store.datasets()
            if arguments.id in (dataset.id, dataset.name)
        ]
        if len(found) != 1:
            raise UsageError(
                f"{len(found) or 'no'} data sets are called {arguments.id}; "
                "`datasets list` gives their ids"
            )
        dataset, events = found[0]
        if not arguments.dry_run:
            store.delete_dataset(dataset.id)
    verb = "would go" if arguments.dry_run else "are gone"
    say(f"{dataset.name}: {events:,} events {verb}")
    return 0

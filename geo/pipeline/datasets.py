"""Coded data sets into the store: rows into our terms, their places into the gazetteer's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pandas as pd

from geo.codebook import Codebook
from geo.errors import DataError
from geo.gazetteer.gazetteer import Gazetteer
from geo.model import Dataset, ReportedRows, RowError, stable_id
from geo.pipeline import ahead, coded_rows
from geo.pipeline.coded_places import CodedPlaces
from geo.pipeline.intake import Progress
from geo.settings import Settings
from geo.sources.datasets import Source
from geo.store import Store

ERRORS_SHOWN = 1_000  # of a dry run


@dataclass(slots=True)
class ImportReport:
    """What became of a data set's rows.

    `added` counts events saved by this import, `resumed_at` the rows that an earlier one had saved
    before it was stopped; `unchanged`: all of it was there. Errors of a dry run are cut at
    `ERRORS_SHOWN`, those of an import are in the store.
    """

    dataset: Dataset
    added: int = 0
    resumed_at: int = 0
    unchanged: bool = False
    errors: list[RowError] = field(default_factory=list)


def dataset_of(source: Source, name: str = "") -> Dataset:
    """The data set that a file is; the same file read the same way has the same id."""
    kind = source.importer.kind
    return Dataset(
        id=stable_id("dataset", kind, source.digest, sorted(source.mapping.items())),
        kind=kind,
        name=name or source.table.name,
        filename=source.table.name,
        digest=source.digest,
        licence=source.importer.licence,
        imported=datetime.now(UTC),
    )


def import_dataset(
    source: Source,
    store: Store,
    gazetteer: Gazetteer,
    codebook: Codebook,
    settings: Settings,
    *,
    name: str = "",
    progress: Progress | None = None,
) -> ImportReport:
    """Save every row that can be used, one transaction a chunk, and show them when all are in.

    An import that was stopped goes on where it was. Raises DataError where the file cannot be read
    at all or holds no row, StoreError; chunks saved before that stay, unseen, for the next try.
    """
    source.importer.columns(source.table)  # wrong ones are told before anything is entered
    dataset = store.begin_dataset(dataset_of(source, name))
    report = ImportReport(dataset, resumed_at=dataset.rows_read)
    if dataset.state == "complete":
        report.unchanged = True
        return report
    make = ahead.made_ahead if ahead.is_worth_it(source) else coded_rows.made
    for rows, share in make(source, gazetteer, codebook, dataset.rows_read):
        before = dataset
        dataset = store.add_rows(dataset.id, rows, settings.max_import_errors)
        told_twice = dataset.rows_failed - before.rows_failed - len(rows.errors)
        report.added += len(rows.events) - told_twice - dataset.rows_known + before.rows_known
        if progress:
            progress(share, f"{dataset.rows_read:,} rows")
    if not dataset.rows_read:
        store.delete_dataset(dataset.id)
        raise _no_rows(source)
    report.dataset = store.finish_dataset(dataset.id)
    return report


def _no_rows(source: Source) -> DataError:
    return DataError(f"{source.table.name} holds a header and no row")


def try_dataset(
    source: Source,
    gazetteer: Gazetteer,
    codebook: Codebook,
    *,
    name: str = "",
    progress: Progress | None = None,
) -> ImportReport:
    """Go through a file as an import would, and save nothing. Raises DataError."""
    report = ImportReport(dataset_of(source, name))
    rows_read = failed = 0
    seen: set[str] = set()
    for rows, share in coded_rows.made(source, gazetteer, codebook):
        new = set(rows.events["event_id"]) - seen
        seen |= new
        report.added += len(new)
        rows_read += rows.rows
        failed += len(rows.errors) + len(rows.events) - len(new)
        report.errors += rows.errors[: ERRORS_SHOWN - len(report.errors)]
        if progress:
            progress(share, f"{rows_read:,} rows")
    if not rows_read:
        raise _no_rows(source)
    report.dataset = Dataset(
        id=report.dataset.id, kind=report.dataset.kind, name=report.dataset.name,
        filename=report.dataset.filename, digest=report.dataset.digest,
        licence=report.dataset.licence, rows_read=rows_read, rows_failed=failed,
    )  # fmt: skip
    return report


def preview(
    source: Source, gazetteer: Gazetteer, codebook: Codebook, rows: int = 8
) -> tuple[pd.DataFrame, ReportedRows]:
    """The first rows as they stand in the file, and what they become. Raises DataError."""
    columns = source.importer.columns(source.table)
    chunk = next(iter(source.table.chunks(columns)), None)
    if chunk is None:
        raise _no_rows(source)
    settled = coded_rows.settled(source.importer.read(chunk, codebook), CodedPlaces(gazetteer))
    return chunk.frame.head(rows), settled

"""Articles into the store: the good ones saved, the bad ones named, known ones left alone.

Whoever reads, only this process writes: each article in a transaction of its own.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from geo.errors import GeoError, unforeseen
from geo.pipeline import crews
from geo.pipeline.crews import Batch, Crew, Item, Outcome, Unread
from geo.pipeline.inputs import Failures, entries, files, size_bytes
from geo.pipeline.reader import Reader, Reads, open_reader
from geo.settings import Settings
from geo.sources.corpus import Entry
from geo.sources.documents.apart import Apart
from geo.store import Store, open_store

log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]  # share done, 0 to 1, and what is being done


@dataclass(slots=True)
class IngestReport:
    """What became of each article; `failed` names the reason of every one that was not read."""

    saved: int = 0
    unchanged: int = 0
    failed: Failures = field(default_factory=list)


def ingest_paths(
    paths: Iterable[Path],
    settings: Settings,
    published: date | None = None,
    progress: Progress | None = None,
    *,
    workers: int = 1,
    scheduler: str = "",
) -> IngestReport:
    """Read files, folders and patterns into the store; see `geo.pipeline.inputs`.

    `published` is the date of articles that give none. More `workers` than one are processes of
    this machine; `scheduler` is the address of a Dask cluster that reads instead. An article that
    cannot be read is listed with its reason; the rest go on. Each is saved in a transaction of its
    own. Raises GazetteerError, CodebookError, StoreError or WorkerError where nothing at all can
    be read or saved.
    """
    reader = open_reader(settings)
    with (
        closing(reader.gazetteer),
        open_store(settings) as store,
        closing(open_crew(reader, settings, workers, scheduler)) as crew,
    ):
        return ingest(paths, reader, store, settings, published, progress, crew)


def open_crew(reader: Reader, settings: Settings, workers: int, scheduler: str) -> Crew:
    """Who reads: this process, other ones of this machine, or a cluster."""
    if scheduler:
        from geo.pipeline.dask_crew import DaskCrew

        return DaskCrew(scheduler, reader.version)
    if workers > 1:
        from geo.pipeline.local_crew import LocalCrew

        return LocalCrew(settings, reader.version, workers)
    return crews.Here(reader)


def ingest(
    paths: Iterable[Path],
    reader: Reads,
    store: Store,
    settings: Settings,
    published: date | None = None,
    progress: Progress | None = None,
    crew: Crew | None = None,
) -> IngestReport:
    """The same into an open store, read by a crew, or by the reader itself."""
    report = IngestReport()
    found = files(paths, report.failed)
    so_far = _SoFar(size_bytes(found), progress)
    crew = crew or crews.Here(reader)
    with Apart(settings) as apart:
        articles = entries(found, published, settings, apart)
        batches = _batches(articles, reader.version, store, crew, report, so_far)
        for item, outcome in crews.read_all(batches, crew):
            _save(item, outcome, reader.version, store, report)
            so_far.add(item.entry)
    so_far.finish()
    return report


def _batches(
    found: Iterator[Entry],
    version: str,
    store: Store,
    crew: Crew,
    report: IngestReport,
    so_far: _SoFar,
) -> Iterator[Batch]:
    """What is still to be read; what is known, or is no article, is counted here."""
    items: list[Item] = []
    chars = 0
    for entry in found:
        try:
            article = entry.load()
            known = store.has(article, version)
        except Exception as error:
            _fail(entry, error, report)
            so_far.add(entry)
            continue
        if known:
            report.unchanged += 1
            so_far.add(entry)
            continue
        items.append(Item(entry, article))
        chars += len(article.text)
        if len(items) >= crew.batch_articles or chars >= crews.BATCH_CHARS:
            yield Batch(tuple(items))
            items, chars = [], 0
    if items:
        yield Batch(tuple(items))


def _save(item: Item, outcome: Outcome, version: str, store: Store, report: IngestReport) -> None:
    if isinstance(outcome, Unread):
        _name(item.entry, outcome.reason, report, defect=outcome.defect)
        return
    try:
        if store.save(outcome, version):
            report.saved += 1
        else:
            report.unchanged += 1
    except Exception as error:
        _fail(item.entry, error, report)


def _fail(entry: Entry, error: Exception, report: IngestReport) -> None:
    if isinstance(error, GeoError):
        _name(entry, str(error), report)
    else:
        _name(entry, unforeseen(error), report, defect=True)


def _name(entry: Entry, reason: str, report: IngestReport, *, defect: bool = False) -> None:
    """List a failure; a mistake of ours must not lose the other articles, but is logged."""
    if defect:
        log.error("%s %s", entry.path.name, f"{entry.where} {reason}".strip())
    where = f"{entry.where}: " if entry.where else ""
    report.failed.append((entry.path, where + reason))


class _SoFar:
    """How much is done, by size, and how fast it goes, in articles."""

    def __init__(self, total_bytes: int, progress: Progress | None) -> None:
        self._total, self._progress = total_bytes, progress
        self._bytes, self._articles, self._began = 0.0, 0, time.monotonic()

    def add(self, entry: Entry) -> None:
        """One more is read, known or failed."""
        self._bytes += entry.size
        self._articles += 1
        if self._progress:
            passed_s = max(time.monotonic() - self._began, 0.001)
            self._progress(
                min(1.0, self._bytes / max(1, self._total)),
                f"{self._articles:,} articles, {self._articles / passed_s:,.1f} a second",
            )

    def finish(self) -> None:
        """All are."""
        if self._progress:
            self._progress(1.0, "done")

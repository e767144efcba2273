"""Articles into the store: the good ones saved, the bad ones named, known ones left alone.

Whoever reads, only this process writes: a batch of whole articles in one transaction.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
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
from geo.store.rows import Rows

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
    cannot be read is listed with its reason; the rest go on. Raises GazetteerError, CodebookError,
    StoreError or WorkerError where nothing at all can be read or saved.
    """
    reader = open_reader(settings)
    with (
        closing(reader.gazetteer),
        closing(open_crew(reader, settings, workers, scheduler)) as crew,
        open_store(settings) as store,
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
        loaded = _loaded(entries(found, published, settings, apart), report, so_far)
        unknown = _unknown(loaded, reader.version, store, report, so_far)
        batches = _batches(unknown, crew.batch_articles)
        for read in crews.read_all(batches, crew):
            _save(read, reader.version, store, report)
            for item, _ in read:
                so_far.add(item.entry)
    so_far.finish()
    return report


def _loaded(found: Iterator[Entry], report: IngestReport, so_far: _SoFar) -> Iterator[Item]:
    """What is an article; what is none is named here."""
    for entry in found:
        try:
            yield Item(entry, entry.load())
        except Exception as error:
            _fail(entry, error, report)
            so_far.add(entry)


def _unknown(
    loaded: Iterator[Item], version: str, store: Store, report: IngestReport, so_far: _SoFar
) -> Iterator[Item]:
    """What is still to be read; what the store has is counted here."""
    while portion := list(islice(loaded, crews.BATCH_ARTICLES)):
        known = store.known([item.article for item in portion], version)
        for item in portion:
            if item.article.id in known:
                report.unchanged += 1
                so_far.add(item.entry)
            else:
                yield item


def _batches(unknown: Iterator[Item], most: int) -> Iterator[Batch]:
    """As much as is read, and saved, in one go."""
    items: list[Item] = []
    chars = 0
    for item in unknown:
        items.append(item)
        chars += len(item.article.text)
        if len(items) >= most or chars >= crews.BATCH_CHARS:
            yield Batch(tuple(items))
            items, chars = [], 0
    if items:
        yield Batch(tuple(items))


def _save(
    read: Sequence[tuple[Item, Outcome]], version: str, store: Store, report: IngestReport
) -> None:
    """Save a batch in one transaction; where that fails, each article in one of its own."""
    good: list[tuple[Item, Rows]] = []
    for item, outcome in read:
        if isinstance(outcome, Unread):
            _name(item.entry, outcome.reason, report, defect=outcome.defect)
        else:
            good.append((item, outcome))
    if not good:
        return
    try:
        changed = store.save_rows([rows for _, rows in good], version)
    except Exception as error:
        if len(good) == 1:
            _fail(good[0][0].entry, error, report)
            return
        for one in good:
            _save([one], version, store, report)
        return
    report.saved += sum(changed)
    report.unchanged += len(changed) - sum(changed)


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
        if progress:
            progress(0.0, "reading")

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

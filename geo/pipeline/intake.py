"""Files and folders into the store: the good ones saved, the bad ones named."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from geo.errors import GeoError
from geo.pipeline.reader import Reads, open_reader
from geo.settings import Settings
from geo.sources import text
from geo.store import Store, open_store

log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]  # share done, 0 to 1, and what is being done


@dataclass(slots=True)
class IngestReport:
    """What became of each file; `failed` names the reason of every one that was not read."""

    saved: int = 0
    unchanged: int = 0
    failed: list[tuple[Path, str]] = field(default_factory=list)


def ingest_paths(
    paths: Iterable[Path],
    settings: Settings,
    published: date | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Read files, and every .txt and .md file of folders, into the store.

    `published` is the date of articles that give none. A file that cannot be read is listed with
    its reason; the rest go on. Each article is saved in a transaction of its own. Raises
    GazetteerError, CodebookError or StoreError where nothing at all can be read or saved.
    """
    reader = open_reader(settings)
    try:
        with open_store(settings) as store:
            return ingest(paths, reader, store, settings, published, progress)
    finally:
        reader.gazetteer.close()


def ingest(
    paths: Iterable[Path],
    reader: Reads,
    store: Store,
    settings: Settings,
    published: date | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Read files and folders with an open reader into an open store."""
    report = IngestReport()
    found = files(paths, report)
    for at, path in enumerate(found):
        if progress:
            progress(at / len(found), f"reading {path.name}")
        try:
            article = text.load_article(path, published, settings)
            if not store.has(article, reader.version) and store.save(
                reader(article), reader.version
            ):
                report.saved += 1
            else:
                report.unchanged += 1
        except GeoError as error:
            report.failed.append((path, str(error)))
        except Exception as error:
            # A mistake of ours in one article must not lose the others.
            log.exception("%s could not be read", path.name)
            report.failed.append((path, f"could not be read ({type(error).__name__}: {error})"))
    if progress:
        progress(1.0, "done")
    return report


def files(paths: Iterable[Path], report: IngestReport | None = None) -> list[Path]:
    """Files as named, and what folders hold of the kinds that can be read; each once.

    Folders that hold none are listed in the report as failed.
    """
    found: dict[Path, None] = {}
    for path in paths:
        inside: Sequence[Path] = [path]
        if path.is_dir():
            inside = sorted(
                entry
                for entry in path.rglob("*")
                if entry.suffix.lower() in text.SUFFIXES and entry.is_file()
            )
            if not inside and report is not None:
                report.failed.append((path, "the folder holds no .txt or .md file"))
        found.update(dict.fromkeys(inside))
    return list(found)

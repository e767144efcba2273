"""From files to the store: the one place where sources, reading and store meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from importlib import metadata
from pathlib import Path

from geo import __version__
from geo.codebook import Codebook, load_codebook
from geo.errors import DataError, GeoError
from geo.gazetteer import index
from geo.gazetteer.gazetteer import Gazetteer
from geo.model import Article, Reading, stable_id
from geo.reading import read
from geo.settings import Settings
from geo.sources import text
from geo.store import Store, open_store

Progress = Callable[[float, str], None]


@dataclass(slots=True)
class IngestReport:
    """What became of each file; `failed` names the reason of every one that was not read."""

    saved: int = 0
    unchanged: int = 0
    failed: list[tuple[Path, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """Reads articles with one gazetteer and one codebook, opened once."""

    gazetteer: Gazetteer
    codebook: Codebook
    settings: Settings
    version: str

    def __call__(self, article: Article) -> Reading:
        return read(
            article,
            self.gazetteer,
            self.codebook,
            min_confidence=self.settings.min_confidence,
            data_dir=self.settings.data_dir,
        )


def open_reader(settings: Settings) -> Reader:
    """A reader for these settings.

    Raises GazetteerError where the index is missing, CodebookError where the codebook is wrong.
    """
    gazetteer = index.open_gazetteer(settings)
    version = stable_id(
        __version__,
        gazetteer.version,
        settings.codebook.read_bytes() if settings.codebook.exists() else b"",
        settings.min_confidence,
        metadata.version("rapidfuzz"),
    )
    return Reader(gazetteer, load_codebook(settings.codebook), settings, version)


def ingest_paths(
    paths: Iterable[Path],
    settings: Settings,
    published: date | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Read files, and every .txt and .md file of folders, into the store.

    `published` is the date of articles that give none. A file that cannot be read is listed with
    its reason; the rest go on. Each article is saved in a transaction of its own.
    """
    reader, store = open_reader(settings), open_store(settings)
    try:
        return ingest(files(paths), reader, store, published, progress)
    finally:
        store.close()
        reader.gazetteer.close()


def ingest(
    paths: list[Path],
    reader: Reader,
    store: Store,
    published: date | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Read files with an open reader into an open store."""
    report = IngestReport()
    for at, path in enumerate(paths):
        if progress:
            progress(at / len(paths), f"reading {path.name}")
        try:
            article = text.load_article(path, published, reader.settings)
            if store.reader_of(article.id) == reader.version:
                report.unchanged += 1
            elif store.save(reader(article), reader.version):
                report.saved += 1
            else:
                report.unchanged += 1
        except GeoError as error:
            report.failed.append((path, str(error)))
    if progress:
        progress(1.0, "done")
    return report


def files(paths: Iterable[Path]) -> list[Path]:
    """Files as named, and what a folder holds of the kinds that can be read, sorted."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(
                entry for entry in path.rglob("*")
                if entry.suffix.lower() in text.SUFFIXES and entry.is_file()
            )  # fmt: skip
        else:
            found.append(path)
    return found


def sample_paths(settings: Settings) -> list[Path]:
    """The articles that ship with the project."""
    return files([settings.data_dir / "articles"])


def ensure_sample(settings: Settings, progress: Progress | None = None) -> IngestReport:
    """Read the shipped articles where the store is empty; do nothing where it is not.

    Raises DataError where nothing ships.
    """
    store = open_store(settings)
    try:
        if store.articles():
            return IngestReport()
        paths = sample_paths(settings)
        if not paths:
            raise DataError(f"no articles in {settings.data_dir.name}/articles")
        reader = open_reader(settings)
        try:
            return ingest(paths, reader, store, progress=progress)
        finally:
            reader.gazetteer.close()
    finally:
        store.close()

"""From files to the store: the one place where sources, reading and store meet."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from geo import __version__
from geo.codebook import Codebook, load_codebook
from geo.errors import DataError, GeoError
from geo.gazetteer import index
from geo.gazetteer.gazetteer import Gazetteer
from geo.model import Article, Reading, stable_id
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


class Reads(Protocol):
    """What turns an article into a reading; `version` changes with what it would find."""

    @property
    def version(self) -> str:
        """Another version reads known articles anew."""
        ...

    def __call__(self, article: Article) -> Reading:
        """Read one article."""
        ...


@dataclass(frozen=True)
class Reader:
    """Reads articles with one gazetteer and one codebook, opened once."""

    gazetteer: Gazetteer
    codebook: Codebook
    settings: Settings
    version: str

    def __call__(self, article: Article) -> Reading:
        """Everything that the article says about places and events."""
        from geo.reading import read

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
    codebook = load_codebook(settings.codebook)
    gazetteer = index.open_gazetteer(settings)
    return Reader(gazetteer, codebook, settings, _version(settings, gazetteer))


def _version(settings: Settings, gazetteer: Gazetteer) -> str:
    """What a reading depends on besides the article: the code that reads, and its tables."""
    import geo.reading

    parts = [path for folder in geo.reading.__path__ for path in Path(folder).glob("*.py")]
    parts += [settings.codebook, *(settings.data_dir / "names").glob("*")]
    contents = [part.read_bytes() for part in sorted(parts) if part.is_file()]
    return stable_id(__version__, gazetteer.version, settings.min_confidence, *contents)


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


def sample_paths(settings: Settings) -> list[Path]:
    """The articles that ship with the project."""
    folder = settings.data_dir / "articles"
    return files([folder]) if folder.is_dir() else []


def ensure_sample(settings: Settings, progress: Progress | None = None) -> IngestReport:
    """Read the shipped articles where the store is empty; do nothing where it is not.

    Raises DataError where nothing ships, and what `ingest_paths` raises.
    """
    with open_store(settings) as store:
        if not store.is_empty():
            return IngestReport()
    paths = sample_paths(settings)
    if not paths:
        raise DataError(f"there is no article in {settings.data_dir / 'articles'}")
    return ingest_paths(paths, settings, progress=progress)


def chronicle_paths(settings: Settings) -> list[Path]:
    """The reports of the starter chronicle, which are read only where somebody asks for them."""
    folder = settings.data_dir / "chronicle"
    return files([folder]) if folder.is_dir() else []


def article_ids(paths: Iterable[Path], settings: Settings) -> frozenset[str]:
    """Ids of the articles in these files; files that cannot be read have none."""
    found = set()
    for path in paths:
        with contextlib.suppress(GeoError):
            found.add(text.load_article(path, None, settings).id)
    return frozenset(found)


def read_chronicle(settings: Settings, progress: Progress | None = None) -> IngestReport:
    """Read the starter chronicle into the store; reading it again changes nothing.

    Raises DataError where none ships, and what `ingest_paths` raises.
    """
    paths = chronicle_paths(settings)
    if not paths:
        raise DataError(f"there is no report in {settings.data_dir / 'chronicle'}")
    return ingest_paths(paths, settings, progress=progress)


def remove_chronicle(settings: Settings) -> int:
    """Delete the chronicle's reports with everything read from them; return how many there were.

    They are known by the ids that the shipped files give, so no other article is ever touched.
    """
    ids = article_ids(chronicle_paths(settings), settings)
    with open_store(settings) as store:
        return sum(store.delete_article(article_id) for article_id in sorted(ids))

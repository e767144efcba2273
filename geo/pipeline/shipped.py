"""What ships to be read: the sample, and the starter chronicle."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from geo.errors import DataError, GeoError
from geo.pipeline.inputs import files
from geo.pipeline.intake import IngestReport, Progress, ingest_paths
from geo.settings import Settings
from geo.sources import text
from geo.store import open_store


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

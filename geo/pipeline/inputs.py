"""What is to be read: files, folders and patterns, as one stream of documents."""

from __future__ import annotations

import dataclasses
import glob
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from geo.errors import DataError, GeoError
from geo.model import Article
from geo.settings import Settings
from geo.sources import corpus, text
from geo.sources.corpus import Entry
from geo.sources.documents.apart import Apart
from geo.sources.documents.document import SUFFIXES, Document

Failures = list[tuple[Path, str]]


def files(paths: Iterable[Path], failed: Failures | None = None) -> list[Path]:
    """Files as named, what folders hold of kinds that are read, and what patterns match.

    Each comes once. Folders and patterns that hold none are added to `failed`.
    """
    found: dict[Path, None] = {}
    for path in paths:
        inside, reason = _inside(path)
        if not inside and failed is not None:
            failed.append((path, reason))
        found.update(dict.fromkeys(inside))
    return list(found)


def _inside(path: Path) -> tuple[list[Path], str]:
    """The files of one path, and why there would be none."""
    if path.is_dir():
        inside = sorted(
            entry
            for entry in path.rglob("*")
            if entry.suffix.lower() in SUFFIXES and entry.is_file()
        )
        return inside, f"the folder holds no file that is read ({' '.join(SUFFIXES)})"
    if not path.exists() and glob.has_magic(str(path)):
        matching = sorted(map(Path, glob.glob(str(path), recursive=True)))
        return [file for file in matching if file.is_file()], "no file has such a name"
    return [path], ""


def size_bytes(paths: Iterable[Path]) -> int:
    """How much there is to read; files that are not there count nothing."""
    return sum(path.stat().st_size for path in paths if path.is_file())


def entries(
    paths: Iterable[Path], published: date | None, settings: Settings, apart: Apart
) -> Iterator[Entry]:
    """Every article of these files, made when it is asked for.

    `published` is the date of those that give none. Text and files of many articles are read here,
    all other kinds by `apart`.
    """
    for path in paths:
        kind = path.suffix.lower()
        if kind in corpus.SUFFIXES:
            yield from corpus.entries(path, published, settings)
        elif kind in text.SUFFIXES:
            size = path.stat().st_size if path.is_file() else 0
            yield Entry(path, "", size, partial(text.load_article, path, published, settings))
        else:
            yield from _taken_apart(path, published, settings, apart)


def _taken_apart(
    path: Path, published: date | None, settings: Settings, apart: Apart
) -> Iterator[Entry]:
    try:
        opened = apart.open_file(contents(path, settings), path.name)
    except GeoError as error:
        yield Entry(path, "", size_bytes([path]), partial(_raise, error))
        return
    share = size_bytes([path]) / max(1, len(opened.documents) + len(opened.failures))
    for one in opened.documents:
        where = "" if one.name == path.name else one.name
        yield Entry(path, where, share, partial(_article, one, published, settings))
    for failure in opened.failures:
        yield Entry(path, "", share, partial(_raise, DataError(failure.reason)))


def contents(path: Path, settings: Settings) -> bytes:
    """A file's bytes, and one more than is allowed where it is longer. Raises DataError."""
    try:
        if path.exists() and not path.is_file():
            raise DataError(f"{path.name} is not a file")
        with path.open("rb") as file:
            return file.read(settings.max_file_bytes + 1)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}") from error


def dated(document: Document, published: date | None) -> Document:
    """The document, of this day where it gives none."""
    return dataclasses.replace(document, published=document.published or published)


def _article(document: Document, published: date | None, settings: Settings) -> Article:
    return dated(document, published).article(settings)


def _raise(error: GeoError) -> Article:
    raise error

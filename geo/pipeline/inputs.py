"""What is to be read: files, folders and patterns, as one stream of documents."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from geo.settings import Settings
from geo.sources import corpus, text
from geo.sources.corpus import Entry

Failures = list[tuple[Path, str]]


def files(paths: Iterable[Path], failed: Failures | None = None) -> list[Path]:
    """Files as named, what folders hold of .txt and .md, and what patterns (`news/*.jsonl`) match.

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
            if entry.suffix.lower() in text.SUFFIXES and entry.is_file()
        )
        return inside, "the folder holds no .txt or .md file"
    if not path.exists() and glob.has_magic(str(path)):
        matching = sorted(map(Path, glob.glob(str(path), recursive=True)))
        return [file for file in matching if file.is_file()], "no file has such a name"
    return [path], ""


def size_bytes(paths: Iterable[Path]) -> int:
    """How much there is to read; files that are not there count nothing."""
    return sum(path.stat().st_size for path in paths if path.is_file())


def entries(paths: Iterable[Path], published: date | None, settings: Settings) -> Iterator[Entry]:
    """Every article of these files, made when it is asked for.

    `published` is the date of those that give none.
    """
    for path in paths:
        if path.suffix.lower() in corpus.SUFFIXES:
            yield from corpus.entries(path, published, settings)
        else:
            size = path.stat().st_size if path.is_file() else 0
            yield Entry(path, "", size, partial(text.load_article, path, published, settings))

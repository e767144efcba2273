"""The reader: gazetteer, codebook and the code that reads, opened once, with their version."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from geo import __version__
from geo.codebook import Codebook, load_codebook
from geo.gazetteer import index
from geo.gazetteer.gazetteer import Gazetteer
from geo.model import Article, Reading, stable_id
from geo.settings import Settings


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

    gazetteer: Gazetteer = field(repr=False)
    codebook: Codebook = field(repr=False)
    settings: Settings = field(repr=False)
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
    # Found, not imported: who leaves the reading to others starts sooner.
    package = find_spec("geo.reading")
    folders = (package and package.submodule_search_locations) or []
    parts = [path for folder in folders for path in Path(folder).glob("*.py")]
    parts += [settings.codebook, *(settings.data_dir / "names").glob("*")]
    contents = [part.read_bytes() for part in sorted(parts) if part.is_file()]
    return stable_id(__version__, gazetteer.version, settings.min_confidence, *contents)

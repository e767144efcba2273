"""What comes in, one story at a time: opened, looked at, and kept once however often it is told."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

from courlan import clean_url, extract_domain

from geo.errors import DataError, StoreError
from geo.model import Article, Reading
from geo.pipeline.reader import Reads
from geo.settings import Settings
from geo.sources import likeness
from geo.sources.documents.apart import Apart
from geo.sources.documents.document import SUFFIXES, Document, Opened
from geo.sources.text import MOST_FACT_CHARS
from geo.sources.web.fetch import Fetcher
from geo.sources.web.robots import Robots
from geo.store import Store
from geo.store.stories import Stories

# New; there already; the same story that another link leads to; a changed text of a known link.
Outcome = Literal["new", "known", "copy", "version"]

COPY_DAYS = 7  # the same words a month later are another story: a weekly report, a memorial day
_KINDS = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf",
    "text/plain": ".txt", "application/json": ".json", "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a document: the article that holds its story, and how it came to."""

    outcome: Outcome
    article_id: str


class Desk:
    """Opens files and links, and keeps stories. Threads may share it; use it as a context."""

    def __init__(self, settings: Settings, reader: Reads, store: Store, processes: int = 1) -> None:
        self.settings, self.reader, self.store = settings, reader, store
        self.stories = Stories(store.database)
        self.fetcher = Fetcher(settings)
        self.robots = Robots(self.fetcher)
        self.apart = Apart(settings, processes)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.apart.close()

    def open_file(self, raw: bytes, name: str) -> Opened:
        """Everything that a file holds. Raises DataError or LimitError."""
        return self.apart.open_file(raw, name)

    def open_link(self, url: str) -> Opened:
        """The story behind a link, with the link that its page calls its own.

        Raises DownloadError where it cannot be had, DataError or LimitError where it cannot be
        read.
        """
        found = self.fetcher.get(url, check=self.robots.check)
        suffix = _KINDS.get(found.media_type) or PurePosixPath(urlsplit(found.url).path).suffix
        if suffix.lower() not in SUFFIXES:
            raise DataError(f"{url} is {found.media_type or 'of no kind'}, which is not read")
        name = f"{PurePosixPath(urlsplit(found.url).path).stem or 'page'}{suffix}"
        opened = self.apart.open_file(found.body, name, url=found.url, charset=found.charset)
        own = tuple(
            dataclasses.replace(one, name=url, url=_own_link(one.url, found.url))
            for one in opened.documents
        )
        return Opened(own, opened.failures)

    def preview(self, document: Document) -> Reading:
        """What would be read out of a document; nothing is saved."""
        return self.reader(document.article(self.settings))

    def keep(self, document: Document) -> Kept:
        """Save a document's story, unless it is there.

        The same link with another text is a new version, which replaces the old one and keeps its
        text; the same text under another link is a copy, and only the link is noted. Raises
        DataError, LimitError or StoreError.
        """
        read = document.article(self.settings)
        article = dataclasses.replace(
            read, retrieved=datetime.now(UTC).replace(microsecond=0),
            publisher=read.publisher or (urlsplit(read.url).hostname or "")[:MOST_FACT_CHARS],
        )  # fmt: skip
        link = normal_link(article.url)
        runs = likeness.runs(article.text)
        bands = likeness.bands(runs)
        for _ in range(3):
            known = self.stories.by_link(link) if link else self.store.article(article.id)
            if known is not None and _words(known.text) == _words(article.text):
                return Kept("known", known.id)
            copied = None if known else self._copy_of(article, runs, bands)
            if copied is not None:
                if link:
                    self.stories.add_link(link, copied)
                return Kept("copy", copied)
            replaces = known.id if known else ""
            saved = self.stories.save(
                self.reader(article), self.reader.version, link=link, bands=bands, replaces=replaces
            )
            if saved is not None:
                return Kept("version" if known else "new", article.id)
        raise StoreError(f"{article.url} is being saved by others all the time; try again")

    def _copy_of(self, article: Article, runs: frozenset[int], bands: list[int]) -> str | None:
        for other in self.stories.with_bands(bands):
            far = article.published and other.published and abs(
                (article.published - other.published).days
            ) > COPY_DAYS  # fmt: skip
            if not far and likeness.alike(runs, likeness.runs(other.text)) >= likeness.SAME_STORY:
                return other.id
        return None


def normal_link(url: str) -> str:
    """A link without what only counts readers (`utm_source` and its like), empty for none."""
    return (clean_url(url) or url) if url else ""


def _own_link(claimed: str, fetched: str) -> str:
    """The link that a page claims, where it may: a page cannot pass for one of another site."""
    same = extract_domain(claimed) == extract_domain(fetched)
    host = urlsplit(claimed).hostname == urlsplit(fetched).hostname
    return claimed if claimed and (same and extract_domain(fetched) or host) else fetched


def _words(text: str) -> list[str]:
    return text.split()

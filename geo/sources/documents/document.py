"""What a file or a page holds, before anybody has looked at it: text, and facts to be corrected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from geo.errors import DataError
from geo.model import Article
from geo.settings import Settings
from geo.sources import text
from geo.sources.web.addresses import is_link

# Endings of the files that are read.
SUFFIXES = (
    ".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".eml", ".csv", ".xlsx", ".json", ".jsonl",
    ".zip",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One text with what could be told of it; every fact may be empty.

    `name` says where it comes from ("morning.zip/report.pdf"), `language` is ISO 639-1, `remarks`
    are for the reader ("pages after the 500th were left out").
    """

    name: str
    text: str
    title: str = ""
    published: date | None = None
    publisher: str = ""
    url: str = ""
    language: str = ""
    country: str = ""
    licence: str = ""
    note: str = ""
    remarks: tuple[str, ...] = field(default=())

    def article(self, settings: Settings) -> Article:
        """The article to read. Raises DataError (no text, no link) or LimitError (too long)."""
        if self.url and not is_link(self.url):
            raise DataError(
                f"{self.name}: the link must be like https://example.org/story, "
                f"not {self.url[:80]!r}"
            )
        facts = {
            "title": self.title, "publisher": self.publisher, "url": self.url,
            "language": self.language, "country": self.country, "licence": self.licence,
            "note": self.note,
        }  # fmt: skip
        return text.article_of(self.text, facts, settings, name=self.name, published=self.published)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a part of one, that could not be read, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """All that one file held."""

    documents: tuple[Document, ...] = ()
    failures: tuple[Failure, ...] = ()

"""Plain text and Markdown as documents; what stands in their bytes is told by geo.sources.text."""

from __future__ import annotations

from geo.settings import Settings
from geo.sources import text
from geo.sources.documents.document import Document


def text_file(raw: bytes, name: str, settings: Settings) -> Document:
    """A text whose title is its first line. Raises DataError, LimitError or NotTextError."""
    return _document({}, text.decode(raw, name), name, settings)


def markdown_file(raw: bytes, name: str, settings: Settings) -> Document:
    """A text with what its front matter says. Raises DataError, LimitError or NotTextError."""
    facts, body = text.split_front_matter(text.decode(raw, name), name)
    return _document(facts, body, name, settings)


def _document(facts: dict[str, object], body: str, name: str, settings: Settings) -> Document:
    read = text.article_of(body, facts, settings, name=name)
    return Document(
        name=name, text=read.text, title=read.title, published=read.published,
        publisher=read.publisher, url=read.url, country=read.country, licence=read.licence,
        note=read.note, language=read.language if facts.get("language") else "",
    )  # fmt: skip

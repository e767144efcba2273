"""Plain text and Markdown files with front matter, as articles."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from geo.errors import DataError, LimitError, NotTextError
from geo.model import Article
from geo.settings import Settings

SUFFIXES = frozenset({".txt", ".md"})
_ENCODINGS = ("utf-8-sig", "cp1252")  # the second reads nearly anything, so control codes decide
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*\n", re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_TITLE_CHARS = 300


def load_article(path: Path, published: date | None, settings: Settings) -> Article:
    """Read one .txt (the title is its first line) or .md file (front matter, then the text).

    `published` is used where the file names no date. Offsets count characters of `Article.text`,
    which for .txt is the whole file. Raises DataError (missing, empty, bad front matter),
    LimitError (too large) or NotTextError.
    """
    try:
        size = path.stat().st_size
        if size > settings.max_file_bytes:
            raise LimitError(
                f"{path.name} has {size:,} bytes; DATELINE_MAX_FILE_BYTES allows "
                f"{settings.max_file_bytes:,}"
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    text = decode(raw, path.name)
    facts: dict[str, Any] = {}
    if path.suffix.lower() == ".md":
        facts, text = _split_front_matter(text, path.name)
    return article_of(text, facts, settings, name=path.name, published=published)


def decode(raw: bytes, name: str) -> str:
    """Bytes as text with \\n line ends, or NotTextError that says what was tried."""
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text[:20_000]):
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise NotTextError(f"{name} is no text (tried UTF-8 and Windows-1252)")


def _split_front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    try:
        facts = yaml.safe_load(match.group(1))
    except yaml.YAMLError as error:
        raise DataError(f"{name}: the front matter is no YAML ({error})") from error
    if not isinstance(facts, dict):
        raise DataError(f"{name}: the front matter must be `key: value` lines")
    return facts, text[match.end() :].lstrip("\n")


def article_of(
    text: str,
    facts: dict[str, Any],
    settings: Settings,
    *,
    name: str,
    published: date | None = None,
) -> Article:
    """An article from its text and what is known of it; every field is made plain text."""
    clean = plain(text)
    if not clean.strip():
        raise DataError(f"{name} holds no text")
    if len(clean) > settings.max_article_chars:
        raise LimitError(
            f"{name} has {len(clean):,} characters; DATELINE_MAX_ARTICLE_CHARS allows "
            f"{settings.max_article_chars:,}"
        )
    first_line = clean.strip().split("\n", 1)[0].lstrip("# ")
    return Article.of(
        clean,
        title=plain(str(facts.get("title") or first_line))[:_TITLE_CHARS],
        published=_date(facts.get("published") or facts.get("date"), name) or published,
        url=plain(str(facts.get("url") or "")),
        publisher=plain(str(facts.get("publisher") or "")),
        retrieved=datetime.now(UTC).replace(microsecond=0),
        language=plain(str(facts.get("language") or "en")),
        licence=plain(str(facts.get("licence") or "")),
        country=plain(str(facts.get("country") or "")),
        note=_note(facts),
    )


def plain(text: str) -> str:
    """Text that every store can hold: no NUL, and U+FFFD for lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8") if text else ""


def _note(facts: dict[str, Any]) -> str:
    note = str(facts.get("note") or "").strip()
    rests_on = facts.get("facts")
    if isinstance(rests_on, list) and rests_on:
        note += "\n\nRests on:\n" + "\n".join(f"- {fact}" for fact in rests_on)
    return plain(note.strip())


def _date(value: object, name: str) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise DataError(f"{name}: {value!r} is no date like 2023-03-02") from error

"""Plain text and Markdown files with front matter, as articles."""

from __future__ import annotations

import codecs
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from geo.errors import DataError, LimitError, NotTextError
from geo.model import Article
from geo.settings import Settings

SUFFIXES = frozenset({".txt", ".md"})
# What is outside is a mistake, or made to stretch the time line beyond use.
FIRST_DAY, LAST_DAY = date(1700, 1, 1), date(2199, 12, 31)
MOST_FACT_CHARS = 300  # of a title or a publisher; the rest is cut off
_YAML = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # in C, where it has been built
_FRONT_MATTER_CHARS = 64_000
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
# UTF-32 comes before UTF-16, whose mark it begins with.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]")  # all but tab, \n, next line
_CONTROL_SHARE = 0.001  # a text with more is no text
_FOREIGN_SHARE = 0.2  # of bytes above ASCII: English in Windows-1252 has far less


def load_article(path: Path, published: date | None, settings: Settings) -> Article:
    """Read one .txt (the title is its first line) or .md file (front matter, then the text).

    `published` is used where the file names no date. Offsets count characters of `Article.text`,
    which for .txt is the whole file with \\n line ends. `retrieved` is when the file was last
    changed. Raises DataError (missing, empty, bad front matter, not .txt or .md), LimitError (too
    large) or NotTextError.
    """
    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise DataError(f"{path.name} is neither .txt nor .md, the kinds of files that are read")
    try:
        if path.exists() and not path.is_file():
            raise DataError(f"{path.name} is not a file")
        with path.open("rb") as file:
            raw = file.read(settings.max_file_bytes + 1)
        changed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}") from error
    if len(raw) > settings.max_file_bytes:
        raise LimitError(
            f"{path.name} has more than {settings.max_file_bytes:,} bytes; "
            "DATELINE_MAX_FILE_BYTES raises the limit"
        )
    text = decode(raw, path.name)
    facts: dict[str, Any] = {}
    if kind == ".md":
        facts, text = split_front_matter(text, path.name)
    return article_of(text, facts, settings, name=path.name, published=published, retrieved=changed)


def decode(raw: bytes, name: str) -> str:
    """Bytes as plain text with \\n line ends: UTF-8, UTF-16 or -32 with a mark, Windows-1252.

    Nothing else is guessed: a text in the wrong letters would put places where there are none.
    Raises NotTextError.
    """
    encoding = next((named for mark, named in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        foreign = sum(byte > 127 for byte in raw)
        try:
            if encoding != "utf-8" or foreign > _FOREIGN_SHARE * len(raw):
                raise NotTextError(f"{name} is no text in UTF-8; save it as UTF-8") from None
            text = raw.decode("cp1252")
        except UnicodeDecodeError as error:
            raise NotTextError(
                f"{name} is no text in UTF-8 or Windows-1252; save it as UTF-8"
            ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = sum(1 for _ in _CONTROL.finditer(text))
    if control > 1 + _CONTROL_SHARE * len(text):
        raise NotTextError(f"{name} is no text: it holds {control:,} control characters")
    return plain(text)


def plain(text: str) -> str:
    """Text of the same length that every database holds and every page shows.

    Control characters become spaces, halves of surrogate pairs become U+FFFD.
    """
    shown = _CONTROL.sub(" ", text)
    if shown.isascii():
        return shown
    return re.sub("[\ud800-\udfff]", "\ufffd", shown)


def split_front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    """The facts that a Markdown file gives between lines of `---`, and the text after them.

    Raises DataError where they are no YAML, LimitError where there are too many.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    matter = match.group(1) or ""
    if len(matter) > _FRONT_MATTER_CHARS:
        raise LimitError(
            f"{name}: the front matter has more than {_FRONT_MATTER_CHARS:,} characters"
        )
    try:
        # The base loader makes nothing but text, lists and tables, whatever the file says.
        facts = yaml.load(matter, Loader=_YAML) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 2}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise DataError(f"{name}{where}: the front matter is no YAML ({problem})") from error
    except RecursionError as error:
        raise DataError(f"{name}: the front matter is nested too deeply") from error
    if not isinstance(facts, dict):
        raise DataError(f"{name}: the front matter must be lines like `title: A day in May`")
    return facts, text[match.end() :].strip("\n")


def article_of(
    text: str,
    facts: dict[str, Any],
    settings: Settings,
    *,
    name: str,
    published: date | None = None,
    retrieved: datetime | None = None,
) -> Article:
    """An article from its text and what is known of it; every field is made plain text.

    facts : title, published, url, publisher, language, licence, country, note (text) and facts (a
    list of what it rests on), each optional. Raises DataError where there is no text or a fact is
    of the wrong kind, LimitError for too long a text.
    """
    clean = plain(text)
    if not clean.strip():
        raise DataError(f"{name} holds no text")
    day = _date(_fact(facts, "published", name), name) or published
    if day is not None and likely(day) is None:
        raise DataError(
            f"{name}: an article is published between {FIRST_DAY} and {LAST_DAY}, not on {day}"
        )
    check_length(clean, name, settings)
    first_line = clean.strip().partition("\n")[0]
    country = _fact(facts, "country", name).upper()
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise DataError(f"{name}: country must be an ISO 3166-1 alpha-2 code, not {country[:40]!r}")
    return Article.of(
        clean,
        title=(_fact(facts, "title", name) or first_line.lstrip("# "))[:MOST_FACT_CHARS].strip(),
        published=day,
        url=_fact(facts, "url", name),
        publisher=_fact(facts, "publisher", name)[:MOST_FACT_CHARS],
        retrieved=retrieved,
        language=_fact(facts, "language", name) or "en",
        licence=_fact(facts, "licence", name),
        country=country,
        note=_note(facts, name),
    )


def likely(day: date | None) -> date | None:
    """The day, where an article can be of it; else None."""
    return day if day is not None and FIRST_DAY <= day <= LAST_DAY else None


def check_length(text: str, name: str, settings: Settings) -> None:
    """Raise LimitError where a text is longer than an article may be."""
    if len(text) > settings.max_article_chars:
        raise LimitError(
            f"{name} has {len(text):,} characters, more than {settings.max_article_chars:,}; "
            "DATELINE_MAX_ARTICLE_CHARS raises the limit"
        )


def _fact(facts: dict[str, Any], key: str, name: str) -> str:
    value = facts.get(key) or ""
    if not isinstance(value, str):
        raise DataError(f"{name}: {key} must be text")
    return plain(value).strip()


def _note(facts: dict[str, Any], name: str) -> str:
    rests_on = facts.get("facts") or []
    if not isinstance(rests_on, list) or not all(isinstance(fact, str) for fact in rests_on):
        raise DataError(f"{name}: facts must be a list of lines")
    note = _fact(facts, "note", name)
    if rests_on:
        note += "\n\nRests on:\n" + "\n".join(f"- {plain(fact)}" for fact in rests_on)
    return note.strip()


def _date(text: str, name: str) -> date | None:
    if not text:
        return None
    try:
        # A time of day is allowed and dropped: what counts is the day the outlet gives.
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise DataError(
            f"{name}: published must be a date like 2023-03-02, not {text[:40]!r}"
        ) from error

"""One feed into its entries: RSS and Atom by feedparser, JSON Feed 1.1 by hand."""

from __future__ import annotations

import calendar
import codecs
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
import trafilatura

from geo.errors import DataError
from geo.settings import Settings
from geo.sources import text
from geo.sources.web.addresses import is_link

# A feed that gives this much of a story gives all of it; less is a teaser for its page.
FULL_TEXT_CHARS = 800
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_MOST_NAMED = 3
_JSON_FEED = "https://jsonfeed.org/version/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One story in a feed. `id` is the feed's own name for it, `content` plain text, maybe none."""

    id: str
    url: str
    title: str
    published: date | None
    content: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's title and its entries, as they stand in it."""

    title: str
    entries: tuple[Entry, ...]


def parse(raw: bytes, url: str, settings: Settings, media_type: str = "") -> Feed:
    """The entries of a feed, the first `max_feed_entries` of them, each id once.

    `url` is where it was fetched, which links in it may be relative to. Raises DataError where the
    document is no feed.
    """
    is_json = raw.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{"
    found = _json_feed(raw, url) if is_json else _xml_feed(raw, url, media_type)
    once: dict[str, Entry] = {}
    for entry in found.entries:
        if entry.id:
            once.setdefault(entry.id, entry)
        if len(once) == settings.max_feed_entries:
            break
    return Feed(found.title[: text.MOST_FACT_CHARS], tuple(once.values()))


def _xml_feed(raw: bytes, url: str, media_type: str) -> Feed:
    headers = {"content-location": url, **({"content-type": media_type} if media_type else {})}
    found = feedparser.parse(io.BytesIO(raw), response_headers=headers)
    if not found.get("version") and not found.entries:
        if _HTML.match(raw):
            raise DataError(f"{url} is a web page, no feed; {_feeds_named(raw, url)}")
        why = found.get("bozo_exception")
        raise DataError(f"{url} is no feed{f' ({why})' if why else ''}")
    entries = (
        Entry(
            id=_plain(entry.get("id") or entry.get("link") or entry.get("title")),
            url=_link(entry.get("link"), url),
            title=_plain(entry.get("title"))[: text.MOST_FACT_CHARS],
            published=_day(entry.get("published_parsed") or entry.get("updated_parsed")),
            content=_text(_fullest(entry)),
        )
        for entry in found.entries
    )
    return Feed(_plain(found.feed.get("title")), tuple(entries))


def _feeds_named(raw: bytes, url: str) -> str:
    """What a page says of the feeds of its site."""
    page = trafilatura.load_html(raw)
    named = page.iterfind(".//link[@rel='alternate'][@href]") if page is not None else ()
    links = (_link(one.get("href"), url) for one in named if one.get("type") in _FEED_TYPES)
    found = list(dict.fromkeys(link for link in links if link))[:_MOST_NAMED]
    if not found:
        return "look for “RSS” or “Feed” on it"
    return f"it names {'this one' if len(found) == 1 else 'these'}: {', '.join(found)}"


def _fullest(entry: Mapping[str, Any]) -> str:
    bodies = [part.get("value") or "" for part in entry.get("content") or ()]
    return max([*bodies, entry.get("summary") or ""], key=len)


def _json_feed(raw: bytes, url: str) -> Feed:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{url} is no feed (no JSON: {error})") from error
    version = found.get("version") if isinstance(found, dict) else None
    if not str(version).startswith(_JSON_FEED) or not isinstance(found.get("items"), list):
        raise DataError(f"{url} is JSON, but no JSON Feed")
    items: Iterable[dict[str, Any]] = (one for one in found["items"] if isinstance(one, dict))
    entries = (
        Entry(
            id=_plain(item.get("id") or item.get("url")),
            url=_link(item.get("url") or item.get("external_url"), url),
            title=_plain(item.get("title"))[: text.MOST_FACT_CHARS],
            published=_iso(item.get("date_published")),
            content=_plain(item.get("content_text")) or _text(item.get("content_html")),
        )
        for item in items
    )
    return Feed(_plain(found.get("title")), tuple(entries))


def _plain(value: object) -> str:
    return text.plain(str(value)).strip() if isinstance(value, str | int) else ""


def _text(html: object) -> str:
    """The text of a piece of HTML; no mark-up of a feed goes any further."""
    if not isinstance(html, str) or not html.strip():
        return ""
    if "<" not in html:
        return _plain(html)
    return _plain(trafilatura.html2txt(f"<html><body><div>{html}</div></body></html>"))


def _link(value: object, base: str) -> str:
    written = _plain(value) if isinstance(value, str) else ""
    try:
        link = urljoin(base, written) if written else ""
    except ValueError:
        return ""
    return link if is_link(link) else ""


def _day(moment: Any) -> date | None:
    try:
        moment = datetime.fromtimestamp(calendar.timegm(moment), UTC) if moment else None
        return text.likely(moment.date()) if moment else None
    except (ValueError, OverflowError, TypeError, OSError):
        return None


def _iso(value: object) -> date | None:
    try:
        return text.likely(datetime.fromisoformat(str(value)).date()) if value else None
    except ValueError:
        return None

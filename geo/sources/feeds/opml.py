"""Lists of feeds as OPML 2.0, which every feed reader exports."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from lxml import etree

from geo.errors import DataError, LimitError
from geo.settings import Settings
from geo.sources import text
from geo.sources.web.addresses import is_link


@dataclass(frozen=True, slots=True)
class Subscription:
    """One line of such a list."""

    url: str
    title: str


def read(raw: bytes, name: str, settings: Settings) -> list[Subscription]:
    """The feeds that a list names, in its order, each once.

    Nothing outside the file is looked up for it. Raises DataError where the file is no OPML,
    LimitError where it is too long or names more than `max_feeds` feeds.
    """
    if len(raw) > settings.max_file_bytes:
        raise LimitError(
            f"{name} has more than {settings.max_file_bytes:,} bytes; "
            "DATELINE_MAX_FILE_BYTES raises the limit"
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DataError(f"{name} is no OPML ({error})") from error
    if root.tag != "opml":
        raise DataError(f"{name} is no OPML: it begins with <{str(root.tag)[:40]}>")
    found: dict[str, Subscription] = {}
    for outline in root.iter("outline"):
        url = text.plain(outline.get("xmlUrl") or "").strip()
        if not is_link(url):
            continue
        title = text.plain(outline.get("title") or outline.get("text") or "").strip()
        found.setdefault(url, Subscription(url, title[: text.MOST_FACT_CHARS]))
        if len(found) > settings.max_feeds:
            raise LimitError(
                f"{name} names more than {settings.max_feeds:,} feeds; "
                "DATELINE_MAX_FEEDS raises the limit"
            )
    if not found:
        raise DataError(f"{name} names no feed")
    return list(found.values())


def write(subscriptions: list[Subscription]) -> bytes:
    """The list as other feed readers take it."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = "Feeds of Dateline"
    body = SubElement(root, "body")
    for one in subscriptions:
        title = one.title or one.url
        SubElement(body, "outline", type="rss", text=title, title=title, xmlUrl=one.url)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written

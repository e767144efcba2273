"""Web pages: the article without what stands round it, by trafilatura."""

from __future__ import annotations

import codecs
import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import trafilatura
from charset_normalizer import from_bytes

from geo.errors import DataError
from geo.sources.documents.document import Document
from geo.sources.web.addresses import is_link

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_HEAD_BYTES = 4_096
# What HTML's standard reads these names as: the wider Windows sets.
_WIDER = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252",
          "us-ascii": "cp1252"}  # fmt: skip


def document(raw: bytes, name: str, *, url: str = "", charset: str = "") -> Document:
    """The article on a page, with the title, day, publisher and canonical link that the page gives.

    `url` is where the page was found, `charset` what the server said of it. Raises DataError where
    no article is found on it.
    """
    found = trafilatura.bare_extraction(
        _with_quotations(decode(raw, charset)), url=url or None, with_metadata=True,
        include_comments=False, include_tables=True,
    )  # fmt: skip
    if found is None or isinstance(found, dict) or not (found.text or "").strip():
        raise DataError(f"{name}: no article was found on this page")
    body = (found.text or "").strip()
    title = (found.title or "").strip()
    return Document(
        name=name,
        text=_without_title(body, title),
        title=title,
        published=_day(found.date),
        publisher=_publisher(found.sitename, url),
        url=found.url if found.url and is_link(found.url) else url,
        language=(found.language or "")[:2],
    )


def decode(raw: bytes, charset: str = "") -> str:
    """A page's bytes as text: by its byte order mark, what is said of it, or what fits.

    What is said counts only where the bytes fit it. UTF-8 comes before all that is said, since
    bytes that are valid UTF-8 beyond ASCII are hardly ever anything else.
    """
    for mark, named in _MARKS:
        if raw.startswith(mark):
            return raw.decode(named, "replace")
    meta = _META_CHARSET.search(raw[:_HEAD_BYTES])
    said = [charset, meta.group(1).decode("ascii").lower() if meta else ""]
    for encoding in ("utf-8", *(_WIDER.get(one, one) for one in said if one)):
        try:
            return raw.decode(encoding)
        except (UnicodeError, LookupError):  # any name that Python knows may be said
            continue
    best = from_bytes(raw[:200_000]).best()
    return raw.decode(best.encoding if best else "utf-8", "replace")


def _with_quotations(source: str) -> Any:
    """The page as a tree, its quotations out of the figures, which trafilatura drops whole."""
    tree = trafilatura.load_html(source)
    if tree is None:
        return source
    for quotation in tree.iterfind(".//figure//blockquote"):
        for figure in quotation.iterancestors("figure"):
            figure.tag = "div"
    return tree


def _publisher(named: str | None, url: str) -> str:
    """What the page calls its site; trafilatura gives the host's name where it says nothing."""
    host = urlsplit(url).netloc.removeprefix("www.")
    name = (named or "").strip()
    return "" if name.removeprefix("www.").casefold() == host.casefold() else name


def _without_title(body: str, title: str) -> str:
    """The text begins with its title once: readers of events need it, but not twice."""
    first, _, rest = body.partition("\n")
    same = first.strip().casefold() == title.casefold()
    return f"{title}\n{rest.lstrip()}" if same else body


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None

"""What a request says, checked field by field; what is wrong is answered in words."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from geo.api.guard import Refusal
from geo.codebook import Codebook
from geo.model import STATUSES
from geo.query import EventFilter
from geo.sources.documents.document import Document
from geo.sources.web.addresses import MAX_URL_CHARS

MOST_EVENTS = 5_000  # in one answer; `offset` reaches the rest
COUNTRY = "^([A-Z]{2})?$"
LINK = r"^(https?://[^\x00-\x20/?#\\@:\[\]]+(:[0-9]{1,5})?([/?#][^\x00-\x20]*)?)?$"
_ARTICLE_FIELDS = ("text", "title", "date", "url", "publisher", "language", "country")
_EVENT_FIELDS = frozenset({
    "country", "admin1", "type", "status", "from", "to", "min_confidence", "limit", "offset",
})  # fmt: skip


def document_of(body: bytes) -> Document:
    """The article that was posted. Raises Refusal (400)."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"the body is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise Refusal(400, "the body must be one JSON object")
    unknown = sorted(set(found) - set(_ARTICLE_FIELDS))
    if unknown:
        raise Refusal(400, f"unknown field {unknown[0]!r}; known: {', '.join(_ARTICLE_FIELDS)}")
    facts = {name: _text(found, name) for name in _ARTICLE_FIELDS}
    if not facts["text"].strip():
        raise Refusal(400, "text is missing or empty")
    if not re.fullmatch(COUNTRY, facts["country"]):
        raise Refusal(400, "country must be an ISO 3166-1 alpha-2 code, such as UA")
    if not re.fullmatch(LINK, facts["url"]) or len(facts["url"]) > MAX_URL_CHARS:
        raise Refusal(400, "url must be a link such as https://example.org/story")
    published = _day("date", facts["date"]) if "date" in found else None
    return Document(
        name="the posted article", text=facts["text"], title=facts["title"], published=published,
        url=facts["url"], publisher=facts["publisher"], language=facts["language"],
        country=facts["country"],
    )  # fmt: skip


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name, "")
    if not isinstance(value, str):
        raise Refusal(400, f"{name} must be text")
    return value


def _day(name: str, text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise Refusal(400, f"{name} must be a day like 2023-05-03, not {text[:40]!r}") from error


def filter_of(pairs: Iterable[tuple[str, str]], codebook: Codebook) -> tuple[EventFilter, int, int]:
    """The filter, the limit and the offset of a query string. Raises Refusal (400)."""
    asked: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in _EVENT_FIELDS:
            known = ", ".join(sorted(_EVENT_FIELDS))
            raise Refusal(400, f"unknown parameter {name[:40]!r}; known: {known}")
        asked.setdefault(name, []).append(value)
    types = {one.name for one in codebook.types}
    wanted = EventFilter(
        countries=tuple(asked.get("country", ())),
        admin1s=tuple(asked.get("admin1", ())),
        types=_among("type", asked, types),
        statuses=_among("status", asked, set(STATUSES)),
        date_from=_day("from", asked["from"][-1]) if "from" in asked else None,
        date_to=_day("to", asked["to"][-1]) if "to" in asked else None,
        min_confidence=_number("min_confidence", asked, 0.0, 1.0),
    )
    limit = int(_number("limit", asked, 1, MOST_EVENTS, default=1_000, whole=True))
    return wanted, limit, int(_number("offset", asked, 0, 10**9, whole=True))


def _among(name: str, asked: Mapping[str, list[str]], known: set[str]) -> tuple[str, ...]:
    values = asked.get(name, [])
    for value in values:
        if value not in known:
            raise Refusal(400, f"unknown {name} {value[:60]!r}; known: {', '.join(sorted(known))}")
    return tuple(values)


def _number(
    name: str, asked: Mapping[str, list[str]], least: float, most: float, *, default: float = 0.0,
    whole: bool = False,
) -> float:  # fmt: skip
    if name not in asked:
        return default
    text = asked[name][-1]
    try:
        value = float(int(text)) if whole else float(text)
    except (ValueError, OverflowError):
        value = math.nan
    if not least <= value <= most:
        kind = "whole number" if whole else "number"
        raise Refusal(400, f"{name} must be a {kind} from {least:g} to {most:g}")
    return value

"""The OpenAPI 3.1 description of the interface."""

from __future__ import annotations

from typing import Any

from geo import __version__
from geo.api.questions import COUNTRY, LINK, MOST_EVENTS
from geo.codebook import Codebook
from geo.model import STATUSES
from geo.sources.web.addresses import MAX_URL_CHARS

Json = dict[str, Any]

_DAY: Json = {"type": "string", "format": "date"}
_LIKELY = "^(1[7-9]|2[01])[0-9]{2}-"  # geo.sources.text.FIRST_DAY to LAST_DAY
_TEXT: Json = {"type": "string"}
_PROBLEM: Json = {
    "type": "object", "required": ["status", "detail"],
    "properties": {"status": {"type": "integer"}, "detail": _TEXT},
}  # fmt: skip


def _problem(meaning: str) -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": meaning, "content": {"application/problem+json": {"schema": schema}}}


_REFUSED: Json = {
    "400": _problem("something in the request is wrong; `detail` says what"),
    "401": _problem("the token is missing or wrong"),
    "403": _problem("the interface is off"),
    "405": {"description": "this address does not do that"},
    "429": _problem("too many requests; wait as many seconds as `Retry-After` says"),
    "503": _problem("the store or the gazetteer is not ready"),
}


def _parameter(name: str, schema: Json, meaning: str, *, many: bool = False) -> Json:
    whole = {"type": "array", "items": schema} if many else schema
    return {"name": name, "in": "query", "schema": whole, "description": meaning}


def describe(codebook: Codebook) -> Json:
    """The description, with the event types of the codebook in use."""
    kept: Json = {
        "type": "object", "required": ["outcome", "id"],
        "properties": {
            "outcome": {"enum": ["new", "known", "copy", "version"]}, "id": _TEXT,
        },
    }  # fmt: skip
    article: Json = {
        "type": "object", "required": ["text"], "additionalProperties": False,
        "properties": {
            "text": {"type": "string", "minLength": 1, "pattern": r"\S"}, "title": _TEXT,
            "date": {**_DAY, "pattern": _LIKELY}, "publisher": _TEXT, "language": _TEXT,
            "url": {"type": "string", "pattern": LINK, "maxLength": MAX_URL_CHARS},
            "country": {"type": "string", "pattern": COUNTRY},
        },
    }  # fmt: skip
    collection: Json = {
        "type": "object", "required": ["type", "features", "numberMatched", "numberReturned"],
        "properties": {
            "type": {"const": "FeatureCollection"}, "features": {"type": "array"},
            "numberMatched": {"type": "integer"}, "numberReturned": {"type": "integer"},
        },
    }  # fmt: skip

    def answer(meaning: str, media: str, name: str) -> Json:
        schema = {"$ref": f"#/components/schemas/{name}"}
        return {"description": meaning, "content": {media: {"schema": schema}}}

    post: Json = {
        "summary": "Read an article into the store", "operationId": "postArticle",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Article"}}},
        },
        "responses": {
            "201": answer("read and saved", "application/json", "Kept"),
            "200": answer("here already, perhaps under another link", "application/json", "Kept"),
            "413": _problem("the article is too long"),
            "415": _problem("the body is not application/json"),
            **_REFUSED,
        },
    }  # fmt: skip
    get: Json = {
        "summary": "Events as GeoJSON, the latest first", "operationId": "getEvents",
        "parameters": [
            _parameter("country", _TEXT, "ISO 3166-1 alpha-2", many=True),
            _parameter("admin1", _TEXT, "ISO 3166-2", many=True),
            _parameter("type", {"enum": [one.name for one in codebook.types]}, "", many=True),
            _parameter("status", {"enum": list(STATUSES)}, "", many=True),
            _parameter("from", _DAY, "first day"),
            _parameter("to", _DAY, "last day"),
            _parameter(
                "min_confidence", {"type": "number", "minimum": 0, "maximum": 1}, "of the event"
            ),
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST_EVENTS}, ""),
            _parameter("offset", {"type": "integer", "minimum": 0, "maximum": 10**9}, ""),
        ],
        "responses": {
            "200": answer("the events", "application/geo+json", "Events"), **_REFUSED
        },
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dateline", "version": __version__},
        "paths": {"/api/articles": {"post": post}, "/api/events": {"get": get}},
        "security": [{"token": []}],
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Problem": _PROBLEM, "Article": article, "Kept": kept, "Events": collection,
            },
        },
    }  # fmt: skip

"""The routes: post an article, read events, and the description of both."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from geo.api.description import describe
from geo.api.guard import Rate, Refusal, check_token
from geo.api.questions import document_of, filter_of
from geo.codebook import Codebook
from geo.errors import DataError, GeoError, LimitError
from geo.export import export
from geo.query import newest_first, select
from geo.settings import Settings
from geo.store import Store
from geo.store.snapshot import Snapshot

if TYPE_CHECKING:
    from geo.pipeline.desk import Desk

log = logging.getLogger(__name__)

GEOJSON = "application/geo+json"
Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Service:
    """Where the routes find what they need; each is called when a request needs it."""

    settings: Callable[[], Settings]
    codebook: Callable[[], Codebook]
    store: Callable[[], Store]
    snapshot: Callable[[], Snapshot]
    desk: Callable[[], Desk]


def routes(service: Service, per_minute: int) -> list[Route]:
    """Routes for these parts; all of them but the description ask for the token."""
    rate = Rate(per_minute)

    def guarded(answer: Answer) -> Answer:
        async def checked(request: Request) -> Response:
            try:
                check_token(request.headers.get("authorization", ""), service.settings().api_token)
                rate.take()
                return await answer(request)
            except Refusal as refusal:
                return problem(refusal.status, refusal.detail, refusal.headers)
            except LimitError as error:
                return problem(413, str(error))
            except DataError as error:
                return problem(400, str(error))
            except GeoError:
                log.exception("a request to %s failed", request.url.path)
                return problem(503, "the store or the gazetteer is not ready")

        return checked

    async def post_article(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise Refusal(415, "send the article as application/json")
        document = document_of(await _body(request, service.settings().max_file_bytes))
        kept = await run_in_threadpool(lambda: service.desk().keep(document))
        saved = kept.outcome in ("new", "version")
        return JSONResponse(
            {"outcome": kept.outcome, "id": kept.article_id}, status_code=201 if saved else 200
        )

    async def get_events(request: Request) -> Response:
        wanted, limit, offset = filter_of(request.query_params.multi_items(), service.codebook())

        def written() -> bytes:
            snapshot = service.snapshot()
            rows = newest_first(snapshot, select(snapshot, wanted))
            page = rows[offset : offset + limit]
            body = export("geojson", snapshot, service.store(), page, service.codebook())
            return _counted(body, len(rows))

        return Response(await run_in_threadpool(written), media_type=GEOJSON)

    async def description(request: Request) -> Response:
        return JSONResponse(describe(service.codebook()))

    return [
        Route("/api/openapi.json", description, methods=["GET"]),
        Route("/api/articles", guarded(post_article), methods=["POST"]),
        Route("/api/events", guarded(get_events), methods=["GET"]),
    ]


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """An answer that says what was wrong (RFC 9457)."""
    return JSONResponse(
        {"status": status, "detail": detail}, status_code=status, headers=headers,
        media_type="application/problem+json",
    )  # fmt: skip


async def _body(request: Request, most_bytes: int) -> bytes:
    too_long = Refusal(413, f"the body has more than {most_bytes:,} bytes")
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated[:20]) > most_bytes:
        raise too_long  # before any of it has been sent
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise too_long
    return bytes(body)


def _counted(collection: bytes, matched: int) -> bytes:
    """The collection with how many events there are in all."""
    found = json.loads(collection)
    found |= {"numberMatched": matched, "numberReturned": len(found["features"])}
    return json.dumps(found, ensure_ascii=False).encode("utf-8")

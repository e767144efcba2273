"""What other programs ask of the server: health, metrics, and the API; `server.py` mounts it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route, Router

from geo import __version__, api
from geo.errors import GeoError
from geo.gazetteer import index
from geo.settings import Settings
from pages import common, drafts


def healthz(request: Request) -> JSONResponse:
    """Whether the server answers, and whether the gazetteer is built (a page builds it if not)."""
    ready = index.is_ready(Settings.from_env())
    return JSONResponse({"status": "ok", "version": __version__, "gazetteer_ready": ready})


def readyz(request: Request) -> JSONResponse:
    """Whether the server can work: 200, or 503 with what is missing and no word of where it is."""
    gazetteer = index.is_ready(Settings.from_env())
    try:
        common.store().revision()
        store = True
    except GeoError:
        store = False
    return JSONResponse(
        {"ready": gazetteer and store, "gazetteer": gazetteer, "store": store},
        status_code=200 if gazetteer and store else 503,
    )


def metrics(request: Request) -> PlainTextResponse:
    """What the store holds, as Prometheus reads it: numbers alone."""
    try:
        store = common.store()  # the one that the pages use, so that hits are theirs
        cache = {f"geocode_cache_{name}": n for name, n in store.stats().items()}
        held = {"store_revision": store.revision(), **store.counts(), **cache}
    except GeoError:
        held = {}
    lines = [f'dateline_info{{version="{__version__}"}} 1', f"dateline_store_up {int(bool(held))}"]
    lines += [f"dateline_{name} {value}" for name, value in held.items()]
    typed = [f"# TYPE {line.split('{')[0].split()[0]} gauge\n{line}\n" for line in lines]
    return PlainTextResponse("".join(typed), media_type="text/plain; version=0.0.4")


def router() -> Router:
    """The routes, on what the pages use themselves."""
    service = api.Service(
        settings=common.settings, codebook=common.codebook, store=common.store,
        snapshot=common.current_snapshot, desk=drafts.desk,
    )  # fmt: skip
    return Router(
        [
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
            Route("/metrics", metrics, methods=["GET"]),
            *api.routes(service, common.settings().api_per_minute),
        ]
    )

"""The dashboard with what belongs around it on a server: `streamlit run server.py`.

Adds a health route and security headers to `dashboard.py`, which also runs without them.
"""

import contextlib
import importlib
import re
import threading
import time
from collections.abc import AsyncIterator
from http import HTTPStatus

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo import __version__, api, logs
from geo.errors import GeoError
from geo.gazetteer import index
from geo.maps.basemap import CDN_ORIGINS, TILE_ORIGINS
from geo.settings import Settings
from pages import chronicle, common, drafts, visits

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


def content_security_policy(host: str) -> str:
    """What a page may load: itself, and what a reader can turn on (map tiles, the CDN).

    Streamlit's front end and Vega compile code in the page, and Folium's scripts stand in it, so
    'unsafe-inline' and 'unsafe-eval' cannot go. What the policy keeps shut is the way out: no
    image, request, font, form or frame reaches another server. `host` is the request's Host, for
    the WebSocket: not every browser counts it as 'self'.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    cdn, tiles = " ".join(CDN_ORIGINS), " ".join(TILE_ORIGINS)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: {cdn}",
            f"style-src 'self' 'unsafe-inline' {cdn}",
            f"img-src 'self' data: blob: {cdn} {tiles}",
            "font-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "worker-src 'self' blob:",
            "frame-src 'self' blob: data:",
            "frame-ancestors 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        )
    )


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # The tile server's terms ask for a referrer; it gets the origin and never the filters.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """ASGI middleware: adds the headers to every HTTP response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = Request(scope).headers.get("host", "")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = content_security_policy(host)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Visits:
    """ASGI middleware: two cookies that tell what has come since the last visit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_page_load(request := Request(scope)):
            await self.app(scope, receive, send)
            return
        try:
            newest = await run_in_threadpool(lambda: common.store().newest_article_key())
        except GeoError:  # the page says what is wrong with the store
            await self.app(scope, receive, send)
            return
        now = visits.Visit(int(time.time()), newest)
        more = "; Secure" if request.url.scheme == "https" else ""
        more += f"; HttpOnly; SameSite=Lax; Path=/; Max-Age={visits.KEPT_S}"

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                page = headers.get("content-type", "").startswith("text/html")
                if page or message["status"] == HTTPStatus.NOT_MODIFIED:  # the browser kept it
                    for name, value in visits.cookies_of(request.cookies, now).items():
                        headers.append("Set-Cookie", f"{name}={value}{more}")
            await send(message)

        await self.app(scope, receive, send_with_cookies)


def _is_page_load(request: Request) -> bool:
    """Whether a person opens a page: no script, no image, and not the frame of the map."""
    wanted = request.headers.get("sec-fetch-dest", "document")
    accepted = request.headers.get("accept", "")
    return request.method == "GET" and wanted == "document" and "text/html" in accepted


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


SERVICE = api.Service(
    settings=common.settings, codebook=common.codebook, store=common.store,
    snapshot=common.current_snapshot, desk=drafts.desk,
)  # fmt: skip

logs.configure(Settings.from_env())


# Not streamlit_folium itself, which must meet a running Streamlit to make itself known to it.
AHEAD = ("folium.plugins", "geo.maps.standalone", "geo.reading", "geo.export.records")


def load_ahead() -> None:
    """Load what the first page needs while the reader's browser still loads the page's scripts.

    What fails here fails again where a page can say so.
    """
    for module in AHEAD:
        importlib.import_module(module)
    with contextlib.suppress(GeoError):
        common.codebook()
        common.current_snapshot()
        chronicle.shipped()
        common.outline_store()
        common.gazetteer()


@contextlib.asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """The server listens at once; what it needs comes after."""
    threading.Thread(target=load_ahead, name="load-ahead", daemon=True).start()
    yield None


app = st.App(
    "dashboard.py",
    lifespan=lifespan,
    routes=[
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
        *api.routes(SERVICE, Settings.from_env().api_per_minute),
    ],
    middleware=[Middleware(SecurityHeaders), Middleware(Visits)],
)

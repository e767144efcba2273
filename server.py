"""The dashboard with what belongs around it on a server: `streamlit run server.py`.

Adds a health route and security headers to `dashboard.py`, which also runs without them. Imports
little, so that it listens at once; the rest loads while the reader's browser loads the page.
"""

import contextlib
import functools
import importlib
import re
import threading
import time
from collections.abc import AsyncIterator

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo import logs
from geo.errors import GeoError
from geo.maps.origins import CDN_ORIGINS, TILE_ORIGINS
from geo.settings import Settings
from pages import front_end, visits

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


CONNECTS = "/_stcore/host-config"  # Streamlit's page asks it each time it is about to connect

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # The tile server's terms ask for a referrer; it gets the origin and never the filters.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


LOCAL = ("localhost", "127.0.0.1", "[::1]")


def known_hosts(settings: Settings, address: str | None) -> frozenset[str]:
    """The names that a server at this address answers to; empty where to any."""
    if settings.hosts:
        return frozenset(name.strip().lower() for name in settings.hosts.split(","))
    return frozenset(LOCAL if address in (*LOCAL, "::1") else ())


class KnownHosts:
    """ASGI middleware: answers to its own names alone.

    A page of somebody else's may have its name point at this machine (DNS rebinding): a browser
    would then let its scripts read and change what is here.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.hosts and scope["type"] in ("http", "websocket"):
            host = Headers(scope=scope).get("host", "")
            if re.sub(r":\d*$", "", host).lower() not in self.hosts:
                refused = PlainTextResponse("DATELINE_HOSTS does not name this host\n", 400)
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)


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
                is_page = headers.get("content-type", "").startswith("text/html")
                if is_page and "/component/" not in scope["path"]:  # not a frame in the page
                    headers["Link"] = _preload_links()
            await send(message)

        await self.app(scope, receive, send_with_headers)


_preload_links = functools.cache(front_end.preload_links)


class Visits:
    """ASGI middleware: two cookies that tell what has come since the last visit.

    They come with what a page's scripts ask before they connect, not with the page itself, which
    is there before the store is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(CONNECTS):
            await self.app(scope, receive, send)
            return
        try:
            newest = await run_in_threadpool(_newest_article_key)
        except GeoError:  # the page says what is wrong with the store
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        now = visits.Visit(int(time.time()), newest)
        more = "; Secure" if request.url.scheme == "https" else ""
        more += f"; HttpOnly; SameSite=Lax; Path=/; Max-Age={visits.KEPT_S}"

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in visits.cookies_of(request.cookies, now).items():
                    headers.append("Set-Cookie", f"{name}={value}{more}")
            await send(message)

        await self.app(scope, receive, send_with_cookies)


def _newest_article_key() -> int:
    from pages import common

    return common.store().newest_article_key()


class Served:
    """ASGI app: the routes of `pages.served`, loaded for the first who asks, or ahead of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await run_in_threadpool(_router))(scope, receive, send)


@functools.cache
def _router() -> Router:
    from pages import served

    return served.router()


logs.configure(Settings.from_env())


# Not pages.explore: streamlit-folium is known to Streamlit only where a page's run imports it.
FIRST = ("folium.plugins", "geo.maps.basemap", "geo.maps.layers", "pages.panel", "pages.tray")
LATER = ("geo.reading", "geo.maps.standalone", "geo.export.records")  # at the first click
SERVED = ("/healthz", "/readyz", "/metrics", "/api/{rest:path}")


def load_ahead() -> None:
    """Load what the first page needs while the reader's browser still loads the page's scripts.

    What fails here fails again where a page can say so.
    """
    for module in FIRST:
        importlib.import_module(module)
    from pages import chronicle, common

    with contextlib.suppress(GeoError):
        common.codebook()
        common.current_snapshot()
        common.outline_store()
        chronicle.shipped()
        common.gazetteer()
    for module in LATER:
        importlib.import_module(module)
    _router()


@contextlib.asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """The server listens at once; what it needs comes after."""
    threading.Thread(target=load_ahead, name="load-ahead", daemon=True).start()
    yield None


app = st.App(
    "dashboard.py",
    lifespan=lifespan,
    routes=[Route(path, Served()) for path in SERVED],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(
            KnownHosts, hosts=known_hosts(Settings.from_env(), st.get_option("server.address"))
        ),
        Middleware(Visits),
    ],
)

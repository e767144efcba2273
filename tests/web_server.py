"""A web server on this machine whose every page misbehaves in its own way."""

from __future__ import annotations

import gzip
import io
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PAGE = (
    "<html lang='en'><head><title>Market shelled in Kherson</title>"
    "<meta property='article:published_time' content='2023-05-03T10:00:00Z'>"
    "<meta property='og:site_name' content='The Test Post'></head><body><nav>Home Sport</nav>"
    "<article><h1>Market shelled in Kherson</h1>"
    + "<p>Shelling hit a market in Kherson on Wednesday and killed three people, officials say. "
    "The café “Zürich” next to it burnt down, and the road to Mykolaiv was shut for hours.</p>" * 4
    + "</article><script>alert('no')</script></body></html>"
)


class Server(ThreadingHTTPServer):
    """Counts what is asked for. `pages` maps a path to a function that answers it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()
        self.headers: dict[str, dict[str, str]] = {}
        self.pages: dict[str, Callable[[Handler], None]] = {}
        self.sent_bytes = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.asked[path] += 1
        self.server.headers[path] = dict(self.headers.items())
        self.close_connection = True
        answer = self.server.pages.get(path) or _ANSWERS.get(path)
        if answer is None:
            self.answer(b"nothing here", status=404)
        else:
            answer(self)

    def answer(
        self, body: bytes, kind: str = "text/html; charset=utf-8", status: int = 200,
        **headers: str,
    ) -> None:  # fmt: skip
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(body)),
                            **headers}.items():  # fmt: skip
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.server.sent_bytes += len(body)

    def begin(self, **headers: str) -> None:
        """An answer without a length, which ends with the connection."""
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def _drip(handler: Handler) -> None:
    handler.begin(content_type="text/html")
    for _ in range(600):
        handler.wfile.write(b"<p>")
        handler.wfile.flush()
        time.sleep(0.1)


def _drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(600):
        handler.wfile.write(f"X-{number}: y\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.1)


def _endless(handler: Handler) -> None:
    handler.begin(content_type="text/html")
    while True:
        handler.wfile.write(b"x" * 65_536)
        handler.server.sent_bytes += 65_536


def _gzip_bomb(handler: Handler) -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        for _ in range(200):
            file.write(b"\0" * 1_000_000)
    handler.answer(packed.getvalue(), content_encoding="gzip")


def _packed_twice(handler: Handler) -> None:
    once = gzip.compress(gzip.compress(bytes(100_000_000)))
    handler.answer(once, content_encoding="gzip, gzip")


def _not_yet(handler: Handler) -> None:
    while True:
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _robots(handler: Handler) -> None:
    handler.answer(b"User-agent: *\nDisallow: /private/\n", "text/plain")


_ANSWERS: dict[str, Callable[[Handler], None]] = {
    "/page": lambda handler: handler.answer(PAGE.encode()),
    "/private/page": lambda handler: handler.answer(PAGE.encode()),
    "/robots.txt": _robots,
    "/windows-1252": lambda handler: handler.answer(
        PAGE.encode("cp1252"), "text/html; charset=utf-8"
    ),
    "/latin-said-utf": lambda handler: handler.answer(
        PAGE.encode(), "text/html; charset=iso-8859-1"
    ),
    "/drip": _drip,
    "/drip-headers": _drip_headers,
    "/endless": _endless,
    "/gzip-bomb": _gzip_bomb,
    "/packed-twice": _packed_twice,
    "/no-gzip": lambda handler: handler.answer(b"plain", content_encoding="gzip"),
    "/brotli": lambda handler: handler.answer(b"\x1b\x00", content_encoding="gzip, br"),
    "/not-yet": _not_yet,
    "/loop": lambda handler: handler.answer(b"", status=302, location="/loop"),
    "/moved": lambda handler: handler.answer(b"", status=301, location="/page"),
    "/to-metadata": lambda handler: handler.answer(
        b"", status=302, location="http://169.254.169.254/latest/meta-data/"
    ),
    "/to-file": lambda handler: handler.answer(b"", status=302, location="file:///etc/passwd"),
    "/to-brackets": lambda handler: handler.answer(b"", status=302, location="http://["),
    "/to-private": lambda handler: handler.answer(b"", status=307, location="/private/page"),
    "/to-nowhere": lambda handler: handler.answer(b"", status=302),
    "/too-short": lambda handler: (
        handler.begin(content_type="text/html", content_length="100000"),
        handler.wfile.write(b"<p>half"),
    )[0],
    "/two-lengths": lambda handler: (
        handler.begin(content_length="3, 50"), handler.wfile.write(b"hello"),
    )[0],
    "/hang-up": lambda handler: handler.connection.close(),
    "/no-http": lambda handler: handler.wfile.write(b"\x00\x01 hello\r\n\r\n") and None,
    "/busy": lambda handler: handler.answer(b"later", status=429, retry_after="120"),
    "/broken": lambda handler: handler.answer(b"oops", status=500),
}


@contextmanager
def serving() -> Iterator[Server]:
    """A running server, ended when the block ends."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

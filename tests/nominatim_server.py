"""A server on this machine that speaks Nominatim's protocol, and misbehaves on request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BUCHA = {
    "place_id": 1,
    "lat": "50.5488",
    "lon": "30.2212",
    "display_name": "Bucha, Kyiv Oblast, Ukraine",
    "class": "place",
    "type": "town",
    "address": {"town": "Bucha", "ISO3166-2-lvl4": "UA-32", "country_code": "ua"},
}
NAMESAKE = {**BUCHA, "lat": "48.1", "lon": "24.9", "address": {"ISO3166-2-lvl4": "UA-26"}}


class Server(ThreadingHTTPServer):
    """Records each request as (path, parameters, user agent, time of arrival and of the end)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.spans: list[tuple[float, float]] = []
        self.delay_s = 0.0
        self.drip_s = 0.0
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body: bytes | None = None  # instead of the right answer
        self.hang_up: str = ""  # "early" or "half"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        came = time.time()
        at = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(at.query).items()}
        self.server.asked.append((at.path, asked, self.headers.get("User-Agent", "")))
        time.sleep(self.server.delay_s)
        if self.server.hang_up == "early":
            self.connection.close()
            return
        body = self.server.body
        if body is None:
            body = json.dumps(self.answer(at.path, asked)).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.server.hang_up == "half":
            body = body[: len(body) // 2]
        if self.server.drip_s:
            for at_byte in range(len(body)):
                self.wfile.write(body[at_byte : at_byte + 1])
                time.sleep(self.server.drip_s)
        else:
            self.wfile.write(body)
        self.server.spans.append((came, time.time()))

    def answer(self, path: str, asked: dict[str, str]) -> Any:
        if path == "/reverse":
            return BUCHA if float(asked["lat"]) > 0 else {"error": "Unable to geocode"}
        if path != "/search" or asked.get("format") != "json":
            return {"error": f"no such service: {path}"}
        known = [NAMESAKE, BUCHA] if asked["q"].startswith("Bucha") else []
        return known[: int(asked.get("limit", 10))]

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Server]:
    """The server, answering in a thread of its own until the block ends."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

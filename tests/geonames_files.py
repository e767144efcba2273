"""Files in GeoNames' formats, written by the tests, and a server on this machine that serves them.

Format: https://download.geonames.org/export/dump/readme.txt
"""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FIRST_ID = 20_000_000  # above every id that GeoNames has given out


def place(geonameid: int | str, name: str, **more: object) -> str:
    """One line of a country dump, without its end."""
    cells = {
        "alternates": "", "lat": 48.5, "lon": 37.9, "feature": "P", "code": "PPL", "country": "UA",
        "admin1": "05", "population": 0,
    } | more  # fmt: skip
    return "\t".join(
        str(cell)
        for cell in (
            geonameid, name, name, cells["alternates"], cells["lat"], cells["lon"],
            cells["feature"], cells["code"], cells["country"], "", cells["admin1"], "", "", "",
            cells["population"], "", 100, "Europe/Kyiv", "2023-01-01",
        )
    )  # fmt: skip


def other_name(number: int, geonameid: int, name: str, **more: object) -> str:
    """One line of alternateNamesV2, without its end."""
    cells = {"language": "", "preferred": "", "short": "", "colloquial": "", "historic": ""} | more
    marks = (cells["preferred"], cells["short"], cells["colloquial"], cells["historic"])
    return "\t".join(
        str(cell) for cell in (number, geonameid, cells["language"], name, *marks, "", "")
    )


def write(path: Path, *lines: str, end: str = "\n") -> Path:
    """A text file of these lines."""
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


def write_zip(path: Path, *lines: str, beside: dict[str, str] | None = None) -> Path:
    """A zip as GeoNames packs it: the table named as the zip is, and a readme."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in ({"readme.txt": "About\tthis"} | (beside or {})).items():
            archive.writestr(name, text)
        archive.writestr(f"{path.stem}.txt", "".join(line + "\n" for line in lines))
    return path


class Server(ThreadingHTTPServer):
    """Serves `files` by path, with ranges; records each request as (path, range, If-Range)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.mark = '"one"'  # the ETag; empty: none is sent
        self.asked: list[tuple[str, str, str]] = []
        self.break_after: list[int] = []  # bytes after which each next answer is cut off
        self.statuses: list[int] = []  # failures that the next answers are
        self.redirect = ""
        self.ranges = True
        self.shift = 0  # how far wrong a range's beginning is
        self.sized = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/export/dump"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        wanted, condition = self.headers.get("Range", ""), self.headers.get("If-Range", "")
        server.asked.append((self.path, wanted, condition))
        if server.redirect:
            self._answer(302, {"Location": server.redirect})
            return
        if server.statuses:
            self._answer(server.statuses.pop(0), {})
            return
        body = server.files.get(self.path.removeprefix("/export/dump/"))
        if body is None:
            self._answer(404, {})
            return
        headers = {"ETag": server.mark} if server.mark else {}
        begin = 0
        if wanted and server.ranges and condition == server.mark:
            begin = int(wanted.removeprefix("bytes=").rstrip("-")) + server.shift
            if begin >= len(body):
                self._answer(416, {"Content-Range": f"bytes */{len(body)}"})
                return
            headers["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
        if server.sized:
            headers["Content-Length"] = str(len(body) - begin)
        self._answer(206 if "Content-Range" in headers else 200, headers, body[begin:])

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if not body:
            self.send_header("Content-Length", "0")
        self.end_headers()
        cut = self.server.break_after.pop(0) if body and self.server.break_after else len(body)
        self.wfile.write(body[:cut])

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

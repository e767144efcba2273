"""Fetch one link: within a time, a size and a number of redirects, from public addresses alone."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.parse import urljoin

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from geo import __version__
from geo.errors import DownloadError, GeoError, LimitError
from geo.settings import Settings
from geo.sources.web.addresses import Target, resolve, target_of

REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
BUSY = frozenset({429, 503})
_UNPACKED = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_PIECE_BYTES = 65_536
_HOUR_S = 3_600.0
Check = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server sent. `url` is where the redirects led; `body` is unpacked.

    `status` is 200 or 304; `etag` and `last_modified` are what to send with the next request.
    """

    url: str
    status: int
    body: bytes
    media_type: str
    charset: str
    etag: str
    last_modified: str


class Fetcher:
    """Fetches links; threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.user_agent = settings.fetch_user_agent or f"Dateline/{__version__} (news reader)"
        self._tls = ssl.create_default_context()

    def get(
        self, url: str, *, etag: str = "", last_modified: str = "", check: Check | None = None
    ) -> Fetched:
        """The document behind a link.

        `etag` and `last_modified` of an earlier answer make an unchanged document come back as
        status 304 without a body. `check` is asked about the link, and about each one that it is
        redirected to, and raises where that may not be followed. Raises RefusedError (a link that
        may not be followed), LimitError (too large, too many redirects) or DownloadError
        (everything else that servers do, with `retry_after_s` where they asked for patience).
        """
        until = time.monotonic() + self.settings.fetch_s
        asked, conditions = url, _conditions(etag, last_modified)
        for _ in range(self.settings.max_redirects + 1):
            target = target_of(url, self.settings)
            if check is not None:
                check(url)
            with self._answer(target, url, conditions, until) as answer:
                if answer.status not in REDIRECTS:
                    return self._taken(answer, url, until)
                place = answer.headers.get("location", "")
            url = _redirected(url, place)
        raise LimitError(
            f"{asked} redirects more than {self.settings.max_redirects} times; "
            "DATELINE_MAX_REDIRECTS raises the limit"
        )

    @contextmanager
    def _answer(
        self, target: Target, url: str, conditions: dict[str, str], until: float
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """An open answer whose body has not been read yet, closed for good at the deadline."""
        connection = self._connection(target, until)
        watch = threading.Timer(max(0.0, until - time.monotonic()), _cut, [connection])
        watch.daemon = True
        watch.start()
        headers = {
            "User-Agent": self.user_agent, "Accept-Encoding": "gzip, deflate",
            "Accept": "*/*", **conditions,
        }  # fmt: skip
        try:
            connection.request("GET", target.path, headers=headers, preload_content=False)
            yield connection.getresponse()
        except GeoError:
            raise
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise self._failure(url, error, until) from error
        finally:
            watch.cancel()
            connection.close()
            if connection.handle is not None:
                connection.handle.close()

    def _connection(self, target: Target, until: float) -> _Plain | _Secure:
        more: dict[str, Any] = {"timeout": _left_s(until)}
        plain = target.scheme == "http"
        made: type[_Plain] | type[_Secure] = _Plain if plain else _Secure
        if not plain:
            more["ssl_context"] = self._tls
        connection = made(target.host, target.port, **more)
        connection.target, connection.settings, connection.until = target, self.settings, until
        return connection

    def _taken(self, answer: urllib3.BaseHTTPResponse, url: str, until: float) -> Fetched:
        if time.monotonic() >= until:  # a connection that was cut looks like one that has ended
            raise self._too_slow(url)
        headers = answer.headers
        if answer.status not in (200, NOT_MODIFIED):
            wait = retry_after_s(headers.get("retry-after", "")) if answer.status in BUSY else None
            raise DownloadError(
                f"{url} answers {answer.status} {_reason(answer.status)}",
                status=answer.status, retry_after_s=wait,
            )  # fmt: skip
        packed = {one.strip().lower() for one in headers.get("content-encoding", "").split(",")}
        if not packed <= _UNPACKED:
            raise DownloadError(f"{url} is packed as {sorted(packed)}, which was not asked for")
        body = bytearray()
        for piece in answer.stream(_PIECE_BYTES, decode_content=True):
            body += piece
            if len(body) > self.settings.max_fetch_bytes:
                raise LimitError(
                    f"{url} sends more than {self.settings.max_fetch_bytes:,} bytes; "
                    "DATELINE_MAX_FETCH_BYTES raises the limit"
                )
        if time.monotonic() >= until:
            raise self._too_slow(url)
        kind = headers.get("content-type", "")
        return Fetched(
            url=url, status=answer.status, body=bytes(body),
            media_type=kind.partition(";")[0].strip().lower(), charset=_charset(kind),
            etag=_printable(headers.get("etag", "")[:500]),
            last_modified=_printable(headers.get("last-modified", "")[:100]),
        )  # fmt: skip

    def _failure(self, url: str, error: Exception, until: float) -> Exception:
        if time.monotonic() >= until - 0.05:
            return self._too_slow(url)
        return DownloadError(f"{url} could not be fetched ({type(error).__name__}: {error})")

    def _too_slow(self, url: str) -> DownloadError:
        return DownloadError(
            f"{url} took longer than {self.settings.fetch_s:g} s; DATELINE_FETCH_S raises the limit"
        )


class _Checked:
    """Connects to addresses that were judged, and to no others: no name is looked up twice."""

    target: Target
    settings: Settings
    until: float  # by time.monotonic, for all addresses of the host together
    # A second handle on the socket, which TLS and http.client take over: it serves to cut it off.
    handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        last: OSError | None = None
        for family, address in resolve(self.target, self.settings, _left_s(self.until)):
            made = socket.socket(family, socket.SOCK_STREAM)
            try:
                made.settimeout(_left_s(self.until))
                made.connect(address)
                self.handle = made.dup()
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return made
            except OSError as error:
                made.close()
                last = error
            if time.monotonic() >= self.until:
                break
        raise last or OSError("no address")


class _Plain(_Checked, HTTPConnection):
    """http."""


class _Secure(_Checked, HTTPSConnection):
    """https; the certificate must be the host's."""


def _left_s(until: float) -> float:
    return max(0.001, until - time.monotonic())


def _cut(connection: _Checked) -> None:
    """End a request from another thread: reads that wait for a dripping server return at once."""
    if connection.handle is not None:
        with suppress(OSError):
            connection.handle.shutdown(socket.SHUT_RDWR)


def _redirected(url: str, place: str) -> str:
    if not place:
        raise DownloadError(f"{url} redirects to nowhere")
    try:
        return urljoin(url, place)
    except ValueError as error:
        shown = place[:80]
        raise DownloadError(f"{url} redirects to {shown!r}, which is no web address") from error


def _conditions(etag: str, last_modified: str) -> dict[str, str]:
    told = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in told.items() if value}


def _printable(value: str) -> str:
    """A header that can be stored and sent back, or nothing."""
    return value if value.isprintable() else ""


def _charset(kind: str) -> str:
    for part in kind.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").lower()[:40]
    return ""


def _reason(status: int) -> str:
    with suppress(ValueError):
        return f"({HTTPStatus(status).phrase})"
    return "(no known status)"


def retry_after_s(value: str) -> float | None:
    """Seconds that a `Retry-After` header asks for (RFC 9110, section 10.2.3), at most a day."""
    if value.strip().isdigit():
        return float(min(int(value.strip()[:9]), 24 * _HOUR_S))
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), 24 * _HOUR_S)

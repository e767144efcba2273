"""Fetch a GeoNames file, only when the user asks: with progress, limits, and resuming.

What has come is kept beside the target as `.part`, with the server's mark of that version (ETag or
date) in `.mark`; the next attempt asks for the rest, on condition that the mark still holds.
"""

from __future__ import annotations

import http.client
import re
import time
import zipfile
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from geo import __version__
from geo.errors import BadQueryError, DownloadError, LimitError, SettingsError
from geo.settings import Settings

Progress = Callable[[float, str], None]

# What may be asked for: a country's places, a country's other names, or all of either.
_WHAT = re.compile(r"[A-Z]{2}|alternatenames/[A-Z]{2}|allCountries|alternateNamesV2")
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_ATTEMPTS = 4
_CHUNK_BYTES = 256 * 1024
_SILENCE_S = 30.0  # the longest wait for the next bytes
_BUSY = frozenset({429, 500, 502, 503, 504})


class _InterruptedError(Exception):
    """The connection broke; asking again resumes."""


class _WebOnly(HTTPRedirectHandler):
    """Redirects lead to http and https alone."""

    max_redirections = 5

    def redirect_request(
        self, req: Request, fp: object, code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise DownloadError(f"{req.full_url} leads to {newurl!r}, which is no web address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def address(settings: Settings, what: str) -> str:
    """Where a file is: `UA`, `alternatenames/UA`, `allCountries` or `alternateNamesV2`.

    Raises BadQueryError for anything else, SettingsError where the setting is no web address.
    """
    if not _WHAT.fullmatch(what):
        raise BadQueryError(
            f"{what!r} is no file of GeoNames that can be added: give a country's two-letter code "
            "(UA), alternatenames/UA, allCountries or alternateNamesV2"
        )
    base = urlsplit(settings.gazetteer_url)
    if base.scheme not in ("http", "https") or not base.netloc:
        raise SettingsError(f"DATELINE_GAZETTEER_URL={settings.gazetteer_url!r} is no web address")
    return f"{settings.gazetteer_url.rstrip('/')}/{what}.zip"


def fetch(
    settings: Settings, what: str, progress: Progress | None = None, *, pause_s: float = 2.0
) -> Path:
    """Download a file (see `address`) into local_dir/gazetteer/downloads and return its path.

    A broken connection is taken up again where it broke, four times in all, `pause_s` apart and
    longer each time; so is what an earlier call left. Raises DownloadError, LimitError,
    BadQueryError, SettingsError.
    """
    url = address(settings, what)
    target = settings.local_dir / "gazetteer" / "downloads" / f"{what.replace('/', '-')}.zip"
    deadline = time.monotonic() + settings.gazetteer_download_s
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _fetch_once(settings, url, target, deadline, progress)
            except _InterruptedError as error:
                if attempt == _ATTEMPTS:
                    raise DownloadError(
                        f"{url} broke off ({error}); the same command resumes it"
                    ) from error
            time.sleep(pause_s * attempt)
    except OSError as error:
        raise DownloadError(
            f"{target.name} cannot be written: {error.strerror or error}"
        ) from error
    raise AssertionError("unreachable")


def _fetch_once(
    settings: Settings, url: str, target: Path, deadline: float, progress: Progress | None
) -> Path:
    part, mark = target.with_suffix(".zip.part"), target.with_suffix(".zip.mark")
    have = part.stat().st_size if part.exists() and mark.exists() else 0
    headers = {"User-Agent": f"dateline/{__version__}", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": mark.read_text(encoding="utf-8")}
    try:
        answer = build_opener(_WebOnly).open(Request(url, headers=headers), timeout=_SILENCE_S)
    except HTTPError as error:
        error.close()
        if error.code == 416 and have:  # the file is shorter than what is here
            part.unlink()
            raise _InterruptedError("the file has changed") from error
        if error.code in _BUSY:
            raise _InterruptedError(f"the server answers {error.code}") from error
        hint = "; is the code right?" if error.code == 404 else ""
        raise DownloadError(
            f"{url} cannot be fetched: {error.code} {error.reason}{hint}"
        ) from error
    except (URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", None) or error
        if have:
            raise _InterruptedError(reason) from error
        raise DownloadError(f"{url} cannot be reached: {reason}") from error
    with answer:
        have, size = _extent(answer, have, url)
        if size is not None and size > settings.max_gazetteer_bytes:
            raise _too_long(url, settings)
        _write_mark(mark, answer.headers)
        have = _receive(answer, part, have, size, url, settings, deadline, progress)
    if size is not None and have < size:
        raise _InterruptedError(f"after {have:,} of {size:,} bytes")
    if not zipfile.is_zipfile(part):
        part.unlink()
        raise DownloadError(f"{url} is no zip file; what came is dropped")
    part.replace(target)
    mark.unlink(missing_ok=True)
    return target


def _extent(answer: http.client.HTTPResponse, have: int, url: str) -> tuple[int, int | None]:
    """Where the answer's bytes begin, and how long the whole file is, where that is said."""
    length = answer.headers.get("Content-Length", "")
    if answer.status != 206:
        return 0, int(length) if length.isdigit() else None
    found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if not found or int(found[1]) != have:
        raise DownloadError(f"{url} sent another part of the file than was asked for")
    return have, int(found[2]) if found[2] != "*" else have + int(length or 0) or None


def _write_mark(mark: Path, headers: Message) -> None:
    """Remember which version this is; without a mark of it nothing can be resumed."""
    version = headers.get("ETag") or headers.get("Last-Modified") or ""
    if version and not version.startswith("W/"):  # a weak mark does not vouch for each byte
        mark.write_text(version, encoding="utf-8")
    else:
        mark.unlink(missing_ok=True)


def _receive(
    answer: http.client.HTTPResponse, part: Path, have: int, size: int | None, url: str,
    settings: Settings, deadline: float, progress: Progress | None,
) -> int:  # fmt: skip
    """Append what comes; how long the part is then."""
    with part.open("r+b" if have else "wb") as out:
        out.seek(have)
        while True:
            if time.monotonic() > deadline:
                raise DownloadError(
                    f"{url} took longer than {settings.gazetteer_download_s:g} seconds "
                    "(DATELINE_GAZETTEER_DOWNLOAD_S); the same command resumes it"
                )
            try:
                chunk = answer.read1(_CHUNK_BYTES)
            except (http.client.HTTPException, TimeoutError, ConnectionError) as error:
                raise _InterruptedError(error) from error
            if not chunk:
                return have
            have += len(chunk)
            if have > settings.max_gazetteer_bytes:
                raise _too_long(url, settings)
            out.write(chunk)
            if progress:
                progress(have / size if size else 0.0, f"fetching {part.name.split('.')[0]}")


def _too_long(url: str, settings: Settings) -> LimitError:
    return LimitError(
        f"{url} has more than {settings.max_gazetteer_bytes:,} bytes; "
        "DATELINE_MAX_GAZETTEER_BYTES raises the limit"
    )

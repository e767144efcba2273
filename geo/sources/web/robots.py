"""What a site asks of programs that read it: robots.txt (RFC 9309), kept for an hour."""

from __future__ import annotations

import threading
import time

from protego import Protego

from geo.errors import DownloadError, RefusedError
from geo.sources.web.addresses import target_of
from geo.sources.web.fetch import Fetcher

KEPT_S = 3_600.0
MAX_BYTES = 512_000  # RFC 9309 has readers take at least 500 KiB; what comes after is left unread
_PRODUCT = "Dateline"  # the name that a robots.txt would call this program by
_KEPT_SITES = 1_000


class Robots:
    """Rules of sites, by origin; threads may share it."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._lock = threading.Lock()
        self._rules: dict[str, tuple[float, Protego | None]] = {}

    def check(self, url: str) -> None:
        """Raise RefusedError where the site asks not to read this link.

        A site without a robots.txt allows everything. One that cannot say (it answers 5xx, or not
        at all) allows nothing for now, which raises DownloadError: asking later may help.
        """
        target = target_of(url, self._fetcher.settings)
        rules = self._of(target.origin)
        if rules is not None and not rules.can_fetch(url, _PRODUCT):
            raise RefusedError(f"{target.host} asks programs not to read {url} (its robots.txt)")

    def _of(self, origin: str) -> Protego | None:
        now = time.monotonic()
        with self._lock:
            since, rules = self._rules.get(origin, (-KEPT_S, None))
        if now - since < KEPT_S:
            return rules
        rules = self._fetched(origin)
        with self._lock:
            if len(self._rules) >= _KEPT_SITES:
                self._rules.clear()
            self._rules[origin] = (now, rules)
        return rules

    def _fetched(self, origin: str) -> Protego | None:
        try:
            found = self._fetcher.get(f"{origin}/robots.txt")
        except RefusedError:
            raise
        except DownloadError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return None
            raise DownloadError(
                f"{origin}/robots.txt could not be read, so nothing of this site is: {error}",
                status=error.status, retry_after_s=error.retry_after_s,
            ) from error  # fmt: skip
        return Protego.parse(found.body[:MAX_BYTES].decode("utf-8", "replace"))

"""Visits: when the last one ended, and how far the store had come by then.

Two cookies of this server, which hold two numbers each and nothing about the reader: what this
visit has seen so far, and what the visit before it had seen. `server.py` sets them; without it
there are none, and nothing is said to be new.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

THIS, BEFORE = "dateline-visit", "dateline-visit-before"
PAUSE_S = 1_800  # who comes back later than that is on another visit
KEPT_S = 400 * 86_400  # as long as browsers keep any cookie

_WRITTEN = re.compile(r"([0-9]{1,12})\.([0-9]{1,18})")


class Visit(NamedTuple):
    """A visit's last page load: when [s since 1970], and the key of the newest article then."""

    seen: int
    newest: int

    def __str__(self) -> str:
        return f"{self.seen}.{self.newest}"


def read(cookies: Mapping[str, str], name: str) -> Visit | None:
    """The visit that a cookie tells of, None where there is none or it is not ours."""
    found = _WRITTEN.fullmatch(cookies.get(name, ""))
    return Visit(int(found[1]), int(found[2])) if found else None


def cookies_of(cookies: Mapping[str, str], now: Visit) -> dict[str, str]:
    """The cookies to set when a page is loaded, by name."""
    this = read(cookies, THIS)
    if this is not None and now.seen - this.seen > PAUSE_S:
        return {THIS: str(now), BEFORE: str(this)}
    return {THIS: str(now)}

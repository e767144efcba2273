"""Who may ask, and how often: a token, and so many requests a minute."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable


class Refusal(Exception):  # noqa: N818 - an answer to a request, not a failure of ours
    """A request that is not served; `headers` go into the answer."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def check_token(authorization: str, token: str) -> None:
    """Raise Refusal unless an `Authorization` header holds the token.

    Without a token in the settings nobody is let in: 403.
    """
    if not token:
        raise Refusal(403, "this interface is off; DATELINE_API_TOKEN turns it on")
    scheme, _, given = authorization.partition(" ")
    # Compared in constant time, as bytes: the time taken must not tell how much was right.
    right = hmac.compare_digest(given.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not right:
        raise Refusal(
            401, "send the header `Authorization: Bearer TOKEN`", {"WWW-Authenticate": "Bearer"}
        )


class Rate:
    """A bucket that holds a minute's requests and fills evenly; threads may share it."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = float(per_minute), clock
        self._left, self._at = self._size, clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Use up one request. Raises Refusal (429) with `Retry-After` where none is left."""
        with self._lock:
            now = self._clock()
            filled = (now - self._at) * self._size / 60
            self._left, self._at = min(self._size, self._left + filled), now
            if self._left < 1:
                wait_s = (1 - self._left) * 60 / self._size
                raise Refusal(
                    429, f"more than {self._size:g} requests a minute",
                    {"Retry-After": str(max(1, round(wait_s)))},
                )  # fmt: skip
            self._left -= 1

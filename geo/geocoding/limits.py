"""One request at a time and none too soon, for all threads and processes of a machine."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from geo.errors import ProviderError

_LONGEST_PAUSE_S = 86_400.0  # a provider's Retry-After counts for at most a day


class SharedLimit:
    """Turns to ask a provider, kept in a file beside its lock.

    path: the file that says when the next request may go out [seconds since 1970]. interval_s:
    least time from the end of one request to the start of the next. max_wait_s: a caller that would
    wait longer is told so at once. A file that is damaged, or set in the far future, costs one
    interval.
    """

    def __init__(self, path: Path, interval_s: float, max_wait_s: float = 30.0) -> None:
        self.path, self.interval_s, self.max_wait_s = path, interval_s, max_wait_s

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and hold it: nobody else asks until the block ends.

        Raises ProviderError where the wait would be too long or the file cannot be kept; then
        nothing may be sent.
        """
        give_up = time.monotonic() + self.max_wait_s
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(f"{self.path}.lock", timeout=self.max_wait_s, poll_interval=0.02)
            lock.acquire()
        except Timeout as error:
            raise ProviderError("too many questions are waiting for the online geocoder") from error
        except OSError as error:
            raise ProviderError(f"cannot keep the rate limit in {self.path}: {error}") from error
        try:
            pause_s = self._pause_s()
            if time.monotonic() + pause_s > give_up:
                raise ProviderError(
                    f"the online geocoder asked for a pause of {math.ceil(pause_s)} s more",
                    retry_after_s=pause_s,
                )
            time.sleep(pause_s)
            self._allow_in(self.interval_s)  # also where this process dies while it asks
            try:
                yield
            finally:
                if self._pause_s() < self.interval_s:
                    self._allow_in(self.interval_s)
        finally:
            lock.release()

    def pause(self, seconds: float) -> None:
        """Let nobody ask for that long; call it while holding the turn."""
        self._allow_in(min(max(seconds, self.interval_s), _LONGEST_PAUSE_S))

    def _pause_s(self) -> float:
        try:
            pause_s = float(self.path.read_text(encoding="ascii")) - time.time()
        except FileNotFoundError:
            return 0.0
        except (OSError, ValueError):
            return self.interval_s
        if not pause_s <= _LONGEST_PAUSE_S + 1:  # also NaN; the clock was set back, say
            return self.interval_s
        return max(0.0, pause_s)

    def _allow_in(self, seconds: float) -> None:
        try:
            self.path.write_text(f"{time.time() + seconds:.3f}", encoding="ascii")
        except OSError as error:
            raise ProviderError(f"cannot keep the rate limit in {self.path}: {error}") from error

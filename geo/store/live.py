"""The one snapshot that every session of a process looks at, kept in step with the store."""

from __future__ import annotations

import logging
import threading
import time

from geo.errors import GeoError
from geo.settings import Settings
from geo.store.snapshot import Snapshot, load_snapshot
from geo.store.store import Store

log = logging.getLogger(__name__)

PATIENCE_S = 0.5  # how long one session waits for another that is bringing the snapshot up to date


class LiveSnapshot:
    """Hands out the present snapshot; threads share it.

    Where the store cannot be read any more, the last snapshot stays, and `stale` says why.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._lock = threading.Lock()
        self._held: Snapshot | None = None
        self._opening = 0  # of the store, when it was read
        self.stale = ""
        self.refreshed_s = 0.0  # what the last change of the snapshot took

    def current(self) -> Snapshot:
        """The snapshot of the store's present revision.

        While another thread is at it, and where it fails, the last one. Raises StoreError or
        CodebookError where there is none yet.
        """
        held = self._held
        try:
            if held is not None and held.revision == self._store.revision() and self._is_same():
                self._answers()
                return held
            if not self._lock.acquire(timeout=PATIENCE_S if held is not None else -1):
                return held  # type: ignore[return-value]  # with none held it waits for ever
            try:
                began, opening = time.perf_counter(), self._store.database.openings
                known = self._held if self._is_same() else None
                found = load_snapshot(self._store, self._settings, known)
                if found is not self._held:
                    self._held, self.refreshed_s = found, time.perf_counter() - began
                self._opening = opening
                self._answers()
                return found
            finally:
                self._lock.release()
        except GeoError as error:
            if held is None:
                raise
            if not self.stale:
                log.warning("the snapshot stays at revision %d: %s", held.revision, error)
            self.stale = str(error)
            return held

    def _is_same(self) -> bool:
        """Whether the store is the one that was read; revisions of another mean other things."""
        return self._opening == self._store.database.openings

    def _answers(self) -> None:
        if self.stale:
            log.warning("the store can be read again")
        self.stale = ""

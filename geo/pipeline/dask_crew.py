"""Workers of a Dask cluster: the same reading, on any number of machines."""

from __future__ import annotations

import time
from typing import Any

from geo.errors import GeoError, SettingsError, WorkerError, unforeseen
from geo.pipeline.crews import (
    BATCH_ARTICLES,
    Batch,
    Lost,
    Result,
    Unread,
    read_batch,
    worker_reader,
)
from geo.settings import Settings

CONNECT_S = 30.0  # longest wait for the scheduler, and then for its first worker
_COUNT_AGAIN_S = 5.0  # workers may come and go
_AHEAD = 2  # batches for each thread: one that it reads, one that waits


class DaskCrew:
    """The workers of one scheduler; its address is like `tcp://host:8786`.

    Raises SettingsError where Dask is not installed, WorkerError where no scheduler or no worker
    answers, or a worker would read otherwise than this process.
    """

    batch_articles = BATCH_ARTICLES

    def __init__(self, address: str, version: str, connect_s: float = CONNECT_S) -> None:
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise SettingsError(
                f"a scheduler needs Dask, and {error.name} is not installed: "
                "pip install -r requirements-scale.txt"
            ) from error
        self._dask: Any = distributed
        self._address, self._version = address, version
        self._under_way: dict[Any, Batch] = {}
        self._counted_s = float("-inf")
        self._window = 0
        try:
            self._client: Any = self._dask.Client(address, timeout=connect_s, set_as_default=False)
        except (OSError, ValueError) as error:
            raise WorkerError(f"no Dask scheduler answers at {address}") from error
        try:
            self._check_workers(connect_s)
        except BaseException:
            self.close()
            raise

    def _check_workers(self, connect_s: float) -> None:
        """Every worker there must read as this process does; later ones are asked as they read."""
        try:
            self._client.wait_for_workers(1, timeout=connect_s)
        except TimeoutError as error:
            raise WorkerError(
                f"the scheduler at {self._address} has no worker; start one in this folder: "
                f"dask worker {self._address}"
            ) from error
        said = self._client.run(worker_version, on_error="return")
        for worker, answer in sorted(said.items()):
            if isinstance(answer, Exception):
                raise WorkerError(
                    f"the worker {worker} cannot read: {type(answer).__name__}: {answer}"
                ) from answer
            if answer != self._version:
                raise WorkerError(
                    f"the worker {worker} has reader {answer}, this process {self._version}: both "
                    "need the same release, the same codebook, names and gazetteer, and "
                    "DATELINE_MIN_CONFIDENCE"
                )

    @property
    def window(self) -> int:
        """Twice the threads that the cluster has now."""
        if time.monotonic() - self._counted_s > _COUNT_AGAIN_S:
            try:
                threads = sum(self._client.nthreads().values())
            except OSError as error:
                raise self._gone() from error
            self._window = _AHEAD * max(1, threads)
            self._counted_s = time.monotonic()
        return self._window

    def submit(self, batch: Batch) -> None:
        """Give a batch to whichever worker the scheduler chooses."""
        future = self._client.submit(read_batch, None, self._version, batch.articles, pure=False)
        self._under_way[future] = batch

    def finished(self) -> list[tuple[Batch, Result]]:
        """Wait until at least one batch is done; all that are."""
        try:
            with self._client.as_current():
                done = self._dask.wait(list(self._under_way), return_when="FIRST_COMPLETED").done
        except (self._dask.CancelledError, OSError) as error:
            raise self._gone() from error
        batches = [(self._under_way.pop(future), future) for future in done]
        return [(batch, self._result(batch, future)) for batch, future in batches]

    def _result(self, batch: Batch, future: Any) -> Result:
        try:
            read: Result = future.result()
            return read
        except self._dask.scheduler.KilledWorker:
            return Lost(deaths=2)  # the scheduler has tried it on several workers
        except (self._dask.CancelledError, OSError) as error:
            raise self._gone() from error
        except (GeoError, ImportError) as error:  # not this article's doing: all would fail so
            raise WorkerError(f"a worker cannot read: {error}") from error
        except Exception as error:
            return [Unread(unforeseen(error), defect=True)] * len(batch.items)

    def _gone(self) -> WorkerError:
        return WorkerError(
            f"the scheduler at {self._address} went away; what was read before is saved, and the "
            "same command goes on from there"
        )

    def close(self) -> None:
        """Leave the cluster, which goes on; what it still reads is dropped."""
        self._under_way.clear()
        self._client.close(timeout=5)


def worker_version() -> str:
    """On a worker: the version of its reader."""
    return worker_reader(Settings.from_env()).version

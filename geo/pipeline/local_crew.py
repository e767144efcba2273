"""Workers of this machine: one process each, started afresh when it dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from geo.errors import GeoError, unforeseen
from geo.model import Article
from geo.pipeline.crews import (
    BATCH_ARTICLES,
    Batch,
    Lost,
    Outcome,
    Result,
    Unread,
    read_batch,
    worker_reader,
)
from geo.settings import Settings

Read = Callable[[Settings, str, Sequence[Article]], list[Outcome]]

_AHEAD = 2  # batches a worker has: one that it reads, one that waits, so that it never does


class LocalCrew:
    """A number of processes that read with these settings; each opens the reader once."""

    batch_articles = BATCH_ARTICLES

    def __init__(
        self, settings: Settings, version: str, workers: int, read: Read = read_batch
    ) -> None:
        task = partial(read, settings, version)
        self._workers = [_Worker(settings, task) for _ in range(workers)]
        self.window = _AHEAD * workers

    def submit(self, batch: Batch) -> None:
        """Give a batch to the worker that has least to do."""
        min(self._workers, key=lambda worker: len(worker.queue)).submit(batch)

    def finished(self) -> list[tuple[Batch, Result]]:
        """Wait until at least one batch is done; all that are."""
        wait(
            [future for worker in self._workers for _, future in worker.queue],
            return_when=FIRST_COMPLETED,
        )
        return [done for worker in self._workers for done in worker.take()]

    def close(self) -> None:
        """End the processes; a batch under way is finished and dropped."""
        for worker in self._workers:
            worker.executor.shutdown(wait=False, cancel_futures=True)


class _Worker:
    """One process. An executor of its own each, so that a death is laid at the right door."""

    def __init__(
        self, settings: Settings, task: Callable[[Sequence[Article]], list[Outcome]]
    ) -> None:
        self._settings, self._task = settings, task
        self.queue: deque[tuple[Batch, Future[list[Outcome]]]] = deque()
        self.executor = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a fork would copy threads' locks and open databases.
        executor = ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
        )
        # The process starts now, while this one opens the store; what fails in it fails again,
        # and is told, when it is to read.
        executor.submit(_warm_up, self._settings)
        return executor

    def submit(self, batch: Batch) -> None:
        try:
            future = self.executor.submit(self._task, batch.articles)
        except BrokenProcessPool:  # it died while it had nothing to do
            self.executor = self._start()
            future = self.executor.submit(self._task, batch.articles)
        self.queue.append((batch, future))

    def take(self) -> list[tuple[Batch, Result]]:
        """What is done, first in first out. The first of a dead worker is to blame, none else."""
        taken: list[tuple[Batch, Result]] = []
        while self.queue and self.queue[0][1].done():
            batch, future = self.queue.popleft()
            try:
                taken.append((batch, future.result()))
            except BrokenProcessPool:
                taken.append((batch, Lost(deaths=1)))
                taken += [(waiting, Lost(deaths=0)) for waiting, _ in self.queue]
                self.queue.clear()
                self.executor = self._start()
            except GeoError:
                raise
            except Exception as error:  # e.g. a reading that cannot be sent
                taken.append((batch, [Unread(unforeseen(error), defect=True)] * len(batch.items)))
        return taken


def _warm_up(settings: Settings) -> None:
    """Open the reader and the tables that a first article makes it open."""
    worker_reader(settings)(Article.of("Kyiv"))


def _begin() -> None:
    """In a new worker: leave Ctrl-C to the process that coordinates, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()

"""Who reads: this process, others of this machine, or a Dask cluster. And what if they die.

A crew takes batches of articles and gives them back read. Only so many are under way at once, so
memory holds a window of the corpus, never the whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from geo.errors import GeoError, WorkerError, unforeseen
from geo.gazetteer import index
from geo.model import Article
from geo.pipeline.reader import Reader, Reads, open_reader
from geo.settings import Settings
from geo.store.rows import Rows, rows_of

if TYPE_CHECKING:  # workers need not know how files are opened
    from geo.sources.corpus import Entry

BATCH_ARTICLES = 16
BATCH_CHARS = 60_000  # about half a second of reading: little is lost with a worker
DEATHS = 2  # an article that has killed so many workers, alone, is given up
_LOSSES_IN_A_ROW = 20  # so many without one article read: it is not the articles


@dataclass(frozen=True, slots=True)
class Unread:
    """Why there is no reading. `defect`: it is our mistake, not the article's."""

    reason: str
    defect: bool = False


Outcome = Rows | Unread


@dataclass(frozen=True, slots=True)
class Item:
    """An article on its way, and where it came from."""

    entry: Entry
    article: Article


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles that one worker reads in one go. `deaths`: workers that died with it alone."""

    items: tuple[Item, ...]
    deaths: int = 0

    @property
    def articles(self) -> list[Article]:
        """What the worker is sent."""
        return [item.article for item in self.items]


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker died before a batch was back. `deaths`: how often this batch may be to blame."""

    deaths: int


Result = Sequence[Outcome] | Lost


class Crew(Protocol):
    """Reads batches, several at once and in any order."""

    @property
    def batch_articles(self) -> int:
        """Articles of one batch at most."""
        ...

    @property
    def window(self) -> int:
        """Batches that may be under way at once."""
        ...

    def submit(self, batch: Batch) -> None:
        """Begin to read a batch."""
        ...

    def finished(self) -> list[tuple[Batch, Result]]:
        """Wait until at least one batch is done; all that are. Raises WorkerError if none can."""
        ...

    def close(self) -> None:
        """Let the workers go."""
        ...


class Here:
    """The crew of one: this process, one article at a time, each saved before the next is read."""

    batch_articles = 1
    window = 1

    def __init__(self, reader: Reads) -> None:
        self._reader = reader
        self._batches: list[Batch] = []

    def submit(self, batch: Batch) -> None:
        """Keep it; it is read when it is asked for."""
        self._batches.append(batch)

    def finished(self) -> list[tuple[Batch, Result]]:
        """Read what was submitted."""
        batches, self._batches = self._batches, []
        return [(batch, read_each(self._reader, batch.articles)) for batch in batches]

    def close(self) -> None:
        """Nothing to let go."""


def read_each(reader: Reads, articles: Sequence[Article]) -> list[Outcome]:
    """Read articles one by one, into rows that need only be saved.

    What cannot be read gives its reason and costs only itself.
    """
    outcomes: list[Outcome] = []
    for article in articles:
        try:
            outcomes.append(rows_of(reader(article)))
        except GeoError as error:
            outcomes.append(Unread(str(error)))
        except Exception as error:
            outcomes.append(Unread(unforeseen(error), defect=True))
    return outcomes


@lru_cache(maxsize=1)
def worker_reader(settings: Settings) -> Reader:
    """This process's reader, its index built first where it is missing."""
    if not index.is_ready(settings):
        index.build(settings)
    return open_reader(settings)


def read_batch(
    settings: Settings | None, version: str, articles: Sequence[Article]
) -> list[Outcome]:
    """What a worker does. Without `settings` it takes those of its own environment.

    Raises WorkerError where its reader is of another version than asked for.
    """
    reader = worker_reader(settings or Settings.from_env())
    if reader.version != version:
        raise WorkerError(
            f"a worker's reader has version {reader.version}, this one {version}: both need the "
            "same release, the same codebook, names and gazetteer, and DATELINE_MIN_CONFIDENCE"
        )
    return read_each(reader, articles)


def read_all(batches: Iterator[Batch], crew: Crew) -> Iterator[list[tuple[Item, Outcome]]]:
    """Read every batch, whatever becomes of workers; each item comes back once, in any order.

    A batch whose worker died is read again, article by article, so that one bad article costs only
    itself. Raises WorkerError where workers die one after another.
    """
    again: deque[Batch] = deque()
    under_way = losses = 0
    while True:
        while under_way < crew.window:
            batch = again.popleft() if again else next(batches, None)
            if batch is None:
                break
            crew.submit(batch)
            under_way += 1
        if not under_way:
            return
        for batch, result in crew.finished():
            under_way -= 1
            if not isinstance(result, Lost):
                losses = 0
                yield list(zip(batch.items, result, strict=True))
                continue
            losses += 1
            if losses >= _LOSSES_IN_A_ROW + crew.window:
                raise WorkerError(f"{losses} workers died and read nothing; see their own messages")
            if len(batch.items) > 1:
                again.extend(Batch((item,)) for item in batch.items)
            elif batch.deaths + result.deaths >= DEATHS:
                died = Unread("the process that read it died each time it was tried")
                yield [(batch.items[0], died)]
            else:
                again.append(replace(batch, deaths=batch.deaths + result.deaths))

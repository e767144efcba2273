"""Follow feeds: ask those that are due, then read what is new in them, one run at a time."""

from __future__ import annotations

import dataclasses
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from geo.errors import DataError, DownloadError, GeoError, RefusedError, unforeseen
from geo.pipeline.desk import Desk
from geo.pipeline.intake import Progress
from geo.settings import Settings
from geo.sources.documents.document import Document
from geo.sources.feeds.feed import FULL_TEXT_CHARS
from geo.sources.text import plain
from geo.sources.web.addresses import target_of
from geo.store.feeds import Feeds, FollowedFeed, NewEntry, WaitingEntry

log = logging.getLogger(__name__)

THREADS = 8
BATCH = 200
RETRY_S = 60.0  # after the first failure; it doubles with each one
LONGEST_S = 86_400.0
MOST_REASON_CHARS = 1_000
_GONE = frozenset({404, 410, 451})
Clock = Callable[[], float]


@dataclass(slots=True)
class FeedReport:
    """What a run did. `failed`: an address and the reason, for each feed and entry that failed."""

    asked: int = 0
    unchanged: int = 0
    new: int = 0
    saved: int = 0
    copies: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


class BusyError(GeoError):
    """Another process is reading the feeds."""


@contextmanager
def only_run(settings: Settings) -> Iterator[None]:
    """Hold the right to read feeds. Raises BusyError where another process has it."""
    settings.local_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.local_dir / "feeds.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError("the feeds are being read by another process") from error
    try:
        yield
    finally:
        lock.release()


def run(desk: Desk, progress: Progress | None = None, clock: Clock = time.time) -> FeedReport:
    """Ask every feed that is due and read every entry that waits.

    A feed or an entry that fails is tried again later, after twice the time for each failure in a
    row, give or take a fifth; the others go on. Raises BusyError, or StoreError.
    """
    report = FeedReport()
    pace = Pace(desk.settings.host_interval_s)
    with only_run(desk.settings), ThreadPoolExecutor(THREADS) as threads:
        feeds = Feeds(desk.store.database)
        due = feeds.due(clock())
        jobs = {threads.submit(_ask, desk, feeds, pace, one, clock): one for one in due}
        for at, job in enumerate(as_completed(jobs), start=1):
            report.asked += 1
            _count_feed(report, jobs[job], job.result())
            if progress:
                progress(0.2 * at / len(jobs), f"{at} of {len(jobs)} feeds")
        _read_waiting(desk, feeds, pace, threads, report, progress, clock)
    return report


def _ask(desk: Desk, feeds: Feeds, pace: Pace, one: FollowedFeed, clock: Clock) -> int | str | None:
    """How many entries are new, None where the feed has not changed, or what went wrong."""
    settings = desk.settings
    try:
        pace.wait(one.url, settings)
        found = desk.fetcher.get(one.url, etag=one.etag, last_modified=one.last_modified)
        due = clock() + _about(settings.feed_interval_s)
        if found.status == 304:
            feeds.fetched(one, [], title=one.title, etag=one.etag,
                          last_modified=one.last_modified, now=clock(), due=due)  # fmt: skip
            return None
        parsed = desk.apart.parse_feed(found.body, found.url, found.media_type)
        entries = [
            NewEntry(id=entry.id, url=entry.url, title=entry.title, published=entry.published,
                     content=entry.content)
            for entry in parsed.entries
        ]  # fmt: skip
        return feeds.fetched(
            one, entries, title=parsed.title, etag=found.etag,
            last_modified=found.last_modified, now=clock(), due=due,
        )  # fmt: skip
    except GeoError as error:
        wait = _wait_s(error, one.failures)
        pace.pause(one.url, error)
        why = _why(error)
        feeds.failed(one, why, now=clock(), due=clock() + (wait or LONGEST_S))
        return why
    except Exception as error:
        # A mistake of ours in one feed must not lose the others.
        log.exception("%s could not be read", one.url)
        feeds.failed(one, unforeseen(error), now=clock(), due=clock() + LONGEST_S)
        return unforeseen(error)


def _count_feed(report: FeedReport, one: FollowedFeed, result: int | str | None) -> None:
    if isinstance(result, str):
        report.failed.append((one.url, result))
    elif result is None:
        report.unchanged += 1
    else:
        report.new += result


def _read_waiting(
    desk: Desk, feeds: Feeds, pace: Pace, threads: ThreadPoolExecutor, report: FeedReport,
    progress: Progress | None, clock: Clock,
) -> None:  # fmt: skip
    done = 0
    while batch := feeds.waiting(clock(), BATCH):
        # Many threads wait for servers; one reads and writes, as the store would have it anyway.
        jobs = {threads.submit(_open, desk, pace, entry): entry for entry in batch}
        for job in as_completed(jobs):
            entry = jobs[job]
            try:
                kept = desk.keep(job.result())
                feeds.entry_read(entry.key, kept.article_id)
                if kept.outcome in ("new", "version"):
                    report.saved += 1
                else:
                    report.copies += 1
            except GeoError as error:
                _note_failure(desk.settings, feeds, pace, entry, error, clock, report)
            except Exception as error:
                # A mistake of ours in one story must not lose the others.
                log.exception("an entry of %s could not be read", entry.feed_url)
                problem = DataError(unforeseen(error))
                _note_failure(desk.settings, feeds, pace, entry, problem, clock, report)
            done += 1
            if progress:
                progress(0.2 + 0.8 * done / max(done, report.new), f"stories: {done}")


def _open(desk: Desk, pace: Pace, entry: WaitingEntry) -> Document:
    """The story of an entry: from its page, or from the feed where that carries all of it."""
    if entry.content and (len(entry.content) >= FULL_TEXT_CHARS or not entry.url):
        return Document(
            name=entry.url or entry.title, text=_with_title(entry.title, entry.content),
            title=entry.title, published=entry.published, publisher=entry.feed_title,
            url=entry.url,
        )  # fmt: skip
    if not entry.url:
        raise DataError("the entry has neither a link nor a text")
    pace.wait(entry.url, desk.settings)
    opened = desk.open_link(entry.url)
    if not opened.documents:
        raise DataError("; ".join(one.reason for one in opened.failures) or "holds no text")
    found = opened.documents[0]
    return dataclasses.replace(
        found, title=found.title or entry.title, published=entry.published or found.published,
        publisher=found.publisher or entry.feed_title,
    )  # fmt: skip


def _with_title(title: str, content: str) -> str:
    return content if content.startswith(title) else f"{title}\n\n{content}"


def _note_failure(
    settings: Settings, feeds: Feeds, pace: Pace, entry: WaitingEntry, error: GeoError,
    clock: Clock, report: FeedReport,
) -> None:  # fmt: skip
    wait, why = _wait_s(error, entry.attempts), _why(error)
    pace.pause(entry.url, error)
    if entry.attempts + 1 >= settings.feed_attempts:
        wait = None
    elif wait is not None and entry.attempts == 0 and getattr(error, "retry_after_s", 0) is None:
        # Most failures are gone the next moment: one more try in the same run, then patience.
        feeds.entry_failed(entry, why, clock())
        return
    feeds.entry_failed(entry, why, None if wait is None else clock() + wait)
    report.failed.append((entry.url or entry.feed_url, why))


def _why(error: GeoError) -> str:
    """What went wrong, as text that every database holds: servers' own words may be part of it."""
    return plain(str(error))[:MOST_REASON_CHARS]


def _wait_s(error: GeoError, failures: int) -> float | None:
    """How long to wait before trying again, None where that would change nothing."""
    if isinstance(error, RefusedError) or not isinstance(error, DownloadError):
        return None
    if error.status in _GONE:
        return None
    back_off = _about(min(RETRY_S * 2.0**failures, LONGEST_S))
    return max(back_off, error.retry_after_s or 0.0)


def _about(seconds: float) -> float:
    """Give or take a fifth, so that not everything comes due at once."""
    return seconds * random.uniform(0.8, 1.2)


class Pace:
    """Turns to ask a host, for the threads of this run; others' runs are kept out by the lock."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}

    def wait(self, url: str, settings: Settings) -> None:
        """Wait for the host's turn. Raises DownloadError where it has asked to be left alone."""
        host = target_of(url, settings).host
        with self._lock:
            now = time.monotonic()
            at = max(now, self._free.get(host, 0.0))
            if at - now > settings.fetch_s:
                raise DownloadError(f"{host} has asked for patience", retry_after_s=at - now)
            self._free[host] = at + self._interval_s
        time.sleep(at - now)

    def pause(self, url: str, error: GeoError) -> None:
        """Leave a host alone for as long as it asked."""
        wait = getattr(error, "retry_after_s", None)
        if wait:
            with self._lock:
                host = urlsplit(url).hostname or ""
                until = time.monotonic() + wait
                self._free[host] = max(until, self._free.get(host, 0.0))

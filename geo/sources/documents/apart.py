"""Take files apart in a process of its own, which may hang, swell or die without harm.

Parsers of PDF, Word and HTML are large, and what they are given comes from strangers. Each job goes
to a child process with a limit of memory; one that is not done in time is killed, and the next job
starts another. Messages are a length of eight bytes and a body: a pickle to the child, JSON back,
since what has parsed a stranger's file is trusted no further than to give out text.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, BinaryIO

from geo.errors import DataError, GeoError, LimitError, NotTextError
from geo.settings import ROOT, Settings
from geo.sources.documents.document import Document, Failure, Opened
from geo.sources.feeds.feed import Entry, Feed

_ERRORS = {kind.__name__: kind for kind in (DataError, LimitError, NotTextError)}
_START_S = 60.0  # importing the parsers on a busy machine is no fault of the file


class Apart:
    """A few child processes that open files; threads may share it. Close it, or use `with`."""

    def __init__(self, settings: Settings, processes: int = 1) -> None:
        self.settings = settings
        self._idle: queue.Queue[_Child | None] = queue.Queue()
        for _ in range(processes):
            self._idle.put(None)

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that have nothing to do."""
        with contextlib.suppress(queue.Empty):
            while True:
                child = self._idle.get_nowait()
                if child is not None:
                    child.end()

    def open_file(self, raw: bytes, name: str, *, url: str = "", charset: str = "") -> Opened:
        """As `opening.open_file`, within `parse_s` and `max_parse_bytes`.

        Raises what that raises, LimitError where the file takes too long or too much memory.
        """
        return _opened(self._ask(name, ("file", raw, name, self.settings, url, charset)))

    def parse_feed(self, raw: bytes, url: str, media_type: str = "") -> Feed:
        """As `feeds.feed.parse`, within the same limits."""
        found = self._ask(url, ("feed", raw, url, self.settings, media_type))
        entries = tuple(
            Entry(**{**one, "published": _day(one["published"])}) for one in found["entries"]
        )
        return Feed(found["title"], entries)

    def _ask(self, name: str, question: tuple[Any, ...]) -> dict[str, Any]:
        child = self._idle.get()
        try:
            if child is None or not child.is_alive():
                child = _Child(self.settings)
            answer = child.ask(question, self.settings.parse_s)
        except _DeadError:
            raise LimitError(
                f"{name} could not be taken apart within {self.settings.parse_s:g} s and "
                f"{self.settings.max_parse_bytes:,} bytes of memory (DATELINE_PARSE_S, "
                "DATELINE_MAX_PARSE_BYTES); it may be damaged, or made to do harm"
            ) from None
        finally:
            self._idle.put(child)
        if "error" in answer:
            raise _ERRORS.get(answer["kind"], DataError)(answer["error"])
        found: dict[str, Any] = answer
        return found


class _DeadError(Exception):
    """The child was killed, or died."""


class _Child:
    """One process, asked one thing at a time."""

    def __init__(self, settings: Settings) -> None:
        limits = {
            "DATELINE_MAX_PARSE_BYTES": str(settings.max_parse_bytes),
            # Each thread of a numeric library sets memory aside that counts against the limit.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], cwd=ROOT, env={**os.environ, **limits},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._most_bytes = settings.max_parse_bytes
        self._ready = self._killed = False

    def is_alive(self) -> bool:
        return not self._killed and self._process.poll() is None

    def ask(self, question: object, within_s: float) -> Any:
        """The answer. Raises _DeadError where there is none in time."""
        try:
            if not self._ready:
                with self._killed_after(within_s + _START_S):
                    self._receive()  # it says when it has started
                self._ready = True
            with self._killed_after(within_s):
                assert self._process.stdin is not None
                _send(self._process.stdin, pickle.dumps(question))
                answer = self._receive()
            return json.loads(answer.decode("utf-8", "surrogatepass"))
        except (OSError, EOFError, ValueError) as error:
            self.end()
            raise _DeadError from error

    @contextlib.contextmanager
    def _killed_after(self, seconds: float) -> Iterator[None]:
        """Kill the process where the block takes longer; once it has ended, it is not killed."""
        late = threading.Timer(seconds, self._kill)
        late.daemon = True
        late.start()
        try:
            yield
        finally:
            late.cancel()
            late.join()

    def _kill(self) -> None:
        self._killed = True
        self._process.kill()

    def _receive(self) -> bytes:
        assert self._process.stdout is not None
        return _receive(self._process.stdout, self._most_bytes)

    def end(self) -> None:
        """End the process; it has nothing to lose."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process.wait()


def _send(stream: BinaryIO | Any, body: bytes) -> None:
    stream.write(len(body).to_bytes(8, "big") + body)
    stream.flush()


def _receive(stream: BinaryIO | Any, most_bytes: int = sys.maxsize) -> bytes:
    head = stream.read(8)
    size = int.from_bytes(head, "big")
    if len(head) < 8 or size > most_bytes:
        raise EOFError
    body: bytes = stream.read(size)
    if len(body) < size:
        raise EOFError
    return body


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _opened(answer: dict[str, Any]) -> Opened:
    documents = [
        Document(**{**one, "remarks": tuple(one["remarks"]), "published": _day(one["published"])})
        for one in answer["documents"]
    ]
    return Opened(tuple(documents), tuple(Failure(**one) for one in answer["failures"]))


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        most = int(os.environ["DATELINE_MAX_PARSE_BYTES"])
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _serve() -> None:
    """The child: open one file after the other until the parent has no more."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a parser that prints must not be taken for an answer
    from geo.sources.documents import language, opening
    from geo.sources.feeds import feed

    language.detect("Its model takes a second to load, which is no fault of the first file.")
    _limit_memory()
    _send(answers, b"{}")
    jobs: dict[str, Callable[..., Opened | Feed]] = {
        "file": opening.open_file, "feed": feed.parse
    }  # fmt: skip
    for job, raw, name, *more in _questions(questions):
        try:
            answer = dataclasses.asdict(jobs[job](raw, name, *more))
        except GeoError as error:
            answer = {"error": str(error), "kind": type(error).__name__}
        except MemoryError:
            os._exit(1)
        except RecursionError:
            answer = {"error": f"{name} is nested too deeply", "kind": "DataError"}
        except Exception as error:
            why = f"{name} could not be taken apart ({type(error).__name__}: {error})"
            answer = {"error": why, "kind": "DataError"}
        # Halves of surrogate pairs, which no text may hold, come back as such.
        written = json.dumps(answer, default=date.isoformat, ensure_ascii=False)
        _send(answers, written.encode("utf-8", "surrogatepass"))


def _questions(stream: BinaryIO) -> Iterator[Any]:
    with contextlib.suppress(EOFError):
        while True:
            yield pickle.loads(_receive(stream))


if __name__ == "__main__":
    _serve()

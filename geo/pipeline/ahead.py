"""Make the next chunk of a large file in a process of its own, while the last one is saved.

Saving takes one core; reading the file takes half as long and has the other. A thread would not do:
the database driver lets go of the interpreter's lock at each row, and gets it back milliseconds
later. The child is started as a program and not by `multiprocessing`, which would run the
dashboard's script in it. Messages are pickles: to the child what to make, back each chunk made, or
the error that ended it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from geo.codebook import Codebook
from geo.errors import GeoError, WorkerError
from geo.gazetteer.gazetteer import Gazetteer
from geo.model import Place, ReportedRows
from geo.pipeline.coded_rows import Made, made
from geo.settings import ROOT
from geo.sources.datasets import Source
from geo.sources.datasets.tables import CsvTable

WORTH_BYTES = 20_000_000  # a smaller file is saved before a process would have started
_PLACE = tuple(entry.name for entry in fields(Place))
_values = attrgetter(*_PLACE)

# Rows without their places, the numbers of those, the values of places not told before (a pickled
# dataclass takes ten times as long to read), and the share of the file. Places are numbered as they
# are told: chunk after chunk is about the same ones.
Message = tuple[ReportedRows, list[int], list[tuple[Any, ...]], float]


def is_worth_it(source: Source) -> bool:
    """Whether making a file's chunks in a process of its own saves time."""
    table = source.table
    return isinstance(table, CsvTable) and table.path.stat().st_size >= WORTH_BYTES


def made_ahead(
    source: Source, gazetteer: Gazetteer, codebook: Codebook, done: int = 0
) -> Iterator[Made]:
    """As `coded_rows.made`, one chunk ahead of who asks.

    Raises what that raises, WorkerError where the process dies.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", __name__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError), child.stdin as questions:
            pickle.dump((Path.cwd(), source, gazetteer.path, codebook, done), questions)
        told: list[Place] = []
        while (message := _next(child.stdout, source.table.name)) is not None:
            if isinstance(message, GeoError):
                raise message
            rows, numbers, new, share = message
            told += [Place(**dict(zip(_PLACE, values, strict=True))) for values in new]
            yield replace(rows, places=[told[number] for number in numbers]), share
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _next(answers: Any, name: str) -> Message | GeoError | None:
    try:
        message: Message | GeoError | None = pickle.load(answers)
    except (EOFError, pickle.UnpicklingError) as error:
        raise WorkerError(
            f"{name}: the process that read it died, perhaps for want of memory; the rows before "
            "are saved, and the same import goes on from there"
        ) from error
    return message


def _serve() -> None:
    """The child: make every chunk of one file, each as soon as the last one is taken."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that saves
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    folder, source, index_path, codebook, done = pickle.load(sys.stdin.buffer)
    os.chdir(folder)  # to which paths are relative
    numbered: dict[str, int] = {}
    try:
        for rows, share in made(source, Gazetteer(index_path), codebook, done):
            new = {place.id: place for place in rows.places if place.id not in numbered}
            numbered |= {place_id: number for number, place_id in enumerate(new, len(numbered))}
            numbers = [numbered[place.id] for place in rows.places]
            message = replace(rows, places=()), numbers, [*map(_values, new.values())], share
            pickle.dump(message, answers)
            answers.flush()
        pickle.dump(None, answers)
    except GeoError as error:
        pickle.dump(error, answers)
    answers.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # nobody saves any more
        _serve()

"""Import a million made-up rows in ACLED's form: time, processor time, memory, per chunk.

Runs in a process of its own, since memory is measured at its peak. Takes a few minutes, most of
them to make the file up, so that `make bench` leaves it out.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from geo.settings import ROOT, Settings
from tests.acled_files import many_rows, write_rows
from tests.benchmarks.measure import Result

ROWS = 1_000_000
MOST_S, MOST_MB = 60, 1_500


def run(settings: Settings) -> Iterator[Result]:
    """Seconds and megabytes of one import into an empty store."""
    path = settings.local_dir / "synthetic.csv"
    write_rows(path, many_rows(ROWS))
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(path), str(settings.local_dir / "store")],
        cwd=ROOT, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["events"] == ROWS
    size = f"{path.stat().st_size / 1e6:.0f} MB of CSV"
    yield Result(name=f"import {ROWS:,} ACLED-form rows", value=found["seconds"], unit="s", runs=1,
                 note=f"{size}; the aim is under {MOST_S} s")  # fmt: skip
    yield Result(name="  of it processor time", value=found["processor_s"], unit="s", runs=1)
    yield Result(name="  peak memory", value=found["megabytes"], unit="MB", runs=1,
                 note=f"the aim is under {MOST_MB:,} MB")  # fmt: skip


def main(path: Path, local_dir: Path) -> None:
    """Import one file and print what it took."""
    from geo.codebook import load_codebook
    from geo.gazetteer import index
    from geo.pipeline.datasets import import_dataset
    from geo.sources.datasets import open_source
    from geo.store import open_store

    settings = replace(Settings.from_env(), local_dir=local_dir, database_url="")
    began, worked = time.perf_counter(), time.process_time()
    gazetteer, codebook = index.open_gazetteer(settings), load_codebook(settings.codebook)
    with open_store(settings) as store:
        report = import_dataset(open_source(path, settings), store, gazetteer, codebook, settings)
    facts = {
        "events": report.added,
        "seconds": time.perf_counter() - began,
        "processor_s": time.process_time() - worked,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

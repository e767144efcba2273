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
    saving, making = found["processor_s"]
    yield Result(name="  processor time", value=saving + making, unit="s", runs=1,
                 note=f"{saving:.0f} s saving, {making:.0f} s reading beside it")  # fmt: skip
    yield Result(name="  peak memory of both processes", value=sum(found["megabytes"]), unit="MB",
                 runs=1, note=f"the aim is under {MOST_MB:,} MB")  # fmt: skip


def main(path: Path, local_dir: Path) -> None:
    """Import one file and print what it took."""
    from geo.codebook import load_codebook
    from geo.gazetteer import index
    from geo.pipeline.datasets import import_dataset
    from geo.sources.datasets import open_source
    from geo.store import open_store

    settings = replace(Settings.from_env(), local_dir=local_dir, database_url="")
    began = time.perf_counter()
    gazetteer, codebook = index.open_gazetteer(settings), load_codebook(settings.codebook)
    with open_store(settings) as store:
        report = import_dataset(open_source(path, settings), store, gazetteer, codebook, settings)
    seconds = time.perf_counter() - began
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    facts = {
        "events": report.added,
        "seconds": seconds,
        "processor_s": [used.ru_utime + used.ru_stime for used in both],
        "megabytes": [used.ru_maxrss / 1024 for used in both],
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

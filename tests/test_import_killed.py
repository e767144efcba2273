"""An import that is killed midway goes on where it was: nothing twice, nothing missing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo import cli
from geo.settings import ROOT, Settings
from geo.sources.datasets import tables
from geo.store import Store, open_store, schema
from geo.store.snapshot import load_snapshot
from tests.acled_files import acled_row, write_rows

ROWS, BAD, PER_CHUNK = 3_000, 30, 50
IMPORT = (
    "import sys; from geo import cli; from geo.pipeline import ahead; "
    "from geo.sources.datasets import tables; ahead.WORTH_BYTES = int(sys.argv[2]); "
    f"tables.ROWS_PER_CHUNK = {PER_CHUNK}; sys.exit(cli.main(['import', sys.argv[1]]))"
)


def rows_read(store: Store) -> int:
    """How far the only data set is."""
    found = store.datasets()
    return found[0][0].rows_read if found else 0


@pytest.mark.parametrize("worth_bytes", [0, 1_000_000_000], ids=["two processes", "one"])
def test_a_killed_import_resumes(
    local_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worth_bytes: int
) -> None:
    days = ("2023-03-01", "never")
    rows = [acled_row(n, event_date=days[n % 100 == 0]) for n in range(1, ROWS + 1)]
    path = write_rows(tmp_path / "a.csv", [*rows, acled_row(1)])
    environment = {**os.environ, "DATELINE_LOCAL_DIR": str(local_settings.local_dir)}
    with open_store(local_settings) as store:
        process = subprocess.Popen(
            [sys.executable, "-c", IMPORT, str(path), str(worth_bytes)], cwd=ROOT, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 120
        while rows_read(store) < 4 * PER_CHUNK and time.monotonic() < deadline:
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
        stopped = rows_read(store)
        assert 4 * PER_CHUNK <= stopped < ROWS
        assert stopped % PER_CHUNK == 0
        assert len(load_snapshot(store, local_settings).events) == 0  # not before it is complete

        monkeypatch.setattr(tables, "ROWS_PER_CHUNK", 1_000)
        assert cli.main(["import", str(path)]) == 1  # some rows are in error

        ((dataset, events),) = store.datasets()
        assert (dataset.state, dataset.rows_read) == ("complete", ROWS + 1)
        assert (events, dataset.rows_failed) == (ROWS - BAD, BAD + 1)
        with store.database.reading() as connection:
            event, link, place = schema.event.c, schema.event_place.c, schema.place.c
            lines = sorted(connection.scalars(sa.select(event.position)))
            placed = connection.scalars(sa.select(link.event_key).order_by(link.event_key)).all()
            keys = connection.scalars(sa.select(event.key).order_by(event.key)).all()
            assert connection.scalar(sa.select(sa.func.count()).select_from(schema.place)) == 1
            assert connection.scalar(sa.select(place.id)) == "gn:713174"
        assert lines == [n + 1 for n in range(1, ROWS + 1) if n % 100]
        assert placed == keys  # each is somewhere, once
        listed = [error.line for error in store.row_errors(dataset.id)]
        assert listed == [n + 1 for n in range(100, ROWS + 1, 100)] + [ROWS + 2]
        assert len(store.search("no such event happened")) == ROWS - BAD

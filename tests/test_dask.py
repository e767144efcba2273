"""Reading on a Dask cluster: a scheduler process and two workers, started here on loopback."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from geo import pipeline
from geo.errors import SettingsError, WorkerError
from geo.pipeline.dask_crew import DaskCrew
from geo.settings import ROOT, Settings
from geo.store import open_store
from tests.serving import WATCHER, free_port
from tests.test_bulk import MANY, corpus, kept

START_S = 60.0


@contextmanager
def running(*arguments: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask; ended when the block ends."""
    command = [sys.executable, "-m", "dask", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclasses.dataclass(frozen=True)
class Cluster:
    """A scheduler and its workers."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]
    outside: Path

    def crew(self, version: str) -> DaskCrew:
        return DaskCrew(self.address, version, START_S)


@contextmanager
def cluster(settings: Settings, folder: Path, workers: int, **more: str) -> Iterator[Cluster]:
    """A scheduler with so many worker processes, each with one thread and no nanny."""
    (folder / "sitecustomize.py").write_text(WATCHER)
    environment = {
        **os.environ,
        "DATELINE_CACHE_DIR": str(settings.cache_dir),
        "PYTHONPATH": str(folder),
        "OUTSIDE_LOG": str(folder / "outside.log"),
        **more,
    }
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    here = ("--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            running("scheduler", "--port", str(port), *here, environment=environment)
        )
        started = [
            stack.enter_context(
                running(
                    "worker",
                    address,
                    "--nthreads",
                    "1",
                    "--no-nanny",
                    *here,
                    "--local-directory",
                    str(folder),
                    environment=environment,
                )  # fmt: skip
            )
            for _ in range(workers)
        ]
        yield Cluster(address, scheduler, started, folder / "outside.log")


@pytest.fixture
def reader(settings: Settings) -> Iterator[pipeline.Reader]:
    """What the coordinating process reads by."""
    opened = pipeline.open_reader(settings)
    yield opened
    opened.gazetteer.close()


def test_a_killed_worker_loses_and_doubles_nothing(
    local_settings: Settings, reader: pipeline.Reader, tmp_path: Path
) -> None:
    file = corpus(tmp_path / "corpus.jsonl")
    alone = dataclasses.replace(local_settings, local_dir=tmp_path / "alone")
    pipeline.ingest_paths([file], alone)
    with open_store(alone) as store:
        one_by_one = kept(store)
    with cluster(local_settings, tmp_path, 2) as found, open_store(local_settings) as store:
        crew = found.crew(reader.version)
        crew._client.wait_for_workers(2, timeout=START_S)
        assert crew.window == 4
        killed: list[int] = []

        def kill_one(done: float, label: str) -> None:
            if done > 0.2 and not killed:
                found.workers[0].send_signal(signal.SIGKILL)
                killed.append(found.workers[0].wait())

        report = pipeline.ingest([file], reader, store, local_settings, None, kill_one, crew)
        crew.close()
        assert killed == [-signal.SIGKILL]
        assert (report.saved, report.unchanged) == (MANY, 0)
        assert [reason.partition(":")[0] for _, reason in report.failed] == [f"line {MANY + 1}"]
        assert kept(store) == one_by_one
    assert not found.outside.exists(), found.outside.read_text()


def test_a_worker_that_reads_otherwise_is_refused_by_name(
    settings: Settings, reader: pipeline.Reader, tmp_path: Path
) -> None:
    with (
        cluster(settings, tmp_path, 1, DATELINE_MIN_CONFIDENCE="0.5") as found,
        pytest.raises(WorkerError, match=r"the worker tcp://127\.0\.0\.1:\d+ has reader .*"
                      r"DATELINE_MIN_CONFIDENCE"),
    ):  # fmt: skip
        found.crew(reader.version)


def test_a_scheduler_that_goes_away_ends_it_with_what_was_read_kept(
    local_settings: Settings, reader: pipeline.Reader, tmp_path: Path
) -> None:
    file = corpus(tmp_path / "corpus.jsonl")
    with cluster(local_settings, tmp_path, 1) as found, open_store(local_settings) as store:
        crew = found.crew(reader.version)
        before: list[int] = []

        def end_it(done: float, label: str) -> None:
            if done > 0.2 and not before:
                found.scheduler.kill()
                before.append(len(kept(store)))

        with pytest.raises(WorkerError, match="went away; what was read before is saved"):
            pipeline.ingest([file], reader, store, local_settings, None, end_it, crew)
        crew.close()
        assert before[0] > 0
        assert len(kept(store)) >= before[0]


def test_without_a_scheduler_that_is_said(reader: pipeline.Reader) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(WorkerError, match=f"no Dask scheduler answers at {address}"):
        DaskCrew(address, reader.version, connect_s=0.5)


def test_without_dask_the_message_says_what_to_install(
    reader: pipeline.Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert importlib.util.find_spec("distributed") is not None
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match="pip install -r requirements-scale.txt"):
        DaskCrew("tcp://127.0.0.1:1", reader.version)

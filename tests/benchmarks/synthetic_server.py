"""The dashboard on made-up events, in a process of its own that opens no store of anybody's.

The server's Python loads `sitecustomize`, which puts a synthetic snapshot in the place of the live
one: nothing made up is ever written into a store.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geo.settings import ROOT, Settings
from tests.serving import free_port, get

START_S = 180.0
EVENTS = "BENCH_EVENTS"
_INSTEAD = f'''
import os
from geo.store import live, snapshot
from geo.codebook import load_codebook
from geo.settings import Settings

_made = snapshot.synthetic(
    int(os.environ["{EVENTS}"]),
    [kind.name for kind in load_codebook(Settings.from_env().codebook).types],
)
live.LiveSnapshot.current = lambda self: _made
'''


@dataclass(frozen=True)
class Server:
    """A running dashboard."""

    url: str
    process: subprocess.Popen[bytes]

    def memory_mb(self) -> float:
        """What the process holds in memory now (resident set; Linux)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return float("nan")


@contextmanager
def serving(
    settings: Settings, folder: Path, *, events: int = 0, script: str = "dashboard.py"
) -> Iterator[Server]:
    """A server, with `events` made-up ones or, for 0, with what its store holds."""
    port = free_port()
    env = {
        **os.environ,
        "DATELINE_LOCAL_DIR": str(settings.local_dir),
        "DATELINE_CACHE_DIR": str(settings.cache_dir),
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        EVENTS: str(events),
    }
    env.pop("DATABASE_URL", None)
    folder.mkdir(parents=True, exist_ok=True)
    if events:
        (folder / "sitecustomize.py").write_text(_INSTEAD)
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true",
               f"--server.port={port}", "--server.fileWatcherType=none"]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}", process, folder / "server.log")
            yield Server(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            if get(f"{url}/_stcore/health", 2.0)[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")

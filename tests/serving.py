"""Start the dashboard as a user does, on a free port, and note every look outside that it takes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geo.settings import ROOT

START_S = 90.0
STOP_S = 20.0

# Runs at the start of the server's Python: notes each address and name that is not this machine.
WATCHER = """
import os, socket
_log = os.environ["OUTSIDE_LOG"]
_connect, _connect_ex, _sendto, _lookup = (
    socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto, socket.getaddrinfo)

def _note(what, host):
    host = host.decode() if isinstance(host, bytes) else host
    if host and not str(host).startswith(("127.", "::1", "localhost", "0.0.0.0")):
        with open(_log, "a") as log:
            log.write(f"{what} {host}\\n")
        raise OSError(f"no network in tests: {host}")

def connect(self, address):
    if isinstance(address, tuple): _note("connect", address[0])
    return _connect(self, address)

def connect_ex(self, address):
    if isinstance(address, tuple): _note("connect", address[0])
    return _connect_ex(self, address)

def sendto(self, data, *rest):
    if isinstance(rest[-1], tuple): _note("send", rest[-1][0])
    return _sendto(self, data, *rest)

def getaddrinfo(host, *rest, **more):
    _note("look up", host)
    return _lookup(host, *rest, **more)

socket.socket.connect, socket.socket.connect_ex = connect, connect_ex
socket.socket.sendto, socket.getaddrinfo = sendto, getaddrinfo
"""


@dataclass(frozen=True)
class Server:
    """A running dashboard."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    outside: Path

    def outside_requests(self) -> list[str]:
        """What the server's Python tried to reach outside this machine."""
        return self.outside.read_text().splitlines() if self.outside.exists() else []

    def output(self) -> str:
        """What the server has printed so far."""
        return self.log.read_text(errors="replace")

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_S)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def get(url: str, timeout_s: float = 10.0) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of a page, errors too."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


@contextmanager
def serving(
    folder: Path, script: str = "server.py", environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """The dashboard of this checkout, serving; ended when the block ends.

    `folder` takes its log and its watcher. No address or port of `.streamlit/config.toml` is
    overridden but the port, so that what is tested is what users get.
    """
    (folder / "sitecustomize.py").write_text(WATCHER)
    port = free_port()
    env = {
        **os.environ,
        **(environment or {}),
        "PYTHONPATH": str(folder),
        "OUTSIDE_LOG": str(folder / "outside.log"),
    }
    command = [sys.executable, "-m", "streamlit", "run", script,
               f"--server.port={port}", "--server.headless=true"]  # fmt: skip
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    server = Server(f"http://127.0.0.1:{port}", port, process, log, folder / "outside.log")
    try:
        _wait_until_up(server)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_up(server: Server) -> None:
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up:
        if server.process.poll() is not None:
            break
        try:
            if get(f"{server.url}/_stcore/health", 2.0)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{server.output()}")

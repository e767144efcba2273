"""A PostgreSQL server for tests: on a free port of this machine, in a folder that goes with it."""

from __future__ import annotations

import getpass
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.serving import free_port

DEBIAN = Path("/usr/lib/postgresql")
USER = "dateline"
START_S = 60
# What a power cut may lose does not matter here.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
MISSING = (
    "PostgreSQL is not installed, and half of the tests of the store need it: `make test` installs "
    "Debian's package where it may (apt-get install postgresql); elsewhere put initdb and pg_ctl "
    "on the PATH"
)


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, the newest release's, or None where there is none."""
    if DEBIAN.is_dir():
        numbered = [path for path in DEBIAN.iterdir() if re.fullmatch(r"\d+", path.name)]
        for path in sorted(numbered, key=lambda folder: -int(folder.name)):
            if (path / "bin" / "initdb").is_file():
                return path / "bin"
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Postgres:
    """A running server. `url(name)` is the address of one of its databases."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self._folder, self._bin = folder, bin_folder
        self._password = secrets.token_hex(8)
        self.port = free_port()

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database, password included."""
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """Lay out the folder of a new server."""
        word = self._folder / "password"
        word.write_text(self._password)
        _give_away(word)
        self._run("initdb", "--pgdata", self._data, "--username", USER, "--pwfile", str(word),
                  "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
                  "--no-sync")  # fmt: skip

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = " ".join(f"-c {option}" for option in FAST)
        options += f" -c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
        self._run("pg_ctl", "start", "--wait", "--silent", "--pgdata", self._data,
                  "--timeout", str(START_S), "--log", str(self._folder / "server.log"),
                  "--options", options)  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        """End it at once, whoever is connected; `fast` keeps what was saved last, too."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--pgdata", self._data,
                  "--mode", mode)  # fmt: skip

    def emptied(self) -> str:
        """Address of the database for tests, with nothing in it and nobody connected.

        Much quicker than a new database for each test.
        """
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.url("postgres")

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        # Output goes to a file: the server inherits it, and a pipe would stay open with it.
        log = self._folder / f"{program}.log"
        with log.open("wb") as output:
            done = subprocess.run(
                [str(self._bin / program), *arguments], cwd=self._folder,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, **_unprivileged(),
            )  # fmt: skip
        if done.returncode:
            said = log.read_text(errors="replace")
            with suppress(FileNotFoundError):
                said += (self._folder / "server.log").read_text(errors="replace")
            raise RuntimeError(f"{program} failed ({done.returncode}):\n{said}")


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; what to run it as instead, for `subprocess`."""
    if os.geteuid() != 0:
        return {}
    account = _account()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError(f"{getpass.getuser()} needs an account such as nobody to run PostgreSQL as")


def _give_away(path: Path) -> None:
    if os.geteuid() == 0:
        account = _account()
        os.chown(path, account.pw_uid, account.pw_gid)


@contextmanager
def running() -> Iterator[Postgres]:
    """A server while the block runs. Raises RuntimeError where there is none to start."""
    bin_folder = programs()
    if bin_folder is None:
        raise RuntimeError(MISSING)
    # Not below pytest's folder, which other accounts may not enter.
    folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-"))
    try:
        _give_away(folder)
        server = Postgres(folder, bin_folder)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

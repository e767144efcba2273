"""Fixtures for every test: no way off this machine, no trace left on it, one gazetteer for all."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from geo.settings import Settings
from geo.store import Store, open_store
from tests import postgres as server

# Settings that a developer may have in the environment and that tests must not inherit. The cache
# directory stays: the gazetteer index is keyed by what went into it, and building it takes a while.
KEPT = {"DATELINE_ARTICLE", "DATELINE_CORPUS", "DATELINE_CACHE_DIR"}
LOOPBACK = ("127.", "::1", "localhost")


def _is_local(address: object) -> bool:
    if not isinstance(address, tuple):  # a path: a Unix socket
        return True
    return str(address[0]).startswith(LOOPBACK) or address[0] in ("", "0.0.0.0", "::")


def _is_number(name: object) -> bool:
    """Whether a host is an address in some spelling, which nobody outside is asked about."""
    try:
        socket.inet_aton(str(name))
    except OSError:
        return ":" in str(name)
    return True


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that tries to reach anything but this machine, by address or by name."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_lookup = socket.getaddrinfo

    def refuse(target: object) -> None:
        # pytest.fail is no Exception, so code that swallows connection errors cannot hide it.
        pytest.fail(f"a test tried to reach {target!r}", pytrace=True)

    def connect(sock: socket.socket, address: object) -> None:
        if not _is_local(address):
            refuse(address)
        return real_connect(sock, address)  # type: ignore[arg-type]

    def connect_ex(sock: socket.socket, address: object) -> int:
        if not _is_local(address):
            refuse(address)
        return real_connect_ex(sock, address)  # type: ignore[arg-type]

    def lookup(host: object, *args: object, **kwargs: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_local((name,)) and not _is_number(name):
            refuse(name)
        return real_lookup(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Put back `__main__`, which a page under test replaces: new processes are started from it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def clean_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A local directory of its own for each test, and none of the developer's settings."""
    for entry in dataclasses.fields(Settings):
        name = entry.metadata["env"]
        if name not in KEPT:
            monkeypatch.delenv(name, raising=False)
    local_dir = tmp_path_factory.mktemp("local")
    monkeypatch.setenv("DATELINE_LOCAL_DIR", str(local_dir))
    return local_dir


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with the gazetteer index ready: the user's own, built here where it is missing."""
    from geo.gazetteer import index

    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    ready = dataclasses.replace(
        Settings.from_env(kept), local_dir=tmp_path_factory.mktemp("session-local")
    )
    ready.cache_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(ready.cache_dir / "tests.lock"):  # the test workers build it once between them
        if not index.is_ready(ready):
            index.build(ready)
    return ready


@pytest.fixture
def local_settings(settings: Settings, clean_environment: Path) -> Settings:
    """`settings` with an empty local directory that belongs to this test alone."""
    return dataclasses.replace(settings, local_dir=clean_environment)


@pytest.fixture(scope="session")
def postgres() -> Iterator[server.Postgres]:
    """A PostgreSQL server, started by the first test that asks for it. Without one tests fail."""
    try:
        with server.running() as started:
            yield started
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with an empty store of their own, on one database and then on the other.

    A test that is about one alone is marked `tests.stores.SQLITE` or `tests.stores.POSTGRESQL`.
    """
    if request.param == "sqlite":
        return Settings(local_dir=tmp_path / "local")
    started: server.Postgres = request.getfixturevalue("postgres")
    return Settings(local_dir=tmp_path / "local", database_url=started.emptied())


@pytest.fixture
def store(own: Settings) -> Iterator[Store]:
    """An empty store."""
    with open_store(own) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium() -> str | None:
    """The system's Chromium, or None where Playwright's own is to be used."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to run a command in, with a space in its name."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def pytest_report_header() -> list[str]:
    """Say which articles the tests of the whole path read, so that none is left out unsaid."""
    named = os.environ.get("DATELINE_ARTICLE")
    original = f"and {named} (DATELINE_ARTICLE)" if named else "alone; DATELINE_ARTICLE is not set"
    return [f"articles read: the shipped sample {original}"]

"""`server.py` as it is run: health, security headers, where it listens, how it ends."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import server as server_module
from geo import __version__, pipeline
from geo.settings import ROOT, Settings
from geo.store import open_store
from pages import front_end
from tests.serving import Server, get, serving


@pytest.fixture(scope="module")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests that only ask it."""
    folder = tmp_path_factory.mktemp("server")
    environment = {
        "DATELINE_LOCAL_DIR": str(tmp_path_factory.mktemp("server-local")),
        "DATELINE_CACHE_DIR": str(settings.cache_dir),
    }
    with serving(folder, environment=environment) as running:
        yield running


def test_health_says_that_it_runs_and_which_version(server: Server) -> None:
    status, headers, body = get(f"{server.url}/healthz")
    assert status == 200
    assert json.loads(body) == {"status": "ok", "version": __version__, "gazetteer_ready": True}
    assert headers["content-type"] == "application/json"


def test_ready_says_what_is_missing(server: Server) -> None:
    status, _, body = get(f"{server.url}/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True, "gazetteer": True, "store": True})


def test_a_server_without_its_store_is_not_ready(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "dateline.db").write_bytes(b"no database " * 500)
    environment = {
        "DATELINE_LOCAL_DIR": str(tmp_path), "DATELINE_CACHE_DIR": str(settings.cache_dir)
    }  # fmt: skip
    with serving(tmp_path, environment=environment) as running:
        status, _, body = get(f"{running.url}/readyz")
        assert (status, json.loads(body)["store"]) == (503, False)
        assert str(tmp_path) not in body.decode()
        assert b"dateline_store_up 0\n" in get(f"{running.url}/metrics")[2]


def test_metrics_are_numbers_as_prometheus_reads_them(server: Server) -> None:
    status, headers, body = get(f"{server.url}/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = [line for line in body.decode().splitlines() if not line.startswith("# TYPE ")]
    assert all(re.fullmatch(r'dateline_\w+(\{version="[\w.]+"\})? \d+', line) for line in lines)
    values = dict(line.rsplit(" ", 1) for line in lines)
    assert values["dateline_store_up"] == "1"
    for name in ("articles", "events", "mentions", "places", "store_revision"):
        assert values[f"dateline_{name}"].isdigit()
    assert values["dateline_geocode_cache_hits"] == "0"


@pytest.mark.parametrize("path", ["/", "/healthz", "/_stcore/health", "/no/such/page.js"])
def test_every_answer_has_the_security_headers(server: Server, path: str) -> None:
    _, headers, _ = get(server.url + path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    # The way out is shut: no scheme or wildcard lets a page send anything anywhere.
    ours = f"127.0.0.1:{server.port}"
    assert policy["connect-src"] == f"'self' ws://{ours} wss://{ours}"
    for directive, sources in policy.items():
        for source in sources.split():
            assert source not in ("*", "https:", "http:", "ws:", "wss:"), directive


def test_it_listens_before_it_loads_and_loads_before_it_is_asked(local_settings: Settings) -> None:
    code = """
import json, sys
import server
heavy = ("pandas", "sqlalchemy", "folium", "scipy", "geo.store.store")
before = [name for name in heavy if name in sys.modules]
server.load_ahead()
from pages import common
common.open_store = common.load_codebook = None  # both are kept by now
print(json.dumps({
    "before": before,
    "after": [name for name in heavy if name in sys.modules],
    "known to Streamlit too early": "streamlit_folium" in sys.modules,
    "events": len(common.current_snapshot().events),
    "types": len(common.codebook().types),
}))
"""
    environment = dict(os.environ) | {
        "DATELINE_LOCAL_DIR": str(local_settings.local_dir),
        "DATELINE_CACHE_DIR": str(local_settings.cache_dir),
        "DATABASE_URL": "",
    }
    with open_store(local_settings):
        pipeline.ensure_sample(local_settings)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=True, timeout=120,
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["before"] == []
    assert set(told["after"]) >= {"pandas", "sqlalchemy", "folium", "geo.store.store"}
    assert not told["known to Streamlit too early"]
    assert told["events"] > 0
    assert told["types"] > 0


def test_a_page_names_the_parts_of_the_front_end_that_it_will_ask_for(server: Server) -> None:
    """So that they come while the store is read; another Streamlit may call them otherwise."""
    _, headers, page = get(f"{server.url}/")
    named = re.findall(r"<\./(static/js/[\w.\-]+)>; rel=modulepreload", headers["link"])
    assert {Path(name).name.partition(".")[0] for name in named} >= set(front_end.PARTS)
    assert len(named) == len(set(named)) > len(front_end.PARTS)  # and what those import
    for name in named:
        assert name.encode() not in page  # which the page itself does
        assert "javascript" in get(f"{server.url}/{name}")[1]["content-type"]
    assert "link" not in get(f"{server.url}/healthz")[1]


def test_the_shipped_configuration_keeps_to_this_machine_and_asks_nothing() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["showEmailPrompt"] is False  # else the first start stops and waits
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["toolbarMode"] == "minimal"


def test_a_forged_host_does_not_reach_the_policy(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 5) as sock:
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: a; script-src *\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := sock.recv(4096):
            answer += part
    assert b"script-src *" not in answer


@pytest.mark.parametrize("path", ["/", "/metrics", "/_stcore/stream"])
def test_a_page_whose_name_is_pointed_at_this_machine_gets_nothing(
    server: Server, path: str
) -> None:
    """DNS rebinding: to the browser `evil.example` is then this very server."""
    answers = {}
    for name in ("evil.example", "127.0.0.1.evil.example", "LocalHost", "127.0.0.1", "[::1]"):
        host = f"{name}:{server.port}"
        asked = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            if path.endswith("stream")
            else f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", server.port), 20) as sock:
            sock.sendall(asked.encode())
            answers[name] = int(sock.recv(4096).split()[1])
    ours = 101 if path.endswith("stream") else 200
    assert list(answers.values()) == [400, 400, ours, ours, ours]


def test_which_names_a_server_answers_to() -> None:
    local, named = Settings(), Settings(hosts="Map.example, 10.0.0.7")
    assert "localhost" in server_module.known_hosts(local, "127.0.0.1")
    assert server_module.known_hosts(local, "0.0.0.0") == frozenset()
    assert server_module.known_hosts(named, "127.0.0.1") == {"map.example", "10.0.0.7"}


def test_it_listens_on_this_machine_alone(server: Server) -> None:
    """No listener on 0.0.0.0 or on an outside address (Linux says so in /proc)."""
    table = Path(f"/proc/{server.process.pid}/net/tcp")
    if not table.exists():
        # Elsewhere: an address of this machine that is not loopback must refuse.
        outside = socket.gethostbyname(socket.gethostname())
        if not outside.startswith("127."):
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((outside, server.port), 2)
        return
    listening = [
        line.split()[1]
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/{server.process.pid}/net/{name}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{server.port:04X}")
    ]
    assert listening == [f"0100007F:{server.port:04X}"]


def test_the_server_looks_up_and_reaches_nothing_outside(server: Server) -> None:
    assert get(server.url)[0] == 200
    assert server.outside_requests() == []


def test_the_address_is_printed(server: Server) -> None:
    assert re.search(rf"http://(127\.0\.0\.1|localhost):{server.port}\b", server.output())


@pytest.mark.parametrize("script", ["server.py", "dashboard.py"])
def test_ctrl_c_ends_it_at_once_and_leaves_the_port(
    settings: Settings, tmp_path: Path, script: str
) -> None:
    environment = {**os.environ, "DATELINE_CACHE_DIR": str(settings.cache_dir)}
    with serving(tmp_path, script, environment) as running:
        # Streamlit ends an App with 1 ("Aborted!") and a script with 0.
        assert running.interrupt() in (0, 1), running.output()
        assert "Traceback" not in running.output()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", running.port), 2)
        assert running.outside_requests() == []


def test_the_watcher_would_have_seen_it(tmp_path: Path) -> None:
    """The check above can fail: a look-up of an outside name is noted and refused."""
    import subprocess

    from tests.serving import WATCHER

    (tmp_path / "sitecustomize.py").write_text(WATCHER)
    log = tmp_path / "outside.log"
    code = "import urllib.request as u; u.urlopen('http://example.org/')"
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "OUTSIDE_LOG": str(log), "http_proxy": ""}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
    assert done.returncode != 0
    assert log.read_text().splitlines() == ["look up example.org"]

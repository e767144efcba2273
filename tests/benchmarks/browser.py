"""In a real browser: from a filter to the map, what is sent for it, and from nothing to a map."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from geo import pipeline
from geo.settings import Settings
from tests.benchmarks import filling
from tests.benchmarks.measure import Result
from tests.benchmarks.synthetic_server import Server, serving
from tests.e2e.conftest import FLAGS

SMALL, LARGE, LARGEST = 10_000, 1_000_000, 10_000_000
RUNS = 9
SESSIONS = 10
WAIT_MS = 180_000
# When the layer of the map last changed, by the browser's clock; a change of the filters replaces
# all that is in it.
_WATCH = """() => {
  const panes = document.querySelector('.leaflet-map-pane');
  window.__changed = 0;
  new MutationObserver((all) => {
    if (all.some((one) => one.addedNodes.length)) window.__changed = Date.now();
  }).observe(panes, {childList: true, subtree: true});
}"""
_TOGGLE = """() => { const box = document.querySelector('.st-key-battles input');
  const at = Date.now(); box.click(); return at; }"""


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium: the one DATELINE_CHROMIUM names, the system's, or Playwright's own."""
    path = os.environ.get("DATELINE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield chromium
        finally:
            chromium.close()


class Window:
    """One window on a dashboard."""

    def __init__(self, chromium: Browser, url: str, mark: str) -> None:
        self.page: Page = chromium.new_page(viewport={"width": 1440, "height": 900})
        self.page.set_default_timeout(WAIT_MS)
        self.received = 0
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._count))
        self.page.goto(url)
        self.frame = self._frame(mark)

    def _count(self, payload: Any) -> None:
        self.received += len(payload)

    def _frame(self, mark: str) -> Any:
        handle = self.page.wait_for_selector("iframe[title^='streamlit_folium']")
        frame = handle.content_frame() if handle else None
        assert frame is not None
        frame.wait_for_selector(mark, state="attached")
        return frame

    def settle(self) -> None:
        """Wait until the server has nothing more to say for a while."""
        quiet = time.monotonic()
        while time.monotonic() - quiet < 1.5:
            seen = self.received
            self.page.wait_for_timeout(100)
            if self.received > seen + 4_000:  # the look at the revision, once a second, sends less
                quiet = time.monotonic()

    def change(self, action: str, *, inside: bool = False) -> tuple[float, int]:
        """Seconds from an action to the last change of the layer, and bytes received for it."""
        self.settle()
        self.frame.evaluate(_WATCH)
        before = self.received
        began = (self.frame if inside else self.page).evaluate(action)
        self.frame.wait_for_function("() => window.__changed > 0")
        self.settle()
        return (self.frame.evaluate("() => window.__changed") - began) / 1000, (
            self.received - before
        )


def filter_to_map(window: Window, runs: int = RUNS) -> tuple[float, float]:
    """Medians of seconds and bytes, ticking an event type and taking it off again."""
    window.change(_TOGGLE)
    seen = [window.change(_TOGGLE) for _ in range(runs)]
    return statistics.median(s for s, _ in seen), statistics.median(b for _, b in seen)


def run(settings: Settings, sizes: tuple[int, ...] = (SMALL, LARGE)) -> Iterator[Result]:
    """Filter to map at each size, zooming, memory, the usual way, and a cold start."""
    pipeline.ensure_sample(settings)
    first_s = 0.0
    with browser() as chromium:
        for events in sizes:
            with serving(settings, settings.local_dir / f"s{events}", events=events) as server:
                window = Window(chromium, server.url, ".dl-mark")
                seconds, sent = filter_to_map(window)
                first_s = first_s or seconds
                yield Result(
                    name=f"browser: filter to map, {events:,} events", value=1000 * seconds,
                    unit="ms", runs=RUNS, note=f"{sent / 1000:,.0f} kB received",
                    against=f"{sizes[0]:,} events", ratio=seconds / first_s,
                )  # fmt: skip
                if events == LARGE:
                    yield from _zoomed(window)
                    yield from _many(chromium, server)
        folder = settings.local_dir / "markers"
        script = "tests/benchmarks/marker_dashboard.py"
        with serving(settings, folder, events=SMALL, script=script) as server:
            window = Window(chromium, server.url, "path.leaflet-interactive")
            seconds, sent = filter_to_map(window, runs=3)
            yield Result(
                name=f"browser: a CircleMarker per event, {SMALL:,} events", value=1000 * seconds,
                unit="ms", runs=3, note=f"{sent / 1000:,.0f} kB received",
                against=f"our map of {SMALL:,} events", ratio=seconds / first_s,
            )  # fmt: skip
        yield from cold_start(chromium, settings)


def run_large(settings: Settings) -> Iterator[Result]:
    """The same from ten thousand to ten million events."""
    yield from run(settings, (SMALL, 100_000, LARGE, LARGEST))


def _zoomed(window: Window) -> Iterator[Result]:
    zoom = "() => {{ const at = Date.now(); map.setZoom(map.getZoom() {}); return at; }}"
    times = [window.change(zoom.format(step), inside=True)[0] for step in ("+ 1", "- 1") * 3]
    yield Result(
        name=f"browser: zoom to new clusters, {LARGE:,} events",
        value=1000 * statistics.median(times), unit="ms", runs=len(times),
        note="Leaflet's own animation takes 250 ms of it",
    )  # fmt: skip


def _many(chromium: Browser, server: Server) -> Iterator[Result]:
    windows = [Window(chromium, server.url, ".dl-mark") for _ in range(SESSIONS - 1)]
    yield Result(
        name=f"server memory, {LARGE:,} events, {SESSIONS} sessions", value=server.memory_mb(),
        unit="MB", runs=1,
    )  # fmt: skip
    for window in windows:
        window.page.close()


def cold_start(chromium: Browser, settings: Settings) -> Iterator[Result]:
    """From starting the server to marks on the map, of a store with a million events."""
    own = replace(settings, local_dir=settings.local_dir / "cold")
    filling.fill(own, LARGE)
    first = 0.0
    for n, name in enumerate(("no snapshot on disk", "a snapshot on disk")):
        began = time.monotonic()
        with serving(own, Path(own.local_dir) / f"cold{n}") as server:
            Window(chromium, server.url, ".dl-mark")
            seconds = time.monotonic() - began
        first = first or seconds
        yield Result(
            name=f"browser: cold start to painted map, {LARGE:,} events, {name}", value=seconds,
            unit="s", runs=1, against="no snapshot on disk", ratio=seconds / first if n else None,
        )  # fmt: skip

"""In a real browser: from a filter to the map, what is sent for it, and from nothing to a map.

The server is the one that users start, on a temporary store filled with made-up events.
"""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from geo import pipeline
from geo.settings import Settings
from tests.benchmarks import filling
from tests.benchmarks.measure import Result
from tests.e2e.conftest import FLAGS
from tests.serving import Server, serving

SMALL, MIDDLE, LARGE, LARGEST = 10_000, 100_000, 1_000_000, 10_000_000
RUNS = 10
SESSIONS = 10
WAIT_MS = 240_000
QUIET_S = 1.2
LOOK_BYTES = 4_000  # the look at the revision, once a second, sends less
MARKS = ".dl-mark, path.leaflet-interactive, .marker-cluster"
PAGES = ("events", "articles", "add", "feeds", "datasets", "corrections", "places", "about")
USUAL = {
    "circle": "a CircleMarker per event",
    "cluster": "MarkerCluster",
    "fast": "FastMarkerCluster",
}
_WATCH = """() => {
  window.changed = window.named = 0;
  new MutationObserver((all) => {
    const added = all.filter((one) => one.addedNodes.length);
    if (added.length) window.named = Date.now();
    if (added.some((one) => !one.target.closest('.leaflet-labels-pane'))) {
      window.changed = Date.now();
    }
  }).observe(document.querySelector('.leaflet-map-pane'), {childList: true, subtree: true});
}"""
_WATCH_PAGE = """() => {
  window.changed = 0;
  if (window.watched) return;
  window.watched = new MutationObserver((all) => {
    if (all.some((one) => one.addedNodes.length)) window.changed = Date.now();
  });
  window.watched.observe(document.querySelector('.stMain'), {childList: true, subtree: true});
}"""
_OPEN = """(name) => { const at = Date.now();
  document.querySelector(`[data-testid=stTopNavLink][href$="/${name}"]`).click(); return at; }"""
_NEW_MARKS = """(marks) =>
  !window.before && document.querySelector(marks) ? Date.now() : 0"""
_TOGGLE = """() => { const box = document.querySelector('.st-key-battles input');
  const at = Date.now(); box.click(); return at; }"""
_ZOOM = "() => {{ const at = Date.now(); map.setZoom(map.getZoom() {}); return at; }}"


@dataclass(frozen=True)
class Change:
    """What one action of the reader took: medians where it stands for several."""

    seconds: float  # from the action to the last of the map's marks
    named_s: float  # and to the last of the names beside them
    received: float  # bytes over the WebSocket, before compression
    processor_s: float  # of the server


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


@contextmanager
def dashboard(settings: Settings, script: str = "server.py", **more: str) -> Iterator[Server]:
    """A server on the store of these settings; its log goes beside the store."""
    folder = Path(settings.local_dir) / "served"
    folder.mkdir(parents=True, exist_ok=True)
    own = {
        "DATELINE_LOCAL_DIR": str(settings.local_dir),
        "DATELINE_CACHE_DIR": str(settings.cache_dir),
        "DATABASE_URL": "",
    }
    with serving(folder, script, own | more) as server:
        yield server


def memory_mb(server: Server) -> float:
    """What the server holds in memory now (resident set; Linux)."""
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def processor_s(server: Server) -> float:
    """Processor seconds that the server has used (Linux)."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Window:
    """One window on a dashboard, opened until its map shows marks."""

    def __init__(self, chromium: Browser, server: Server, wait_ms: int = WAIT_MS) -> None:
        self.server, self.received = server, 0
        self.page: Page = chromium.new_page(viewport={"width": 1440, "height": 900})
        self.page.set_default_timeout(wait_ms)
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._count))
        self.page.goto(server.url)
        handle = self.page.wait_for_selector("iframe[title^='streamlit_folium']")
        frame = handle.content_frame() if handle else None
        assert frame is not None
        self.frame: Any = frame
        self.frame.wait_for_selector(MARKS, state="attached")
        self.frame.evaluate(_WATCH)

    def _count(self, payload: Any) -> None:
        self.received += len(payload)

    def settle(self) -> None:
        """Wait until the server has nothing more to say for a while."""
        quiet = time.monotonic()
        while time.monotonic() - quiet < QUIET_S:
            seen = self.received
            self.page.wait_for_timeout(100)
            if self.received > seen + LOOK_BYTES:
                quiet = time.monotonic()

    def change(self, action: str, *, inside: bool = False) -> Change:
        """Do something in the page, or `inside` the map's frame, and wait for the map."""
        self.settle()
        self.frame.evaluate("() => { window.changed = 0; }")
        received, worked = self.received, processor_s(self.server)
        began = (self.frame if inside else self.page).evaluate(action)
        self.frame.wait_for_function("() => window.changed > 0", polling=20)
        self.settle()
        changed, named = self.frame.evaluate("() => [window.changed, window.named]")
        return Change(
            (changed - began) / 1000,
            (named - began) / 1000,
            self.received - received,
            processor_s(self.server) - worked,
        )

    def filters(self, runs: int = RUNS) -> Change:
        """Tick an event type and take it off again, `runs` times, after once for warmth."""
        self.change(_TOGGLE)
        return _median([self.change(_TOGGLE) for _ in range(runs)])

    def opens(self, name: str) -> Change:
        """Go to another page by its name on top, until nothing is added to it any more."""
        self.settle()
        self.page.evaluate(_WATCH_PAGE)
        received, worked = self.received, processor_s(self.server)
        began = self.page.evaluate(_OPEN, name)
        self.page.wait_for_url(f"**/{name}*")
        self.settle()
        opened_s = (self.page.evaluate("() => window.changed") - began) / 1000
        return Change(
            opened_s,
            opened_s,
            self.received - received,
            processor_s(self.server) - worked,
        )

    def redraws(self, runs: int) -> Change:
        """Taking the filter off again, where each change makes a new map in a new frame."""
        return _median([self._redraw() for _ in range(2 * runs)][1::2])

    def _redraw(self) -> Change:
        self.settle()
        self.frame.evaluate("() => { window.before = true; }")
        received, worked = self.received, processor_s(self.server)
        began, ended = self.page.evaluate(_TOGGLE), 0
        until = time.monotonic() + WAIT_MS / 1000
        while not ended and time.monotonic() < until:
            with suppress(PlaywrightError):  # the frame goes away while it is asked
                handle = self.page.query_selector("iframe[title^='streamlit_folium']")
                frame: Any = handle.content_frame() if handle else None
                ended = frame.evaluate(_NEW_MARKS, MARKS) if frame else 0
                self.frame = frame
            self.page.wait_for_timeout(20)
        assert ended, "no new map"
        self.settle()
        drawn_s = (ended - began) / 1000
        return Change(
            drawn_s, drawn_s, self.received - received, processor_s(self.server) - worked
        )

    def zooms(self) -> Change:
        """Zoom to other clusters and back; Leaflet's animation is part of it."""
        return _median([
            self.change(_ZOOM.format(step), inside=True) for step in ("+ 2", "- 2") * 3
        ])  # fmt: skip


def _median(seen: list[Change]) -> Change:
    return Change(
        statistics.median(one.seconds for one in seen),
        statistics.median(one.named_s for one in seen),
        statistics.median(one.received for one in seen),
        statistics.median(one.processor_s for one in seen),
    )


def _result(name: str, found: Change, runs: int, against: str, base: float) -> Result:
    names = f"names after {1000 * found.named_s:,.0f} ms; " if found.named_s > found.seconds else ""
    return Result(
        name=name, value=1000 * found.seconds, unit="ms", runs=runs,
        note=f"{names}{found.received / 1000:,.0f} kB received before compression, "
             f"server {1000 * found.processor_s:,.0f} ms of processor time",
        against=against if base else "", ratio=found.seconds / base if base else None,
    )  # fmt: skip


def run(settings: Settings) -> Iterator[Result]:
    """Ten thousand events, and what the usual ways make of as many."""
    yield from _sizes(settings, (SMALL,))


def run_large(settings: Settings) -> Iterator[Result]:
    """From ten thousand to a million events, cold starts, memory, pages."""
    yield from _sizes(settings, (SMALL, MIDDLE, LARGE))


def run_largest(settings: Settings) -> Iterator[Result]:
    """Ten million events: needs about 20 GB of disk, 8 GB of memory and an hour."""
    yield from _sizes(settings, (LARGEST,))


def _sizes(settings: Settings, sizes: tuple[int, ...]) -> Iterator[Result]:
    pipeline.ensure_sample(settings)  # so that the gazetteer is there
    first_s = 0.0
    with browser() as chromium:
        for events in sizes:
            own = replace(settings, local_dir=settings.local_dir / f"s{events}")
            filling.fill(own, events)
            if events == LARGE:
                yield from _cold_starts(chromium, own)
            with dashboard(own) as server:
                window = Window(chromium, server)
                found = window.filters()
                yield _result(f"filter to map, {events:,} events", found, RUNS,
                              f"{sizes[0]:,} events", first_s)  # fmt: skip
                first_s = first_s or found.seconds
                yield _result(f"zoom to other clusters, {events:,} events", window.zooms(), 6,
                              "", 0.0)  # fmt: skip
                if events == LARGE:
                    yield from _pages(window)
                    yield from _many(chromium, server)
        if SMALL in sizes:
            yield from _usual_ways(chromium, settings, first_s)


def _cold_starts(chromium: Browser, settings: Settings) -> Iterator[Result]:
    """From starting the server's process to marks on the map."""
    first = 0.0
    for name in ("no snapshot on disk", "a snapshot on disk"):
        began = time.monotonic()
        with dashboard(settings) as server:
            Window(chromium, server).page.close()
            seconds = time.monotonic() - began
            worked = processor_s(server)
        yield Result(
            name=f"cold start to painted map, {LARGE:,} events, {name}", value=seconds, unit="s",
            runs=1, note=f"server {worked:.1f} s of processor time",
            against="no snapshot on disk" if first else "",
            ratio=seconds / first if first else None,
        )  # fmt: skip
        first = first or seconds


def _pages(window: Window) -> Iterator[Result]:
    """The second visit to each page but the map: the first also loads its part of the front end."""
    for name in PAGES:
        window.opens(name)
        window.opens("events" if name != "events" else "about")
        yield _result(f"page {name} opens, {LARGE:,} events", window.opens(name), 1, "", 0.0)


def _many(chromium: Browser, server: Server) -> Iterator[Result]:
    windows = [Window(chromium, server) for _ in range(SESSIONS - 1)]
    windows[-1].settle()
    yield Result(
        name=f"server memory, {LARGE:,} events, {SESSIONS} sessions", value=memory_mb(server),
        unit="MB", runs=1,
    )  # fmt: skip
    for window in windows:
        window.page.close()


def _usual_ways(chromium: Browser, settings: Settings, ours_s: float) -> Iterator[Result]:
    """The same filter on a page that has the events drawn the usual ways, without anything else."""
    script = "tests/benchmarks/marker_dashboard.py"
    for way, name in USUAL.items():
        with dashboard(settings, script, BENCH_EVENTS=str(SMALL), BENCH_WAY=way) as server:
            found = Window(chromium, server).redraws(runs=3)
        yield _result(f"{name}, {SMALL:,} events", found, 3, "our map of as many", ours_s)

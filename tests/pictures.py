"""Take the pictures of docs/pictures.md: `python -m tests.pictures` starts a dashboard of its own.

Every page at three widths, light and dark, with the sample and the chronicle read, and the steps of
the four questions; with names of pages (`python -m tests.pictures map questions`) those alone.
"""

from __future__ import annotations

import dataclasses
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from geo import pipeline
from geo.settings import ROOT, Settings
from tests import serving
from tests.e2e import test_questions as asked
from tests.e2e.conftest import Visit

FOLDER = ROOT / "docs" / "pictures"
SIZES = ((1440, 900), (1024, 768), (390, 844))  # px
PAGES = ("map", "events", "articles", "add", "feeds", "datasets", "corrections", "places", "about")
WAIT_MS = 120_000
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic")
QUALITY = 72  # of WebP: text stays sharp, all pictures together below 4 MB


def take(window: Page, address: str) -> bytes:
    """A page as PNG."""
    window.goto(address)
    window.wait_for_selector(".dl-title, .dl-counts, .dl-empty", timeout=WAIT_MS)
    if urlsplit(address).path == "/":
        frame = window.frame_locator("iframe[title^='streamlit_folium']")
        frame.locator(".dl-mark").first.wait_for(timeout=WAIT_MS)
    busy = "[data-testid=stStatusWidget], [data-stale=true], [data-testid=stSkeleton]"
    window.wait_for_function(f"() => !document.querySelector('{busy}')", timeout=WAIT_MS)
    return at_rest(window)


def at_rest(window: Page) -> bytes:
    """A window as PNG, once nothing in it moves any more."""
    before, now = b"", window.screenshot()
    while before != now:
        window.wait_for_timeout(2_000)
        before, now = now, window.screenshot()
    return now


def save(png: bytes, name: str) -> None:
    """Put a picture where docs/pictures.md looks for it."""
    target = FOLDER / f"{name}.webp"
    with Image.open(io.BytesIO(png)) as picture:
        picture.save(target, quality=QUALITY, method=6)
    print(target.name, flush=True)


def take_questions(window: Page, address: str) -> None:
    """The steps of the four questions, by the same hand as in their test."""
    page = Visit(window, address)
    hand = asked.Hand(page.open())
    steps = {
        "region": asked.ask_for_kherson, "month": asked.ask_for_november,
        "sentence": asked.read_around, "spreadsheet": asked.offer_files,
    }  # fmt: skip
    for name, step in steps.items():
        step(hand)
        save(at_rest(window), f"question-{name}")
    asked.open_tray(asked.Hand(page.open()))
    save(at_rest(window), "question-not-located")


def main(pages: Sequence[str]) -> None:
    """Take those of some pages."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        own = dataclasses.replace(Settings.from_env(), local_dir=Path(name))
        pipeline.ensure_sample(own)
        pipeline.read_chronicle(own)
        environment = {"DATELINE_LOCAL_DIR": name, "DATELINE_CACHE_DIR": str(own.cache_dir)}
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("DATELINE_CHROMIUM") or shutil.which("chromium"),
            args=list(FLAGS),
        )
        with serving.serving(Path(name), environment=environment) as server:
            for (width, height), theme in product(SIZES, ("light", "dark")):
                window = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme=theme
                )
                for page in (one for one in pages if one != "questions"):
                    png = take(window, f"{server.url}/{'' if page == 'map' else page}")
                    save(png, f"{page}-{width}-{theme}")
                window.close()
            if "questions" in pages:
                window = browser.new_page(viewport={"width": 1440, "height": 900})
                take_questions(window, server.url)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:] or (*PAGES, "questions"))

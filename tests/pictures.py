"""Take the pictures of docs/pictures.md: `python -m tests.pictures` starts a dashboard of its own.

Every page at three widths, light and dark, with the sample and the chronicle read; with names of
pages (`python -m tests.pictures map events`) those alone.
"""

from __future__ import annotations

import dataclasses
import io
import os
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

FOLDER = ROOT / "docs" / "pictures"
SIZES = ((1440, 900), (1024, 768), (390, 844))  # px
PAGES = ("map", "events", "articles", "add", "feeds", "datasets", "corrections", "places", "about")
WAIT_MS = 120_000
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic")
QUALITY = 72  # of WebP: text stays sharp, all pictures together below 4 MB


def take(window: Page, address: str) -> bytes:
    """A page as PNG, once nothing in it moves any more."""
    window.goto(address)
    window.wait_for_selector(".dl-title, .dl-counts, .dl-empty", timeout=WAIT_MS)
    if urlsplit(address).path == "/":
        frame = window.frame_locator("iframe[title^='streamlit_folium']")
        frame.locator(".dl-mark").first.wait_for(timeout=WAIT_MS)
    busy = "[data-testid=stStatusWidget], [data-stale=true], [data-testid=stSkeleton]"
    window.wait_for_function(f"() => !document.querySelector('{busy}')", timeout=WAIT_MS)
    before, now = b"", window.screenshot()
    while before != now:
        window.wait_for_timeout(2_000)
        before, now = now, window.screenshot()
    return now


def main(pages: Sequence[str]) -> None:
    """Take those of some pages."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        own = dataclasses.replace(Settings.from_env(), local_dir=Path(name))
        pipeline.ensure_sample(own)
        pipeline.read_chronicle(own)
        environment = {"DATELINE_LOCAL_DIR": name, "DATELINE_CACHE_DIR": str(own.cache_dir)}
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("DATELINE_CHROMIUM"), args=list(FLAGS)
        )
        with serving.serving(Path(name), environment=environment) as server:
            for (width, height), theme in product(SIZES, ("light", "dark")):
                window = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme=theme
                )
                for page in pages:
                    png = take(window, f"{server.url}/{'' if page == 'map' else page}")
                    target = FOLDER / f"{page}-{width}-{theme}.webp"
                    with Image.open(io.BytesIO(png)) as picture:
                        picture.save(target, quality=QUALITY, method=6)
                    print(target.name, flush=True)
                window.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:] or PAGES)

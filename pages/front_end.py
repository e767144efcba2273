"""The parts of Streamlit's front end that the map page needs: a browser is told of them early.

Streamlit's page asks for the part that draws a widget when the widget comes, and that part asks for
others: on a first visit that is after the server's answer, when both have most to do. Named in the
page's own headers they come while the server still reads its store.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

FOLDER = Path(st.__file__).parent / "static" / "static" / "js"
# Names of files without the digest that each release gives them; one that is gone is left out.
PARTS = (
    "Html", "Selectbox", "Multiselect", "DateInput", "TextInput", "Slider", "ButtonGroup",
    "Checkbox", "Button", "BidiComponent", "ComponentInstance",
)  # fmt: skip
_IMPORTED = re.compile(r'(?:from|import)\s*"\./([\w.\-]+\.js)"')


def preload_links(folder: Path = FOLDER) -> str:
    """Value of a `Link` header: these parts and what they import, but what the page has itself."""
    page = folder.parent.parent / "index.html"
    there = page.read_text(encoding="utf-8") if page.is_file() else ""
    wanted = [path.name for part in PARTS for path in folder.glob(f"{part}.*.js")]
    found: dict[str, None] = {}
    while wanted:
        name = wanted.pop(0)
        if name in found or name in there or not (folder / name).is_file():
            continue
        found[name] = None
        wanted += _IMPORTED.findall((folder / name).read_text(encoding="utf-8", errors="replace"))
    return ", ".join(
        f"<./static/js/{name}>; rel=modulepreload; crossorigin=anonymous" for name in found
    )

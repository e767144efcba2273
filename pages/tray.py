"""The tray of mentions that are not on the map: named, but not certain enough to place."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from geo.store.snapshot import Snapshot
from pages import common, details, strings

SHOWN = 40
CONTEXT_CHARS = 90


def show(snapshot: Snapshot) -> None:
    """A button with the count; what it opens lists them with their text."""
    rows = np.flatnonzero(snapshot.mentions["place"].to_numpy() < 0)
    if not len(rows):
        return
    count = len(rows)
    title = strings.NOT_ON_MAP_ONE if count == 1 else strings.NOT_ON_MAP.format(n=f"{count:,}")
    tray = st.popover(title, on_change="rerun", key="tray")
    if not tray.open:
        return
    with tray:
        st.caption(strings.NOT_ON_MAP_WHY)
        cards = "".join(details.unlocated(mention) for mention in unlocated(snapshot, SHOWN))
        st.html(f'<div tabindex="0">{cards}</div>')
        if count > SHOWN:
            st.caption(strings.NOT_ON_MAP_MORE.format(n=count - SHOWN))


def unlocated(snapshot: Snapshot, limit: int) -> list[dict[str, Any]]:
    """Mentions without a place, with the text round them."""
    found: list[dict[str, Any]] = []
    table = snapshot.mentions[snapshot.mentions["place"] < 0]
    for article_row in table["article"].drop_duplicates():
        entry = snapshot.articles.iloc[int(article_row)]
        article = common.store().article(str(entry["article_id"]))
        if article is None:
            continue
        for mention in common.store().mentions(article.id):
            if mention["place_id"]:
                continue
            text, start, end = around(article.text, mention["start"], mention["end"])
            found.append({**mention, "sentence": text, "start": start, "end": end,
                          "title": article.title})  # fmt: skip
            if len(found) == limit:
                return found
    return found


def around(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The text round a mention, cut at spaces, and where in it the mention stands."""
    first = max(0, start - CONTEXT_CHARS)
    last = min(len(text), end + CONTEXT_CHARS)
    line = text.rfind("\n", first, start)
    if line >= 0:
        first = line + 1
    elif first:
        first = max(first, text.find(" ", first, start) + 1)
    line = text.find("\n", end, last)
    if line >= 0:
        last = line
    elif last < len(text):
        space = text.rfind(" ", end, last)
        last = space if space > 0 else last
    return text[first:last], start - first, end - first

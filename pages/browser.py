"""What only the browser can do: names on marks, scrolling, history, theme, the clipboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components import v2
from streamlit.runtime.scriptrunner import get_script_run_ctx

from geo.maps.assets import STATIC
from pages import common, strings, views

# Named from the start: a screen reader may come by before the script has run.
_COPY_HTML = f'<button type="button"><span aria-live="polite">{strings.LINK}</span></button>'
_COPY_CSS = """
button { width: 100%; min-height: 2.5rem; padding: 0.25rem 0.6rem; cursor: pointer;
  white-space: nowrap; font: inherit; font-family: var(--st-font); font-size: 0.875rem;
  color: var(--dl-text); background: var(--dl-page); border: 1px solid var(--dl-lines);
  border-radius: 10px; }
button:hover { border-color: var(--dl-accent); color: var(--dl-accent); }
button:focus-visible { outline: 2px solid var(--dl-accent); outline-offset: 1px; }
"""


def _script(name: str) -> str:
    """A script without its comments and indents: Streamlit sends it anew with each run."""
    told = re.sub(r"/\*.*?\*/", "", Path(STATIC / name).read_text(encoding="utf-8"), flags=re.S)
    lines = (re.sub(r"(^|\s)//\s.*", "", line).strip() for line in told.splitlines())
    return "\n".join(line for line in lines if line)


_page = v2.component("dateline_page", js=_script("page.js"), isolate_styles=False)
_copy = v2.component("dateline_copy", html=_COPY_HTML, css=_COPY_CSS, js=_script("copy.js"))
_keyboard = v2.component("dateline_keyboard", js=_script("keyboard.js"), isolate_styles=False)
_history = v2.component("dateline_history", js=_script("history.js"), isolate_styles=False)
_theme = v2.component("dateline_theme", js=_script("theme.js"), isolate_styles=False)
_scroll = v2.component("dateline_scroll", js=_script("scroll.js"), isolate_styles=False)


def name_marks(
    names: Mapping[str, str], turn: int, keep_view: Callable[[Any], None], *, chosen: bool
) -> None:
    """Tell the marks (feature id -> name) what they stand for; a new `turn` shows the panel.

    chosen : whether the panel shows something chosen; if not, the keyboard goes back to its mark.
    keep_view : takes what the map shows, `[zoom, south, west, north, east]`, whenever that changes.
    """
    with st.container(key="page-bridge"):
        _page(
            data={"names": dict(names), "types": list(views.type_names().values()), "turn": turn,
                  "chosen": chosen},
            key="marks",
            on_view_change=lambda: keep_view(st.session_state["marks"]["view"]),
        )  # fmt: skip


def walk_by_keyboard() -> None:
    """Let the keyboard into an open popover, and keep its place where what it was on is gone."""
    with st.container(key="keyboard-bridge"):
        _keyboard(key="keyboard")


def keep_history() -> None:
    """Make each change of a filter a step of the browser's back button."""
    with st.container(key="history-bridge"):
        _history(key="history")


def went_back() -> bool:
    """Whether this run follows the browser's back or forward button."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def keep_from_address() -> None:
    """Let what the session holds stand where the reader went back to another page.

    Streamlit would set every filter as the address says, from which it has just dropped them all
    because widgets of the page before had the same names.
    """
    if context := get_script_run_ctx():
        context.is_history_navigation = False


def follow_theme() -> None:
    """Draw the page anew when the reader has switched its theme, and keep that in the address."""
    with st.container(key="theme-bridge"):
        # Streamlit starts no run of its own when the theme is switched.
        _theme(data={"dark": common.is_dark()}, key="theme", on_switched_change=lambda: None)


def show_sentence(sentence: str) -> None:
    """Scroll to the marked sentence of an article; `sentence` tells it from the one before."""
    with st.container(key="scroll-bridge"):
        _scroll(data={"sentence": sentence}, key="scroll")


def copy_link() -> None:
    """A button that puts the address of the present view on the clipboard."""
    _copy(
        data={
            "label": strings.LINK, "done": strings.LINK_DONE, "failed": strings.LINK_FAILED,
            "theme": "dark_theme" if common.is_dark() else "light_theme",
        },
        key="copy-link",
        width="stretch",
    )  # fmt: skip

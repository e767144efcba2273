"""The dashboard: `streamlit run dashboard.py`. Page settings, navigation, and the first start."""

from __future__ import annotations

import contextlib
import gc
import weakref

import streamlit as st

from geo import pipeline
from geo.errors import GazetteerError, GeoError
from geo.gazetteer import index, regions
from geo.maps.assets import have_assets
from pages import browser, common, filters, follow, strings

st.set_page_config(
    page_title=strings.APP,
    page_icon="static/icon.svg",
    layout="wide",
    initial_sidebar_state="auto",
    menu_items={"Get help": None, "Report a bug": None, "About": strings.ABOUT_MENU_MD},
)
st.logo("static/logo-dark.svg" if common.is_dark() else "static/logo.svg", size="large")


def set_up() -> None:
    """Build the gazetteer, say how far it is, then start anew."""
    filters.style()
    common.show_empty(strings.SETUP_TITLE, strings.SETUP_TEXT)
    bar = st.progress(0.0)

    def progress(done: float, label: str) -> None:
        bar.progress(min(1.0, max(0.0, done)), text=common.label(label))

    try:
        if not index.is_ready(common.settings()):
            index.build(common.settings(), progress)
    except GeoError as error:
        bar.empty()
        common.show_error(error)
        st.caption(strings.SETUP_COMMAND)
        st.code(strings.SETUP_COMMAND_LINE, language=None)
        st.button(strings.SETUP_AGAIN, type="primary")
        return
    # Without land there are no outlines; the map page says which command fetches it.
    with contextlib.suppress(GazetteerError):
        regions.build_outlines(common.settings(), progress=progress)
    st.session_state["outlines-tried"] = True  # where it failed, go on without
    outlines_missing.clear()
    common.outline_store.clear()
    st.rerun()


@st.cache_resource(show_spinner=False)
def outlines_missing(assets_there: bool) -> bool:
    """Whether outlines could be made and were not; asked once, and again when npm has run."""
    return assets_there and not regions.outlines_ready(common.settings())


@st.cache_resource(show_spinner=False)
def ensure_sample() -> None:
    """Read the shipped sample into an empty store, once per process."""
    pipeline.ensure_sample(common.settings())


@st.cache_resource(show_spinner=False)
def settle(page_name: str) -> None:
    """Take what a page has loaded out of the garbage collector's rounds, once for each page.

    Streamlit collects after every run, the look for news once a second too, and went over each
    object of every module for it: 0.15 s of a run of 0.4 s.
    """
    gc.collect()
    gc.freeze()


PAGES = [
    st.Page("pages/map.py", title=strings.PAGE_MAP, icon=":material/map:", default=True),
    st.Page("pages/events.py", title=strings.PAGE_EVENTS, icon=":material/list_alt:"),
    st.Page("pages/articles.py", title=strings.PAGE_ARTICLES, icon=":material/article:"),
    st.Page("pages/add.py", title=strings.PAGE_ADD, icon=":material/add_circle:"),
    st.Page("pages/feeds.py", title=strings.PAGE_FEEDS, icon=":material/rss_feed:"),
    st.Page("pages/datasets.py", title=strings.PAGE_IMPORT, icon=":material/upload_file:"),
    st.Page("pages/corrections.py", title=strings.PAGE_CORRECTIONS, icon=":material/fact_check:"),
    st.Page("pages/places.py", title=strings.PAGE_PLACES, icon=":material/place:"),
    st.Page("pages/about.py", title=strings.PAGE_ABOUT, icon=":material/info:"),
]


page = st.navigation(PAGES, position="top")
st.set_page_config(page_title=f"{page.title} · {strings.APP}")
try:
    to_do = outlines_missing(have_assets()) and "outlines-tried" not in st.session_state
    if index.is_ready(common.settings()) and not to_do:
        ensure_sample()
        st.session_state["entered"] = st.session_state.get("page") != page.title
        st.session_state["page"] = page.title
        if page.title not in filters.PAGES:
            st.session_state["filters-page"] = page.title
        shown = weakref.ref(common.current_snapshot())
        page.run()
        browser.walk_by_keyboard()
        browser.follow_theme()
        follow.follow(shown)
        settle(page.title)
    else:
        set_up()
except GeoError as error:
    filters.style()
    common.show_error(error)

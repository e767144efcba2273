"""What the pages share: settings, cached resources, and text made safe to show."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import pandas as pd
import streamlit as st

from geo import pipeline
from geo.codebook import Codebook, load_codebook
from geo.errors import GazetteerError, GeoError
from geo.gazetteer import index, regions
from geo.gazetteer.gazetteer import Gazetteer
from geo.gazetteer.outlines import Outlines
from geo.geocoding.chain import open_online
from geo.settings import Settings
from geo.store import Store, open_store
from geo.store.live import LiveSnapshot
from geo.store.snapshot import Snapshot
from pages import strings

# How a character that starts markdown, a directive or an icon is written in a widget's label.
_MARKDOWN = {ord(c): f"\\{c}" for c in "\\`*_{}[]()#+-.!|~$<>&^=\"'"}
_MARKDOWN[ord(":")] = "\\:\u2060"  # ":material/x:" and ":red[x]" are found after unescaping too
_LINE_BREAKS = {ord(c): " " for c in "\r\n\t\u2028\u2029"}
# Marks that turn the direction of the text that follows them; shown text is isolated instead.
_DIRECTION = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """Settings of this process, read from the environment once."""
    return Settings.from_env()


@st.cache_resource(show_spinner=False)
def codebook() -> Codebook:
    """Event types and colours."""
    return load_codebook(settings().codebook)


@st.cache_resource(show_spinner=False)
def gazetteer() -> Gazetteer:
    """The open gazetteer; GazetteerError where it has not been built."""
    return index.open_gazetteer(settings())


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The open store, shared by every session."""
    return open_store(settings())


@st.cache_resource(show_spinner=False)
def live() -> LiveSnapshot:
    """The snapshot that every session looks at."""
    return LiveSnapshot(store(), settings())


def current_snapshot() -> Snapshot:
    """The columnar snapshot of the store's present revision, shared by every session."""
    return live().current()


@st.cache_resource(show_spinner=False)
def online_geocoder() -> Any:
    """The online geocoder with the store's cache, or None where the user has not turned it on.

    Raises SettingsError where its settings cannot be used.
    """
    return open_online(settings(), store())


@st.cache_resource(show_spinner=False)
def outline_store() -> Outlines | None:
    """Outlines of regions and rivers, or None where they were never built."""
    try:
        return regions.load_outlines(settings())
    except GazetteerError:
        return None


def outlines() -> Callable[[str], dict[str, Any] | None]:
    """Outline of a place as GeoJSON geometry, or None."""
    found = outline_store()
    return found.geometry if found else lambda place_id: None


def outline_store_geometry() -> Callable[[str], dict[str, Any] | None] | None:
    """The same, or None where there are no outlines at all."""
    return outlines() if outline_store() else None


@st.cache_resource(show_spinner=False)
def reader() -> pipeline.Reader:
    """Turns an article into a reading; opens gazetteer and codebook once."""
    return pipeline.open_reader(settings())


def is_dark() -> bool:
    """Whether the page is shown in its dark theme."""
    theme = st.context.theme
    return bool(theme and theme.type == "dark")


def colours() -> dict[str, str]:
    """Colour of each event type in the theme in force."""
    dark = is_dark()
    return {k.name: k.colour_dark if dark else k.colour_light for k in codebook().types}


def surface(name: str) -> str:
    """Colour of a surface in the theme in force, such as `page`."""
    book = codebook()
    return (book.surfaces_dark if is_dark() else book.surfaces_light)[name]


def safe(text: object, limit: int = 0) -> str:
    """Text for `st.html`: escaped, direction marks dropped, cut to `limit` characters if given."""
    plain = str(text).translate(_DIRECTION)
    if limit and len(plain) > limit:
        plain = plain[: limit - 1].rstrip() + "…"
    return html.escape(plain)


def option(text: object, limit: int = 80) -> str:
    """Text for a select box, which shows it as it stands."""
    plain = str(text).translate(_DIRECTION).translate(_LINE_BREAKS)
    if len(plain) > limit:
        plain = plain[: limit - 1].rstrip() + "…"
    return plain


def label(text: object, limit: int = 80) -> str:
    """Text for a widget's label, which Streamlit reads as markdown with directives and icons."""
    return option(text, limit).translate(_MARKDOWN)


def plural(n: int, one: str, many: str) -> str:
    """`1 event`, `1,513 events`."""
    return f"{n:,} {one if n == 1 else many}"


def day(value: object) -> str:
    """`1 Mar 2023`, empty for no date."""
    if value is None or value is pd.NaT or pd.isna(value):  # type: ignore[call-overload]
        return ""
    when = value if isinstance(value, date) else pd.Timestamp(str(value))
    return f"{when.day} {when:%b %Y}"


def period(start: object, end: object, precision: str) -> str:
    """A date as far as it is known: `1 Mar 2023`, `Nov 2022`, `2022`, `1 – 4 Mar 2023`."""
    first, last = day(start), day(end)
    if not first or precision == "unknown":
        return strings.DATE_UNKNOWN
    when, until = pd.Timestamp(str(start)), pd.Timestamp(str(end or start))
    if precision == "year" and when.year == until.year:
        return f"{when:%Y}"
    if precision == "month" and (when.year, when.month) == (until.year, until.month):
        return f"{when:%b %Y}"
    return first if first == last or not last else f"{first} – {last}"


def kind(name: object) -> str:
    """A place's kind in a reader's words."""
    return strings.KINDS.get(str(name), str(name))


def title(place: Any) -> str:
    """Name of a row of the snapshot's places; a region is told from the town it is named after."""
    name, what = str(place.name), kind(place.kind)
    own_word = any(word in name.casefold() for word in strings.REGION_WORDS)
    return name if str(place.kind) not in ("admin1", "admin2") or own_word else f"{name} ({what})"


def lies_in(place: Any) -> str:
    """Region and country of a row of the snapshot's places."""
    region, country = str(place.admin1_name or ""), str(place.country_name or "")
    if str(place.kind) in ("admin1", "country"):
        region = ""
    elif region == place.name:  # a town in the region named after it
        region = f"{region} ({kind('admin1')})"
    return ", ".join(part for part in (region, country) if part and part != place.name)


def told_apart(places: pd.DataFrame) -> list[str]:
    """Titles of rows of the snapshot's places; those that occur twice say where they lie."""
    titles = pd.Series([title(place) for place in places.itertuples()])
    where = [lies_in(place) for place in places.itertuples()]
    return [
        f"{name}, {inside}" if twice and inside else name
        for name, inside, twice in zip(titles, where, titles.duplicated(keep=False), strict=True)
    ]


def table_height(rows: int) -> int | Literal["content"]:
    """Height of a table [px]: all of a short one, a window on a long one."""
    return "content" if rows <= 14 else 460


def link(url: object) -> str:
    """The address if a browser may follow it (http, https), else an empty text."""
    address = str(url or "").strip()
    return address if address.lower().startswith(("https://", "http://")) else ""


def show_error(error: GeoError) -> None:
    """Say what went wrong; the message names the input and the mend."""
    st.html(
        f'<div class="dl-empty" role="alert"><p class="dl-title">{safe(strings.ERROR_TITLE)}</p>'
        f'<p class="dl-muted">{safe(error, 600)}</p></div>'
    )


def show_empty(title: str, text: str) -> None:
    """The card of an empty state; what to do stands beneath it as widgets."""
    st.html(
        f'<div class="dl-empty"><p class="dl-title">{safe(title)}</p>'
        f'<p class="dl-muted">{safe(text)}</p></div>'
    )


def show_empty_store() -> None:
    """No articles: offer the sample, and say how to read one's own."""
    show_empty(strings.EMPTY_STORE_TITLE, strings.EMPTY_STORE)
    if st.button(strings.EMPTY_STORE_SAMPLE, type="primary", key="read-sample"):
        with st.spinner(strings.READING_SAMPLE):
            pipeline.ensure_sample(settings())
        st.rerun()
    st.caption(strings.EMPTY_STORE_COMMAND)
    st.code(strings.EMPTY_STORE_EXAMPLE, language=None)

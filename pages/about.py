"""The about page: what this is, what counts as an event, sources, privacy, limits."""

from __future__ import annotations

import dataclasses

import streamlit as st

from geo import __version__
from geo.errors import GeoError
from pages import common, filters, strings, undo


def _head(text: str, level: int = 2) -> None:
    st.html(f'<p class="dl-title" role="heading" aria-level="{level}">{common.safe(text)}</p>')


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """A plain table; cells are escaped already."""
    top = "".join(f'<th scope="col">{common.safe(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    st.html(
        '<div class="dl-scroll" tabindex="0"><table class="dl-table">'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _types() -> None:
    _head(strings.ABOUT_TYPES)
    st.html(f'<p class="dl-muted">{common.safe(strings.ABOUT_TYPES_HINT)}</p>')
    colours = common.colours()
    rows = [
        (
            f'<span style="white-space:nowrap"><i class="dl-dot" '
            f'style="--dot:{colours[kind.name]}"></i>{common.safe(kind.name)}</span>',
            common.safe(kind.definition),
            common.safe(", ".join(subtype.name for subtype in kind.subtypes)),
            common.safe(", ".join(map(str, kind.ucdp_types)) or "–"),
            common.safe(", ".join(kind.cameo_roots) or "–"),
        )
        for kind in common.codebook().types
    ]
    _table(
        (strings.COLUMN_TYPE, strings.ABOUT_MEANING, strings.ABOUT_SUBTYPES, "UCDP", "CAMEO"), rows
    )


def _limits() -> None:
    _head(strings.ABOUT_LIMITS)
    st.html(f'<p class="dl-muted">{common.safe(strings.ABOUT_LIMITS_HINT)}</p>')
    rows = []
    for field in dataclasses.fields(common.settings()):
        value = getattr(common.settings(), field.name)
        # The store's address may hold a password.
        shown = "" if field.name == "database_url" else f"{value}"
        rows.append(
            (
                f"<code>{common.safe(field.metadata['env'])}</code>",
                common.safe(shown, 60),
                common.safe(field.metadata["meaning"]),
            )
        )
    _table((strings.ABOUT_SETTING, strings.ABOUT_VALUE, strings.ABOUT_MEANING), rows)


def _memory() -> None:
    """What the snapshot holds, and what it takes."""
    snapshot = common.current_snapshot()
    said = strings.ABOUT_MEMORY_TEXT.format(
        events=f"{len(snapshot.events):,}",
        mentions=f"{len(snapshot.mentions):,}",
        megabytes=f"{snapshot.memory_bytes() / 1e6:,.1f}",
        revision=f"{snapshot.revision:,}",
        seconds=f"{common.live().refreshed_s:.2f}",
    )
    _head(strings.ABOUT_MEMORY)
    st.html(f'<p class="dl-muted" style="max-width:72ch">{common.safe(said)}</p>')


def show() -> None:
    """Draw the page."""
    undo.bar()
    filters.style()
    _head(f"{strings.APP} {__version__}", level=1)
    st.html(f'<p class="dl-muted" style="max-width:72ch">{common.safe(strings.ABOUT_WHAT)}</p>')
    st.html(f'<p class="dl-muted" style="max-width:72ch">{common.safe(strings.ABOUT_READING)}</p>')
    _types()
    _head(strings.ABOUT_SOURCES)
    _table(
        (strings.ABOUT_SOURCE, strings.ABOUT_USED_FOR, strings.ABOUT_LICENCE),
        [tuple(common.safe(cell) for cell in row) for row in strings.SOURCES],
    )
    st.html(f'<p class="dl-muted" style="max-width:72ch">{common.safe(strings.ABOUT_OUTLINES)}</p>')
    try:
        info = common.gazetteer().info()
        said = strings.ABOUT_GAZETTEER_TEXT.format(
            version=info["version"], places=f"{int(info['places']):,}",
            names=f"{int(info['names']):,}",
        )  # fmt: skip
        st.html(f'<p class="dl-muted">{common.safe(said)}</p>')
    except (GeoError, KeyError) as error:
        st.html(f'<p class="dl-muted">{common.safe(error)}</p>')
    _head(strings.ABOUT_PRIVACY)
    st.html(
        f'<p class="dl-muted" style="max-width:72ch">{common.safe(strings.ABOUT_PRIVACY_TEXT)}</p>'
    )
    online = common.settings().nominatim_user_agent
    said = (
        strings.ABOUT_ONLINE_ON.format(url=common.settings().nominatim_url)
        if online
        else strings.ABOUT_ONLINE_OFF
    )
    st.html(f'<p class="dl-muted">{common.safe(said)}</p>')
    _memory()
    _limits()


show()

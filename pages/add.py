"""The add page: text, files and links, looked at before they are saved."""

from __future__ import annotations

import streamlit as st

from geo.errors import GeoError
from geo.sources.documents.document import SUFFIXES, Document, Failure, Opened
from geo.sources.documents.language import detect
from pages import common, drafts, filters, strings, undo

MOST_LINKS = 50  # at once; a feed or the command line takes more


def _paste() -> None:
    with st.form("paste", border=False, clear_on_submit=True):
        text = st.text_area(
            strings.ADD_PASTE, height=220, placeholder=strings.ADD_PASTE_HINT, key="pasted",
            max_chars=common.settings().max_article_chars,
        )  # fmt: skip
        sent = st.form_submit_button(strings.ADD_LOOK, type="primary")
    if sent and text.strip():
        title = text.strip().partition("\n")[0][:300]
        pasted = Document(name=strings.ADD_PASTED, text=text, title=title, language=detect(text))
        drafts.take(Opened((pasted,)))
        st.rerun()


def _files() -> None:
    with st.form("files", border=False, clear_on_submit=True):
        chosen = st.file_uploader(
            strings.ADD_FILES, type=[suffix[1:] for suffix in SUFFIXES],
            accept_multiple_files=True, key="uploaded",
        )  # fmt: skip
        sent = st.form_submit_button(strings.ADD_LOOK, type="primary")
    if not sent or not chosen:
        return
    bar = st.progress(0.0)
    for at, upload in enumerate(chosen):
        bar.progress(at / len(chosen), text=common.label(upload.name))
        try:
            drafts.take(drafts.desk().open_file(upload.getvalue(), upload.name))
        except GeoError as error:
            drafts.fail(Failure(upload.name, str(error)))
    st.rerun()


def _links() -> None:
    with st.form("links", border=False, clear_on_submit=True):
        written = st.text_area(
            strings.ADD_LINKS, height=120, placeholder="https://…", key="links-written",
            help=strings.ADD_LINKS_HELP,
        )  # fmt: skip
        sent = st.form_submit_button(strings.ADD_FETCH, type="primary")
    links = list(dict.fromkeys(written.split()))
    if not sent or not links:
        return
    bar = st.progress(0.0)
    for at, link in enumerate(links[:MOST_LINKS]):
        bar.progress(at / len(links), text=common.label(link))
        try:
            drafts.take(drafts.desk().open_link(link))
        except GeoError as error:
            drafts.fail(Failure(link, str(error)))
    drafts.fail(*(Failure(link, strings.ADD_TOO_MANY) for link in links[MOST_LINKS:]))
    st.rerun()


def show() -> None:
    """Draw the page."""
    undo.bar()
    filters.style()
    st.html(
        f'<p class="dl-title" role="heading" aria-level="1">{common.safe(strings.ADD_HEAD)}</p>'
        f'<p class="dl-muted">{common.safe(strings.ADD_TEXT)}</p>'
    )
    with st.container():  # always there: a message that comes above the tabs must not change them
        drafts.say_saved()
    ways = {strings.ADD_BY_TEXT: _paste, strings.ADD_BY_FILE: _files, strings.ADD_BY_LINK: _links}
    for tab, draw in zip(st.tabs(list(ways)), ways.values(), strict=True):
        with tab:
            draw()
    drafts.show()


show()

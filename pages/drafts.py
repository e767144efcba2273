"""Documents that were opened and not saved yet: kept by session, shown, corrected, saved."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import streamlit as st

from geo.errors import GeoError
from geo.model import Reading
from geo.pipeline.desk import Desk
from geo.sources.documents.document import Document, Failure, Opened
from geo.sources.text import FIRST_DAY, LAST_DAY
from pages import common, details, strings

PREVIEW_CHARS = 20_000
MOST_CARDS = 20  # shown at once: each is read for its preview
MOST_FAILURES = 50
_DRAFTS, _FAILURES, _NEXT = "drafts", "draft-failures", "draft-next"
_CORRECTED = "drafts-corrected"
_REPEATED = "drafts-repeated"


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """Opens files and links, for every session; its processes start with the first file."""
    return Desk(common.settings(), common.reader(), common.store())


@st.cache_data(show_spinner=False, max_entries=64)
def _preview(document: Document) -> Reading:
    return desk().preview(document)


def drafts() -> dict[int, Document]:
    """What this session has opened, by number, in order."""
    found: dict[int, Document] = st.session_state.setdefault(_DRAFTS, {})
    return found


def take(opened: Opened) -> None:
    """Add what a file, a link or a pasted text held, but for what waits here already."""
    for document in opened.documents:
        if any((one.text, one.url) == (document.text, document.url) for one in drafts().values()):
            st.session_state.setdefault(_REPEATED, []).append(document.title or document.name)
            continue
        number = st.session_state.get(_NEXT, 0)
        st.session_state[_NEXT] = number + 1
        drafts()[number] = document
    fail(*opened.failures)


def fail(*failures: Failure) -> None:
    """Add what could not be read, to be listed."""
    st.session_state.setdefault(_FAILURES, []).extend(failures)


def drop(number: int) -> None:
    """A button's callback: forget a draft."""
    drafts().pop(number, None)


def show() -> None:
    """Failures, drafts, and what saves them."""
    _failures()
    waiting = drafts()
    _bring_back()
    if not waiting:
        return
    if repeated := st.session_state.pop(_REPEATED, None):
        names = ", ".join(dict.fromkeys(repeated))
        st.info(common.label(strings.DRAFT_REPEATED.format(names=names), 300))
    with st.container(horizontal=True, vertical_alignment="center", key="drafts-head"):
        title = common.plural(len(waiting), strings.DRAFT_ONE, strings.DRAFT_MANY)
        st.html(f'<p class="dl-title" role="heading" aria-level="2">{common.safe(title)}</p>')
        everything = st.button(
            strings.DRAFT_SAVE_ALL, key="save-all", type="primary", icon=":material/save:",
        )  # fmt: skip
        st.button(strings.DRAFT_DROP_ALL, key="drop-all", type="tertiary", on_click=waiting.clear)
    st.html(f'<p class="dl-note">{common.safe(strings.DRAFT_UNSAVED)}</p>')
    corrected = {
        number: _card(number, one, len(waiting) == 1)
        for number, one in islice(waiting.items(), MOST_CARDS)
    }
    st.session_state[_CORRECTED] = corrected
    if len(waiting) > MOST_CARDS:
        st.caption(strings.DRAFT_MORE.format(n=f"{len(waiting) - MOST_CARDS:,}"))
    if everything:
        _save(waiting | corrected)


def _bring_back() -> None:
    """Keep what was corrected before another page was looked at: Streamlit drops its fields."""
    for number, corrected in st.session_state.get(_CORRECTED, {}).items():
        if number in drafts() and f"title-{number}" not in st.session_state:
            drafts()[number] = corrected


def _failures() -> None:
    failures: Sequence[Failure] = st.session_state.get(_FAILURES) or ()
    if not failures:
        return
    lines = "".join(
        f"<li>{common.safe(one.reason if one.name in one.reason else f'{one.name}: {one.reason}')}"
        "</li>"
        for one in failures[-MOST_FAILURES:]
    )
    if len(failures) > MOST_FAILURES:
        more = strings.DRAFT_FAILED_MORE.format(n=f"{len(failures) - MOST_FAILURES:,}")
        lines += f"<li>{common.safe(more)}</li>"
    title = common.plural(len(failures), strings.DRAFT_FAILED_ONE, strings.DRAFT_FAILED_MANY)
    st.html(
        f'<div class="dl-empty" role="alert"><p class="dl-title">{common.safe(title)}</p>'
        f'<ul class="dl-muted">{lines}</ul></div>'
    )
    st.button(
        strings.DRAFT_FAILED_CLEAR, key="clear-failures", type="tertiary",
        on_click=lambda: st.session_state.pop(_FAILURES, None),
    )  # fmt: skip


def _card(number: int, document: Document, is_open: bool) -> Document:
    """One draft: its facts to be corrected, and what would be placed; as corrected so far."""
    name = common.label(document.name, 90)
    title = common.label(document.title, 90)
    with st.expander(f"{title} · {name}" if title not in ("", name) else name, expanded=is_open):
        corrected = _facts(number, document)
        if remarks := " · ".join(document.remarks):
            st.html(f'<p class="dl-note">{common.safe(remarks, 400)}</p>')
        try:
            reading = _preview(corrected)
        except GeoError as error:
            common.show_error(error)
        else:
            if common.store().article(reading.article.id):
                st.html(f'<p class="dl-muted">{common.safe(strings.DRAFT_STORED)}</p>')
            _what_is_read(reading)
        with st.container(horizontal=True):
            if st.button(strings.DRAFT_SAVE, key=f"save-{number}", icon=":material/save:"):
                _save({number: corrected})
            st.button(
                strings.DRAFT_DROP, key=f"drop-{number}", type="tertiary", on_click=drop,
                args=(number,),
            )  # fmt: skip
    return corrected


def _facts(number: int, document: Document) -> Document:
    first, second = st.columns([3, 1])
    title = first.text_input(strings.DRAFT_TITLE, document.title, key=f"title-{number}")
    published = second.date_input(
        strings.DRAFT_DATE, document.published, key=f"date-{number}", format="YYYY-MM-DD",
        help=strings.DRAFT_DATE_HELP, min_value=FIRST_DAY, max_value=LAST_DAY,
    )  # fmt: skip
    third, fourth, fifth = st.columns([2, 3, 1])
    return dataclasses.replace(
        document,
        title=title.strip(),
        published=published,
        publisher=third.text_input(
            strings.DRAFT_PUBLISHER, document.publisher, key=f"publisher-{number}"
        ).strip(),
        url=fourth.text_input(strings.DRAFT_LINK, document.url, key=f"url-{number}").strip(),
        language=fifth.text_input(
            strings.DRAFT_LANGUAGE, document.language, key=f"language-{number}", max_chars=2
        ).strip(),
    )


def _what_is_read(reading: Reading) -> None:
    mentions = [
        {"start": one.start, "end": one.end, "form": one.form, "confidence": one.confidence,
         "place_id": one.place.id if one.place else "",
         "place_name": one.place.name if one.place else ""}
        for one in reading.mentions
    ]  # fmt: skip
    located = sum(bool(one["place_id"]) for one in mentions)
    said = strings.DRAFT_READ.format(
        events=common.plural(len(reading.events), strings.EVENTS_ONE, strings.EVENTS_MANY),
        mentions=len(mentions), located=located,
    )  # fmt: skip
    if reading.article.language not in ("en", ""):
        said += f". {strings.DRAFT_NOT_ENGLISH}"
    st.html(f'<p class="dl-muted"><b>{common.safe(said)}</b></p>{_events(reading)}')
    text = reading.article.text
    st.html(
        f'<div class="dl-scroll" tabindex="0">'
        f"{details.marked_text(text[:PREVIEW_CHARS], mentions, links=False)}</div>"
    )
    if len(text) > PREVIEW_CHARS:
        st.caption(strings.ARTICLE_CUT.format(n=f"{PREVIEW_CHARS:,}"))


def _events(reading: Reading) -> str:
    colours = common.colours()
    rows = []
    for event in reading.events:
        names = [reading.mentions[at.mention] for at in event.places if at.role == "location"]
        where = ", ".join(
            dict.fromkeys(
                one.place.name if one.place else strings.DRAFT_UNLOCATED.format(name=one.surface)
                for one in names
            )
        )
        when = common.period(event.date_start, event.date_end, event.date_precision)
        toll = details.killed(event.fatalities_low, event.fatalities_high)
        cells = (event.subtype or event.type, where or strings.DRAFT_NOWHERE, when, toll)
        dot = f'<i class="dl-dot" style="--dot:{colours.get(event.type, "#888888")}"></i>'
        rows.append(
            f"<tr><td>{dot}</td>" + "".join(f"<td>{common.safe(cell)}</td>" for cell in cells)
            + "</tr>"
        )  # fmt: skip
    return f'<table class="dl-read">{"".join(rows)}</table>' if rows else ""


def _save(chosen: Mapping[int, Document]) -> None:
    """Save drafts one by one; those that fail stay, with the reason."""
    bar = st.progress(0.0, text=strings.DRAFT_SAVING)
    outcomes: dict[str, int] = {}
    for at, (number, document) in enumerate(chosen.items(), start=1):
        try:
            outcome = desk().keep(document).outcome
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            drop(number)
        except GeoError as error:
            fail(Failure(document.name, str(error)))
        bar.progress(at / len(chosen), text=strings.DRAFT_SAVING)
    st.session_state["draft-saved"] = outcomes
    st.rerun()


def say_saved() -> None:
    """Once after saving: what became of the drafts, and the way to the map."""
    outcomes: Mapping[str, Any] | None = st.session_state.pop("draft-saved", None)
    if not outcomes:
        return
    said = ", ".join(f"{n} {strings.DRAFT_OUTCOMES[name]}" for name, n in outcomes.items())
    st.success(common.label(said, 200), icon=":material/check:")
    st.page_link("pages/map.py", label=strings.DRAFT_TO_MAP, icon=":material/map:")

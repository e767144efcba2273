"""The feeds page: what is followed, how each feed is doing, and reading what is new."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from geo.errors import GeoError
from geo.pipeline import feeds as reading
from geo.sources.feeds import opml
from geo.sources.web.addresses import target_of
from geo.store.feeds import FeedHealth, Feeds
from pages import common, drafts, filters, strings, undo

_CHOSEN = "feed-chosen"


def _feeds() -> Feeds:
    return Feeds(common.store().database)


def _follow(subscriptions: Sequence[opml.Subscription]) -> None:
    """Follow feeds; the message that says so is shown after the rerun."""
    new, problems = 0, []
    for one in subscriptions:
        try:
            target_of(one.url, common.settings())
            new += _feeds().add(one.url, one.title, time.time())
        except GeoError as error:
            problems.append(str(error))
    said = strings.FEEDS_ADDED.format(new=new, known=len(subscriptions) - new - len(problems))
    st.session_state["feeds-said"] = (said, problems)
    st.rerun()


def _say() -> None:
    said, problems = st.session_state.pop("feeds-said", (None, []))
    if said:
        st.success(common.label(said, 200), icon=":material/check:")
    for problem in problems[:10]:
        st.warning(common.label(problem, 300))


def _add() -> None:
    first, second = st.columns(2, gap="large")
    with first, st.form("follow", border=False, clear_on_submit=True):
        url = st.text_input(strings.FEEDS_URL, placeholder="https://…/rss.xml", key="feed-url")
        if st.form_submit_button(strings.FEEDS_FOLLOW, type="primary") and url.strip():
            _follow([opml.Subscription(url.strip(), "")])
    with second, st.form("opml", border=False, clear_on_submit=True):
        upload = st.file_uploader(strings.FEEDS_OPML, type=["opml", "xml"], key="opml-file")
        if st.form_submit_button(strings.FEEDS_IMPORT) and upload is not None:
            try:
                listed = opml.read(upload.getvalue(), upload.name, common.settings())
            except GeoError as error:
                st.session_state["feeds-said"] = (None, [str(error)])
                st.rerun()
            _follow(listed)


def _read_now() -> None:
    bar = st.progress(0.0, text=strings.FEEDS_READING)

    def progress(done: float, label: str) -> None:
        bar.progress(min(1.0, done), text=common.label(label))

    try:
        report = reading.run(drafts.desk(), progress)
        said = strings.FEEDS_READ.format(
            asked=report.asked, saved=report.saved, copies=report.copies, failed=len(report.failed)
        )
        st.session_state["feeds-said"] = (said, [why for _, why in report.failed])
    except GeoError as error:
        st.session_state["feeds-said"] = (None, [str(error)])
    st.rerun()


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def _table(health: Sequence[FeedHealth]) -> None:
    table = pd.DataFrame(
        {
            strings.FEEDS_TITLE: [one.feed.title or one.feed.url for one in health],
            strings.FEEDS_STATE: [
                strings.FEEDS_FAILING.format(n=one.feed.failures) if one.feed.failures
                else strings.FEEDS_WELL if one.feed.last_success else strings.FEEDS_NEVER
                for one in health
            ],
            strings.FEEDS_LAST: [_moment(one.feed.last_success) for one in health],
            strings.FEEDS_ARTICLES: [one.articles_a_day for one in health],
            strings.FEEDS_PLACES: [one.places_a_day for one in health],
            strings.FEEDS_WAITING: [one.waiting for one in health],
            strings.FEEDS_GIVEN_UP: [one.failed for one in health],
            strings.FEEDS_ADDRESS: [one.feed.url for one in health],
        }
    )  # fmt: skip
    st.dataframe(
        table, hide_index=True, height=common.table_height(len(table)), alt=strings.FEEDS_HEAD,
        placeholder=strings.FEEDS_NOTHING,
        column_config={
            strings.FEEDS_LAST: st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            strings.FEEDS_ARTICLES: st.column_config.NumberColumn(format="%.1f"),
            strings.FEEDS_PLACES: st.column_config.NumberColumn(format="%.1f"),
        },
    )  # fmt: skip


def _one(health: Sequence[FeedHealth]) -> None:
    """A feed's errors in full, and the way to follow it no longer."""
    by_url = {one.feed.url: one for one in health}
    # Set anew each time: a feed's title is known only once it has been read.
    chosen = st.session_state.get(_CHOSEN)
    failing = [url for url, one in by_url.items() if one.feed.failures]
    st.session_state[_CHOSEN] = chosen if chosen in by_url else (failing or list(by_url))[0]
    url = st.selectbox(
        strings.FEEDS_ONE, list(by_url), key=_CHOSEN,
        format_func=lambda url: by_url[url].feed.title or url,
    )  # fmt: skip
    one = by_url[url]
    errors = [one.feed.last_error] if one.feed.last_error else []
    lines = "".join(f"<li>{common.safe(line, 400)}</li>" for line in (*errors, *one.errors))
    said = f'<ul class="dl-muted">{lines}</ul>' if lines else ""
    st.html(said or f'<p class="dl-muted">{common.safe(strings.FEEDS_NO_ERRORS)}</p>')

    st.button(
        strings.FEEDS_REMOVE, key="feed-remove", type="tertiary", on_click=_remove, args=(url,),
        icon=":material/delete:", help=strings.FEEDS_REMOVE_HELP,
    )  # fmt: skip


def _remove(url: str) -> None:
    """A button's callback; the bar on top then offers to undo it."""
    removed = _feeds().remove(url)
    if removed is not None:
        said = strings.FEEDS_REMOVED.format(name=removed.feed["title"] or removed.feed["url"])
        undo.offer(said, lambda: _feeds().restore(removed))


def show() -> None:
    """Draw the page."""
    undo.bar()
    filters.style()
    st.html(
        f'<p class="dl-title" role="heading" aria-level="1">{common.safe(strings.FEEDS_HEAD)}</p>'
        f'<p class="dl-muted">{common.safe(strings.FEEDS_TEXT)}</p>'
    )
    _say()
    health = _feeds().health(time.time())
    if health:
        with st.container(horizontal=True, vertical_alignment="center"):
            now = st.button(strings.FEEDS_NOW, type="primary", icon=":material/refresh:")
            listed = [opml.Subscription(one.feed.url, one.feed.title) for one in health]
            st.download_button(
                strings.FEEDS_EXPORT, opml.write(listed), "feeds.opml", "text/x-opml",
                on_click="ignore", icon=":material/download:",
            )  # fmt: skip
        if now:
            _read_now()
        _table(health)
        _one(health)
    else:
        common.show_empty(strings.FEEDS_EMPTY_TITLE, strings.FEEDS_EMPTY)
    _add()
    st.caption(strings.FEEDS_COMMAND)
    st.code(strings.FEEDS_COMMAND_LINE, language=None)


show()

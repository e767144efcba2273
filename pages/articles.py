"""The articles page: what was read, with every mention marked and linked to the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from geo.model import Article
from geo.store import corrections
from geo.store.snapshot import Snapshot
from geo.store.stories import Stories
from pages import acts, browser, chronicle, common, details, filters, panel, strings, undo

MAX_CHARS = 60_000  # of one article's text in the page
MAX_EVENTS = 60
CHOICE = "article-choice"


def _legend() -> None:
    unsure = f"{strings.ARTICLE_LEGEND_UNSURE}; {strings.ARTICLE_LEGEND_DEMONYM}"
    keys = (
        ('<a class="dl-key-sample">Aa</a>', strings.ARTICLE_LEGEND_SURE),
        ('<a class="dl-key-sample dl-weak">Aa</a>', strings.ARTICLE_LEGEND_WEAK),
        ("<mark>Aa</mark>", unsure),
    )
    shown = "".join(
        f'<span><span class="dl-text">{sample}</span> {common.safe(said)}</span>'
        for sample, said in keys
    )
    hint = f"<span>{common.safe(strings.ARTICLE_LEGEND_HINT)}</span>"
    st.html(f'<div class="dl-key">{shown}{hint}</div>')


def _choose(snapshot: Snapshot) -> int:
    """Row of the article to show: the one chosen, the one in the address, or the newest."""
    articles, state = snapshot.articles, st.session_state
    order = np.argsort(articles["published"].to_numpy(), kind="stable")[::-1]
    named = st.query_params.get(filters.ARTICLE)
    ids = articles["article_id"].astype(str).to_numpy()[order]
    first = int(np.flatnonzero(ids == named)[0]) if named in ids else 0
    titles = dict(zip(ids, articles["title"].to_numpy()[order], strict=True))
    if len(order) > 1:
        # By id, so that an article that arrives meanwhile does not change what is shown.
        if state.get(CHOICE) not in titles:
            state[CHOICE] = ids[first]
        chosen = st.selectbox(
            strings.ARTICLE_CHOOSE, list(titles), key=CHOICE,
            format_func=lambda key: f"{titles.get(key, '')[:120]}", label_visibility="collapsed",
        )  # fmt: skip
        picked = int(np.flatnonzero(ids == chosen)[0])
    else:
        picked = 0
    st.query_params[filters.ARTICLE] = str(ids[picked])
    return int(order[picked])


def _facts(article: Article, entry: Any) -> None:
    named = common.plural(
        int(entry.mentions), strings.ARTICLE_MENTION, strings.ARTICLE_MENTIONS
    )
    parts = [
        common.safe(article.publisher),
        common.safe(common.day(article.published)),
        f"{common.safe(named)}, "
        f"{int(entry.located)} {common.safe(strings.ARTICLE_LOCATED)}",
    ]
    address = common.link(article.url)
    if address:
        parts.append(
            f'<a class="dl-link" href="{common.safe(address)}" target="_blank" '
            f'rel="noopener noreferrer">{common.safe(strings.ARTICLE_LINK)}</a>'
        )
    if article.licence:
        parts.append(f"{common.safe(strings.ARTICLE_LICENCE)}: {common.safe(article.licence, 80)}")
    note = f'<p class="dl-muted">{common.safe(article.note, 600)}</p>' if article.note else ""
    st.html(
        f'<p class="dl-title" role="heading" aria-level="1"><bdi>{common.safe(article.title, 300)}'
        f'</bdi></p><p class="dl-muted">{" · ".join(part for part in parts if part)}</p>{note}'
    )


def _past(article: Article) -> None:
    """Every link of the story, and its earlier texts with what has changed since."""
    stories = Stories(common.store().database)
    links = [link for link in map(common.link, stories.links(article.id)) if link]
    if len(links) > 1:
        listed = "".join(
            f'<li><a class="dl-link" href="{common.safe(link)}" target="_blank" '
            f'rel="noopener noreferrer">{common.safe(link, 140)}</a></li>'
            for link in links
        )
        said = common.safe(strings.ARTICLE_LINKS)
        st.html(f'<p class="dl-muted">{said}</p><ul class="dl-muted">{listed}</ul>')
    for past in reversed(stories.past_versions(article.id)):
        when = common.day(past.replaced.date())
        with st.expander(strings.ARTICLE_VERSION.format(n=past.number, when=when)):
            st.html(details.changed_text(past.text[:MAX_CHARS], article.text[:MAX_CHARS]))


def _delete(snapshot: Snapshot, article: Article) -> None:
    """A button that opens what deleting would take away, before it does."""
    box = acts.form_box(strings.DELETE, ":material/delete:", "delete-article")
    if not box.open:
        return
    with box:
        who, why = acts.sign("delete")
        new = corrections.correction(
            "delete", {"article": article.id}, who=who, why=why, after=acts.latest()
        )
        acts.offer(new, snapshot, "delete", box="delete-article",
                   undone=partial(_show_again, article.id))  # fmt: skip


def _show_again(article_id: str) -> None:
    """In a callback, on any page: what was deleted and is back is the article shown."""
    st.session_state[CHOICE] = article_id


def _named_sentence(events: Sequence[Mapping[str, Any]]) -> tuple[int, int] | None:
    """Start and end of the sentence that the address names, where an event was read from it."""
    named = st.query_params.get(details.AT)
    for event in events:
        start, end = int(event["sentence_start"]), int(event["sentence_end"])
        if str(start) == named and end <= MAX_CHARS:
            return start, end
    return None


def show() -> None:
    """Draw the page."""
    undo.bar()
    filters.style()
    snapshot = common.current_snapshot()
    if not len(snapshot.articles):
        common.show_empty_store()
        return
    chronicle.offer(snapshot, always=True)
    with st.sidebar:
        chronicle.included(snapshot)
    row = _choose(snapshot)
    entry = next(snapshot.articles.iloc[[row]].itertuples())
    article = common.store().article(str(entry.article_id))
    if article is None:  # deleted by another process since the snapshot was taken
        common.show_empty(strings.EMPTY_STORE_TITLE, strings.EMPTY_STORE)
        return
    events = np.flatnonzero(snapshot.events["article"].to_numpy() == row)
    ids = snapshot.events["event_id"].iloc[events[:MAX_EVENTS]]
    found = sorted(panel.event_details(list(ids)), key=lambda event: event["sentence_start"])
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _facts(article, entry)
        _legend()
        sentence = _named_sentence(found)
        mentions = common.store().mentions(article.id)
        st.html(details.marked_text(article.text[:MAX_CHARS], mentions, sentence))
        if sentence:
            browser.show_sentence(f"{article.id}@{sentence[0]}")
        if len(article.text) > MAX_CHARS:
            st.caption(strings.ARTICLE_CUT.format(n=f"{MAX_CHARS:,}"))
        _past(article)
        _delete(snapshot, article)
    with right, st.container(key="panel"), st.container(key="panel-scroll"):
        st.html(
            f'<p class="dl-title" role="heading" aria-level="2">'
            f"{common.safe(strings.ARTICLE_EVENTS)}</p>"
        )
        st.html(details.event_list(found, common.colours()))


show()

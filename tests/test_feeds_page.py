"""The feeds page: following, reading now, health, and following no longer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geo.settings import Settings
from geo.store import open_store
from geo.store.feeds import Feeds
from pages import common, drafts, strings
from tests.test_feeds import rss_of, story
from tests.test_pages import run, shown
from tests.web_server import Server, serving


@pytest.fixture(autouse=True)
def fresh(local_settings: Settings) -> Iterator[None]:
    """No cached resource of another test's settings."""
    st.cache_resource.clear()
    yield
    drafts.desk().apart.close()
    common.store().close()
    st.cache_resource.clear()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as running:
        monkeypatch.setenv("DATELINE_FETCH_HOSTS", running.host)
        monkeypatch.setenv("DATELINE_HOST_INTERVAL_S", "0")
        running.pages["/robots.txt"] = lambda handler: handler.answer(b"", status=404)
        running.pages["/feed"] = lambda handler: handler.answer(rss_of(running, range(2)))
        running.pages["/s/0"] = lambda handler: handler.answer(story(0).encode())
        running.pages["/s/1"] = lambda handler: handler.answer(b"", status=410)
        yield running


def follow(app: AppTest, url: str) -> None:
    app.text_input(key="feed-url").set_value(url)
    app.button(key=f"FormSubmitter:follow-{strings.FEEDS_FOLLOW}").click().run()
    assert not app.exception, [error.value for error in app.exception]


def test_a_feed_is_followed_read_and_followed_no_longer(
    server: Server, local_settings: Settings
) -> None:
    app = run("feeds")
    assert strings.FEEDS_EMPTY_TITLE in shown(app)
    follow(app, server.url("/feed"))
    assert app.dataframe[0].value[strings.FEEDS_STATE].to_list() == [strings.FEEDS_NEVER]
    next(b for b in app.button if b.label == strings.FEEDS_NOW).click().run()
    assert not app.exception, [error.value for error in app.exception]
    row = app.dataframe[0].value.iloc[0]
    assert (row[strings.FEEDS_TITLE], row[strings.FEEDS_STATE]) == ("Many", strings.FEEDS_WELL)
    assert (row[strings.FEEDS_ARTICLES], row[strings.FEEDS_GIVEN_UP]) == (1.0, 1)
    assert "410" in shown(app)
    app.button(key="feed-remove").click().run()
    assert strings.FEEDS_EMPTY_TITLE in shown(app)
    with open_store(local_settings) as store:
        assert Feeds(store.database).all() == []
        assert "Report 0" in {article.title for article in store.articles()}


def test_an_address_that_is_never_asked_is_not_followed(local_settings: Settings) -> None:
    app = run("feeds")
    follow(app, "file:///etc/passwd")
    assert "no web address" in app.warning[0].value.replace("\\", "")
    with open_store(local_settings) as store:
        assert Feeds(store.database).all() == []

"""The add page: what is pasted, uploaded or linked is shown first and saved only when asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geo.settings import Settings
from geo.sources.documents.document import Document, Failure
from geo.store import open_store
from pages import common, drafts, strings
from tests.test_pages import HOSTILE, run, shown
from tests.web_server import Server, serving

TEXT = "Market hit\n\nShelling hit a market in Kherson on Wednesday and killed three people."


@pytest.fixture(autouse=True)
def fresh(local_settings: Settings) -> Iterator[None]:
    """No cached resource of another test's settings."""
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    drafts.desk().apart.close()
    common.store().close()
    st.cache_resource.clear()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as running:
        monkeypatch.setenv("DATELINE_FETCH_HOSTS", running.host)
        yield running


def titles(settings: Settings) -> set[str]:
    with open_store(settings) as store:
        return {article.title for article in store.articles()}


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="pasted").set_value(text)
    app.button(key="FormSubmitter:paste-" + strings.ADD_LOOK).click().run()
    assert not app.exception, [error.value for error in app.exception]
    return app


def fetch(app: AppTest, links: str) -> AppTest:
    app.text_area(key="links-written").set_value(links)
    app.button(key="FormSubmitter:links-" + strings.ADD_FETCH).click().run()
    assert not app.exception, [error.value for error in app.exception]
    return app


def test_pasted_text_is_shown_then_saved_as_corrected(local_settings: Settings) -> None:
    app = paste(run("add"), TEXT)
    assert "Kherson" in shown(app)
    assert "1 event; places named: 1, located: 1" in shown(app)
    assert '<mark class="dl-located"' in shown(app)
    assert "3 killed" in shown(app)
    assert "href" not in shown(app)  # which would lead away from what is not saved yet
    assert "Market hit" not in titles(local_settings)
    app.text_input(key="title-0").set_value("Market shelled")
    app.date_input(key="date-0").set_value(date(2023, 5, 4))
    app.button(key="save-0").click().run()
    assert not app.exception, [error.value for error in app.exception]
    assert "saved" in app.success[0].value
    with open_store(local_settings) as store:
        (article,) = (a for a in store.articles() if a.title == "Market shelled")
        (event_id,) = store.search("market Kherson")
        (event,) = store.event_details([event_id])
    assert article.published == date(2023, 5, 4)
    assert event["date_start"] == date(2023, 5, 3)  # Wednesday, counted from that Thursday


def test_a_discarded_draft_is_gone(local_settings: Settings) -> None:
    app = paste(run("add"), TEXT)
    app.button(key="drop-0").click().run()
    assert "1 event;" not in shown(app)
    assert "Market hit" not in titles(local_settings)


def test_of_many_drafts_some_are_shown_and_all_are_saved(local_settings: Settings) -> None:
    app = run("add")
    number = drafts.MOST_CARDS + 2
    app.session_state["drafts"] = {
        n: Document(name=f"row {n}", title=f"Report {n}", text=f"Word{n}a word{n}b hit Kherson.")
        for n in range(number)
    }
    app.session_state["draft-failures"] = [Failure(f"no {n}", "bad") for n in range(51)]
    app.run()
    assert len(app.expander) == drafts.MOST_CARDS
    assert "2 more are not shown" in app.caption[-1].value
    assert "no 1: bad" in shown(app)
    assert "no 0: bad" not in shown(app)
    assert strings.DRAFT_FAILED_MORE.format(n=1) in shown(app)
    app.text_input(key="title-0").set_value("Corrected")
    app.button(key="save-all").click().run()
    assert not app.exception, [error.value for error in app.exception]
    expected = {"Corrected", *(f"Report {n}" for n in range(1, number))}
    assert expected <= titles(local_settings)


def test_the_same_text_again_is_said_to_be_here(local_settings: Settings) -> None:
    app = paste(paste(run("add"), TEXT), TEXT)
    assert len(app.expander) == 1
    assert app.info[0].value.endswith("Market hit")
    assert strings.DRAFT_STORED not in shown(app)
    assert strings.DRAFT_UNSAVED in shown(app)
    app.button(key="save-all").click().run()
    app = paste(app, TEXT)
    assert not app.info
    assert strings.DRAFT_STORED in shown(app)
    app.button(key="save-all").click().run()
    assert strings.DRAFT_OUTCOMES["known"] in app.success[0].value.replace("\\", "")


def test_a_link_is_fetched_and_the_bad_ones_are_named(
    server: Server, local_settings: Settings
) -> None:
    links = f"{server.url('/page')} {server.url('/missing')} http://127.0.0.1:22/ ftp://x"
    app = fetch(run("add"), links)
    text = shown(app)
    assert "404" in text
    assert "port 22 is not asked" in text
    assert "ftp://x" in text
    assert app.text_input(key="title-0").value == "Market shelled in Kherson"
    assert app.text_input(key="publisher-0").value == "The Test Post"
    app.button(key="save-0").click().run()
    assert "Market shelled in Kherson" in titles(local_settings)


def test_hostile_text_is_shown_as_text() -> None:
    app = paste(run("add"), f"{HOSTILE}\nShelling hit Kherson.")
    page = shown(app)
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    labels = " ".join(expander.label for expander in app.expander)
    assert ":red[hot]" not in labels

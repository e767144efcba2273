"""The starter chronicle: added by one click, removed by one, and never more than itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
import streamlit as st

from geo import pipeline
from geo.errors import DataError
from geo.model import Article, Reading
from geo.settings import Settings
from geo.sources.text import load_article
from geo.store import open_store
from pages import common, strings
from tests.test_pages import run, shown


@pytest.fixture(autouse=True)
def fresh(local_settings: Settings) -> Iterator[None]:
    """No cached resource of another test's settings."""
    st.cache_resource.clear()
    yield
    common.store().close()
    st.cache_resource.clear()


@pytest.fixture
def short(settings: Settings, local_settings: Settings) -> Settings:
    """Settings under which three reports of the chronicle ship."""
    folder = local_settings.local_dir / "shipped"
    (folder / "chronicle").mkdir(parents=True)
    for path in pipeline.chronicle_paths(settings)[:3]:
        (folder / "chronicle" / path.name).write_bytes(path.read_bytes())
    return dataclasses.replace(local_settings, data_dir=folder)


def titles(settings: Settings) -> list[str]:
    with open_store(settings) as store:
        return sorted(article.title for article in store.articles())


def test_removing_the_chronicle_leaves_every_other_article(
    short: Settings, local_settings: Settings
) -> None:
    steps: list[float] = []
    with open_store(local_settings) as store:
        # The same publisher and the same title: only the id tells it from the chronicle's own.
        taken = load_article(pipeline.chronicle_paths(short)[0], None, short)
        own = Article.of(taken.text + " Mine.", title=taken.title, publisher=taken.publisher)
        store.save(Reading(article=own, sentences=(), mentions=(), events=()))
    report = pipeline.ingest_paths(
        pipeline.chronicle_paths(short), local_settings, progress=lambda done, _: steps.append(done)
    )
    assert (report.saved, report.failed) == (3, [])
    assert steps[0] == 0.0
    assert steps[-1] == 1.0
    assert len(titles(local_settings)) == 4
    assert pipeline.remove_chronicle(short) == 3
    assert titles(local_settings) == [own.title]
    assert pipeline.remove_chronicle(short) == 0


def test_where_no_chronicle_ships_it_is_said(local_settings: Settings) -> None:
    bare = dataclasses.replace(local_settings, data_dir=local_settings.local_dir / "none")
    with pytest.raises(DataError, match="no report"):
        pipeline.read_chronicle(bare)
    assert pipeline.remove_chronicle(bare) == 0


def test_one_click_adds_the_chronicle_and_one_removes_it(local_settings: Settings) -> None:
    app = run()
    assert "66 short reports" in shown(app)
    assert "remove-chronicle" not in [button.key for button in app.button]
    app.button(key="add-chronicle").click().run()
    assert not app.exception
    assert len(titles(local_settings)) == 67
    assert "add-chronicle" not in [button.key for button in app.button]
    assert "66 reports written for this project as a sample" in shown(app)
    app.button(key="remove-chronicle").click().run()
    assert not app.exception
    assert len(titles(local_settings)) == 1
    assert "add-chronicle" in [button.key for button in app.button]


def test_beside_articles_of_ones_own_it_is_offered_on_their_page_alone(
    local_settings: Settings,
) -> None:
    run()
    with open_store(local_settings) as store:
        own = Article.of("Rain fell on Lviv.", title="Rain")
        store.save(Reading(article=own, sentences=(), mentions=(), events=()))
    app = run()
    assert "add-chronicle" not in [button.key for button in app.button]
    app.switch_page("pages/articles.py").run()
    assert "add-chronicle" in [button.key for button in app.button]
    assert strings.CHRONICLE_TITLE not in shown(app)

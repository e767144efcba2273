"""The tray: what is not on the map is counted, has candidates, and can be looked up online."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geo import pipeline, query
from geo.model import Article
from geo.query import EventFilter
from geo.settings import Settings
from geo.store import open_store
from geo.store.snapshot import load_snapshot
from pages import common, strings, tray
from tests.nominatim_server import running
from tests.test_pages import hostile_reading, run, shown


@pytest.fixture(autouse=True)
def fresh(local_settings: Settings) -> Iterator[None]:
    st.cache_resource.clear()
    yield
    common.store().close()
    st.cache_resource.clear()


def located_of(settings: Settings, least: float) -> str:
    store = open_store(settings)
    snapshot = load_snapshot(store, settings)
    store.close()
    mentions = query.located(snapshot, EventFilter(min_place_confidence=least)).mentions
    here = int((mentions["place"] >= 0).sum())
    return strings.LOCATED_OF.format(shown=here, n=len(mentions))


def test_the_count_is_always_there_and_follows_the_threshold(local_settings: Settings) -> None:
    app = run()
    labels = [located_of(local_settings, least) for least in (0.0, 0.9)]
    assert labels[0] != labels[1]
    assert labels[0] in popovers(app)
    app.slider(key="certainty").set_value(0.9).run()
    assert labels[1] in popovers(app)


def test_the_count_is_of_the_articles_that_the_filters_leave(local_settings: Settings) -> None:
    with open_store(local_settings) as store:
        pipeline.ensure_sample(local_settings)
        article = Article.of("Riots broke out in Lyon and in Qwxyzville.", title="", publisher="")
        assert store.save(pipeline.open_reader(local_settings)(article))
    app = run()
    (everything,) = (text for text in popovers(app) if "mentions" in text)
    app.checkbox(key="riots").check().run()
    assert strings.LOCATED_OF.format(shown=1, n=2) in popovers(app)
    assert everything not in popovers(app)


def popovers(app: AppTest) -> list[str]:
    return [str(block.proto.popover.label) for block in app.get("popover")]


def lost(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with one article, of which one mention has no place but a candidate."""
    monkeypatch.setattr(pipeline, "ensure_sample", lambda settings: None)
    store = open_store(settings)
    assert store.save(hostile_reading())
    store.close()


def test_each_mention_has_its_candidates_and_the_tray_says_what_turns_looking_up_on(
    local_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost(local_settings, monkeypatch)
    app = run()
    app.session_state["tray"] = True
    app.run()
    assert strings.ONLINE_OFF in [caption.value for caption in app.caption]
    offered = [button for button in app.button if str(button.key).startswith("choice-")]
    assert len(offered) == 1
    assert ":red[" not in offered[0].label
    offered[0].click().run()
    assert app.session_state["spot"] == (48.59, 38.0)
    assert strings.SPOT_TITLE in shown(app)


def test_a_name_is_looked_up_online_once(
    local_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as server:
        monkeypatch.setenv("DATELINE_NOMINATIM_USER_AGENT", "dateline-tests admin@dateline.test")
        monkeypatch.setenv("DATELINE_NOMINATIM_URL", server.url)
        monkeypatch.setenv("DATELINE_NOMINATIM_INTERVAL_S", "0.01")
        found = tray.ask("Bucha")
        assert [(at.lat, at.lon, at.place_id) for at in found] == [
            (48.1, 24.9, ""), (50.5488, 30.2212, "")
        ]  # fmt: skip
        assert {at.note for at in found} == {strings.ONLINE_PROVIDER}
        assert tray.ask("Bucha") == found
        assert tray.ask("Nowhere at all") == []
        assert [asked["q"] for _, asked, _ in server.asked] == ["Bucha", "Nowhere at all"]
        server.status = 500
        assert "500" in str(tray.ask("Irpin"))


def test_the_button_shows_answers_with_their_source(
    local_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost(local_settings, monkeypatch)
    with running() as server:
        monkeypatch.setenv("DATELINE_NOMINATIM_USER_AGENT", "dateline-tests admin@dateline.test")
        monkeypatch.setenv("DATELINE_NOMINATIM_URL", server.url)
        app = run()
        app.session_state["tray"] = True
        app.run()
        assert server.asked == []  # nothing goes out before it is asked for
        (button,) = [one for one in app.button if str(one.key).startswith("online-")]
        button.click().run()
        assert len(server.asked) == 1
        assert strings.ONLINE_NONE in [caption.value for caption in app.caption]

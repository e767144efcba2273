"""Corrections in the dashboard: choose, read what would change, apply, undo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geo import pipeline
from geo.settings import Settings
from geo.store import corrections, open_store
from geo.store.corrections import Correction, correction, place_change
from pages import common, strings
from tests.readings import BAKHMUT, KHERSON, reading
from tests.test_pages import run, shown


@pytest.fixture(autouse=True)
def told(local_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store with two articles of the same words, and no cached resource of another test's."""
    st.cache_resource.clear()
    monkeypatch.setattr(pipeline, "ensure_sample", lambda settings: None)
    with open_store(local_settings) as store:
        store.save(reading())
        store.save(reading(title="Another"))
    yield
    common.store().close()
    st.cache_resource.clear()


def ledger() -> list[Correction]:
    return common.store().corrections()


def opened(key: str, page: str = "map", **params: str) -> AppTest:
    """A page with one of its forms open."""
    app = run(page, **params)
    app.session_state[key] = True
    app.run()
    assert not app.exception, [error.value for error in app.exception]
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, [error.value for error in app.exception]
    return app


def test_a_place_is_moved_after_a_dry_run_and_back() -> None:
    app = opened(f"correct-{KHERSON.id}", place=KHERSON.id)
    assert app.button(key="correct-apply").disabled
    app.text_input(key="correct-search").set_value("Pisky, Donetsk").run()
    app.radio(key="correct-to").set_value(pisky_id()).run()
    foreseen = "2 events in 2 articles move from Kherson to Pisky, Donetsk."
    assert foreseen in shown(app)
    assert ledger() == []
    app.text_input(key="correct-who").set_value("Olena").run()
    app.text_input(key="correct-why").set_value("the other one").run()
    press(app, "correct-apply")
    (one,) = ledger()
    assert (one.who, one.why, one.to.id if one.to else "") == ("Olena", "the other one", pisky_id())
    assert strings.ACT_DONE in shown(app)
    assert foreseen in shown(app)
    assert led_to(app) == pisky_id()
    press(app, "undo-last")
    assert led_to(app) == KHERSON.id
    assert [entry.kind for entry in ledger()] == ["place", "undo"]
    assert corrections.active(ledger()) == []


def led_to(app: AppTest) -> str:
    """Id of the place that is chosen and that the map was last sent to."""
    chosen = app.session_state["chosen"]
    place = common.gazetteer().place(chosen.places[0])
    assert place is not None
    assert app.session_state["flight"][1:3] == pytest.approx((place.lat, place.lon), abs=0.03)
    return place.id


def pisky_id() -> str:
    return next(
        place.id for place in common.gazetteer().lookup("Pisky") if place.admin1 == "UA-14"
    )


def test_a_place_is_confirmed_in_one_article_alone() -> None:
    app = opened(f"correct-{KHERSON.id}", place=KHERSON.id)
    app.radio(key="correct-act").set_value(strings.ACT_CONFIRM).run()
    app.selectbox(key="correct-scope").select_index(1).run()
    assert "1 event in 1 article is confirmed at Kherson." in shown(app)
    press(app, "correct-apply")
    assert ledger()[0].target["article"] != ""
    assert ledger()[0].to is not None
    assert app.session_state[f"correct-{KHERSON.id}"] is False  # the form is not in the way
    (about,) = run("corrections").dataframe[0].value[strings.LEDGER_ABOUT]
    article = common.store().article(ledger()[0].target["article"])
    assert article is not None
    assert about == f"Kherson · {article.title} → Kherson"


def test_an_event_is_rejected_and_counted_no_more() -> None:
    app = opened("review-box", place=BAKHMUT.id)
    before = shown(app)
    app.radio(key="review-verdict").set_value("rejected").run()
    press(app, "review-apply")
    (one,) = ledger()
    assert one.kind == "review"
    assert counted(app) == counted_in(before) - 1
    app = run(review="rejected")
    assert counted(app) == 1  # as nothing else is rejected
    assert f"</span> {strings.REVIEWS['rejected']}" in shown(app)


def counted(app: AppTest) -> int:
    return counted_in(shown(app))


def counted_in(html: str) -> int:
    return int(html.partition('role="status"><span><b>')[2].partition("</b>")[0])


def test_two_events_are_one_incident() -> None:
    app = opened("review-box")
    app.radio(key="review-verdict").set_value("merge").run()
    assert app.button(key="review-apply").disabled
    app.selectbox(key="review-other").select_index(0).run()
    assert strings.ACT_MERGE in shown(app)
    press(app, "review-apply")
    assert ledger()[0].kind == "merge"


def test_words_of_the_tray_get_a_place() -> None:
    app = opened("tray")
    put = next(str(button.key) for button in app.button if str(button.key).startswith("put-"))
    press(app, put)
    app.radio(key=f"{put}-to").set_value(KHERSON.id).run()
    press(app, f"{put}-apply")
    (one,) = ledger()
    assert one.target["surface"] == "Solace"
    assert one.target["article"] != ""
    found = common.store().mentions(one.target["article"])
    assert (found[4]["place_id"], found[4]["corrected"], found[4]["read_as"]) == (
        KHERSON.id, True, ""
    )  # fmt: skip


def test_an_article_is_deleted_and_brought_back() -> None:
    app = opened("delete-article", "articles")
    first = app.query_params["article"]
    (gone,) = (str(one.id) for one in common.store().articles() if one.id != first)
    app.selectbox(key="article-choice").set_value(gone).run()
    assert "1 article goes, with 3 events and 5 mentions read from it." in shown(app)
    press(app, "delete-apply")
    assert len(common.store().articles()) == 1
    assert app.query_params["article"] == first
    press(app, "undo-last")
    assert len(common.store().articles()) == 2
    assert app.query_params["article"] == gone  # the one that is back is the one shown


def test_the_ledger_is_listed_with_what_an_undo_would_do() -> None:
    app = run("corrections")
    assert strings.LEDGER_NONE_TITLE in shown(app)
    target = {"place": KHERSON.id, "surface": "", "article": ""}
    hostile = "<b>bold</b> :red[hot]"
    common.store().correct(correction("place", target, place_change(BAKHMUT), why=hostile))
    app = run("corrections")
    table = app.dataframe[0].value
    assert list(table[strings.LEDGER_WHY]) == [hostile]
    assert list(table[strings.LEDGER_STATE]) == [strings.LEDGER_IN_FORCE]
    assert "Bakhmut, Donetsk" in table[strings.LEDGER_ABOUT][0]

"""What is new since the last visit: the two cookies, and what the page makes of them."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
import streamlit as st

from geo import query
from geo.query import EventFilter
from geo.settings import Settings
from geo.store import open_store
from pages import strings, visits, whats_new
from pages.visits import BEFORE, PAUSE_S, THIS, Visit
from tests.serving import Server, serving
from tests.test_pages import run, shown


def test_a_page_load_after_a_pause_begins_another_visit() -> None:
    first = visits.cookies_of({}, Visit(1_000, 5))
    assert first == {THIS: "1000.5"}
    soon = visits.cookies_of(first, Visit(1_000 + PAUSE_S, 7))
    assert soon == {THIS: f"{1_000 + PAUSE_S}.7"}
    later = visits.cookies_of(first | soon, Visit(9_000, 9))
    assert later == {THIS: "9000.9", BEFORE: f"{1_000 + PAUSE_S}.7"}


@pytest.mark.parametrize("written", ["", "x", "1", "1.2.3", "-1.2", "1e9.2", "9" * 40 + ".1"])
def test_a_cookie_that_is_not_ours_is_none(written: str) -> None:
    assert visits.read({BEFORE: written}, BEFORE) is None


@pytest.fixture(scope="module")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    environment = {
        "DATELINE_LOCAL_DIR": str(tmp_path_factory.mktemp("visits-local")),
        "DATELINE_CACHE_DIR": str(settings.cache_dir),
    }
    with serving(tmp_path_factory.mktemp("visits"), environment=environment) as running:
        yield running


def ask(server: Server, path: str = "/_stcore/host-config", **headers: str) -> SimpleCookie:
    request = urllib.request.Request(server.url + path, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return SimpleCookie("\n".join(answer.headers.get_all("Set-Cookie") or ()))


def test_the_server_sets_the_cookies_where_a_page_is_about_to_connect(server: Server) -> None:
    (cookie,) = ask(server).values()
    assert (cookie.key, cookie["httponly"], cookie["samesite"]) == (THIS, True, "Lax")
    assert not cookie["domain"]
    assert visits.read({THIS: cookie.value}, THIS)
    again = ask(server, Cookie=f"{THIS}=1000.3")
    assert again[BEFORE].value == "1000.3"
    assert not ask(server, "/healthz")
    assert not ask(server, "/", Accept="text/html")  # which the browser may have kept


def test_the_map_counts_what_is_new_and_shows_it_alone(
    local_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    st.cache_resource.clear()
    app = run("map")
    assert "new since" not in shown(app)
    with open_store(local_settings) as store:
        newest = store.newest_article_key()
    assert newest > 0
    monkeypatch.setattr(whats_new, "_before", lambda: Visit(1_700_000_000, newest))
    assert "new since" not in shown(app.run())
    monkeypatch.setattr(whats_new, "_before", lambda: Visit(1_700_000_000, newest - 1))
    app.run()
    said = strings.NEW_SINCE.format(articles="1 article", when="14 Nov 2023, 22:13")
    assert said in shown(app)
    app.toggle(key=whats_new.ONLY_NEW).set_value(True).run()
    assert not app.exception, [error.value for error in app.exception]
    st.cache_resource.clear()


def test_only_events_of_later_articles_are_kept(local_settings: Settings) -> None:
    from pages import common

    st.cache_resource.clear()
    run("map")
    snapshot = common.current_snapshot()
    keys = snapshot.articles["key"].to_numpy()
    all_of_them = len(query.select(snapshot, EventFilter()))
    assert all_of_them
    for newer_than, left in ((int(keys.max()), 0), (int(keys.min()) - 1, all_of_them)):
        assert len(query.select(snapshot, EventFilter(newer_than=newer_than))) == left
    st.cache_resource.clear()

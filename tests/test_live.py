"""The snapshot that all sessions share: in step with the store, there while the store is not."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.errors import StoreError
from geo.settings import Settings
from geo.store import Store, live, open_store
from geo.store.live import LiveSnapshot
from pages import common, follow, strings
from tests.readings import reading


def test_it_moves_with_the_store_and_only_with_it(store: Store, own: Settings) -> None:
    shared = LiveSnapshot(store, own)
    empty = shared.current()
    assert empty.is_empty
    assert shared.current() is empty
    with open_store(own) as another:
        another.save(reading())
    first = shared.current()
    assert len(first.articles) == 1
    assert shared.current() is first
    assert empty.is_empty  # what a session still looks at does not change under it
    assert shared.refreshed_s > 0


def test_it_stays_and_says_so_where_the_store_cannot_be_read(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = LiveSnapshot(store, own)
    store.save(reading())
    first = shared.current()

    def fails(*_: Any) -> Any:
        raise StoreError("the disk is gone")

    for target, name in ((store, "revision"), (live, "load_snapshot")):
        store.save(reading(title=f"Since, {name}"))
        with monkeypatch.context() as broken:
            broken.setattr(target, name, fails)
            assert shared.current() is first
            assert shared.stale == "the disk is gone"
        first = shared.current()
        assert shared.stale == ""
    assert len(first.articles) == 3


class Looked:
    """A snapshot, for all that `follow` sees of it."""


def _page() -> None:
    import weakref

    import streamlit as st

    from pages import common, follow

    if follow.map_has_drawn():
        st.text("the table")
    follow.follow(weakref.ref(common.current_snapshot()))


def test_an_open_page_says_why_what_it_shows_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Looked()
    held = SimpleNamespace(current=lambda: first, stale="")
    monkeypatch.setattr(common, "live", lambda: held)
    page = AppTest.from_function(_page)
    assert not page.run().warning
    held.stale = "the disk is gone"
    assert [one.value for one in page.run().warning] == [
        strings.STALE.format(reason="the disk is gone")
    ]
    held.stale = ""
    assert not page.run().warning


def test_an_open_page_follows_a_store_that_came_to_the_same_revision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = [Looked(), Looked()]
    looks = iter([seen[0], *[seen[1]] * 9])  # the other comes between the page and its first look
    held = SimpleNamespace(current=lambda: next(looks), stale="")
    monkeypatch.setattr(common, "live", lambda: held)
    AppTest.from_function(_page).run()
    assert 9 - len(list(looks)) == 3  # that look, and the two of the page that was begun anew


def test_what_waits_for_the_map_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Looked()
    held = SimpleNamespace(current=lambda: first, stale="")
    monkeypatch.setattr(common, "live", lambda: held)
    page = AppTest.from_function(_page).run()
    assert not page.run().text
    page.session_state[follow.WAITS_UNTIL] = 1.0  # long ago
    assert [one.value for one in page.run().text] == ["the table"]


def test_without_any_snapshot_the_error_is_told(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> int:
        raise StoreError("the disk is gone")

    monkeypatch.setattr(store, "revision", fails)
    monkeypatch.setattr(live, "load_snapshot", lambda *_: fails())
    with pytest.raises(StoreError, match="the disk is gone"):
        LiveSnapshot(store, own).current()


def test_no_session_waits_long_for_another(
    store: Store, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = LiveSnapshot(store, own)
    first = shared.current()
    store.save(reading())
    at_it, go_on = threading.Event(), threading.Event()
    real = live.load_snapshot

    def slow(*arguments: Any) -> Any:
        at_it.set()
        assert go_on.wait(20)
        return real(*arguments)

    monkeypatch.setattr(live, "load_snapshot", slow)
    worker = threading.Thread(target=shared.current)
    worker.start()
    assert at_it.wait(20)
    assert shared.current() is first  # while the other is still at it
    go_on.set()
    worker.join(20)
    assert len(shared.current().articles) == 1

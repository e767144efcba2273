"""An open page follows the store, without a reload."""

from __future__ import annotations

from collections.abc import Callable

from geo.settings import Settings
from geo.store import open_store
from pages import follow
from tests.e2e.conftest import Visit
from tests.readings import reading


def test_a_new_article_reaches_an_open_page(
    visit: Callable[..., Visit], served: Settings
) -> None:
    window = visit()
    before = window.events_shown()
    new = reading(title="Written while the page is open")
    with open_store(served) as store:
        try:
            assert store.save(new)
            # Two looks of the page; the rest is leeway for a busy machine.
            assert follow.EVERY_S <= 1
            assert window.becomes(window.events_shown, before + len(new.events)) == before + 3
        finally:
            store.delete_article(new.article.id)
    assert window.becomes(window.events_shown, before) == before

"""What a new reader asks, from a cold visit with the chronicle read: each in under five clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Locator

from geo import pipeline
from geo.settings import Settings
from tests.e2e.conftest import Visit

Visits = Callable[..., Visit]
KHERSON = "Kherson, Ukraine"
FEWEST = 5  # clicks that a question must stay below


class Hand:
    """A person's mouse and keyboard: counts the clicks."""

    def __init__(self, page: Visit) -> None:
        self.page, self.clicks = page, 0

    def click(self, what: Any) -> None:
        what.click()
        self.clicks += 1
        self.page.settle()

    def type(self, text: str) -> None:
        self.page.page.keyboard.type(text, delay=60)  # as fast as a person
        self.page.page.keyboard.press("Enter")
        self.page.settle()


@pytest.fixture(scope="module")
def chronicle(served: Settings) -> Iterator[None]:
    """The server's store holds the chronicle too, for these tests alone."""
    pipeline.read_chronicle(served)
    yield
    pipeline.remove_chronicle(served)


def ask_for_kherson(hand: Hand) -> None:
    """Filter by Kherson region."""
    hand.click(hand.page.page.get_by_role("combobox", name="Region"))
    hand.type("Kherson, Ukr")
    hand.page.page.keyboard.press("Escape")


def ask_for_november(hand: Hand) -> None:
    """Filter by November 2022."""
    page = hand.page.page
    hand.click(page.get_by_role("spinbutton", name="year, From"))
    hand.type("20221101")
    page.keyboard.press("Escape")  # the calendar gives its day when it closes
    begun = ["2022-11-01"]
    assert hand.page.becomes(lambda: hand.page.address_of("from"), begun) == begun
    hand.click(page.get_by_role("spinbutton", name="year, To"))
    hand.type("20221130")
    page.keyboard.press("Escape")
    ended = ["2022-11-30"]
    assert hand.page.becomes(lambda: hand.page.address_of("to"), ended) == ended


def read_around(hand: Hand) -> Locator:
    """Open the sentences round the one that an event of 11 November was read from."""
    card = hand.page.page.locator(".st-key-panel .dl-event", has_text="11 Nov 2022").first
    hand.click(card.locator("details.dl-around summary"))
    return card


def offer_files(hand: Hand) -> None:
    """Go to the table of what the filters leave, and to its downloads."""
    hand.click(hand.page.page.get_by_role("link", name="Events"))
    hand.page.page.locator(".st-key-download").wait_for()
    hand.click(hand.page.page.locator(".st-key-download button"))


def open_tray(hand: Hand) -> None:
    """See what is not on the map."""
    hand.click(hand.page.page.get_by_role("button", name="Shows"))
    hand.page.page.locator(".dl-unlocated").first.wait_for(timeout=60_000)


@pytest.mark.usefixtures("chronicle")
def test_four_questions_take_under_five_clicks_each(visit: Visits, tmp_path: Path) -> None:
    page = visit()
    everything = page.events_shown()

    hand = Hand(page)  # what happened in Kherson region in November 2022?
    ask_for_kherson(hand)
    ask_for_november(hand)
    assert page.becomes(lambda: page.address_of("region"), [KHERSON]) == [KHERSON]
    assert page.becomes(lambda: 0 < page.events_shown() < everything / 5, True)
    assert hand.clicks < FEWEST

    # which sentence says so? It stands on the card; one click shows its neighbours.
    card = read_around(hand)
    assert hand.clicks < FEWEST
    sentence = card.locator(".dl-sentence").inner_text()
    assert "Kherson" in sentence
    around = card.locator("details.dl-around p").first.inner_text()
    assert len(around) > len(sentence)
    assert "Date: " in card.locator("details.dl-around").inner_text()

    on_screen = page.events_shown()  # give me that as a spreadsheet
    hand = Hand(page)
    offer_files(hand)
    with page.page.expect_download(timeout=60_000) as started:
        hand.click(page.page.get_by_role("button", name="Excel"))
    target = tmp_path / "events.xlsx"
    started.value.save_as(target)
    assert openpyxl.load_workbook(target).active.max_row - 1 == on_screen
    assert hand.clicks < FEWEST

    page = visit()  # what is not located?
    hand = Hand(page)
    open_tray(hand)
    assert hand.clicks < FEWEST


@pytest.mark.usefixtures("chronicle")
def test_a_card_leads_to_its_sentence_in_the_article(visit: Visits) -> None:
    page = visit("/?region=Kherson%2C+Ukraine&from=2022-11-01&to=2022-11-30")
    card = page.page.locator(".st-key-panel .dl-event", has_text="11 Nov 2022").first
    sentence = card.locator(".dl-sentence").inner_text()
    card.locator("details.dl-around summary").click()
    card.get_by_role("link", name="Read it in the article").click()
    page.page.locator(".dl-at").wait_for()
    page.settle()
    assert page.page.locator(".dl-at").inner_text() == sentence
    box = page.page.locator(".dl-at").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 900

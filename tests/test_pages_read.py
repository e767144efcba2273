"""Stories out of pages in the manner of news sites: nearly all of the words, hardly any clutter."""

from __future__ import annotations

import pytest

from tests.benchmarks.pages import found_of, measured
from tests.pages import HELD_OUT, TUNED, Page, shares
from tests.pages.sites import nested_quote
from tests.pages.stories import STORIES


@pytest.mark.parametrize("pages", [TUNED, HELD_OUT], ids=["seen", "held out"])
def test_stories_come_out_whole_and_clean(pages: list[Page]) -> None:
    assert len(pages) == 20
    right, clutter = measured(pages)
    assert right >= 0.95
    assert clutter < 0.05


def test_a_quotation_in_a_figure_is_part_of_the_story() -> None:
    one = Page("quoted", nested_quote(STORIES[0]), STORIES[0])
    assert "sounded as if somebody were moving furniture" in found_of(one)


def test_the_measure_notices_what_is_missing_and_what_is_too_much() -> None:
    one = TUNED[0]
    text = one.story.text
    assert shares(one, text) == (1.0, 0.0)
    right, clutter = shares(one, text[: len(text) // 2] + " Accept all cookies" * 20)
    assert 0.3 < right < 0.7
    assert clutter > 0.2

"""Forty pages in the manner of news sites, written for this project, with their main text.

A page is a story (`stories.py`) in a site's mark-up (`sites.py`); each site comes with two stories.
Settings are chosen by `TUNED`, and `HELD_OUT` says how well they do elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.pages.sites import SITES, Site
from tests.pages.stories import STORIES, Story


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and the story that should come out of it."""

    name: str
    html: str
    story: Story


def _pages(which: Sequence[Site]) -> list[Page]:
    made = []
    for site in which:
        at = SITES.index(site)
        for story in (STORIES[at % 10], STORIES[(at * 3 + 7) % 10]):
            made.append(Page(f"{site.__name__}-{story.slug}", site(story), story))
    return made


# Sites are parted, not pages: a manner of mark-up that the settings were chosen by is not held out.
TUNED, HELD_OUT = _pages(SITES[::2]), _pages(SITES[1::2])


def words(text: str) -> Counter[str]:
    """The words of a text, with how often each stands there."""
    return Counter(re.findall(r"\w+", text.casefold()))


def shares(page: Page, found: str) -> tuple[float, float]:
    """Share of the story's words that were found, and of what was found the share that is not its.

    Both count each word as often as it stands in the story; what was found beyond that is clutter.
    """
    wanted, got = words(page.story.text), words(found)
    right = (wanted & got).total()
    extra = (got - wanted).total()
    return right / wanted.total(), extra / max(1, got.total())

"""How much of a story is taken out of pages in the manner of news sites, and how much clutter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geo.settings import Settings
from geo.sources.documents import page
from tests.benchmarks.measure import Result
from tests.pages import HELD_OUT, TUNED, Page, shares


def found_of(one: Page) -> str:
    """What is read of a page, its title once."""
    document = page.document(one.html.encode(), one.name)
    text, title = document.text, document.title
    return text if text.startswith(title) else f"{title}\n{text}"


def measured(pages: Sequence[Page]) -> tuple[float, float]:
    """Mean share of words found, and mean share of clutter."""
    each = [shares(one, found_of(one)) for one in pages]
    return sum(right for right, _ in each) / len(each), sum(bad for _, bad in each) / len(each)


def run(settings: Settings) -> Iterator[Result]:
    """Two rows for each half."""
    for title, pages in (("seen", TUNED), ("held out", HELD_OUT)):
        note = f"{len(pages)} pages: tests/pages"
        right, clutter = measured(pages)
        yield Result(name=f"words of stories found, {title}", value=right, unit="", runs=1,
                     note=note)  # fmt: skip
        yield Result(name=f"clutter in what is found, {title}", value=clutter, unit="", runs=1,
                     note=note)  # fmt: skip

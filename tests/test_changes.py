"""Differences of versions: nothing of either text is lost, and what changed is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geo.sources.changes import MOST_WORDS, changes
from pages.details import changed_text

texts = st.text(alphabet="ab \n", max_size=60)


@given(texts, texts)
def test_both_texts_can_be_put_together_again(old: str, new: str) -> None:
    pieces = list(changes(old, new))
    assert "".join(text for kind, text in pieces if kind != "gone") == new
    assert "".join(text for kind, text in pieces if kind != "new") == old


def test_a_changed_number_is_one_word_gone_and_one_new() -> None:
    assert list(changes("It killed three people.", "It killed five people.")) == [
        ("same", "It killed"), ("gone", " three"), ("new", " five"), ("same", " people."),
    ]  # fmt: skip


def test_what_changed_is_struck_and_underlined_without_the_space_before_it() -> None:
    assert changed_text("It killed three.", "It killed <five>.") == (
        '<div class="dl-text dl-changes"><bdi>It killed <del>three.</del>'
        " <ins>&lt;five&gt;.</ins></bdi></div>"
    )


def test_long_texts_are_compared_by_lines() -> None:
    lines = [f"line {n} of it\n" for n in range(MOST_WORDS)]
    changed = [*lines[:5], "another\n", *lines[6:]]
    found = [piece for piece in changes("".join(lines), "".join(changed)) if piece[0] != "same"]
    assert found == [("gone", lines[5]), ("new", "another\n")]

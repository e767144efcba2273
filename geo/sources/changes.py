"""What changed between two versions of a text, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "gone", "new"]

MOST_WORDS = 4_000  # beyond these, whole lines are compared: the work grows with the square
_WORD = re.compile(r"\s*\S+|\s+\Z")


def changes(old: str, new: str) -> Iterator[tuple[Change, str]]:
    """The new text in pieces, with what is gone from the old one between them.

    The pieces that are not `gone`, joined, are the new text; those that are not `new` the old one.
    """
    words = _pieces(old, new)
    matcher = SequenceMatcher(None, *words, autojunk=False)
    for tag, i, j, k, n in matcher.get_opcodes():
        if tag == "equal":
            yield "same", "".join(words[1][k:n])
            continue
        if j > i:
            yield "gone", "".join(words[0][i:j])
        if n > k:
            yield "new", "".join(words[1][k:n])


def _pieces(old: str, new: str) -> tuple[list[str], list[str]]:
    both = _WORD.findall(old), _WORD.findall(new)
    if max(map(len, both)) <= MOST_WORDS:
        return both
    return old.splitlines(keepends=True), new.splitlines(keepends=True)

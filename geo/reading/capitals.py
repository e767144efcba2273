"""Capitalised words of a text, and the lists that tell people and organisations from places."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


def _upper_class() -> str:
    """A regex class of every upper-case letter of the basic plane, as ranges."""
    codes = [code for code in range(min(sys.maxunicode, 0xFFFF)) if chr(code).isupper()]
    ranges, start, last = [], codes[0], codes[0]
    for code in codes[1:]:
        if code != last + 1:
            ranges.append((start, last))
            start = code
        last = code
    ranges.append((start, last))
    return "".join(
        re.escape(chr(a)) if a == b else f"{re.escape(chr(a))}-{re.escape(chr(b))}"
        for a, b in ranges
    )


UPPER = _upper_class()
# "U.S.", "D. C.", "W.Va."; or a word that starts with a capital (perhaps after d'), with inner
# apostrophes. One class of letters stands first, so that the search skips all others quickly.
# Marks that belong to the letter before them, and what no reader sees: "Sao\u0303 Paulo".
_WITHIN = "['’ʼ]|[\x00-\x08\x0e-\x1f\x7f\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]+"
_WORD = rf"[^\W_]*(?:(?:{_WITHIN})[^\W\d_]+)*"
_CAPITALISED = re.compile(
    rf"[dl{UPPER}](?:(?<=[{UPPER}])(?:"
    rf"\.[ ]?(?:[{UPPER}]\.[ ]?){{0,2}}[{UPPER}]\.(?![^\W_])|\.(?:[{UPPER}]\.)+"
    rf"|\.(?:[{UPPER}]\.)*[{UPPER}][a-z]{{1,4}}(?=\.)"
    rf"|(?<![^\W_][{UPPER}]){_WORD})"
    rf"|(?<=[dl])(?<![^\W_][dl])['’][{UPPER}]{_WORD})"
)
_POSSESSIVE = re.compile(r"['’]s?$")


class Cap(NamedTuple):
    """One capitalised word of the text, without its possessive ending."""

    start: int
    end: int
    text: str
    lower: str
    possessive: bool


@lru_cache(maxsize=2)  # one text is asked for more than once while it is read
def capitalised(text: str) -> tuple[Cap, ...]:
    """Every capitalised word in order. Linear in the length of the text."""
    words = []
    for match in _CAPITALISED.finditer(text):
        start, end = match.span()
        word = match.group()
        possessive = False
        if "'" in word or "’" in word:
            ending = _POSSESSIVE.search(word)
            if ending:
                end -= len(ending.group())
                word = word[: ending.start()]
                possessive = True
        elif end < len(text) and text[end] in "'’":
            possessive = word[-1:] == "s"  # "the Netherlands' government"
        words.append(Cap(start, end, word, word.lower(), possessive))
    return tuple(words)


@dataclass(frozen=True, slots=True)
class NameLists:
    """Lower-cased lists from data/names: who is a person, what is an organisation."""

    given: frozenset[str]
    surnames: frozenset[str]
    titles: frozenset[str]
    organisations: frozenset[str]
    not_places: frozenset[str]


@lru_cache(maxsize=4)
def load_name_lists(data_dir: Path) -> NameLists:
    """Read data/names/*.txt, one entry a line; a missing list is empty."""

    def entries(name: str) -> frozenset[str]:
        path = data_dir / "names" / f"{name}.txt"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return frozenset(
            line.strip().lower().rstrip(".") for line in lines if line.strip() and line[0] != "#"
        )

    return NameLists(*(entries(name) for name in NameLists.__slots__))

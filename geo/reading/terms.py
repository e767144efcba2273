"""Words of a text, and which of the codebook's groups each belongs to.

A text is cut into words once (`tokenize`); a `Lexicon`, built once from a codebook, then finds
every listed word and phrase in one pass over them. The cost is linear in the number of words:
one dictionary look-up each, and a short walk where a phrase begins.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from geo.codebook import Codebook, Term
from geo.reading.inflect import noun_forms, verb_forms

_WORD = re.compile(r"([^\W_]+)")
_JOIN = re.compile(r"[ \t\u00a0'’‘\-‐‑–]{1,3}")  # what may stand between two words of one phrase
_MONTHS = frozenset(["march", "may"])  # with a number beside them no march and no maybe
MAX_GAP = 4  # words that `..` in a phrase may stand for


_Tail = tuple[tuple[str | None, ...], frozenset[str]]
# Whether a word needs no second one, the phrases that it begins by their second word, those that
# go on after a gap, and its groups when alone.
_Entry = tuple[bool, dict[str | None, list[_Tail]], list[_Tail], frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in lower case, where each starts, and what stands after each."""

    words: list[str]
    starts: list[int]
    gaps: list[str]  # gaps[i] stands between words[i] and words[i + 1]; the last one after the end

    def __len__(self) -> int:
        return len(self.words)

    def end(self, i: int) -> int:
        """Where word i ends (characters)."""
        return self.starts[i] + len(self.words[i])

    def index_at(self, offset: int) -> int:
        """The first word that starts at or after a place in the text."""
        return bisect_left(self.starts, offset)


class Hit(NamedTuple):  # a tuple: hundreds are made for every text
    """Words `first` to `last` (both included) are a term of these groups."""

    first: int
    last: int
    groups: frozenset[str]


def tokenize(text: str) -> Words:
    """Cut a text into words: runs of letters and digits. Offsets are those of `text`."""
    low = text.lower()
    if len(low) != len(text):  # a few letters grow when lowered; keep the offsets true
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    tiles = _WORD.split(low)  # what stands before the first word, the word, what stands after it
    starts = list(accumulate(map(len, tiles)))
    return Words(tiles[1::2], starts[:-1:2], tiles[2::2])


class Lexicon:
    """Every term of a codebook, ready to be found in a text."""

    def __init__(self, codebook: Codebook) -> None:
        inner = {group.name: group.groups for group in codebook.words}
        outer: dict[str, set[str]] = {name: {name} for name in inner}
        for name in inner:  # a word of an inner group belongs to every group that holds it
            for part in _reachable(name, inner):
                outer[part].add(name)
        found: dict[tuple[str | None, ...], set[str]] = {}
        for group in codebook.words:
            self._add(found, group.terms, outer[group.name])
        for kind in codebook.types:
            for subtype in kind.subtypes:
                for trigger in subtype.triggers:
                    if trigger.terms:
                        self._add(found, trigger.terms, {inline_group(trigger.line, subtype.name)})
        shared: dict[frozenset[str], frozenset[str]] = {}
        single: dict[str, frozenset[str]] = {}
        # First word -> second word (None for a gap) -> what follows the first word, and the groups.
        multi: dict[str, dict[str | None, list[_Tail]]] = {}
        for pattern, groups in found.items():
            key = frozenset(groups)
            key = shared.setdefault(key, key)
            first = pattern[0]
            assert first is not None  # a phrase never begins with a gap
            if len(pattern) == 1:
                single[first] = key
            else:
                tails = multi.setdefault(first, {})
                tails.setdefault(pattern[1], []).append((pattern[1:], key))
        for tails in multi.values():
            for options in tails.values():  # the longest first; unbroken ones before broken ones
                options.sort(key=lambda option: (None in option[0], -len(option[0])))
        # One look-up a word.
        self._entries: dict[str, _Entry] = {}
        for word in single.keys() | multi.keys():
            tails = multi.get(word, {})
            broken, alone = tails.pop(None, []), single.get(word)
            self._entries[word] = (bool(broken or alone), tails, broken, alone)

    @staticmethod
    def _add(
        found: dict[tuple[str | None, ...], set[str]], terms: Iterable[Term], groups: set[str]
    ) -> None:
        for term in terms:
            for pattern in patterns(term):
                found.setdefault(pattern, set()).update(groups)

    def hits(self, text: Words) -> list[Hit]:
        """Every term in the text, in order. The longest wins, and words inside it do not count."""
        words = text.words
        found: list[Hit] = []
        taken = -1
        # Half of all words begin some phrase ("the army"), and few of those go on as one.
        pairs = zip(map(self._entries.get, words), [*words[1:], ""], strict=False)
        likely = [
            (i, entry)
            for i, (entry, follow) in enumerate(pairs)
            if entry is not None and (entry[0] or follow in entry[1])
        ]
        for i, (_, tails, broken, alone) in likely:
            if i <= taken:
                continue
            if words[i] in _MONTHS and _beside_a_number(words, i):
                continue
            last = -1
            options = tails.get(words[i + 1]) if tails and i + 1 < len(words) else None
            if options or broken:
                for rest, groups in (*(options or ()), *broken):
                    end = _match(text, i, rest)
                    if end < 0:
                        continue
                    if None in rest:  # a broken phrase leaves what stands in its gap to be read
                        found.append(Hit(i, end, groups))
                    elif last < 0:
                        last = end
                        found.append(Hit(i, end, groups))
            if last >= 0:
                taken = last
            elif alone is not None:
                found.append(Hit(i, i, alone))
        return found


def _beside_a_number(words: list[str], i: int) -> bool:
    return any(word.isdigit() for word in (*words[max(0, i - 1) : i], *words[i + 1 : i + 2]))


def inline_group(line: int, subtype: str) -> str:
    """The name under which a trigger's own words are known (no name in a codebook has a `#`)."""
    return f"#{line} {subtype}"


def _match(text: Words, i: int, rest: tuple[str | None, ...]) -> int:
    words, gaps, n = text.words, text.gaps, len(text.words)
    for k, part in enumerate(rest):
        if part is None:  # up to MAX_GAP words, then what follows the gap
            wanted = rest[k + 1]
            for j in range(i + 1, min(i + 2 + MAX_GAP, n)):
                if words[j] == wanted:
                    return _match(text, j, rest[k + 2 :])
                if "\n" in gaps[j] or gaps[j][:1] in ".!?;":
                    break
            return -1
        if i + 1 >= n or words[i + 1] != part or not _JOIN.fullmatch(gaps[i]):
            return -1
        i += 1
    return i


def _reachable(name: str, inner: dict[str, tuple[str, ...]]) -> set[str]:
    seen: set[str] = set()
    stack = [name]
    while stack:
        part = stack.pop()
        if part not in seen:
            seen.add(part)
            stack.extend(inner[part])
    return seen


def patterns(term: Term) -> list[tuple[str | None, ...]]:
    """Every form of a term as a tuple of words, None standing for a gap."""
    parts = [part for part in re.split(r"[ '-]", term.text) if part]
    options: list[list[str | None]] = []
    for i, part in enumerate(parts):
        forms: list[str | None]
        if part == "..":
            forms = [None]
        elif part.endswith("~") or (term.speech == "verb" and i == 0):
            forms = list(verb_forms(part.rstrip("~")))
        elif term.speech == "noun" and i == len(parts) - 1:
            forms = list(noun_forms(part))
        else:
            forms = [part]
        options.append(forms)
    found: list[tuple[str | None, ...]] = [()]
    for forms in options:
        found = [(*head, form) for head in found for form in forms]
    return found

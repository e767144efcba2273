"""One text while its names are weighed: its capitalised words, runs of them, and its people."""

from __future__ import annotations

import re
import string
from collections import Counter
from functools import cached_property

from geo.gazetteer.gazetteer import Gazetteer
from geo.reading import cues
from geo.reading.capitals import Cap, NameLists, capitalised
from geo.reading.language import is_english
from geo.reading.span import Span

_LONGEST_RUN = 12  # words looked at round a name; a text in capitals is one endless run
_SHORT_WORDS = frozenset(["st", "ste", "ft", "mt", "jr", "sr", "no"])
_OPENING = string.whitespace + "\u00a0\u2009\u202f" + "\"“‘'(["
_WORD_AFTER = re.compile(r"[\s]+([^\W\d_]+)")
_NO_NAMES = cues.NOT_SENTENCE_NAMES | cues.STRONG_PREPOSITIONS | cues.WEAK_PREPOSITIONS
_PLAIN = str.maketrans("\u00a0\u2009\u202f\u2010\u2011", "   --")  # "New\u00a0York"
_LOWER_WORD = re.compile(r"(?<![^\W\d_])[a-z][a-z]+")
# "London Breed, the former mayor", "Paris Kanellakis, 61, a teacher".
_OFFICE_AFTER = re.compile(r", (?:\d\d, )?(?:an? |the |his |her )?((?:[A-Za-z-]+ ?){1,4})")
_ENTERING = cues.STRONG_PREPOSITIONS | frozenset(["to", "from", "leave", "leaving", "left"])
_SENTENCE_END = re.compile(
    r"(?:[.!?…:;][\"”’')\]]*\s+|\n\s*|^\s*|[\"“”]\s*|[•*|–—-]\s+)[\"“‘'(\[]*\Z"
)


class Document:
    """What is known of one text while its spans are weighed."""

    def __init__(self, text: str, gazetteer: Gazetteer, lists: NameLists) -> None:
        self.text = text
        self.gazetteer = gazetteer
        self.lists = lists
        self.caps = capitalised(text)
        self.lower_words = Counter(_LOWER_WORD.findall(text))
        self.gaps = [
            text[one.end : two.start].translate(_PLAIN) if two.start - one.end <= 12 else "\0"
            for one, two in zip(self.caps, self.caps[1:], strict=False)
        ] + ["\0"]
        self.shouting = self._shouting()
        self.english = is_english(
            text, self.lower_words, lambda word: gazetteer.word(word) is not None
        )
        self.people: set[str] = set()
        self.namesakes: set[str] = set()  # of its people's given names, those that places bear
        self.chunk_of = self._chunks()

    def _shouting(self) -> bool:
        """Whether capitals mean nothing here: most words are written in them."""
        long_words = [cap for cap in self.caps if len(cap.text) > 3]
        loud = sum(cap.text.isupper() for cap in long_words)
        if not self.lower_words:  # a headline
            return len(long_words) > 2 and loud == len(long_words)
        return (
            len(long_words) > 5
            and loud > 0.7 * len(long_words)
            and (sum(self.lower_words.values()) < len(long_words))
        )

    def _chunks(self) -> list[tuple[int, int]]:
        """For each word, the first and last word of the run of capitalised words it stands in."""
        runs: list[tuple[int, int]] = []
        at = 0
        while at < len(self.caps):
            last = at
            while self.gaps[last] in (" ", "-", ". ") and last + 1 < len(self.caps):
                if self.caps[last].possessive or last - at >= _LONGEST_RUN:
                    break
                if self.gaps[last] == ". " and not self._abbreviates(self.caps[last]):
                    break
                if self.shouting and any(map(self._is_plain, self.caps[last : last + 2])):
                    break
                last += 1
            runs.extend([(at, last)] * (last - at + 1))
            at = last + 1
        return runs

    def _abbreviates(self, cap: Cap) -> bool:
        """Whether the full stop after a word is that of an initial or a title, not a sentence's."""
        return len(cap.text) == 1 or self.is_title(cap) or cap.lower in _SHORT_WORDS

    def _is_plain(self, cap: Cap) -> bool:
        """Whether a word that is written in capitals like all others is no part of a name."""
        if cap.lower in _NO_NAMES:
            return True
        word = self.gazetteer.word(cap.lower)
        ordinary = word is None or word.capital < 0.5
        return ordinary and not self.gazetteer.hits(cap.lower)

    def is_given(self, lower: str) -> bool:
        if lower in self.lists.given:
            return True
        word = self.gazetteer.word(lower)
        return word is not None and word.given >= 0.4 and word.place < 0.05

    def is_title(self, cap: Cap) -> bool:
        return cap.lower.rstrip(".") in self.lists.titles

    def note_people(self, found: list[Span]) -> None:
        """Surnames of the text: the last word of a run that starts with a given name or title."""
        known = {span.first: span for span in found}
        for first, last in dict.fromkeys(self.chunk_of):
            if last == first:
                continue
            if self.caps[first].lower in cues.NAMESAKES and self.is_namesake(first):
                self.namesakes.add(self.caps[first].lower)
                self.people.add(self.caps[first + 1].lower)
                continue
            for at in range(first, last):
                if self.gaps[at] == "-":
                    continue
                cap = self.caps[at]
                named = self.is_title(cap) or (
                    self.is_given(cap.lower) and not self._surely_place(known.get(at))
                )
                if named:
                    rest = [c for c in self.caps[at + 1 : last + 1] if not self.is_title(c)]
                    self.people.update(c.lower for c in rest if not self.is_organisation(c))
                    if not self.is_title(cap):
                        self.people.add(cap.lower)
                    break

    def is_namesake(self, at: int) -> bool:
        """Whether the word is a place's name, but given to a person here: "London Breed, who".

        What follows is a surname, a word that nobody knows, or any word where the two are then
        said to speak or to hold an office.
        """
        first, last = self.chunk_of[at]
        if (
            self.caps[at].lower not in cues.NAMESAKES
            or at != first
            or not 1 <= last - first <= 2
            or self.gaps[at] != " "
            or self.before(self.caps[at].start) in cues.STRONG_PREPOSITIONS
        ):
            return False
        following = self.caps[at + 1].lower
        if (
            following in cues.NO_SURNAMES
            or self.is_title(self.caps[at + 1])
            or any(map(self.is_organisation, self.caps[at + 1 : last + 1]))
        ):
            return False
        if following in self.lists.surnames:
            return True
        if last > first + 1 or self.gazetteer.hits(following):
            return False
        end = self.caps[last].end
        if self.gazetteer.word(following) is None and not self.lower_words[following]:
            return not self.gazetteer.hits(f"{self.caps[at].lower} {following}")
        office = _OFFICE_AFTER.match(self.text, end)
        return self.after(end) in cues.SAYING or bool(
            office and any(word in self.lists.titles for word in office.group(1).lower().split())
        )

    @cached_property
    def entered(self) -> frozenset[str]:
        """Names that the text goes to somewhere: "in Jordan"."""
        return frozenset(cap.lower for cap in self.caps if self.before(cap.start) in _ENTERING)

    @staticmethod
    def _surely_place(span: Span | None) -> bool:
        return span is not None and (
            span.last > span.first or (bool(span.hits) and span.hits[0].rank >= 9)
        )

    def is_organisation(self, cap: Cap) -> bool:
        return cap.lower in self.lists.organisations

    def sentence_start(self, start: int) -> bool:
        return bool(_SENTENCE_END.search(self.text, max(0, start - 8), start))

    def before(self, start: int) -> str:
        """The word before a place in the text, in lower case, quotes and brackets passed over."""
        stretch = self.text[max(0, start - 24) : start].rstrip(_OPENING)
        stop = len(stretch) - stretch.endswith(".")
        first = stop
        while first and stretch[first - 1].isalpha():
            first -= 1
        return stretch[first:].lower() if first < stop else ""

    def after(self, end: int) -> str:
        match = _WORD_AFTER.match(self.text, end, end + 24)
        return match.group(1) if match else ""

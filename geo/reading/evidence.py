"""Weigh what speaks for a span being a place: what it is called and what stands beside it.

Weights are log-odds, set by hand from how English news is written; none is fitted to a corpus.
"""

from __future__ import annotations

import re

from geo.gazetteer.layers import FOREIGN, PREFERRED
from geo.reading import cues
from geo.reading.brands import weigh_brand
from geo.reading.document import Document
from geo.reading.span import SENTENCE_START, Span
from geo.reading.things import is_ware, weigh_thing

_TOWN_ENDS = frozenset(
    ["city", "town", "village", "capital", "settlement", "centre", "center", "of"]
)
_TOWN_BEFORE = re.compile(rf"\b{cues.TOWN}(?: of|,)?\s+\Z")
_TOWN_AFTER = re.compile(
    rf",? (?:the|a|an|its|is the|city of the) (?:[a-z-]+ ){{0,2}}{cues.TOWN}\b"
)
_A_TOWN = re.compile(
    rf", (?:the|a|an) (?:[a-z-]+ ){{0,2}}{cues.TOWN} "
    r"(?:in|of|near|on|at|that|which|where|about|some|with|close|just|outside|(?:north|south|east|west)\w*)\b"
)
# "Georgia's governor", "Georgia Gov. Kemp": of the names of a place, that of a region.
_GOVERNED = re.compile(
    r"(?:['’]s)? (?:(?:lieutenant|former|acting|regional|state|Lt\.) )?"
    r"(?:[Gg]overnor|Gov\.|[Ll]egislature|Lieutenant Governor|[Ss]ecretary of [Ss]tate)(?!\w)"
)
_LESS_USUAL = {PREFERRED: 0.0, FOREIGN: 3.0}  # what a grade of name takes from a place's rank
_LEAST_CENTRE = 4.3  # rank of a town that a region may be called after: 20,000 people
_FOREIGN_TOWN, _FOREIGN_CITY = 5.0, 5.7  # ranks: 100,000 and 500,000 people
_ALIAS_OF = re.compile(r"\b(?:known|nicknamed|dubbed|alias) as \Z")
_ARABIC_ARTICLE = re.compile(r" (?:al|el|ad|ar|as|ash|at|az|ez)-")
_LIST_OF_NAMES = re.compile(r"(?:, (?:[A-Z][a-z]+[ ]?){1,2})*(?:,? (?:and|or|&) |, |/|-)")


# "KYIV (Reuters) -", "Sharon, Conn. --": where a report was filed.
_DATELINE_START = re.compile(r"(?:^|\n|[.!?…\"”]\s)\s*(?:[A-Z][A-Za-z]+ ){0,2}\Z")
DATELINE_END = re.compile(
    r"(?:, [A-Z][\w. ]{1,20})?[ ]?(?:\([A-Z][^)\n]{1,24}\))? ?(?:—|–|--|-) ?(?=[\w\"“])"
)


# "Georgia Republicans": of the names of a place, that of one of the United States.
_AMERICAN = re.compile(
    r"(?:['’]s)? (?:(?:state|State|U\.S\.|US) )?"
    r"(?:Senate|House of Representatives|General Assembly|Republicans?|Democrats?|GOP|"
    r"State Patrol|State Police)(?!\w)"
)


class Evidence:
    """Weighs the spans of one document."""

    def __init__(self, document: Document) -> None:
        self.doc = document
        self._governed: set[str] = set()  # names of countries that are states here ("Georgia")

    @staticmethod
    def _rank_of(span: Span) -> float:
        return span.hits[0].rank if span.hits else 0.0

    def weigh(self, span: Span) -> None:
        self._weigh_name(span)
        before, after = self.doc.before(span.start), self.doc.after(span.end)
        if span.form == "demonym":
            if before in cues.SPEAKING:
                span.weigh(-4.0, "a language")
            elif is_ware(after):
                span.weigh(-4.0, f"before {after}")
            return
        self._weigh_left(span, before)
        self._weigh_right(span, after)
        weigh_thing(self.doc, span, before, after)
        weigh_brand(self.doc, span, before, after)
        if span.surface.isupper() and not self.doc.shouting and self._is_dateline(span):
            span.weigh(3.0, "a dateline")

    def _is_dateline(self, span: Span) -> bool:
        return len(span.surface) > 3 and bool(
            DATELINE_END.match(self.doc.text, span.end)
            and _DATELINE_START.search(self.doc.text, max(0, span.start - 4), span.start)
        )

    def _weigh_name(self, span: Span) -> None:
        if not span.hits:
            return
        best = max(span.hits, key=lambda hit: hit.rank - _LESS_USUAL.get(hit.grade, 1.5))
        if span.form == "demonym":
            span.weigh(2.5, "demonym")
            return
        if best.place.kind in ("country", "continent", "ocean"):
            span.weigh(3.0, best.place.kind)
        elif best.place.kind == "admin1":
            span.weigh(1.8, "first-level region")
        elif best.place.kind == "admin2":
            span.weigh(0.5, "second-level region")
        elif best.place.kind != "settlement":
            span.weigh(1.5, best.place.kind)
        else:
            # From hamlets (-1.6) to cities of millions (+2).
            rank = best.rank - (1.0 if best.grade != PREFERRED else 0.0)
            span.weigh(round(min(2.0, max(-1.6, (rank - 4.6) * 0.9)), 2), "size of the place")
            if best.grade == FOREIGN:
                span.weigh(-1.4, "another name of the place")
        if span.bare_code:
            span.weigh(-6.0 if len(span.surface) == 2 else -2.5, "a bare code")
        lower = span.surface.lower()
        if span.last > span.first:
            words = [self.doc.caps[i].lower for i in range(span.first, span.last + 1)]
            if self.doc.is_given(words[0]) and words[-1] in self.doc.lists.surnames:
                span.weigh(-1.0, "reads like a full name")
            elif best.grade != FOREIGN:
                span.weigh(1.2, "several words")
            if self.doc.caps[span.last].possessive and words[0] in ("st", "saint"):
                span.weigh(-2.5, "a saint's")
        elif best.rank < 9:
            word = self.doc.gazetteer.word(lower)
            if word is not None and not (span.surface.isupper() and len(lower) <= 4):
                if word.capital < -0.5:
                    span.weigh(-2.2, "an ordinary word")
                elif word.capital < 1.0:
                    span.weigh(-1.0, "often an ordinary word")
                if word.place >= 0.12:
                    span.weigh(1.2, "keeps company with cities")
                elif word.given >= 0.25:
                    span.weigh(-1.6, "keeps company with given names")
            if lower in self.doc.lists.given:
                span.weigh(-1.4 if best.rank < 6 else -0.5, "a given name")
            elif lower in self.doc.lists.surnames:
                span.weigh(-0.9 if best.rank < 5.7 else -0.2, "a surname")
            if self.doc.lower_words[lower] and not self.doc.shouting:
                span.weigh(-2.5, "in lower case elsewhere")
            if not self.doc.english:
                self._weigh_foreign(span, best.rank)
        if lower in self.doc.people and best.rank < 9:
            span.weigh(-3.0, "a person of this text")
        elif lower in self.doc.namesakes and lower not in self.doc.entered:
            span.weigh(-4.5, "the given name of a person of this text")

    def _weigh_foreign(self, span: Span, rank: float) -> None:
        """A lone name in another language may be any of its words, above all where one starts."""
        if self.doc.sentence_start(span.start):
            span.weigh(-2.5, "starts a sentence of another language")
        elif rank < _FOREIGN_CITY:
            span.weigh(-2.0 if rank < _FOREIGN_TOWN else -1.0, "a word of another language")

    def _weigh_left(self, span: Span, before: str) -> None:
        gap = self.doc.gaps[span.first - 1] if span.first else "\0"
        text = self.doc.text
        if text[span.start - 1 : span.start] == "-" and text[span.start - 2].islower():
            span.weigh(-2.5, "joined to a word")  # "euro-Atlantic"
        if text[span.start - 1 : span.start] == "/" == text[span.end : span.end + 1]:
            span.weigh(-3.5, "between slashes")  # "A/Victoria/361/2011"
        after_comma = text[max(0, span.start - 2) : span.start].startswith(",")
        town = (
            (after_comma or before in _TOWN_ENDS)
            and _TOWN_BEFORE.search(text, max(0, span.start - 40), span.start)
        ) or _TOWN_AFTER.match(text, span.end)
        span.town = bool(town)
        span.village = town is not None and "village" in town.group()
        if before == "as" and _ALIAS_OF.search(text, max(0, span.start - 16), span.start):
            span.weigh(-3.0, "a nickname")
        if _A_TOWN.match(text, span.end):
            span.weigh(2.0, "a town, as what follows says")
        run_first, run_last = self.doc.chunk_of[span.first]
        if run_first < span.first and gap in (" ", "-", ". "):
            previous = self.doc.caps[span.first - 1]
            if previous.lower in cues.VESSELS:
                span.weigh(-5.0, "a ship's name")
            elif previous.lower in cues.CLUBS_BEFORE:
                span.form = "nested"
                span.weigh(-4.0, f"in the name {previous.text}")
            elif self.doc.is_title(previous):
                span.weigh(-3.0, "after a title")
            elif self.doc.is_given(previous.lower):
                span.weigh(-3.0, "after a given name")
            elif len(previous.text.rstrip(".")) == 1:
                span.weigh(-2.5, "after an initial")
            elif previous.lower in cues.DIRECTIONS or previous.lower in cues.SEAT_WORDS:
                river = span.hits[:1] and span.hits[0].place.kind == "river"
                span.weigh(-1.5 if river else 0.8, "after a direction")
            elif previous.lower in cues.STRONG_PREPOSITIONS:
                span.weigh(2.0, f"after {previous.text}")
            elif previous.lower in cues.NOT_SENTENCE_NAMES and self.doc.sentence_start(
                previous.start
            ):
                if previous.lower == "the":
                    self._weigh_article(span)
            elif self.doc.gazetteer.hits(previous.lower)[:1] and gap == "-":
                span.weigh(0.5, "joined to a place")
            else:
                span.weigh(-1.6, "second half of a name")
            return
        if gap == " of " and self.doc.caps[span.first - 1].lower in cues.PAPERS:
            span.form = "nested"
            span.weigh(-5.0, f"in the name {self.doc.caps[span.first - 1].text}")
        elif gap == " of " and self.doc.is_organisation(self.doc.caps[span.first - 1]):
            span.form = "nested"
            span.weigh(0.6, "within an organisation's name")
        elif before in cues.VESSELS:
            span.weigh(-5.0, "a ship's name")
        elif before in cues.STRONG_PREPOSITIONS:
            span.weigh(2.0, f"after {before}")
        elif before in cues.WEAK_PREPOSITIONS:
            span.weigh(1.0, f"after {before}")
        elif before in cues.DONE_TO_TOWNS:
            span.weigh(1.5, f"after {before}")
        elif before in cues.DONE_TO_TOWNS_TOO and self._stands_alone(span):
            armed = cues.ARMED.search(text, max(0, span.start - 64), span.start)
            span.weigh(1.8 if armed else 0.8, f"after {before}")
        elif before in cues.SEAT_WORDS or before in cues.DIRECTIONS:
            span.weigh(1.2, f"after {before}")
        elif before == "the":
            self._weigh_article(span)
        elif (
            before in ("a", "an")
            and run_last == span.last
            and self.doc.after(span.end).islower()
            and span.surface.lower() not in self.doc.lists.surnames
        ):
            span.weigh(0.8, f"after {before}")
        elif self.doc.sentence_start(span.start) and span.last == span.first:
            if span.surface.lower() in cues.NOT_SENTENCE_NAMES:
                span.weigh(-4.0, SENTENCE_START)
            elif not span.surface.isupper():
                span.weigh(-0.3, SENTENCE_START)

    def _stands_alone(self, span: Span) -> bool:
        """Whether no name goes on after it: "took Soledar on Friday", not "took Martin Lewis"."""
        return self.doc.chunk_of[span.last][1] == span.last

    def _weigh_article(self, span: Span) -> None:
        """ "the Dnipro" is a river; "the Moskva sank" is about a thing of that name."""
        span.article = self.doc.chunk_of[span.last][1] == span.last
        if not span.article or any(
            hit.place.kind in cues.WITH_ARTICLE or hit.rank >= 9 for hit in span.hits
        ):
            return
        after = self.doc.after(span.end).lower()
        if after in cues.THINGS_AFTER and span.last == span.first:
            span.weigh(-3.0, "named like a thing")
        else:
            span.weigh(0.3 if after in cues.AREA_HEADS else -1.5, "after the")

    def _may_be_governed(self, span: Span) -> bool:
        """Whether the region is no part of the country of its name, as the State of Mexico is."""
        if not (span.hits[:1] and span.hits[0].place.kind == "country"):
            return True
        country = span.hits[0].place.country
        return any(
            hit.place.kind == "admin1" and hit.place.country != country
            for hit in self.doc.gazetteer.hits(span.key)
        )

    def _is_american(self, span: Span) -> bool:
        """Whether a country's name is that of a state: its Senate, its party, its university."""
        if not (span.hits[:1] and span.hits[0].place.kind == "country"):
            return False
        of_state = (
            self.doc.before(span.start) == "of"
            and self.doc.caps[span.first - 1].lower == "university"
        )
        return (of_state or bool(_AMERICAN.match(self.doc.text, span.end))) and any(
            hit.place.kind == "admin1" and hit.place.country == "US" and hit.grade == PREFERRED
            for hit in span.hits
        )

    def _weigh_right(self, span: Span, after: str) -> None:
        if self._is_american(span):
            span.kinds = ("admin1",)
            self._governed.add(span.key)
        if _GOVERNED.match(self.doc.text, span.end) and self._may_be_governed(span):
            span.kinds = ("admin1",)
            if span.hits[:1] and span.hits[0].place.kind == "country":
                self._governed.add(span.key)
        run_last = self.doc.chunk_of[span.last][1]
        lower = after.lower()
        joined = self.doc.gaps[span.last] if span.last + 1 < len(self.doc.caps) else "\0"
        if (
            run_last > span.last
            and joined in (" ", "-")
            and not self.doc.caps[span.last].possessive
        ):
            following = self.doc.caps[span.last + 1]
            rest = self.doc.caps[span.last + 2 : run_last + 1]
            if following.lower in cues.AREA_HEADS and not any(map(self.doc.is_organisation, rest)):
                span.kinds = cues.AREA_HEADS[following.lower]
                span.loose = following.lower in cues.LOOSE_HEADS
                span.plural = following.lower.endswith("s")
                span.weigh(1.2, f"before {following.text}")
            elif following.lower in cues.TITLES_AFTER:
                span.form = "nested"
                span.weigh(-5.0, f"in the name {following.text}")
            elif following.lower in cues.TEAMS_AFTER and run_last == span.last + 1:
                span.form = "nested"
                span.weigh(-4.0, f"in the name {following.text}")
            elif following.lower in cues.OFFICES_AFTER:
                span.form = "nested"
                span.weigh(1.0, f"before {following.text}")
            elif any(map(self.doc.is_organisation, self.doc.caps[span.last + 1 : run_last + 1])):
                span.form = "nested"
                span.weigh(0.6, "within an organisation's name")
            elif joined == "-":
                middle = run_last > span.last and self.doc.chunk_of[span.first][0] < span.first
                span.weigh(-2.5 if middle else -0.8, "joined to a name")
            elif self.doc.is_namesake(span.last):
                span.weigh(-5.0, "reads like a full name")
            elif (
                self.doc.is_given(span.surface.lower())
                or following.lower in self.doc.lists.surnames
            ):
                named = self.doc.is_given(span.surface.lower())
                surname = following.lower in self.doc.lists.surnames
                span.weigh(-4.0 if named and surname else -2.2, "before a surname")
            else:
                span.weigh(
                    -0.8 if span.hits and span.hits[0].rank >= 5.3 else -1.5, "first half of a name"
                )
                span.form = "nested"
            return
        if _ARABIC_ARTICLE.fullmatch(joined) and span.last == span.first:
            span.weigh(-3.0, "first half of a name")  # "Ain" of "Ain al-Asad"
            return
        if (
            self.doc.text.startswith("-", span.end)
            and self.doc.text[span.end + 1 : span.end + 2].islower()
        ):
            based = self.doc.text.startswith(("-based", "-born", "-area", "-bound"), span.end)
            kind = self.doc.text.startswith(("-class", "-style", "-type"), span.end)
            span.weigh(1.8 if based else -5.0 if kind else 0.3, "before a hyphen")
            return
        if not self.doc.text.startswith(" ", span.end):
            return
        if cues.DONE_TO_TOWNS_AFTER.match(self.doc.text, span.end):
            span.weigh(1.5, "what is done to a town")
        if lower in cues.AREA_HEADS and after == lower:
            span.kinds = cues.AREA_HEADS[lower]
            span.loose = lower in cues.LOOSE_HEADS
            span.plural = lower.endswith("s")
            span.weigh(1.5 if self._may_be_an_area(span) else 0.2, f"before {lower}")
        elif lower in cues.PLACE_AFTER and after == lower:
            span.weigh(1.0, f"before {lower}")
        elif lower in cues.WARES_AFTER and after == lower:
            span.weigh(-5.0, f"before {lower}")
        elif lower in cues.DISEASES_AFTER:
            span.weigh(-3.5, f"before {lower}")
        elif lower in cues.LOCALS_AFTER and after == lower:
            span.weigh(1.2, f"before {lower}")
        elif lower in cues.SAYING and after == lower and span.hits[:1] and span.hits[0].rank < 9:
            span.weigh(-1.5, f"before {lower}")

    @staticmethod
    def _may_be_an_area(span: Span) -> bool:
        """Whether an area of that name is known, or a town that is big enough to stand for one."""
        return not span.loose or any(
            hit.place.kind in span.kinds or hit.rank >= _LEAST_CENTRE for hit in span.hits
        )

    def share_heads(self, found: list[Span]) -> None:
        """ "Barrow and Jackson counties": a plural head belongs to every name of the list.

        A state that has a governor is meant wherever the text names it.
        """
        for span in found if self._governed else ():
            if span.key in self._governed and not span.kinds and span.form != "demonym":
                span.kinds = ("admin1",)
        for one, two in zip(reversed(found[:-1]), reversed(found), strict=False):
            if not (two.kinds and two.plural and two.start - one.end < 60):
                continue
            if _LIST_OF_NAMES.fullmatch(self.doc.text[one.end : two.start]):
                one.kinds, one.loose, one.plural = two.kinds, two.loose, True
                one.weigh(1.5, "in a list of regions")

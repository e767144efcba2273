"""Find the stretches of a text that may name places, and weigh what speaks for each.

The longest run of capitalised words that the gazetteer knows is a span. What stands beside it and
what English words are like then add up to `evidence`: a log-odds figure, 0 meaning even chances.
Which place a span means is decided later, in `resolve`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from geo.gazetteer.gazetteer import Gazetteer, Hit
from geo.gazetteer.layers import (
    ABBREVIATION,
    ALIAS,
    BASE,
    DEMONYM,
    FOREIGN,
    PREFERRED,
)
from geo.gazetteer.names import normalize
from geo.model import Form, Place
from geo.reading import cues
from geo.reading.capitals import Cap, NameLists, capitalised

_LONGEST = 6  # words in one name
_LONGEST_RUN = 12  # words looked at round a name; a text in capitals is one endless run
_WORD_BEFORE = re.compile(r"([^\W\d_]+[.]?)[\s\"“‘'(\[]*\Z")
_WORD_AFTER = re.compile(r"[\s]+([^\W\d_]+)")
_LOWER_WORD = re.compile(r"(?<![^\W\d_])[a-z][a-z]+")
_SENTENCE_END = re.compile(
    r"(?:[.!?…:;][\"”’')\]]*\s+|\n\s*|^\s*|[\"“”]\s*|[•*|–—-]\s+)[\"“‘'(\[]*\Z"
)
_TOWN = (
    r"(?:city|town|village|capital|settlement|regional cent(?:re|er)|administrative cent(?:re|er))"
)
_TOWN_BEFORE = re.compile(rf"\b{_TOWN}(?: of|,)?\s+\Z")
_TOWN_AFTER = re.compile(rf",? (?:the|a|an|its|is the|city of the) (?:[a-z-]+ ){{0,2}}{_TOWN}\b")
_MONEY = re.compile(r"[$]\w|\W?[A-Z]{2,3}[$]")  # "US$1.19", "$US 15 billion"
_LIST_GAP = re.compile(r",? (?:and|or|&) |, |/|-")


@dataclass(slots=True)
class Span:
    """A candidate mention. `hits` are what the gazetteer knows by that name."""

    start: int
    end: int
    surface: str
    key: str
    hits: tuple[Hit, ...]
    form: Form = "name"
    evidence: float = 0.0
    reasons: list[str] = field(default_factory=list)
    plural: bool = False  # the head word is, so it may belong to names before this one too
    loose: bool = False  # the head word fits a town too ("the Houston region")
    kinds: tuple[str, ...] = ()  # the kinds a head word allows ("region"), empty for any
    container: Span | None = None  # "City, State": what follows the comma
    holds: list[Span] = field(default_factory=list)  # the towns before its comma
    town: bool = False  # "the regional centre of X", "X, the main city"
    article: bool = False  # "the" stands before it
    first: int = 0  # index of its first capitalised word
    last: int = 0

    @property
    def doubtful(self) -> bool:
        """Whether something beside it speaks for a person or a longer name."""
        return any(
            reason.startswith(("after a title", "after a given", "after an initial", "a person",
                               "second half", "first half", "before a surname", "starts"))
            and not reason.startswith("starts a sentence -0.3")
            for reason in self.reasons
        )  # fmt: skip

    @property
    def bare_code(self) -> bool:
        """ "KY", "OR": a state only where a town stands before it."""
        return (
            len(self.surface) <= 3
            and "." not in self.surface
            and self.hits[0].place.kind == "admin1"
            and self.hits[0].grade == ABBREVIATION
        )

    def weigh(self, amount: float, reason: str) -> None:
        self.evidence += amount
        self.reasons.append(f"{reason} {amount:+.1f}")


class Finder:
    """Finds spans; one per process, holding the gazetteer and the name lists."""

    def __init__(self, gazetteer: Gazetteer, lists: NameLists) -> None:
        self.gazetteer = gazetteer
        self.lists = lists

    def find(self, text: str) -> list[Span]:
        """Spans in order of `start`, none overlapping."""
        return _Document(self, text).spans()


class _Document:
    """What is known of one text while its spans are weighed."""

    def __init__(self, finder: Finder, text: str) -> None:
        self.text = text
        self.gazetteer = finder.gazetteer
        self.lists = finder.lists
        self.caps: list[Cap] = capitalised(text)
        self.lower_words = Counter(_LOWER_WORD.findall(text))
        self.gaps = [
            text[one.end : two.start] if two.start - one.end <= 12 else "\0"
            for one, two in zip(self.caps, self.caps[1:], strict=False)
        ] + ["\0"]
        self.shouting = self._shouting()
        self.people: set[str] = set()
        self.chunk_of = self._chunks()

    def _shouting(self) -> bool:
        """Whether capitals mean nothing here: most words are written in them."""
        long_words = [cap for cap in self.caps if len(cap.text) > 3]
        loud = sum(cap.text.isupper() for cap in long_words)
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
                if self.gaps[last] == ". " and len(self.caps[last].text) > 4:
                    break
                last += 1
            runs.extend([(at, last)] * (last - at + 1))
            at = last + 1
        return runs

    # -- spans ------------------------------------------------------------------------------

    def spans(self) -> list[Span]:
        found: list[Span] = []
        at = 0
        while at < len(self.caps):
            span = self._longest(at)
            if span is None:
                at += 1
                continue
            found.append(span)
            at = span.last + 1
        self._note_people(found)
        for span in found:
            self._weigh(span)
        self._share_heads(found)
        found = [span for span in found if span.hits or span.kinds]
        self._link(found)
        return self._with_features(found)

    def _with_features(self, found: list[Span]) -> list[Span]:
        """Add rivers, streets and counties that are not listed; they replace a town inside."""
        known = {at: span for span in found for at in range(span.first, span.last + 1)}
        features = []
        for head, cap in enumerate(self.caps):
            if head in known or not cap.text[0].isupper():
                continue
            if cap.lower in cues.FEATURE_HEADS:
                first, last = self._feature_start(head), head
            elif cap.lower in cues.FEATURE_PREFIXES and head < self.chunk_of[head][1]:
                first, last = head, head + 1
            else:
                continue
            if last == first or self._fits_head(known.get(head - 1), cap.lower):
                continue
            if any(at in known and known[at].last > last for at in range(first, last + 1)):
                continue
            start, end = self.caps[first].start, self.caps[last].end
            surface = self.text[start:end]
            span = Span(start, end, surface, normalize(surface), (), first=first, last=last)
            span.weigh(1.0, f"a feature named {cap.text}")
            features.append(span)
        taken = {at for span in features for at in range(span.first, span.last + 1)}
        kept = [span for span in found if span.first not in taken and span.last not in taken]
        return sorted(kept + features, key=lambda span: span.start)

    def _feature_start(self, head: int) -> int:
        """First word of "Red River": at most two plain words of the run before the head."""
        first = head
        while first > max(self.chunk_of[head][0], head - 2):
            previous = self.caps[first - 1]
            if previous.possessive or previous.lower in cues.NOT_SENTENCE_NAMES:
                break
            first -= 1
        return first

    def _fits_head(self, span: Span | None, head: str) -> bool:
        """Whether the gazetteer can answer for the name with its head ("Kherson Oblast")."""
        if span is None or span.last - span.first > 1:
            return False
        if head in cues.LOOSE_HEADS:
            return True
        kinds = cues.AREA_HEADS.get(head, ())
        return any(hit.place.kind in kinds for hit in self.gazetteer.hits(span.key))

    def _longest(self, at: int) -> Span | None:
        """The longest known name that starts at word `at`."""
        ends = [at]
        while len(ends) < _LONGEST:
            last = ends[-1]
            if last + 1 >= len(self.caps) or self.caps[last].possessive:
                break
            if not cues.CONNECTORS.match(self.gaps[last]):
                break
            ends.append(last + 1)
        for last in reversed(ends):
            span = self._span(at, last)
            if span is not None:
                return span
        return None

    def _span(self, first: int, last: int) -> Span | None:
        start, end = self.caps[first].start, self.caps[last].end
        surface = self.text[start:end]
        if last == first:
            cap = self.caps[first]
            if len(surface) == 1:
                return None
            dotted = surface if "." in surface else f"{surface}."
            if len(surface) <= 6 and self.text.startswith(dotted, start):
                dotted_key = dotted.lower().replace(" ", "")
                hits = self.gazetteer.hits(dotted_key)
                if hits:
                    return Span(start, start + len(dotted), dotted, dotted_key, hits,
                                first=first, last=last)  # fmt: skip
            if cap.lower in self.lists.not_places:
                return None
            if cap.lower in cues.DIRECTIONS or _MONEY.match(self.text, max(0, start - 1)):
                return None
        key = normalize(surface)
        hits = tuple(hit for hit in self.gazetteer.hits(key) if self._allowed(hit, surface))
        if not hits:
            if last == first and surface.endswith("s") and len(surface) > 5:
                hits = tuple(hit for hit in self.gazetteer.hits(key[:-1]) if hit.grade == DEMONYM)
            if not hits:
                return self._base_name(first, last, surface, key)
        form: Form = "demonym" if hits[0].grade == DEMONYM else "name"
        return Span(start, end, surface, key, hits, form, first=first, last=last)

    def _base_name(self, first: int, last: int, surface: str, key: str) -> Span | None:
        """A name that is only known with its head word; kept where the text gives one."""
        if last > first or not any(hit.grade == BASE for hit in self.gazetteer.hits(key)):
            return None
        span = Span(self.caps[first].start, self.caps[last].end, surface, key, ())
        span.first, span.last = first, last
        return span

    def _allowed(self, hit: Hit, surface: str) -> bool:
        if hit.grade == ABBREVIATION:
            # Bare codes only in capitals; "Ky" without its period is no state.
            letters = surface.replace(".", "")
            return letters.isupper() and (len(letters) > 2 or "." in surface or hit.place.kind
                                          in ("country", "admin1", "continent"))  # fmt: skip
        if hit.grade == BASE:
            return False
        if hit.grade in (ALIAS, FOREIGN) and hit.place.kind == "settlement":
            if surface.isupper() and len(surface) <= 4 and not self.shouting:
                return False  # "APC", "PA": letters, not a town
            # A foreign or old name of a small town is rarely what an English text means.
            least = 4.5 if hit.grade == FOREIGN else 3.0
            return hit.rank >= least or len(surface) >= 8
        return True

    # -- people -----------------------------------------------------------------------------

    def _is_given(self, lower: str) -> bool:
        if lower in self.lists.given:
            return True
        word = self.gazetteer.word(lower)
        return word is not None and word.given >= 0.4 and word.place < 0.05

    def _is_title(self, cap: Cap) -> bool:
        return cap.lower.rstrip(".") in self.lists.titles

    def _note_people(self, found: list[Span]) -> None:
        """Surnames of the text: the last word of a run that starts with a given name or title."""
        known = {span.first: span for span in found}
        for first, last in dict.fromkeys(self.chunk_of):
            if last == first:
                continue
            for at in range(first, last):
                if self.gaps[at] == "-":
                    continue
                cap = self.caps[at]
                named = self._is_title(cap) or (
                    self._is_given(cap.lower) and not self._surely_place(known.get(at))
                )
                if named:
                    rest = [c for c in self.caps[at + 1 : last + 1] if not self._is_title(c)]
                    self.people.update(c.lower for c in rest if not self._is_organisation(c))
                    if not self._is_title(cap):
                        self.people.add(cap.lower)
                    break

    @staticmethod
    def _surely_place(span: Span | None) -> bool:
        return span is not None and (
            span.last > span.first or (bool(span.hits) and span.hits[0].rank >= 9)
        )

    def _is_organisation(self, cap: Cap) -> bool:
        return cap.lower in self.lists.organisations

    @staticmethod
    def _rank_of(span: Span) -> float:
        return span.hits[0].rank if span.hits else 0.0

    # -- evidence ---------------------------------------------------------------------------

    def _before(self, start: int) -> str:
        match = _WORD_BEFORE.search(self.text, max(0, start - 24), start)
        return match.group(1).lower() if match else ""

    def _after(self, end: int) -> str:
        match = _WORD_AFTER.match(self.text, end, end + 24)
        return match.group(1) if match else ""

    def _weigh(self, span: Span) -> None:
        self._weigh_name(span)
        if span.form == "demonym":
            if self._before(span.start) in cues.SPEAKING:
                span.weigh(-4.0, "a language")
            return
        self._weigh_left(span)
        self._weigh_right(span)

    def _weigh_name(self, span: Span) -> None:
        if not span.hits:
            return
        best = max(span.hits, key=lambda hit: hit.rank - (1.5 if hit.grade != PREFERRED else 0))
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
            words = [self.caps[i].lower for i in range(span.first, span.last + 1)]
            if self._is_given(words[0]) and words[-1] in self.lists.surnames:
                span.weigh(-1.0, "reads like a full name")
            else:
                span.weigh(1.2, "several words")
            if self.caps[span.last].possessive and words[0] in ("st", "saint"):
                span.weigh(-2.5, "a saint's")
        elif best.rank < 9:
            word = self.gazetteer.word(lower)
            if word is not None and not (span.surface.isupper() and len(lower) <= 4):
                if word.capital < -0.5:
                    span.weigh(-2.2, "an ordinary word")
                elif word.capital < 1.0:
                    span.weigh(-1.0, "often an ordinary word")
                if word.place >= 0.12:
                    span.weigh(1.2, "keeps company with cities")
                elif word.given >= 0.25:
                    span.weigh(-1.6, "keeps company with given names")
            if lower in self.lists.given:
                span.weigh(-1.4 if best.rank < 6 else -0.5, "a given name")
            elif lower in self.lists.surnames:
                span.weigh(-0.9 if best.rank < 5.7 else -0.2, "a surname")
            if self.lower_words[lower] and not self.shouting:
                span.weigh(-2.5, "in lower case elsewhere")
        if lower in self.people and best.rank < 9:
            span.weigh(-3.0, "a person of this text")

    def _sentence_start(self, start: int) -> bool:
        return bool(_SENTENCE_END.search(self.text, max(0, start - 8), start))

    def _weigh_left(self, span: Span) -> None:
        gap = self.gaps[span.first - 1] if span.first else "\0"
        before = self._before(span.start)
        span.town = bool(
            _TOWN_BEFORE.search(self.text, max(0, span.start - 40), span.start)
            or _TOWN_AFTER.match(self.text, span.end)
        )
        run_first, run_last = self.chunk_of[span.first]
        if run_first < span.first and gap in (" ", "-", ". "):
            previous = self.caps[span.first - 1]
            if self._is_title(previous):
                span.weigh(-3.0, "after a title")
            elif self._is_given(previous.lower):
                span.weigh(-3.0, "after a given name")
            elif len(previous.text.rstrip(".")) == 1:
                span.weigh(-2.5, "after an initial")
            elif previous.lower in cues.DIRECTIONS or previous.lower in cues.SEAT_WORDS:
                river = span.hits[:1] and span.hits[0].place.kind == "river"
                span.weigh(-1.5 if river else 0.8, "after a direction")
            elif previous.lower in cues.STRONG_PREPOSITIONS:
                span.weigh(2.0, f"after {previous.text}")
            elif previous.lower in cues.NOT_SENTENCE_NAMES and self._sentence_start(previous.start):
                pass
            elif self.gazetteer.hits(previous.lower)[:1] and gap == "-":
                span.weigh(0.5, "joined to a place")
            else:
                span.weigh(-1.6, "second half of a name")
            return
        if gap == " of " and self._is_organisation(self.caps[span.first - 1]):
            span.form = "nested"
            span.weigh(0.6, "within an organisation's name")
        elif before in cues.STRONG_PREPOSITIONS:
            span.weigh(2.0, f"after {before}")
        elif before in cues.WEAK_PREPOSITIONS:
            span.weigh(1.0, f"after {before}")
        elif before in cues.SEAT_WORDS or before in cues.DIRECTIONS:
            span.weigh(1.2, f"after {before}")
        elif before == "the":
            span.article = run_last == span.last
            if span.article and not any(
                hit.place.kind in cues.WITH_ARTICLE or hit.rank >= 9 for hit in span.hits
            ):
                after = self._after(span.end).lower()
                span.weigh(0.3 if after in cues.AREA_HEADS else -1.5, "after the")
        elif self._sentence_start(span.start) and span.last == span.first:
            if span.surface.lower() in cues.NOT_SENTENCE_NAMES:
                span.weigh(-4.0, "starts a sentence")
            elif not span.surface.isupper():
                span.weigh(-0.3, "starts a sentence")

    def _weigh_right(self, span: Span) -> None:
        run_last = self.chunk_of[span.last][1]
        after = self._after(span.end)
        lower = after.lower()
        joined = self.gaps[span.last] if span.last + 1 < len(self.caps) else "\0"
        if run_last > span.last and joined in (" ", "-") and not self.caps[span.last].possessive:
            following = self.caps[span.last + 1]
            if following.lower in cues.AREA_HEADS:
                span.kinds = cues.AREA_HEADS[following.lower]
                span.loose = following.lower in cues.LOOSE_HEADS
                span.plural = following.lower.endswith("s")
                span.weigh(1.2, f"before {following.text}")
            elif following.lower in cues.TITLES_AFTER:
                span.form = "nested"
                span.weigh(
                    -2.5 if self._rank_of(span) < 9 else -3.5, f"in the name {following.text}"
                )
            elif any(self._is_organisation(c) for c in self.caps[span.last + 1 : run_last + 1]):
                span.form = "nested"
                span.weigh(0.6, "within an organisation's name")
            elif joined == "-":
                span.weigh(-0.8, "joined to a name")
            elif self._is_given(span.surface.lower()) or following.lower in self.lists.surnames:
                span.weigh(-2.2, "before a surname")
            else:
                span.weigh(
                    -0.8 if span.hits and span.hits[0].rank >= 5.3 else -1.5, "first half of a name"
                )
                span.form = "nested"
            return
        if self.text.startswith("-", span.end) and self.text[span.end + 1 : span.end + 2].islower():
            based = self.text.startswith(("-based", "-born", "-area", "-bound"), span.end)
            span.weigh(1.8 if based else 0.3, "before a hyphen")
            return
        if not self.text.startswith(" ", span.end):
            return
        if lower in cues.AREA_HEADS and after == lower:
            span.kinds = cues.AREA_HEADS[lower]
            span.loose = lower in cues.LOOSE_HEADS
            span.plural = lower.endswith("s")
            span.weigh(1.5, f"before {lower}")
        elif lower in cues.PLACE_AFTER and after == lower:
            span.weigh(1.0, f"before {lower}")
        elif lower in cues.DISEASES_AFTER:
            span.weigh(-3.5, f"before {lower}")
        elif lower in cues.LOCALS_AFTER and after == lower:
            span.weigh(1.2, f"before {lower}")
        elif lower in cues.SAYING and after == lower and span.hits[:1] and span.hits[0].rank < 9:
            span.weigh(-1.5, f"before {lower}")

    # -- neighbours -------------------------------------------------------------------------

    def _share_heads(self, found: list[Span]) -> None:
        """ "Barrow and Jackson counties": a plural head belongs to every name of the list."""
        for one, two in zip(reversed(found[:-1]), reversed(found), strict=False):
            if two.kinds and two.plural and _LIST_GAP.fullmatch(self.text[one.end : two.start]):
                one.kinds, one.loose, one.plural = two.kinds, two.loose, True
                one.weigh(1.5, "in a list of regions")

    def _link(self, found: list[Span]) -> None:
        """ "City, State": the second names what holds the first; lists share their evidence."""
        names = [span for span in found if span.form != "demonym"]
        gaps = [self.text[a.end : b.start] for a, b in zip(names, names[1:], strict=False)] + ["\0"]
        for at, (one, two) in enumerate(zip(names, names[1:], strict=False)):
            gap = gaps[at]
            close = gap in (", ", ",", " (", ", in ", ", the ") or (
                gap == " in " and one.hits[:1] and one.hits[0].place.kind == "settlement"
            )
            close = close or (gap == " " and two.hits[0].grade == ABBREVIATION)
            if close and holds(two, one) and not self._in_list_of_regions(names, gaps, at):
                one.container = two
                one.weigh(3.0, f"followed by {two.surface}")
                two.weigh(8.0 if two.bare_code else 2.0, f"holds {one.surface}")
                two.holds.append(one)
            elif _LIST_GAP.fullmatch(gap):
                best = max(one.evidence, two.evidence)
                for span in (one, two):
                    if span.evidence < best and best > 2:
                        span.weigh(min(1.5, (best - span.evidence) / 2), "in a list of places")

    @staticmethod
    def _in_list_of_regions(names: list[Span], gaps: list[str], at: int) -> bool:
        """Whether "Oklahoma, Pennsylvania" is two of a list of states, not a town in a state."""
        areas = ("country", "admin1")
        if names[at].hits[0].place.kind not in areas:
            return False
        before = at > 0 and _LIST_GAP.fullmatch(gaps[at - 1]) and names[at - 1].hits[0].place.kind
        after = _LIST_GAP.fullmatch(gaps[at + 1]) and names[at + 2].hits[0].place.kind
        return before in areas or after in areas


def holds(outer: Span, inner: Span) -> bool:
    """Whether some sense of `outer` is an area that some sense of `inner` lies in."""
    return any(within(one.place, two.place) for two in outer.hits for one in inner.hits)


def within(place: Place, area: Place) -> bool:
    """Whether a place lies in a country, first-level or second-level region, by its codes."""
    if area.kind == "country":
        return place.country == area.country and place.kind != "country"
    if area.kind == "admin1":
        return place.admin1 == area.admin1 and place.kind not in ("admin1", "country")
    if area.kind == "admin2":
        return place.kind == "settlement" and (place.admin1, place.admin2) == (
            area.admin1,
            area.name,
        )
    return False

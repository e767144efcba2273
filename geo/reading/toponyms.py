"""Find the stretches of a text that may name places.

The longest run of capitalised words that the gazetteer knows is a span. What stands beside it and
what English words are like then add up to its `evidence`: log-odds, 0 meaning even chances. Which
place a span means is decided later, in `resolve`.
"""

from __future__ import annotations

import re

from geo.gazetteer.gazetteer import Gazetteer, Hit
from geo.gazetteer.layers import ABBREVIATION, ALIAS, BASE, DEMONYM, FOREIGN, PREFERRED
from geo.gazetteer.names import normalize
from geo.model import Form
from geo.reading import cues
from geo.reading.brands import share_models
from geo.reading.capitals import NameLists
from geo.reading.document import Document
from geo.reading.evidence import Evidence
from geo.reading.links import link
from geo.reading.span import Span, within

_LONGEST = 6  # words in one name
_SITES = frozenset({"site", "lake"})
_SITE_HEAD = re.compile(
    r" (?:(?:nuclear |thermal |hydroelectric )?power (?:plant|station)|nuclear (?:plant|facility)"
    r"|(?:refugee )?camp|(?:border )?crossing|dam|bridge|reservoir|(?:international )?airport"
    r"|air ?base|airfield|military base|base|prison|hospital|refinery|mosque|square|steelworks"
    r"|steel plant|chemical plant|coke plant|mine)\b"
)
_BASE = re.compile(r" (?:airbase|airfield|military base|base)\Z")
_SITE_INITIALS = frozenset("abcdhimnprst")
_CITY = 5.3  # rank of a city of some 200,000
_QUALIFYING = re.compile(
    r",(?: (?:a|the) (?:[a-z-]+ )?(?:town|city|port|village))?(?: in)?(?: the)?"
    r"(?: (?:north|south|east|west|cent)[a-z-]*(?: of)?)? "
)
_MONEY = re.compile(r"[$]\w|\W?[A-Z]{2,3}[$]")  # "US$1.19", "$US 15 billion"


class Finder:
    """Finds spans; one per process, holding the gazetteer and the name lists."""

    def __init__(self, gazetteer: Gazetteer, lists: NameLists) -> None:
        self.gazetteer = gazetteer
        self.lists = lists

    def document(self, text: str) -> Document:
        """A text made ready to be searched."""
        return Document(text, self.gazetteer, self.lists)

    def find(self, document: Document) -> list[Span]:
        """Spans in order of `start`, none overlapping."""
        return _Search(document).spans()


class _Search:
    """The search through one document."""

    def __init__(self, document: Document) -> None:
        self.doc = document
        self.gazetteer, self.lists = document.gazetteer, document.lists

    def spans(self) -> list[Span]:
        evidence = Evidence(self.doc)
        found: list[Span] = []
        at = 0
        while at < len(self.doc.caps):
            span = self._longest(at)
            if span is None:
                at += 1
                continue
            found.append(span)
            at = span.last + 1
        self.doc.note_people(found)
        for span in found:
            evidence.weigh(span)
        evidence.share_heads(found)
        share_models(self.doc, found)
        found = [span for span in found if span.hits or span.kinds]
        link(self.doc, found)
        return self._with_features(found)

    def _with_features(self, found: list[Span]) -> list[Span]:
        """Add rivers, streets and counties that are not listed; they replace a town inside."""
        known = {at: span for span in found for at in range(span.first, span.last + 1)}
        features = []
        for head, cap in enumerate(self.doc.caps):
            if head in known or not cap.text[0].isupper():
                continue
            if cap.lower in cues.FEATURE_HEADS:
                first, last = self._feature_start(head), head
            elif cap.lower in cues.FEATURE_PREFIXES and head < self.doc.chunk_of[head][1]:
                first, last = head, head + 1
            else:
                continue
            if last == first or self._fits_head(known.get(head - 1), cap.lower):
                continue
            if any(at in known and known[at].last > last for at in range(first, last + 1)):
                continue
            start, end = self.doc.caps[first].start, self.doc.caps[last].end
            surface = self.doc.text[start:end]
            span = Span(start, end, surface, normalize(surface), (), first=first, last=last)
            span.weigh(1.0, f"a feature named {cap.text}")
            features.append(span)
        taken = {at for span in features for at in range(span.first, span.last + 1)}
        kept = [span for span in found if span.first not in taken and span.last not in taken]
        return sorted(kept + features, key=lambda span: span.start)

    def _feature_start(self, head: int) -> int:
        """First word of "Red River": at most two plain words of the run before the head."""
        first = head
        while first > max(self.doc.chunk_of[head][0], head - 2):
            previous = self.doc.caps[first - 1]
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
            if last + 1 >= len(self.doc.caps):
                break
            gap = self.doc.gaps[last]
            if self.doc.caps[last].possessive:
                if last > at:
                    break
                gap = gap.lstrip("'’s")  # "Cox's Bazar", "King's Lynn"
            if not cues.CONNECTORS.match(gap):
                break
            ends.append(last + 1)
        for last in reversed(ends):
            span = self._site(at, last) or self._span(at, last)
            if span is not None and not self._only_says_city(span, last):
                return span
        return None

    def _site(self, first: int, last: int) -> Span | None:
        """ "the Kakhovka dam", "Kabul airport": a listed site whose head has no capital."""
        cap = self.doc.caps[last]
        if cap.possessive or self.doc.text[cap.end + 1 : cap.end + 2] not in _SITE_INITIALS:
            return None
        head = _SITE_HEAD.match(self.doc.text, cap.end)
        if head is None:
            return None
        start, end = self.doc.caps[first].start, head.end()
        key = normalize(self.doc.text[start:end])
        for name in (key, _BASE.sub(" air base", key)):
            hits = tuple(hit for hit in self.gazetteer.hits(name) if hit.place.kind in _SITES)
            if hits:
                break
        else:
            return None
        return Span(start, end, self.doc.text[start:end], key, hits, first=first, last=last)

    def _only_says_city(self, span: Span, last: int) -> bool:
        """ "Dublin City Council" is about Dublin, and any Dublin may be meant."""
        alone = self.doc.chunk_of[last][1] == last
        if alone and self.doc.before(span.start) in cues.STRONG_PREPOSITIONS - {"at"} | {"on"}:
            return False  # "in Gaza City", while "Hull City" without a preposition plays
        return (
            span.key.endswith(" city")
            and all(hit.grade != PREFERRED or hit.place.kind == "admin2" for hit in span.hits)
            and bool(self.gazetteer.hits(span.key.removesuffix(" city")))
        )

    def _span(self, first: int, last: int) -> Span | None:
        start, end = self.doc.caps[first].start, self.doc.caps[last].end
        surface = self.doc.text[start:end]
        if last == first:
            cap = self.doc.caps[first]
            if len(surface) == 1:
                return None
            dotted = surface if surface.endswith(".") else f"{surface}."
            if len(surface) <= 6 and self.doc.text.startswith(dotted, start):
                dotted_key = dotted.lower().replace(" ", "")
                hits = self.gazetteer.hits(dotted_key)
                if hits:
                    return Span(start, start + len(dotted), dotted, dotted_key, hits,
                                first=first, last=last)  # fmt: skip
            if cap.lower.replace(".", "") in self.lists.not_places and not (
                self._is_city(first) or self._is_qualified(first)
            ):
                return None
            if cap.lower in cues.DIRECTIONS or _MONEY.match(self.doc.text, max(0, start - 1)):
                return None
        key = normalize(surface)
        if last > first and key in self.lists.not_places:
            return None
        hits = tuple(hit for hit in self.gazetteer.hits(key) if self._allowed(hit, surface))
        if not hits:
            if last == first and surface.endswith("s") and len(surface) > 5:
                hits = tuple(hit for hit in self.gazetteer.hits(key[:-1]) if hit.grade == DEMONYM)
            if not hits:
                return self._base_name(first, last, surface, key)
        form: Form = "name"
        if hits[0].grade == DEMONYM and not self._names_a_town(hits, first):
            form = "demonym"
        return Span(start, end, surface, key, hits, form, first=first, last=last)

    def _is_city(self, at: int) -> bool:
        """ "on the seafront of Nice": an ordinary word, where only the city can be meant."""
        cap = self.doc.caps[at]
        before = self.doc.before(cap.start)
        return (
            (before in cues.STRONG_PREPOSITIONS or before == "of")
            and self.doc.chunk_of[at] == (at, at)
            and (at == 0 or not cues.CONNECTORS.match(self.doc.gaps[at - 1]))
            and not self.doc.shouting
            and any(
                hit.grade == PREFERRED and hit.place.kind == "settlement" and hit.rank >= _CITY
                for hit in self.gazetteer.hits(cap.lower)
            )
        )

    def _is_qualified(self, at: int) -> bool:
        """ "Turbo, Antioquia", "Man, in western Ivory Coast": an ordinary word with its region."""
        cap = self.doc.caps[at]
        if not self.doc.text.startswith(",", cap.end):
            return False
        last_of_run = min(at + 4, len(self.doc.caps))
        if at + 1 == last_of_run or not _QUALIFYING.fullmatch(
            self.doc.text[cap.end : self.doc.caps[at + 1].start]
        ):
            return False
        towns = [
            hit.place
            for hit in self.gazetteer.hits(cap.lower)
            if hit.grade == PREFERRED and hit.place.kind == "settlement"
        ]
        for last in range(at + 1, last_of_run if towns else at):
            name = self.doc.text[self.doc.caps[at + 1].start : self.doc.caps[last].end]
            areas = [
                hit.place
                for hit in self.gazetteer.hits(normalize(name))
                if hit.place.kind in ("country", "admin1") and hit.grade in (PREFERRED, ALIAS)
            ]
            if any(within(town, area) for town in towns for area in areas):
                return True
        return False

    def _names_a_town(self, hits: tuple[Hit, ...], first: int) -> bool:
        """ "in Norman": a town of that name, and nothing that a region's people are called."""
        return (
            hits[0].rank < 9
            and any(hit.grade == PREFERRED and hit.rank >= 4 for hit in hits)
            and self.doc.before(self.doc.caps[first].start)
            in cues.STRONG_PREPOSITIONS | cues.WEAK_PREPOSITIONS
        )

    def _base_name(self, first: int, last: int, surface: str, key: str) -> Span | None:
        """A name that is only known with its head word; kept where the text gives one."""
        if last > first or not any(hit.grade == BASE for hit in self.gazetteer.hits(key)):
            return None
        span = Span(self.doc.caps[first].start, self.doc.caps[last].end, surface, key, ())
        span.first, span.last = first, last
        return span

    def _allowed(self, hit: Hit, surface: str) -> bool:
        if hit.grade == ABBREVIATION:
            # Bare codes only in capitals; "Ky" without its period is no state.
            letters = surface.replace(".", "")
            if "." in surface and len(letters) == 2 and hit.place.kind == "admin1":
                # "N.Y." is New York, but "M.D." a doctor.
                return " " in hit.place.name and letters.isupper()
            return letters.isupper() and (len(letters) > 2 or "." in surface or hit.place.kind
                                          in ("country", "admin1", "continent"))  # fmt: skip
        if hit.grade == BASE:
            return False
        if surface.isupper() and len(surface) <= 4 and not self.doc.shouting:
            other = hit.grade in (ALIAS, FOREIGN) and hit.place.kind in ("settlement", "admin2")
            if (other or hit.place.kind == "region") and not _is_acronym(surface, hit.place.name):
                return False  # "APC", "SWAT": letters, not a place
        if hit.grade in (ALIAS, FOREIGN) and hit.place.kind == "settlement":
            # A foreign or old name of a small town is rarely what an English text means.
            least = 4.5 if hit.grade == FOREIGN else 3.0
            return hit.rank >= least or len(surface) >= 8
        return True


def _is_acronym(letters: str, name: str) -> bool:
    """Whether capitals are the initials of a name ("EU", "NYC")."""
    return [word[0] for word in name.split() if word[0].isupper()] == list(letters)

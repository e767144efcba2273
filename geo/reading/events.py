"""Events: what happened, where, when, by whom and to whom, read from a text.

`find_events` goes sentence by sentence. The codebook's triggers give the type (`triggers`); then
come status (`status`), places (`roles`), date (`dates`), casualties (`casualties`) and actors
(`actors`). What a sentence does not say is taken from the ones before it where that is fair.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

from geo.codebook import Codebook
from geo.gazetteer.gazetteer import distance_km
from geo.model import Event, EventPlace, Mention, Place
from geo.reading.actors import country_name, find_actors
from geo.reading.clauses import Sentence, breaks_of, clause_of
from geo.reading.continuing import GOES_ON, is_open, told_again, with_toll
from geo.reading.counts import with_counts
from geo.reading.evidence import DATELINE_END
from geo.reading.hits import is_heading, literal, with_mentions
from geo.reading.roles import can_locate, spots
from geo.reading.several import Several
from geo.reading.status import standing
from geo.reading.terms import Hit, Words, tokenize
from geo.reading.timeline import RECENT_DAYS, Timeline
from geo.reading.triggers import Sense, TriggerTable
from geo.reading.vocabulary import word_set
from geo.reading.where import TAKEN, PlaceFinder

FAR_KM = 100.0
LEAST_SCORE = 3.0  # weaker readings are no events
LEAD_DECAY = 0.05  # a later sentence is less likely to tell the main event, by this share each
PLANNED_SHARE = 0.85  # what is only planned seldom is the main event
PAST_SHARE = 0.6
MOST_HITS = 150  # terms read in one sentence; no sentence has more, some megabytes of noise do
# A result: not "2023-24", a range of figures with words for what they count, or a clock.
_SCORE = re.compile(
    r"(?<![\d-])(?<!\bon )\d{1,2}[-–]\d{1,2}"
    r"(?=[.,;)]|$| (?:in|at|on|win|victory|defeat|away|home)\b)"
)
_REGAINED, _OVERTAKEN = "Government regains territory", "Non-state actor overtakes territory"
_ORDINALS = word_set("second third fourth fifth sixth seventh eighth ninth tenth latest")
_ARMS = frozenset(["plane", "artillery", "bomb", "suicide", "grenade", "drones", "disaster"])
_SHOWS = word_set("tell tells told show shows showed showing depict depicts about recalls scenes")
_ABROAD = frozenset(["who", "from", "of"])
_WHO = frozenset(
    ["soldiers", "militants", "police", "civilians", "protesters", "quantity", "crowd", "mob"]
)
_STATES = frozenset({"Living conditions"})
_ARMED = frozenset({"Battles", "Explosions/Remote violence", "Violence against civilians"})


def _are_far(a: Place, b: Place) -> bool:
    """Whether no crowd of one place is met in the other."""
    return a.is_point and b.is_point and distance_km(a.lat, a.lon, b.lat, b.lon) > FAR_KM


@lru_cache(maxsize=4)
def _table(codebook: Codebook) -> TriggerTable:
    return TriggerTable(codebook)


def find_events(
    text: str,
    sentences: Sequence[tuple[int, int]],
    mentions: Sequence[Mention],
    published: date | None,
    codebook: Codebook,
) -> tuple[Event, ...]:
    """Every event in a text, the main one first, the rest in order.

    text : the article. sentences : (start, end) in characters, in order. mentions : in order of
    `start`; events name them by index. published : what relative dates are counted from.
    """
    return _Reader(text, sentences, mentions, published, _table(codebook)).read()


class _Reader:
    def __init__(
        self,
        text: str,
        sentences: Sequence[tuple[int, int]],
        mentions: Sequence[Mention],
        published: date | None,
        table: TriggerTable,
    ) -> None:
        self.text, self.mentions, self.published, self.table = text, mentions, published, table
        self.words = tokenize(text)
        self.names = {
            m.place.country: m.place.name for m in mentions if m.place and m.place.kind == "country"
        }
        self.sentences = self._cut(sentences)
        self.where = PlaceFinder(text, self.words, self.sentences, mentions, table.verbs)
        # Events that may go on: the last sentence that told of each, its own, and its number there.
        self.told: list[tuple[int, int, int]] = []
        self.timeline = Timeline(text, self.words, self.sentences, published, table.heads)

    def _cut(self, bounds: Sequence[tuple[int, int]]) -> list[Sentence]:
        words = self.words
        hits = literal(self.text, words, self.table.lexicon.hits(words))
        hits = with_counts(words, hits)
        placed = spots(words, self.mentions)
        hits = with_mentions(hits, placed)
        firsts = [hit.first for hit in hits]
        mentioned = [mention.start for mention in self.mentions]
        stop = high = after = 0
        found = []
        for start, end in bounds:
            begin = bisect_left(words.starts, start, stop)
            stop = bisect_left(words.starts, end, begin)
            low = bisect_left(firsts, begin, high)
            high = bisect_left(firsts, stop, low)
            before = bisect_left(mentioned, start, after)
            after = bisect_left(mentioned, end, before)
            own = hits[low : min(high, low + MOST_HITS)]
            if len(bounds) > 1 and is_heading(self.text, start, end, stop - begin):
                own = []
            sentence = Sentence(start, end, begin, stop, own, placed[before:after])
            sentence.filed_end = self._after_dateline(sentence)
            sentence.filed = bisect_left(words.starts, sentence.filed_end, begin, stop)
            found.append(sentence)
        return found

    def _after_dateline(self, sentence: Sentence) -> int:
        """The character after "KANO, Nigeria (AP) - ", or the first of the sentence."""
        first = sentence.spots[0] if sentence.spots else None
        if first is None or first.first != sentence.begin or not first.mention.surface.isupper():
            return sentence.start
        filed = DATELINE_END.match(self.text, first.mention.end)
        return filed.end() if filed else sentence.start

    def read(self) -> tuple[Event, ...]:
        for number, sentence in enumerate(self.sentences):
            self._read_sentence(number, sentence)
        events: list[Event] = []
        ranks: list[float] = []
        for number, sentence in enumerate(self.sentences):
            for event, score in zip(sentence.events, sentence.scores, strict=True):
                events.append(event)
                share = PLANNED_SHARE if event.status == "planned" else 1.0
                if self._is_past(event):
                    share *= PAST_SHARE
                ranks.append(score * share * (1.0 - LEAD_DECAY * min(number, 8)))
        if not events:
            return ()
        main = max(range(len(events)), key=lambda k: (ranks[k], -k))
        return (events[main], *events[:main], *events[main + 1 :])

    def _is_past(self, event: Event) -> bool:
        """Whether an event lies so far back that the article only recalls it."""
        if self.published is None or event.date_end is None:
            return False
        return (self.published - event.date_end).days > RECENT_DAYS

    def _read_sentence(self, number: int, sentence: Sentence) -> None:
        if number and self.sentences[number - 1].events:
            self._among_them(number, sentence)
        table = self.table
        if not sentence.hits or not table.has_heads(sentence.hits):
            self._add_toll(number, sentence)
            return
        senses = [sense for sense in self._senses(number) if sense.score >= LEAST_SCORE]
        if senses and (self._is_sport(sentence) or self._counts_again(number, sentence)):
            return
        several = Several(self.words, self.mentions, sentence)
        for sense in senses:
            event = self._event(number, sentence, sense) if several.is_further(sense) else None
            if event is not None:
                several.add(sense, event)
        if not several.taken:
            self._add_toll(number, sentence)
            return
        several.give_places(
            senses,
            lambda sense, clause: self.where.places(number, sentence, sense.hit, clause, sense),
        )
        several.give_casualties()
        taken = sorted(several.taken, key=lambda pair: pair[1].trigger_start)
        taken = [pair for pair in taken if not self._goes_on(number, sentence, pair[1])]
        sentence.events = [event for _, event in taken]
        sentence.scores = [sense.score for sense, _ in taken]
        told = ((number, k) for k, event in enumerate(sentence.events) if is_open(event))
        self.told += [(number, *where) for where in told]

    def _senses(self, number: int) -> list[Sense]:
        """What a sentence may tell of, best first; parts about different places on their own."""
        sentence, table = self.sentences[number], self.table
        around = self._near_by(number, number - 1) | self._near_by(number, number + 1)
        sentence.breaks = breaks_of(self.words, sentence, table.heads - _WHO, _WHO)
        if not sentence.breaks:
            return table.read(self.words, sentence.hits, around)
        senses: list[Sense] = []
        for low, high in pairwise((sentence.begin, *sentence.breaks, sentence.stop)):
            own = [hit for hit in sentence.hits if low <= hit.first < high]
            senses += table.read(self.words, own, around)
        return sorted(senses, key=lambda sense: (-sense.score, sense.hit.first))

    def _near_by(self, number: int, other: int) -> int:
        """The groups met in another sentence, unless both tell of places far from each other."""
        present = self._present(other)
        if not present:
            return 0
        here, there = (
            [
                spot.mention.place
                for spot in self.sentences[k].spots
                if can_locate(spot) and spot.mention.place is not None
            ]
            for k in (number, other)
        )
        apart = here and there and all(_are_far(a, b) for a in here for b in there)
        return 0 if apart else present

    def _present(self, number: int) -> int:
        """The groups met in a sentence, as bits; 0 where there is none."""
        if not 0 <= number < len(self.sentences):
            return 0
        sentence = self.sentences[number]
        if sentence.present is None:
            sentence.present = self.table.present(sentence.hits)
        return sentence.present

    def _goes_on(self, number: int, sentence: Sentence, event: Event) -> bool:
        """Whether a reading is of an event told of before, which then has what it adds."""

        def again(told: Event) -> Event | None:
            return told_again(self.words, self.mentions, told, sentence, event)

        return self._add(number, again)

    def _add_toll(self, number: int, sentence: Sentence) -> None:
        """Give the toll of a sentence that tells of nothing else to the event before it."""
        self._add(number, lambda told: with_toll(self.words, told, sentence))

    def _add(self, number: int, more: Callable[[Event], Event | None]) -> bool:
        """Put the latest event that a sentence adds to in place of what it was."""
        for at in range(len(self.told) - 1, -1, -1):
            last, holder, k = self.told[at]
            if number - last > GOES_ON:
                break
            new = more(self.sentences[holder].events[k]) if holder != number else None
            if new is not None:
                self.sentences[holder].events[k] = new
                del self.told[at]
                self.told.append((number, holder, k))
                return True
        return False

    def _among_them(self, number: int, sentence: Sentence) -> None:
        """ "Forty towns were shelled. Nyala was among them": it is the place of those."""
        own = self.words.words[sentence.begin : sentence.stop]
        before = self.sentences[number - 1].events
        at = own.index("among") if "among" in own else 0
        if own[at + 1 : at + 2] != ["them"] or not _ABROAD.isdisjoint(own[:at]):
            return  # "those who defended Nyala were among them": people, not places
        places = self.where.named(sentence)
        if places:
            before[-1] = replace(before[-1], places=places)

    def _is_sport(self, sentence: Sentence) -> bool:
        groups: set[str] = set()
        for hit in sentence.hits:
            groups |= hit.groups
        serious = {"militants", "soldiers", "police", "protesters", "kill", "civil_place", "mob"}
        if "stage" in groups:
            own = self.words.words[sentence.begin : sentence.stop]
            if not _SHOWS.isdisjoint(own) or groups.isdisjoint(serious | _ARMS):
                return True
        if len(groups & serious) >= 2:
            return False
        if "sport" in groups:
            return True
        dashed = any(self.text.find(dash, sentence.start, sentence.end) >= 0 for dash in "-–")
        # "beat the visitors 3-1"
        return dashed and bool(_SCORE.search(self.text, sentence.start, sentence.end))

    def _counts_again(self, number: int, sentence: Sentence) -> bool:
        """ "It was the third attack this year": said of what was just told, and no other."""
        opening = self.words.words[sentence.begin : sentence.begin + 3]
        return (
            any(one.events for one in self.sentences[max(0, number - GOES_ON) : number])
            and opening[:1] in (["it"], ["this"], ["that"])
            and opening[1:]
            in (
                ["was", "the"],
                ["is", "the"],
                ["was", "a"],
                ["is", "a"],
                ["was", "one"],
                ["is", "one"],
            )
            and (not sentence.dates or opening[1:] == ["was", "the"] and self._is_nth(sentence))
        )

    def _is_nth(self, sentence: Sentence) -> bool:
        """ "It was the third grenade attack in the city this year": counted over a time."""
        said = self.words.words[sentence.begin + 3 : sentence.begin + 4]
        return not _ORDINALS.isdisjoint(said) and all(
            span.precision in ("month", "year") for span in sentence.dates
        )

    def _event(self, number: int, sentence: Sentence, sense: Sense) -> Event | None:
        words, hit = self.words, sense.hit
        clause = clause_of(self.words, sentence, hit)
        bounds = (sentence.begin, sentence.stop)
        state = standing(words, hit.first, hit.last, bounds, clause)
        if state.status is None:
            return None
        status = state.status
        span, inherited_date = self.timeline.of_event(
            number, hit, clause,
            carries_on=self.timeline.is_account or sense.type != "Statements and diplomacy",
        )  # fmt: skip
        if span is not None and self.timeline.is_history(span):
            return None
        if sense.subtype in _STATES and status == "occurred":
            status = "ongoing"  # how people live is no deed that is over
        places = self.where.places(number, sentence, hit, clause, sense)
        subtype = sense.subtype
        if subtype in TAKEN:
            subtype = self._by_whose_army(sentence, hit, places) or subtype
        claimed_by = ""
        if state.claim >= 0 and state.status == "claimed":
            claimed_by = self._who(sentence, state.claim)
        elif "claimed" in words.words[sentence.begin : sentence.stop]:
            claimed_by = self._responsible(sentence)
        mentions = [spot.mention for spot in sentence.spots]
        confidence = min(0.97, 0.35 + sense.score * 0.06)
        if state.status in ("claimed", "denied", "planned"):
            confidence *= 0.9
        return Event(
            type=sense.type,
            subtype=subtype,
            status=status,
            start=sentence.start,
            end=sentence.end,
            trigger_start=words.starts[hit.first],
            trigger_end=words.end(hit.last),
            date_start=span.date_start if span else None,
            date_end=span.date_end if span else None,
            date_precision=span.precision if span else "unknown",
            date_reason=span.reason if span else "",
            places=places,
            actors=find_actors(words, sentence.hits, mentions, self.names),
            claimed_by=claimed_by,
            instrument=_instrument(words, sentence.hits) if sense.type in _ARMED else "",
            confidence=round(confidence * (0.95 if inherited_date else 1.0), 3),
        )

    def _by_whose_army(self, sentence: Sentence, hit: Hit, places: tuple[EventPlace, ...]) -> str:
        """Which of the two ways of taking ground it is, where a state's army took it: its own land
        regains a government, another's is overtaken by no state of that place."""
        located = [self.mentions[p.mention].place for p in places if p.role == "location"]
        countries = {place.country for place in located if place is not None and place.country}
        words = self.words.words
        by = "by" in words[hit.last + 1 : hit.last + 4]
        doers = [
            spot.mention.place.country
            for spot in sentence.spots
            if spot.mention.form in ("demonym", "metonym")
            and spot.mention.place is not None
            and (hit.last < spot.first < hit.last + 6 if by else spot.last < hit.first)
            and any(0 < h.first - spot.last < 4 and "soldiers" in h.groups for h in sentence.hits)
        ]
        if not countries or not doers:
            return ""
        return _REGAINED if (doers[0] if by else doers[-1]) in countries else _OVERTAKEN

    def _who(self, sentence: Sentence, at: int) -> str:
        """Who stands before a word of claiming."""
        for spot in reversed(sentence.spots):
            if spot.first < at and at - spot.last < 5 and spot.mention.place:
                return country_name(spot.mention, self.names)
        inside = [h for h in sentence.hits if h.first < at and at - h.last < 8]
        actors = find_actors(
            self.words, inside[-2:], [s.mention for s in sentence.spots], self.names
        )
        return actors[-1] if actors else ""

    def _responsible(self, sentence: Sentence) -> str:
        words = self.words.words
        for k in range(sentence.begin, sentence.stop - 1):
            if words[k] == "claimed" and words[k + 1] == "responsibility":
                return self._who(sentence, k)
        return ""


_INSTRUMENTS = (
    ("suicide", "suicide bomb"),
    ("chemical", "chemical agent"),
    ("plane", "air strike"),
    ("artillery", "artillery"),
    ("grenade", "grenade"),
    ("bomb", "bomb"),
    ("unarmed_weapon", ""),
)


def _instrument(words: Words, hits: Sequence[Hit]) -> str:
    """The weapon that a sentence names, in one word or two."""
    for group, name in _INSTRUMENTS:
        for hit in hits:
            if group in hit.groups:
                own = " ".join(words.words[hit.first : hit.last + 1])
                for word in ("drone", "missile", "mortar", "rocket", "landmine", "car bomb", "ied"):
                    if word in own:
                        return word if word != "ied" else "IED"
                return name or own
    return ""

"""Several events of one sentence: which readings are further events, and what each has its own.

"In Zamfara gunmen abducted ten pupils, and in Kaduna they killed five farmers" tells of two things;
"shells hit Kherson, destroying a school" of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from geo.model import Event, EventPlace, Mention
from geo.reading import casualties as harm
from geo.reading.clauses import Sentence, clause_of, part_of
from geo.reading.roles import can_locate
from geo.reading.terms import Words
from geo.reading.triggers import Sense

SECOND_SCORE = 6.0  # a further event of the same sentence needs this
_VIOLENT = frozenset(
    {
        "Battles",
        "Explosions/Remote violence",
        "Violence against civilians",
        "Protests",
        "Riots",
    }
)
_ARMED = frozenset({"Battles", "Explosions/Remote violence", "Violence against civilians"})
_CROWDS = frozenset({"Protests", "Riots"})
_GOING_ON = frozenset(["and", "while", "but"])
_AT = frozenset(["in", "at", "near"])
Find = Callable[[Sense, tuple[int, int]], tuple[EventPlace, ...]]


class Several:
    """The events of one sentence while they are read, best first.

    taken : each with the reading that it comes from.
    """

    def __init__(self, words: Words, mentions: Sequence[Mention], sentence: Sentence) -> None:
        self.words, self.mentions, self.sentence = words, mentions, sentence
        self.taken: list[tuple[Sense, Event]] = []

    def add(self, sense: Sense, event: Event) -> None:
        """Take an event in."""
        self.taken.append((sense, self._less(event)))

    def is_further(self, sense: Sense) -> bool:
        """Whether a reading is another event than those already read from the sentence."""
        if not self.taken:
            return True
        if self.sentence.breaks:
            low, high = part_of(self.sentence, sense.hit.first)
            if not any(low <= other.hit.first < high for other, _ in self.taken):
                return True
        if sense.score < SECOND_SCORE:
            return False
        clause = clause_of(self.words, self.sentence, sense.hit)
        result = clause[0] == sense.hit.first and self.words.words[clause[0]].endswith("ing")
        if result and not self._has_own(clause):
            return False  # ", destroying three helicopters": what came of it
        apart = self._is_apart(clause)
        for other, event in self.taken:
            if other.hit.first <= sense.hit.last and sense.hit.first <= other.hit.last:
                return False
            if clause_of(self.words, self.sentence, other.hit) == clause:
                return False
            kin = {sense.type, other.type}
            if sense.subtype == other.subtype:
                if not apart:
                    return False
            elif kin <= _CROWDS and not self._is_calm_elsewhere(sense, event):
                return False
            if sense.type == other.type and not self._has_own(clause):
                return False
            if (
                "Strategic developments" not in kin
                and event.type in _VIOLENT
                and not self._has_own(clause)
            ):
                return False
        return True

    def give_places(self, senses: Sequence[Sense], find: Find) -> None:
        """ "Rockets hit Ashkelon, and a woman in Sderot was killed": the harm was the rockets'."""
        words = self.words.words
        clauses = [clause_of(self.words, self.sentence, sense.hit) for sense, _ in self.taken]
        for sense in senses:
            clause = clause_of(self.words, self.sentence, sense.hit)
            if clause in clauses or words[sense.hit.first] not in harm.WORDS:
                continue
            if not self._is_apart(clause):
                continue
            for k, (cause, event) in enumerate(self.taken):
                if event.type in _ARMED and cause.hit.first < clause[0]:
                    found = find(sense, clause)
                    known = {place.mention for place in event.places}
                    new = [p for p in found if p.role == "location" and p.mention not in known]
                    self.taken[k] = cause, replace(event, places=(*event.places, *new))
                    break

    def give_casualties(self) -> None:
        """The dead and injured go to the violent event nearest to where they stand, of those that
        the same part of the sentence tells of."""
        begin = self.sentence.begin
        several = self.taken if len(self.taken) > 1 else ()
        ends = {clause_of(self.words, self.sentence, sense.hit) for sense, _ in several}
        cuts = {low for low, high in ends if self._is_apart((low, high))}
        if several:
            inner = range(begin + 1, self.sentence.stop)
            cuts |= {k for k in inner if self.words.gaps[k - 1].startswith(";")}
        for end in sorted(cuts):
            self._give_part(begin, end)
            begin = end
        self._give_part(begin, self.sentence.stop)

    def _give_part(self, begin: int, end: int) -> None:
        found = harm.find_casualties(self.words, begin, end)
        if found.at < 0:
            return
        told = [k for k, (sense, _) in enumerate(self.taken) if begin <= sense.hit.first < end]
        told = told or list(range(len(self.taken)))
        # Or else an earthquake, an interception: somebody died of it.
        violent = [k for k in told if self.taken[k][1].type in _VIOLENT] or told[:1]
        k = min(violent, key=lambda k: abs(self.taken[k][0].hit.first - found.at))
        sense, event = self.taken[k]
        self.taken[k] = (
            sense,
            replace(
                event,
                fatalities_low=found.dead[0],
                fatalities_high=found.dead[1],
                injured_low=found.hurt[0],
                injured_high=found.hurt[1],
            ),
        )

    def _less(self, event: Event) -> Event:
        """A crowd's event without the towns where a graver one of its sentence has it."""
        graver = {
            self.mentions[place.mention].surface
            for _, other in self.taken
            if {event.type, other.type} <= _CROWDS and event.subtype != other.subtype
            for place in other.places
        }
        rest = tuple(p for p in event.places if self.mentions[p.mention].surface not in graver)
        return replace(event, places=rest) if graver and rest else event

    def _has_own(self, clause: tuple[int, int]) -> bool:
        """Whether a clause has a date or a place of its own."""
        words = self.words
        low, high = words.starts[clause[0]], words.end(clause[1] - 1)
        return any(low <= span.start < high for span in self.sentence.dates) or any(
            clause[0] <= spot.first < clause[1] and can_locate(spot) for spot in self.sentence.spots
        )

    def _is_calm_elsewhere(self, sense: Sense, event: Event) -> bool:
        """ "Workers marched in Lagos and Abuja; police fired tear gas in Abuja": two protests."""
        words = self.words.words
        low, high = clause_of(self.words, self.sentence, sense.hit)
        known = {self.mentions[place.mention].surface for place in event.places}
        return sense.subtype == "Peaceful protest" and any(
            low <= spot.first < high
            and can_locate(spot)
            and words[spot.first - 1] in _AT
            and spot.mention.surface not in known
            for spot in self.sentence.spots
        )

    def _is_apart(self, clause: tuple[int, int]) -> bool:
        """Whether a clause goes on to what was elsewhere: "and in Quito a car exploded"."""
        words = self.words.words
        first, stop = clause
        joined = words[first] in _GOING_ON or self.words.gaps[first - 1].startswith(";")
        if first in self.sentence.breaks:
            return True
        return (
            first > self.sentence.begin
            and joined
            and any(
                first <= spot.first < stop and can_locate(spot) and words[spot.first - 1] in _AT
                for spot in self.sentence.spots
            )
        )

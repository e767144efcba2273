"""Where an event happened: of its sentence's places its own, or those of the sentences before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from geo.model import EventPlace, Mention, Role
from geo.reading.clauses import Sentence, clause_of
from geo.reading.roles import Spot, in_list, place_list, roles
from geo.reading.terms import Hit, Words

INHERITED = 0.6  # confidence of a place that an earlier sentence gave, as a share
LOOK_BACK = 4  # sentences
# Of what is only said and signed, most places named are what it is about.
_SPOKEN = frozenset({"Statements and diplomacy"})


class PlaceFinder:
    """Finds the places of events in one text; `verbs` are the groups that tell of a deed."""

    def __init__(
        self,
        words: Words,
        sentences: Sequence[Sentence],
        mentions: Sequence[Mention],
        verbs: frozenset[str],
    ) -> None:
        self.words, self.sentences, self.mentions, self.verbs = words, sentences, mentions, verbs

    def places(
        self, number: int, sentence: Sentence, hit: Hit, clause: tuple[int, int], kind: str
    ) -> tuple[EventPlace, ...]:
        neighbour = self._neighbour(sentence, hit)
        if neighbour is not None:
            return (neighbour,)
        bounds = (sentence.begin, sentence.stop)
        found = roles(self.words, sentence.spots, (hit.first, hit.last), *bounds)
        found = self._nearest(sentence, hit, clause, found)
        if kind in _SPOKEN:
            found = self._venue(hit, found)
        elif not any(role != "origin" for _, role in found):
            return (*place_list(found), *self._inherited(number))
        return place_list(found)

    def named(self, sentence: Sentence) -> tuple[EventPlace, ...]:
        """Every place that a sentence names as one where things happen, whatever its triggers."""
        end = sentence.stop
        found = roles(self.words, sentence.spots, (end, end), sentence.begin, end)
        return place_list([(spot, role) for spot, role in found if role == "location"])

    def _venue(self, hit: Hit, found: list[tuple[Spot, Role]]) -> list[tuple[Spot, Role]]:
        """Where people met or signed: of all the places that they spoke of, the ones after "in"."""
        words = self.words.words
        return [
            (s, r) for s, r in found if s.first > hit.last and words[s.first - 1] in ("in", "at")
        ]

    def _nearest(
        self,
        sentence: Sentence,
        hit: Hit,
        clause: tuple[int, int],
        found: list[tuple[Spot, Role]],
    ) -> list[tuple[Spot, Role]]:
        """The places that go with this trigger: its clause's, or else those of no other trigger."""
        words = self.words.words
        own = [(s, r) for s, r in found if clause[0] <= s.first < clause[1]]
        if own:  # and the rest of a list that commas cut: "in Khartoum, Omdurman and Bahri"
            for pair in found[found.index(own[-1]) + 1 :]:
                if not in_list(self.words, own[-1][0], pair[0]):
                    break
                own.append(pair)
            for pair in reversed(found[: found.index(own[0])]):
                if not in_list(self.words, pair[0], own[0][0]):
                    break
                own.insert(0, pair)
            return own
        before = [(s, r) for s, r in found if s.last < clause[0]]
        if before and words[clause[0]] in ("which", "that", "where"):
            return before[-1:]
        if before and hit.first == clause[0] and words[hit.first].endswith("ed"):
            return before[-1:]  # "the river's bank, abandoned in November": what stands next to it
        others = [
            clause_of(self.words, sentence, other)
            for other in sentence.hits
            if other is not hit and not other.groups.isdisjoint(self.verbs)
        ]
        others = [c for c in others if c != clause]
        free = [(s, r) for s, r in found if not any(low <= s.first < high for low, high in others)]
        return free or found

    def _neighbour(self, sentence: Sentence, hit: Hit) -> EventPlace | None:
        """ "Russia invaded its neighbour": the other country that the text is about."""
        words = self.words.words
        near = words[hit.first : min(hit.last + 5, sentence.stop)]
        if "its" not in near or not {"neighbour", "neighbor"} & set(near):
            return None
        doer = next((s for s in reversed(sentence.spots) if s.first < hit.first), None)
        own = doer.mention.place.country if doer and doer.mention.place else ""
        counts = Counter(
            m.place.country for m in self.mentions if m.place and m.place.country not in ("", own)
        )
        for country, _ in counts.most_common(1):
            for index, mention in enumerate(self.mentions):
                place = mention.place
                if (
                    place
                    and place.country == country
                    and place.kind == "country"
                    and mention.form == "name"
                ):
                    return EventPlace(index, "location", round(INHERITED * mention.confidence, 3))
        return None

    def _inherited(self, number: int) -> tuple[EventPlace, ...]:
        """Where the sentences before say that things are happening."""
        for back, other in enumerate(
            reversed(self.sentences[max(0, number - LOOK_BACK) : number]), 1
        ):
            for event in reversed(other.events):
                places = [p for p in event.places if p.role == "location"]
                if places:
                    faded = INHERITED * 0.9 ** (back - 1)
                    return tuple(
                        replace(p, confidence=round(p.confidence * faded, 3)) for p in places
                    )
            bounds = (other.stop, other.stop), other.begin, other.stop
            here = [(s, r) for s, r in roles(self.words, other.spots, *bounds) if r == "location"]
            if here:
                faded = INHERITED * 0.9**back
                listed = place_list(here)
                return tuple(
                    replace(p, confidence=round(p.confidence * faded, 3)) for p in listed[:1]
                )
        return ()

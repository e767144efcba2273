"""Where an event happened: of its sentence's places its own, or else what `carried` finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from geo.model import EventPlace, Mention, Role
from geo.reading.carried import INHERITED, CarriedPlaces
from geo.reading.clauses import Sentence, clause_of, part_of
from geo.reading.roles import (
    Spot,
    in_list,
    is_area,
    of_whom,
    place_list,
    rank,
    roles,
    without_containers,
)
from geo.reading.status import long_since
from geo.reading.terms import Hit, Words
from geo.reading.triggers import Sense

# Of what is only said and signed, most places named are what it is about.
_SPOKEN = frozenset({"Statements and diplomacy"})
_MEETING = "Meeting or negotiation"
_FLIGHT = "Displacement or evacuation"
# Roles that say where it was: who walks towards a town is not there yet, a missile as good as.
_END: tuple[frozenset[Role], frozenset[Role]] = (
    frozenset({"location", "target"}),
    frozenset({"location"}),
)
_ABOUT = _SPOKEN | {"Protests"}
_OF_A_STATE = frozenset(["martial", "mobilisation", "mobilization"])
_BESIEGING = frozenset(
    ["surrounded", "surrounding", "encircled", "encircling", "besieged", "besieging", "threatens"]
)
_OPENS_DESCRIPTION = frozenset(["a", "an", "the", "in"])
_AGAIN = frozenset(["city", "town", "village", "enclave", "region", "island", "port", "camp"])
_AT = frozenset(["in", "at", "near", "of", "on", "outside", "around", "across", "between", "and"])

# Ground that one side takes from another.
TAKEN = frozenset({"Government regains territory", "Non-state actor overtakes territory"})


class PlaceFinder:
    """Finds the places of events in one text; `verbs` are the groups that tell of a deed."""

    def __init__(
        self,
        text: str,
        words: Words,
        sentences: Sequence[Sentence],
        mentions: Sequence[Mention],
        verbs: frozenset[str],
    ) -> None:
        self.words, self.mentions, self.verbs = words, mentions, verbs
        self.carried = CarriedPlaces(text, words, sentences, mentions)

    def places(
        self, number: int, sentence: Sentence, hit: Hit, clause: tuple[int, int], sense: Sense
    ) -> tuple[EventPlace, ...]:
        """The places of the event that a hit of a sentence and a clause tells of."""
        neighbour = self._neighbour(sentence, hit)
        if neighbour is not None:
            return (neighbour,)
        bounds = (sentence.begin, sentence.stop)
        found = roles(self.words, sentence.spots, (hit.first, hit.last), *bounds)
        low, high = part_of(sentence, hit.first)
        found = without_containers(self.words, [p for p in found if low <= p[0].first < high])
        now = [p for p in found if not long_since(self.words, p[0].first, sentence.begin)]
        found = now or found
        found = self._without_dateline(sentence, found)
        if sense.subtype in TAKEN:
            found = [p for p in found if not self._is_besieged(hit, p[0])] or found
        kind = "Agreement" if sense.subtype == "Agreement" else sense.type
        if kind in _ABOUT:  # "in Berlin, students protested against Russia": none of its places
            found = [p for p in found if p[1] != "location" or self._rank(hit, p[0], kind) <= 2]
        found = self._nearest(sentence, hit, clause, found)
        if sense.subtype == _FLIGHT:
            found = self._on_the_way(found)
        found = self._likeliest(hit, found, kind)
        if kind == "Agreement":
            found = [p for p in found if self._in_same_part(hit.first, p[0].first)]
        if kind == "Agreement":  # signed in one place, often over another: "let ships leave Odesa"
            found = [pair for pair in found if self._before(pair[0]) in _AT] or found
        if kind in _SPOKEN:  # a statement is of no place, wherever it was made
            found = self._venue(hit, found) if sense.subtype == _MEETING else []
        elif not any(role in _END[sense.subtype == _FLIGHT] for _, role in found):
            if sense.type == "Violence against civilians":
                victim = of_whom(self.words, sentence.spots, hit.first)
                if victim is not None:
                    return place_list([*found, (victim, "location")])
            if not _OF_A_STATE.isdisjoint(self.words.words[hit.first : hit.last + 1]):
                return place_list(found)  # martial law holds in no town that happens to be named
            return (*place_list(found), *self.carried.places(number, sentence))
        return place_list(found)

    def named(self, sentence: Sentence) -> tuple[EventPlace, ...]:
        """Every place that a sentence names as one where things happen, whatever its triggers."""
        end = sentence.stop
        found = roles(self.words, sentence.spots, (end, end), sentence.begin, end)
        return place_list([(spot, role) for spot, role in found if role == "location"])

    def _without_dateline(
        self, sentence: Sentence, found: list[tuple[Spot, Role]]
    ) -> list[tuple[Spot, Role]]:
        """ "BOGOTA - Fighting in Tibú": where it was filed only counts where nothing else does."""
        rest = [pair for pair in found if pair[0].first >= sentence.filed]
        named = any(role in _END[0] and not _is_country(spot.mention) for spot, role in rest)
        return rest if named else found

    def _is_besieged(self, hit: Hit, spot: Spot) -> bool:
        """ "Took X and has surrounded Y": Y is not taken."""
        return not _BESIEGING.isdisjoint(self.words.words[hit.last + 1 : spot.first])

    def _likeliest(
        self, hit: Hit, found: list[tuple[Spot, Role]], kind: str
    ) -> list[tuple[Spot, Role]]:
        """Without the locations that yield to others, or that the deed was only about."""
        ranks: list[int] = []
        for spot, role in found:
            if ranks and found[len(ranks) - 1][0].last + 1 == spot.first:
                ranks.append(ranks[-1])  # "an embassy in Tunis, Tunisia": both or neither
            else:
                ranks.append(self._rank(hit, spot, kind) if role == "location" else 0)
        located = [k for k, (_, role) in zip(ranks, found, strict=True) if role == "location"]
        most = min(located, default=0)
        if kind in _ABOUT:
            most = min(most, 2)
        return [pair for k, pair in zip(ranks, found, strict=True) if k <= most]

    def _rank(self, hit: Hit, spot: Spot, kind: str) -> int:
        return rank(self.words, spot, (hit.first, hit.last), kind)

    def _on_the_way(self, found: list[tuple[Spot, Role]]) -> list[tuple[Spot, Role]]:
        """ "Buses took people from the streets of Kherson to Mykolaiv": where from, where to."""
        words = self.words.words
        ends = [spot.first for spot, _ in found if self._before(spot) in ("to", "into")]
        return [
            (spot, "origin")
            if role == "location"
            and "from" in words[max(0, spot.first - 5) : spot.first]
            and any(end > spot.first for end in ends)
            else (spot, role)
            for spot, role in found
        ]

    def _venue(self, hit: Hit, found: list[tuple[Spot, Role]]) -> list[tuple[Spot, Role]]:
        """Where people met: of all the places that they spoke of, the ones after "in"."""
        return [(s, r) for s, r in found if s.first > hit.last and self._before(s) in ("in", "at")]

    def _in_same_part(self, one: int, other: int) -> bool:
        """Whether no semicolon stands between two words."""
        low, high = sorted((one, other))
        return not any(";" in gap for gap in self.words.gaps[low:high])

    def _before(self, spot: Spot) -> str:
        """The word before a place; an article is passed over."""
        words, first = self.words.words, spot.first
        if first > 1 and words[first - 1] == "the":
            first -= 1
        return words[first - 1] if first else ""

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
        if words[clause[0]] == "where" and not any(self._before(s) in _AT for s, _ in own):
            own = []  # "in Nairobi, where he asked for police to go to Haiti"
        if own and not any(role in _END[0] for _, role in own) and self._same_town(clause):
            earlier = [(s, r) for s, r in found if s.last < clause[0] and r == "location"]
            own += earlier[-1:]  # "after Azerbaijan had attacked the enclave": named before
        if own and all(s.mention.place is None for s, _ in own):
            own += self._beside_unknown(found, clause[1])
        if own:  # and the rest of a list that commas cut: "in Khartoum, Omdurman and Bahri"
            deeds = [c for c in self._clauses(sentence, hit) if c != clause]

            def of_another(spot: Spot) -> bool:
                return any(low <= spot.first < high for low, high in deeds)

            for pair in found[found.index(own[-1]) + 1 :]:
                if not in_list(self.words, own[-1][0], pair[0]) or of_another(pair[0]):
                    break
                own.append(pair)
            for pair in reversed(found[: found.index(own[0])]):
                if not in_list(self.words, pair[0], own[0][0]) or of_another(pair[0]):
                    break
                own.insert(0, pair)
            return own + self._ways(sentence, hit, found, own)
        before = [(s, r) for s, r in found if s.last < clause[0]]
        if before and words[clause[0]] in ("which", "that", "where"):
            return before[-1:]
        begin, end = self.words.starts[clause[0]], self.words.end(clause[1] - 1)
        if self.carried.names_unknown(sentence, begin, end):
            return self._beside_unknown(found, clause[1])
        next_to = self.words.gaps[hit.last] == " "  # "shelled, it said" is no "shelled it"
        if next_to and words[hit.last + 1 : hit.last + 2] in (["it"], ["there"]):
            return []  # of what was named before
        others = [c for c in self._clauses(sentence, hit) if c != clause]
        told = any(high <= clause[0] for _, high in others)
        if before and told and hit.first == clause[0] and words[hit.first].endswith("ed"):
            return before[-1:]  # "were shelled, and the bank, abandoned in May": what stands next
        free = [(s, r) for s, r in found if not any(low <= s.first < high for low, high in others)]
        if free:
            return free
        # "exchanged prisoners, men who had fought in Mariupol": that was before and elsewhere
        past = [c for c in others if words[c[0]] == "who" and "had" in words[c[0] : c[0] + 4]]
        return [(s, r) for s, r in found if not any(low <= s.first < high for low, high in past)]

    def _same_town(self, clause: tuple[int, int]) -> bool:
        """Whether a clause says "the town" of a place that was named before it."""
        own = self.words.words[clause[0] : clause[1]]
        return any(one == "the" and two in _AGAIN for one, two in pairwise(own))

    def _beside_unknown(self, found: list[tuple[Spot, Role]], stop: int) -> list[tuple[Spot, Role]]:
        """Beside a place that nobody knows, the areas that are said to hold it: "in X, a village
        in the north of Kharkiv Oblast"."""
        words, gaps = self.words.words, self.words.gaps
        areas = []
        for spot, role in found:
            if (
                spot.first < stop
                or not is_area(spot)
                or any("," in g for g in gaps[stop : spot.last])
            ):
                continue
            if spot.first == stop or words[stop] in _OPENS_DESCRIPTION:
                areas.append((spot, role))
        return areas

    def _clauses(self, sentence: Sentence, hit: Hit) -> list[tuple[int, int]]:
        """The clauses of a sentence's other deeds."""
        return [
            clause_of(self.words, sentence, other)
            for other in sentence.hits
            if other is not hit and not other.groups.isdisjoint(self.verbs)
        ]

    def _ways(
        self,
        sentence: Sentence,
        hit: Hit,
        found: list[tuple[Spot, Role]],
        own: list[tuple[Spot, Role]],
    ) -> list[tuple[Spot, Role]]:
        """Where from and where to, from clauses that go on with the deed ("sending tanks from")."""
        rest = [(s, r) for s, r in found if r != "location" and (s, r) not in own]
        if not rest:
            return []
        clause = clause_of(self.words, sentence, hit)
        words = self.words.words
        others = [
            c
            for c in self._clauses(sentence, hit)
            if c[0] != clause[1] or not words[c[0]].endswith("ing")
        ]
        return [(s, r) for s, r in rest if not any(low <= s.first < high for low, high in others)]

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


def _is_country(mention: Mention) -> bool:
    return mention.place is not None and mention.place.kind == "country"

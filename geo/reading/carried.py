"""Places that an event takes from elsewhere in its text, as its own sentence names none.

From the sentences just before, or, where a text is plainly about one town, from the whole of it;
less sure with every sentence between. "A wrong pin is worse than no pin": where a sentence names a
place that could not be found, nothing is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from geo.model import Event, EventPlace, Mention
from geo.reading.clauses import Sentence
from geo.reading.roles import place_list, rank, roles
from geo.reading.terms import Words
from geo.reading.vocabulary import word_set

INHERITED = 0.6  # confidence of a place that an earlier sentence gave, as a share
LOOK_BACK = 4  # sentences
_WHOLE = word_set("across around throughout")
_TOWNS = ("city", "town", "village")
TOPIC = 4  # mentions that make a town what a text is about
# Where something happened, in a name: "at al-Suwar", "near the village of Banjska".
_UNKNOWN = re.compile(
    r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Oo]utside|(?:village|town|city|suburb|district|camp) of)\s"
    r"(?P<name>(?:(?:al|el|as|ad|az|ash|an|ar)-)?[A-Z][\w’'-]+)"
)
_NO_PLACES = word_set(
    """january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday parliament congress operation english french
    arabic russian spanish christmas easter ramadan eid god islam twitter facebook telegram"""
)


class CarriedPlaces:
    """The places of one text as they carry over from sentence to sentence."""

    def __init__(
        self,
        text: str,
        words: Words,
        sentences: Sequence[Sentence],
        mentions: Sequence[Mention],
    ) -> None:
        self.text, self.words, self.sentences, self.mentions = text, words, sentences, mentions
        self._about: tuple[EventPlace, ...] | None = None

    def places(self, number: int, sentence: Sentence) -> tuple[EventPlace, ...]:
        """Where the sentences before say that things are happening."""
        if self.names_unknown(sentence, sentence.start, sentence.end):
            return ()  # it says where, and nobody knows where that is
        if self._says(sentence, _WHOLE, "country"):
            return self._country(number)
        town = any(self._says(sentence, None, noun) for noun in _TOWNS)
        for back, other in enumerate(
            reversed(self.sentences[max(0, number - LOOK_BACK) : number]), 1
        ):
            if other.events and all(self._is_aside(e, other, sentence) for e in other.events):
                continue
            for event in reversed(other.events):
                # What that one took from before is found there, and fades with the distance.
                own = [p for p in event.places if p.role == "location" and self._is_in(p, other)]
                if town:
                    own = [p for p in own if _is_town(self.mentions[p.mention])]
                if own:
                    return self._faded(own, back - 1)
            bounds = (other.stop, other.stop), other.begin, other.stop
            here = [
                (spot, role)
                for spot, role in roles(self.words, other.spots, *bounds)
                if role == "location" and not rank(self.words, spot, bounds[0], "")
            ]
            if here:
                points = [pair for pair in here if _is_point(pair[0].mention)]
                if town and not any(_is_town(pair[0].mention) for pair in points):
                    continue  # "left the city": no island is meant
                return self._faded(place_list(points or here)[:1], back)
        return self._topic()

    def _says(self, sentence: Sentence, leads: frozenset[str] | None, noun: str) -> bool:
        """Whether a sentence speaks of "the city", or of what goes on "across the country"."""
        own = self.words.words[sentence.begin : sentence.stop]
        return noun in own and any(
            own[k] == noun and own[k - 1] == "the" and (leads is None or own[k - 2] in leads)
            for k in range(1 if leads is None else 2, len(own))
        )

    def _country(self, number: int) -> tuple[EventPlace, ...]:
        """The country that the sentences before name first, or that of their first place."""
        end = self.sentences[number].start
        before = [k for k, m in enumerate(self.mentions) if m.place and m.start < end]
        if not before:
            return ()
        home = self.mentions[before[0]].place
        for index in before:
            place = self.mentions[index].place
            if place and home and place.kind == "country" and place.country == home.country:
                named = EventPlace(index, "location", self.mentions[index].confidence)
                return self._faded([named], 1)
        return ()

    def _faded(self, places: Sequence[EventPlace], back: int) -> tuple[EventPlace, ...]:
        share = INHERITED * 0.9**back
        return tuple(replace(p, confidence=round(p.confidence * share, 3)) for p in places)

    def _is_in(self, place: EventPlace, sentence: Sentence) -> bool:
        return sentence.start <= self.mentions[place.mention].start < sentence.end

    def _is_aside(self, event: Event, other: Sentence, sentence: Sentence) -> bool:
        """Whether an event was an earlier one that its text only recalls ("they had surrendered at
        X"), where the sentence at hand tells of nothing that came of it."""
        at = self.words.index_at(event.trigger_start)
        return (
            event.type == "Strategic developments"
            and "had" in self.words.words[max(other.begin, at - 2) : at]
            and "had" not in self.words.words[sentence.begin : sentence.begin + 3]
        )

    def names_unknown(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether a part of a sentence names a place that is not among the mentions."""
        for match in _UNKNOWN.finditer(self.text, start, end):
            name = match["name"]
            if name.isupper() or name.casefold() in _NO_PLACES:
                continue
            if not any(
                spot.mention.start < match.end("name") and match.start("name") < spot.mention.end
                for spot in sentence.spots
            ):
                return True
        return False

    def _topic(self) -> tuple[EventPlace, ...]:
        """The one town or site that a text is about, if it names one far oftener than others."""
        if self._about is None:
            self._about = ()
            counts = Counter(m.place.id for m in self.mentions if m.place and _is_point(m))
            (first, often), (_, next_often) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
            if often >= max(TOPIC, 2 * next_often):
                index = next(
                    k
                    for k, m in enumerate(self.mentions)
                    if m.place and m.place.id == first and _is_point(m)
                )
                named = EventPlace(index, "location", self.mentions[index].confidence)
                self._about = self._faded([named], LOOK_BACK)
        return self._about


def _is_point(mention: Mention) -> bool:
    place = mention.place
    return place is not None and place.is_point and mention.form in ("name", "misspelt")


def _is_town(mention: Mention) -> bool:
    return mention.place is None or mention.place.kind == "settlement"

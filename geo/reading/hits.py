"""Which of a text's terms mean what the codebook means by them, and places as terms among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from geo.reading.figures import among_others, is_figure
from geo.reading.roles import Spot
from geo.reading.terms import Hit, Words

MOST_IN_HEADING = 5  # words
_UNITS = frozenset(["brigade", "division", "regiment", "battalion", "corps", "squadron", "company"])
_BEFORE_INFINITIVE = frozenset(["to", "will", "would", "can", "could", "may", "might", "did"])
_AMBIGUOUS = frozenset(
    ["march", "down", "cross", "formed", "form", "forming", "called", "calls", "calling"]
)
_QUEUES = frozenset(["queue", "queues", "lines", "jams", "crowds"])
_SPANS = frozenset(["day", "week", "month", "year", "few"])
_PREPOSITIONS = frozenset(["for", "in", "at", "of", "on", "over", "by", "after", "against", "with"])
_COUNTRY, _PLACE = frozenset({"country"}), frozenset({"place"})
_COUNTRY_AND_PLACE = _COUNTRY | _PLACE


def literal(text: str, words: Words, hits: Iterable[Hit]) -> list[Hit]:
    """The hits less turns of speech, the month of March, the names of units, and false verbs."""
    kept = [
        hit
        for hit in hits
        if "figurative" not in hit.groups
        and not is_figure(text, words, hit)
        and not _is_unit(text, words, hit)
        and not (
            words.words[hit.first] in _AMBIGUOUS
            and (_is_month(text, words, hit) or _is_other_verb(words, hit))
        )
    ]
    return among_others(words, kept)


def is_heading(text: str, start: int, end: int, count: int) -> bool:
    """Whether a few words alone on their line name a part of the text, or a link after it."""
    if count > MOST_IN_HEADING or text[end - 1] in ".!?…":
        return False
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return before in ("", "\n") and after in ("", "\n")


def _is_unit(text: str, words: Words, hit: Hit) -> bool:
    """Words in the name of a unit: "the 80th Air Assault Brigade" """
    if not text[words.starts[hit.first]].isupper() or "soldiers" in hit.groups:
        return False
    return not _UNITS.isdisjoint(words.words[hit.last + 1 : hit.last + 3])


def _is_other_verb(words: Words, hit: Hit) -> bool:
    """ "shut down", "queues formed", "the Red Cross", "called a strike an answer": other words."""
    own, before = (
        words.words[hit.first : hit.last + 1],
        words.words[max(0, hit.first - 5) : hit.first],
    )
    if own == ["down"]:
        return before[-1:] == [] or before[-1] not in _BEFORE_INFINITIVE
    if own == ["cross"]:
        return before[-1:] == ["red"]
    if own[0] in ("formed", "form", "forming"):
        return not _QUEUES.isdisjoint(before)
    if own[0] in ("called", "calls", "calling") and own[-1] in ("strike", "strikes"):
        after = words.words[hit.last + 1 : hit.last + 9]
        return any(
            word in ("a", "an")
            and after[k + 1 : k + 2] != []
            and after[k + 1] not in _SPANS
            and (k == 0 or after[k - 1] not in _PREPOSITIONS)
            for k, word in enumerate(after)
        )
    return False


def _is_month(text: str, words: Words, hit: Hit) -> bool:
    """The month of March, which is spelled with a capital, and no march."""
    if words.words[hit.first] != "march" or text[words.starts[hit.first]] != "M":
        return False
    return words.words[hit.first + 1 : hit.first + 2] not in (["of"], ["by"], ["against"])


def with_mentions(hits: list[Hit], placed: Sequence[Spot]) -> list[Hit]:
    """Countries and places take part in the triggers' conditions as `country` and `place`."""
    extra = []
    for _, mention, first, last in placed:
        form, place = mention.form, mention.place
        if form == "nested" or (place is None and form != "name"):
            continue
        if form in ("demonym", "metonym"):
            groups = _COUNTRY
        else:
            groups = _COUNTRY_AND_PLACE if place and place.kind == "country" else _PLACE
        extra.append(Hit(first, last, groups))
    return sorted(hits + extra, key=attrgetter("first")) if extra else hits

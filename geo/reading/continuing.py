"""One event told over several sentences.

"A missile hit a market in Kharkiv. The blast tore off the roof. At least five people were killed."
is one event, not three. A sentence goes on with the event before it where it names no place, day or
doer of its own and tells of the same kind of thing, or of the harm done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geo.model import Event, Mention
from geo.reading import casualties as harm
from geo.reading.clauses import Sentence
from geo.reading.terms import Words
from geo.reading.vocabulary import word_set

GOES_ON = 2  # sentences after the last that told of an event
_OPEN = frozenset({"occurred", "ongoing", "claimed"})
_ARMED = frozenset({"Battles", "Explosions/Remote violence", "Violence against civilians"})
_CROWDS = frozenset({"Protests", "Riots"})
# What a crowd's event grows into as more is told of it.
_GRAVER = ("Peaceful protest", "Protest with intervention", "Excessive force against protesters",
           "Violent demonstration")  # fmt: skip
# Said of any attack: the kind of weapon or of victim may have been told before.
_GENERAL = frozenset({"Attack", "Armed clash"})
_OF_ITS_OWN = frozenset(
    {
        "Non-state actor overtakes territory",
        "Government regains territory",
        "Abduction/forced disappearance",
        "Sexual violence",
    }
)
_DEED = word_set(
    """attack attacks strike strikes blast blasts explosion explosions shelling bombing bombings
    bombardment raid raids assault missile missiles bomb bombs rocket rockets drone drones ambush
    clash clashes violence shooting fighting incident crash collapse fire mines shells gunfire"""
)
_ELSE = word_set(
    """another separate separately elsewhere similar different war wars conflict since year years
    earlier previous previously last month months decade decades neither both overall also
    meanwhile later third fourth"""
)
# "Over forty settlements came under shelling": places of its own, if without their names.
_PLACES = word_set("settlements towns villages cities communities hamlets districts regions")
_QUOTES = '“"«„'
_OPENING = 4  # characters that "On" and the like take before a date that opens a sentence
_HAPPENED = word_set("took happened occurred")
_IN_ALL = word_set("toll total altogether all least count counted now far")
_ACTORS = frozenset({"militants", "soldiers", "police", "mob", "rioters", "protesters"})


def is_open(event: Event) -> bool:
    """Whether later sentences may go on with an event: not if it is planned or denied."""
    return event.status in _OPEN


def told_again(
    words: Words, mentions: Sequence[Mention], told: Event, sentence: Sentence, new: Event
) -> Event | None:
    """The event told of before with what a reading of a later sentence adds, if it is the same."""
    if new.status not in _OPEN or not _is_kin(words, told, new):
        return None
    inside = words.words[sentence.begin : sentence.stop]
    found = _says_where(mentions, told, inside, new)
    if not found and _is_elsewhere(mentions, told, sentence, new):
        return None
    if _has_new_doer(words, told, sentence, new):
        return None
    if not _ELSE.isdisjoint(inside) or not _PLACES.isdisjoint(inside):
        return None
    if sentence.begin and any(mark in words.gaps[sentence.begin - 1] for mark in _QUOTES):
        return None  # somebody else tells it, in words of their own
    if found:
        told = replace(told, places=new.places)
    return _with_toll(words, _dated(_grown(words, told, new), sentence, new), sentence, new)


def with_toll(words: Words, told: Event, sentence: Sentence) -> Event | None:
    """The event told of before with the toll of a sentence that tells of nothing else, or None."""
    inside = words.words[sentence.begin : sentence.stop]
    if harm.WORDS.isdisjoint(inside) or not _ELSE.isdisjoint(inside) or not _is_deadly(told):
        return None
    if any(spot.mention.form == "name" for spot in sentence.spots):
        return None
    known = (told.fatalities_low, told.fatalities_high, told.injured_low, told.injured_high)
    if known != (None,) * 4 and not _is_death_toll(inside):
        return None
    found = harm.find_casualties(words, sentence.begin, sentence.stop)
    if found.at < 0:
        return None
    dead = found.dead if found.dead != harm.NOTHING else known[:2]
    hurt = found.hurt if found.hurt != harm.NOTHING else known[2:]
    return _with_harm(told, dead, hurt)


def _says_where(
    mentions: Sequence[Mention], told: Event, inside: Sequence[str], new: Event
) -> bool:
    """ "The attack took place in X": of an event that had a country or a dateline only."""
    if inside[0] != "the" or _DEED.isdisjoint(inside[1:4]) or _HAPPENED.isdisjoint(inside[2:6]):
        return False
    vague = (mentions[p.mention] for p in told.places if p.role == "location")
    return bool(new.places) and all(
        m.surface.isupper() or (m.place is not None and m.place.kind == "country") for m in vague
    )


def _is_deadly(event: Event) -> bool:
    return event.type in _ARMED | _CROWDS or event.subtype == "Disaster"


def _is_death_toll(inside: Sequence[str]) -> bool:
    """ "The death toll rose to 14": of what was told of just before."""
    return "toll" in inside and inside[inside.index("toll") - 1] == "death" and "to" in inside


def _is_kin(words: Words, told: Event, new: Event) -> bool:
    if told.type in _CROWDS and new.type in _CROWDS:
        return "Mob violence" not in (told.subtype, new.subtype) or told.subtype == new.subtype
    if told.subtype == new.subtype:
        return told.type != "Statements and diplomacy"
    first = words.index_at(new.trigger_start)
    trigger = words.words[first]
    if new.subtype == "Arrests" and told.type == "Protests":
        return "them" in words.words[first : first + 4]
    if new.type not in _ARMED or new.subtype in _OF_ITS_OWN:
        return False
    if told.type in _ARMED:
        general = new.subtype in _GENERAL or told.subtype in _GENERAL
        return general or trigger in _DEED or _is_harm(words, told)
    return trigger in harm.WORDS and new.subtype in _GENERAL and _is_deadly(told)


def _is_harm(words: Words, event: Event) -> bool:
    """Whether an event was told only by the harm it did."""
    return words.words[words.index_at(event.trigger_start)] in harm.WORDS


def _is_elsewhere(mentions: Sequence[Mention], told: Event, sentence: Sentence, new: Event) -> bool:
    """Whether a sentence names a place or a day other than the event's."""

    def name(index: int) -> str:
        place = mentions[index].place
        return place.id if place is not None else mentions[index].surface.casefold()

    here = {name(p.mention) for p in told.places}
    # Where the lead was filed is no place of its own, if it counts the same dead as the title.
    dead = (told.fatalities_low, told.fatalities_high)
    same = dead != harm.NOTHING and dead == (new.fatalities_low, new.fatalities_high)
    filed = sentence.filed_end if same else sentence.start
    own = {name(p.mention) for p in new.places if mentions[p.mention].start >= filed}
    # "The blast on Tuesday" says first when it was; "On Tuesday shells" begins something new.
    undated = not told.date_reason.startswith("“") and all(
        span.start - sentence.start > _OPENING for span in sentence.dates
    )
    return not own <= here or bool(
        sentence.dates and not undated and new.date_start != told.date_start
    )


def _has_new_doer(words: Words, told: Event, sentence: Sentence, new: Event) -> bool:
    """ "Soldiers killed five traders": without an article somebody who was not told of yet."""
    first = words.index_at(new.trigger_start)
    if told.type not in _ARMED or words.words[first - 1 : first] == ["the"]:
        return False  # the police come to every march; rebels say that they are behind the attack
    doer = next(
        (hit for hit in sentence.hits if hit.last < first and not _ACTORS.isdisjoint(hit.groups)),
        None,
    )
    if doer is None or doer.first > sentence.begin + 1 or words.words[sentence.begin] == "the":
        return False
    return set(told.actors).isdisjoint(new.actors)


def _dated(told: Event, sentence: Sentence, new: Event) -> Event:
    """The event with the day of a later sentence, where its own named none."""
    if not sentence.dates or told.date_start == new.date_start:
        return told
    return replace(
        told, date_start=new.date_start, date_end=new.date_end,
        date_precision=new.date_precision, date_reason=new.date_reason,
    )  # fmt: skip


def _grown(words: Words, told: Event, new: Event) -> Event:
    """The event under the kind that all that is told of it makes it."""
    graver = told.subtype in _GRAVER and new.subtype in _GRAVER
    if graver and _GRAVER.index(new.subtype) > _GRAVER.index(told.subtype):
        return replace(told, type=new.type, subtype=new.subtype)
    if new.subtype == "Arrests" and told.subtype == "Peaceful protest":
        return replace(told, subtype="Protest with intervention")
    general = told.type in _ARMED and told.subtype in _GENERAL
    surer = _is_harm(words, told) and new.subtype not in _GENERAL
    if general and (surer or new.confidence > told.confidence):
        return replace(told, type=new.type, subtype=new.subtype, confidence=new.confidence)
    return told


def _with_toll(words: Words, told: Event, sentence: Sentence, new: Event) -> Event:
    inside = words.words[sentence.begin : sentence.stop]
    dead, hurt = (
        _larger((told.fatalities_low, told.fatalities_high),
                (new.fatalities_low, new.fatalities_high), inside),
        _larger((told.injured_low, told.injured_high),
                (new.injured_low, new.injured_high), inside),
    )  # fmt: skip
    claimed_by = told.claimed_by or new.claimed_by
    instrument = told.instrument or new.instrument
    return replace(_with_harm(told, dead, hurt), claimed_by=claimed_by, instrument=instrument)


def _larger(known: harm.Range, new: harm.Range, inside: Sequence[str]) -> harm.Range:
    """A count of all of them outranks an earlier one; that of a part does not."""
    if new == harm.NOTHING or known == harm.NOTHING:
        return known if new == harm.NOTHING else new
    return new if (new[0] or 0) > (known[0] or 0) and not _IN_ALL.isdisjoint(inside) else known


def _with_harm(event: Event, dead: harm.Range, hurt: harm.Range) -> Event:
    return replace(
        event, fatalities_low=dead[0], fatalities_high=dead[1],
        injured_low=hurt[0], injured_high=hurt[1],
    )  # fmt: skip

"""Which of a sentence's places an event happened in, aimed at or came from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from geo.model import EventPlace, Mention, Role
from geo.reading.bearings import (
    DESCRIBED_IN,
    bearing,
    describes,
    is_far_end,
    is_source,
    names_district,
    names_plant,
)
from geo.reading.cues import GOVERNING
from geo.reading.doers import end_of_a_ride, is_office, is_somebodys, names_group
from geo.reading.terms import Words
from geo.reading.vocabulary import word_set

_LOCATABLE = frozenset({"name", "misspelt"})
_SAYING = word_set(
    """said says say told tells announced announces speaking spoke statement statements reporters
    declared conference briefing reported interview wrote tweeted heard"""
)
_SPEECH, _MEANWHILE = word_set("spoke speaking"), word_set("while as when")
_SAYS_NEXT = word_set(
    """said says say announced announces claims claimed accused denied denies vowed warned
    condemned insists insisted answers answered argues argued rejected rejects confirmed did
    believes wants hopes urged called calls"""
)
_MOVED = word_set(
    """fired fire firing launched launch launching launches came coming arrived arriving flew flown
    advancing advanced crossed crossing infiltrated infiltrating hailing originating sent sending
    move moves moved moving going gone travelled traveled travelling shot rockets
    missiles drones shells"""
)
_TAKEN_FROM = word_set(
    """withdrew withdraw withdrawn withdrawing withdrawal pulled pulling pullout retreated retreat
    retreating out evacuated abducted kidnapped driven drove dislodged expelled
    left escaped seized captured recaptured away"""
)
_FLED_TO = word_set("fled flee fleeing escape escaped deported traveled travelled bound way")
_FLED = word_set("fled flee flees fleeing")
_WENT = word_set("drove marched walked travelled traveled sailed rode raced drive driving")
_STOPPED = word_set("intercepted intercept downed repelled shot thwarted foiled missed")
_OFFICES = word_set(
    """government court courts prosecutors prosecutor judge judges tribunal ministry parliament
    embassy officials authorities police headquarters office leaders mayor governor cross"""
)
_HELD_OFFICE = word_set("mayor governor imam bishop chief priest councillor resident residents")
# What happens somewhere, and is spoken of, marched against or avenged somewhere else.
_HAPPENING = word_set(
    """war wars killing killings murder murders death deaths attack attacks bombing bombings
    bombardment shelling strikes offensive assault conflict violence crackdown invasion massacre
    massacres situation crisis fighting genocide occupation coup election elections siege raid
    raids peace ceasefire truce bloodshed events developments detention arrest arrests"""
)
_LOST = word_set("loss fall capture liberation seizure")
_AFTER = word_set("after since following before")
_REASON = word_set("over against about regarding for condemning denouncing demanding opposing")
_SHOWS_OF = word_set("march rally vigil protest demonstration marched rallied protested prayers")
_KINDS_OF = word_set("gun domestic police sexual gender racial political mob knife gang street")
_PURPOSE = _REASON | word_set("mark marking commemorate mourn celebrate honour honor remember")
_ASIDE = word_set("support solidarity sympathy honour honor memory")
TALKED = frozenset({"Statements and diplomacy", "Protests", "Agreement"})
_JOINED = word_set(
    "backed led based born bound allied controlled held made style linked aligned trained funded"
)
_IN = word_set(
    """in at near on around outside across throughout inside within into over off through between
    along towards toward against of to entered hit"""
)
_BODIES = word_set(
    """government governments leaders leader president minister ministers army military troops
    forces police authorities officials parliament envoys people ministry council governor mayor
    king soldiers navy ambassador embassy court"""
)
_DID = word_set("hit struck sent shot took began")
_GIVEN_WORD = GOVERNING | {"promised", "pledged", "declared", "suspended"}
_STRUCK = word_set(
    """attacked attacks attacking struck strikes hit hits bombed bombs bombing shelled shells
    shelling invaded invades invading pounded bombarded targeted targets raided hammered"""
)
_LIST = word_set(
    """and or in near the of at as well including namely region oblast province
    district north south east west northern southern eastern western central farther further both"""
)
_WEAPONS = word_set(
    """fired launched rockets missiles artillery drones missile drone rocket shells fires launches
    firing launching"""
)


class Spot(NamedTuple):
    """A mention that an event may have: its index, and the words it covers."""

    number: int
    mention: Mention
    first: int
    last: int


def spots(text: Words, mentions: Sequence[Mention]) -> list[Spot]:
    """All mentions of a text with the words that each covers."""
    found = []
    for index, mention in enumerate(mentions):
        first = bisect_left(text.starts, mention.start)
        last = max(first, bisect_left(text.starts, mention.end, first) - 1)
        found.append(Spot(index, mention, first, last))
    return found


def can_locate(spot: Spot) -> bool:
    """Whether the form of a mention lets something happen there (it may be a place not located)."""
    return spot.mention.form in _LOCATABLE


def is_area(spot: Spot) -> bool:
    """Whether a mention is of an area or a line, which a single marker does not show."""
    return spot.mention.place is not None and not spot.mention.place.is_point


def in_list(text: Words, before: Spot, spot: Spot) -> bool:
    """Whether two mentions stand in one list: "Khartoum, Omdurman and Bahri"."""
    between = text.words[before.last + 1 : spot.first]
    return len(between) <= 7 and _LIST.issuperset(between)


def rank(text: Words, spot: Spot, trigger: tuple[int, int], kind: str) -> int:
    """How far a place is from being where it happened: 0 near, 1 and 2 if nothing else is, 3 never.

    1 : who acts sits there ("a court in Minsk"), or the way leads through. 2 : something else
    happened there, and 3 : that is what a protest or a statement is about ("over the killings in
    Bucha").
    """
    words, at = text.words, spot.first
    k = at - 1 - (at > 0 and words[at - 1] == "the")
    if k < 0:
        return 0
    if bearing(text, at, 0) == "loose":
        return 2
    lead = words[k]
    if lead in ("through", "via") or names_plant(text, spot.last):
        return 1
    if at < trigger[0]:
        before = words[max(0, k - 2) : k]
        if (
            lead == "of"
            and not _LOST.isdisjoint(before)
            and not _AFTER.isdisjoint(words[k - 3 : k])
        ):
            return 2  # "after the loss of X": that was before
        if kind in TALKED and lead in ("in", "of") and not _HAPPENING.isdisjoint(before[-1:]):
            return 2  # "talks on the war in Yemen ended"
        return int(lead in ("in", "of", "at") and not _OFFICES.isdisjoint(before))
    between = words[trigger[1] + 1 : k]
    if kind in TALKED and lead == "for" and words[k - 1] in _SHOWS_OF:
        return 3  # "a march for Gaza"
    if lead == "in" and between[-1:] == ["violence"] and not _KINDS_OF.isdisjoint(between[-2:-1]):
        return 0  # "marched against gun violence in X": a thing of no one place
    reason = lead == "against" or not _REASON.isdisjoint(between)
    if lead in ("in", "of", "at", "on", "near") and not _HAPPENING.isdisjoint(between[-1:]):
        return 2 + (reason and kind in TALKED) if reason or kind in TALKED else 0
    if kind == "Protests" and lead in ("in", "at", "near") and not _PURPOSE.isdisjoint(between):
        return 1  # "students in X demanded justice for a victim in Y"
    aside = lead in ("of", "with", "for") and not _ASIDE.isdisjoint(between)
    return 3 if kind in TALKED and (aside or lead == "against") else 0


def roles(
    text: Words, found: Sequence[Spot], trigger: tuple[int, int], begin: int, end: int
) -> list[tuple[Spot, Role]]:
    """The mentions that have a part in the event whose trigger is these words, in order."""
    given: list[tuple[Spot, Role]] = []
    last: tuple[Spot, Role | None] | None = None
    free = begin
    for spot in found:
        role = _role(text, spot, trigger, begin, end) if can_locate(spot) else None
        if role == "location" and is_source(text, spot.first, begin, free):
            role = "origin"
        free = spot.last + 1
        if role == "location" and any(
            describes(text, (one.first, one.last), spot.first, spot.last, end)
            for one, part in given[-DESCRIBED_IN:]  # each has a word at least
            if part == "location" and one.mention.place is not None
        ):
            continue
        if last is not None and can_locate(spot) and in_list(text, last[0], spot):
            own_word = text.words[spot.first - 1]
            # "of Turkey, Sweden and Finland": all have the first one's part
            own = own_word in _IN or _goes_on(text, spot) or names_district(text, spot.last)
            if not own:
                role = last[1]
        if can_locate(spot):
            last = (spot, role)
        if role is not None:
            given.append((spot, role))
    return given


def _goes_on(text: Words, spot: Spot) -> bool:
    """Whether a country after a comma acts: "in Ukraine, Russia bombed" is no list."""
    place, words = spot.mention.place, text.words
    return (
        place is not None
        and place.kind == "country"
        and spot.first > 0
        and text.gaps[spot.first - 1] == ", "
        and text.gaps[spot.last] == " "
        and _LIST.isdisjoint(words[spot.last + 1 : spot.last + 2])
    )


def _role(text: Words, spot: Spot, trigger: tuple[int, int], begin: int, end: int) -> Role | None:
    words, gaps = text.words, text.gaps
    lead = words[max(begin, spot.first - 4) : spot.first]
    if lead[-1:] == ["the"]:
        lead = lead[:-1]
    follow = words[spot.last + 1 : min(spot.last + 6, end)]
    if (
        is_office(follow)
        or names_group(words, spot.first)
        or is_somebodys(words, spot.first, follow)
    ):
        return None
    ride = end_of_a_ride(words, spot.first, follow)
    if ride:
        return "origin" if ride == "from" else "target"
    if _acts_or_says(follow, gaps[spot.last]) or _is_where_it_was_said(
        words, spot.first, begin, trigger
    ):
        return None
    if lead[-1:] == ["by"] or (lead[-1:] == ["of"] and not _BODIES.isdisjoint(lead[-2:-1])):
        return None
    if lead[-2:] == ["talks", "with"] or _governs(follow, gaps[spot.last]):
        return None
    if lead[-2:] == ["short", "of"]:
        return None  # "turned back 200 km short of Moscow"
    if bearing(text, spot.first, begin) == "firm":
        return None
    if is_far_end(text, spot.first, spot.last, trigger, begin):
        return None
    if spot.mention.place is not None and spot.mention.place.is_point:
        if names_district(text, spot.last):
            return None  # the district is not listed, and its town is somewhere else in it
        if names_plant(text, spot.last) and _plant_stands_elsewhere(words, spot.last):
            return None
    if lead[-1:] == ["from"]:
        if lead[-2:-1] and lead[-2] in _WENT:
            return "origin"
        if not _FLED.isdisjoint(words[max(begin, spot.first - 4) : spot.first]):
            return "origin"
        if not _MOVED.isdisjoint(words[max(begin, spot.first - 6) : spot.first]):
            return "origin"
        near = words[max(begin, spot.first - 7) : spot.first]
        if not _TAKEN_FROM.isdisjoint(near):
            return "location"
        return "location" if follow[:1] == ["to"] else None  # "in cities from Kyiv to Lviv"
    if not _FLED.isdisjoint(lead[-1:]):
        return "origin"
    if lead[-1:] in (["towards"], ["toward"]):
        return "target"
    if lead[-1:] == ["to"] and "from" in lead and not _FLED.isdisjoint(words[begin : spot.first]):
        return "location"
    if lead[-1:] == ["to"] and not _FLED_TO.isdisjoint(lead):
        return "target" if "way" in lead else None
    if spot.mention.place is not None and spot.mention.place.kind == "country":
        if _is_doer(text, spot, trigger, lead):
            return (
                "origin"
                if not _WEAPONS.isdisjoint(words[trigger[0] - 2 : trigger[1] + 1])
                else None
            )
        if lead[-1:] == ["with"]:
            return None
    if (
        lead[-1:] == ["at"]
        and not _WEAPONS.isdisjoint(words[max(begin, spot.first - 6) : spot.first])
        and not _STOPPED.isdisjoint(words[begin:end])
    ):
        return "target"  # what was fired at it did not get there
    return "location"


def _plant_stands_elsewhere(words: Sequence[str], last: int) -> bool:
    """ "the Zaporizhzhia nuclear power plant in Enerhodar" """
    follow = words[last + 1 : last + 6]
    at = next((k for k, word in enumerate(follow) if word in ("plant", "station")), len(follow))
    return follow[at + 1 : at + 2] in (["in"], ["at"])


def _governs(follow: Sequence[str], gap: str) -> bool:
    """A capital that stands for its government: "Kyiv had promised not to", "Ankara will not"."""
    return (
        gap == " "
        and follow[:1] in (["had"], ["has"], ["would"])
        and (not _GIVEN_WORD.isdisjoint(follow[1:3]))
    )


def _acts_or_says(follow: Sequence[str], gap: str) -> bool:
    """What follows who, not where: "Iran-backed", "Mali's army", "Oslo said"."""
    if not follow:
        return False
    if follow[0] in _JOINED and gap in ("-", "‑", "–"):
        return True
    if follow[0] in _SAYS_NEXT:
        return True
    if follow[0] == "s" and gap in ("'", "’"):
        return not _BODIES.isdisjoint(follow[1:3]) or follow[1:2] == ["birthday"]
    return False


def _is_where_it_was_said(
    words: Sequence[str], first: int, begin: int, trigger: tuple[int, int]
) -> bool:
    """ "said in Kyiv", "told reporters on Friday in Geneva", "a group in Sittwe reported" """
    if first - 1 < begin or words[first - 1] not in ("in", "at", "from"):
        return False
    if words[first + 1 : first + 2] and words[first + 1] in _SAYS_NEXT:
        return True
    for k in range(first - 2, max(begin - 1, first - 6), -1):
        if words[k] in _SAYING and k < trigger[0] < first:
            return False  # "said two people died in Kherson"
        if words[k] in _SAYING:
            if words[k] in _SPEECH and not _MEANWHILE.isdisjoint(words[max(begin, k - 3) : k]):
                return False  # "was shot dead while he spoke in Nara"
            return not any(w in ("that", "of") for w in words[k + 1 : first])
        if words[k] in ("that", "which", "who", "and"):
            return False
    return False


def _is_doer(text: Words, spot: Spot, trigger: tuple[int, int], lead: Sequence[str]) -> bool:
    """A country as subject: it stands before the trigger and no word of place leads to it."""
    if _goes_on(text, spot):
        return True
    if not _STRUCK.isdisjoint(lead[-1:]):
        return False  # "Russia attacked Ukraine with drones"
    follow = text.words[spot.last + 1 : spot.last + 2]
    deed = bool(follow) and (follow[0].endswith("ed") or follow[0] in _DID)
    if deed and text.gaps[spot.last] == " " and not (lead and lead[-1] in _IN):
        return True  # "..., while Russia attacked power stations"
    if spot.first > trigger[1]:
        return False
    if lead and lead[-1] in _IN:
        return False
    if lead and lead[-1] in ("northern", "southern", "eastern", "western", "central"):
        return False
    return not any(c in text.gaps[spot.last] for c in ":;")


def of_whom(text: Words, found: Sequence[Spot], first: int) -> Spot | None:
    """The town of the one it was done to: "the mayor of Melitopol was led away"."""
    words = text.words
    for spot in found:
        place = spot.mention.place
        named = place is not None and place.is_point and can_locate(spot)
        if named and spot.last < first and words[spot.first - 1] == "of":
            return spot if not _HELD_OFFICE.isdisjoint(words[spot.first - 2 : spot.first]) else None
    return None


_PART_OF = word_set("in of the northern southern eastern western central north south east west")


def without_containers(text: Words, found: Sequence[tuple[Spot, Role]]) -> list[tuple[Spot, Role]]:
    """Without areas that only say where the place right before them lies ("Kerch in Crimea").

    Where the place is known in another country only, it is a namesake, and the area stays. Of a
    site and its town ("the Azovstal plant in Mariupol") the one whose point is surer stays.
    """
    kept: list[tuple[Spot, Role]] = []
    for spot, role in found:
        if kept and role == "location" == kept[-1][1] and _is_site_in(text, kept[-1][0], spot):
            site, town = kept[-1][0].mention.place, spot.mention.place
            if site is not None and town is not None and site.precision_km <= town.precision_km:
                continue
            kept.pop()
        if kept and role == "location" == kept[-1][1] and is_area(spot):
            inner = kept[-1][0]
            between = text.words[inner.last + 1 : spot.first]
            located = inner.mention.place is not None and inner.mention.place.is_point
            if located and between[:1] == ["in"] and _PART_OF.issuperset(between):
                if not _is_abroad(inner, spot):
                    continue
                kept.pop()
        kept.append((spot, role))
    return kept


def _is_site_in(text: Words, site: Spot, town: Spot) -> bool:
    a, b = site.mention.place, town.mention.place
    if a is None or b is None or a.kind != "site" or b.kind != "settlement":
        return False
    between = text.words[site.last + 1 : town.first]
    return between[-1:] in (["in"], ["at"]) and len(between) <= 3 and a.country == b.country


def _is_abroad(inner: Spot, outer: Spot) -> bool:
    a, b = inner.mention.place, outer.mention.place
    if a is None or b is None or not a.country or not b.country:
        return False
    return a.country != b.country


def place_list(found: Sequence[tuple[Spot, Role]]) -> tuple[EventPlace, ...]:
    """Drop what only says where something lies, and each place named twice."""
    chosen: dict[tuple[str, Role], EventPlace] = {}
    for spot, role in found:
        place = spot.mention.place
        if role == "location" and any(
            other.mention is not spot.mention and r == role and _holds(spot, other)
            for other, r in found
        ):
            continue
        kept = EventPlace(spot.number, role, round(spot.mention.confidence, 3))
        chosen.setdefault((place.id if place else spot.mention.surface, role), kept)
    return tuple(chosen.values())


def _holds(outer: Spot, inner: Spot) -> bool:
    """Whether one place is the country, region or district that the other lies in."""
    a, b = outer.mention.place, inner.mention.place
    if a is None or b is None or a.id == b.id:
        return False
    if a.kind == "country":
        return b.kind != "country" and (
            b.country == a.country or any(c[:2] == a.country for c in b.crosses)
        )
    if a.kind == "admin1":
        return b.kind not in ("country", "admin1", "region", "river", "sea") and bool(
            a.admin1 and b.admin1 == a.admin1
        )
    if a.kind == "admin2":
        return bool(b.is_point and a.admin2 and b.admin2 == a.admin2)
    if a.kind in ("region", "continent"):
        inside = {b.admin1, b.country} - {""}
        return b.kind not in ("country", "region", "sea") and bool(inside & set(a.crosses))
    return False

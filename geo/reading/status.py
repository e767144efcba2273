"""Whether what a trigger names happened, goes on, is planned, claimed or denied, or is no event."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo.model import Status
from geo.reading import casualties as harm
from geo.reading.referred import FEARED, REFERRED, reference
from geo.reading.terms import Words
from geo.reading.vocabulary import word_set

# One word is enough, anywhere in the clause before the trigger.
_HYPOTHETICAL = word_set(
    """would could might if unless whether should hypothetical hypothetically imagine
    possibly possibility potentially probably perhaps fear fears feared fearing risk
    risks danger can cannot must ought capable ability able prospect suppose lest worry
    worries worried concern concerns deter deterrence
    deterrent simulate simulated fictional drill drills assume assumes
    rumour rumours rumor rumors"""
)
_UNSURE = word_set(  # right before the trigger: of it, not of something else
    "possible potential mock simulated pretend hoax fake practised practiced rehearsed"
)
_UNREAL = word_set("hoax hoaxes scare scares thriller novel")  # right after it
_NOT = word_set("no not never without nor neither t hardly cannot nobody none zero")
_LASTING_DEEDS = word_set(
    """fighting clashes battle battles shelling bombardment strikes attacks protests protest siege
    unrest riots rallies demonstrations marches talks negotiations offensive"""
)
_FINITE = word_set("was were had has have is are began broke")
_LINKS = word_set("in by from after during")
_UNDONE = word_set(
    """failed fails fail averted avert avoid avoided avoids avoiding refrain refrained refused
    prevent prevented prevents preventing stopped instead lack absence against cancelled
    canceled postponed scrapped aborted rejected"""
)
_PLAN = word_set(
    """will plan plans planned planning prepare prepares prepared preparing preparations
    preparation intend intends intended vow vows vowed threaten threatens threatened
    threatening scheduled upcoming expected expects expect ahead promise promised promises
    pledge pledged poised ready gear gearing shall looming imminent call calls called calling
    urge urges urged demand demands demanded plotting plotted appeal appealed appeals mulling
    considering consider propose proposed proposes aim aims want wants wanted hope hopes
    hoping seek seeks seeking ll"""
)
_DUE_TO = word_set("begin start meet march leave arrive protest sign withdraw hold open resume")
_TO_PLAN = word_set("set due about going aims ready poised")  # only with "to" after them
_GOING_ON = word_set(
    """continue continues continued continuing ongoing still keep keeps underway relentless
    constant continuous amid rages raging rage daily unabated escalating intensifying persist
    persists persistent constantly repeatedly incessant nonstop currently"""
)
_GOING_ON_AFTER = word_set(
    """ongoing continue continues continued continuing underway raging rages raged unabated"""
)
_CLAIM = word_set(
    """claim claims claimed claiming alleged alleges allege allegedly alleging accuses accused
    accusing accuse purported purportedly unconfirmed unverified supposedly"""
)
_DENY = word_set("deny denies denied denying denial refute refuted refutes dismissed")
_ACCUSED = word_set("accused accuses accusing blamed")  # "denied it and accused the rebels of it"
_SAID = word_set(
    """said says announced announces confirmed promised pledged vowed told decided agreed added"""
)
_CALLED_OFF = word_set(
    """banned forbidden prohibited cancelled canceled postponed averted prevented foiled thwarted"""
)
_WHEN = word_set(
    """monday tuesday wednesday thursday friday saturday sunday tomorrow next january february march
    april may june july august september october november december"""
)
_CUT = word_set(
    """but after while when because although though which who whom where since before and as"""
)
_MEMORY = word_set(
    """anniversary anniversaries commemorate commemorates commemorated commemorating
    commemoration remembrance memorial memorials remembering mourn reenact veterans historian
    historians museum century"""
)
_AGES = word_set("years year decades decade centuries century")
_GOES_ON_WITH = word_set("in when that which during")
_JOINS = frozenset([" ", ",", "-"])  # within a part of a sentence, and a number
_OF_ANOTHER = word_set("that which who whose over against because")
_LOOK_BACK = 16  # words
_PERFECT = word_set("has have")
_BE_PAST = word_set("was were been")
_SPANS = word_set("weeks days months")
_BE_NOW = word_set("is are am has have being been")
_WERE = word_set("was were")
_AUXILIARY = word_set("are is were was been")
_PARTS = re.compile(r"[,;:()—“”\"]| [–-] ")
_REACH = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """`status` is None where the trigger tells of no event; `claim` is the claiming word, or -1."""

    status: Status | None
    claim: int = -1


def standing(
    text: Words, first: int, last: int, sentence: tuple[int, int], clause: tuple[int, int]
) -> Standing:
    """Judge the trigger at words first..last of a sentence and a clause (ends not included)."""
    begin, end = sentence
    words, gaps = text.words, text.gaps
    start = _clause_start(text, first, begin)
    lead = words[start:first]
    close = lead[-6:]
    tail = words[last + 1 : min(last + 5, end)]
    before = words[begin:first]
    referred = reference(text, first, last, sentence)
    if referred == REFERRED:
        return Standing(None)
    denied = -1 if _DENY.isdisjoint(before) else _last_of(before, _DENY, begin)
    if denied >= 0 and _ACCUSED.isdisjoint(words[denied + 1 : first]):
        return Standing("denied", denied)
    if _negated(words, first, lead, begin):
        return Standing(None)
    if _hypothetical(text, first, last, lead, tail, begin, end):
        return Standing(None)
    if not _MEMORY.isdisjoint(words[max(begin, first - 5) : first]):
        return Standing(None)
    if long_since(text, first, begin) or _is_off(words, last, clause[1]):
        return Standing(None)
    inner = words[first:last]  # "workers plan to strike" is one term
    ahead = referred == FEARED or _planned(words, first, last, close, lead)
    ahead = ahead or ("to" in inner and not _PLAN.isdisjoint(inner))
    if ahead or _called_for(words, last, before):
        return Standing("planned")
    claim = -1 if _CLAIM.isdisjoint(before) else _claim(words, begin, first)
    if claim >= 0:
        return Standing("claimed", claim)
    if _unconfirmed(words[last + 1 : end]):
        return Standing("claimed")
    form = words[first]
    if (
        not _GOING_ON.isdisjoint(lead[-8:])
        or not _GOING_ON_AFTER.isdisjoint(tail)
        or tail[:2] in (["under", "way"], ["went", "on"], ["goes", "on"])
        or "being" in lead[-2:]
        or (
            "let" in words[last + 2 : last + 7]
            and ["not", "let", "up"]
            in [words[k : k + 3] for k in range(last + 1, min(last + 6, end))]
        )
        or _lasting(words[clause[0] : clause[1]])
        or _went_on(words, first, last, clause[1])
        or (form.endswith("ing") and not _BE_NOW.isdisjoint(lead[-3:]) and "by" not in lead[-2:])
        or (form.endswith("ing") and not _WERE.isdisjoint(lead[-2:]))
        or _progressive(words, start, first)
    ):
        return Standing("ongoing")
    around = words[clause[0] : clause[1]]
    if "recent" in around and not _SPANS.isdisjoint(around):
        return Standing("ongoing")
    if gaps and form in ("left", "leaving") and "fighting" in tail:
        return Standing("ongoing")
    return Standing("occurred")


def long_since(text: Words, first: int, begin: int) -> bool:
    """Whether a word only says how long ago something was.

    "Eighty years since the massacre, in which 335 men died", "a year after the coup".
    """
    words = text.words
    for k in range(first, max(begin + 1, first - _LOOK_BACK), -1):
        if text.gaps[k - 1] not in _JOINS and words[k] not in _GOES_ON_WITH:
            return False
        if words[k - 1] in ("since", "after") and words[k - 2] in _AGES:
            return True
    return False


def _is_off(words: list[str], last: int, stop: int) -> bool:
    """ "The march had been banned", "the march planned for Friday was called off"."""
    if words[last].endswith("ed"):
        return False  # "marched for a man whose trial was postponed": not the march
    after = words[last + 1 : min(last + 10, stop)]
    for k, word in enumerate(after):
        if word in _OF_ANOTHER:
            return False
        if word in _BE_PAST:
            rest = [one for one in after[k + 1 : k + 4] if one != "been"]
            return not _CALLED_OFF.isdisjoint(rest[:2]) or rest[:2] == ["called", "off"]
    return False


def _clause_start(text: Words, first: int, begin: int) -> int:
    words, gaps = text.words, text.gaps
    k = first
    while k > begin and first - k < _REACH:
        gap = gaps[k - 1]
        if gap != " " and _PARTS.search(gap):
            break
        if words[k - 1] in _CUT:
            break
        k -= 1
    return k


def _last_of(words: list[str], wanted: frozenset[str], begin: int) -> int:
    return max(k for k, word in enumerate(words, begin) if word in wanted)


def _negated(words: list[str], first: int, lead: list[str], begin: int) -> bool:
    near = lead[-4:]
    if words[first] not in harm.WORDS and _harmless(lead):
        return False
    if "not" in near and "only" in words[max(begin, first - 3) : first]:
        return False
    if not _NOT.isdisjoint(near) and not ("no" in near and {"longer", "doubt"} & set(near)):
        return True
    return not _UNDONE.isdisjoint(lead[-5:]) and "protest" not in lead[-3:] and _undone(lead)


def _harmless(lead: list[str]) -> bool:
    """ "No casualties in the attack": nobody was harmed, and still it happened."""
    harmed = [k for k, word in enumerate(lead) if word in harm.WORDS]
    return bool(harmed) and not _LINKS.isdisjoint(lead[harmed[-1] + 1 :])


def _undone(lead: list[str]) -> bool:
    """Whether the undoing word governs what follows it ("against" alone does not)."""
    near = [word for word in lead[-5:] if word in _UNDONE]
    return any(word not in ("against", "stopped", "rejected") for word in near)


def _called_for(words: list[str], last: int, before: list[str]) -> bool:
    """ "Unions called another march for Tuesday" """
    follow = words[last + 1 : last + 3]
    called = {"called", "announced", "scheduled", "calling"} & set(before)
    return bool(called) and follow[:1] == ["for"] and not _WHEN.isdisjoint(follow[1:])


def _unconfirmed(rest: list[str]) -> bool:
    """ "..., which the army did not confirm", "this could not be independently verified" """
    for k, word in enumerate(rest):
        if word in ("confirm", "confirmed", "verify", "verified"):
            return "not" in rest[max(0, k - 4) : k]
    return False


def _hypothetical(
    text: Words, first: int, last: int, lead: list[str], tail: list[str], begin: int, end: int
) -> bool:
    words = text.words
    if _announced(words, first, begin):
        return False
    if lead[-1:] == ["feared"] and words[first] in ("dead", "killed"):
        lead = lead[:-1]  # how many is not known yet, that they are is
    if not _HYPOTHETICAL.isdisjoint(lead):
        done = {"amid", "despite"} & set(lead)
        if not done or "fears" in lead or "concerns" in lead:
            return True
    if lead[-1:] == ["to"] and not {"will", "would"}.isdisjoint(words[begin:first]):
        return True  # "will be defended, to inflict losses"
    if not _UNSURE.isdisjoint(lead[-2:]) or not _UNREAL.isdisjoint(tail[:1]):
        return True
    said = tail[:1] in (["that"], ["it"], ["he"], ["she"], ["they"])  # "warned that it would"
    if not said and any(w in ("would", "could", "might") for w in tail[:3]):
        return True
    if "threat" in lead[-3:] or "threats" in lead[-3:]:
        return True
    if "may" in lead[-3:] and words[first - 1] != "may":
        return True
    if lead[-2:-1] == ["may"] or lead[-1:] == ["may"]:
        return True
    if "sooner" in words[begin:first] or "eventually" in lead:
        return True
    if ("have" in lead[-3:] or "need" in lead[-3:] or "needs" in lead[-3:]) and lead[-1:] == ["to"]:
        return True
    # "Seizing the town ... would open the road": a gerund that is the subject of what would be.
    return (
        words[first].endswith("ing")
        and (
            first == begin or words[first - 1] in ("says", "said", "that", "say", "believes", "of")
        )
        and any(w in ("would", "could", "might", "will") for w in words[last + 1 : end])
    )


def _announced(words: list[str], first: int, begin: int) -> bool:
    """ "Britain said that it would withdraw": in reported speech "would" is "will"."""
    if "would" not in words[max(begin, first - 2) : first]:
        return False
    before = words[begin:first]
    return not _SAID.isdisjoint(before) and {"if", "unless"}.isdisjoint(before)


def _planned(words: list[str], first: int, last: int, close: list[str], lead: list[str]) -> bool:
    if _announced(words, first, first - len(lead)) or lead[-2:] in (["is", "to"], ["are", "to"]):
        return True
    if words[last + 1 : last + 3] in (["is", "to"], ["are", "to"]):
        return True
    for k, word in enumerate(close):
        if word in _PLAN:
            rest = close[k + 1 :]
            if word in ("called", "call", "calls", "calling", "appealed", "appeal") and not (
                {"for", "on"} & set(rest)
            ):
                continue
            if word == "ahead" and "of" not in rest:
                continue
            if word in ("expected", "prepared", "planned", "threatened") and {"attacked"} & set(
                rest
            ):
                continue
            return True
        if word in _TO_PLAN and "to" in close[k + 1 : k + 2]:
            # "due to shelling" is a reason; "due to march" is a plan
            return word != "due" or close[k + 2 :] == ["be"] or words[first] in _DUE_TO
    return "will" in lead or "next" in close[-2:]


def _claim(words: list[str], begin: int, first: int) -> int:
    for k in range(first - 1, begin - 1, -1):
        if words[k] in _CLAIM:
            follow = words[k + 1 : k + 5]
            if "responsibility" in follow or "lives" in follow or "life" in follow:
                continue
            if words[k].startswith("accus") and {"being", "supporting"} & set(follow):
                continue
            return k
    return -1


def _lasting(around: list[str]) -> bool:
    """ "has killed 600 since May", "have had no water for two weeks" """
    if _PERFECT.isdisjoint(around):
        return False
    return "since" in around or any(
        word == "for" and not _SPANS.isdisjoint(around[k + 1 : k + 5])
        for k, word in enumerate(around)
    )


def _went_on(words: list[str], first: int, last: int, stop: int) -> bool:
    """ "Fighting between the army and the rebels continued in X": the deed is the subject."""
    if _LASTING_DEEDS.isdisjoint(words[first : last + 1]):
        return False
    after = words[last + 1 : min(last + 13, stop)]
    at = next((k for k, word in enumerate(after) if word in _GOING_ON_AFTER), 0)
    return at > 0 and not any(word.endswith("ed") or word in _FINITE for word in after[:at])


def _progressive(words: list[str], start: int, first: int) -> bool:
    """ "were hanging onto their positions amid attacks", "are trying to storm" """
    if _AUXILIARY.isdisjoint(words[start : first - 1]):
        return False
    for k in range(start, first - 1):
        if words[k] in _AUXILIARY and words[k + 1].endswith("ing"):
            return first - k <= 7 and words[k + 1] not in ("being", "including", "according")
    return False

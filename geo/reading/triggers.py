"""From the words of a sentence to the sub-types they speak for.

A `TriggerTable` holds the codebook's triggers by the group that sets them off. `read` checks,
for each hit in a sentence, what must and must not stand near it, and scores what it may tell.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from geo.codebook import Codebook, Trigger
from geo.reading.terms import Hit, Lexicon, Words, inline_group
from geo.reading.vocabulary import word_set

FROM_CONTEXT = 0.85  # a condition met only by the sentence before or after
SUPPORT = 0.06  # what a second trigger of the same sub-type adds, as a share of its weight
KINSHIP = 0.08  # what the other sub-types of the same type add
MOST_SUPPORT = 2.0
IN_BACKGROUND = 0.84  # a trigger named as the reason or the setting of something else
AS_TOPIC = 0.5  # what somebody speaks of, or what it puts an end to
_TOPIC = word_set(
    """condemned condemns condemn condemning denounced denounces deplored discuss discussed decry
    decried decrying mourn mourning criticised criticized ending warned"""
)
_HELD = frozenset(["held", "controlled", "backed", "led", "occupied", "run", "dominated"])
_AIM = frozenset(["attack", "attempt", "attempts", "bid", "effort", "offensive", "operation"])
_BACKGROUND = frozenset(
    ["despite", "following", "over", "retaliation", "response", "revenge", "against", "had"]
)
# Before a passive or after an active verb; forms that make "was killed" passive.
_BE = word_set("is are was were be been being am get gets got gotten getting")
_TURNED = word_set("from against by with of near on at in after for to as")


@dataclass(frozen=True, slots=True)
class Sense:
    """A sub-type that a sentence may tell of: score 0 to 12, and the hit that says so best."""

    type: str
    subtype: str
    score: float
    hit: Hit


@dataclass(frozen=True, slots=True)
class _Rule:
    type: str
    subtype: str
    trigger: Trigger
    with_: tuple[frozenset[str], ...]


class TriggerTable:
    """A codebook's triggers, ready to read sentences with."""

    def __init__(self, codebook: Codebook) -> None:
        self.lexicon = Lexicon(codebook)
        self._rules: dict[str, list[_Rule]] = {}
        kinds = [(k.name, s.name) for k in codebook.types for s in k.subtypes]
        self._order = {key: number for number, key in enumerate(kinds)}
        agents: set[str] = set()
        patients: set[str] = set()
        for kind in codebook.types:
            for subtype in kind.subtypes:
                for trigger in subtype.triggers:
                    with_ = tuple(frozenset(one_of) for one_of in trigger.with_)
                    rule = _Rule(kind.name, subtype.name, trigger, with_)
                    groups = list(trigger.groups)
                    if trigger.terms:
                        groups.append(inline_group(trigger.line, subtype.name))
                    for group in groups:
                        self._rules.setdefault(group, []).append(rule)
                    agents.update(trigger.agent)
                    patients.update(trigger.patient)
        self._agents, self._patients = frozenset(agents), frozenset(patients)
        self._heads = self.heads = frozenset(self._rules)
        self.verbs = self.heads - self._agents - self._patients

    def read(
        self, text: Words, hits: Sequence[Hit], around: Collection[str] = frozenset()
    ) -> list[Sense]:
        """The readings of one sentence, best first.

        hits : the sentence's, in order. around : groups met in the sentences beside it.
        """
        present: set[str] = set()
        for hit in hits:
            present |= hit.groups
        best: dict[tuple[str, str], list[tuple[float, Hit]]] = {}
        for at, hit in enumerate(hits):
            heads = hit.groups & self._heads
            if not heads or (
                hit.first
                and text.gaps[hit.first - 1] == "-"
                and hit.last > 0
                and text.words[hit.first].endswith("ed")
            ):
                continue  # "rebel-occupied" names no event
            agent: frozenset[str] | None = None
            patient: frozenset[str] | None = None
            for head in sorted(heads):
                for rule in self._rules[head]:
                    trigger = rule.trigger
                    if not present.isdisjoint(trigger.without):
                        continue
                    weight = self._weight(rule, hits, at, present, around)
                    if not weight:
                        continue
                    if trigger.agent or trigger.patient:
                        if agent is None or patient is None:
                            agent, patient = self._roles(text, hits, at)
                        if trigger.agent and agent.isdisjoint(trigger.agent):
                            continue
                        if trigger.patient and patient.isdisjoint(trigger.patient):
                            continue
                    weight *= _standing(text.words, hit.first)
                    best.setdefault((rule.type, rule.subtype), []).append((weight, hit))
        return _ranked(best, self._order)

    def _weight(
        self,
        rule: _Rule,
        hits: Sequence[Hit],
        at: int,
        present: set[str],
        around: Collection[str],
    ) -> float:
        trigger, weight = rule.trigger, rule.trigger.weight
        own = hits[at]
        for one_of in rule.with_:
            if not present.isdisjoint(one_of):
                if own.groups.isdisjoint(one_of) or _elsewhere(hits, at, one_of):
                    continue
                return 0.0
            if not one_of.isdisjoint(around):
                weight *= FROM_CONTEXT
                continue
            return 0.0
        for names in trigger.after:
            if not any(
                other.first - own.last <= trigger.reach and not other.groups.isdisjoint(names)
                for other in hits[at + 1 :]
            ):
                return 0.0
        for names in trigger.before:
            if not any(
                own.first - other.last <= trigger.reach and not other.groups.isdisjoint(names)
                for other in hits[:at]
            ):
                return 0.0
        return weight

    def _roles(
        self, text: Words, hits: Sequence[Hit], at: int
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Groups of who does it, and of whom it is done to (either may be empty)."""
        own, words = hits[at], text.words
        if not _is_passive(text, own):
            return self._before(text, hits, at, self._agents), self._after(text, hits, at)
        doer: frozenset[str] = frozenset()
        for k in range(own.last + 1, min(own.last + 14, len(words))):
            if words[k] in ("by", "when"):
                doer = _first(text, hits[at + 1 :], k, self._agents)
                break
        return doer, self._before(text, hits, at, self._patients)

    def _after(self, text: Words, hits: Sequence[Hit], at: int) -> frozenset[str]:
        return _first(text, hits[at + 1 : at + 9], hits[at].last, self._patients)

    def _before(
        self, text: Words, hits: Sequence[Hit], at: int, actors: frozenset[str]
    ) -> frozenset[str]:
        """The nearest actor before, passing over those that hang on a preposition."""
        fallback: frozenset[str] = frozenset()
        for other in reversed(hits[:at]):
            if other.groups.isdisjoint(actors) or _is_attribute(text, other):
                continue
            if hits[at].first - other.last > 25:
                break
            lead = text.words[max(0, other.first - 3) : other.first]
            if _TURNED.isdisjoint(lead):
                return other.groups
            fallback = fallback or other.groups
        return fallback


def _is_attribute(text: Words, hit: Hit) -> bool:
    """Whether an actor only describes something else: "rebel-held", "government-controlled"."""
    n = hit.last + 1
    return n < len(text.words) and text.gaps[hit.last] == "-" and text.words[n] in _HELD


def _first(text: Words, hits: Sequence[Hit], after: int, actors: frozenset[str]) -> frozenset[str]:
    """The groups of the first actor within 12 words after a word."""
    found: frozenset[str] = frozenset()
    last = after
    for hit in hits:
        if hit.first - after > 12:
            break
        if hit.first <= after or _is_attribute(text, hit):
            continue
        if found and hit.first > last + 1:
            break
        if not hit.groups.isdisjoint(actors):  # of "army helicopter" both words
            found, last = found | hit.groups, hit.last
    return found


def _standing(words: Sequence[str], first: int) -> float:
    """What is left of a trigger's weight where it names the reason or the topic of something."""
    lead = words[max(0, first - 4) : first]
    if lead[-1:] == ["to"] and not _AIM.isdisjoint(lead[:-1]):
        return AS_TOPIC  # "an offensive to recapture the town": so far it is an offensive
    if "over" in lead and any(word.isdigit() for word in lead):
        return 1.0  # "over 100 grenades"
    if not _TOPIC.isdisjoint(lead):
        return AS_TOPIC
    return 1.0 if _BACKGROUND.isdisjoint(lead) else IN_BACKGROUND


def _elsewhere(hits: Sequence[Hit], at: int, one_of: frozenset[str]) -> bool:
    """Whether some other hit than the trigger itself is of these groups."""
    return any(k != at and not hit.groups.isdisjoint(one_of) for k, hit in enumerate(hits))


def _is_passive(text: Words, hit: Hit) -> bool:
    words = text.words
    form = words[hit.first]
    if form.endswith(("ing", "s")):
        return False
    if form in ("died", "dead", "die"):
        return True  # it happened to whoever stands before
    for k in range(hit.first - 1, max(-1, hit.first - 4), -1):
        if any(c in "(),;:" for c in text.gaps[k]):
            break  # "(IS) had gained": no verb
        if words[k] in _BE:
            return True
    return hit.last + 1 < len(words) and words[hit.last + 1] == "by"


def _ranked(
    best: dict[tuple[str, str], list[tuple[float, Hit]]], order: dict[tuple[str, str], int]
) -> list[Sense]:
    tops = {key: max(found, key=lambda pair: pair[0]) for key, found in best.items()}
    senses = []
    for (kind, subtype), (weight, hit) in tops.items():
        others = {other.first: w for w, other in best[kind, subtype] if other.first != hit.first}
        more = SUPPORT * max(others.values(), default=0.0)
        kin = (w for (k, s), (w, _) in tops.items() if k == kind and s != subtype)
        more += KINSHIP * max(kin, default=0.0)
        senses.append(Sense(kind, subtype, weight + min(more, MOST_SUPPORT), hit))
    # Of equals the one that the codebook lists first: the same on every run.
    senses.sort(key=lambda s: (-s.score, s.hit.first, order[s.type, s.subtype]))
    return senses

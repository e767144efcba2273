"""From the words of a sentence to the sub-types they speak for.

A `TriggerTable` holds the codebook's triggers by the group that sets them off. `read` checks,
for each hit in a sentence, what must and must not stand near it, and scores what it may tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import or_
from typing import NamedTuple

from geo.codebook import GIVEN_GROUPS, Codebook, Trigger
from geo.reading.terms import Hit, Lexicon, Words, inline_group
from geo.reading.vocabulary import word_set

FROM_CONTEXT = 0.85  # a condition met only by the sentence before or after
AGAIN = 6.0  # a second hit of this weight may tell of a second event of its sub-type
SUPPORT = 0.06  # what a second trigger of the same sub-type adds, as a share of its weight
KINSHIP = 0.08  # what the other sub-types of the same type add
MOST_SUPPORT = 2.0
IN_BACKGROUND = 0.84  # a trigger named as the reason or the setting of something else
AS_TOPIC = 0.5  # what somebody speaks of, or what it puts an end to
AS_IDEA = 0.3  # what a law forbids or a speech is of
_TOPIC = word_set(
    """condemned condemns condemn condemning denounced denounces deplored discuss discussed decry
    decried decrying mourn mourning criticised criticized ending warned mourned ruled"""
)
_WERE, _SPOKEN_OF = (
    frozenset(["was", "were"]),
    word_set("discussed debated mentioned recalled remembered commemorated criticised criticized"),
)
_ABOUT = frozenset(["over", "for", "with", "of"])
_CHARGED = word_set("jailed convicted sentenced charged extradited wanted tried acquitted indicted")
_CHARGE_REACH = 16  # words
_RULES = frozenset(["law", "laws", "bill", "campaign", "measures", "rules"])
_SPEAKING = frozenset(["spoke", "speaks", "speaking", "spoken", "talked", "talks"])
# Before a participle that describes what follows: "in occupied Donetsk", "the captured tanks".
_DESCRIBED = frozenset(["the", "in", "of", "from", "near", "across"])
_LONG = frozenset(["war", "invasion", "siege", "battle", "insurgency", "occupation", "offensive"])
_HELD = frozenset(["held", "controlled", "backed", "led", "occupied", "run", "dominated"])
_AIM = frozenset(["attack", "attempt", "attempts", "bid", "effort", "offensive", "operation"])
_BACKGROUND = frozenset(
    ["despite", "following", "over", "retaliation", "response", "revenge", "against", "had"]
)
# Before a passive or after an active verb; forms that make "was killed" passive.
_BE = word_set("is are was were be been being am get gets got gotten getting")
_DONE_TO = word_set("killed wounded injured murdered kidnapped abducted")
_WHERE = word_set("in near during when outside after")
_TURNED = word_set("from against by with of near on at in after for to as")


class Sense(NamedTuple):
    """A sub-type that a sentence may tell of: score 0 to 12, and the hit that says so best."""

    type: str
    subtype: str
    score: float
    hit: Hit


@dataclass(frozen=True, slots=True)
class _Rule:
    """A trigger with its groups as bits, so that each condition is one `&`."""

    kind: int  # which sub-type, counted in the codebook's order
    weight: float
    reach: int
    with_: tuple[int, ...]
    after: tuple[int, ...]
    before: tuple[int, ...]
    without: int
    agent: int
    patient: int


_Kind = tuple[int, tuple[_Rule, ...]]


class _Kinds(dict[frozenset[str], _Kind]):
    """What is known of each set of groups, found out when it is first met."""

    def __init__(self, find: Callable[[frozenset[str]], _Kind]) -> None:
        self._find = find

    def __missing__(self, groups: frozenset[str]) -> _Kind:
        kind = self[groups] = self._find(groups)
        return kind


class TriggerTable:
    """A codebook's triggers, ready to read sentences with."""

    def __init__(self, codebook: Codebook) -> None:
        self.lexicon = Lexicon(codebook)
        names = [*(group.name for group in codebook.words), *GIVEN_GROUPS]
        self._bits = {name: 1 << number for number, name in enumerate(names)}
        self._names = [(kind.name, s.name) for kind in codebook.types for s in kind.subtypes]
        self._rules: dict[str, list[_Rule]] = {}
        agents: set[str] = set()
        patients: set[str] = set()
        subtypes = [subtype for kind in codebook.types for subtype in kind.subtypes]
        for number, subtype in enumerate(subtypes):
            for trigger in subtype.triggers:
                rule = self._rule(number, trigger)
                groups = list(trigger.groups)
                if trigger.terms:
                    groups.append(inline_group(trigger.line, subtype.name))
                for group in groups:
                    self._rules.setdefault(group, []).append(rule)
                agents.update(trigger.agent)
                patients.update(trigger.patient)
        self._agents, self._patients = self._mask(agents), self._mask(patients)
        self.heads = frozenset(self._rules)
        self.verbs = self.heads - agents - patients
        self._kinds = _Kinds(self._kind)

    def _mask(self, groups: Iterable[str]) -> int:
        mask = 0
        for group in groups:
            mask |= self._bits.get(group, 0)
        return mask

    def _rule(self, number: int, trigger: Trigger) -> _Rule:
        mask = self._mask
        return _Rule(
            kind=number,
            weight=trigger.weight,
            reach=trigger.reach,
            with_=tuple(map(mask, trigger.with_)),
            after=tuple(map(mask, trigger.after)),
            before=tuple(map(mask, trigger.before)),
            without=mask(trigger.without),
            agent=mask(trigger.agent),
            patient=mask(trigger.patient),
        )

    def _kind(self, groups: frozenset[str]) -> _Kind:
        """The bits of a set of groups and the rules that it sets off; few sets ever occur."""
        heads = sorted(groups & self.heads)
        return self._mask(groups), tuple(rule for head in heads for rule in self._rules[head])

    def present(self, hits: Iterable[Hit]) -> int:
        """The groups of some hits, as bits."""
        mask = 0
        for hit in hits:
            mask |= self._kinds[hit.groups][0]
        return mask

    def has_heads(self, hits: Iterable[Hit]) -> bool:
        """Whether any of some hits can set off a trigger at all."""
        return any(self._kinds[hit.groups][1] for hit in hits)

    def read(self, text: Words, hits: Sequence[Hit], around: int = 0) -> list[Sense]:
        """The readings of one sentence, best first.

        hits : the sentence's, in order. around : groups met in the sentences beside it, as bits.
        """
        known = self._kinds
        kinds = [known[hit.groups] for hit in hits]
        masks = [kind[0] for kind in kinds]
        earlier = [*accumulate(masks, or_, initial=0)]  # the groups of all hits before each
        later = [*accumulate(reversed(masks), or_, initial=0)][::-1]  # and of it and all after
        present = later[0]
        best: dict[int, list[tuple[float, Hit]]] = {}
        for at, (_, rules) in enumerate(kinds):
            if not rules or _is_attributive(text, hits[at]):
                continue
            rest = earlier[at] | later[at + 1]  # what the other hits are
            share = 0.0
            doers: tuple[int, int] | None = None
            for rule in rules:
                if present & rule.without:
                    continue
                weight = rule.weight
                for one_of in rule.with_:
                    if rest & one_of:
                        continue
                    if present & one_of or not around & one_of or around & rule.without:
                        weight = 0.0
                        break
                    weight *= FROM_CONTEXT
                if not weight or ((rule.after or rule.before) and not _near(rule, hits, masks, at)):
                    continue
                if rule.agent or rule.patient:
                    if doers is None:
                        doers = self._roles(text, hits, masks, at)
                    if (rule.agent and not rule.agent & doers[0]) or (
                        rule.patient and not rule.patient & doers[1]
                    ):
                        continue
                share = share or _standing(text, hits[at].first)
                best.setdefault(rule.kind, []).append((weight * share, hits[at]))
        return self._ranked(best) if best else []

    def _roles(
        self, text: Words, hits: Sequence[Hit], masks: Sequence[int], at: int
    ) -> tuple[int, int]:
        """Groups of who does it, and of whom it is done to (either may be empty)."""
        own, words = hits[at], text.words
        if not _is_passive(text, own):
            doer = self._before(text, hits, masks, at, self._agents)
            last = min(at + 9, len(hits))
            return doer, _first(text, hits, masks, range(at + 1, last), own.last, self._patients)
        doer = 0
        for k in range(own.last + 1, min(own.last + 14, len(words))):
            if words[k] in ("by", "when"):
                doer = _first(text, hits, masks, range(at + 1, len(hits)), k, self._agents)
                break
        return doer, self._before(text, hits, masks, at, self._patients)

    def _before(
        self, text: Words, hits: Sequence[Hit], masks: Sequence[int], at: int, actors: int
    ) -> int:
        """The nearest actor before, passing over those that hang on a preposition."""
        fallback = 0
        for k in range(at - 1, -1, -1):
            other = hits[k]
            if not masks[k] & actors or _is_attribute(text, other):
                continue
            if hits[at].first - other.last > 25:
                break
            lead = text.words[max(0, other.first - 3) : other.first]
            if _TURNED.isdisjoint(lead):
                return masks[k]
            fallback = fallback or masks[k]
        return fallback

    def _ranked(self, best: dict[int, list[tuple[float, Hit]]]) -> list[Sense]:
        tops = {kind: max(found, key=lambda pair: pair[0]) for kind, found in best.items()}
        senses = []
        for number, (weight, hit) in sorted(tops.items()):  # of equals the codebook's first
            name, subtype = self._names[number]
            others = {other.first: w for w, other in best[number] if other.first != hit.first}
            more = SUPPORT * max(others.values(), default=0.0)
            kin = (w for k, (w, _) in tops.items() if k != number and self._names[k][0] == name)
            more += KINSHIP * max(kin, default=0.0)
            senses.append(Sense(name, subtype, weight + min(more, MOST_SUPPORT), hit))
            if others:
                again = {other for w, other in best[number] if w >= AGAIN and other != hit}
                senses += [Sense(name, subtype, AGAIN, other) for other in sorted(again)]
        senses.sort(key=lambda sense: (-sense.score, sense.hit.first))
        return senses


def _is_attributive(text: Words, hit: Hit) -> bool:
    """Whether a trigger only describes something: "rebel-occupied", "abandoned tanks"."""
    first, words = hit.first, text.words
    if first == hit.last and words[first].endswith("ed"):
        before = text.gaps[first - 1][:1] if first else "."
        opens = before in (".", "\n") or words[first - 1] in _DESCRIBED
        follows = hit.last + 1 < len(words) and text.gaps[hit.last] == " "
        if opens and follows and words[hit.last + 1] not in _TURNED | {"to", "when", "as", "the"}:
            return True
    return (
        first > 0
        and hit.last > 0
        and text.gaps[first - 1] == "-"
        and text.words[first].endswith("ed")
    )


def _near(rule: _Rule, hits: Sequence[Hit], masks: Sequence[int], at: int) -> bool:
    """Whether what must stand after and before a trigger does, within its reach."""
    own = hits[at]
    for names in rule.after:
        for k in range(at + 1, len(hits)):
            if masks[k] & names and hits[k].first - own.last <= rule.reach:
                break
        else:
            return False
    for names in rule.before:
        for k in range(at):
            if masks[k] & names and own.first - hits[k].last <= rule.reach:
                break
        else:
            return False
    return True


def _is_attribute(text: Words, hit: Hit) -> bool:
    """Whether an actor only describes something else: "rebel-held", "government-controlled"."""
    n = hit.last + 1
    return n < len(text.words) and text.gaps[hit.last] == "-" and text.words[n] in _HELD


def _first(
    text: Words,
    hits: Sequence[Hit],
    masks: Sequence[int],
    among: range,
    after: int,
    actors: int,
) -> int:
    """The groups of the first actor within 12 words after a word."""
    found, last = 0, after
    for k in among:
        hit = hits[k]
        if hit.first - after > 12:
            break
        if hit.first <= after or _is_attribute(text, hit):
            continue
        if found and hit.first > last + 1:
            break
        if masks[k] & actors:  # of "army helicopter" both words
            found, last = found | masks[k], hit.last
    return found


def _standing(text: Words, first: int) -> float:
    """What is left of a trigger's weight where it names the reason or the topic of something."""
    words = text.words
    result = words[first].endswith("ing") and words[first] != "fighting"
    if first and result and text.gaps[first - 1] == ", ":
        return IN_BACKGROUND  # ", destroying two helicopters": what came of something
    lead = words[max(0, first - 4) : first]
    if lead[-1:] == ["to"] and not _AIM.isdisjoint(lead[:-1]):
        return AS_TOPIC  # "an offensive to recapture the town": so far it is an offensive
    if not _ABOUT.isdisjoint(lead) and is_charged(text, first):
        return AS_TOPIC  # "jailed two men over a bombing"
    if "over" in lead and any(word.isdigit() for word in lead):
        return 1.0  # "over 100 grenades"
    if not _TOPIC.isdisjoint(words[max(0, first - 7) : first]):
        return AS_TOPIC
    follow = words[first + 1 : first + 4]
    if any(
        one in _WERE and two in _SPOKEN_OF for one, two in zip(follow, follow[1:], strict=False)
    ):
        return AS_IDEA  # "the accords were discussed"
    if lead[-1:] == ["against"] and not _RULES.isdisjoint(lead):
        return AS_IDEA  # "a law against lynching"
    if "of" in lead and not _SPEAKING.isdisjoint(lead):
        return AS_IDEA
    if words[first] in _LONG and ("during" in lead or any(map(_is_year, lead[-3:]))):
        return AS_TOPIC  # "was attacked during the 2022 invasion": when, not what
    return 1.0 if _BACKGROUND.isdisjoint(lead) else IN_BACKGROUND


def is_charged(text: Words, first: int) -> bool:
    """Whether somebody is held to account before a word, in its part of the sentence."""
    for k in range(first - 1, max(-1, first - _CHARGE_REACH), -1):
        if any(c in ",.;:!?" for c in text.gaps[k]):
            return False
        if text.words[k] in _CHARGED:
            return True
    return False


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdecimal() and word[0] in "12"


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
    follow = words[hit.last + 1] if hit.last + 1 < len(words) else ""
    # "workers killed in X": who kills somebody would say whom.
    if follow == "as" and words[hit.last + 2 : hit.last + 3] not in (["many"], ["much"]):
        return form in _DONE_TO  # "14 killed as gunmen stormed the bar"
    return follow == "by" or (form in _DONE_TO and follow in _WHERE and text.gaps[hit.last] == " ")

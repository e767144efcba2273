"""Terms that mean something else, as what stands beside them tells: "an explosion of interest"."""

from __future__ import annotations

from collections.abc import Sequence

from geo.reading.markets import is_aside, is_of_trade
from geo.reading.terms import Hit, Words
from geo.reading.vocabulary import GRIEVANCE, word_set

_ARTICLES = word_set("a an the his her its their this that another some several two three")
_BURST = word_set("explosion explosions blast eruption bombardment barrage avalanche")
# What does blow up or rain down, among what an "explosion of" may be of.
_MATTER = word_set(
    "weapons bomb artillery grenade vessel civil_place military_place property drones chemical"
)
_STUFF = word_set(
    """gas fuel petrol oil gunpowder fireworks fire ammunition munitions shells shell missiles
    missile rockets rocket mortars mortar bombs dynamite methane boiler cylinder cylinders tank
    pipeline unknown unexploded violence"""
)
_REVIEWERS = word_set(
    """critics reviewers columnists commentators pundits audiences viewers readers voters fans
    emails calls questions requests messages"""
)
# What words attack, and no weapon.
_SAID = word_set(
    """ruling rulings decision decisions verdict plan plans proposal proposals policy policies
    record bill law laws legislation budget idea ideas report reports claim claims critics media
    press article book film speech deal treaty strategy reform reforms handling remarks statement
    tariffs tax taxes character reputation credibility integrity democracy freedom freedoms
    rights values"""
)
_SPOKEN = word_set("attack attacks attacked attacking assail assails assailed target targets")
_SHELL_DOES = word_set(
    """hit hits strike strikes struck fire fell falls land lands landed explode explodes exploded
    explosion explosions kill kills killed killing wound wounds injure injures attack attacks
    damage damages damaged blast blasts slam slams slammed fragments fragment"""
)
_TOWN_HEADS = word_set("town village city hamlet parish suburb band film novel play album song")
_FOOTAGE = word_set(
    "footage video videos image images photo photos picture pictures view views shots race racing"
)
_ILLS = word_set("cancer stroke pneumonia malaria lightning covid")
_IS = word_set("is was")
_DISORDER = word_set("violence unrest riots riot rioting mayhem vandalism arson looting")
_OPPOSED = word_set(
    """against condemn condemns condemned condemning denounce denounced denouncing deplore
    deplored deploring mourn mourned over stop ending"""
)
_MARCHES = word_set("march marches marched marching parade parades paraded rally")
_PIT, _MINE = frozenset({"pit"}), frozenset({"mine", "mines"})
_CAVES_IN = word_set("collapse collapsed collapses collapsing caved cave flooded floods miners")
_FORCES, _PEOPLE = frozenset({"soldiers", "militants"}), frozenset({"civilians", "protesters"})
_CROWDS = frozenset({"protesters", "civilians", "crowd", "quantity", "partisans", "police"})


def is_figure(text: str, words: Words, hit: Hit) -> bool:
    """Whether a term is a turn of speech, or a name, by the words beside it."""
    own, after = words.words[hit.first], words.words[hit.last + 1 : hit.last + 5]
    is_a = not _IS.isdisjoint(after[:1]) and after[1:2] in (["a"], ["the"])
    if is_a and text[words.starts[hit.first]].isupper() and not _TOWN_HEADS.isdisjoint(after[2:4]):
        return True  # "Battle is a small town"
    if own == "shell" and hit.first == hit.last and text[words.starts[hit.first]] == "S":
        return _SHELL_DOES.isdisjoint(after[:1])  # else the firm
    if after[:1] == ["by"] and not _REVIEWERS.isdisjoint(after[1:3]):
        return True  # "was bombed by critics"
    if is_of_trade(text, words, hit):
        return True
    if own in _SPOKEN and hit.first == hit.last:
        rest = [word for word in after[:3] if word not in _ARTICLES and word != "on"]
        return not _SAID.isdisjoint(rest[:2]) and rest[1:2] not in (["office"], ["building"])
    if own == "drone" and not _FOOTAGE.isdisjoint(after[:1]):
        return True
    before = words.words[max(0, hit.first - 2) : hit.first]
    ill = before == ["heart", "attack"] or not _ILLS.isdisjoint(before[-1:])
    if ill and "kill" in hit.groups:
        return True
    if own == "boxing":
        return after[:1] == ["day"]
    return own in _DISORDER and _is_opposed(words.words, hit.first)


def _is_opposed(words: Sequence[str], first: int) -> bool:
    """ "rallied against the violence": what a crowd is against, and did not do."""
    for k in range(first - 1, max(-1, first - 5), -1):
        if words[k] in _OPPOSED:
            return True
        if words[k] in ("in", "at", "by", "with", "to", "and", "into"):
            return False
    return False


def among_others(words: Words, hits: Sequence[Hit]) -> list[Hit]:
    """Without terms that the terms beside them make something else: "troops marched past"."""
    kept = [hit for at, hit in enumerate(hits) if not _is_other(words, hits, at)]
    return [_as_pit(words, hit) if words.words[hit.last] in _MINE else hit for hit in kept]


def _as_pit(words: Words, hit: Hit) -> Hit:
    """ "The mine collapsed": one that is worked in, and no weapon."""
    after = words.words[hit.last + 1 : hit.last + 9]
    if words.words[max(0, hit.first - 2) : hit.first] in (["at", "a"], ["at", "the"]):
        return Hit(hit.first, hit.last, _PIT)  # "were killed at a mine"
    return Hit(hit.first, hit.last, _PIT) if not _CAVES_IN.isdisjoint(after) else hit


def _is_other(words: Words, hits: Sequence[Hit], at: int) -> bool:
    hit = hits[at]
    own, after = words.words[hit.first], words.words[hit.last + 1 : hit.last + 9]
    if own in _BURST and after[:1] == ["of"]:
        return _is_of_an_idea(hits, at, after)
    if is_aside(words, hits, at):
        return True
    if own not in _MARCHES or "protest" not in hit.groups:
        return False
    before = next(
        (one for one in reversed(hits[max(0, at - 3) : at]) if one.last < hit.first), None
    )
    by_forces = (
        before is not None
        and hit.first - before.last <= 3
        and not _FORCES.isdisjoint(before.groups)
        and _PEOPLE.isdisjoint(before.groups)
    )
    if by_forces:
        return GRIEVANCE.isdisjoint(after)
    if after[:1] == ["into"]:  # people march through, on and to
        return all(_CROWDS.isdisjoint(one.groups) for one in hits[max(0, at - 4) : at])
    return False


def _is_of_an_idea(hits: Sequence[Hit], at: int, after: Sequence[str]) -> bool:
    """ "an explosion of interest": of no thing, as it has neither article nor number."""
    if after[1:2] == [] or after[1] in _ARTICLES or after[1][0].isdigit():
        return False
    begin = hits[at].last + 2
    close = [one for one in hits[at + 1 : at + 4] if one.first <= begin + 1]
    return _STUFF.isdisjoint(after[1:3]) and all(_MATTER.isdisjoint(one.groups) for one in close)

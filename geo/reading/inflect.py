"""English inflection of the words in a codebook: plurals of nouns, forms of verbs.

Rules for the regular ones, a table for the irregular ones; used once, when a lexicon is built.
"""

from __future__ import annotations

import re

_VERBS = {
    base: forms.split()
    for base, forms in {
        "airdrop": "airdrops airdropped airdropping",
        "beat": "beats beat beaten beating",
        "become": "becomes became becoming",
        "begin": "begins began begun beginning",
        "bite": "bites bit bitten biting",
        "blow": "blows blew blown blowing",
        "break": "breaks broke broken breaking",
        "bring": "brings brought bringing",
        "build": "builds built building",
        "burn": "burns burned burnt burning",
        "burst": "bursts bursting",
        "carry": "carries carried carrying",
        "catch": "catches caught catching",
        "choose": "chooses chose chosen choosing",
        "come": "comes came coming",
        "confer": "confers conferred conferring",
        "cut": "cuts cutting",
        "die": "dies died dying",
        "dig": "digs dug digging",
        "drag": "drags dragged dragging",
        "draw": "draws drew drawn drawing",
        "drive": "drives drove driven driving",
        "drop": "drops dropped dropping",
        "fall": "falls fell fallen falling",
        "feed": "feeds fed feeding",
        "fight": "fights fought fighting",
        "find": "finds found finding",
        "flee": "flees fled fleeing",
        "fling": "flings flung flinging",
        "free": "frees freed freeing",
        "get": "gets got gotten getting",
        "give": "gives gave given giving",
        "go": "goes went gone going",
        "grow": "grows grew grown growing",
        "hit": "hits hitting",
        "hold": "holds held holding",
        "keep": "keeps kept keeping",
        "kidnap": "kidnaps kidnapped kidnaped kidnapping kidnaping",
        "kneel": "kneels knelt kneeling",
        "lay": "lays laid laying",
        "lead": "leads led leading",
        "leave": "leaves left leaving",
        "lie": "lies lay lain lying",
        "lose": "loses lost losing",
        "make": "makes made making",
        "meet": "meets met meeting",
        "overrun": "overruns overran overrunning",
        "overthrow": "overthrows overthrew overthrown overthrowing",
        "put": "puts putting",
        "quell": "quells quelled quelling",
        "quit": "quits quitting",
        "ram": "rams rammed ramming",
        "retake": "retakes retook retaken retaking",
        "rise": "rises rose risen rising",
        "run": "runs ran running",
        "seek": "seeks sought seeking",
        "send": "sends sent sending",
        "set": "sets setting",
        "shake": "shakes shook shaken shaking",
        "shoot": "shoots shot shooting",
        "shut": "shuts shutting",
        "sit": "sits sat sitting",
        "slay": "slays slew slain slaying",
        "sink": "sinks sank sunk sinking",
        "slit": "slits slitting",
        "speak": "speaks spoke spoken speaking",
        "split": "splits splitting",
        "steal": "steals stole stolen stealing",
        "step": "steps stepped stepping",
        "stick": "sticks stuck sticking",
        "strike": "strikes struck stricken striking",
        "fly": "flies flew flown flying",
        "take": "takes took taken taking",
        "tear": "tears tore torn tearing",
        "teargas": "teargassed teargassing",
        "throw": "throws threw thrown throwing",
        "win": "wins won winning",
        "withdraw": "withdraws withdrew withdrawn withdrawing",
    }.items()
}
_NOUNS = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "person": "persons",
    "wife": "wives",
    "knife": "knives",
    "thief": "thieves",
    "policeman": "policemen",
    "hostage": "hostages",
    "mujahid": "mujahideen",
    "talib": "taliban",
}
# Verbs of several syllables whose last consonant is doubled all the same, or that end in a vowel
# and a consonant and are stressed there.
_DOUBLED = re.compile(
    r"(?:[^aeiou]|^|qu)[aeiou][bdfgklmnprtv]$"  # rob, stab, plan, quit
)
_STRESSED_LAST = frozenset(
    {"defer", "expel", "rebel", "admit", "commit", "repel", "dispel", "kidnap"}
)


def verb_forms(base: str) -> tuple[str, ...]:
    """The base and its -s, -ed and -ing forms (`stab`: stab, stabs, stabbed, stabbing)."""
    if base in _VERBS:
        return (base, *_VERBS[base])
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
        return (base, base + "s", base + "d", base[:-1] + "ing")
    if base.endswith(("ee", "oe", "ye")):
        return (base, base + "s", base + "d", base + "ing")
    if re.search(r"[^aeiou]y$", base):
        return (base, base[:-1] + "ies", base[:-1] + "ied", base + "ing")
    s = base + ("es" if re.search(r"(?:s|x|z|ch|sh)$", base) else "s")
    vowels = len(re.findall(r"[aeiou]+", base.removeprefix("qu")))
    if base in _STRESSED_LAST or (vowels == 1 and _DOUBLED.search(base)):
        return (base, s, base + base[-1] + "ed", base + base[-1] + "ing")
    if base.endswith("l") and vowels > 1 and re.search(r"[aeiou]l$", base):  # both spellings
        return (base, s, base + "ed", base + "ing", base + "led", base + "ling")
    return (base, s, base + "ed", base + "ing")


def noun_forms(base: str) -> tuple[str, ...]:
    """The singular and the plural (`ambush`: ambush, ambushes)."""
    if base in _NOUNS:
        return (base, _NOUNS[base])
    if base.endswith("man") and len(base) > 4 and base not in {"german", "human", "roman"}:
        return (base, base[:-3] + "men")
    if re.search(r"[^aeiou]y$", base):
        return (base, base[:-1] + "ies")
    if re.search(r"(?:s|x|z|ch|sh)$", base):
        return (base, base + "es")
    return (base, base + "s")

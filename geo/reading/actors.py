"""Who takes part: names for both sides, the same however the text calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import pycountry

from geo.model import Mention
from geo.reading.terms import Hit, Words

MOST = 6
# Groups of the codebook that act, and what a member without a country or a name is called.
_GENERIC = {
    "soldiers": "Military",
    "police": "Police",
    "protesters": "Protesters",
    "rioters": "Rioters",
    "mob": "Mob",
}
# Where ISO's name is not the one in use.
_SHORT = {
    "BN": "Brunei",
    "CD": "DR Congo",
    "CI": "Ivory Coast",
    "KP": "North Korea",
    "KR": "South Korea",
    "LA": "Laos",
    "PS": "Palestine",
    "RU": "Russia",
    "SY": "Syria",
    "TR": "Turkey",
    "VN": "Vietnam",
}
_FIGHTING = frozenset(["attack", "clash", "artillery", "plane", "invade"])
_ARMED: dict[str, str] = {
    "rebel": "Rebels",
    "insurgent": "Insurgents",
    "terrorist": "Militants",
    "extremist": "Militants",
    "jihadist": "Jihadists",
    "jihadi": "Jihadists",
    "gunman": "Gunmen",
    "gunmen": "Gunmen",
    "bandit": "Bandits",
    "separatist": "Separatists",
    "militia": "Militia",
    "militiaman": "Militia",
    "militiamen": "Militia",
    "pirate": "Pirates",
    "gang": "Gang",
    "cartel": "Cartel",
    "guerrilla": "Guerrillas",
}
_NAMED: dict[str, str] = {
    "taliban": "Taliban",
    "talib": "Taliban",
    "islamic state": "Islamic State",
    "is militants": "Islamic State",
    "isis": "Islamic State",
    "isil": "Islamic State",
    "daesh": "Islamic State",
    "al qaeda": "Al-Qaeda",
    "al qaida": "Al-Qaeda",
    "boko haram": "Boko Haram",
    "iswap": "Islamic State West Africa Province",
    "al shabaab": "Al-Shabaab",
    "al shabab": "Al-Shabaab",
    "shabaab": "Al-Shabaab",
    "houthi": "Houthis",
    "houthis": "Houthis",
    "ansar allah": "Houthis",
    "ansarullah": "Houthis",
    "hezbollah": "Hezbollah",
    "hizbullah": "Hezbollah",
    "hamas": "Hamas",
    "islamic jihad": "Islamic Jihad",
    "al nusra": "Al-Nusra Front",
    "nusra front": "Al-Nusra Front",
    "tahrir al sham": "Hayat Tahrir al-Sham",
    "pkk": "PKK",
    "ypg": "YPG",
    "sdf": "Syrian Democratic Forces",
    "syrian democratic forces": "Syrian Democratic Forces",
    "farc": "FARC",
    "eln": "ELN",
    "m23": "M23",
    "rsf": "Rapid Support Forces",
    "rapid support forces": "Rapid Support Forces",
    "npa": "New People's Army",
    "new people s army": "New People's Army",
    "abu sayyaf": "Abu Sayyaf",
    "arakan army": "Arakan Army",
    "oromo liberation army": "Oromo Liberation Army",
    "lord s resistance army": "Lord's Resistance Army",
    "wagner": "Wagner Group",
    "wagner group": "Wagner Group",
    "maoist": "Maoists",
    "maoists": "Maoists",
    "naxal": "Maoists",
    "naxals": "Maoists",
    "naxalite": "Maoists",
    "naxalites": "Maoists",
}


def find_actors(
    text: Words, hits: Sequence[Hit], mentions: Sequence[Mention], names: Mapping[str, str]
) -> tuple[str, ...]:
    """The actors of one sentence in order, each once.

    hits, mentions : the sentence's. names : alpha-2 code -> country's name as the text has it.
    """
    fighting = {hit.first for hit in hits if not _FIGHTING.isdisjoint(hit.groups)}
    taken = {hit.last for hit in hits if "country" not in hit.groups and "place" not in hit.groups}
    by_end = {text.index_at(mention.start): mention for mention in mentions}
    found: dict[str, None] = {}
    for hit in hits:
        groups = hit.groups
        if "militants" in groups:
            found.setdefault(_armed(text, hit, by_end, names, taken))
            continue
        for group, generic in _GENERIC.items():
            if group in groups:
                country = _country_before(text, hit.first, by_end, names, taken)
                what = "military" if group == "soldiers" else generic.casefold()
                found.setdefault(f"{country}'s {what}" if country else generic)
                break
        else:
            if "country" in groups:
                actor = _state(text, hit, by_end, names, fighting)
                if actor:
                    found.setdefault(actor)
        if len(found) >= MOST:
            break
    specific = {name.split("'s ")[-1].capitalize() for name in found if "'s " in name}
    return tuple(name for name in found if name not in specific)


def _armed(
    text: Words,
    hit: Hit,
    by_start: Mapping[int, Mention],
    names: Mapping[str, str],
    taken: set[int],
) -> str:
    words = " ".join(text.words[hit.first : hit.last + 1])
    if words in _NAMED:
        return _NAMED[words]
    word = text.words[hit.last]
    singular = word[:-1] if word.endswith("s") and word[:-1] in _ARMED else word
    generic = _ARMED.get(singular, "Militants")
    country = _country_before(text, hit.first, by_start, names, taken)
    return f"{country}'s {generic.casefold()}" if country else generic


def _country_before(
    text: Words,
    first: int,
    by_start: Mapping[int, Mention],
    names: Mapping[str, str],
    taken: set[int],
) -> str:
    """The country of a mention that stands up to four words before ("Kyiv's elite forces")."""
    for k in range(first, max(-1, first - 5), -1):
        if k < first and any(c in text.gaps[k] for c in ",;:."):
            return ""
        mention = by_start.get(k)
        if k < first and k in taken:
            return ""  # the country of somebody else who stands between
        if mention is not None and mention.place is not None and k < first:
            return country_name(mention, names)
    return ""


def _state(
    text: Words,
    hit: Hit,
    by_start: Mapping[int, Mention],
    names: Mapping[str, str],
    fighting: set[int],
) -> str:
    """A country that acts: "Russia invaded", "the Russians were attempting", "Russian attacks"."""
    mention = by_start.get(hit.first)
    if mention is None or mention.place is None:
        return ""
    country = country_name(mention, names)
    if mention.form == "demonym":
        plural = mention.surface.endswith("s") and not mention.surface.endswith("ss")
        acts = plural or not fighting.isdisjoint((hit.last + 1, hit.last + 2))
        return f"{country}'s military" if acts else ""
    return (
        country if mention.form in ("name", "metonym") and mention.place.kind == "country" else ""
    )


@lru_cache(maxsize=512)
def _common_name(country: str) -> str:
    """The name in use of an alpha-2 code, or nothing."""
    record = pycountry.countries.get(alpha_2=country)
    if record is None:
        return ""
    return str(getattr(record, "common_name", record.name)).split(",")[0]


def country_name(mention: Mention, names: Mapping[str, str]) -> str:
    """The country that a mention stands for or lies in."""
    place = mention.place
    if place is None:
        return ""
    if place.kind == "country":
        return place.name
    known = names.get(place.country)
    if known:
        return known
    if place.country in _SHORT:
        return _SHORT[place.country]
    return _common_name(place.country) or place.name

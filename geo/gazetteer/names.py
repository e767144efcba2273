"""One key for every spelling of a name, so that look-ups compare like with like.

`normalize` folds what never tells two places apart in running text (case, accents, apostrophes,
hyphens, "St." for "Saint"). `romanization_key` goes further, over the habits of Cyrillic
romanisation, and is only for names that the plain key does not know.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that NFKD leaves whole although readers drop them.
_LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "ı": "i", "æ": "ae",
        "œ": "oe", "ħ": "h", "ŧ": "t", "ĸ": "k", "ŋ": "n", "ə": "a",
    }
)  # fmt: skip
_COMBINING = re.compile("[\u0300-\u036f]")
_SILENT = re.compile("['’‘`´ʼʻʹʺ′ʿʾ.]")
_APART = re.compile(r"[\s\-‐‑‒–—_/,()]+")
_WORD_FOR = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "mts": "mountains"}
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\ud800-\udfff]"
)

# Ukrainian and Russian letters by the tables in news use (Ukraine's 2010 resolution; BGN/PCGN).
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ё": "e",
    "ж": "zh", "з": "z", "и": "y", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
    "ю": "iu", "я": "ia", "ў": "u",
}  # fmt: skip


def normalize(text: str) -> str:
    """The look-up key of a name: lower case, no accents or apostrophes, single spaces.

    >>> normalize("  Saint-Étienne "), normalize("St. Louis"), normalize("Kup’yansk")
    ('saint etienne', 'saint louis', 'kupyansk')
    """
    if text.isascii() and text.isalpha():
        return text.lower()
    return _normalize(text)


@lru_cache(maxsize=20_000)
def _normalize(text: str) -> str:
    folded = _INVISIBLE.sub("", text).casefold()
    if not folded.isascii():
        folded = _COMBINING.sub("", unicodedata.normalize("NFKD", folded)).casefold()
        folded = unicodedata.normalize("NFC", folded).translate(_LETTERS)
    folded = _APART.sub(" ", _SILENT.sub("", folded)).strip()
    if " " in folded:
        first, rest = folded.split(" ", 1)
        if first in _WORD_FOR:
            folded = f"{_WORD_FOR[first]} {rest}"
    return folded


def latin_from_cyrillic(text: str) -> str:
    """Ukrainian romanisation of a Cyrillic word; other letters stay.

    Source: Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010 (word-initial
    variants left out, since `romanization_key` folds them).
    """
    return "".join(_CYRILLIC.get(letter, letter) for letter in text.casefold())


# At the start of a word these letters are written otherwise (the same resolution).
_INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_UKRAINIAN = re.compile("[абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'’ -]+", re.IGNORECASE)


def official_ukrainian(name: str) -> str | None:
    """A Ukrainian name in Latin letters as Ukraine's resolution 55 of 2010 spells it.

    None where it holds letters that Ukrainian does not have.

    >>> official_ukrainian("Костянтинівка"), official_ukrainian("Часів Яр")
    ('Kostiantynivka', 'Chasiv Yar')
    """
    if not _UKRAINIAN.fullmatch(name):
        return None
    parts = []
    for part in re.split(r"([ -])", name):
        letters = part.casefold().replace("зг", "zgh").replace("'", "").replace("’", "")
        spelt = "".join(
            (_INITIAL if at == 0 else _CYRILLIC).get(letter, _CYRILLIC.get(letter, letter))
            for at, letter in enumerate(letters)
        )
        parts.append(spelt[:1].upper() + spelt[1:])
    return "".join(parts)


_FOLDS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("shch|sch", "s"),
        ("kh|gh|ch(?=[rlk])", "h"),
        ("g", "h"),
        ("zgh|zhzh|zh", "z"),
        ("tch|ch|tsch", "c"),
        ("sh", "s"),
        ("ts|tz", "c"),
        ("x", "ks"),
        ("w", "v"),
        ("(?:iy|yi|yj|ij|ii|yy|ey|ei|oy|oi|uy|[iyj])+", "i"),
        ("(?<=[aeou])i(?=[aeou])", ""),
        ("i(?=[aeou])", ""),
        (r"(.)\1+", r"\1"),
        ("(?:o|e|i|a)+(?= |$)", ""),
    )
)


def romanization_key(text: str) -> str:
    """A coarse key on which the usual romanisations of one Slavic name agree.

    >>> len({romanization_key(n) for n in ("Zaporizhzhia", "Zaporizhia", "Запоріжжя")})
    1
    """
    key = latin_from_cyrillic(normalize(text))
    for pattern, to in _FOLDS:
        key = pattern.sub(to, key)
    return key.strip()

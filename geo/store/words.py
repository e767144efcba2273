"""Words as the full-text index keeps them, the same on every database.

Text is parted into words here and not by the database, so that a search finds the same everywhere.
"""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 20  # of a question
MOST_CHARS = 500
MOST_TEXT_CHARS = 50_000  # of a sentence: PostgreSQL holds a megabyte of words a row
MOST_WORD_CHARS = 200  # of a word: it holds two kilobytes

# Scripts that put no space between words; each of their characters is a word here.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")
# Bytes of ASCII in lower case, a space for what is no letter or digit.
_ASCII = bytes(ord(chr(code).lower() if chr(code).isalnum() else " ") for code in range(128)) * 2
# A phrase in double quotes, or anything between spaces.
_PART = re.compile(r'"([^"]*)"|([^\s"]+)')


def words(text: str) -> list[str]:
    """The words of a text in order, without case, accents and marks.

    Decomposed by compatibility (Unicode NFKD), so that a ligature or a full-width letter is the
    letters it stands for. Runs of letters and digits are words; where a script parts no words,
    each character is one.
    """
    text = text[:MOST_TEXT_CHARS]
    if text.isascii():  # nearly all texts, and several times as quick as the pattern
        found = text.encode("ascii").translate(_ASCII).decode("ascii").split()
        if len(text) <= MOST_WORD_CHARS:
            return found
        return [word[:MOST_WORD_CHARS] for word in found]
    plain = unicodedata.normalize("NFKD", text).casefold()
    # Casefolding may leave a composed letter ("ǰ"), hence the second decomposition.
    plain = unicodedata.normalize("NFKD", plain[:MOST_TEXT_CHARS])[:MOST_TEXT_CHARS]
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return [word[:MOST_WORD_CHARS] for word in _WORD.findall(bare)]


def phrases(text: str) -> list[tuple[list[str], bool]]:
    """What a question asks for: words that stand side by side, whether the last may go on.

    Words in double quotes are one phrase as it stands. Anything else between two spaces is one
    whose last word may be the beginning of a longer one.
    """
    found = []
    for quoted, bare in _PART.findall(text[:MOST_CHARS]):
        side_by_side = words(quoted or bare)
        if side_by_side:
            found.append((side_by_side, bool(bare)))
    return found[:MOST_WORDS]

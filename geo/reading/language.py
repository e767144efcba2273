"""Whether a text is English, the language that every other rule of the reading is about.

In running English about every fourth word is one of a few dozen function words; in a text of
another language hardly any is, while many words are no English words at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from geo.reading.vocabulary import word_set

# None of these is a common word of another language that is written in Latin letters.
_ENGLISH = word_set(
    "the of and to that is was with by from an it has had were they will would who which their "
    "this but she when after more than been said into its are out his not about over"
)
_OTHERS = word_set(
    "de la le les el los las en que una del des et est une dans pour sur au aux du par der das und "
    "ist nicht auf mit ein eine dem den von zu im il di che per sono del della um uma em os dos da "
    "het een van niet zijn att det som och av er og til ikke na nie jest się je bir ve bu da ile "
    "yang dan dengan untuk ini itu di tidak kwa ya ni wa katika ang mga sa ng"
)
_MOST_ENGLISH = 0.13  # share of function words that leaves it open whether a text is English
_LEAST_UNKNOWN = 0.25  # share of its words that are no English words
_LEAST_OTHER = 0.1  # share of function words of another language


# Greek, Cyrillic, Hebrew, Arabic, the scripts of India, Thai, Chinese, Japanese, Korean, ...
_OTHER_SCRIPT = re.compile("[\u0370-\u1cff\u3040-\ud7ff]")


def is_english(text: str, words: Mapping[str, int], is_known: Callable[[str], bool]) -> bool:
    """Whether a text may well be English.

    words : the words in lower-case ASCII letters of the text -> how often
    is_known : whether a word is one of English
    Where there are less than two such words only another script tells.
    """
    total = sum(words.values())
    if total < 2:
        return _OTHER_SCRIPT.search(text) is None
    if sum(words.get(word, 0) for word in _ENGLISH) > _MOST_ENGLISH * total:
        return True
    if sum(words.get(word, 0) for word in _OTHERS) >= _LEAST_OTHER * total:
        return False
    unknown = sum(count for word, count in words.items() if not is_known(word))
    return unknown < _LEAST_UNKNOWN * total

"""Cut a text into sentences, by rules for English news.

A newline always ends a sentence (headlines, captions and datelines have no full stop). A full stop
does not where an abbreviation, an initial or a number stands before it, or a small letter follows.
One regular expression finds where a sentence may end; each place is looked at once, so the cost is
linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from geo.reading.vocabulary import word_set

# Where a sentence may end: stops with the closing quotes and brackets after them and then space,
# or a newline. Possessive repeats that begin at the first stop of a row, so a million full stops
# cost a million steps; all begins with one set of characters, which the search skips to.
_END = re.compile(
    r"""[.!?…。！？\r\n\v\f\u0085\u2028\u2029](?:
      (?<=[.!?…])(?<![.!?…]{2})[.!?…]*+["'”’»)\]]*+(?=\s|$|["“‘«(\[])
    | (?<=[。！？])[。！？]*+["'”’」』]*+
    | (?<=[\r\n\v\f\u0085\u2028\u2029])[\r\n\v\f\u0085\u2028\u2029]*+)""",
    re.VERBOSE,
)
_NEWLINE = frozenset("\r\n\v\f\u0085\u2028\u2029")
_LAST_WORD = re.compile(r"[^\W\d_][\w.’'&-]*$")
_WORD = re.compile(r"[^\W_]")
_NEXT = re.compile(r"""\s*["'“‘«(\[]*(\w)""")
_DASH = re.compile(r"\s*[-–—]")
_LONGEST = 4000  # characters; what goes on is cut at a space, or one list would cost its square
_LOOK_BACK = 24  # characters before a stop that can hold an abbreviation

# Followed by a name as a rule, so that no sentence ends after them.
_BEFORE_NAMES = word_set(
    """mr mrs ms mx dr prof rev fr sr st ste mt ft gen lt col maj capt cpt cmdr cdr sgt cpl pvt
    adm brig gov sen rep pres hon amb insp supt det const messrs mme mlle gov pvt spc comdr
    ens vs v no nos al fig art sec op cf ca approx e.g i.e"""
)
# A sentence may well end after these: it does when a capital follows, as a rule.
_MAY_END = word_set(
    """jr sr inc ltd co corp bros u.s u.k u.n u.s.a u.a.e e.u d.c a.m p.m etc dept univ assn
    jan feb mar apr jun jul aug sept sep oct nov dec mon tue wed thu fri sat sun ave blvd rd
    calif colo conn fla ga ill ind ky la md mass mich minn miss mo neb nev okla ore pa tenn
    tex va vt wash wis wyo ala ariz ark del"""
)
_GO_ON = word_set(
    """jan feb mar apr jun jul aug sept sep oct nov dec no nos calif colo conn fla ga ill ind
    ky la md mass mich minn miss mo neb nev okla ore pa tenn tex va vt wash wis wyo ala ariz
    ark del u.s u.k u.n u.s.a u.a.e e.u a.m p.m inc ltd co corp jr dept"""
)
# Words that begin sentences and seldom follow an abbreviation inside one.
_STARTERS = word_set(
    """the a an in on at it its he she they we i you this that these those there but and or so
    if when while after before as for from with by of to police officials residents
    witnesses no not two three four five several many most some more all both another other
    his her their our my what who why how where yet however meanwhile earlier later last
    since despite according"""
)


def split(text: str) -> list[tuple[int, int]]:
    """Where each sentence starts and ends (characters; white space around them left out)."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if text[match.start()] in _NEWLINE or _is_end(text, match):
            _add(found, text, start, match.end())
            start = match.end()
    _add(found, text, start, len(text))
    return [piece for bounds in found for piece in _pieces(text, *bounds)]


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or as many pieces as it takes to have none that is longer than `_LONGEST`."""
    while end - start > _LONGEST:
        space = text.rfind(" ", start, start + _LONGEST)
        stop = space if space > start else start + _LONGEST
        yield start, stop
        start = stop
        while text[start].isspace():  # a sentence ends with something else
            start += 1
    yield start, end


def neighbours(before: str, after: str) -> tuple[str, str]:
    """The last sentence of the text before a sentence, and the first of the text after it."""
    earlier, later = split(before), split(after)
    return (
        before[slice(*earlier[-1])] if earlier else "",
        after[slice(*later[0])] if later else "",
    )


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    bare = piece.strip()
    if bare[:1].isalnum() or _WORD.search(bare):
        start += len(piece) - len(piece.lstrip())
        found.append((start, start + len(bare)))
    elif bare and found and not any(c in _NEWLINE for c in text[found[-1][1] : start]):
        # Marks without a word (a closing quote, dots) belong to the sentence before them.
        found[-1] = (found[-1][0], start + len(piece.rstrip()))


def _is_end(text: str, match: re.Match[str]) -> bool:
    stop, end = match.start(), match.end()
    after = _NEXT.match(text, end, end + 40)
    if after is None and _DASH.match(text, end):  # a dateline: "SPRINGFIELD, Ill. - A man"
        word = text[max(0, stop - _LOOK_BACK) : stop].rpartition(" ")[2].casefold()
        return word not in _MAY_END
    if after is None:  # nothing but white space or marks near: a sentence ends here
        return True
    first = after[1]
    if first.islower():
        # "Stop!" he said; "at 9 a.m. on Monday"; only a full stop before a small letter is odd.
        return False
    if text[stop] != "." or end - stop > 1:
        # "... We", '." The', "?" or "!" before a capital. A stop inside quotes ends the sentence.
        return True
    near = text[max(0, stop - _LOOK_BACK) : stop]
    last = near[near.rfind(" ") + 1 :]
    if not last.isalpha():  # as most words before a full stop are
        word_match = _LAST_WORD.search(near)
        if word_match is None:
            return not _is_number_follows(text, stop, first)
        last = word_match[0]
    word = last.casefold()
    if len(word) == 1 and last.isupper():  # an initial: "J. Smith", but "vitamin C. The"
        return _next_word(text, after) in _STARTERS and word != "j"
    if word in _BEFORE_NAMES:
        # "No. 5", but "He said no. The"
        return word in ("no", "art", "fig", "sec", "op", "al") and not first.isdigit()
    if word in _MAY_END:
        if first.isdigit() and word in _GO_ON:
            return False
        return word not in _GO_ON or _next_word(text, after) in _STARTERS
    if "." in word and all(len(part) <= 1 for part in word.split(".")):  # "U.S.", "J.R."
        return _next_word(text, after) in _STARTERS
    return True


def _is_number_follows(text: str, stop: int, first: str) -> bool:
    """Whether the stop is that of a numbered list at a line's start ("1. The")."""
    line = text[max(0, stop - 4) : stop]
    return first.isdigit() and not line.strip()


def _next_word(text: str, after: re.Match[str]) -> str:
    begin = after.start(1)
    end = begin
    while end < len(text) and end - begin < 20 and text[end].isalpha():
        end += 1
    return text[begin:end].casefold()

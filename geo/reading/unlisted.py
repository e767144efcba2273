"""Names that no gazetteer lists, where the words before them say that they name a place.

"Gunmen raided the village of Pazigyi": it stays a mention without a place, so that its event waits
to be located and is not pinned on the town that the text happens to name beside it.
"""

from __future__ import annotations

import re

from geo.gazetteer.layers import BASE
from geo.gazetteer.names import normalize
from geo.model import Mention
from geo.reading import cues
from geo.reading.document import Document
from geo.reading.toponyms import Finder
from geo.reading.vocabulary import word_set

# "in Jangebe", "near Al-Shaddadi"; the name has one word, or an article and one.
_IN = re.compile(r"\b(?:in|near|outside|around)\s\Z", re.IGNORECASE)
# "the village of Pazigyi", "the town Al-Suwar"; the name may have three words.
_KIND = re.compile(
    r"\b(?:village|hamlet|town|city|suburb|settlement|municipality|commune|township|townlet"
    r"|neighbou?rhood|island|islet|oasis|reef|refugee camp|border post|checkpoint)"
    r"(?: (?:of|called|named))?\s\Z",
    re.IGNORECASE,
)
_OF_SOMEBODY = re.compile(
    r"\b(?:mayor|imam|bishop|elders|chief|residents|people|villagers|inhabitants|streets"
    r"|outskirts|centre|center|ruins|bombing|shelling|siege|capture|fall|battle) of\s\Z",
    re.IGNORECASE,
)
# "captured Shasha on Monday": better no place than the next town that the sentence names.
_TAKEN = re.compile(
    r"\b(?:captured|recaptured|retook|seized|overran|liberated|entered|stormed|raided|shelled"
    r"|bombed|bombarded|besieged|encircled)\s\Z"
)
# The same where fighters or their weapons do it: "soldiers attacked Khangabok".
_HIT = re.compile(
    r"\b(?:attacked|hit|hits|struck|strikes?|took|holds?|held|reached|lost|defended)\s\Z"
)
# Every word that one of these ends with; most names stand after another and cost one look-up.
_SIGNS = word_set(
    """in near outside around of called named village hamlet town city suburb settlement
    municipality commune township townlet neighbourhood neighborhood island islet oasis reef camp
    post checkpoint captured recaptured retook seized overran liberated entered stormed raided
    shelled bombed bombarded besieged encircled attacked hit hits struck strike strikes took hold
    holds held reached lost defended the"""
)
# "the Bakh region": the name of an area, whatever it is that it is an area of.
_AREA = re.compile(r" (?:region|district|province|county|governorate|oblast|valley|municipality)\b")
# "in Hell, Michigan,": a name that its region follows, with a comma or the end after that.
_CLOSED = re.compile(r"[,.;:)\n]|\s*\Z")
_HOLDERS = ("admin1", "country")
_DAYS = word_set(
    "january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday congress parliament"
)
# "attacked Djibo and Barsalogho on Monday": the next of a list that begins with a town.
_LISTED = re.compile(r",? and |, ")
_LIST_GOES_ON = re.compile(
    r"[,.;:)]|\s*\Z| (?:and|in|on|at|near|after|before|during|where|overnight|last|this|early)\b"
)
_ARTICLE = re.compile(r"(?<![\w-])(?:al|el|as|ad|az|ash|an|ar|at)-\Z", re.IGNORECASE)
_NUMBERED = re.compile(r"[ -]\d")
# Of a word as the gazetteer's word list knows it (`geo.gazetteer.lexicon`).
_PLACE_WORD, _NAME_WORD, _GIVEN_WORD = 0.12, 1.0, 0.25
_WINDOW = 24  # characters looked at before a name
# First words of many names of villages, of which some are words or given names as well.
_PREFIXES = word_set(
    """abu ain al bab beit bir deir el khan khirbet kafr kfar new nova novo old ras san santa são
    st tal tel tell umm upper lower wadi"""
)
_LEAST_LETTERS = 4
_SURE = 0.5  # confidence of a town that a list goes on from
_MOST_WORDS = 3


def unlisted(document: Document, finder: Finder, mentions: list[Mention]) -> list[Mention]:
    """Mentions without a place of names that stand where only a place can."""
    text, caps = document.text, document.caps
    starts = {mention.start: mention for mention in mentions}
    covered = 0
    ended = 0  # where the last town ended
    found: list[Mention] = []
    for at, cap in enumerate(caps):
        if cap.start in starts:
            covered = max(covered, starts[cap.start].end)
            ended = covered if _is_town(starts[cap.start]) else 0
        first = document.chunk_of[at][0]
        opened = at == first + 1 and caps[first].lower in cues.NOT_SENTENCE_NAMES  # "In Hell"
        if cap.start < covered or not (at == first or opened):
            continue
        start = cap.start
        article = _ARTICLE.search(text, max(0, start - 4), start)
        if article:
            start = article.start()
        before = document.before(start)
        listed = _LISTED.fullmatch(text, ended, start) is not None and ended > 0
        if before not in _SIGNS and not listed:
            continue
        last = document.chunk_of[at][1]
        end = caps[last].end
        within = _IN.search(text, max(0, start - 8), start)
        if within and _is_held(text, starts.get(end + 2), end):
            if last - at < _MOST_WORDS and _may_be_town(document, at, last):
                found.append(_mention(text, start, end))
            continue
        sure = _KIND.search(text, max(0, start - _WINDOW), start) or (
            before == "the" and _AREA.match(text, end)
        )
        armed = _HIT.search(text, max(0, start - 12), start) and cues.ARMED.search(
            text, max(0, start - 64), start
        )
        if not sure and not (
            within
            or armed
            or _OF_SOMEBODY.search(text, max(0, start - _WINDOW), start)
            or _TAKEN.search(text, max(0, start - _WINDOW), start)
            or (listed and _LIST_GOES_ON.match(text, end))
        ):
            continue
        words = [one.lower for one in caps[at : last + 1]]
        most = _MOST_WORDS if sure else 2 if armed or listed else 1
        if len(words) > most or end in starts:
            continue
        if not sure and (caps[last].possessive or _NUMBERED.match(text, end)):
            continue  # "in Kotzer's practice", "near Interstate 435"
        parts = words[1:] if words[0] in _PREFIXES and len(words) > 1 else words
        if not all(_is_unknown(word, document, finder, bool(sure)) for word in parts):
            continue
        surface = text[start:end]
        if len(surface) < _LEAST_LETTERS or surface.isupper():
            continue
        if not sure and any(h.grade != BASE for h in finder.gazetteer.hits(normalize(surface))):
            continue  # a known name that more speaks against than these words for
        found.append(_mention(text, start, end))
        ended = end
    return found


def _is_town(mention: Mention) -> bool:
    return (
        mention.form == "name"
        and mention.place is not None
        and mention.place.kind == "settlement"
        and mention.confidence >= _SURE
    )


def _is_held(text: str, holder: Mention | None, end: int) -> bool:
    """Whether the region or the country that holds a name follows it: "Hell, Michigan"."""
    return (
        holder is not None
        and holder.form == "name"
        and text.startswith(", ", end)
        and holder.place is not None
        and holder.place.kind in _HOLDERS
        and _CLOSED.match(text, holder.end) is not None
    )


def _may_be_town(document: Document, first: int, last: int) -> bool:
    caps = document.caps[first : last + 1]
    return caps[0].lower not in _DAYS and not any(map(document.is_organisation, caps))


def _mention(text: str, start: int, end: int) -> Mention:
    return Mention(
        start=start, end=end, surface=text[start:end], form="name", place=None, confidence=0.0,
        method="not in the gazetteer; the words before it name a place", candidates=(),
    )  # fmt: skip


def _is_unknown(word: str, document: Document, finder: Finder, is_kind: bool) -> bool:
    """Whether a word is no English word, no person's name and nothing else that is known.

    After "the village of" it may be any word that is hardly written but as a name.
    """
    lists = finder.lists
    if word in lists.given or word in lists.surnames or word in lists.titles:
        return False
    if word in lists.organisations or word in lists.not_places:
        return False
    if word in document.people and not is_kind:
        return False
    if word in cues.NOT_SENTENCE_NAMES or document.lower_words[word]:
        return False
    known = finder.gazetteer.word(word)
    if known is None or known.place >= _PLACE_WORD:
        return True
    return is_kind and known.capital >= _NAME_WORD and known.given < _GIVEN_WORD

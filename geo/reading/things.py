"""What is called like a place and is none: works, wares, dishes, beasts, teams and vehicles.

"The Batman film", "a bus named Jerusalem", "Turkey was served", "Leeds beat Norwich 2-1". Each rule
says how much speaks against the name, as log-odds, and why; the words that set a rule off are
looked up first, so that most names cost two look-ups.
"""

from __future__ import annotations

import re

from geo.reading.cues import SAYING
from geo.reading.document import Document
from geo.reading.span import Span
from geo.reading.vocabulary import word_set

_WORKS = word_set(
    "film movie musical novel album song sitcom opera poem documentary miniseries thriller biopic "
    "single soundtrack ballad ballet band"
)
_WORKS_IN_QUOTES = _WORKS | word_set(
    "play book show series game magazine painting exhibition mural track hit episode drama comedy "
    "memoir story essay sculpture group restaurant cafe bar nightclub boutique perfume"
)
_WORKS_AFTER = word_set("film films movie movies musical novel sequel prequel trilogy franchise")
# "the Cannes film festival" and "a Lagos film crew" are at home there.
_TRADE_AFTER = re.compile(
    r" \w+(?: and \w+)? (?:festival|critic|industr|studio|director|star|maker|producer|crew|board|"
    r"school|academy|fan|set|scene|buff|premiere|theat|club|market|week|archive|unit|world)"
)
# "Chicago, the musical", "Casablanca is his favourite film".
_IS_A_WORK = re.compile(
    r"(?:,| (?:is|was|remains|became)) (?:an?|the|one of the|his|her|my|their|our) "
    r"(?:[a-z-]+ ){0,2}"
    r"(?:films?|movies?|novels?|plays?|musicals?|operas?|albums?|songs?|sitcoms?|bands?)"
    r"(?=[.,;:!?)]|\s*\Z| (?:of|by|about|from|that|which|in|with|ever|starring|and)\b)"
)
_QUOTES = "\"“‘'«„"
_CALLED = word_set("named called titled entitled dubbed nicknamed christened codenamed branded")
_SOMETHING_CALLED = re.compile(r"\b(?:an?|one|new|old) (?:[a-z-]+ ){1,4}\Z", re.IGNORECASE)
_SOMEWHERE = re.compile(
    r"\b(?:city|cities|town|village|hamlet|settlement|place|suburb|district|neighbou?rhood|area|"
    r"region|province|state|county|island|community|municipality|country|kingdom|camp|township|"
    r"commune|quarter|spot|port|valley|river|lake|base|position)\b"
)
# "A man called London on Monday": no name of his.
_CALLED_SO = re.compile(r" (?:an?|the|as|on|to|for|its|his|her|their)\b")
_AMOUNTS = re.compile(
    r"\b(?:bottles?|glass(?:es)?|cases?|crates?|containers?|barrels?|cups?|pints?|carafes?|sips?|"
    r"lit(?:re|er)s?|gallons?|jars?|pots?|kilos?|bolts?|yards?) of\s\Z"
)
# What English calls by the name of a people ("Turkish delight") is of no more than that name.
_DEMONYM_WARES = word_set(
    "sprouts cheese sausage sausages salad dressing terrier terriers spaniel retriever shepherd "
    "setter wolfhound bulldog bulldogs pastry toast fries delight muffin muffins remover nails roll"
)
# A country whose name is a word: only where a sentence gives it its capital.
_WORD = 0.5  # `Word.capital` of such a name at most
_GOODS_AFTER = word_set(
    "sales price prices dinner dinners lunch sandwich sandwiches breast breasts leg legs meat soup "
    "stew farm farms farming hunting hunters giveaway giveaways carcass stuffing burger burgers "
    "bacon fabric numbers number swaps knit knits cow cows herd plates cups"
)
_COOKED = re.compile(
    r"(?: and [a-z]+)? (?:is|was|were|are|will be|had been|has been) (?:being )?(?:served|eaten|"
    r"roasted|carved|stuffed|cooked|smoked|brined|fried|grilled)\b(?! (?:with )?(?:an? |the )?"
    r"(?:\w+ )?(?:notice|papers|warrant|subpoena|order|summons|ultimatum|warning))"
)
_PACTS_AFTER = word_set("accord accords protocol protocols")  # "the Oslo accords": of no place
# "The Prince of Wales" is a person wherever he is.
_TITLES = re.compile(
    r"\b(?:Prince|Princess|Duke|Duchess|Earl|Countess|Baron|Baroness|Marquess) of \Z"
)
_AGE = re.compile(r", [1-9]\d,")  # "Georgia, 34, said"
_OF_A_PERSON = re.compile(r"[^.!?\n]{0,80}\b(?:he|she|his|her)\b")
_OF_A_COUNTRY = re.compile(r"[^.!?\n]{0,80}\b(?:it|its|they|their)\b")
_GIVEN = word_set("chad jordan georgia israel kenya india asia paris chelsea austin dallas")
# Matches: who beat whom, where a score or a word of sport stands in the same sentence.
_WINNING = (
    "beat beats beating beaten defeat defeats defeated defeating crushed thrashed edged trounced "
    "downed hammered routed blanked outscored upset eliminated thumped"
)
_MEETING = "faced visited stunned swept play plays played host hosts hosted"  # of others as well
_AUXILIARY = "have has had were was are is"
_ON = f"{_WINNING} drew lost won trailed bombed advanced"  # said of who stands before
_SIDE_BEFORE_VERB = word_set(f"{_ON} {_MEETING} {_AUXILIARY}")
_SIDE_AFTER_VERB = word_set(f"{_WINNING} {_MEETING} with to at by over past against vs versus")
_PLAYED_ON = re.compile(rf" (?:(?:{_AUXILIARY.replace(' ', '|')}) )?(?:{_ON.replace(' ', '|')})\b")
_PLAYED_BY = re.compile(
    rf"\b(?:(?:{_WINNING.replace(' ', '|')})(?: by)?|dr[ae]w (?:with|at)|lost (?:\S+ )?(?:to|at)|"
    r"loss to|win over|victory over|held by)\s\Z"
)
_MEETS = re.compile(rf" (?:{_MEETING.replace(' ', '|')})\b")
_MET = re.compile(rf"\b(?:{_MEETING.replace(' ', '|')}|past|against|vs\.?|versus)\s\Z")
_PLURAL = word_set("were are have")  # "Liverpool were": British English speaks of a team so
_SCORE = re.compile(r"(?<![\d-])\d{1,3}[-–]\d{1,3}(?![\d-])")
_SPORT = re.compile(
    r"\b(?:(?<!Arab )(?<!Awami )(?<!Muslim )[Ll]eague|Cup|play-?offs?|quarterbacks?|touchdowns?|"
    r"goalkeepers?|midfielders?|innings|wickets?|(?:semi|quarter)-?finals?|[Cc]hampionships?|"
    r"won the toss|(?:chose|elected) to (?:bat|bowl|field)|"
    r"tournament|derby|Super Bowl|hat-trick|home runs?|half-?time|in the final(?= of\b|[,.;])|"
    r"stoppage time|standings|Serie A|La ?Liga|Bundesliga|NBA|NFL|NHL|MLB|FIFA|UEFA|kick-?off)\b"
)
_VOTE = re.compile(r"\b(?:vot(?:e|es|ed|ing)|court|justices|ruled|ballots?)\b", re.IGNORECASE)
_SENTENCE = 160  # characters round a name that count as its sentence


def weigh_thing(document: Document, span: Span, before: str, after: str) -> None:
    """Weigh a name that is no demonym, with the words that stand directly before and after it."""
    text = document.text
    if before in _WORKS_IN_QUOTES and (
        before in _WORKS or text[span.start - 1 : span.start] in _QUOTES
    ):
        span.weigh(-5.0, f"the name of a {before}")
    elif before in _CALLED and _names_a_thing(text, span):
        span.weigh(-5.0, f"something {before} so")
    elif before == "of" and _AMOUNTS.search(text, max(0, span.start - 16), span.start):
        span.weigh(-5.0, "what is measured out")
    if _IS_A_WORK.match(text, span.end):
        span.weigh(-5.0, "a work, as what follows says")
    elif after in _WORKS_AFTER and not _TRADE_AFTER.match(text, span.end):
        span.weigh(-6.0, f"before {after}")
    if (after in _SIDE_BEFORE_VERB or before in _SIDE_AFTER_VERB) and (
        _plays(text, span) or (after in _PLURAL and _is_many(document, span))
    ):
        span.form = "nested"
        span.weigh(-2.5, "a team")
    if after in _PACTS_AFTER:
        span.weigh(-5.0, f"before {after}")
    if before == "of" and _TITLES.search(text, max(0, span.start - 16), span.start):
        span.form = "nested"
        span.weigh(-4.0, "a title of nobility")
    _weigh_person(document, span, after)
    if span.surface.istitle() and span.hits[:1] and span.hits[0].rank >= 9:
        _weigh_word(document, span, before, after)


def is_ware(after: str) -> bool:
    """Whether a demonym before this word is part of the name of a dish, a breed or a good."""
    return after in _DEMONYM_WARES


def _names_a_thing(text: str, span: Span) -> bool:
    """ "A bus named Jerusalem", but neither "a village called Paris" nor "he called Ukraine"."""
    lead = text[max(0, span.start - 60) : span.start].rstrip(_QUOTES + " ")
    lead = lead[: lead.rfind(" ") + 1]  # without the word itself
    lead = lead[max(lead.rfind(". "), lead.rfind("\n")) + 1 :]
    return (
        bool(_SOMETHING_CALLED.search(lead))
        and not _SOMEWHERE.search(lead.lower())
        and not _CALLED_SO.match(text, span.end)
    )


def _plays(text: str, span: Span) -> bool:
    """Whether it is one side of a match."""
    start, end = max(0, span.start - 24), span.end
    meets = _MEETS.match(text, end) or _MET.search(text, start, span.start)
    if not (meets or _PLAYED_ON.match(text, end) or _PLAYED_BY.search(text, start, span.start)):
        return False
    first = max(0, span.start - _SENTENCE)
    begin = max(text.rfind(". ", first, span.start), text.rfind("\n", first, span.start), first)
    stops = [at for at in (text.find(". ", end), text.find("\n", end)) if at >= 0]
    stop = min([*stops, end + _SENTENCE])
    if _SCORE.search(text, begin, stop):
        return not _VOTE.search(text, begin, stop)
    return meets is None and bool(_SPORT.search(text, begin, stop))


def _is_many(document: Document, span: Span) -> bool:
    """ "Leeds were": one town that begins a sentence and is spoken of as of several."""
    return (
        document.sentence_start(span.start)
        and bool(span.hits)
        and span.hits[0].place.kind == "settlement"
        and document.chunk_of[span.first] == (span.first, span.last)
    )


def _weigh_person(document: Document, span: Span, after: str) -> None:
    """ "Georgia, 34, said"; "Chad told reporters that he was tired"."""
    text = document.text
    if _AGE.match(text, span.end):
        span.weigh(-4.5, "before somebody's age")
        return
    if after not in SAYING or not document.sentence_start(span.start):
        return
    name = span.surface.lower()
    is_given = name in _GIVEN or name in document.lists.given
    if is_given and _OF_A_PERSON.match(text, span.end) and not _OF_A_COUNTRY.match(text, span.end):
        span.weigh(-5.0, "somebody who is named so, as what follows says")


def _weigh_word(document: Document, span: Span, before: str, after: str) -> None:
    """A country whose name is a word of English: "Turkey legs", "the Jersey cow"."""
    lower = span.surface.lower()
    word = document.gazetteer.word(lower)
    if word is None or word.capital > _WORD:
        return
    if before not in ("the", "a", "an") and not document.sentence_start(span.start):
        return
    if after in _GOODS_AFTER:
        span.weigh(-4.5, f"before {after}")
    elif _COOKED.match(document.text, span.end):
        span.weigh(-5.0, "a dish")
    elif document.lower_words[lower]:
        span.weigh(-3.0, "in lower case elsewhere")

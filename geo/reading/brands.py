"""What bears the name of a place for trade: models of cars, makers, venues, streets, beers.

"Hyundai's Tucson", "Patagonia, the clothing company", "Cafe Havana", "Rue de Rome". Each rule
says how much speaks against the name, as log-odds, and why.
"""

from __future__ import annotations

import re

from geo.reading import cues
from geo.reading.document import Document
from geo.reading.span import Span
from geo.reading.vocabulary import word_set

_CARMAKERS = word_set(
    "hyundai kia toyota honda nissan ford chevrolet chevy dodge gmc seat volkswagen opel vauxhall "
    "renault peugeot fiat skoda mazda subaru buick cadillac chrysler jeep audi mercedes ferrari "
    "maserati lamborghini mitsubishi suzuki lexus pontiac oldsmobile mercury"
)
# Where carmakers are at home: "Hyundai's Ulsan plant".
_AT_HOME = re.compile(
    r"(?:,| (?:[a-z-]+ ){0,2}(?:plants?|factor\w+|works|headquarters|offices?|sites?|operations?|"
    r"workers|staff|dealers?\w*|showrooms?|unit|arm|subsidiary|business|market|complex|lines?)\b)"
)
# In front of the name of a place these make a house, a bank, an airline or a team of it.
_NAMED_AFTER_IT = word_set(
    "cafe café hotel restaurant bistro brasserie chez ristorante trattoria pizzeria credit crédit "
    "banque banco banca cinema teatro miss mister"
)
_EATING_AND_SLEEPING = word_set("hotel restaurant cafe café bistro grill diner")
# "Rue de Rome" is in any town but Rome; the short words are those of Romance languages.
_STREET = re.compile(
    r"\b(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]alle|[Aa]venida|Via|Viale|Piazza|Plaza|Place|Rua|"
    r"Quai|Corso|Pra[cç]a|Paseo) (?:de |di |du |da |do |del |de la |d['’])\Z"
)
_SHORT = word_set("de di du da do del la d")
# "Patagonia, the clothing company, sued"; what follows shows that no more is said of it.
_A_FIRM = re.compile(
    r", (?:an?|the) (?:[A-Za-z.-]+ ){0,3}(?:company|firm|maker|retailer|brand|brewer|brewery|label|"
    r"manufacturer|start-?up|carmaker|airline|chain|publisher|bank|band)"
    r"(?=[.,;:!?)]|\s*\Z| (?:that|which|based|founded|known|owned|behind)\b)"
)
_BREWED = word_set("beer beers ale ales lager lagers whisky whiskey vodka gin rum cigar cigars")
_WHERE_IT_IS_DRUNK = re.compile(r" \w+ (?:festival|hall|garden|tent|week|cellar|industr)")
_PERFORMERS = word_set("actor actress star director")
_NAME_FOLLOWS = re.compile(r" \w+ [A-Z][a-z]+ [A-Z]")


def weigh_brand(document: Document, span: Span, before: str, after: str) -> None:
    """Weigh a name that is no demonym, with the words that stand directly before and after it."""
    text = document.text
    gap = document.gaps[span.first - 1] if span.first else "\0"
    previous = document.caps[span.first - 1] if span.first else None
    if previous is not None and gap in (" ", "'s ", "’s "):
        if previous.lower in _CARMAKERS:
            if not _AT_HOME.match(text, span.end):
                span.model = True
                span.weigh(-5.0, f"a model of {previous.text}")
        elif gap == " " and previous.lower in _NAMED_AFTER_IT:
            span.form = "nested"
            span.weigh(-4.5, f"in the name {previous.text}")
    if before in _SHORT and _STREET.search(text, max(0, span.start - 20), span.start):
        span.form = "nested"
        span.weigh(-5.0, "a street's name")
    if before not in cues.STRONG_PREPOSITIONS:
        if span.key in _CARMAKERS:
            span.weigh(-3.0, "a maker of cars")
        elif text.startswith(",", span.end) and _A_FIRM.match(text, span.end):
            span.weigh(-5.0, "a firm, as what follows says")
    if after in _BREWED and not _WHERE_IT_IS_DRUNK.match(text, span.end):
        span.weigh(-5.0, f"before {after}")
    elif (
        after in _PERFORMERS
        and document.sentence_start(span.start)
        and _NAME_FOLLOWS.match(text, span.end)
        and span.hits[:1]
        and span.hits[0].rank < 6
    ):
        span.weigh(-3.0, f"before {after}")
    if (
        after.lower() in _EATING_AND_SLEEPING
        and after.istitle()
        and span.hits[:1]
        and span.hits[0].rank >= 9
    ):
        span.form = "nested"
        span.weigh(-4.5, f"before {after}")


def share_models(document: Document, found: list[Span]) -> None:
    """ "Chevrolet's Malibu and Colorado": what is listed with a model of a car is one too."""
    for one, two in zip(found, found[1:], strict=False):
        gap = document.text[one.end : two.start]
        if (
            one.model
            and gap in (" and ", " or ", ", ")
            and not _AT_HOME.match(document.text, two.end)
        ):
            two.model = True
            two.weigh(-5.0, f"in a list with the model {one.surface}")

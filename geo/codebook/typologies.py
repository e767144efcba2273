"""What other typologies call our events: ACLED's types, UCDP's `type_of_violence`, CAMEO's roots.

ACLED's types are spelled as in its codebook (2023); names of UCDP's and CAMEO's are shortened from
the GED codebook and the CAMEO manual. Which of them a type of ours is stands in the codebook file.
"""

from __future__ import annotations

from typing import Literal

from geo.codebook.records import Codebook

Typology = Literal["acled", "ucdp", "cameo"]
TYPOLOGIES: tuple[Typology, ...] = ("acled", "ucdp", "cameo")
NAMES: dict[Typology, str] = {"acled": "ACLED", "ucdp": "UCDP", "cameo": "CAMEO"}

ACLED_TYPES = (
    "Battles", "Explosions/Remote violence", "Violence against civilians", "Protests", "Riots",
    "Strategic developments",
)  # fmt: skip
UCDP_TYPES = {"1": "State-based", "2": "Non-state", "3": "One-sided"}
CAMEO_ROOTS = {
    "01": "Public statement",
    "02": "Appeal",
    "03": "Intend to cooperate",
    "04": "Consult",
    "05": "Diplomatic cooperation",
    "06": "Material cooperation",
    "07": "Provide aid",
    "08": "Yield",
    "09": "Investigate",
    "10": "Demand",
    "11": "Disapprove",
    "12": "Reject",
    "13": "Threaten",
    "14": "Protest",
    "15": "Exhibit force posture",
    "16": "Reduce relations",
    "17": "Coerce",
    "18": "Assault",
    "19": "Fight",
    "20": "Mass violence",
}
_MOST_NAMED = 3  # of the codes in one label


def codes(book: Codebook, typology: Typology, kind: str, subtype: str = "") -> tuple[str, ...]:
    """Codes that a type, or one of its sub-types, may have there; none where it has no equal.

    Several codes mean that the typology draws a line which ours does not: UCDP asks who fights. A
    type or sub-type that the codebook does not list has no code, but for ACLED's own.
    """
    if typology == "acled":
        return (kind,) if kind in ACLED_TYPES else ()
    try:
        found = book.type(kind)
        entry = found.subtype(subtype) if subtype else found
    except KeyError:
        return ()
    return entry.cameo_roots if typology == "cameo" else tuple(map(str, entry.ucdp_types))


def label(
    book: Codebook, typology: Typology, kind: str, subtype: str = "", *, most: int = _MOST_NAMED
) -> str:
    """What the typology calls it, with its codes; empty where it has no equal.

    Beyond `most` codes the rest is counted: `Assault (18) + 2`.
    """
    found = codes(book, typology, kind, subtype)
    if typology == "acled" or not found:
        return "".join(found)
    names = UCDP_TYPES if typology == "ucdp" else CAMEO_ROOTS
    shown = [f"{names[code]} ({code})" for code in found[:most]]
    more = len(found) - len(shown)
    return " / ".join(shown) + (f" + {more}" if more else "")

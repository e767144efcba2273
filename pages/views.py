"""How a view counts and in whose terms it names what happened; both live in the address bar."""

from __future__ import annotations

from functools import cache
from typing import get_args

import numpy as np
import streamlit as st

from geo import query
from geo.codebook import Codebook
from geo.codebook.typologies import NAMES, TYPOLOGIES, Typology, codes, label
from geo.query import Unit
from geo.store.snapshot import Snapshot
from pages import common, strings

UNIT, TERMS = "count", "terms"  # widget key = name in the address bar


def _asked(key: str, known: tuple[str, ...]) -> str:
    """What the widget says; before it is drawn, what the address names."""
    value = st.session_state.get(key) or st.query_params.get(key, "").casefold()
    return value if value in known else known[0]


def unit() -> Unit:
    """What counts as one."""
    found: Unit = _asked(UNIT, get_args(Unit))  # type: ignore[assignment]
    return found


def terms() -> Typology:
    """In whose terms types are named."""
    found: Typology = _asked(TERMS, TYPOLOGIES)  # type: ignore[assignment]
    return found


def unit_selector() -> None:
    """Choose what counts as one, in the line above the map."""
    st.segmented_control(
        strings.COUNT_BY, query.UNITS, key=UNIT, bind="query-params", required=True,
        default=query.UNITS[0], format_func=lambda one: strings.UNITS[one][2],
        label_visibility="collapsed", help=strings.COUNT_BY_HELP,
    )  # fmt: skip


def terms_selector() -> None:
    """Choose in whose terms types are named, in the sidebar."""
    st.segmented_control(
        strings.TERMS, TYPOLOGIES, key=TERMS, bind="query-params", required=True,
        default=TYPOLOGIES[0], format_func=lambda one: NAMES[one], label_visibility="collapsed",
        help=strings.TERMS_HELP, width="stretch",
    )  # fmt: skip


def counted(number: int) -> str:
    """`3 incidents`: a number of what is being counted."""
    one, many, _ = strings.UNITS[unit()]
    return common.plural(number, one, many)


@cache
def _type_names(book: Codebook, typology: Typology) -> dict[str, str]:
    named = {}
    for kind in book.types:
        found = label(book, typology, kind.name, most=1 if typology == "cameo" else 3)
        named[kind.name] = found or (
            kind.name if typology == "acled" else strings.NO_TYPE.format(terms=NAMES[typology])
        )
    alike = [name for name in named.values() if list(named.values()).count(name) > 1]
    return {kind: f"{name}: {kind}" if name in alike else name for kind, name in named.items()}


def type_names() -> dict[str, str]:
    """A name for each type of the codebook in the terms chosen, no two alike."""
    return _type_names(common.codebook(), terms())


def type_and_subtype(kind: str, subtype: str) -> tuple[str, str]:
    """Heading and line beneath it for one event, in the terms chosen."""
    if terms() == "acled":
        return kind, subtype
    found = label(common.codebook(), terms(), kind, subtype)
    return found or strings.NO_TYPE.format(terms=NAMES[terms()]), f"{kind}: {subtype}"


def untranslated(snapshot: Snapshot, rows: query.Rows) -> str:
    """How much of what is counted has no type in the terms chosen; empty where all has."""
    events, book = snapshot.events, common.codebook()
    kinds, subtypes = events["type"].cat, events["subtype"].cat
    size = max(1, len(subtypes.categories))
    pairs = kinds.codes.to_numpy().astype(np.int32) * size + subtypes.codes.to_numpy()
    counts = np.bincount(pairs[rows], minlength=max(1, len(kinds.categories)) * size)
    missing = np.zeros(len(counts), dtype=bool)
    for pair in np.flatnonzero(counts):
        kind, subtype = kinds.categories[pair // size], subtypes.categories[pair % size]
        missing[pair] = not codes(book, terms(), str(kind), str(subtype))
    number = int(counts[missing].sum())
    if number and unit() != "reports":
        number = len(query.once_each(snapshot, rows[missing[pairs[rows]]], unit()))
    if not number:
        return ""
    return strings.UNTRANSLATED.format(counted=counted(number), terms=NAMES[terms()])

"""The records of a codebook: types, sub-types, their triggers and the words these name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

_LAND = ("land", "neighbours", "sea", "borders")
SURFACES = ("page", "panel", "chip", *_LAND, "text", "muted", "lines", "accent")
# Groups that no codebook lists: a reading fills them with the places it found in the text, and
# with people given by their number alone.
GIVEN_GROUPS = ("country", "place", "count")
Speech = Literal["noun", "verb", "phrase"]
SPEECH: tuple[Speech, ...] = ("noun", "verb", "phrase")


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase and how it may be inflected (`speech`)."""

    text: str
    speech: Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class WordGroup:
    """A named list of words that triggers and conditions refer to."""

    name: str
    terms: tuple[Term, ...]
    groups: tuple[str, ...] = ()  # names of groups whose words belong here too


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Words that tell a sub-type, and what must or must not stand near them.

    `with_`, `after` and `before` are conjunctions of alternatives, by group name: ((a, b), (c,))
    is (a or b) and c. `agent` and `patient` are alternatives: who does it, and to whom.
    `reach` is in words; `weight` is 0 to 10.
    """

    terms: tuple[Term, ...]
    groups: tuple[str, ...]
    weight: float
    with_: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()
    before: tuple[tuple[str, ...], ...] = ()
    agent: tuple[str, ...] = ()
    patient: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    reach: int = 12
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSubtype:
    """A sub-type; `ucdp_types` and `cameo_roots` are its type's where it names none."""

    name: str
    definition: str
    triggers: tuple[Trigger, ...]
    ucdp_types: tuple[int, ...] = ()
    cameo_roots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A type with its colours (`#RRGGBB`) and icon (`:material/...:`).

    `ucdp_types`: UCDP GED `type_of_violence` (1 state-based, 2 non-state, 3 one-sided), empty where
    UCDP does not record such events. `cameo_roots`: CAMEO root codes, two digits as text.
    `family`: types of one family may be two reports' names for one happening.
    """

    name: str
    slug: str
    colour_light: str
    colour_dark: str
    icon: str
    definition: str
    ucdp_types: tuple[int, ...]
    cameo_roots: tuple[str, ...]
    subtypes: tuple[EventSubtype, ...]
    family: str

    def subtype(self, name: str) -> EventSubtype:
        """The sub-type of that name; KeyError with the known names otherwise."""
        for entry in self.subtypes:
            if entry.name == name:
                return entry
        raise KeyError(f"{name!r} is no sub-type of {self.name}: {[s.name for s in self.subtypes]}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Codebook:
    """Everything in one codebook file. Compared and hashed by identity, so caches can key on it."""

    types: tuple[EventType, ...]
    words: tuple[WordGroup, ...]
    surfaces_light: dict[str, str]
    surfaces_dark: dict[str, str]
    source: str = ""
    _by_name: dict[str, EventType] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._by_name.update({entry.name: entry for entry in self.types})

    def type(self, name: str) -> EventType:
        """The type of that name; KeyError with the known names otherwise."""
        try:
            return self._by_name[name]
        except KeyError:
            raise KeyError(f"{name!r} is no event type: {list(self._by_name)}") from None

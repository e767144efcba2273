"""The codebook: event types, their colours, what other typologies call them, and their triggers.

`load_codebook(path)` reads a YAML file whose layout is described at the head of
`data/codebook.yaml`, checks it whole, and returns frozen records. Nothing here reads articles:
`geo.reading.words` turns the triggers into a lexicon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from geo.errors import CodebookError

MAX_BYTES = 2_000_000  # a codebook is a page or fifty of text; more is some other file
_LAND = ("land", "neighbours", "sea", "borders")
SURFACES = ("page", "panel", "chip", *_LAND, "text", "muted", "lines", "accent")
# Groups that no codebook lists: a reading fills them with the places it found in the text.
GIVEN_GROUPS = ("country", "place")
Speech = Literal["noun", "verb", "phrase"]
SPEECH: tuple[Speech, ...] = ("noun", "verb", "phrase")

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_ICON = re.compile(r":material/[a-z0-9_]+:")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TERM = re.compile(r"[^\W_]+~?(?:(?:[ '-]| \.\. )[^\W_]+~?)*")


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


class _Map(dict[str, Any]):
    """A mapping that remembers on which line it, and each of its keys, stands (from 1)."""

    line: int = 0
    lines: dict[str, int]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain YAML whose mappings know their lines; a key given twice is an error."""

    def construct_mapping_with_lines(self, node: yaml.MappingNode) -> _Map:
        found = _Map()
        found.line = node.start_mark.line + 1
        found.lines = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise _Bad(line, f"the key {key!r} is not text; put it in quotes")
            if key in found:
                raise _Bad(line, f"{key!r} is given twice (first on line {found.lines[key]})")
            found[key] = self.construct_object(value_node, deep=True)
            found.lines[key] = line
        return found


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_mapping_with_lines)


class _Bad(Exception):
    """What is wrong and where; `load_codebook` puts the file's name before it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def load_codebook(path: str | Path) -> Codebook:
    """Read and check a codebook file (YAML, UTF-8).

    Raises CodebookError naming the file, the line, the entry and the reason. Nothing is half
    loaded: a codebook with one bad entry is refused whole.
    """
    file = Path(path)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise CodebookError(f"{file}: cannot be read ({error.strerror or error})") from error
    if len(raw) > MAX_BYTES:
        raise CodebookError(f"{file}: {len(raw):,} bytes; a codebook has at most {MAX_BYTES:,}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CodebookError(f"{file}, line {line}: is not UTF-8; save it as UTF-8") from error
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise _Bad(line, "YAML aliases (*name) are not read")
        return _codebook(yaml.load(text, Loader=_Loader), str(file))
    except _Bad as error:
        raise CodebookError(f"{file}, line {error.line}: {error.reason}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise CodebookError(f"{file}{where}: is not YAML ({problem})") from error
    except RecursionError as error:
        raise CodebookError(f"{file}: lists within lists, too deep to be a codebook") from error


def _codebook(data: object, source: str) -> Codebook:
    top = _mapping(data, "the file", 1)
    _known(top, {"version", "surfaces", "words", "types"}, "the file")
    if top.get("version") != 1:
        raise _Bad(top.lines.get("version", 1), f"version is {top.get('version')!r}, not 1")
    groups = _word_groups(top)
    surfaces = _mapping(top.get("surfaces"), "surfaces", top.lines.get("surfaces", 1))
    _known(surfaces, {"light", "dark"}, "surfaces")
    types = _list(top, "types", "the file")
    if not types:
        raise _Bad(top.lines["types"], "types is empty: a codebook needs one at least")
    names = {group.name for group in groups} | set(GIVEN_GROUPS)
    book = Codebook(
        types=tuple(_event_type(entry, names, top.lines["types"]) for entry in types),
        words=groups,
        surfaces_light=_surface(surfaces, "light"),
        surfaces_dark=_surface(surfaces, "dark"),
        source=source,
    )
    for what in ("name", "slug", "colour_light", "colour_dark"):
        seen: dict[str, str] = {}
        for entry, kind in zip(types, book.types, strict=True):
            value = getattr(kind, what)
            if value.casefold() in seen:
                other = seen[value.casefold()]
                raise _Bad(entry.line, f"type {kind.name!r}: {what} {value!r}: {other!r} has it")
            seen[value.casefold()] = kind.name
    return book


def _surface(surfaces: _Map, theme: str) -> dict[str, str]:
    table = _mapping(surfaces.get(theme), f"surfaces: {theme}", surfaces.line)
    _known(table, set(SURFACES), f"surfaces: {theme}")
    return {name: _colour(table, name, f"surfaces: {theme}") for name in SURFACES}


def _word_groups(top: _Map) -> tuple[WordGroup, ...]:
    words = _mapping(top.get("words", _Map()), "words", top.lines.get("words", 1))
    found = []
    for name, value in words.items():
        line = words.lines[name]
        if not _NAME.fullmatch(name):
            raise _Bad(line, f"words: {name!r} is no name (small letters, digits, _)")
        entry = _mapping(value, f"words: {name}", line)
        _known(entry, {*SPEECH, "group"}, f"words: {name}")
        groups = _names(entry, "group", set(words), f"words: {name}")
        terms = _terms(entry, f"words: {name}")
        if not terms and not groups:
            raise _Bad(line, f"words: {name} is empty")
        found.append(WordGroup(name=name, terms=terms, groups=groups))
    _refuse_circles(found, words)
    return tuple(found)


def _refuse_circles(groups: list[WordGroup], words: _Map) -> None:
    inner = {group.name: group.groups for group in groups}
    done: set[str] = set()
    for first in inner:
        trail: dict[str, None] = {}
        stack: list[tuple[str, bool]] = [(first, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                trail.pop(name, None)
                done.add(name)
            elif name in trail:
                raise _Bad(words.lines[name], f"words: {name} holds itself ({' > '.join(trail)})")
            elif name not in done:
                trail[name] = None
                stack.append((name, True))
                stack.extend((part, False) for part in inner[name])


def _event_type(data: object, groups: set[str], line: int) -> EventType:
    entry = _mapping(data, "an entry of types", line)
    name = _text(entry, "name", "a type")
    where = f"type {name!r}"
    keys = {"name", "slug", "colour", "icon", "definition", "ucdp", "cameo", "subtypes"}
    _known(entry, keys, where)
    colour = _mapping(entry.get("colour"), f"{where}: colour", entry.line)
    _known(colour, {"light", "dark"}, f"{where}: colour")
    ucdp, cameo = _ucdp(entry, where), _cameo(entry, where)
    subtypes = _list(entry, "subtypes", where)
    if not subtypes:
        raise _Bad(entry.lines["subtypes"], f"{where}: subtypes is empty")
    found: dict[str, EventSubtype] = {}
    for item in subtypes:
        subtype = _subtype(item, groups, where, entry.lines["subtypes"], ucdp, cameo)
        if subtype.name in found:
            raise _Bad(item.line, f"{where}: sub-type {subtype.name!r} is given twice")
        found[subtype.name] = subtype
    return EventType(
        name=name,
        slug=_match(entry, "slug", _SLUG, where, "small letters and digits joined by hyphens"),
        colour_light=_colour(colour, "light", f"{where}: colour"),
        colour_dark=_colour(colour, "dark", f"{where}: colour"),
        icon=_match(entry, "icon", _ICON, where, "a Material Symbols name like :material/swords:"),
        definition=_text(entry, "definition", where),
        ucdp_types=ucdp,
        cameo_roots=cameo,
        subtypes=tuple(found.values()),
    )


def _subtype(
    data: object,
    groups: set[str],
    where: str,
    line: int,
    ucdp: tuple[int, ...],
    cameo: tuple[str, ...],
) -> EventSubtype:
    entry = _mapping(data, f"{where}: an entry of subtypes", line)
    name = _text(entry, "name", f"{where}: a sub-type")
    where = f"{where}, sub-type {name!r}"
    _known(entry, {"name", "definition", "triggers", "ucdp", "cameo"}, where)
    return EventSubtype(
        name=name,
        definition=_text(entry, "definition", where),
        triggers=tuple(
            _trigger(item, groups, where, entry.line) for item in _list(entry, "triggers", where)
        ),
        ucdp_types=_ucdp(entry, where) if "ucdp" in entry else ucdp,
        cameo_roots=_cameo(entry, where) if "cameo" in entry else cameo,
    )


def _trigger(data: object, groups: set[str], where: str, line: int) -> Trigger:
    entry = _mapping(data, f"{where}: a trigger", line)
    where = f"{where}: trigger"
    keys = {*SPEECH, "group", "weight", "with", "after", "before", "agent"}
    keys |= {"patient", "without", "reach"}
    _known(entry, keys, where)
    terms, of = _terms(entry, where), _names(entry, "group", groups, where)
    if not terms and not of:
        raise _Bad(entry.line, f"{where} has no words: give noun, verb, phrase or group")
    weight = _number(entry, "weight", 5, 0, 10, where)
    reach = int(_number(entry, "reach", 12, 1, 100, where))
    return Trigger(
        terms=terms,
        groups=of,
        weight=weight,
        with_=_alternatives(entry, "with", groups, where),
        after=_alternatives(entry, "after", groups, where),
        before=_alternatives(entry, "before", groups, where),
        agent=sum(_alternatives(entry, "agent", groups, where), ()),
        patient=sum(_alternatives(entry, "patient", groups, where), ()),
        without=_names(entry, "without", groups, where),
        reach=reach,
        line=entry.line,
    )


def _number(entry: _Map, key: str, default: float, low: float, high: float, where: str) -> float:
    value = entry.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _Bad(entry.lines[key], f"{where}: {key} {value!r} is not {low} to {high}")
    return float(value)


def _terms(entry: _Map, where: str) -> tuple[Term, ...]:
    found = []
    for speech in SPEECH:
        for text in _list(entry, speech, where) if speech in entry else ():
            if not isinstance(text, str) or not _TERM.fullmatch(text):
                hint = "" if isinstance(text, str) else "; put it in quotes"
                reason = f"{where}: {speech} {text!r} is no word or phrase{hint}"
                raise _Bad(entry.lines[speech], reason)
            found.append(Term(text.casefold(), speech))
    return tuple(found)


def _names(entry: _Map, key: str, groups: set[str], where: str) -> tuple[str, ...]:
    values = _list(entry, key, where) if key in entry else []
    for value in values:
        if value not in groups:
            raise _Bad(entry.lines[key], f"{where}: {key}: {value!r} is not under words")
    return tuple(values)


def _alternatives(
    entry: _Map, key: str, groups: set[str], where: str
) -> tuple[tuple[str, ...], ...]:
    found = []
    for value in _list(entry, key, where) if key in entry else ():
        one_of = value if isinstance(value, list) else [value]
        for name in one_of:
            if not isinstance(name, str) or name not in groups:
                raise _Bad(entry.lines[key], f"{where}: {key}: {name!r} is not under words")
        found.append(tuple(one_of))
    return tuple(found)


def _mapping(data: object, where: str, line: int) -> _Map:
    if not isinstance(data, _Map):
        raise _Bad(line, f"{where} is {'missing' if data is None else 'no table of keys'}")
    return data


def _known(entry: _Map, keys: set[str], where: str) -> None:
    for key in entry:
        if key not in keys:
            raise _Bad(entry.lines[key], f"{where}: {key!r} is no key here; known: {sorted(keys)}")


def _list(entry: _Map, key: str, where: str) -> list[Any]:
    value = entry.get(key)
    if not isinstance(value, list):
        line = entry.lines.get(key, entry.line)
        raise _Bad(line, f"{where}: {key} is {'missing' if value is None else 'not a list'}")
    return value


def _text(entry: _Map, key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        line = entry.lines.get(key, entry.line)
        raise _Bad(line, f"{where}: {key} is {'missing' if value is None else 'not text'}")
    return value.strip()


def _match(entry: _Map, key: str, pattern: re.Pattern[str], where: str, wanted: str) -> str:
    value = _text(entry, key, where)
    if not pattern.fullmatch(value):
        raise _Bad(entry.lines[key], f"{where}: {key} {value!r} is not {wanted}")
    return value


def _colour(entry: _Map, key: str, where: str) -> str:
    return _match(entry, key, _COLOUR, where, "a colour like #1193C2 (in quotes)").upper()


def _ucdp(entry: _Map, where: str) -> tuple[int, ...]:
    values = _list(entry, "ucdp", where)
    for value in values:
        if isinstance(value, bool) or value not in (1, 2, 3):
            raise _Bad(entry.lines["ucdp"], f"{where}: ucdp {value!r} is not 1, 2 or 3")
    return tuple(values)


def _cameo(entry: _Map, where: str) -> tuple[str, ...]:
    values = _list(entry, "cameo", where)
    for value in values:
        if not isinstance(value, str) or not re.fullmatch(r"0[1-9]|1\d|20", value):
            reason = f'{where}: cameo {value!r} is not a root code "01" to "20" in quotes'
            raise _Bad(entry.lines["cameo"], reason)
    return tuple(values)

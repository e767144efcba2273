"""From a codebook file to its records: read, checked whole, refused with the line that is wrong."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from geo.codebook.records import (
    GIVEN_GROUPS,
    SPEECH,
    SURFACES,
    Codebook,
    EventSubtype,
    EventType,
    Term,
    Trigger,
    WordGroup,
)
from geo.codebook.yaml_lines import Bad, Map, entries, known, mapping, matching, parse, text_of
from geo.errors import CodebookError

MAX_BYTES = 2_000_000  # a codebook is a page or fifty of text; more is some other file

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_ICON = re.compile(r":material/[a-z0-9_]+:")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TERM = re.compile(r"[^\W_]+~?(?:(?:[ '-]| \.\. )[^\W_]+~?)*")


def load_codebook(path: str | Path) -> Codebook:
    """Read and check a codebook file (YAML, UTF-8).

    Raises CodebookError naming the file, the line, the entry and the reason. Nothing is half
    loaded: a codebook with one bad entry is refused whole. A file read before is not read again
    until it changes.
    """
    file = Path(path)
    try:
        found = file.stat()
        return _loaded(file, found.st_mtime_ns, found.st_size)
    except OSError as error:
        raise CodebookError(f"{file}: cannot be read ({error.strerror or error})") from error


@lru_cache(maxsize=4)
def _loaded(file: Path, changed_ns: int, size: int) -> Codebook:
    raw = file.read_bytes()
    if len(raw) > MAX_BYTES:
        raise CodebookError(f"{file}: {len(raw):,} bytes; a codebook has at most {MAX_BYTES:,}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CodebookError(f"{file}, line {line}: is not UTF-8; save it as UTF-8") from error
    if not text.strip():
        raise CodebookError(f"{file}: is empty; data/codebook.yaml is one to begin with")
    try:
        return _codebook(parse(text), str(file))
    except Bad as error:
        raise CodebookError(f"{file}, line {error.line}: {error.reason}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise CodebookError(f"{file}{where}: is not YAML ({problem})") from error
    except RecursionError as error:
        raise CodebookError(f"{file}: lists within lists, too deep to be a codebook") from error


def _codebook(data: object, source: str) -> Codebook:
    top = mapping(data, "the file", 1)
    known(top, {"version", "surfaces", "words", "types"}, "the file")
    if top.get("version") != 1:
        raise Bad(top.lines.get("version", 1), f"version is {top.get('version')!r}, not 1")
    groups = _word_groups(top)
    surfaces = mapping(top.get("surfaces"), "surfaces", top.lines.get("surfaces", 1))
    known(surfaces, {"light", "dark"}, "surfaces")
    types = entries(top, "types", "the file")
    if not types:
        raise Bad(top.lines["types"], "types is empty: a codebook needs one at least")
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
                raise Bad(entry.line, f"type {kind.name!r}: {what} {value!r}: {other!r} has it")
            seen[value.casefold()] = kind.name
    return book


def _surface(surfaces: Map, theme: str) -> dict[str, str]:
    table = mapping(surfaces.get(theme), f"surfaces: {theme}", surfaces.line)
    known(table, set(SURFACES), f"surfaces: {theme}")
    return {name: _colour(table, name, f"surfaces: {theme}") for name in SURFACES}


def _word_groups(top: Map) -> tuple[WordGroup, ...]:
    words = mapping(top.get("words", Map()), "words", top.lines.get("words", 1))
    found = []
    for name, value in words.items():
        line = words.lines[name]
        if not _NAME.fullmatch(name):
            raise Bad(line, f"words: {name!r} is no name (small letters, digits, _)")
        entry = mapping(value, f"words: {name}", line)
        known(entry, {*SPEECH, "group"}, f"words: {name}")
        groups = _names(entry, "group", set(words), f"words: {name}")
        terms = _terms(entry, f"words: {name}")
        if not terms and not groups:
            raise Bad(line, f"words: {name} is empty")
        found.append(WordGroup(name=name, terms=terms, groups=groups))
    _refuse_circles(found, words)
    return tuple(found)


def _refuse_circles(groups: list[WordGroup], words: Map) -> None:
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
                raise Bad(words.lines[name], f"words: {name} holds itself ({' > '.join(trail)})")
            elif name not in done:
                trail[name] = None
                stack.append((name, True))
                stack.extend((part, False) for part in inner[name])


def _event_type(data: object, groups: set[str], line: int) -> EventType:
    entry = mapping(data, "an entry of types", line)
    name = text_of(entry, "name", "a type")
    where = f"type {name!r}"
    keys = {"name", "slug", "family", "colour", "icon", "definition", "ucdp", "cameo", "subtypes"}
    known(entry, keys, where)
    colour = mapping(entry.get("colour"), f"{where}: colour", entry.line)
    known(colour, {"light", "dark"}, f"{where}: colour")
    hint = "small letters and digits joined by hyphens"
    slug = matching(entry, "slug", _SLUG, where, hint)
    ucdp, cameo = _ucdp(entry, where), _cameo(entry, where)
    subtypes = entries(entry, "subtypes", where)
    if not subtypes:
        raise Bad(entry.lines["subtypes"], f"{where}: subtypes is empty")
    found: dict[str, EventSubtype] = {}
    for item in subtypes:
        subtype = _subtype(item, groups, where, entry.lines["subtypes"], ucdp, cameo)
        if subtype.name in found:
            raise Bad(item.line, f"{where}: sub-type {subtype.name!r} is given twice")
        found[subtype.name] = subtype
    return EventType(
        name=name,
        slug=slug,
        colour_light=_colour(colour, "light", f"{where}: colour"),
        colour_dark=_colour(colour, "dark", f"{where}: colour"),
        icon=matching(
            entry, "icon", _ICON, where, "a Material Symbols name like :material/swords:"
        ),
        definition=text_of(entry, "definition", where),
        ucdp_types=ucdp,
        cameo_roots=cameo,
        subtypes=tuple(found.values()),
        family=matching(entry, "family", _SLUG, where, hint) if "family" in entry else slug,
    )


def _subtype(
    data: object,
    groups: set[str],
    where: str,
    line: int,
    ucdp: tuple[int, ...],
    cameo: tuple[str, ...],
) -> EventSubtype:
    entry = mapping(data, f"{where}: an entry of subtypes", line)
    name = text_of(entry, "name", f"{where}: a sub-type")
    where = f"{where}, sub-type {name!r}"
    known(entry, {"name", "definition", "triggers", "ucdp", "cameo"}, where)
    return EventSubtype(
        name=name,
        definition=text_of(entry, "definition", where),
        triggers=tuple(
            _trigger(item, groups, where, entry.line) for item in entries(entry, "triggers", where)
        ),
        ucdp_types=_ucdp(entry, where) if "ucdp" in entry else ucdp,
        cameo_roots=_cameo(entry, where) if "cameo" in entry else cameo,
    )


def _trigger(data: object, groups: set[str], where: str, line: int) -> Trigger:
    entry = mapping(data, f"{where}: a trigger", line)
    where = f"{where}: trigger"
    keys = {*SPEECH, "group", "weight", "with", "after", "before", "agent"}
    keys |= {"patient", "without", "reach"}
    known(entry, keys, where)
    terms, of = _terms(entry, where), _names(entry, "group", groups, where)
    if not terms and not of:
        raise Bad(entry.line, f"{where} has no words: give noun, verb, phrase or group")
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


def _number(entry: Map, key: str, default: float, low: float, high: float, where: str) -> float:
    value = entry.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Bad(entry.lines[key], f"{where}: {key} {value!r} is not {low} to {high}")
    return float(value)


def _terms(entry: Map, where: str) -> tuple[Term, ...]:
    found = []
    for speech in SPEECH:
        for text in entries(entry, speech, where) if speech in entry else ():
            if not isinstance(text, str) or not _TERM.fullmatch(text):
                hint = "" if isinstance(text, str) else "; put it in quotes"
                reason = f"{where}: {speech} {text!r} is no word or phrase{hint}"
                raise Bad(entry.lines[speech], reason)
            found.append(Term(text.casefold(), speech))
    return tuple(found)


def _names(entry: Map, key: str, groups: set[str], where: str) -> tuple[str, ...]:
    values = entries(entry, key, where) if key in entry else []
    for value in values:
        if value not in groups:
            raise Bad(entry.lines[key], f"{where}: {key}: {value!r} is not under words")
    return tuple(values)


def _alternatives(
    entry: Map, key: str, groups: set[str], where: str
) -> tuple[tuple[str, ...], ...]:
    found = []
    for value in entries(entry, key, where) if key in entry else ():
        one_of = value if isinstance(value, list) else [value]
        for name in one_of:
            if not isinstance(name, str) or name not in groups:
                raise Bad(entry.lines[key], f"{where}: {key}: {name!r} is not under words")
        found.append(tuple(one_of))
    return tuple(found)


def _colour(entry: Map, key: str, where: str) -> str:
    return matching(entry, key, _COLOUR, where, "a colour like #1193C2 (in quotes)").upper()


def _ucdp(entry: Map, where: str) -> tuple[int, ...]:
    values = entries(entry, "ucdp", where)
    for value in values:
        if isinstance(value, bool) or value not in (1, 2, 3):
            raise Bad(entry.lines["ucdp"], f"{where}: ucdp {value!r} is not 1, 2 or 3")
    return tuple(values)


def _cameo(entry: Map, where: str) -> tuple[str, ...]:
    values = entries(entry, "cameo", where)
    for value in values:
        if not isinstance(value, str) or not re.fullmatch(r"0[1-9]|1\d|20", value):
            reason = f'{where}: cameo {value!r} is not a root code "01" to "20" in quotes'
            raise Bad(entry.lines["cameo"], reason)
    return tuple(values)

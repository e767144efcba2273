"""YAML that knows its lines: every complaint about a file says where in it.

Mappings remember the line of each key; a key given twice, or one that is not text, is refused.
"""

from __future__ import annotations

import re
from typing import Any

import yaml


class Map(dict[str, Any]):
    """A mapping that remembers on which line it, and each of its keys, stands (from 1)."""

    line: int = 0
    lines: dict[str, int]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain YAML whose mappings know their lines; a key given twice is an error."""

    def construct_mapping_with_lines(self, node: yaml.MappingNode) -> Map:
        found = Map()
        found.line = node.start_mark.line + 1
        found.lines = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise Bad(line, f"the key {key!r} is not text; put it in quotes")
            if key in found:
                raise Bad(line, f"{key!r} is given twice (first on line {found.lines[key]})")
            found[key] = self.construct_object(value_node, deep=True)
            found.lines[key] = line
        return found


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_mapping_with_lines)


_DEEPEST = 20


class Bad(Exception):
    """What is wrong and where; `load_codebook` puts the file's name before it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def parse(text: str) -> object:
    """The content of a YAML text. Raises Bad and yaml.YAMLError; aliases are refused."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Bad(line, f"nested more than {_DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Bad(line, "YAML aliases (*name) are not read")
    return yaml.load(text, Loader=_Loader)


def mapping(data: object, where: str, line: int) -> Map:
    if not isinstance(data, Map):
        raise Bad(line, f"{where} is {'missing' if data is None else 'no table of keys'}")
    return data


def known(entry: Map, keys: set[str], where: str) -> None:
    for key in entry:
        if key not in keys:
            raise Bad(entry.lines[key], f"{where}: {key!r} is no key here; known: {sorted(keys)}")


def entries(entry: Map, key: str, where: str) -> list[Any]:
    value = entry.get(key)
    if not isinstance(value, list):
        line = entry.lines.get(key, entry.line)
        raise Bad(line, f"{where}: {key} is {'missing' if value is None else 'not a list'}")
    return value


def text_of(entry: Map, key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        line = entry.lines.get(key, entry.line)
        raise Bad(line, f"{where}: {key} is {'missing' if value is None else 'not text'}")
    return value.strip()


def matching(entry: Map, key: str, pattern: re.Pattern[str], where: str, wanted: str) -> str:
    value = text_of(entry, key, where)
    if not pattern.fullmatch(value):
        raise Bad(entry.lines[key], f"{where}: {key} {value!r} is not {wanted}")
    return value

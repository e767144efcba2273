"""Imports run one way along the path of the data, and each heavy library has one home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIRST_ROW = ("errors", "settings", "model", "codebook")

# Part of geo -> the parts it may import, besides itself and the first row.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "settings": frozenset({"errors"}),
    "model": frozenset({"errors", "settings"}),
    "codebook": frozenset({"errors", "settings", "model"}),
    "logs": frozenset(),
    "gazetteer": frozenset(),
    "geocoding": frozenset({"gazetteer"}),
    "reading": frozenset({"gazetteer", "geocoding"}),
    "sources": frozenset(),
    "store": frozenset(),
    "pipeline": frozenset({"gazetteer", "geocoding", "reading", "sources", "store"}),
    "query": frozenset({"store"}),
    "accounts": frozenset(),
    "maps": frozenset({"query", "store", "gazetteer"}),
    "export": frozenset({"query", "store"}),
    "api": frozenset({"pipeline", "sources", "store", "query", "export"}),
}
EVERYTHING = frozenset({"cli", "commands", "__main__"})

# Library -> the only part of geo that may import it; an empty text means none may.
HOMES = {
    "streamlit": "",
    "streamlit_folium": "",
    "folium": "maps",
    "branca": "maps",
    "alembic": "store",
}
OUTSIDE_GEO = ("dashboard.py", "server.py", "pages")


def modules(*roots: str) -> list[Path]:
    """Every Python file below these files and folders."""
    found: list[Path] = []
    for root in roots:
        path = ROOT / root
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return found


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything a file imports, inside functions too."""
    return names_imported(
        path.read_text(encoding="utf-8"), path.relative_to(ROOT).with_suffix("").parts
    )


def names_imported(code: str, module: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """The same for the code of the module of that name; relative imports are made absolute."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = [*module[: -node.level]] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{origin}.{alias.name}"


def part_of(path: Path) -> str:
    """`geo/store/schema.py` -> `store`; `geo/query.py` -> `query`; `geo/__init__.py` -> `geo`."""
    parts = path.relative_to(ROOT / "geo").with_suffix("").parts
    return "geo" if parts == ("__init__",) else parts[0]


def test_every_part_of_geo_has_a_place_on_the_path() -> None:
    parts = {part_of(path) for path in modules("geo")} - {"geo"}
    assert parts <= set(MAY_IMPORT) | EVERYTHING
    assert len(parts) > len(FIRST_ROW)


@pytest.mark.parametrize("path", modules("geo"), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    part = part_of(path)
    if part in EVERYTHING:
        return
    first_row = frozenset() if part in (*FIRST_ROW, "geo") else frozenset(FIRST_ROW)
    allowed = MAY_IMPORT.get(part, frozenset()) | first_row | {part, "__version__"}
    wrong = [
        f"line {line}: {name}"
        for line, name in imports(path)
        if name.split(".")[0] == "geo" and name.split(".")[1] not in allowed
    ]
    assert not wrong, f"{part} may import {sorted(allowed)}"


@pytest.mark.parametrize("path", modules("geo"), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_heavy_library_has_one_home(path: Path) -> None:
    wrong = [
        f"line {line}: {name}"
        for line, name in imports(path)
        if name.split(".")[0] in HOMES and HOMES[name.split(".")[0]] != part_of(path)
    ]
    assert not wrong


def test_pages_leave_folium_and_sql_to_geo() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} line {line}: {name}"
        for path in modules(*OUTSIDE_GEO)
        for line, name in imports(path)
        if name.split(".")[0] in ("folium", "branca", "sqlalchemy", "sqlite3")
    ]
    assert not wrong


def test_geo_imports_nothing_from_the_dashboard() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} line {line}: {name}"
        for path in modules("geo")
        for line, name in imports(path)
        if name.split(".")[0] in ("pages", "dashboard", "server", "tests")
    ]
    assert not wrong


def test_the_check_sees_imports_inside_functions_and_relative_ones() -> None:
    code = "def f():\n    from ..query import select\n    from geo.maps import layers\n"
    found = [name for _, name in names_imported(code, ("geo", "store", "example"))]
    assert found == ["geo.query.select", "geo.maps.layers"]

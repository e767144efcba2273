"""docs/imports.md says of every column what becomes of it, and of every field what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from geo.settings import ROOT
from geo.sources.datasets import acled, gdelt, mapped, ucdp_ged, viina
from tests.acled_files import CURRENT, OLD
from tests.coded_files import UCDP, VIINA

DOC = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
LABELS = (*viina.LABELS, *viina.ACTORS)
READ = {
    "ACLED": (*acled._NEEDED, *acled._USED),
    "UCDP GED": (*ucdp_ged._NEEDED, "iso3"),
    "GDELT 2.0 events": gdelt._USED,
    "VIINA": (*viina._NEEDED, *LABELS),
}
ALL = {
    "ACLED": {*CURRENT, *OLD},
    "UCDP GED": {*UCDP, "iso3"},
    "GDELT 2.0 events": set(gdelt.COLUMNS),
    "VIINA": {*VIINA, *LABELS},
}


def rows(section: str) -> list[tuple[list[str], str]]:
    """The section's table: names in the first cell, and what becomes of them."""
    part = DOC.split(f"\n## {section}\n")[1].split("\n## ")[0]
    cells = [line.strip("|").split("|", 1) for line in part.splitlines() if line.startswith("| `")]
    return [(re.findall(r"`(\w+)`", names), meaning.strip()) for names, meaning in cells]


@pytest.mark.parametrize("section", list(ALL))
def test_every_column_is_told_once_and_rightly(section: str) -> None:
    table = rows(section)
    told = [name for names, _ in table for name in names if name not in ("_b", "_pred")]
    extra = {"time_precision"} if section == "ACLED" else set()
    assert set(told) | extra == ALL[section]
    assert len(told) == len(set(told))
    dropped = {name for names, meaning in table if meaning.startswith("not kept") for name in names}
    assert dropped == ALL[section] - set(READ[section])


def test_every_field_of_a_mapping_is_told() -> None:
    told = [name for names, _ in rows("GeoJSON, CSV and Excel") for name in names]
    assert sorted(told) == sorted(mapped.FIELDS)


@pytest.mark.parametrize(
    ("names", "source"),
    [(acled._KM, "geo_precision"), (ucdp_ged._KM, "where_prec"), (gdelt._KM, "ActionGeo_Type")],
)
def test_distances_are_those_of_the_code(names: dict[str, float], source: str) -> None:
    line = next(line for line in DOC.splitlines() if f"`{source}`" in line and "5 km" in line)
    points: Sequence[str] = re.findall(r"(\d+) km", line)
    assert {float(km) for km in points} <= set(names.values())

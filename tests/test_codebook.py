"""The codebook that ships, and what is said about one that cannot be used."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from colorspacious import cspace_convert, cspace_converter

from geo.codebook import SURFACES, Codebook, load_codebook
from geo.errors import CodebookError, GeoError
from geo.settings import ROOT

SHIPPED = ROOT / "data" / "codebook.yaml"
# ACLED's own spelling of its event types and sub-types (its codebook, 2023).
ACLED = {
    "Battles": [
        "Armed clash",
        "Government regains territory",
        "Non-state actor overtakes territory",
    ],
    "Explosions/Remote violence": [
        "Chemical weapon",
        "Air/drone strike",
        "Suicide bomb",
        "Shelling/artillery/missile attack",
        "Remote explosive/landmine/IED",
        "Grenade",
    ],
    "Violence against civilians": [
        "Sexual violence",
        "Attack",
        "Abduction/forced disappearance",
    ],
    "Protests": [
        "Peaceful protest",
        "Protest with intervention",
        "Excessive force against protesters",
    ],
    "Riots": ["Violent demonstration", "Mob violence"],
    "Strategic developments": [
        "Agreement",
        "Arrests",
        "Change to group/activity",
        "Disrupted weapons use",
        "Headquarters or base established",
        "Looting/property destruction",
        "Non-violent transfer of territory",
        "Other",
    ],
}
ALL_WHITE = "{" + ", ".join(f'{name}: "#FFFFFF"' for name in SURFACES) + "}"
GOOD = """
version: 1
surfaces: {light: ALL_WHITE, dark: ALL_WHITE}
words:
  people: {noun: [villager], phrase: [residents of]}
  crowd: {group: [people]}
types:
  - name: Quarrels
    slug: quarrels
    colour: {light: "#112233", dark: "#445566"}
    icon: ":material/swords:"
    definition: Two people disagree.
    ucdp: [2]
    cameo: ["11"]
    subtypes:
      - name: Loud
        definition: One can hear it.
        triggers:
          - {verb: [shout], weight: 6, with: [[people, crowd]], reach: 5}
""".replace("ALL_WHITE", ALL_WHITE)


@pytest.fixture(scope="module")
def book() -> Codebook:
    return load_codebook(SHIPPED)


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_types_and_subtypes_are_spelled_as_acled_spells_them(book: Codebook) -> None:
    found = {kind.name: [subtype.name for subtype in kind.subtypes] for kind in book.types}
    assert {name: found[name] for name in ACLED} == ACLED
    assert list(found) == [*ACLED, "Statements and diplomacy", "Humanitarian"]


def test_every_entry_is_complete(book: Codebook) -> None:
    for kind in book.types:
        assert len(kind.definition) > 30
        assert kind.cameo_roots
        for subtype in kind.subtypes:
            assert len(subtype.definition) > 15, subtype.name
            assert subtype.triggers, subtype.name
            assert subtype.cameo_roots, subtype.name
            assert set(subtype.ucdp_types) <= {1, 2, 3}
    assert book.type("Battles").ucdp_types == (1, 2)
    assert book.type("Violence against civilians").ucdp_types == (3,)
    assert book.type("Protests").ucdp_types == ()
    assert book.type("Riots").subtype("Mob violence").name == "Mob violence"


def test_unknown_names_are_answered_with_the_known_ones(book: Codebook) -> None:
    with pytest.raises(KeyError, match="Battles"):
        book.type("Battle")
    with pytest.raises(KeyError, match="Armed clash"):
        book.type("Battles").subtype("Skirmish")


def test_surfaces_are_all_there(book: Codebook) -> None:
    assert set(book.surfaces_light) == set(book.surfaces_dark) == set(SURFACES)
    assert book.surfaces_light["land"] == "#F4F1EA"
    assert book.surfaces_dark["accent"] == "#6CB2FF"


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def seen(colours: np.ndarray, sight: str) -> np.ndarray:
    """CAM02-UCS coordinates of sRGB colours (n, 3) as normal or fully dichromatic eyes see them."""
    if sight != "normal":
        space = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
        colours = np.clip(cspace_convert(colours, space, "sRGB1"), 0, 1)
    return np.asarray(cspace_converter("sRGB1", "CAM02-UCS")(colours))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("sight", ["normal", "protanomaly", "deuteranomaly", "tritanomaly"])
@pytest.mark.parametrize(("theme", "least"), [("light", 11.7), ("dark", 15.8)])
def test_every_two_types_can_be_told_apart(
    book: Codebook, theme: str, least: float, sight: str
) -> None:
    colours = {kind.name: getattr(kind, f"colour_{theme}") for kind in book.types}
    points = dict(
        zip(colours, seen(np.array([rgb(c) for c in colours.values()]), sight), strict=True)
    )
    for a, b in itertools.combinations(colours, 2):
        assert np.linalg.norm(points[a] - points[b]) >= least - 0.05, (a, b)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_type_stands_out_from_the_land(book: Codebook, theme: str) -> None:
    land = luminance(getattr(book, f"surfaces_{theme}")["land"])
    for kind in book.types:
        own = luminance(getattr(kind, f"colour_{theme}"))
        assert (max(own, land) + 0.05) / (min(own, land) + 0.05) >= 3.1, kind.name


def test_a_users_own_codebook_is_read(tmp_path: Path) -> None:
    book = load_codebook(written(tmp_path, GOOD))
    (trigger,) = book.type("Quarrels").subtype("Loud").triggers
    assert (trigger.weight, trigger.reach, trigger.with_) == (6.0, 5, (("people", "crowd"),))
    assert book.type("Quarrels").subtype("Loud").cameo_roots == ("11",)


@pytest.mark.parametrize(
    ("old", "new", "line_of", "reason"),
    [
        ("version: 1", "version: 2", "version: 2", "version is 2, not 1"),
        ('light: "#112233"', "light: red", "colour:", "colour like"),
        ('"#112233", dark: "#445566"', '"#112233"', "colour:", "dark is missing"),
        ("slug: quarrels", "slug: Quar rels", "slug:", "small letters"),
        ("slug: quarrels", "slug: quarrels\n    family: A b", "family:", "small letters"),
        (':material/swords:"', 'swords"', "icon:", "Material Symbols"),
        ("ucdp: [2]", "ucdp: [4]", "ucdp:", "not 1, 2 or 3"),
        ('cameo: ["11"]', "cameo: [11]", "cameo:", "in quotes"),
        ("definition: Two people disagree.", "definition:", "definition:", "is missing"),
        ("verb: [shout]", "verb: [no]", "verb: [no]", "put it in quotes"),
        ("verb: [shout]", 'verb: ["a(b"]', "verb:", "no word or phrase"),
        ("verb: [shout], ", "", "weight: 6", "has no words"),
        ("weight: 6", "weight: 60", "weight: 60", "not 0 to 10"),
        ("weight: 6", "wieght: 6", "wieght", "is no key here"),
        ("reach: 5", "reach: 0", "reach: 0", "not 1 to 100"),
        ("[[people, crowd]]", "[[people, corwd]]", "corwd", "'corwd' is not under words"),
        ("group: [people]", "group: [crowd]", "crowd:", "holds itself"),
        ("group: [people]", "noun: []", "crowd:", "crowd is empty"),
        ("    slug: quarrels", "    slug: quarrels\n    slug: rows", "slug: rows", "given twice"),
        ("    subtypes:", "    subtypes: []\n    more:", "more:", "is no key here"),
        ("  people: {", "  People: {", "People:", "is no name"),
    ],
)
def test_a_bad_codebook_is_refused_with_line_and_reason(
    tmp_path: Path, old: str, new: str, line_of: str, reason: str
) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    line = next(n for n, row in enumerate(text.split("\n"), 1) if line_of in row)
    with pytest.raises(CodebookError, match=re.escape(reason)) as caught:
        load_codebook(written(tmp_path, text))
    assert f"own.yaml, line {line}: " in str(caught.value)
    assert isinstance(caught.value, GeoError)


@pytest.mark.parametrize("what", ["name: Quarrels", "slug: quarrels", 'light: "#112233"'])
def test_two_types_may_share_neither_name_nor_slug_nor_colour(tmp_path: Path, what: str) -> None:
    first = GOOD[GOOD.index("  - name: Quarrels") :]
    second = first.replace("Quarrels", "Rows").replace("quarrels", "rows")
    second = second.replace("#112233", "#AA2233").replace("#445566", "#AA5566")
    value = {"name: Quarrels": "name: Rows", "slug: quarrels": "slug: rows"}
    text = GOOD + second
    assert load_codebook(written(tmp_path, text)).type("Rows")
    if "light" in what:
        text = text.replace("#AA2233", "#112233")
    else:
        text = text.replace(value[what], what)
    with pytest.raises(CodebookError, match="'Quarrels' has it"):
        load_codebook(written(tmp_path, text))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\n  \n", "is empty"),
        (b"- a\n- b\n", "no table of keys"),
        (b"a: [1\n", "is not YAML"),
        (b"version: 1\nx: \xff\n", "line 2: is not UTF-8"),
        (b"a: &x [1]\nb: *x\n", "line 2: YAML aliases"),
        (b"[" * 20_000, "."),
        (b"x: " + b"a" * 2_000_001, "at most 2,000,000"),
        (b"a: !!python/object/apply:os.system [echo]\n", "is not YAML"),
    ],
)
def test_what_is_no_codebook_at_all_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(content)
    with pytest.raises(CodebookError, match=re.escape(reason)):
        load_codebook(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="nowhere.yaml: cannot be read"):
        load_codebook(tmp_path / "nowhere.yaml")

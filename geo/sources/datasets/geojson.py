"""GeoJSON (RFC 7946): a FeatureCollection of events, read into a table with a list of places."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import DataError
from geo.model import DatasetKind, RowError
from geo.settings import Settings
from geo.sources.datasets import tables
from geo.sources.datasets.mapped import MappedTable
from geo.sources.datasets.tables import Chunk


class GeoJsonTable:
    """Features as rows: a property is a column, and `lat`, `lon` come from the geometry."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path, self.name, self.settings = path, path.name, settings
        tables.checked_size(path, settings)
        encoding = tables.encoding_of(path)
        try:
            found = json.loads(path.read_bytes().decode(encoding))
        except (ValueError, RecursionError) as error:
            raise DataError(f"{self.name} is no JSON: {error}") from error
        if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
            raise DataError(f"{self.name} is no GeoJSON FeatureCollection")
        features = found.get("features")
        if not isinstance(features, list):
            raise DataError(f"{self.name}: `features` is no list")
        self.features: list[Any] = features
        tables.check_rows(self.name, len(self.features), settings)
        names: dict[str, None] = {}
        for feature in self.features:
            if isinstance(feature, dict) and isinstance(feature.get("properties"), dict):
                names.update(dict.fromkeys(map(str, feature["properties"])))
        own = ("feature_id", "lat", "lon", "place_list")
        self.header = [*(name for name in names if name not in own), *own]
        tables.check_columns(self.name, self.header, settings)
        self.said = f"GeoJSON, {len(self.features):,} features"
        self._at = 0

    def share(self) -> float:
        """How much has been read, 0 to 1."""
        return self._at / max(1, len(self.features))

    def chunks(self, columns: Sequence[str], done: int = 0) -> Iterator[Chunk]:
        """Features behind the first `done`; a feature's line is its number, the first being 1."""
        for at in range(done, len(self.features), tables.ROWS_PER_CHUNK):
            part = self.features[at : at + tables.ROWS_PER_CHUNK]
            kept, errors = [], []
            for line, feature in enumerate(part, start=at + 1):
                try:
                    row = _row(feature)
                    kept.append({**{name: _text(row.get(name)) for name in columns}, "line": line})
                except DataError as error:
                    errors.append(RowError(line, str(error), str(feature)[: tables.CONTENT_CHARS]))
            frame = pd.DataFrame(kept, columns=[*columns, "line"])
            self._at = at + len(part)
            yield Chunk(frame.astype(dict.fromkeys(columns, "str")), tuple(errors), len(part))


def _row(feature: Any) -> dict[str, Any]:
    """Properties with the point or points; our own list of places says more, and is kept."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise DataError("this is no GeoJSON Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise DataError("`properties` is no object")
    places = [{"lat": lat, "lon": lon} for lon, lat in _points(feature.get("geometry"))]
    first = places[0] if places else {}
    return {"place_list": places, **properties, "feature_id": feature.get("id"), **first}


def _points(geometry: Any) -> Iterator[tuple[float, float]]:
    """Longitude and latitude of a Point or MultiPoint; nothing for null."""
    if geometry is None:
        return
    if not isinstance(geometry, dict):
        raise DataError("the geometry is no object")
    kind, found = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Point", "MultiPoint"):
        raise DataError(f"geometry {kind!r} is not read; only Point, MultiPoint and null are")
    pairs: list[Any] = found if kind == "MultiPoint" and isinstance(found, list) else [found]
    for pair in pairs:
        try:
            if isinstance(pair[0], bool) or isinstance(pair[1], bool):
                raise TypeError
            lon, lat = float(pair[0]), float(pair[1])
        except (TypeError, ValueError, IndexError, KeyError, OverflowError):
            raise DataError(f"coordinates {str(pair)[:60]} are no longitude and latitude") from None
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise DataError(f"longitude {lon:g}, latitude {lat:g} are out of range or swapped")
        yield lon, lat


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class GeoJson(MappedTable):
    """One feature an event, by a mapping of its properties to our fields."""

    kind: DatasetKind = "geojson"
    title = "GeoJSON"

"""GeoJSON (RFC 7946): a FeatureCollection of events, our own export among them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo.codebook import Codebook
from geo.errors import DataError
from geo.model import DatasetKind, RowError
from geo.settings import Settings
from geo.sources.datasets import mapped, tables
from geo.sources.datasets.coded import LOCATION_COLUMNS, NEAR_KM, Coded
from geo.sources.datasets.tables import Chunk, Table

_OWN = "\x1flocations"  # a column of ours: the places of a feature, as JSON


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
        given = [name for name in names if name not in ("lat", "lon", "locations", "feature_id")]
        self.header = [*given, "feature_id", "lat", "lon", _OWN]
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
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise DataError("this is no GeoJSON Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise DataError("`properties` is no object")
    points = list(_points(feature.get("geometry")))
    own = properties.get("locations")
    if not (isinstance(own, list) and len(own) == len(points)):
        own = [{}] * len(points)
    places = [{**(extra if isinstance(extra, dict) else {}), "lat": lat, "lon": lon}
              for (lon, lat), extra in zip(points, own, strict=True)]  # fmt: skip
    first = places[0] if places else {}
    return {**properties, "feature_id": feature.get("id"), "lat": first.get("lat"),
            "lon": first.get("lon"), _OWN: json.dumps(places)}  # fmt: skip


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
            lon, lat = float(pair[0]), float(pair[1])
        except (TypeError, ValueError, IndexError, KeyError):
            raise DataError(f"coordinates {str(pair)[:60]} are no longitude and latitude") from None
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise DataError(f"longitude {lon:g}, latitude {lat:g} are out of range or swapped")
        yield lon, lat


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class GeoJson:
    """One feature an event, by a mapping of its properties to our fields."""

    kind: DatasetKind = "geojson"
    title = "GeoJSON"
    licence = ""

    def __init__(self, mapping: Mapping[str, str], *, scope: str) -> None:
        self._mapped = mapped.MappedTable(mapping, scope=scope)
        self.mapping, self.scope = self._mapped.mapping, scope

    def columns(self, table: Table) -> Sequence[str]:
        """The properties read. Raises MissingColumnError."""
        return [*self._mapped.columns(table), _OWN]

    def read(self, chunk: Chunk, codebook: Codebook) -> Coded:
        """Features in our terms; one with several points has each of them as a location."""
        coded = self._mapped.read(chunk, codebook)
        places = pd.Series(chunk.frame[_OWN].to_numpy(), index=chunk.frame["line"])
        found = []
        lines = coded.events["line"].to_numpy()
        first = coded.locations.set_index("event").to_dict("index")
        for event, text in enumerate(places.loc[lines] if len(lines) else ()):
            named = first.get(event, {})
            for place in json.loads(text):
                several = "name" in place
                found.append(
                    {
                        "event": event, "role": "location", "lat": place["lat"],
                        "lon": place["lon"], "admin2": "",
                        "name": str(place.get("name") or named.get("name", "")),
                        "kind": str(place.get("kind") or named.get("kind", "settlement")),
                        "precision_km": _km(place.get("precision_km"), named),
                        "country": str(place.get("country") or
                                       ("" if several else named.get("country", ""))),
                        "admin1": str(place.get("admin1_code") or place.get("admin1") or
                                      ("" if several else named.get("admin1", ""))),
                    }
                )  # fmt: skip
        locations = pd.DataFrame(found, columns=list(LOCATION_COLUMNS))
        return Coded(coded.events, locations, coded.errors, coded.rows)


def _km(value: Any, named: Mapping[Any, Any]) -> float:
    if isinstance(value, (int, float)) and np.isfinite(value) and value >= 0:
        return float(value)
    return float(named.get("precision_km", NEAR_KM))

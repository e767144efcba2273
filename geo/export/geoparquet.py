"""GeoParquet 1.1: typed columns and geometry as WKB, for GeoPandas, DuckDB, QGIS and R."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.export.records import COLUMNS, COUNTS, DATES, NUMBERS, Told, locations

GEOMETRY = "geometry"


def _type(name: str) -> Any:
    if name in DATES:
        return pa.date32()
    if name in NUMBERS:
        return pa.float64()
    if name in COUNTS:
        return pa.int32()
    return pa.bool_() if name == "is_centroid" else pa.string()


def write(records: Iterable[Told]) -> bytes:
    """One row per event, a Point or MultiPoint each (null without a place), OGC:CRS84."""
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    shapes: list[Any] = []
    for record, places in records:
        for name in COLUMNS:
            columns[name].append(record[name])
        points = [(place["lon"], place["lat"]) for place in locations(places)]
        shapes.append(
            None if not points
            else shapely.Point(points[0]) if len(points) == 1
            else shapely.MultiPoint(points)
        )  # fmt: skip
    fields = [pa.field(name, _type(name)) for name in COLUMNS]
    arrays = [pa.array(columns[field.name], field.type) for field in fields]
    fields.append(pa.field(GEOMETRY, pa.binary()))
    arrays.append(pa.array([shape and shapely.to_wkb(shape) for shape in shapes], pa.binary()))
    schema = pa.schema(fields, metadata={"geo": json.dumps(_metadata(shapes))})
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def _metadata(shapes: list[Any]) -> dict[str, Any]:
    """The file's `geo` entry, as in the specification's JSON schema."""
    known = [shape for shape in shapes if shape is not None]
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({shape.geom_type for shape in known}),
    }
    if known:
        column["bbox"] = [float(edge) for edge in shapely.total_bounds(known)]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}

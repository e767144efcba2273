"""Events as files that other programs read: exactly the rows on screen, one module per format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.codebook import Codebook
    from geo.export.records import Told
    from geo.query import Rows
    from geo.store import Store
    from geo.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file; its module, `geo.export.<module>`, has `write(records) -> bytes`."""

    label: str
    endings: tuple[str, ...]  # of file names, the usual one first
    mime: str
    module: str


FORMATS = {
    "csv": Format("CSV", (".csv",), "text/csv", "comma_separated"),
    "geojson": Format("GeoJSON", (".geojson", ".json"), "application/geo+json", "geojson"),
    "geoparquet": Format(
        "GeoParquet", (".parquet", ".geoparquet"), "application/vnd.apache.parquet", "geoparquet"
    ),
    "kml": Format("KML", (".kml",), "application/vnd.google-earth.kml+xml", "kml"),
    "excel": Format(
        "Excel", (".xlsx",),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "excel",
    ),
    "hxl": Format("HXL-tagged CSV", (".hxl.csv",), "text/csv", "hxl"),
}  # fmt: skip


def export(name: str, snapshot: Snapshot, store: Store, rows: Rows, codebook: Codebook) -> bytes:
    """These events, in their order, as a file of the format of that name (a key of FORMATS).

    Events deleted meanwhile are left out. Raises LimitError where the format cannot hold so many.
    """
    from geo.export.records import records

    module = import_module(f"geo.export.{FORMATS[name].module}")
    write: Callable[[Iterable[Told]], bytes] = module.write
    return write(records(snapshot, store, rows, codebook))


def format_of(filename: str) -> str | None:
    """The format that a file name's ending stands for; the longest ending decides."""
    known = [
        (len(ending), name)
        for name, entry in FORMATS.items()
        for ending in entry.endings
        if filename.lower().endswith(ending)
    ]
    return max(known)[1] if known else None

"""Coded event data sets: one module per kind, `open_source` to find the kind and open the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geo.errors import DataError
from geo.model import DATASET_KINDS
from geo.settings import Settings
from geo.sources.datasets import mapped, tables
from geo.sources.datasets.acled import Acled
from geo.sources.datasets.coded import Coded, Importer
from geo.sources.datasets.gdelt import COLUMNS as GDELT_COLUMNS
from geo.sources.datasets.gdelt import Gdelt
from geo.sources.datasets.geojson import GeoJson, GeoJsonTable
from geo.sources.datasets.mapped import MappedTable
from geo.sources.datasets.tables import CsvTable, Table
from geo.sources.datasets.ucdp_ged import UcdpGed
from geo.sources.datasets.viina import Viina
from geo.sources.datasets.workbook import WorkbookTable

__all__ = ["Coded", "Importer", "Source", "open_source"]

_PLAIN: dict[str, type[Acled] | type[UcdpGed]] = {"acled": Acled, "ucdp-ged": UcdpGed}
# Columns that only one kind of data set has.
_MARKS = {
    "acled": {"event_id_cnty"},
    "ucdp-ged": {"type_of_violence", "where_prec"},
    "viina": {"viina_version"},
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and how its rows are read. `guessed`: the kind was told by the header."""

    table: Table
    importer: Importer
    digest: str
    guessed: bool

    @property
    def mapping(self) -> dict[str, str]:
        """Field -> column, of kinds that are read by a mapping."""
        return dict(getattr(self.importer, "mapping", {}))


def open_source(
    path: Path,
    settings: Settings,
    *,
    kind: str = "",
    mapping: Mapping[str, str] | None = None,
    labels: Path | None = None,
) -> Source:
    """Open a file; its kind is guessed by the header unless it is given.

    `mapping` (field -> column) corrects the guessed one; an empty column leaves the field out.
    Raises DataError, its kinds MissingColumnError, LimitError and NotTextError among them.
    """
    if kind and kind not in DATASET_KINDS:
        raise DataError(
            f"no such kind of data set: {kind}; the kinds are {', '.join(DATASET_KINDS)}"
        )
    size = tables.checked_size(path, settings)
    digest = tables.digest(path) if size else ""
    table = _table(path, settings, kind)
    found = kind or _guess(table)
    importer: Importer
    if found in _PLAIN:
        importer = _PLAIN[found]()
    elif found == "gdelt":
        importer = Gdelt()
    elif found == "viina":
        importer = Viina(labels, settings)
    else:
        columns = mapped.guess(table.header) | dict(mapping or {})
        if found == "geojson" and "external_id" not in columns and "event_id" not in columns:
            columns["external_id"] = "feature_id"
        columns = {field: column for field, column in columns.items() if column}
        make = GeoJson if found == "geojson" else MappedTable
        importer = make(columns, scope=digest)
    return Source(table, importer, digest, not kind)


def _table(path: Path, settings: Settings, kind: str) -> Table:
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return WorkbookTable(path, settings)
    if kind == "geojson" or (not kind and suffix in (".geojson", ".json")):
        return GeoJsonTable(path, settings)
    if suffix in (".xls", ".zip", ".gz"):
        raise DataError(f"{path.name}: unpack it, or save it as .csv or .xlsx, and import that")
    if kind == "gdelt" or (not kind and _looks_like_gdelt(path)):
        return CsvTable(path, settings, header=GDELT_COLUMNS)
    return CsvTable(path, settings)


def _looks_like_gdelt(path: Path) -> bool:
    """61 cells parted by tabs, the first two of them numbers."""
    with path.open("rb") as file:
        cells = file.readline(100_000).split(b"\t")
    return len(cells) == len(GDELT_COLUMNS) and cells[0].isdigit() and cells[1].isdigit()


def _guess(table: Table) -> str:
    if isinstance(table, GeoJsonTable):
        return "geojson"
    if tuple(table.header) == GDELT_COLUMNS:
        return "gdelt"
    header = set(table.header)
    return next((kind for kind, marks in _MARKS.items() if marks <= header), "table")

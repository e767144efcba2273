"""VIINA: `event_info` joined by `event_id` with its file of labels.

Known from notes of others; no rows of it were seen. The labels say what happened: without them a
row is a report of something, and no event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geo.codebook import Codebook
from geo.errors import DataError, MissingColumnError
from geo.model import DatasetKind
from geo.settings import Settings
from geo.sources.datasets.coded import NEAR_KM, POINT_KM, REGION_KM, Coded, Rows, actors_json
from geo.sources.datasets.tables import Chunk, CsvTable, Table

_NEEDED = ("event_id", "date", "asciiname", "ADM1_NAME", "ADM2_NAME", "longitude", "latitude",
           "GEO_PRECISION", "source", "url", "text")  # fmt: skip
# The label of the earliest entry that is set gives the type: what is told most exactly comes first.
LABELS: Mapping[str, tuple[str, str]] = {
    "t_ied": ("Explosions/Remote violence", "Remote explosive/landmine/IED"),
    "t_airstrike": ("Explosions/Remote violence", "Air/drone strike"),
    "t_uav": ("Explosions/Remote violence", "Air/drone strike"),
    "t_artillery": ("Explosions/Remote violence", "Shelling/artillery/missile attack"),
    "t_firefight": ("Battles", "Armed clash"),
    "t_raid": ("Battles", "Armed clash"),
    "t_killing": ("Violence against civilians", "Attack"),
    "t_arrest": ("Strategic developments", "Arrests"),
    "t_property": ("Strategic developments", "Looting/property destruction"),
    "t_aad": ("Strategic developments", "Disrupted weapons use"),
}
ACTORS = {"a_rus": "Russia", "a_ukr": "Ukraine", "a_civ": "Civilians", "a_other": "Others"}
_AREAS = {"ADM1": ("admin1", REGION_KM), "ADM2": ("admin2", 50.0), "COUNTRY": ("country", 500.0)}


class Viina:
    """One row an event, for rows that a label gives a type."""

    kind: DatasetKind = "viina"
    title = "VIINA"
    licence = "VIINA: Violent Incident Information from News Articles, ODbL 1.0"

    def __init__(self, labels: Path | None = None, settings: Settings | None = None) -> None:
        """`labels` is the file that says what happened."""
        self._labels = _read_labels(labels, settings) if labels and settings else None

    def columns(self, table: Table) -> Sequence[str]:
        """The columns read. Raises MissingColumnError, DataError where labels are missing."""
        missing = [name for name in _NEEDED if name not in table.header]
        if missing:
            raise MissingColumnError(table.name, missing, list(table.header))
        if self._labels is None:
            raise DataError(
                f"{table.name} tells where, not what: give VIINA's file of labels too (--labels)"
            )
        return _NEEDED

    def read(self, chunk: Chunk, codebook: Codebook) -> Coded:
        """Rows in our terms. Confidence is the probability that the label was given."""
        assert self._labels is not None
        rows = Rows(chunk)
        ids = rows.text("event_id")
        labels = self._labels.reindex(ids)
        rows.refuse(labels["type"].isna().to_numpy(), lambda row: "no label says what happened")
        days = rows.dates("date")
        lat, lon = rows.point("latitude", "longitude")
        precision = rows.text("GEO_PRECISION").str.upper()
        kinds = precision.map({code: kind for code, (kind, _) in _AREAS.items()})
        near = precision.isin(["STREET", "PPL", "ADM3", "1"])
        km = precision.map({code: km for code, (_, km) in _AREAS.items()})
        names = rows.text("asciiname").mask(kinds == "admin1", rows.text("ADM1_NAME"))
        return rows.done(
            {
                "external_id": ids, "type": labels["type"].to_numpy(),
                "subtype": labels["subtype"].to_numpy(), "actors": labels["actors"].to_numpy(),
                "confidence": labels["confidence"].to_numpy(), "date_start": days,
                "date_end": days, "date_precision": "day", "date_reason": "date",
                "fatalities_low": np.nan, "fatalities_high": np.nan,
                "notes": rows.text("text"), "source": rows.text("source"),
                "url": rows.text("url"),
            },
            {
                "name": names.mask(kinds == "admin2", rows.text("ADM2_NAME")),
                "kind": kinds.fillna("settlement"), "lat": lat, "lon": lon,
                "precision_km": km.fillna(near.map({True: POINT_KM, False: NEAR_KM})),
                "country": "UA", "admin1": rows.text("ADM1_NAME"),
                "admin2": rows.text("ADM2_NAME"),
            },
            self.kind,
        )  # fmt: skip


def _read_labels(path: Path, settings: Settings) -> pd.DataFrame:
    """type, subtype, actors [JSON] and confidence by event_id, for rows that have a type."""
    table = CsvTable(path, settings)
    known = [name for name in (*LABELS, *ACTORS) if f"{name}_b" in table.header]
    if "event_id" not in table.header or not any(name in LABELS for name in known):
        wanted = ["event_id", *(f"{name}_b" for name in LABELS)]
        raise MissingColumnError(table.name, wanted, list(table.header))
    columns = [f"{name}{tail}" for name in known for tail in ("_b", "_pred")
               if f"{name}{tail}" in table.header]  # fmt: skip
    found = pd.concat(
        [chunk.frame for chunk in table.chunks(["event_id", *columns])] or [pd.DataFrame()]
    ).drop_duplicates("event_id").set_index("event_id")  # fmt: skip
    made = pd.DataFrame(index=found.index, columns=["type", "subtype", "actors", "confidence"])
    made["actors"] = _actors(found, [name for name in known if name in ACTORS])
    for name in reversed([name for name in LABELS if name in known]):
        here = pd.to_numeric(found[f"{name}_b"], errors="coerce") == 1
        made.loc[here, ["type", "subtype"]] = LABELS[name]
        sure = found[f"{name}_pred"] if f"{name}_pred" in found else found[f"{name}_b"]
        made.loc[here, "confidence"] = pd.to_numeric(sure[here], errors="coerce").clip(0, 1)
    made["confidence"] = made["confidence"].astype(float).fillna(0.5)
    return made


def _actors(found: pd.DataFrame, names: Sequence[str]) -> list[str]:
    columns = []
    for name in names:
        acted = pd.to_numeric(found[f"{name}_b"], errors="coerce") == 1
        columns.append(acted.map({True: ACTORS[name], False: ""}))
    return actors_json(*columns) if columns else ["[]"] * len(found)

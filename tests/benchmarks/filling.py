"""A store full of made-up events, in a folder that the benchmark deletes. Never a user's store."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.codebook import load_codebook
from geo.errors import StoreError
from geo.model import Dataset, Place, ReportedRows
from geo.settings import Settings
from geo.store import open_store
from geo.store.snapshot import Snapshot, synthetic
from geo.store.words import words

ROWS_AT_ONCE = 50_000
SYNTHETIC = Dataset(
    id="5f" * 8, kind="synthetic", name="Synthetic", filename="made up", digest="0" * 64,
    licence="made up",
)  # fmt: skip


def fill(settings: Settings, n: int) -> None:
    """Put `n` made-up events into an empty store. Raises StoreError where it is not empty."""
    types = [kind.name for kind in load_codebook(settings.codebook).types]
    with open_store(settings) as store:
        if not store.is_empty():
            raise StoreError("made-up events go into an empty store only")
        made = synthetic(n, types)
        store.begin_dataset(SYNTHETIC)
        for at in range(0, n, ROWS_AT_ONCE):
            store.add_rows(SYNTHETIC.id, _rows(made, at, min(n, at + ROWS_AT_ONCE)), 0)
        store.finish_dataset(SYNTHETIC.id)


def _rows(made: Snapshot, first: int, last: int) -> ReportedRows:
    events = made.events.iloc[first:last]
    numbers = np.arange(first, last)
    told = [f"Synthetic: {kind} {n}" for kind, n in zip(events["type"], numbers, strict=True)]
    links = made.event_places
    own = links[(links["event"] >= first) & (links["event"] < last)]
    places = [
        Place(
            id=row.place_id, name=row.name, kind=str(row.kind), lat=row.lat, lon=row.lon,
            country=str(row.country), admin1=str(row.admin1), admin1_name=row.admin1_name,
            population=row.population, precision_km=row.precision_km, source=row.source,
        )
        for row in made.places.itertuples(index=False)
    ]  # fmt: skip
    return ReportedRows(
        events=pd.DataFrame(
            {
                "event_id": events["event_id"].to_numpy(),
                "external_id": events["event_id"].to_numpy(),
                "line": numbers + 2,
                **{
                    name: events[name].astype(str).to_numpy()
                    for name in ("type", "subtype", "status", "date_precision")
                },
                "date_start": events["date_start"].to_numpy(),
                "date_end": events["date_end"].to_numpy(),
                "date_reason": "made up",
                "actors": "[]",
                "claimed_by": "",
                "instrument": "",
                "fatalities_low": events["fatalities_low"].array,
                "fatalities_high": events["fatalities_high"].array,
                "injured_low": pd.array([None] * len(events), dtype="Int32"),
                "injured_high": pd.array([None] * len(events), dtype="Int32"),
                "notes": told,
                "words": [" ".join(words(text)) for text in told],
                "source": "synthetic",
                "url": "",
                "confidence": events["confidence"].astype(float).to_numpy(),
            }
        ),
        links=pd.DataFrame(
            {
                "event": own["event"].to_numpy() - first,
                "place": own["place"].to_numpy(),
                "role": own["role"].astype(str).to_numpy(),
            }
        ),
        places=places,
        rows=last - first,
    )

"""Hand-made rows of a data set, so that the store is tested without an importer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from geo.model import Dataset, Place, ReportedRows, RowError
from geo.store.words import words
from tests.readings import BAKHMUT, DONETSK_OBLAST

DATASET = Dataset(
    id="d" * 16, kind="acled", name="Made up", filename="made-up.csv", digest="0" * 64,
    licence="made up for a test",
)  # fmt: skip


def row(number: int, **more: Any) -> dict[str, Any]:
    """One event: a shelling on 1 March 2023 in line `number`."""
    return {
        "event_id": f"{number:016x}", "external_id": f"TST{number}", "line": number,
        "type": "Explosions/Remote violence", "subtype": "Shelling/artillery/missile attack",
        "status": "occurred", "date_start": "2023-03-01", "date_end": "2023-03-01",
        "date_precision": "day", "date_reason": "time_precision 1",
        "actors": '["Army A", "Army B"]', "claimed_by": "", "instrument": "", "injured_low": None,
        "injured_high": None, "fatalities_low": 2, "fatalities_high": 2,
        "notes": f"Made-up shelling number {number}.", "source": "Example Wire", "url": "",
        "confidence": 1.0,
    } | more  # fmt: skip


def reported(
    rows: Sequence[dict[str, Any]],
    *,
    places: Sequence[Place] = (BAKHMUT, DONETSK_OBLAST),
    at: Sequence[tuple[int, int]] | None = None,
    errors: Sequence[RowError] = (),
) -> ReportedRows:
    """A chunk of such rows; `at` pairs rows with places, and without it all are at the first."""
    events = pd.DataFrame(rows)
    events["words"] = [" ".join(words(notes)) for notes in events["notes"]]
    for name in ("date_start", "date_end"):
        events[name] = pd.to_datetime(events[name]).astype("datetime64[s]")
    for name in ("fatalities_low", "fatalities_high", "injured_low", "injured_high"):
        events[name] = events[name].astype("Int32")
    pairs = [(number, 0) for number in range(len(rows))] if at is None else at
    links = pd.DataFrame(pairs, columns=["event", "place"]).assign(role="location")
    return ReportedRows(
        events=events, links=links, places=places, errors=errors, rows=len(rows) + len(errors)
    )

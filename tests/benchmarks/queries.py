"""The dashboard's questions to its snapshot, beside DuckDB and SQLite on the same rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from geo import query
from geo.codebook import load_codebook
from geo.query import EventFilter
from geo.settings import Settings
from geo.store.snapshot import Snapshot, synthetic
from tests.benchmarks.measure import Result, median_s

EVENTS = 1_000_000
WANTED = EventFilter(
    types=("Battles", "Explosions/Remote violence"), date_from=date(2022, 6, 1),
    date_to=date(2023, 6, 1),
)  # fmt: skip
_WHERE = (
    "type IN ('Battles', 'Explosions/Remote violence') "
    "AND date_end >= '2022-06-01' AND date_start <= '2023-06-01'"
)
SQL = {
    "events by type": "SELECT type, count(*) FROM events GROUP BY type ORDER BY type",
    "events of two types in a year": f"SELECT count(*) FROM events WHERE {_WHERE}",
    "events by place": "SELECT place, count(*) FROM links GROUP BY place ORDER BY place",
    "the same by place": "SELECT place, count(*) FROM events JOIN links USING (event) "
    f"WHERE {_WHERE} GROUP BY place ORDER BY place",
}


def _ours(snapshot: Snapshot) -> dict[str, Callable[[], list[tuple[Any, ...]]]]:
    def by_type() -> list[tuple[Any, ...]]:
        counts = query.counts_by_type(snapshot, EventFilter())
        return sorted((str(kind), int(n)) for kind, n in counts.items() if n)

    def by_place(wanted: EventFilter) -> list[tuple[Any, ...]]:
        counted = query.place_counts(snapshot, query.select(snapshot, wanted))
        return list(zip(counted["place"].tolist(), counted["count"].tolist(), strict=True))

    return dict(
        zip(
            SQL,
            (
                by_type,
                lambda: [(len(query.select(snapshot, WANTED)),)],
                lambda: by_place(EventFilter()),
                lambda: by_place(WANTED),
            ),
            strict=True,
        )
    )


def _tables(snapshot: Snapshot) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Events and their locations, as a database would hold them."""
    events = snapshot.events[["type", "date_start", "date_end"]].copy()
    for name in ("date_start", "date_end"):
        events[name] = events[name].dt.strftime("%Y-%m-%d")
    events["type"] = events["type"].astype(str)
    events.insert(0, "event", np.arange(len(events)))
    event, place = snapshot.locations
    return events, pd.DataFrame({"event": event, "place": place})


def run(settings: Settings, size: int = EVENTS) -> Iterator[Result]:
    """Each question asked of all three; the answers must be the same."""
    types = [kind.name for kind in load_codebook(settings.codebook).types]
    snapshot = synthetic(size, types)
    events, links = _tables(snapshot)
    duck, lite = duckdb.connect(), sqlite3.connect(":memory:")
    duck.execute("CREATE TABLE events AS SELECT event, type, date_start::DATE AS date_start, "
                 "date_end::DATE AS date_end FROM events")  # fmt: skip
    duck.execute("CREATE TABLE links AS SELECT * FROM links")
    events.to_sql("events", lite, index=False)
    links.to_sql("links", lite, index=False)
    lite.execute("CREATE UNIQUE INDEX event_key ON events (event)")
    lite.execute("CREATE INDEX event_type ON events (type, date_start)")
    lite.execute("CREATE INDEX link_place ON links (place, event)")
    lite.execute("ANALYZE")
    for name, ask in _ours(snapshot).items():
        others = {
            "DuckDB": lambda sql=SQL[name]: duck.execute(sql).fetchall(),
            "SQLite": lambda sql=SQL[name]: lite.execute(sql).fetchall(),
        }
        answer, ours_s = ask(), median_s(ask, runs=5)
        yield Result(name=f"{name}, {size:,} events: snapshot", value=1000 * ours_s, unit="ms",
                     runs=5)  # fmt: skip
        for engine, other in others.items():
            assert other() == answer, f"{engine} answers otherwise: {name}"
            seconds = median_s(other, runs=3)
            yield Result(
                name=f"{name}, {size:,} events: {engine}", value=1000 * seconds, unit="ms",
                runs=3, against="the snapshot", ratio=seconds / ours_s,
            )  # fmt: skip
    duck.close()
    lite.close()

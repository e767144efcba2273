"""Everything that can be counted in a store, told so that two databases must say the same.

Keys and row numbers depend on who was saved first; ids do not.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo import query
from geo.query import EventFilter
from geo.settings import Settings
from geo.store import Store, schema
from geo.store.columns import TABLES, Snapshot
from geo.store.snapshot import load_snapshot

OWN_TO_EACH = ("state", "change")  # tables that tell of the store, not of what was read
QUESTIONS = ("kherson", "killed", "shell", "air strike", '"on wednesday"', "bakhmut OR", "nowhere")


def counted(store: Store, settings: Settings) -> dict[str, object]:
    """Rows of each table, answers of the full-text search, columns and sums of the snapshot."""
    found: dict[str, object] = {}
    with store.database.reading() as connection:
        for name, table in schema.metadata.tables.items():
            if name not in OWN_TO_EACH:
                count = sa.select(sa.func.count()).select_from(table)
                found[f"rows of {name}"] = connection.scalar(count)
        indexed = sa.select(sa.func.count()).select_from(sa.table("event_words"))
        found["events in the index of words"] = connection.scalar(indexed)
    for asked in QUESTIONS:
        ids = sorted(store.search(asked))
        found[f"events that say {asked}"] = (len(ids), digest("\n".join(ids)))
    snapshot = load_snapshot(store, settings)
    for name, table in by_ids(snapshot).items():
        found |= {f"{name}.{column}": (len(table), digest(table[column])) for column in table}
    places = snapshot.places["place_id"].to_numpy()
    for unit in query.UNITS:
        kinds = query.counts_by_type(snapshot, EventFilter(), unit)
        found[f"{unit} by type"] = dict(zip(kinds.index, kinds.tolist(), strict=True))
        here = query.place_counts(snapshot, query.select(snapshot, EventFilter()), unit)
        each = sorted(zip(places[here["place"]], here["count"].tolist(), strict=True))
        found[f"{unit} by place"] = (len(each), sum(n for _, n in each), digest(str(each)))
    found["in all"] = query.summary(snapshot, np.arange(len(snapshot.events)))
    return found


def differences(one: dict[str, object], other: dict[str, object]) -> dict[str, Any]:
    """What is not the same in both."""
    names = {*one, *other}
    return {
        name: (one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)
    }


def by_ids(snapshot: Snapshot) -> dict[str, pd.DataFrame]:
    """The tables of a snapshot without keys, rows named by ids and in their order."""
    tables = {
        name: getattr(snapshot, name).drop(columns="key", errors="ignore") for name in TABLES
    }
    ids = {
        "article": tables["articles"]["article_id"], "dataset": tables["datasets"]["dataset_id"],
        "place": tables["places"]["place_id"], "event": tables["events"]["event_id"],
    }  # fmt: skip
    ids |= dict.fromkeys(("incident", "alike"), ids["event"])
    for table in tables.values():
        for column, named in ids.items():
            if column in table:
                rows = table[column].to_numpy()
                table[column] = np.append(named.to_numpy(dtype=object), "")[rows]
        for column in table:  # categories may stand in another order
            table[column] = table[column].astype(str)
    return {
        name: table.sort_values(list(table.columns), ignore_index=True)
        for name, table in tables.items()
    }


def digest(values: pd.Series | str) -> str:
    """A hash of a column, or of a text."""
    if isinstance(values, str):
        return hashlib.sha256(values.encode()).hexdigest()[:16]
    hashed = pd.util.hash_array(values.to_numpy(dtype=object), categorize=True)
    return hashlib.sha256(hashed.tobytes()).hexdigest()[:16]

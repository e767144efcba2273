"""Write coded data sets, a chunk of rows at a time. The caller holds the transaction.

Writers take turns (see `changes.revision`), so the keys of a chunk's rows can be given here, and
rows that belong together be inserted at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.errors import StoreError
from geo.model import Dataset, Place, ReportedRows, RowError
from geo.store import bulk, changes, schema, search, writes
from geo.store.corrections import UNREVIEWED
from geo.store.rows import place_row

Array = np.ndarray[Any, Any]

REASON_TWICE = "the id {id} stands in an earlier row too; that row was kept"
_FIELDS = [schema.dataset.c[entry.name] for entry in dataclasses.fields(Dataset)]


def begin(connection: sa.Connection, wanted: Dataset) -> Dataset:
    """Enter a data set unless it is there; as the store has it.

    Removed ones are deleted first: their events would count as known, and are shown to nobody.
    """
    removed = schema.dataset.c.state == "removed"
    for dataset_id in connection.scalars(sa.select(schema.dataset.c.id).where(removed)).all():
        delete(connection, dataset_id)
    found = _find(connection, wanted.id)
    if found is not None:
        return found[1]
    new = dataclasses.replace(wanted, imported=wanted.imported or datetime.now(UTC))
    connection.execute(schema.dataset.insert().values(**dataclasses.asdict(new)))
    return new


def _find(connection: sa.Connection, dataset_id: str) -> tuple[int, Dataset] | None:
    row = connection.execute(
        sa.select(schema.dataset.c.key, *_FIELDS).where(schema.dataset.c.id == dataset_id)
    ).one_or_none()
    return None if row is None else (row[0], _dataset(row[1:]))


def _dataset(values: Sequence[Any]) -> Dataset:
    found = Dataset(**dict(zip((column.name for column in _FIELDS), values, strict=True)))
    if found.imported is not None and found.imported.tzinfo is None:  # SQLite keeps no time zone
        found = dataclasses.replace(found, imported=found.imported.replace(tzinfo=UTC))
    return found


def _get(connection: sa.Connection, dataset_id: str) -> tuple[int, Dataset]:
    found = _find(connection, dataset_id)
    if found is None:
        raise StoreError(f"the data set {dataset_id} is not in the store; it may have been removed")
    return found


def add(
    connection: sa.Connection, dataset_id: str, rows: ReportedRows, most_errors: int
) -> Dataset:
    """Insert a chunk's events, places and errors, and count its rows."""
    key, before = _get(connection, dataset_id)
    events, first = rows.events, bulk.next_key(connection, schema.event)
    keys = np.arange(first, first + len(events), dtype=np.int64)
    bulk.insert(connection, schema.event, _event_rows(events, keys, key), skip_known="id")
    saved = _saved(connection, keys)
    places = _save_places(connection, rows.places)
    links = rows.links[saved[rows.links["event"].to_numpy()]]
    link_keys = np.arange(len(links)) + bulk.next_key(connection, schema.event_place)
    bulk.insert(
        connection,
        schema.event_place,
        pd.DataFrame(
            {
                "key": link_keys,
                "event_key": keys[links["event"].to_numpy()],
                "place_key": places[links["place"].to_numpy()],
                "role": links["role"],
                "confidence": 1.0,
            }
        ),
    )
    said = events["words"].to_numpy(dtype=object)[saved].tolist()
    search.add_words(connection, list(zip(keys[saved].tolist(), said, repeat(""), strict=False)))
    twice = _told_twice(connection, key, events[~saved])
    errors = sorted([*rows.errors, *twice], key=lambda error: error.line)
    listed = connection.scalar(
        sa.select(sa.func.count()).where(schema.dataset_error.c.dataset_key == key)
    )
    _list_errors(connection, key, errors[: max(0, most_errors - int(listed or 0))])
    return _changed(
        connection,
        before,
        rows_read=before.rows_read + rows.rows,
        rows_failed=before.rows_failed + len(errors),
        rows_known=before.rows_known + int(np.count_nonzero(~saved)) - len(twice),
    )


def finish(connection: sa.Connection, dataset_id: str) -> Dataset:
    """Mark a data set as complete."""
    key, dataset = _get(connection, dataset_id)
    changes.note(connection, schema.dataset, [key])
    return _changed(connection, dataset, state="complete")


def set_aside(connection: sa.Connection, dataset_id: str) -> Dataset:
    """Take a complete data set away from readers; `finish` takes that back."""
    key, dataset = _get(connection, dataset_id)
    changes.note(connection, schema.dataset, [key])
    return _changed(connection, dataset, state="removed")


def _changed(connection: sa.Connection, dataset: Dataset, **values: Any) -> Dataset:
    table = schema.dataset
    connection.execute(table.update().where(table.c.id == dataset.id).values(**values))
    return dataclasses.replace(dataset, **values)


def every(connection: sa.Connection) -> list[tuple[Dataset, int]]:
    """Every data set with its number of events, in the order imported."""
    d, e = schema.dataset, schema.event
    counts = sa.select(sa.func.count()).where(e.c.dataset_key == d.c.key).scalar_subquery()
    rows = connection.execute(sa.select(counts, *_FIELDS).order_by(d.c.imported, d.c.key))
    return [(_dataset(row[1:]), int(row[0])) for row in rows]


def row_errors(connection: sa.Connection, dataset_id: str) -> list[RowError]:
    """Listed errors by line."""
    table = schema.dataset_error
    rows = connection.execute(
        sa.select(table.c.line, table.c.reason, table.c.content)
        .select_from(table.join(schema.dataset))
        .where(schema.dataset.c.id == dataset_id)
        .order_by(table.c.line, table.c.key)
    )
    return [RowError(*row) for row in rows]


def delete(connection: sa.Connection, dataset_id: str) -> bool:
    """Delete a data set, its events, and the places that nothing else needs."""
    found = _find(connection, dataset_id)
    if found is None:
        return False
    key, event, link = found[0], schema.event, schema.event_place
    changes.note(connection, schema.dataset, [key])
    own = sa.select(event.c.key).where(event.c.dataset_key == key)
    places = set(
        connection.scalars(
            sa.select(link.c.place_key)
            .where(link.c.event_key.in_(own), link.c.place_key.is_not(None))
            .distinct()
        )
    )
    read = schema.overruled
    was = sa.select(read.c.place_key).select_from(read.join(link)).where(link.c.event_key.in_(own))
    places |= set(connection.scalars(was)) - {None}
    search.drop(connection, event.c.dataset_key == key)
    connection.execute(link.delete().where(link.c.event_key.in_(own)))
    connection.execute(event.delete().where(event.c.dataset_key == key))
    connection.execute(schema.dataset.delete().where(schema.dataset.c.key == key))
    writes.drop_unused(connection, places)
    return True


# -- parts of a chunk -----------------------------------------------------------------------------


def _event_rows(events: pd.DataFrame, keys: Array, dataset_key: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": keys,
            "id": events["event_id"],
            "dataset_key": dataset_key,
            "external_id": events["external_id"],
            "source": events["source"],
            "source_url": events["url"],
            "position": events["line"],
            "type": events["type"],
            "subtype": events["subtype"],
            "status": events["status"],
            "start": 0,
            "end": 0,
            "sentence": events["notes"],
            "trigger_start": 0,
            "trigger_end": 0,
            "date_start": events["date_start"],
            "date_end": events["date_end"],
            "date_precision": events["date_precision"],
            "date_reason": events["date_reason"],
            "actors": events["actors"],
            "claimed_by": events["claimed_by"],
            "fatalities_low": events["fatalities_low"],
            "fatalities_high": events["fatalities_high"],
            "injured_low": events["injured_low"],
            "injured_high": events["injured_high"],
            "instrument": events["instrument"],
            "confidence": events["confidence"],
            "review": UNREVIEWED,
        }
    )


def _saved(connection: sa.Connection, keys: Array) -> Array:
    """Which of the keys given are in the table now: the others told of events that were."""
    saved = np.ones(len(keys), dtype=bool)
    if len(keys):
        column, first, last = schema.event.c.key, int(keys[0]), int(keys[-1])
        here = sa.select(column).where(column.between(first, last))
        count = sa.select(sa.func.count()).select_from(here.subquery())
        if connection.scalar(count) != len(keys):
            saved[:] = False
            found = connection.scalars(here)
            saved[np.fromiter(found, dtype=np.int64) - keys[0]] = True
    return saved


def _told_twice(
    connection: sa.Connection, dataset_key: int, unsaved: pd.DataFrame
) -> list[RowError]:
    """Errors for rows whose id an earlier row of the same file has; others are merely known."""
    event = schema.event
    own: set[str] = set()
    for part in writes.chunks(unsaved["event_id"].unique().tolist()):
        own.update(
            connection.scalars(
                sa.select(event.c.id)
                .where(event.c.id.in_(part), event.c.dataset_key == dataset_key)
            )
        )  # fmt: skip
    twice = unsaved[unsaved["event_id"].isin(own)]
    return [
        RowError(int(line), REASON_TWICE.format(id=external_id))
        for line, external_id in zip(twice["line"], twice["external_id"], strict=True)
    ]


def _save_places(connection: sa.Connection, places: Sequence[Place]) -> Array:
    """Keys of the places, in their order; those not yet there are inserted."""
    table = schema.place
    known = bulk.keys_of(connection, table, {place.id for place in places})
    new = {place.id: place for place in places if place.id not in known}
    first = bulk.next_key(connection, table)
    rows = [
        {"key": first + at, **place_row(new[place_id])} for at, place_id in enumerate(sorted(new))
    ]
    if rows:
        connection.execute(table.insert(), rows)
        bulk.used_keys(connection, table, int(rows[-1]["key"]))
        changes.note(connection, table, [int(row["key"]) for row in rows])
    known |= {row["id"]: row["key"] for row in rows}
    return np.array([known[place.id] for place in places], dtype=np.int64)


def _list_errors(connection: sa.Connection, key: int, errors: Iterable[RowError]) -> None:
    rows = [{"dataset_key": key, **dataclasses.asdict(error)} for error in errors]
    if rows:
        connection.execute(schema.dataset_error.insert(), rows)

"""The columnar snapshot: every event, place and mention as columns, texts left in the database.

Built in one pass over the store, kept on disk, shared by every session of a process, and brought up
to date by reading what has changed alone.
"""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from geo.codebook import load_codebook
from geo.model import stable_id
from geo.settings import Settings
from geo.store import bulk, changes, ledger, schema, snapshot_file, writes
from geo.store.columns import Array, Columns, Snapshot, assemble
from geo.store.incidents import ACTOR_SEPARATOR
from geo.store.merge import Gone, merged, with_merges
from geo.store.store import Store
from geo.store.synthetic import synthetic

__all__ = ["Snapshot", "load_snapshot", "synthetic"]

log = logging.getLogger(__name__)

COLUMNS_VERSION = 6  # raise it with every change of the snapshot's columns
_ROWS_AT_ONCE = 50_000
MOST_CHANGED = 2_000  # articles and places read by themselves; beyond, everything is read
WORTH_KEEPING = 200  # changes after which a start writes the file anew, to read fewer next time


def load_snapshot(store: Store, settings: Settings, known: Snapshot | None = None) -> Snapshot:
    """The snapshot of the store's present revision: from one that is known, else from disk, with
    what has changed since; else from the whole store.

    Raises StoreError where the database cannot be read, CodebookError where the codebook is wrong.
    A file on disk that is damaged or of another store is made anew; one that cannot be written is
    done without.
    """
    families = {kind.name: kind.family for kind in load_codebook(settings.codebook).types}
    names = _country_names(settings)
    made_of = stable_id(COLUMNS_VERSION, store.identity, families, sorted(names.items()))
    path = settings.local_dir / f"snapshot-{store.identity[:12]}.arrow"
    at_hand = known is not None
    if known is None:
        known = snapshot_file.read(path, made_of)
    with store.database.reading() as connection:
        now = changes.revision(connection)
        if known is not None and known.revision == now:
            return known
        log_of = None if known is None else changes.since(connection, known.revision, now)
        if known is not None and log_of is not None and _changed(log_of) <= MOST_CHANGED:
            part = _read(connection, families, names, log_of)
            gone = Gone(**{f"{table}s": keys for table, keys in log_of.items()})
            current = with_merges(merged(known, part, gone, families), ledger.merges(connection))
            if at_hand or _changed(log_of) <= WORTH_KEEPING:
                return current
        else:
            whole = _read(connection, families, names)
            current = with_merges(whole, ledger.merges(connection))
    try:
        snapshot_file.write(path, made_of, current)
    except OSError as error:
        log.warning("the snapshot was not kept on disk: %s", error)
    return current


def _changed(log_of: Mapping[str, Collection[int]]) -> int:
    return sum(map(len, log_of.values()))


def _country_names(settings: Settings) -> dict[str, str]:
    """Names of countries by alpha-2 code; a code without one is shown as it is."""
    try:
        with (settings.data_dir / "countries.csv").open(encoding="utf-8", newline="") as table:
            return {row["alpha2"]: row["name"] for row in csv.DictReader(table)}
    except (OSError, KeyError) as error:
        log.warning("countries are shown by their codes: %r", error)
        return {}


def _columns(connection: sa.Connection, statement: sa.Select[Any]) -> Columns:
    """A query's rows, each column as the array or the texts of its type.

    Rows go from the driver into Arrow a portion at a time: a row, a date or a text that becomes an
    object of its own in Python costs more than to read it. Whole numbers that may be null come as
    Int64, days as datetime64[s].
    """
    described = statement.selected_columns
    kinds = [_arrow_type(column.type) for column in described]
    portions: list[list[pa.Array]] = [[] for _ in kinds]
    for rows in bulk.fetched(connection, statement, _ROWS_AT_ONCE):
        for portion, values, kind in zip(portions, zip(*rows, strict=True), kinds, strict=True):
            portion.append(_portion(values, kind))
    return {
        column.name: _column(pa.chunked_array(portion, kind))
        for column, portion, kind in zip(described, portions, kinds, strict=True)
    }


def _arrow_type(kind: sa.types.TypeEngine[Any]) -> pa.DataType:
    if isinstance(kind, sa.Date):
        return pa.date32()
    if isinstance(kind, sa.Integer):
        return pa.int64()
    return pa.float64() if isinstance(kind, sa.Float | sa.Numeric) else pa.large_string()


def _portion(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_date(kind):  # SQLite keeps days as text
        return pa.array(values).cast(kind)
    return pa.array(values, kind)


def _column(values: pa.ChunkedArray) -> Any:
    if pa.types.is_date(values.type):
        return values.to_numpy().astype("datetime64[s]")
    if pa.types.is_large_string(values.type):
        return pd.Series(values.combine_chunks().to_pandas(), dtype="str")
    if pa.types.is_integer(values.type) and values.null_count:
        missing = values.is_null().to_numpy()
        return pd.arrays.IntegerArray(values.fill_null(0).to_numpy(), missing)
    return values.to_numpy()


def _rows_of(keys: Any, wanted: Any) -> Array:
    """Row numbers of database keys; -1 for none. keys : ascending or not, each once."""
    asked = pd.array(wanted, dtype="Int64").to_numpy(np.int64, na_value=-1)
    if not len(keys):
        return np.full(len(asked), -1, dtype=np.int32)
    known = np.asarray(keys, dtype=np.int64)
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], asked), len(known) - 1)
    rows = order[at]
    return np.where(known[rows] == asked, rows, -1).astype(np.int32)


def _read(
    connection: sa.Connection,
    families: dict[str, str],
    names: dict[str, str],
    log_of: Mapping[str, Collection[int]] | None = None,
) -> Snapshot:
    """Read everything, or only the articles of a log and what they name. The caller holds the
    transaction, so that all tables are of one revision.
    """
    a, e = schema.article.c, schema.event.c
    m, link, d = schema.mention.c, schema.event_place.c, schema.dataset.c
    revision = changes.revision(connection)
    wanted = None if log_of is None else list(log_of["article"])

    def of(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.true() if wanted is None else column.in_(wanted)

    reported = of(e.article_key)
    if log_of is not None:
        reported |= e.dataset_key.in_(list(log_of["dataset"])) | e.key.in_(list(log_of["event"]))
    articles = _columns(
        connection,
        sa.select(a.key, a.id.label("article_id"), a.title, a.publisher, a.published, a.url)
        .where(of(a.key))
        .order_by(a.published.desc().nulls_last(), a.key),
    )  # fmt: skip
    datasets = _columns(
        connection,
        sa.select(d.key, d.id.label("dataset_id"), d.kind, d.name, d.licence)
        .where(d.state == "complete")
        .order_by(d.imported, d.key),
    )  # fmt: skip
    # Readers see a data set whole or not at all.
    unfinished = connection.scalars(sa.select(d.key).where(d.state != "complete")).all()
    hidden = sa.select(e.key).where(e.dataset_key.in_(unfinished)) if unfinished else ()
    events = _columns(
        connection,
        sa.select(
            e.key, e.id.label("event_id"), e.article_key, e.dataset_key, e.type, e.subtype,
            e.status, e.date_precision, e.date_start, e.date_end, e.confidence, e.fatalities_low,
            e.fatalities_high, e.review, sa.cast(e.actors, sa.Text).label("actors"),
        )
        .where(e.key.not_in(hidden), reported)
        .order_by(e.key),
    )  # fmt: skip
    linked = sa.true() if log_of is None else link.event_key.in_(sa.select(e.key).where(reported))
    links = _columns(
        connection,
        sa.select(link.event_key, link.place_key, link.role, link.confidence)
        .where(link.place_key.is_not(None), link.event_key.not_in(hidden), linked)
        .order_by(link.key),
    )
    # Of words that a person took for no place, nothing is missing from the map.
    overruled = schema.overruled.c
    dismissed = sa.exists().where(overruled.mention_key == m.key) & m.place_key.is_(None)
    mentions = _columns(
        connection,
        sa.select(m.article_key, m.place_key, m.start, m.end, m.surface, m.form, m.confidence)
        .where(of(m.article_key), ~dismissed)
        .order_by(m.article_key, m.start, m.end, m.key),
    )
    named = None
    if log_of is not None:
        placed = pd.Series(mentions["place_key"]).dropna()
        named = {*log_of["place"], *links["place_key"].tolist(), *placed.astype(int).tolist()}
    places = _places(connection, named)
    places["country_name"] = _each(places["country"], lambda code: names.get(code, code))
    places["crosses"] = _each(places["crosses"], json.loads)
    events["actors"] = _each(events["actors"], lambda text: ACTOR_SEPARATOR.join(json.loads(text)))
    events["article"] = _rows_of(articles["key"], events["article_key"])
    events["dataset"] = _rows_of(datasets["key"], events["dataset_key"])
    links["event"] = _rows_of(events["key"], links["event_key"])
    links["place"] = _rows_of(places["key"], links["place_key"])
    mentions["article"] = _rows_of(articles["key"], mentions["article_key"])
    mentions["place"] = _rows_of(places["key"], mentions["place_key"])
    return assemble(
        revision,
        list(families),
        families=families,
        events=events,
        places=places,
        event_places=links,
        articles=articles,
        datasets=datasets,
        mentions=mentions,
    )


def _each(values: pd.Series, change: Callable[[str], Any]) -> pd.Series:
    """What becomes of each text; the same texts are changed once."""
    codes, unique = pd.factorize(values)
    made = [change(text) for text in unique]
    kind = "str" if all(isinstance(one, str) for one in made) else object
    return pd.Series(made, dtype=kind).take(codes).reset_index(drop=True)


def _places(connection: sa.Connection, keys: Collection[int] | None) -> Columns:
    """Places in the order of their keys: all, or those of some keys."""
    p = schema.place.c
    every = sa.select(
        p.key, p.id.label("place_id"), p.name, p.kind, p.lat, p.lon, p.country, p.admin1,
        p.admin1_name, p.precision_km, p.population, p.source,
        sa.cast(p.crosses, sa.Text).label("crosses"),
    ).order_by(p.key)  # fmt: skip
    if keys is None:
        return _columns(connection, every)
    parts = [
        _columns(connection, every.where(p.key.in_(part))) for part in writes.chunks(sorted(keys))
    ] or [_columns(connection, every.where(sa.false()))]
    return {
        name: pd.concat([pd.Series(part[name]) for part in parts], ignore_index=True)
        for name in parts[0]
    }

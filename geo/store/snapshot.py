"""The columnar snapshot: every event, place and mention as columns, texts left in the database.

Built in one pass over the store, kept on disk, shared by every session of a process, and brought up
to date by reading what has changed alone.
"""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from geo.codebook import load_codebook
from geo.model import stable_id
from geo.settings import Settings
from geo.store import changes, ledger, schema, snapshot_file, writes
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
    """A query's rows as a list for each column."""
    result = connection.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE})
    names = list(result.keys())
    columns: list[list[Any]] = [[] for _ in names]
    for rows in result.partitions():
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)
    return dict(zip(names, columns, strict=True))


def _rows_of(keys: Sequence[int], wanted: Sequence[int | None]) -> Array:
    """Row numbers of database keys; -1 for None. keys : ascending or not, each once."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int32)
    known = np.array(keys, dtype=np.int64)
    order = np.argsort(known)
    asked = np.array([-1 if key is None else key for key in wanted], dtype=np.int64)
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
        named = {*log_of["place"], *links["place_key"], *mentions["place_key"]} - {None}
    places = _places(connection, named)
    places["country_name"] = [names.get(code, code) for code in places["country"]]
    actors = {text: ACTOR_SEPARATOR.join(json.loads(text)) for text in set(events["actors"])}
    events["actors"] = [actors[text] for text in events["actors"]]
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


def _places(connection: sa.Connection, keys: Collection[int] | None) -> Columns:
    """Places in the order of their keys: all, or those of some keys."""
    p = schema.place.c
    every = sa.select(
        p.key, p.id.label("place_id"), p.name, p.kind, p.lat, p.lon, p.country, p.admin1,
        p.admin1_name, p.precision_km, p.population, p.source, p.crosses,
    ).order_by(p.key)  # fmt: skip
    if keys is None:
        return _columns(connection, every)
    parts = [
        _columns(connection, every.where(p.key.in_(part))) for part in writes.chunks(sorted(keys))
    ] or [_columns(connection, every.where(sa.false()))]
    return {name: [value for part in parts for value in part[name]] for name in parts[0]}

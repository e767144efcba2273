"""The columnar snapshot: every event, place and mention as columns, texts left in the database.

Built in one pass over the store, kept on disk until the store changes, and shared by every session
of a process.
"""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from geo.codebook import load_codebook
from geo.model import stable_id
from geo.settings import Settings
from geo.store import schema, snapshot_file, writes
from geo.store.columns import Array, Columns, Snapshot, assemble
from geo.store.incidents import ACTOR_SEPARATOR
from geo.store.store import Store
from geo.store.synthetic import synthetic

__all__ = ["Snapshot", "load_snapshot", "synthetic"]

log = logging.getLogger(__name__)

COLUMNS_VERSION = 4  # raise it with every change of the snapshot's columns
_ROWS_AT_ONCE = 50_000


def load_snapshot(store: Store, settings: Settings) -> Snapshot:
    """The snapshot of the store's present revision, from disk where it was kept.

    Raises StoreError where the database cannot be read, CodebookError where the codebook is wrong.
    A file on disk that is damaged or out of date is made anew; one that cannot be written is done
    without.
    """
    families = {kind.name: kind.family for kind in load_codebook(settings.codebook).types}
    names = _country_names(settings)
    made_of = stable_id(COLUMNS_VERSION, store.identity, families, sorted(names.items()))
    path = settings.local_dir / f"snapshot-{store.identity[:12]}.arrow"
    kept = snapshot_file.read(path, made_of, store.revision())
    if kept is not None:
        return kept
    with store.database.reading() as connection:
        built = _build(connection, families, names)
    try:
        snapshot_file.write(path, made_of, built)
    except OSError as error:
        log.warning("the snapshot was not kept on disk: %s", error)
    return built


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
    result = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(statement)
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


def _build(connection: sa.Connection, families: dict[str, str], names: dict[str, str]) -> Snapshot:
    """Read everything, in one transaction, so that all tables are of one revision."""
    a, p, e = schema.article.c, schema.place.c, schema.event.c
    m, link, d = schema.mention.c, schema.event_place.c, schema.dataset.c
    revision = writes.revision(connection)
    articles = _columns(
        connection,
        sa.select(a.key, a.id.label("article_id"), a.title, a.publisher, a.published, a.url)
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
    places = _columns(
        connection,
        sa.select(
            p.key, p.id.label("place_id"), p.name, p.kind, p.lat, p.lon, p.country, p.admin1,
            p.admin1_name, p.precision_km, p.population, p.source, p.crosses,
        ).order_by(p.key),
    )  # fmt: skip
    places["country_name"] = [names.get(code, code) for code in places["country"]]
    events = _columns(
        connection,
        sa.select(
            e.key, e.id.label("event_id"), e.article_key, e.dataset_key, e.type, e.subtype,
            e.status, e.date_precision, e.date_start, e.date_end, e.confidence, e.fatalities_low,
            e.fatalities_high, e.review, sa.cast(e.actors, sa.Text).label("actors"),
        )
        .where(e.key.not_in(hidden))
        .order_by(e.article_key, e.dataset_key, e.position, e.key),
    )  # fmt: skip
    links = _columns(
        connection,
        sa.select(link.event_key, link.place_key, link.role, link.confidence)
        .where(link.place_key.is_not(None), link.event_key.not_in(hidden))
        .order_by(link.key),
    )
    mentions = _columns(
        connection,
        sa.select(
            m.article_key, m.place_key, m.start, m.end, m.surface, m.form, m.confidence
        ).order_by(m.article_key, m.start, m.end, m.key),
    )
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

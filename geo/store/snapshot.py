"""The columnar snapshot: every event, place and mention as columns, texts left in the database.

Built in one pass per revision, kept on disk as Parquet, shared by every session of a process.
"""

from __future__ import annotations

import csv
import logging
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from geo.model import DATE_PRECISIONS, FORMS, ROLES, STATUSES, stable_id
from geo.settings import Settings
from geo.store import schema
from geo.store.database import reading
from geo.store.store import Store

log = logging.getLogger(__name__)

_FORMAT = 1


@dataclass(frozen=True)
class Snapshot:
    """Tables with RangeIndex; a number in one that names another is a row number.

    events : event_id [str], article [row], type, subtype, status, date_precision, review
        [category], date_start, date_end [datetime64[s], inclusive days], confidence [0..1],
        fatalities_low, fatalities_high [persons]; sorted by date_start, unknown dates last
    places : place_id, name, kind, lat, lon [degrees], country (alpha-2), country_name, admin1
        (ISO 3166-2), admin1_name, precision_km [km], population, source, crosses (tuple of codes)
    event_places : event [row], place [row], role, confidence
    articles : article_id, title, publisher, published, url, mentions, located [counts]
    mentions : article [row], place [row, -1 where not located], start, end, surface, form,
        confidence
    """

    revision: int
    events: pd.DataFrame
    places: pd.DataFrame
    event_places: pd.DataFrame
    articles: pd.DataFrame
    mentions: pd.DataFrame

    def memory_bytes(self) -> int:
        """What the tables hold in memory, texts of names included."""
        return int(
            sum(table.memory_usage(deep=True).sum() for name in _TABLES
                if isinstance(table := getattr(self, name), pd.DataFrame))
        )  # fmt: skip


_TABLES = tuple(entry.name for entry in fields(Snapshot) if entry.name != "revision")


def load_snapshot(store: Store, settings: Settings) -> Snapshot:
    """The snapshot of the store's present revision, from disk where it was kept.

    Raises StoreError where the database cannot be read. A damaged file on disk is built anew.
    """
    revision = store.revision()
    identity = stable_id(_FORMAT, store.engine.url.render_as_string(hide_password=True))
    folder = settings.local_dir / "snapshot" / f"{identity}-{revision}"
    kept = _from_disk(folder, revision)
    if kept is not None:
        return kept
    with reading(store.engine) as connection:
        # Read again within the transaction, so that number and rows belong together.
        now = connection.scalar(
            select(schema.counter.c.value).where(schema.counter.c.name == "revision")
        )
        built = _build(connection, now or 0, _country_names(settings))
    _keep(built, folder.with_name(f"{identity}-{built.revision}"))
    return built


def _country_names(settings: Settings) -> dict[str, str]:
    try:
        with (settings.data_dir / "countries.csv").open(encoding="utf-8", newline="") as table:
            return {row["alpha2"]: row["name"] for row in csv.DictReader(table)}
    except OSError:
        return {}


# -- building -----------------------------------------------------------------------------------


def _frame(connection: Connection, statement: object, columns: Iterable[str]) -> pd.DataFrame:
    rows = connection.execute(statement).fetchall()  # type: ignore[call-overload]
    names = list(columns)
    if not rows:
        return pd.DataFrame({name: [] for name in names})
    return pd.DataFrame.from_records([tuple(row) for row in rows], columns=names)


def _rows_of(numbers: pd.Series, keys: pd.Series) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Row numbers of database keys; -1 where absent."""
    index = pd.Index(numbers.to_numpy())
    return np.asarray(index.get_indexer(pd.Index(keys.to_numpy())), dtype=np.int32)


def _days(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values, errors="coerce").astype("datetime64[s]")


def _build(connection: Connection, revision: int, country_names: dict[str, str]) -> Snapshot:
    a, e, p, m, link = (
        schema.article, schema.event, schema.place, schema.mention, schema.event_place
    )  # fmt: skip
    articles = _frame(
        connection,
        select(a.c.n, a.c.id, a.c.title, a.c.publisher, a.c.published, a.c.url)
        .order_by(a.c.published.desc(), a.c.n),
        ("n", "article_id", "title", "publisher", "published", "url"),
    )  # fmt: skip
    place_columns = (
        "n", "id", "name", "kind", "lat", "lon", "country", "admin1", "admin1_name",
        "precision_km", "population", "source", "crosses",
    )  # fmt: skip
    places = _frame(
        connection,
        select(*(p.c[name] for name in place_columns)).order_by(p.c.n),
        place_columns,
    ).rename(columns={"id": "place_id"})
    event_columns = (
        "n", "id", "article", "type", "subtype", "status", "date_precision", "date_start",
        "date_end", "confidence", "fatalities_low", "fatalities_high", "review",
    )  # fmt: skip
    events = _frame(
        connection, select(*(e.c[name] for name in event_columns)).order_by(e.c.n), event_columns
    ).rename(columns={"id": "event_id"})
    links = _frame(
        connection,
        select(link.c.event, link.c.place, link.c.role, link.c.confidence).order_by(link.c.n),
        ("event", "place", "role", "confidence"),
    )
    mention_columns = ("article", "place", "start", "end", "surface", "form", "confidence")
    mentions = _frame(
        connection,
        select(*(m.c[name] for name in mention_columns)).order_by(m.c.article, m.c.start),
        mention_columns,
    )
    for name in ("date_start", "date_end"):
        events[name] = _days(events[name])
    events = events.sort_values("date_start", kind="stable", na_position="last", ignore_index=True)
    links["event"] = _rows_of(events["n"], links["event"])
    links["place"] = _rows_of(places["n"], links["place"])
    events["article"] = _rows_of(articles["n"], events["article"])
    mentions["article"] = _rows_of(articles["n"], mentions["article"])
    mentions["place"] = _rows_of(places["n"], mentions["place"].fillna(-1).astype("int64"))
    articles["mentions"] = np.bincount(mentions["article"], minlength=len(articles))
    articles["located"] = np.bincount(
        mentions["article"][mentions["place"] >= 0], minlength=len(articles)
    )
    places["country_name"] = [country_names.get(code, code) for code in places["country"]]
    return _typed(
        revision,
        events=events.drop(columns="n"),
        places=places.drop(columns="n"),
        event_places=links,
        articles=articles.drop(columns="n"),
        mentions=mentions,
    )


def _typed(
    revision: int,
    *,
    events: pd.DataFrame,
    places: pd.DataFrame,
    event_places: pd.DataFrame,
    articles: pd.DataFrame,
    mentions: pd.DataFrame,
) -> Snapshot:
    """The tables with the column types that `Snapshot` promises."""
    for name in ("type", "subtype", "review"):
        events[name] = events[name].astype(str).astype("category")
    events["status"] = pd.Categorical(events["status"], categories=STATUSES)
    events["date_precision"] = pd.Categorical(events["date_precision"], categories=DATE_PRECISIONS)
    events["confidence"] = events["confidence"].astype("float32")
    for name in ("fatalities_low", "fatalities_high"):
        events[name] = events[name].astype("Int32")
    for name in ("kind", "country", "country_name", "admin1"):
        places[name] = places[name].astype(str).astype("category")
    for name in ("lat", "lon", "precision_km"):
        places[name] = places[name].astype("float64")
    places["crosses"] = [
        tuple(codes.split("|")) if codes else () for codes in places["crosses"].fillna("")
    ]
    event_places["role"] = pd.Categorical(event_places["role"], categories=ROLES)
    event_places["confidence"] = event_places["confidence"].astype("float32")
    articles["published"] = _days(articles["published"])
    mentions["form"] = pd.Categorical(mentions["form"], categories=FORMS)
    mentions["confidence"] = mentions["confidence"].astype("float32")
    return Snapshot(revision, events, places, event_places, articles, mentions)


# -- on disk ------------------------------------------------------------------------------------


def _from_disk(folder: Path, revision: int) -> Snapshot | None:
    if not folder.is_dir():
        return None
    try:
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in _TABLES}
        tables["places"]["crosses"] = tables["places"]["crosses"].astype(str)
        return _typed(revision, **tables)
    except Exception as error:  # pyarrow raises many kinds; a cache that fails is only a cache
        log.warning("snapshot on disk is damaged and will be built anew: %s", type(error).__name__)
        shutil.rmtree(folder, ignore_errors=True)
        return None


def _keep(built: Snapshot, folder: Path) -> None:
    """Write the tables beside the final folder and rename; a full disk only loses the copy."""
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    try:
        unfinished.mkdir(parents=True, exist_ok=True)
        for name in _TABLES:
            table: pd.DataFrame = getattr(built, name)
            if name == "places":
                table = table.assign(crosses=["|".join(codes) for codes in table["crosses"]])
            table.to_parquet(unfinished / f"{name}.parquet", index=False)
        unfinished.rename(folder)
    except OSError as error:
        log.warning("the snapshot was not kept on disk: %s", error)
        shutil.rmtree(unfinished, ignore_errors=True)
        return
    identity = folder.name.rsplit("-", 1)[0]
    for other in folder.parent.glob(f"{identity}-*"):
        if other != folder and not other.name.endswith(".tmp"):
            shutil.rmtree(other, ignore_errors=True)


# -- for benchmarks -----------------------------------------------------------------------------


def synthetic(n: int, types: list[str], *, n_places: int = 2_000, seed: int = 7) -> Snapshot:
    """Made-up events for benchmarks; the article is called Synthetic, and no store sees them.

    n : number of events; types : names of event types to draw from.
    """
    random = np.random.default_rng(seed)
    start = np.datetime64("2022-02-24", "s").astype("int64")
    days = np.sort(random.integers(0, 740, n))
    dates = pd.Series((start + days * 86_400).astype("datetime64[s]"))
    codes = random.integers(0, len(types), n)
    events = pd.DataFrame(
        {
            "event_id": [f"synthetic-{i}" for i in range(n)],
            "article": np.zeros(n, dtype=np.int32),
            "type": pd.Categorical(np.asarray(types, dtype=object)[codes], categories=types),
            "subtype": "Other", "status": "occurred", "date_precision": "day",
            "date_start": dates, "date_end": dates, "confidence": 0.5, "review": "unreviewed",
            "fatalities_low": pd.NA, "fatalities_high": pd.NA,
        }
    )  # fmt: skip
    admin1 = random.choice(["UA-14", "UA-63", "UA-65", "UA-23", "UA-09"], n_places)
    places = pd.DataFrame(
        {
            "place_id": [f"synthetic-{i}" for i in range(n_places)],
            "name": [f"Synthetic {i}" for i in range(n_places)],
            "kind": "settlement", "lat": random.uniform(45, 52, n_places),
            "lon": random.uniform(23, 40, n_places), "country": "UA", "country_name": "Ukraine",
            "admin1": admin1, "admin1_name": admin1, "precision_km": 5.0, "population": 1_000,
            "source": "synthetic", "crosses": "",
        }
    )  # fmt: skip
    weights = 1 / np.arange(1, n_places + 1) ** 0.8
    at = random.choice(n_places, n, p=weights / weights.sum()).astype(np.int32)
    links = pd.DataFrame(
        {"event": np.arange(n, dtype=np.int32), "place": at, "role": "location", "confidence": 1.0}
    )
    articles = pd.DataFrame(
        {"article_id": ["synthetic"], "title": ["Synthetic"], "publisher": [""],
         "published": [None], "url": [""], "mentions": [0], "located": [0]}
    )  # fmt: skip
    columns = ("article", "place", "start", "end", "surface", "form", "confidence")
    mentions = pd.DataFrame({name: [] for name in columns})
    return _typed(
        -1, events=events, places=places, event_places=links, articles=articles, mentions=mentions
    )

"""Find what is inconsistent in a store, and name it. Reads everything once; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from geo.model import DATE_PRECISIONS, FORMS, ROLES, STATUSES, Article
from geo.store import schema, search, sqlite, writes

READ_AGAIN = "delete the article and read it again (python -m geo ingest)"
IMPORT_AGAIN = "remove the data set and import it again"
INDEX_AGAIN = "python -m geo db upgrade --words builds the full-text index anew"
RESTORE = "restore a backup (python -m geo db restore)"
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of inconsistency: how many rows have it, the first few of them, and the mend."""

    what: str
    rows: int
    examples: tuple[str, ...]
    mend: str

    def __str__(self) -> str:
        shown = ", ".join(self.examples) + (", ..." if self.rows > len(self.examples) else "")
        return f"{self.what}: {self.rows:,} ({shown}). Mend: {self.mend}"


def check(connection: sa.Connection) -> list[Problem]:
    """Everything that does not fit, in the order of the tables; empty where all is well."""
    found = [*_file(connection), *_orphans(connection), *_ranges(connection)]
    found += [*_datasets(connection), *_texts(connection), *_words(connection)]
    return [problem for problem in found if problem.rows]


def _problem(what: str, found: Sequence[Any], mend: str) -> Problem:
    return Problem(what, len(found), tuple(str(one) for one in found[:_EXAMPLES]), mend)


def _file(connection: sa.Connection) -> Iterator[Problem]:
    if sqlite.is_sqlite(connection):
        said = connection.exec_driver_sql("PRAGMA quick_check(20)").scalars().all()
        yield _problem("damage of the file", [line for line in said if line != "ok"], RESTORE)
    facts: dict[str, str] = {
        row.name: row.value for row in connection.execute(sa.select(schema.state))
    }
    wrong = [] if facts.get("revision", "").isdigit() else ["revision"]
    wrong += [] if facts.get("identity") else ["identity"]
    yield _problem("the store's own facts are missing", wrong, RESTORE)


def _orphans(connection: sa.Connection) -> Iterator[Problem]:
    """Rows that refer to none, and places that no row refers to."""
    for table in schema.metadata.sorted_tables:
        for key in (key for column in table.columns for key in column.foreign_keys):
            other = key.column.table
            lost = key.parent.is_not(None) & ~sa.exists().where(key.column == key.parent)
            own = next(iter(table.primary_key.columns))
            found = connection.scalars(sa.select(own).where(lost)).all()
            what = f"rows of {table.name} that refer to a {other.name} that is not there"
            yield _problem(what, found, RESTORE)
    place = schema.place.c
    used = [sa.exists().where(other.c.place_key == place.key) for other in writes.PLACED]
    unused = connection.scalars(sa.select(place.id).where(~sa.or_(*used))).all()
    yield _problem("places that nothing is at", unused, READ_AGAIN)
    event = schema.event.c
    both = event.article_key.is_(None) == event.dataset_key.is_(None)
    reports = connection.scalars(sa.select(event.id).where(both)).all()
    yield _problem("events without one report, an article or a data set", reports, RESTORE)


def _ranges(connection: sa.Connection) -> Iterator[Problem]:
    """Values that no writer of this program gives."""
    p, m, e, link = (
        table.c for table in (schema.place, schema.mention, schema.event, schema.event_place)
    )
    # NOT (... between ...) finds NaN on SQLite, which keeps it as null; PostgreSQL holds it above
    # every number.
    limits: list[tuple[str, sa.Table, sa.ColumnElement[bool], sa.ColumnElement[Any], str]] = [
        ("places outside the world", schema.place,
         p.lat.between(-90, 90) & p.lon.between(-180, 180), p.id, READ_AGAIN),
        ("places of a precision below zero", schema.place,
         p.precision_km.between(0, 50_000), p.id, READ_AGAIN),
        ("mentions of a confidence outside 0 to 1", schema.mention,
         m.confidence.between(0, 1), m.id, READ_AGAIN),
        ("mentions of an unknown form", schema.mention, m.form.in_(FORMS), m.id, READ_AGAIN),
        ("events of a confidence outside 0 to 1", schema.event,
         e.confidence.between(0, 1), e.id, READ_AGAIN),
        ("events of an unknown status", schema.event, e.status.in_(STATUSES), e.id, READ_AGAIN),
        ("events of an unknown date precision", schema.event,
         e.date_precision.in_(DATE_PRECISIONS), e.id, READ_AGAIN),
        ("events that end before they start", schema.event,
         sa.func.coalesce(e.date_start <= e.date_end, sa.true()), e.id, READ_AGAIN),
        ("events of more deaths at least than at most", schema.event,
         sa.func.coalesce(e.fatalities_low, 0).between(
             0, sa.func.coalesce(e.fatalities_high, e.fatalities_low, 0)
         ), e.id, READ_AGAIN),
        ("places of events in an unknown role", schema.event_place,
         link.role.in_(ROLES) & link.confidence.between(0, 1), link.key, READ_AGAIN),
    ]  # fmt: skip
    for what, table, holds, name, mend in limits:
        found = connection.scalars(sa.select(name).select_from(table).where(~holds)).all()
        yield _problem(what, found, mend)


def _datasets(connection: sa.Connection) -> Iterator[Problem]:
    """The rows counted are those that are events, were known before, or failed."""
    d, e = schema.dataset.c, schema.event.c
    events = sa.select(sa.func.count()).where(e.dataset_key == d.key).scalar_subquery()
    wrong = d.rows_read - d.rows_failed - d.rows_known != events
    found = connection.scalars(sa.select(d.name).where(wrong)).all()
    yield _problem("data sets whose counts do not fit their events", found, IMPORT_AGAIN)


def _texts(connection: sa.Connection) -> Iterator[Problem]:
    """Articles against their digest, and what was read against the text it was read from."""
    a, m, e = schema.article.c, schema.mention.c, schema.event.c
    changed: list[str] = []
    strayed: list[str] = []
    rows = connection.execute(
        sa.select(a.key, a.id, a.title, a.text, a.published, a.url).order_by(a.key),
        execution_options={"yield_per": 200},
    )
    for part in rows.partitions():
        texts = {}
        for row in part:
            texts[row.key] = row.text
            made = Article.of(row.text, title=row.title, published=row.published, url=row.url)
            if made.id != row.id:
                changed.append(row.id)
        keys = list(texts)
        told = connection.execute(
            sa.select(m.id, m.article_key, m.start, m.end, m.surface)
            .where(m.article_key.in_(keys))
            .union_all(
                sa.select(e.id, e.article_key, e.start, e.end, e.sentence)
                .where(e.article_key.in_(keys))
            )
        )  # fmt: skip
        strayed += [
            row[0] for row in told if texts[row.article_key][row.start : row.end] != row.surface
        ]
    yield _problem("articles that are not what their id was made of", changed, READ_AGAIN)
    yield _problem("mentions and sentences that are not in their text", strayed, READ_AGAIN)


def _words(connection: sa.Connection) -> Iterator[Problem]:
    """The full-text index against what it should hold."""
    missing, other = search.out_of_step(connection)
    yield _problem("events that the full-text index lacks or has otherwise", missing, INDEX_AGAIN)
    yield _problem("rows of the full-text index without an event", other, INDEX_AGAIN)

"""The ledger of corrections in the database: rows are added, never changed or taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from geo.store import corrections, schema
from geo.store.corrections import Correction

_table = schema.correction
_FIELDS = [_table.c[name] for name in ("id", "made", "who", "why", "kind", "target", "change")]


def every(connection: sa.Connection) -> list[Correction]:
    """All corrections, undone ones and undos too, in the order made."""
    rows = connection.execute(sa.select(*_FIELDS)).mappings()
    return corrections.in_order([Correction(**row) for row in rows])


def is_empty(connection: sa.Connection) -> bool:
    """Whether nobody has corrected anything."""
    return connection.execute(sa.select(_table.c.key).limit(1)).first() is None


def append(connection: sa.Connection, new: Sequence[Correction], kept: dict[str, Any]) -> None:
    """Add rows. kept : what the last of them takes out of the store, by id of its article."""
    rows = [{**corrections.record(one), "kept": None} for one in new]
    if rows:
        rows[-1]["kept"] = kept or None
        connection.execute(_table.insert(), rows)


def kept(connection: sa.Connection, article_id: str) -> Any | None:
    """What was kept of an article when it was last deleted, or None."""
    rows = connection.scalars(
        sa.select(_table.c.kept).where(_table.c.kept.is_not(None)).order_by(_table.c.key.desc())
    )
    return next((row[article_id] for row in rows if row and article_id in row), None)


def merges(connection: sa.Connection) -> list[tuple[str, str]]:
    """Pairs of events that people took for one happening."""
    if (
        connection.execute(sa.select(_table.c.key).where(_table.c.kind == "merge").limit(1)).first()
        is None
    ):
        return []
    return [
        (one.target["event"], one.target["other"])
        for one in corrections.active(every(connection)) if one.kind == "merge"
    ]  # fmt: skip

"""Indexes without the rows that refer to nothing, and a full-text index that is merged seldom."""

import sqlalchemy as sa
from alembic import op

from geo.store import search

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make three indexes anew; no row changes."""
    for table, name in (
        ("event", "article_key"), ("event", "dataset_key"), ("event_place", "mention_key"),
    ):  # fmt: skip
        known = sa.text(f"{name} IS NOT NULL")
        op.drop_index(f"ix_{table}_{name}", table_name=table)
        op.create_index(
            f"ix_{table}_{name}", table, [name], sqlite_where=known, postgresql_where=known
        )
    search.write_seldom(op.get_bind())

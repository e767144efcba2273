"""News that comes in by itself: feeds, links, likeness, and past versions of articles."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.key"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )


def upgrade() -> None:
    """Add the tables; articles that are there get their links and likeness when read again."""
    op.create_table(
        "article_link",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article_key", KEY, nullable=False),
        _refers("article_link", "article_key", "article"),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_article_link")),
    )
    op.create_index(op.f("ix_article_link_article_key"), "article_link", ["article_key"])
    op.create_table(
        "likeness",
        sa.Column("article_key", KEY, nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        _refers("likeness", "article_key", "article"),
        sa.PrimaryKeyConstraint("article_key", "band", name=op.f("pk_likeness")),
    )
    op.create_index("ix_likeness_value", "likeness", ["value"])
    op.create_table(
        "past_version",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("article_key", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("replaced", sa.DateTime(timezone=True), nullable=False),
        _refers("past_version", "article_key", "article"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_past_version")),
    )
    op.create_index(op.f("ix_past_version_article_key"), "past_version", ["article_key"])
    op.create_table(
        "feed",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("added", sa.Double(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_tried", sa.Double(), nullable=True),
        sa.Column("last_success", sa.Double(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_feed")),
        sa.UniqueConstraint("id", name=op.f("uq_feed_id")),
        sa.UniqueConstraint("url", name=op.f("uq_feed_url")),
    )
    op.create_table(
        "feed_entry",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("feed_key", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("seen", sa.Double(), nullable=False),
        _refers("feed_entry", "feed_key", "feed"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_feed_entry")),
        sa.UniqueConstraint("id", name=op.f("uq_feed_entry_id")),
    )
    op.create_index(op.f("ix_feed_entry_feed_key"), "feed_entry", ["feed_key"])
    op.create_index("ix_feed_entry_state_due", "feed_entry", ["state", "due"])

"""The first tables: articles, places, mentions, events, and answers of geocoders."""

import uuid

import sqlalchemy as sa
from alembic import op

from geo.store import sqlite

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table of an empty database."""
    op.create_table(
        "article",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("retrieved", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_article")),
        sa.UniqueConstraint("id", name=op.f("uq_article_id")),
    )
    op.create_table(
        "geocode",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("stored", sa.Double(), nullable=False),
        sa.Column("expires", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("provider", "version", "query", name=op.f("pk_geocode")),
    )
    op.create_index("ix_geocode_expires", "geocode", ["expires"], unique=False)
    op.create_table(
        "place",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("admin1", sa.Text(), nullable=False),
        sa.Column("admin1_name", sa.Text(), nullable=False),
        sa.Column("admin2", sa.Text(), nullable=False),
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("precision_km", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("crosses", sa.JSON(), nullable=False),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_place_lat")),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name=op.f("ck_place_lon")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_place")),
        sa.UniqueConstraint("id", name=op.f("uq_place_id")),
    )
    state = op.create_table(
        "state",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_state")),
    )
    op.create_table(
        "event",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("article_key", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subtype", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("trigger_start", sa.Integer(), nullable=False),
        sa.Column("trigger_end", sa.Integer(), nullable=False),
        sa.Column("date_start", sa.Date(), nullable=True),
        sa.Column("date_end", sa.Date(), nullable=True),
        sa.Column("date_precision", sa.Text(), nullable=False),
        sa.Column("date_reason", sa.Text(), nullable=False),
        sa.Column("actors", sa.JSON(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=False),
        sa.Column("fatalities_low", sa.Integer(), nullable=True),
        sa.Column("fatalities_high", sa.Integer(), nullable=True),
        sa.Column("injured_low", sa.Integer(), nullable=True),
        sa.Column("injured_high", sa.Integer(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"], ["article.key"], name=op.f("fk_event_article_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_event")),
        sa.UniqueConstraint("id", name=op.f("uq_event_id")),
    )
    op.create_index(op.f("ix_event_article_key"), "event", ["article_key"], unique=False)
    op.create_table(
        "mention",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("article_key", KEY, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("place_key", KEY, nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["article.key"],
            name=op.f("fk_mention_article_key"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["place_key"], ["place.key"], name=op.f("fk_mention_place_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mention")),
        sa.UniqueConstraint("id", name=op.f("uq_mention_id")),
    )
    op.create_index(op.f("ix_mention_article_key"), "mention", ["article_key"], unique=False)
    op.create_index(op.f("ix_mention_place_key"), "mention", ["place_key"], unique=False)
    op.create_table(
        "event_place",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("event_key", KEY, nullable=False),
        sa.Column("mention_key", KEY, nullable=True),
        sa.Column("place_key", KEY, nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_key"], ["event.key"], name=op.f("fk_event_place_event_key"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mention_key"],
            ["mention.key"],
            name=op.f("fk_event_place_mention_key"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["place_key"], ["place.key"], name=op.f("fk_event_place_place_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_event_place")),
    )
    op.create_index(op.f("ix_event_place_event_key"), "event_place", ["event_key"], unique=False)
    op.create_index(
        op.f("ix_event_place_mention_key"), "event_place", ["mention_key"], unique=False
    )
    op.create_index(op.f("ix_event_place_place_key"), "event_place", ["place_key"], unique=False)

    op.bulk_insert(
        state,
        [
            {"name": "revision", "value": "0"},
            {"name": "identity", "value": uuid.uuid4().hex},
        ],
    )
    if sqlite.is_sqlite(op.get_bind()):
        op.execute(
            "CREATE VIRTUAL TABLE event_words USING fts5("
            "sentence, title, tokenize = 'unicode61 remove_diacritics 2')"
        )

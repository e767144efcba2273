"""The tables. Integer keys join them; text ids are what the outside sees."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

article = Table(
    "article",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("published", Date),
    Column("retrieved", DateTime(timezone=True)),
    Column("language", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("reader", Text, nullable=False),  # version of what read it; another one reads it anew
)

place = Table(
    "place",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("country", Text, nullable=False),
    Column("admin1", Text, nullable=False),
    Column("admin1_name", Text, nullable=False),
    Column("admin2", Text, nullable=False),
    Column("population", Integer, nullable=False),
    Column("precision_km", Float, nullable=False),
    Column("source", Text, nullable=False),
    Column("crosses", Text, nullable=False),  # codes joined by |
)

_ARTICLE = ForeignKey("article.n", ondelete="CASCADE")

mention = Table(
    "mention",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("article", Integer, _ARTICLE, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("surface", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("place", Integer, ForeignKey("place.n")),
    Column("confidence", Float, nullable=False),
    Column("method", Text, nullable=False),
    Column("candidates", Text, nullable=False),  # JSON: what else it might be, for "why here?"
    Index("mention_article", "article"),
)

event = Table(
    "event",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("article", Integer, ForeignKey("article.n", ondelete="CASCADE"), nullable=False),
    Column("type", Text, nullable=False),
    Column("subtype", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("trigger_start", Integer, nullable=False),
    Column("trigger_end", Integer, nullable=False),
    Column("date_start", Date),
    Column("date_end", Date),
    Column("date_precision", Text, nullable=False),
    Column("date_reason", Text, nullable=False),
    Column("actors", Text, nullable=False),  # joined by |
    Column("claimed_by", Text, nullable=False),
    Column("fatalities_low", Integer),
    Column("fatalities_high", Integer),
    Column("injured_low", Integer),
    Column("injured_high", Integer),
    Column("instrument", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("review", Text, nullable=False),
    Index("event_article", "article"),
)

event_place = Table(
    "event_place",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("event", Integer, ForeignKey("event.n", ondelete="CASCADE"), nullable=False),
    Column("place", Integer, ForeignKey("place.n"), nullable=False),
    Column("role", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("start", Integer, nullable=False),  # the mention, in characters of the article
    Column("end", Integer, nullable=False),
    Index("event_place_event", "event"),
)

geocode_cache = Table(
    "geocode_cache",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("query", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("saved", DateTime(timezone=True), nullable=False),
    Column("expires", DateTime(timezone=True)),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Integer, nullable=False),
)

# SQLite's own full-text index; its rows follow `event` by `rowid = event.n`.
FULL_TEXT = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS event_text USING fts5("
    "sentence, title, tokenize = 'unicode61 remove_diacritics 2')"
)
VERSION = 1  # raise it with every change of the tables

"""The tables of the store, the same on SQLite and PostgreSQL.

Rows are joined by integer keys, which are small and quick; the stable ids that other programs see
stand beside them. Places are copied in whole, so that drawing needs no gazetteer. `HEAD` is the
migration that makes these tables; a test asserts that both agree.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

HEAD = "0009"

ID_CHARS = 16  # of geo.model.stable_id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key() -> Column[int]:
    # SQLite gives a new row its number only where the type is exactly INTEGER.
    number = BigInteger().with_variant(Integer(), "sqlite")
    return Column("key", number, primary_key=True, autoincrement=True)


def _refers(
    name: str, target: str, *, cascade: bool = False, null: bool = False, index: bool = True
) -> Column[int]:
    action = "CASCADE" if cascade else None
    number = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, number, ForeignKey(target, ondelete=action), nullable=null, index=index)


def _where_known(table: str, name: str) -> Index:
    """An index of those rows alone that refer to anything: half the reports are of one kind."""
    known = text(f"{name} IS NOT NULL")
    return Index(f"ix_{table}_{name}", name, sqlite_where=known, postgresql_where=known)


# Facts about the store itself: `revision` counts what changed what readers see, `identity` tells
# one store from another, so that a snapshot of one is never taken for a snapshot of the other.
state = Table(
    "state",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

# What each revision changed, so that a snapshot reads that alone: the keys of articles, data sets
# and single events of data sets that came, went or are others now, and of places.
change = Table(
    "change",
    metadata,
    _key(),
    Column("revision", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),  # the table's name
    Column("row_key", BigInteger, nullable=False),
    Index("ix_change_revision", "revision"),
)

article = Table(
    "article",
    metadata,
    _key(),
    Column("id", Text, nullable=False, unique=True),
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
    Column("digest", String(ID_CHARS), nullable=False),  # of all that was saved with it
)

place = Table(
    "place",
    metadata,
    _key(),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("lat", Double, nullable=False),
    Column("lon", Double, nullable=False),
    Column("country", Text, nullable=False),
    Column("admin1", Text, nullable=False),
    Column("admin1_name", Text, nullable=False),
    Column("admin2", Text, nullable=False),
    Column("population", BigInteger, nullable=False),
    Column("precision_km", Double, nullable=False),
    Column("source", Text, nullable=False),
    Column("crosses", JSON, nullable=False),
    CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
    CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
)

mention = Table(
    "mention",
    metadata,
    _key(),
    Column("id", String(ID_CHARS), nullable=False, unique=True),
    _refers("article_key", "article.key", cascade=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("surface", Text, nullable=False),
    Column("form", Text, nullable=False),
    _refers("place_key", "place.key", null=True),
    Column("confidence", Double, nullable=False),
    Column("method", Text, nullable=False),
    Column("candidates", JSON, nullable=False),  # for "why here?": see rows.candidate_record
)

# Coded events that others published. `rows_read` is where an import that was killed goes on: it is
# written in one transaction with what those rows told.
dataset = Table(
    "dataset",
    metadata,
    _key(),
    Column("id", String(ID_CHARS), nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of the file
    Column("licence", Text, nullable=False),
    Column("imported", DateTime(timezone=True), nullable=False),
    Column("rows_read", Integer, nullable=False),
    Column("rows_failed", Integer, nullable=False),
    Column("rows_known", Integer, nullable=False),  # told of events that were there already
    Column("state", Text, nullable=False),  # `in progress` or `complete`
)

dataset_error = Table(
    "dataset_error",
    metadata,
    _key(),
    _refers("dataset_key", "dataset.key", cascade=True),
    Column("line", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),
)

# The report of an event is an article or a row of a data set. A row has its notes for a sentence,
# no trigger, and its line in the file for a position.
event = Table(
    "event",
    metadata,
    _key(),
    Column("id", String(ID_CHARS), nullable=False, unique=True),
    _refers("article_key", "article.key", cascade=True, null=True, index=False),
    _refers("dataset_key", "dataset.key", cascade=True, null=True, index=False),
    Column("external_id", Text, nullable=False, server_default=""),  # in the data set
    Column("source", Text, nullable=False, server_default=""),  # who reported it, by the data set
    Column("source_url", Text, nullable=False, server_default=""),
    Column("position", Integer, nullable=False),  # in the article, the main event first
    Column("type", Text, nullable=False),
    Column("subtype", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("trigger_start", Integer, nullable=False),
    Column("trigger_end", Integer, nullable=False),
    Column("date_start", Date),
    Column("date_end", Date),
    Column("date_precision", Text, nullable=False),
    Column("date_reason", Text, nullable=False),
    Column("actors", JSON, nullable=False),
    Column("claimed_by", Text, nullable=False),
    Column("fatalities_low", Integer),
    Column("fatalities_high", Integer),
    Column("injured_low", Integer),
    Column("injured_high", Integer),
    Column("instrument", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("review", Text, nullable=False),  # `unreviewed`, or what a person said of it
    CheckConstraint("(article_key IS NULL) <> (dataset_key IS NULL)", name="report"),
    _where_known("event", "article_key"),
    _where_known("event", "dataset_key"),
)

# `place_key` is null where the mention could not be located, `mention_key` where there is no text.
event_place = Table(
    "event_place",
    metadata,
    _key(),
    _refers("event_key", "event.key", cascade=True),
    _refers("mention_key", "mention.key", cascade=True, null=True, index=False),
    _refers("place_key", "place.key", null=True),
    Column("role", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    _where_known("event_place", "mention_key"),
)

# What people put right: see geo.store.corrections. Rows are only ever added.
correction = Table(
    "correction",
    metadata,
    _key(),
    Column("id", String(ID_CHARS), nullable=False, unique=True),
    Column("made", Text, nullable=False),  # UTC, ISO 8601
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", JSON, nullable=False),
    Column("change", JSON, nullable=False),
    Column("kept", JSON(none_as_null=True)),  # deleted articles by id: see geo.store.deleted
)

# What was read, where something else is shown: of a mention, or of a place of an event.
overruled = Table(
    "overruled",
    metadata,
    _key(),
    _refers("mention_key", "mention.key", cascade=True, null=True),
    _refers("link_key", "event_place.key", cascade=True, null=True),
    _refers("place_key", "place.key", null=True),
    Column("confidence", Double, nullable=False),
    CheckConstraint("(mention_key IS NULL) <> (link_key IS NULL)", name="one"),
)

# Answers of geocoders. Moves no revision: it changes nothing on the map.
geocode = Table(
    "geocode",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("query", Text, primary_key=True),
    Column("body", Text, nullable=False),  # JSON; `null` is a remembered miss
    Column("stored", Double, nullable=False),  # seconds since 1970, UTC
    Column("expires", Double),  # the same; null for never
    Index("ix_geocode_expires", "expires"),
)

# -- news that comes in by itself ---------------------------------------------------------------

# Links that lead to an article: the one it was found under and every other one.
article_link = Table(
    "article_link",
    metadata,
    Column("url", Text, primary_key=True),
    _refers("article_key", "article.key", cascade=True),
)

# Bands of likeness (geo.sources.likeness), by which near copies of an article are found.
likeness = Table(
    "likeness",
    metadata,
    Column(
        "article_key",
        BigInteger().with_variant(Integer(), "sqlite"),
        ForeignKey("article.key", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("band", Integer, primary_key=True),
    Column("value", BigInteger, nullable=False),
    Index("ix_likeness_value", "value"),
)

# Texts that a later version of the same story replaced.
past_version = Table(
    "past_version",
    metadata,
    _key(),
    _refers("article_key", "article.key", cascade=True),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published", Date),
    Column("replaced", DateTime(timezone=True), nullable=False),
)

# Moments of feeds and entries are seconds since 1970, UTC.
feed = Table(
    "feed",
    metadata,
    _key(),
    Column("id", String(ID_CHARS), nullable=False, unique=True),
    Column("url", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("added", Double, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("due", Double, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row
    Column("last_tried", Double),
    Column("last_success", Double),
    Column("last_error", Text, nullable=False),
)

feed_entry = Table(
    "feed_entry",
    metadata,
    _key(),
    Column("id", String(ID_CHARS), nullable=False, unique=True),
    _refers("feed_key", "feed.key", cascade=True),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published", Date),
    Column("content", Text, nullable=False),
    Column("state", Text, nullable=False),  # waiting, read, failed
    Column("attempts", Integer, nullable=False),
    Column("due", Double, nullable=False),
    Column("error", Text, nullable=False),
    # Not a foreign key: deleting an article must not make its entry be read again.
    Column("article_id", Text, nullable=False),
    Column("seen", Double, nullable=False),
    Index("ix_feed_entry_state_due", "state", "due"),
)

# Files of watched folders, as they were when they were read.
watched_file = Table(
    "watched_file",
    metadata,
    Column("path", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("changed_ns", BigInteger, nullable=False),
)

# Names that the gazetteer does not know, with the country that their articles are about.
question = Table(
    "question",
    metadata,
    _key(),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("state", Text, nullable=False),  # waiting, answered, unknown, failed
    Column("attempts", Integer, nullable=False),
    Column("due", Double, nullable=False),
    Column("error", Text, nullable=False),
    Column("answers", JSON, nullable=False),  # as candidates are kept: rows.candidate_record
    UniqueConstraint("name", "country"),
)

"""The full-text index anew: on PostgreSQL too, and of words that are parted the same on both."""

from alembic import op

from geo.store import search, sqlite

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index and fill it from the events that are there."""
    connection = op.get_bind()
    if sqlite.is_sqlite(connection):
        op.drop_table("event_words")
    search.create(connection)
    search.fill(connection)

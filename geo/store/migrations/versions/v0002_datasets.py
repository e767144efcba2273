"""Data sets: an event's report is an article or a row of an imported table."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables of data sets, and let an event have no article."""
    op.create_table(
        "dataset",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("imported", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_failed", sa.Integer(), nullable=False),
        sa.Column("rows_known", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_dataset")),
        sa.UniqueConstraint("id", name=op.f("uq_dataset_id")),
    )
    op.create_table(
        "dataset_error",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_key"],
            ["dataset.key"],
            name=op.f("fk_dataset_error_dataset_key"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_dataset_error")),
    )
    op.create_index(
        op.f("ix_dataset_error_dataset_key"), "dataset_error", ["dataset_key"], unique=False
    )
    with op.batch_alter_table("event") as event:
        event.alter_column("article_key", existing_type=KEY, nullable=True)
        event.add_column(sa.Column("dataset_key", KEY, nullable=True))
        for name in ("external_id", "source", "source_url"):
            event.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        event.create_foreign_key(
            op.f("fk_event_dataset_key"), "dataset", ["dataset_key"], ["key"], ondelete="CASCADE"
        )
        event.create_check_constraint(
            op.f("ck_event_report"), "(article_key IS NULL) <> (dataset_key IS NULL)"
        )
        event.create_index(op.f("ix_event_dataset_key"), ["dataset_key"], unique=False)

"""A ledger of corrections, and what was read where they show something else."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add both tables, empty: nothing has been corrected."""
    op.create_table(
        "correction",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.JSON(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_correction")),
        sa.UniqueConstraint("id", name=op.f("uq_correction_id")),
    )
    op.create_table(
        "overruled",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("mention_key", KEY, nullable=True),
        sa.Column("link_key", KEY, nullable=True),
        sa.Column("place_key", KEY, nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "(mention_key IS NULL) <> (link_key IS NULL)", name=op.f("ck_overruled_one")
        ),
        sa.ForeignKeyConstraint(
            ["mention_key"], ["mention.key"], name=op.f("fk_overruled_mention_key"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["link_key"], ["event_place.key"], name=op.f("fk_overruled_link_key"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["place_key"], ["place.key"], name=op.f("fk_overruled_place_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_overruled")),
    )  # fmt: skip
    for name in ("mention_key", "link_key", "place_key"):
        op.create_index(f"ix_overruled_{name}", "overruled", [name], unique=False)

"""Papers of kiosks that the hall could not take, as their agents tell of them (Q9)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "paper_aside",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("device_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.CheckConstraint("why IN ('stumbled', 'refused')", name=op.f("ck_paper_aside_why")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_paper_aside_site_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_paper_aside_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_aside")),
        sa.UniqueConstraint("key", name=op.f("uq_paper_aside_key")),
    )
    op.create_index("ix_paper_aside_told", "paper_aside", ["site_id", "told_at"])
    op.create_index("ix_paper_aside_device", "paper_aside", ["device_id", "told_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("paper_aside")

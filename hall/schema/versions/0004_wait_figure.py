"""What the wait figure learned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "line_pace",
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.String(length=60), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("observations", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("learned_for", sa.Date(), nullable=False),
        sa.Column("from_day", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_line_pace_site_id")),
        sa.PrimaryKeyConstraint("site_id", "line", name=op.f("pk_line_pace")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("line_pace")

"""Why a ticket is on hold, and which browser sits at a window."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("ticket", sa.Column("hold_reason", sa.String(length=40), nullable=True))
    op.add_column("staffing", sa.Column("seat", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("staffing", "seat")
    op.drop_column("ticket", "hold_reason")

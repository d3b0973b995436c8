"""A line of a one-time notice keeps why what came in was turned back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("notice_line", sa.Column("still_wrong", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo."""
    op.drop_column("notice_line", "still_wrong")

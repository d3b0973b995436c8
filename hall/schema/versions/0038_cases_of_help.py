"""What an agency was made into at the window: the case's number, as its receipt says it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "help_record", sa.Column("case_number", sa.String(length=120), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("help_record", "case_number")

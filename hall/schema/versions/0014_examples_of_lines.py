"""What belongs to a line, in citizens' words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("line", sa.Column("examples", sa.String(length=60), nullable=False, server_default=""))
    op.add_column("line", sa.Column("examples_en", sa.String(length=80), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo."""
    op.drop_column("line", "examples_en")
    op.drop_column("line", "examples")

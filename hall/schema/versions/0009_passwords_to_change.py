"""Passwords that must be changed at the next sign-in; personal tokens have a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("staff", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("staff_token", sa.Column("name", sa.String(length=60), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("staff_token") as batch:
        batch.drop_column("name")
    with op.batch_alter_table("staff") as batch:
        batch.drop_column("must_change")

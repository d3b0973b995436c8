"""Lines that hand results out are marked, no longer known by their name; departments have a telephone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; until now a line handed results out where its name said 出件."""
    op.add_column("line", sa.Column("collects", sa.Boolean(), nullable=False, server_default=sa.false()))
    line = sa.table("line", sa.column("name", sa.String), sa.column("collects", sa.Boolean))
    op.execute(sa.update(line).where(line.c.name.contains("出件")).values(collects=sa.true()))
    op.add_column("department", sa.Column("phone", sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo."""
    op.drop_column("department", "phone")
    op.drop_column("line", "collects")

"""Devices of a demo hall are marked: they count in demo mode only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MADE_BY_DEMOS = ("演示取号机（浏览器）", "demo kiosk", "demo screen")


def upgrade() -> None:
    """Apply."""
    op.add_column("device", sa.Column("demo", sa.Boolean(), nullable=False, server_default=sa.false()))
    device = sa.table("device", sa.column("name", sa.String()), sa.column("demo", sa.Boolean()))
    op.execute(device.update().where(device.c.name.in_(MADE_BY_DEMOS)).values(demo=sa.true()))


def downgrade() -> None:
    """Undo."""
    op.drop_column("device", "demo")

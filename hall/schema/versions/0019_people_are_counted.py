"""Test tickets are left out where people are counted: told from the index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
COLUMNS = ["line_id", "business_date", "place", "id", "heads"]


def upgrade() -> None:
    """Apply."""
    _index([*COLUMNS, "test"])


def downgrade() -> None:
    """Undo."""
    _index(COLUMNS)


def _index(columns: list[str]) -> None:
    op.drop_index("ix_ticket_waiting", "ticket")
    op.create_index("ix_ticket_waiting", "ticket", columns, sqlite_where=WAITING, postgresql_where=WAITING)

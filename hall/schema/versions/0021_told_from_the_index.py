"""The state stands in the index of those who wait: SQLite looks it up in the table otherwise, row by row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
COLUMNS = ["line_id", "business_date", "place", "id", "heads", "test"]


def upgrade() -> None:
    """Apply."""
    _index([*COLUMNS, "state"])


def downgrade() -> None:
    """Undo."""
    _index(COLUMNS)


def _index(columns: list[str]) -> None:
    op.drop_index("ix_ticket_waiting", "ticket")
    op.create_index("ix_ticket_waiting", "ticket", columns, sqlite_where=WAITING, postgresql_where=WAITING)

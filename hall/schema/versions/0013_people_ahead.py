"""How many people stand before a place is read from the index alone; a number given up for a new one stays so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
ORDER = ["line_id", "business_date", "place", "id"]


def upgrade() -> None:
    """Apply."""
    # With its rule in the same statement: SQLite takes one for a new column, and would copy the table for it later.
    kind = Instant().compile(op.get_bind().dialect)
    rule = "given_up_at IS NULL OR state NOT IN ('waiting','called','serving','held')"
    op.execute(
        f"ALTER TABLE ticket ADD COLUMN given_up_at {kind} CONSTRAINT ck_ticket_given_up CHECK ({rule})"
    )
    _index([*ORDER, "heads"])


def downgrade() -> None:
    """Undo."""
    _index(ORDER)
    op.drop_column("ticket", "given_up_at")


def _index(columns: list[str]) -> None:
    op.drop_index("ix_ticket_waiting", "ticket")
    op.create_index("ix_ticket_waiting", "ticket", columns, sqlite_where=WAITING, postgresql_where=WAITING)

"""Cases that were overdue are found without reading all others: their record is listed for the manager."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OVERDUE = sa.text("overdue_since IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_service_case_overdue",
        "service_case",
        ["site_id", "overdue_since"],
        unique=False,
        sqlite_where=OVERDUE,
        postgresql_where=OVERDUE,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_service_case_overdue", "service_case")

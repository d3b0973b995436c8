"""Cases without a number of the platform have an index: they are few, and were looked for among all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

UNNUMBERED = sa.text("platform_number IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_service_case_unnumbered",
        "service_case",
        ["site_id", "id"],
        sqlite_where=UNNUMBERED,
        postgresql_where=UNNUMBERED,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_service_case_unnumbered", "service_case")

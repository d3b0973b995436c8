"""The working days that a case took stand with it from its decision on: a year of cases is added up in no time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

UNTOLD = sa.text("decided_at IS NOT NULL AND actual_days IS NULL AND clock_from IS NOT NULL")


def upgrade() -> None:
    """Apply. What was decided before is counted by the hourly job."""
    op.add_column("service_case", sa.Column("actual_days", BigId, nullable=True))
    op.create_index(
        "ix_service_case_untold",
        "service_case",
        ["decided_at"],
        unique=False,
        sqlite_where=UNTOLD,
        postgresql_where=UNTOLD,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_service_case_untold", "service_case")
    op.drop_column("service_case", "actual_days")

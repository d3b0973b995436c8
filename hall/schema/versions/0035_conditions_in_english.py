"""A form keeps its papers' conditions in English too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "filing_paper", sa.Column("condition_en", sa.String(200), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("filing_paper", "condition_en")

"""A claim may stand aside without a line: its ticket was transferred to where the person waits already (Q8)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("claim") as batch:
        batch.alter_column("line_id", existing_type=BigId, nullable=True)
    aside = sa.text("line_id IS NULL")
    op.create_index(
        "ix_claim_aside", "claim", ["business_date", "person"], sqlite_where=aside, postgresql_where=aside
    )


def downgrade() -> None:
    """Undo; who stands aside loses the claim, and may draw twice that day."""
    op.drop_index("ix_claim_aside", "claim")
    op.execute("DELETE FROM claim WHERE line_id IS NULL")
    with op.batch_alter_table("claim") as batch:
        batch.alter_column("line_id", existing_type=BigId, nullable=False)

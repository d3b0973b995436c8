"""Sessions that were signed out of, so that a copied cookie opens nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import Instant

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ended_session",
        sa.Column("key", sa.LargeBinary(length=12), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ended_session")),
    )
    op.create_index("ix_ended_session_until", "ended_session", ["until"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("ended_session")

"""The code that guards the first run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "set_up_code",
        sa.Column("id", BigId, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_set_up_code_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_up_code")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("set_up_code")

"""Helpers say that they are here or away; calls for help that nobody has answered are found at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

RINGING = sa.text("state = 'ringing'")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "helper_presence",
        sa.Column("helper_id", BigId, nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["helper_id"], ["helper.id"], name=op.f("fk_helper_presence_helper_id_helper")
        ),
        sa.PrimaryKeyConstraint("helper_id", name=op.f("pk_helper_presence")),
    )
    op.create_index(
        "ix_help_call_unanswered",
        "help_call",
        ["called_at"],
        sqlite_where=RINGING,
        postgresql_where=RINGING,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_help_call_unanswered", "help_call", sqlite_where=RINGING, postgresql_where=RINGING)
    op.drop_table("helper_presence")

"""Which case an agency was made into at the window (H7)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

INDEX = "ix_help_record_case"
KEY = "fk_help_record_case_id"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("help_record") as batch:
        batch.add_column(sa.Column("case_id", BigId, nullable=True))
        batch.create_foreign_key(op.f(KEY), "service_case", ["case_id"], ["id"])
    op.create_index(
        INDEX,
        "help_record",
        ["case_id"],
        sqlite_where=sa.text("case_id IS NOT NULL"),
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(INDEX, "help_record")
    with op.batch_alter_table("help_record") as batch:
        batch.drop_constraint(op.f(KEY), type_="foreignkey")
        batch.drop_column("case_id")

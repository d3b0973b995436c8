"""A window is lent to a line at most once at a time: one row a pair, moved on by the next loan (Q5)."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Of several loans of a pair the newest stays."""
    op.execute("DELETE FROM loan WHERE id NOT IN (SELECT max(id) FROM loan GROUP BY window_id, line_id)")
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.drop_index("ix_loan_window")
        batch_op.create_unique_constraint("uq_loan_window_id_line_id", ["window_id", "line_id"])
        batch_op.create_index("ix_loan_until", ["until"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.drop_index("ix_loan_until")
        batch_op.drop_constraint("uq_loan_window_id_line_id", type_="unique")
        batch_op.create_index("ix_loan_window", ["window_id", "until"], unique=False)

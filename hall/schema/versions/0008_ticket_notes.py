"""Notes for the next clerk; one visit at one window."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AT_WINDOW = sa.text("state IN ('called', 'serving')")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ticket_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ticket_note_staff_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_note_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_note")),
    )
    op.create_index("ix_ticket_note_ticket", "ticket_note", ["ticket_id", "id"])
    op.create_index("ix_ticket_note_at", "ticket_note", ["at"])
    op.create_index(
        "uq_ticket_open_visit",
        "ticket",
        ["visit_id"],
        unique=True,
        sqlite_where=AT_WINDOW,
        postgresql_where=AT_WINDOW,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("uq_ticket_open_visit", table_name="ticket")
    op.drop_table("ticket_note")

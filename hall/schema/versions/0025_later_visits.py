"""Each later visit of a form's applicant, counted once (I11)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BY_DAY = sa.text("ticket_id IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "filing_visit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("filing_id", BigId, nullable=False),
        sa.Column("ticket_id", BigId, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_visit_filing_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_filing_visit_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_visit")),
        sa.UniqueConstraint("filing_id", "ticket_id", name=op.f("uq_filing_visit_filing_id_ticket_id")),
    )
    op.create_index(
        "uq_filing_visit_day",
        "filing_visit",
        ["filing_id", "day"],
        unique=True,
        sqlite_where=BY_DAY,
        postgresql_where=BY_DAY,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("filing_visit")

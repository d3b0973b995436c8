"""Registered agents, what they are known by, and the numbers they drew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "registered_agent",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("shown", sa.String(length=60), nullable=False),
        sa.Column("tickets_a_day", BigId, nullable=False),
        sa.Column("cases_a_ticket", BigId, nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("registered_by", BigId, nullable=True),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.CheckConstraint("tickets_a_day BETWEEN 1 AND 200", name=op.f("ck_registered_agent_tickets_a_day")),
        sa.CheckConstraint(
            "cases_a_ticket BETWEEN 1 AND 50", name=op.f("ck_registered_agent_cases_a_ticket")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_registered_agent_site_id")),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["staff.id"], name=op.f("fk_registered_agent_registered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_agent")),
    )
    op.create_table(
        "agent_key",
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("person", sa.LargeBinary(length=32), nullable=False),
        sa.Column("agent_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_agent_key_site_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["registered_agent.id"], name=op.f("fk_agent_key_agent_id")),
        sa.PrimaryKeyConstraint("site_id", "person", name=op.f("pk_agent_key")),
    )
    op.create_index("ix_agent_key_agent_id", "agent_key", ["agent_id"])
    op.create_table(
        "agent_ticket",
        sa.Column("agent_id", BigId, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("nth", BigId, autoincrement=False, nullable=False),
        sa.Column("ticket_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["registered_agent.id"], name=op.f("fk_agent_ticket_agent_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_agent_ticket_ticket_id")),
        sa.PrimaryKeyConstraint("agent_id", "business_date", "nth", name=op.f("pk_agent_ticket")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_agent_ticket_ticket_id")),
    )
    op.create_index("ix_filing_ticket", "filing", ["ticket_id"])  # what a number was used for is counted


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_filing_ticket", "filing")
    op.drop_table("agent_ticket")
    op.drop_table("agent_key")
    op.drop_table("registered_agent")

"""The reception desk: questions, checklists, returns with papers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "desk_question",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_desk_question_site_id_site")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_desk_question_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_question")),
    )
    op.create_index("ix_desk_question_day", "desk_question", ["site_id", "business_date"], unique=False)
    op.create_table(
        "checklist_tick",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("point", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("ticked_at", Instant(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint("kind IN ('opening', 'closing')", name=op.f("ck_checklist_tick_kind")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_checklist_tick_site_id_site")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_checklist_tick_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_tick")),
        sa.UniqueConstraint(
            "site_id",
            "business_date",
            "kind",
            "point",
            name=op.f("uq_checklist_tick_site_id_business_date_kind_point"),
        ),
    )
    op.create_table(
        "papers_return",
        sa.Column("notice_ticket_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_ticket_id"], ["ticket.id"], name=op.f("fk_papers_return_notice_ticket_id_ticket")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_papers_return_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers_return")),
        sa.UniqueConstraint("notice_ticket_id", name=op.f("uq_papers_return_notice_ticket_id")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_papers_return_ticket_id")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("papers_return")
    op.drop_table("checklist_tick")
    op.drop_index("ix_desk_question_day", table_name="desk_question")
    op.drop_table("desk_question")

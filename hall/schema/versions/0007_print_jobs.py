"""Slips on their way to paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "print_job",
        sa.Column("id", BIG, nullable=False),
        sa.Column("site_id", BIG, nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("printer_id", BIG, nullable=False),
        sa.Column("kiosk_id", BIG, nullable=True),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("visit_id", BIG, nullable=True),
        sa.Column("copy", BIG, nullable=False),
        sa.Column("reprint", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=10), nullable=True),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(ticket_id IS NULL) <> (visit_id IS NULL)", name=op.f("ck_print_job_ticket_or_visit")
        ),
        sa.CheckConstraint(
            "state IN ('queued','printed','uncertain','withdrawn','failed')", name=op.f("ck_print_job_state")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_print_job_site_id")),
        sa.ForeignKeyConstraint(["printer_id"], ["device.id"], name=op.f("fk_print_job_printer_id")),
        sa.ForeignKeyConstraint(["kiosk_id"], ["device.id"], name=op.f("fk_print_job_kiosk_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_print_job_ticket_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_print_job_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
        sa.UniqueConstraint("code", name=op.f("uq_print_job_code")),
        sa.UniqueConstraint("ticket_id", "copy", name=op.f("uq_print_job_ticket_id_copy")),
        sa.UniqueConstraint("visit_id", "copy", name=op.f("uq_print_job_visit_id_copy")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_print_job_waiting",
            ["printer_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index("ix_print_job_kiosk", ["kiosk_id", "id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("print_job")

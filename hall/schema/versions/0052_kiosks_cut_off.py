"""Kiosks that are cut off: ranges of numbers, papers handed in, calls by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

TICKET, STANDS = sa.text("ticket_id IS NOT NULL"), sa.text("state <> 'withdrawn'")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("number_series") as batch:
        batch.create_check_constraint(op.f("ck_number_series_below_ranges"), "last_serial <= 9000")
    op.create_table(
        "range_keeper",
        sa.Column("device_id", BigId, nullable=False),
        sa.Column("heard_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_range_keeper_device_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_range_keeper")),
    )
    _ranges()
    _papers()
    _calls()


def _ranges() -> None:
    op.create_table(
        "number_range",
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("device_id", BigId, nullable=False),
        sa.Column("memory", sa.String(40), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("prefix", sa.String(2), nullable=False),
        sa.Column("slot", BigId, nullable=False),
        sa.Column("reserved_at", Instant(), nullable=False),
        sa.Column("id", BigId, nullable=False),
        sa.CheckConstraint("slot BETWEEN 0 AND 99", name=op.f("ck_number_range_slot")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_number_range_{column}"))
            for column, table in (("site_id", "site"), ("line_id", "line"), ("device_id", "device"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_range")),
        sa.UniqueConstraint(
            "site_id",
            "business_date",
            "prefix",
            "slot",
            name=op.f("uq_number_range_site_id_business_date_prefix_slot"),
        ),
        sa.UniqueConstraint("id", "business_date", name=op.f("uq_number_range_id_business_date")),
    )
    op.create_index("ix_number_range_memory", "number_range", ["memory", "business_date"])


def _papers() -> None:
    op.create_table(
        "handed_ticket",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("range_id", BigId, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("ticket_id", BigId, nullable=True),
        sa.Column("printed_at", Instant(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.Column("because", sa.String(8), nullable=True),
        sa.Column("paper", sa.String(10), nullable=False),
        sa.Column("handed_at", Instant(), nullable=False),
        sa.Column("id", BigId, nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 99", name=op.f("ck_handed_ticket_position")),
        sa.CheckConstraint("paper IN ('printed', 'uncertain', 'none')", name=op.f("ck_handed_ticket_paper")),
        sa.ForeignKeyConstraint(
            ["range_id", "business_date"],
            ["number_range.id", "number_range.business_date"],
            name=op.f("fk_handed_ticket_range_id_business_date"),
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_handed_ticket_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_ticket")),
        sa.UniqueConstraint("key", name=op.f("uq_handed_ticket_key")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_handed_ticket_ticket_id")),
    )
    op.create_index(
        "uq_handed_ticket_position",
        "handed_ticket",
        ["range_id", "position"],
        unique=True,
        sqlite_where=TICKET,
        postgresql_where=TICKET,
    )


def _calls() -> None:
    op.create_table(
        "hand_call",
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("window_id", BigId, nullable=False),
        sa.Column("staff_id", BigId, nullable=True),
        sa.Column("called_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("ticket_id", BigId, nullable=True),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("id", BigId, nullable=False),
        sa.CheckConstraint("state IN ('noted', 'matched', 'withdrawn')", name=op.f("ck_hand_call_state")),
        sa.CheckConstraint(
            "(state = 'matched') = (ticket_id IS NOT NULL)", name=op.f("ck_hand_call_matched")
        ),
        sa.CheckConstraint("(called_at IS NULL) = (ended_at IS NULL)", name=op.f("ck_hand_call_times")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= called_at", name=op.f("ck_hand_call_order")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_hand_call_{column}"))
            for column, table in (
                ("site_id", "site"),
                ("window_id", "service_window"),
                ("staff_id", "staff"),
                ("ticket_id", "ticket"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_call")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_hand_call_ticket_id")),
    )
    op.create_index(
        "uq_hand_call_number",
        "hand_call",
        ["site_id", "business_date", "number"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    """Take back."""
    for table in ("hand_call", "handed_ticket", "number_range", "range_keeper"):
        op.drop_table(table)
    with op.batch_alter_table("number_series") as batch:
        batch.drop_constraint(op.f("ck_number_series_below_ranges"), type_="check")

"""Calls for help, and the ledger of what helpers did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

CALLING_DEVICE = sa.text("state IN ('ringing', 'escalated', 'accepted') AND device_id IS NOT NULL")
COMING_HELPER = sa.text("state IN ('accepted', 'with') AND helper_id IS NOT NULL")
OPEN_TICKET = sa.text("state IN ('ringing', 'escalated', 'accepted', 'with') AND ticket_id IS NOT NULL")
CALL_BACK = sa.text("call_back_on IS NOT NULL AND called_back_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "help_call",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=9), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("device_id", BigId, nullable=True),
        sa.Column("window_id", BigId, nullable=True),
        sa.Column("ticket_id", BigId, nullable=True),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("needs", sa.String(length=80), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("called_at", Instant(), nullable=False),
        sa.Column("called_by", BigId, nullable=True),
        sa.Column("escalated_at", Instant(), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("helper_id", BigId, nullable=True),
        sa.Column("because", sa.String(length=20), nullable=True),
        sa.Column("because_load_min", BigId, nullable=True),
        sa.Column("because_among", BigId, nullable=True),
        sa.Column("met_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=True),
        sa.Column("revision", BigId, nullable=False),
        sa.CheckConstraint(
            "NOT (state IN ('accepted', 'with')) OR (helper_id IS NOT NULL AND accepted_at IS NOT NULL)",
            name=op.f("ck_help_call_somebody"),
        ),
        sa.CheckConstraint(
            "channel IN ('kiosk', 'phone', 'desk', 'window')", name=op.f("ck_help_call_channel")
        ),
        sa.CheckConstraint(
            "state IN ('ringing','escalated','accepted','with','ended','cancelled')",
            name=op.f("ck_help_call_state"),
        ),
        sa.ForeignKeyConstraint(["called_by"], ["staff.id"], name=op.f("fk_help_call_called_by")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_help_call_device_id")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_help_call_helper_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_help_call_site_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_help_call_ticket_id")),
        sa.ForeignKeyConstraint(["window_id"], ["service_window.id"], name=op.f("fk_help_call_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_call")),
        sa.UniqueConstraint("nonce", name=op.f("uq_help_call_nonce")),
    )
    op.create_index("ix_help_call_site", "help_call", ["site_id", "called_at"])
    op.create_index(
        "uq_help_call_device",
        "help_call",
        ["device_id"],
        unique=True,
        sqlite_where=CALLING_DEVICE,
        postgresql_where=CALLING_DEVICE,
    )
    op.create_index(
        "uq_help_call_helper",
        "help_call",
        ["helper_id"],
        unique=True,
        sqlite_where=COMING_HELPER,
        postgresql_where=COMING_HELPER,
    )
    op.create_index(
        "uq_help_call_ticket",
        "help_call",
        ["ticket_id"],
        unique=True,
        sqlite_where=OPEN_TICKET,
        postgresql_where=OPEN_TICKET,
    )
    op.create_table(
        "help_record",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=9), nullable=False),
        sa.Column("year", BigId, nullable=False),
        sa.Column("serial", BigId, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("helper_id", BigId, nullable=False),
        sa.Column("booking_id", BigId, nullable=True),
        sa.Column("call_id", BigId, nullable=True),
        sa.Column("ticket_id", BigId, nullable=True),
        sa.Column("line_id", BigId, nullable=True),
        sa.Column("item_id", BigId, nullable=True),
        sa.Column("bundle_id", BigId, nullable=True),
        sa.Column("trace", sa.LargeBinary(length=32), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_shown", sa.String(length=120), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_shown", sa.String(length=20), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_shown", sa.String(length=40), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mandate_scope", sa.Text(), nullable=False),
        sa.Column("mandate_until", sa.Date(), nullable=True),
        sa.Column("mandate_signed_at", Instant(), nullable=True),
        sa.Column("mandate_file", sa.String(length=64), nullable=True),
        sa.Column("progress", sa.String(length=20), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("call_back_on", sa.Date(), nullable=True),
        sa.Column("called_back_at", Instant(), nullable=True),
        sa.Column("called_back_by", BigId, nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("revision", BigId, nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL AND result IS NOT NULL)",
            name=op.f("ck_help_record_closed"),
        ),
        sa.CheckConstraint(
            "kind <> 'agency' OR state = 'open' OR mandate_scope <> '' OR result = 'withdrawn'",
            name=op.f("ck_help_record_mandate"),
        ),
        sa.CheckConstraint("kind IN ('assist', 'agency', 'home_visit')", name=op.f("ck_help_record_kind")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_help_record_state")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_help_record_booking_id")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_help_record_bundle_id")),
        sa.ForeignKeyConstraint(["call_id"], ["help_call.id"], name=op.f("fk_help_record_call_id")),
        sa.ForeignKeyConstraint(["called_back_by"], ["staff.id"], name=op.f("fk_help_record_called_back_by")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_help_record_helper_id")),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"], name=op.f("fk_help_record_item_id")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_help_record_line_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_help_record_site_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_help_record_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_record")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_help_record_booking_id")),
        sa.UniqueConstraint("call_id", name=op.f("uq_help_record_call_id")),
        sa.UniqueConstraint("nonce", name=op.f("uq_help_record_nonce")),
        sa.UniqueConstraint("site_id", "number", name=op.f("uq_help_record_site_id_number")),
        sa.UniqueConstraint("site_id", "year", "serial", name=op.f("uq_help_record_site_id_year_serial")),
    )
    op.create_index(
        "ix_help_record_call_back",
        "help_record",
        ["site_id", "call_back_on"],
        sqlite_where=CALL_BACK,
        postgresql_where=CALL_BACK,
    )
    op.create_index("ix_help_record_day", "help_record", ["site_id", "business_date"])
    op.create_index("ix_help_record_helper", "help_record", ["helper_id", "state"])
    op.create_index("ix_help_record_trace", "help_record", ["trace"])
    op.create_table(
        "help_hand_over",
        sa.Column("id", BigId, nullable=False),
        sa.Column("record_id", BigId, nullable=True),
        sa.Column("booking_id", BigId, nullable=True),
        sa.Column("from_helper_id", BigId, nullable=False),
        sa.Column("to_helper_id", BigId, nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", BigId, nullable=True),
        sa.CheckConstraint(
            "(record_id IS NULL) <> (booking_id IS NULL)", name=op.f("ck_help_hand_over_one_thing")
        ),
        sa.CheckConstraint("from_helper_id <> to_helper_id", name=op.f("ck_help_hand_over_another")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_help_hand_over_booking_id")),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_help_hand_over_by")),
        sa.ForeignKeyConstraint(
            ["from_helper_id"], ["helper.id"], name=op.f("fk_help_hand_over_from_helper_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["help_record.id"], name=op.f("fk_help_hand_over_record_id")),
        sa.ForeignKeyConstraint(["to_helper_id"], ["helper.id"], name=op.f("fk_help_hand_over_to_helper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_hand_over")),
    )
    op.create_index("ix_help_hand_over_booking", "help_hand_over", ["booking_id"])
    op.create_index("ix_help_hand_over_record", "help_hand_over", ["record_id"])
    op.create_table(
        "help_paper",
        sa.Column("id", BigId, nullable=False),
        sa.Column("record_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("count", BigId, nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("taken_by", BigId, nullable=False),
        sa.Column("returned_at", Instant(), nullable=True),
        sa.Column("returned_by", BigId, nullable=True),
        sa.CheckConstraint(
            "(returned_at IS NULL) = (returned_by IS NULL)", name=op.f("ck_help_paper_returned")
        ),
        sa.CheckConstraint("count BETWEEN 1 AND 99", name=op.f("ck_help_paper_count")),
        sa.ForeignKeyConstraint(["record_id"], ["help_record.id"], name=op.f("fk_help_paper_record_id")),
        sa.ForeignKeyConstraint(["returned_by"], ["staff.id"], name=op.f("fk_help_paper_returned_by")),
        sa.ForeignKeyConstraint(["taken_by"], ["staff.id"], name=op.f("fk_help_paper_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_paper")),
    )
    op.create_index("ix_help_paper_record", "help_paper", ["record_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("help_paper")
    op.drop_table("help_hand_over")
    op.drop_table("help_record")
    op.drop_table("help_call")

"""Helpers, their shifts, and bookings with their five-minute cells."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TAKES_TIME = sa.text("state IN ('held','confirmed','arrived','started')")
LIVE_NUMBER = sa.text("state IN ('confirmed', 'arrived', 'started') AND number_trace IS NOT NULL")
LIVE_PHONE = sa.text("state IN ('confirmed', 'arrived', 'started') AND phone_trace IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "booking_pardon",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("trace", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_booking_pardon_site_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_booking_pardon_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_pardon")),
    )
    op.create_index("ix_booking_pardon_trace", "booking_pardon", ["site_id", "trace", "at"])
    op.create_table(
        "helper",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("badge", sa.String(length=12), nullable=False),
        sa.Column("does_agency", sa.Boolean(), nullable=False),
        sa.Column("does_home_visits", sa.Boolean(), nullable=False),
        sa.Column("revision", BigId, nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_helper_site_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_helper_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper")),
        sa.UniqueConstraint("site_id", "badge", name=op.f("uq_helper_site_id_badge")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_helper_staff_id")),
    )
    op.create_table(
        "booking",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=9), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("helper_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=True),
        sa.Column("bundle_id", BigId, nullable=True),
        sa.Column("matter", sa.String(length=30), nullable=False),
        sa.Column("needs", sa.String(length=80), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("cell_from", BigId, nullable=False),
        sa.Column("cell_until", BigId, nullable=False),
        sa.Column("kept_back", sa.Boolean(), nullable=False),
        sa.Column("because", sa.String(length=20), nullable=False),
        sa.Column("because_known", sa.String(length=200), nullable=False),
        sa.Column("because_load_min", BigId, nullable=False),
        sa.Column("because_among", BigId, nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("companions", BigId, nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", BigId, nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("phone_trace", sa.LargeBinary(length=32), nullable=True),
        sa.Column("number_trace", sa.LargeBinary(length=32), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_shown", sa.String(length=120), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_shown", sa.String(length=20), nullable=False),
        sa.Column("number_kind", sa.String(length=20), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_shown", sa.String(length=40), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wish_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_id", BigId, nullable=True),
        sa.Column("arrived_by", sa.String(length=10), nullable=True),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=True),
        sa.Column("orphaned_at", Instant(), nullable=True),
        sa.Column("reminded_at", Instant(), nullable=True),
        sa.Column("revision", BigId, nullable=False),
        sa.CheckConstraint("(state = 'held') = (held_until IS NOT NULL)", name=op.f("ck_booking_held_until")),
        sa.CheckConstraint("kind IN ('assist', 'agency', 'home_visit')", name=op.f("ck_booking_kind")),
        sa.CheckConstraint(
            "state IN ('held','confirmed','arrived','started','done','cancelled','no_show','expired')",
            name=op.f("ck_booking_state"),
        ),
        sa.CheckConstraint("item_id IS NULL OR bundle_id IS NULL", name=op.f("ck_booking_one_matter")),
        sa.CheckConstraint("starts_at < ends_at AND cell_from < cell_until", name=op.f("ck_booking_order")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_booking_bundle_id")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_booking_helper_id")),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"], name=op.f("fk_booking_item_id")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_booking_line_id")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_booking_made_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_booking_site_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_booking_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("nonce", name=op.f("uq_booking_nonce")),
    )
    op.create_index("ix_booking_day", "booking", ["site_id", "starts_at"])
    op.create_index("ix_booking_helper", "booking", ["helper_id", "starts_at"])
    op.create_index("ix_booking_number", "booking", ["number_trace", "state"])
    op.create_index("ix_booking_phone", "booking", ["phone_trace", "state"])
    op.create_index(
        "ix_booking_taken",
        "booking",
        ["site_id", "cell_until", "cell_from", "helper_id", "state", "held_until"],
        sqlite_where=TAKES_TIME,
        postgresql_where=TAKES_TIME,
    )
    op.create_index("ix_booking_ticket", "booking", ["ticket_id"])
    op.create_index(
        "uq_booking_number",
        "booking",
        ["site_id", "number_trace", "matter"],
        unique=True,
        sqlite_where=LIVE_NUMBER,
        postgresql_where=LIVE_NUMBER,
    )
    op.create_index(
        "uq_booking_phone",
        "booking",
        ["site_id", "phone_trace", "matter"],
        unique=True,
        sqlite_where=LIVE_PHONE,
        postgresql_where=LIVE_PHONE,
    )
    op.create_table(
        "helper_day",
        sa.Column("id", BigId, nullable=False),
        sa.Column("helper_id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("kept_back", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.CheckConstraint("(starts = '') = (ends = '')", name=op.f("ck_helper_day_both")),
        sa.CheckConstraint("starts = '' OR starts < ends", name=op.f("ck_helper_day_order")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_helper_day_helper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_day")),
        sa.UniqueConstraint("helper_id", "day", "starts", name=op.f("uq_helper_day_helper_id_day_starts")),
    )
    op.create_table(
        "helper_skill",
        sa.Column("helper_id", BigId, nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_helper_skill_helper_id")),
        sa.PrimaryKeyConstraint("helper_id", "skill", name=op.f("pk_helper_skill")),
    )
    op.create_table(
        "helper_week",
        sa.Column("id", BigId, nullable=False),
        sa.Column("helper_id", BigId, nullable=False),
        sa.Column("weekday", BigId, nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("kept_back", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_helper_week_order")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_helper_week_weekday")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_helper_week_helper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_week")),
        sa.UniqueConstraint(
            "helper_id", "weekday", "starts", name=op.f("uq_helper_week_helper_id_weekday_starts")
        ),
    )
    op.create_table(
        "booking_cell",
        sa.Column("helper_id", BigId, nullable=False),
        sa.Column("cell", BigId, autoincrement=False, nullable=False),
        sa.Column("booking_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_booking_cell_booking_id")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_booking_cell_helper_id")),
        sa.PrimaryKeyConstraint("helper_id", "cell", name=op.f("pk_booking_cell")),
    )
    op.create_index("ix_booking_cell_booking", "booking_cell", ["booking_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("booking_cell")
    op.drop_table("helper_week")
    op.drop_table("helper_skill")
    op.drop_table("helper_day")
    op.drop_table("booking")
    op.drop_table("helper")
    op.drop_table("booking_pardon")

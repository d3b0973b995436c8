"""Receptions that recur: rotas, who may sit, sessions with their seats, turns, and wishes to change them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rota",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("weekday", BigId, nullable=False),
        sa.Column("holiday_rule", sa.String(length=20), nullable=False),
        sa.Column("signup_days", BigId, nullable=False),
        sa.Column("publish_days", BigId, nullable=False),
        sa.Column("am_starts", sa.String(length=5), nullable=False),
        sa.Column("am_ends", sa.String(length=5), nullable=False),
        sa.Column("pm_starts", sa.String(length=5), nullable=False),
        sa.Column("pm_ends", sa.String(length=5), nullable=False),
        sa.Column("revision", BigId, nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(am_starts = '') = (am_ends = '') AND am_starts <= am_ends", name=op.f("ck_rota_morning")
        ),
        sa.CheckConstraint(
            "(pm_starts = '') = (pm_ends = '') AND pm_starts <= pm_ends", name=op.f("ck_rota_afternoon")
        ),
        sa.CheckConstraint(
            "holiday_rule IN ('next_working_day', 'skip', 'manual')", name=op.f("ck_rota_holiday_rule")
        ),
        sa.CheckConstraint("publish_days >= 0 AND signup_days >= publish_days", name=op.f("ck_rota_days")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_rota_weekday")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_rota_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_rota_site_id_code")),
    )
    op.create_table(
        "rota_place",
        sa.Column("rota_id", BigId, nullable=False),
        sa.Column("window_id", BigId, nullable=False),
        sa.Column("part", sa.String(length=2), nullable=False),
        sa.CheckConstraint("part IN ('am', 'pm')", name=op.f("ck_rota_place_part")),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_rota_place_rota_id")),
        sa.ForeignKeyConstraint(["window_id"], ["service_window.id"], name=op.f("fk_rota_place_window_id")),
        sa.PrimaryKeyConstraint("rota_id", "window_id", "part", name=op.f("pk_rota_place")),
    )
    op.create_table(
        "rota_body",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rota_id", BigId, nullable=False),
        sa.Column("department_id", BigId, nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_rota_body_department_id")
        ),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_rota_body_rota_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_body")),
        sa.UniqueConstraint("rota_id", "department_id", name=op.f("uq_rota_body_rota_id_department_id")),
        sa.UniqueConstraint("rota_id", "name", name=op.f("uq_rota_body_rota_id_name")),
    )
    op.create_table(
        "rota_person",
        sa.Column("id", BigId, nullable=False),
        sa.Column("body_id", BigId, nullable=False),
        sa.Column("staff_id", BigId, nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("post", sa.String(length=15), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "post IN ('head', 'deputy', 'chief_officer', 'liaison')", name=op.f("ck_rota_person_post")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["rota_body.id"], name=op.f("fk_rota_person_body_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rota_person_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_person")),
        sa.UniqueConstraint("body_id", "name", "post", name=op.f("uq_rota_person_body_id_name_post")),
        sa.UniqueConstraint("body_id", "staff_id", name=op.f("uq_rota_person_body_id_staff_id")),
    )
    op.create_index("ix_rota_person_staff", "rota_person", ["staff_id"], unique=False)
    op.create_table(
        "rota_session",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rota_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("signup_until", sa.Date(), nullable=True),
        sa.Column("publish_on", sa.Date(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("revision", BigId, nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_rota_session_published")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'published', 'dropped')", name=op.f("ck_rota_session_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('open', 'published') OR "
            "(held_on IS NOT NULL AND signup_until IS NOT NULL AND publish_on IS NOT NULL)",
            name=op.f("ck_rota_session_dated"),
        ),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_rota_session_rota_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_session")),
        sa.UniqueConstraint("rota_id", "due_on", name=op.f("uq_rota_session_rota_id_due_on")),
        sa.UniqueConstraint("rota_id", "held_on", name=op.f("uq_rota_session_rota_id_held_on")),
    )
    op.create_table(
        "rota_seat",
        sa.Column("id", BigId, nullable=False),
        sa.Column("session_id", BigId, nullable=False),
        sa.Column("window_id", BigId, nullable=False),
        sa.Column("part", sa.String(length=2), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.CheckConstraint("part IN ('am', 'pm')", name=op.f("ck_rota_seat_part")),
        sa.ForeignKeyConstraint(["session_id"], ["rota_session.id"], name=op.f("fk_rota_seat_session_id")),
        sa.ForeignKeyConstraint(["window_id"], ["service_window.id"], name=op.f("fk_rota_seat_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_seat")),
        sa.UniqueConstraint(
            "session_id", "window_id", "part", name=op.f("uq_rota_seat_session_id_window_id_part")
        ),
    )
    op.create_table(
        "duty",
        sa.Column("id", BigId, nullable=False),
        sa.Column("seat_id", BigId, nullable=False),
        sa.Column("session_id", BigId, nullable=False),
        sa.Column("body_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("because", sa.String(length=12), nullable=False),
        sa.Column("turns_then", BigId, nullable=True),
        sa.Column("last_then", sa.Date(), nullable=True),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("matters", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", BigId, nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("revision", BigId, nullable=False),
        sa.CheckConstraint(
            "basis IN ('signed', 'proposed', 'exchanged', 'made_up')", name=op.f("ck_duty_basis")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'signed', 'confirmed', 'withdrawn', 'exchanged', 'excused')",
            name=op.f("ck_duty_state"),
        ),
        sa.ForeignKeyConstraint(["body_id"], ["rota_body.id"], name=op.f("fk_duty_body_id")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_duty_made_by")),
        sa.ForeignKeyConstraint(["person_id"], ["rota_person.id"], name=op.f("fk_duty_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["rota_seat.id"], name=op.f("fk_duty_seat_id")),
        sa.ForeignKeyConstraint(["session_id"], ["rota_session.id"], name=op.f("fk_duty_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index("ix_duty_body", "duty", ["body_id", "quarter", "state"], unique=False)
    op.create_index("ix_duty_person", "duty", ["person_id", "state"], unique=False)
    op.create_index(
        "uq_duty_body",
        "duty",
        ["session_id", "body_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'signed', 'confirmed')"),
        postgresql_where=sa.text("state IN ('proposed', 'signed', 'confirmed')"),
    )
    op.create_index(
        "uq_duty_person",
        "duty",
        ["session_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'signed', 'confirmed')"),
        postgresql_where=sa.text("state IN ('proposed', 'signed', 'confirmed')"),
    )
    op.create_index(
        "uq_duty_seat",
        "duty",
        ["seat_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'signed', 'confirmed')"),
        postgresql_where=sa.text("state IN ('proposed', 'signed', 'confirmed')"),
    )
    op.create_table(
        "duty_swap",
        sa.Column("id", BigId, nullable=False),
        sa.Column("from_duty_id", BigId, nullable=False),
        sa.Column("to_duty_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", BigId, nullable=False),
        sa.Column("answer_until", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", BigId, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", BigId, nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'accepted', 'approved', 'refused', 'taken_back', 'lapsed')",
            name=op.f("ck_duty_swap_state"),
        ),
        sa.CheckConstraint("from_duty_id <> to_duty_id", name=op.f("ck_duty_swap_another")),
        sa.ForeignKeyConstraint(["answered_by"], ["staff.id"], name=op.f("fk_duty_swap_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_duty_swap_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_duty_swap_decided_by")),
        sa.ForeignKeyConstraint(["from_duty_id"], ["duty.id"], name=op.f("fk_duty_swap_from_duty_id")),
        sa.ForeignKeyConstraint(["to_duty_id"], ["duty.id"], name=op.f("fk_duty_swap_to_duty_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_swap")),
    )
    op.create_index(
        "uq_duty_swap_from",
        "duty_swap",
        ["from_duty_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'accepted')"),
        postgresql_where=sa.text("state IN ('asked', 'accepted')"),
    )
    op.create_index(
        "uq_duty_swap_to",
        "duty_swap",
        ["to_duty_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'accepted')"),
        postgresql_where=sa.text("state IN ('asked', 'accepted')"),
    )
    op.create_table(
        "duty_wish",
        sa.Column("id", BigId, nullable=False),
        sa.Column("duty_id", BigId, nullable=False),
        sa.Column("body_id", BigId, nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", BigId, nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("made_up_by", BigId, nullable=True),
        sa.CheckConstraint("(kind = 'stand_in') = (person_id IS NOT NULL)", name=op.f("ck_duty_wish_person")),
        sa.CheckConstraint("kind IN ('stand_in', 'leave')", name=op.f("ck_duty_wish_kind")),
        sa.CheckConstraint(
            "made_up_by IS NULL OR (kind = 'leave' AND state = 'approved')", name=op.f("ck_duty_wish_made_up")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'taken_back', 'lapsed')",
            name=op.f("ck_duty_wish_state"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_duty_wish_asked_by")),
        sa.ForeignKeyConstraint(["body_id"], ["rota_body.id"], name=op.f("fk_duty_wish_body_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_duty_wish_decided_by")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_wish_duty_id")),
        sa.ForeignKeyConstraint(["made_up_by"], ["duty.id"], name=op.f("fk_duty_wish_made_up_by")),
        sa.ForeignKeyConstraint(["person_id"], ["rota_person.id"], name=op.f("fk_duty_wish_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_wish")),
        sa.UniqueConstraint("made_up_by", name=op.f("uq_duty_wish_made_up_by")),
    )
    op.create_index("ix_duty_wish_body", "duty_wish", ["body_id", "kind", "state"], unique=False)
    op.create_index(
        "uq_duty_wish_open",
        "duty_wish",
        ["duty_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index(
        "uq_duty_wish_stand_in",
        "duty_wish",
        ["body_id", "quarter"],
        unique=True,
        sqlite_where=sa.text("kind = 'stand_in' AND state = 'approved'"),
        postgresql_where=sa.text("kind = 'stand_in' AND state = 'approved'"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("duty_wish")
    op.drop_table("duty_swap")
    op.drop_table("duty")
    op.drop_table("rota_seat")
    op.drop_table("rota_session")
    op.drop_table("rota_person")
    op.drop_table("rota_body")
    op.drop_table("rota_place")
    op.drop_table("rota")

"""Receptions on the day: codes used, who came, notes, absences, services with somebody beside.

What was written stays: triggers refuse to change or delete it, and let leaving be added once to somebody's coming.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

KEPT = ("presence_code_use", "attendance", "attendance_note", "sat_beside")
COMING = (
    *("id", "duty_id", "window_id", "person_id", "post", "agreed", "starts_at", "ends_at"),
    *("arrived_at", "late_min", "how", "shown_by", "witnessed_by"),
)
"""What is written once, when somebody comes."""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "presence_code_use",
        sa.Column("session_id", BigId, nullable=False),
        sa.Column("window_id", BigId, nullable=False),
        sa.Column("minute", BigId, autoincrement=False, nullable=False),
        sa.Column("duty_id", BigId, nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_presence_code_use_duty_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["rota_session.id"], name=op.f("fk_presence_code_use_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"], ["service_window.id"], name=op.f("fk_presence_code_use_window_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "window_id", "minute", name=op.f("pk_presence_code_use")),
    )
    _attendance()
    op.create_table(
        "attendance_note",
        sa.Column("id", BigId, nullable=False),
        sa.Column("duty_id", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_attendance_note_duty_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_attendance_note_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_note")),
    )
    op.create_index("ix_attendance_note_duty", "attendance_note", ["duty_id", "id"])
    _absence()
    op.create_table(
        "sat_beside",
        sa.Column("attendance_id", BigId, nullable=False),
        sa.Column("ticket_id", BigId, nullable=False),
        sa.Column("clerk_id", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendance.id"], name=op.f("fk_sat_beside_attendance_id")
        ),
        sa.ForeignKeyConstraint(["clerk_id"], ["staff.id"], name=op.f("fk_sat_beside_clerk_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_sat_beside_ticket_id")),
        sa.PrimaryKeyConstraint("attendance_id", "ticket_id", name=op.f("pk_sat_beside")),
    )
    op.create_index("ix_sat_beside_ticket", "sat_beside", ["ticket_id"])
    (_keep_on_postgres if _postgres() else _keep_on_sqlite)()


def _attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", BigId, nullable=False),
        sa.Column("duty_id", BigId, nullable=False),
        sa.Column("window_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("post", sa.String(length=15), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("arrived_at", Instant(), nullable=False),
        sa.Column("late_min", BigId, nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("shown_by", BigId, nullable=False),
        sa.Column("witnessed_by", BigId, nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.Column("early_min", BigId, nullable=True),
        sa.Column("left_how", sa.String(length=8), nullable=True),
        sa.Column("left_shown_by", BigId, nullable=True),
        sa.Column("left_witnessed_by", BigId, nullable=True),
        sa.CheckConstraint("post IN ('head', 'deputy', 'chief_officer')", name=op.f("ck_attendance_post")),
        sa.CheckConstraint("how IN ('typed', 'scanned')", name=op.f("ck_attendance_how")),
        sa.CheckConstraint("left_how IN ('typed', 'scanned')", name=op.f("ck_attendance_left_how")),
        sa.CheckConstraint("late_min >= 0 AND early_min >= 0", name=op.f("ck_attendance_minutes")),
        sa.CheckConstraint("shown_by <> witnessed_by", name=op.f("ck_attendance_witness")),
        sa.CheckConstraint(
            "(left_at IS NULL) = (early_min IS NULL) AND (left_at IS NULL) = (left_how IS NULL) "
            "AND (left_at IS NULL) = (left_shown_by IS NULL)",
            name=op.f("ck_attendance_left"),
        ),
        sa.CheckConstraint("left_at > arrived_at", name=op.f("ck_attendance_order")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_attendance_duty_id")),
        sa.ForeignKeyConstraint(["left_shown_by"], ["staff.id"], name=op.f("fk_attendance_left_shown_by")),
        sa.ForeignKeyConstraint(
            ["left_witnessed_by"], ["staff.id"], name=op.f("fk_attendance_left_witnessed_by")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["rota_person.id"], name=op.f("fk_attendance_person_id")),
        sa.ForeignKeyConstraint(["shown_by"], ["staff.id"], name=op.f("fk_attendance_shown_by")),
        sa.ForeignKeyConstraint(["window_id"], ["service_window.id"], name=op.f("fk_attendance_window_id")),
        sa.ForeignKeyConstraint(["witnessed_by"], ["staff.id"], name=op.f("fk_attendance_witnessed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("duty_id", name=op.f("uq_attendance_duty_id")),
    )
    op.create_index(
        "ix_attendance_here",
        "attendance",
        ["window_id"],
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )


def _absence() -> None:
    op.create_table(
        "absence",
        sa.Column("id", BigId, nullable=False),
        sa.Column("duty_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("asked_by", BigId, nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", BigId, nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("said", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "state IN ('found', 'asked', 'confirmed', 'explained')", name=op.f("ck_absence_state")
        ),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'explained')) = (answered_at IS NOT NULL)",
            name=op.f("ck_absence_answered"),
        ),
        sa.CheckConstraint("state <> 'confirmed' OR asked_at IS NOT NULL", name=op.f("ck_absence_asked")),
        sa.CheckConstraint("(state = 'explained') = (reason <> '')", name=op.f("ck_absence_reason")),
        sa.ForeignKeyConstraint(["answered_by"], ["staff.id"], name=op.f("fk_absence_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_absence_asked_by")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_absence_duty_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint("duty_id", name=op.f("uq_absence_duty_id")),
    )


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _edited(differs: str) -> str:
    """When a change of somebody's coming is more than that they left."""
    changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in COMING)
    return f"OLD.left_at IS NOT NULL OR NEW.left_at IS NULL OR {changed}"


def _keep_on_postgres() -> None:
    op.execute(
        "CREATE FUNCTION kept_as_written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'kept_as_written' USING ERRCODE = 'check_violation', CONSTRAINT = 'kept_as_written'; "
        "END $$"
    )
    for table in KEPT:
        when = f"WHEN ({_edited('IS DISTINCT FROM')}) " if table == "attendance" else ""
        op.execute(
            f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} FOR EACH ROW {when}"
            "EXECUTE FUNCTION kept_as_written()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION kept_as_written()"
        )


def _keep_on_sqlite() -> None:
    for table in KEPT:
        when = f"WHEN {_edited('IS NOT')} " if table == "attendance" else ""
        for verb, only in (("UPDATE", when), ("DELETE", "")):
            op.execute(
                f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} {only}"
                "BEGIN SELECT RAISE(ABORT, 'kept_as_written'); END"
            )


def downgrade() -> None:
    """Undo."""
    for table in ("sat_beside", "absence", "attendance_note", "attendance", "presence_code_use"):
        op.drop_table(table)
    if _postgres():
        op.execute("DROP FUNCTION kept_as_written()")

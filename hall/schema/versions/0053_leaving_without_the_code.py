"""Leaving without the code: said by the clerk or the manager, or closed by time; objections to it. Never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

KEPT = ("presence_leaving", "presence_objection")
UNSIGNED = sa.text("how = 'unsigned'")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "presence_leaving",
        sa.Column("id", BigId, nullable=False),
        sa.Column("attendance_id", BigId, nullable=False),
        sa.Column("how", sa.String(8), nullable=False),
        sa.Column("left_at", Instant(), nullable=False),
        sa.Column("early_min", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("staff_id", BigId, nullable=True),
        sa.Column("said_as", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.CheckConstraint("how IN ('said', 'unsigned')", name=op.f("ck_presence_leaving_how")),
        sa.CheckConstraint("said_as IN ('', 'clerk', 'manager')", name=op.f("ck_presence_leaving_said_as")),
        sa.CheckConstraint(
            "(how = 'said') = (staff_id IS NOT NULL) AND (how = 'said') = (said_as <> '') "
            "AND (how = 'said') = (reason <> '')",
            name=op.f("ck_presence_leaving_said"),
        ),
        sa.CheckConstraint("left_at <= at", name=op.f("ck_presence_leaving_past")),
        sa.CheckConstraint("early_min >= 0", name=op.f("ck_presence_leaving_minutes")),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendance.id"], name=op.f("fk_presence_leaving_attendance_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_presence_leaving_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_leaving")),
    )
    op.create_index("ix_presence_leaving_of", "presence_leaving", ["attendance_id", "id"])
    op.create_index(
        "uq_presence_leaving_unsigned",
        "presence_leaving",
        ["attendance_id"],
        unique=True,
        sqlite_where=UNSIGNED,
        postgresql_where=UNSIGNED,
    )
    op.create_table(
        "presence_objection",
        sa.Column("leaving_id", BigId, nullable=False, autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(
            ["leaving_id"], ["presence_leaving.id"], name=op.f("fk_presence_objection_leaving_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_presence_objection_staff_id")),
        sa.PrimaryKeyConstraint("leaving_id", name=op.f("pk_presence_objection")),
    )
    for table in KEPT:
        for verb in ("UPDATE", "DELETE"):
            op.execute(_keep(table, verb))


def _keep(table: str, verb: str) -> str:
    head = f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
    if op.get_bind().dialect.name == "postgresql":
        return f"{head} FOR EACH ROW EXECUTE FUNCTION kept_as_written()"
    return f"{head} BEGIN SELECT RAISE(ABORT, 'kept_as_written'); END"


def downgrade() -> None:
    """Undo."""
    for table in reversed(KEPT):
        op.drop_table(table)

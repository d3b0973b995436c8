"""What a department says of an absence is a statement, which the hall's manager decides on (M5).

What was *explained* until now waits for that decision; on the way back what was decided is told in the old words.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

BEFORE = {
    "state": "state IN ('found', 'asked', 'confirmed', 'explained')",
    "answered": "(state IN ('confirmed', 'explained')) = (answered_at IS NOT NULL)",
    "asked": "state <> 'confirmed' OR asked_at IS NOT NULL",
    "reason": "(state = 'explained') = (reason <> '')",
}
NOW = {
    "state": "state IN ('found', 'asked', 'confirmed', 'stated', 'excused', 'upheld')",
    "answered": (
        "state = 'upheld' OR (state IN ('confirmed', 'stated', 'excused')) = (answered_at IS NOT NULL)"
    ),
    "asked": "state NOT IN ('asked', 'confirmed') OR asked_at IS NOT NULL",
    "heard": "state <> 'upheld' OR answered_at IS NOT NULL OR asked_at IS NOT NULL",
    "limit": "(asked_at IS NULL) = (answer_by IS NULL)",
    "reason": "(state <> 'confirmed' AND answered_at IS NOT NULL) = (reason <> '')",
    "decided": "(state IN ('excused', 'upheld')) = (decided_at IS NOT NULL)",
    "decider": "(decided_at IS NULL) = (decided_by IS NULL)",
}
TIME_TO_ANSWER = timedelta(days=7)
absence = sa.table(
    "absence",
    sa.column("id", BigId),
    sa.column("state", sa.String),
    sa.column("found_at", Instant),
    sa.column("asked_at", Instant),
    sa.column("answered_at", Instant),
    sa.column("answered_by", BigId),
    sa.column("decided_at", Instant),
    sa.column("decided_by", BigId),
    sa.column("answer_by", sa.Date),
    sa.column("reason", sa.String),
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("absence") as batch:
        for name in BEFORE:
            batch.drop_constraint(op.f(f"ck_absence_{name}"), type_="check")
        batch.add_column(sa.Column("answer_by", sa.Date(), nullable=True))
        batch.add_column(sa.Column("printed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("decided_at", Instant(), nullable=True))
        batch.add_column(sa.Column("decided_by", BigId, nullable=True))
        batch.add_column(sa.Column("why", sa.String(length=300), nullable=False, server_default=""))
        batch.create_foreign_key(op.f("fk_absence_decided_by"), "staff", ["decided_by"], ["id"])
    op.execute(absence.update().where(absence.c.state == "explained").values(state="stated"))
    _give_time()
    with op.batch_alter_table("absence") as batch:
        batch.alter_column("printed", server_default=None)
        batch.alter_column("why", server_default=None)
        for name, said in NOW.items():
            batch.create_check_constraint(op.f(f"ck_absence_{name}"), said)


def _give_time() -> None:
    """Who was asked before there was a limit has a week from then on."""
    here = op.get_bind()
    asked = here.execute(sa.select(absence.c.id, absence.c.asked_at).where(absence.c.asked_at.is_not(None)))
    for key, at in asked.all():
        until = (datetime.fromisoformat(str(at)) + TIME_TO_ANSWER).date()
        here.execute(absence.update().where(absence.c.id == key).values(answer_by=until))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("absence") as batch:
        for name in NOW:
            batch.drop_constraint(op.f(f"ck_absence_{name}"), type_="check")
    table = absence.c
    op.execute(absence.update().where(table.state.in_(("stated", "excused"))).values(state="explained"))
    op.execute(
        absence.update()
        .where(table.state == "upheld")
        .values(
            state="confirmed",
            reason="",
            asked_at=sa.func.coalesce(table.asked_at, table.found_at),
            answered_at=sa.func.coalesce(table.answered_at, table.decided_at),
            answered_by=sa.func.coalesce(table.answered_by, table.decided_by),
        )
    )
    with op.batch_alter_table("absence") as batch:
        batch.drop_constraint(op.f("fk_absence_decided_by"), type_="foreignkey")
        for name in ("why", "decided_by", "decided_at", "printed", "answer_by"):
            batch.drop_column(name)
        for name, said in BEFORE.items():
            batch.create_check_constraint(op.f(f"ck_absence_{name}"), said)

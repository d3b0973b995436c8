"""A published session can be cancelled as a whole; its turns with it, and bookings of it are called off.

Day and hours stay as they were published, and what is cancelled stays cancelled: the trigger refuses anything else.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

PUBLIC = "held_on IS NOT NULL AND signup_until IS NOT NULL AND publish_on IS NOT NULL"
SESSIONS = {
    "state": (
        "state IN ('draft', 'open', 'published', 'dropped')",
        "state IN ('draft', 'open', 'published', 'dropped', 'cancelled')",
    ),
    "dated": (
        f"state NOT IN ('open', 'published') OR ({PUBLIC})",
        f"state NOT IN ('open', 'published', 'cancelled') OR ({PUBLIC})",
    ),
    "published": (
        "(state = 'published') = (published_at IS NOT NULL)",
        "(state IN ('published', 'cancelled')) = (published_at IS NOT NULL)",
    ),
}
CANCELLED = (
    "(state = 'cancelled') = (cancelled_at IS NOT NULL) AND (state = 'cancelled') = (cancelled_because <> '')"
)
STATES = {
    "duty": ("proposed", "signed", "confirmed", "withdrawn", "exchanged", "excused"),
    "duty_wish": ("asked", "approved", "refused", "taken_back", "lapsed"),
    "hard_matter": (
        *("booked", "arrived", "taken_up", "promised", "kept", "not_kept", "pointed", "withdrawn"),
        "not_come",
    ),
}
NEW = {
    "duty": ("cancelled", "withdrawn"),
    "duty_wish": ("given_back", "lapsed"),
    "hard_matter": ("called_off", "withdrawn"),
}
"""The state that is new, and the nearest one before it."""
STAYING = ("rota_id", "due_on", "held_on", "am_starts", "am_ends", "pm_starts", "pm_ends")
FINAL = ("state", "cancelled_at", "cancelled_by", "cancelled_because")


def upgrade() -> None:
    """Apply."""
    _drop_trigger()
    with op.batch_alter_table("rota_session") as batch:
        batch.add_column(sa.Column("cancelled_at", Instant(), nullable=True))
        batch.add_column(sa.Column("cancelled_by", BigId, nullable=True))
        batch.add_column(sa.Column("cancelled_because", sa.String(200), nullable=False, server_default=""))
        batch.create_foreign_key(op.f("fk_rota_session_cancelled_by"), "staff", ["cancelled_by"], ["id"])
    with op.batch_alter_table("rota_session") as batch:
        batch.alter_column(
            "cancelled_because", existing_type=sa.String(200), existing_nullable=False, server_default=None
        )
        for name, (_before, now) in SESSIONS.items():
            batch.drop_constraint(op.f(f"ck_rota_session_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_rota_session_{name}"), now)
        batch.create_check_constraint(op.f("ck_rota_session_cancelled"), CANCELLED)
    for table, states in STATES.items():
        _set_states(table, (*states, NEW[table][0]))
    _make_trigger("'published', 'cancelled'", FINAL)


def downgrade() -> None:
    """Undo: what was cancelled was a published day on which nobody sat."""
    _drop_trigger()
    for table, (new, nearest) in NEW.items():
        rows = sa.table(table, sa.column("state"))
        op.execute(rows.update().where(rows.c.state == new).values(state=nearest))
        _set_states(table, STATES[table])
    held = sa.table("rota_session", sa.column("state"))
    with op.batch_alter_table("rota_session") as batch:
        for name in (*SESSIONS, "cancelled"):
            batch.drop_constraint(op.f(f"ck_rota_session_{name}"), type_="check")
    op.execute(held.update().where(held.c.state == "cancelled").values(state="published"))
    with op.batch_alter_table("rota_session") as batch:
        for name, (before, _now) in SESSIONS.items():
            batch.create_check_constraint(op.f(f"ck_rota_session_{name}"), before)
        batch.drop_constraint(op.f("fk_rota_session_cancelled_by"), type_="foreignkey")
        for name in ("cancelled_at", "cancelled_by", "cancelled_because"):
            batch.drop_column(name)
    _make_trigger("'published'", ())


def _set_states(table: str, states: tuple[str, ...]) -> None:
    said = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_state"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_state"), f"state IN ({said})")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _drop_trigger() -> None:
    if _postgres():
        op.execute("DROP TRIGGER rota_session_stays ON rota_session")
        op.execute("DROP FUNCTION rota_session_stays()")
    else:
        op.execute("DROP TRIGGER rota_session_stays")


def _make_trigger(public: str, final: tuple[str, ...]) -> None:
    other = "OLD.{0} IS DISTINCT FROM NEW.{0}" if _postgres() else "OLD.{0} IS NOT NEW.{0}"
    refused = f"(OLD.state IN ({public}) AND ({' OR '.join(map(other.format, STAYING))}))"
    if final:
        refused += f" OR (OLD.state = 'cancelled' AND ({' OR '.join(map(other.format, final))}))"
    if _postgres():
        op.execute(
            "CREATE FUNCTION rota_session_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {refused} THEN RAISE EXCEPTION 'rota_session_stays' "
            "USING ERRCODE = 'check_violation', CONSTRAINT = 'rota_session_stays'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER rota_session_stays BEFORE UPDATE ON rota_session "
            "FOR EACH ROW EXECUTE FUNCTION rota_session_stays()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER rota_session_stays BEFORE UPDATE ON rota_session WHEN {refused} "
            "BEGIN SELECT RAISE(ABORT, 'rota_session_stays'); END"
        )

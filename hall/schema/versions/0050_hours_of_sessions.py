"""A session has its own hours: those of its reception, until its list is public.

Sessions that are there take the hours that their reception has now. From the publication on neither day nor hours of a
session change: a trigger refuses it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

HOURS = ("am_starts", "am_ends", "pm_starts", "pm_ends")
CHECKS = {
    "morning": "(am_starts = '') = (am_ends = '') AND am_starts <= am_ends",
    "afternoon": "(pm_starts = '') = (pm_ends = '') AND pm_starts <= pm_ends",
}
KEPT = ("rota_id", "due_on", "held_on", *HOURS)
PUBLIC = "OLD.state = 'published' AND ({})"


def upgrade() -> None:
    """Apply."""
    for name in HOURS:
        op.add_column("rota_session", sa.Column(name, sa.String(5), nullable=False, server_default=""))
    rota = sa.table("rota", sa.column("id"), *map(sa.column, HOURS))
    held = sa.table("rota_session", sa.column("rota_id"), *map(sa.column, HOURS))
    op.execute(
        held.update().values(
            {
                name: sa.select(rota.c[name]).where(rota.c.id == held.c.rota_id).scalar_subquery()
                for name in HOURS
            }
        )
    )
    with op.batch_alter_table("rota_session") as batch:
        for name in HOURS:
            batch.alter_column(name, existing_type=sa.String(5), existing_nullable=False, server_default=None)
        for name, rule in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_rota_session_{name}"), rule)
    (_on_postgres if _postgres() else _on_sqlite)()


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _on_postgres() -> None:
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)
    op.execute(
        "CREATE FUNCTION rota_session_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {PUBLIC.format(changed)} THEN RAISE EXCEPTION 'rota_session_stays' "
        "USING ERRCODE = 'check_violation', CONSTRAINT = 'rota_session_stays'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER rota_session_stays BEFORE UPDATE ON rota_session "
        "FOR EACH ROW EXECUTE FUNCTION rota_session_stays()"
    )


def _on_sqlite() -> None:
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in KEPT)
    op.execute(
        f"CREATE TRIGGER rota_session_stays BEFORE UPDATE ON rota_session WHEN {PUBLIC.format(changed)} "
        "BEGIN SELECT RAISE(ABORT, 'rota_session_stays'); END"
    )


def downgrade() -> None:
    """Undo: sessions have the hours of their reception again."""
    if _postgres():
        op.execute("DROP TRIGGER rota_session_stays ON rota_session")
        op.execute("DROP FUNCTION rota_session_stays()")
    else:
        op.execute("DROP TRIGGER rota_session_stays")
    with op.batch_alter_table("rota_session") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_rota_session_{name}"), type_="check")
    with op.batch_alter_table("rota_session") as batch:
        for name in HOURS:
            batch.drop_column(name)

"""Evidence and free words of findings are forgotten long after the end: emptied once, together with their finding."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

EMPTIED = {
    "finding_step": (
        "note",
        ("id", "finding_id", "what", "at", "by_id", "body_id", "owner_id", "due_on", "reached"),
    ),
    "finding_evidence": (
        "name",
        ("id", "finding_id", "shows", "digest", "sort", "size", "added_at", "added_by"),
    ),
}
"""A table whose rows stay, its column that can be emptied, and those that never change."""


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("finding") as batch:
        batch.add_column(sa.Column("forgotten_on", sa.Date(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_finding_forgotten"),
            "forgotten_on IS NULL OR (state = 'closed' AND detail = '' AND cure = '')",
        )
        batch.create_unique_constraint(op.f("uq_finding_id_forgotten_on"), ["id", "forgotten_on"])
    for table, (words, stays) in EMPTIED.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("forgotten_on", sa.Date(), nullable=True))
            batch.create_check_constraint(
                op.f(f"ck_{table}_forgotten"), f"forgotten_on IS NULL OR {words} = ''"
            )
            batch.create_foreign_key(
                op.f(f"fk_{table}_finding_id_forgotten_on"),
                "finding",
                ["finding_id", "forgotten_on"],
                ["id", "forgotten_on"],
            )
        same = " AND ".join(f"NEW.{name} {_is()} OLD.{name}" for name in stays)
        _keep(table, f"OLD.forgotten_on IS NULL AND NEW.forgotten_on IS NOT NULL AND {same}")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _is() -> str:
    return "IS NOT DISTINCT FROM" if _postgres() else "IS"


def _keep(table: str, but: str = "") -> None:
    """Rows of this table are added, never changed or taken away; but for a change of this kind."""
    if _postgres():
        allowed = f"IF TG_OP = 'UPDATE' THEN IF {but} THEN RETURN NEW; END IF; END IF; " if but else ""
        op.execute(
            f"CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {allowed}"
            f"RAISE EXCEPTION '{table}_stays' USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_stays'; END $$"
        )
        return
    for verb, when in (("update", f"WHEN NOT ({but}) " if but else ""), ("delete", "")):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, '{table}_stays'); END"
        )


def downgrade() -> None:
    """Undo. What is forgotten stays so."""
    for table in EMPTIED:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_finding_id_forgotten_on"), type_="foreignkey")
            batch.drop_constraint(op.f(f"ck_{table}_forgotten"), type_="check")
            batch.drop_column("forgotten_on")
        _keep(table)
    with op.batch_alter_table("finding") as batch:
        batch.drop_constraint(op.f("uq_finding_id_forgotten_on"), type_="unique")
        batch.drop_constraint(op.f("ck_finding_forgotten"), type_="check")
        batch.drop_column("forgotten_on")

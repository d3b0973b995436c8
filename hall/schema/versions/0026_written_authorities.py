"""Authorities in writing as the administration keeps them; what a form began with, item by item.

That an authority named on a case is of that very person and item, in force when it is used, is a trigger: SQLite
cannot add a foreign key of several columns to a table in use.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

WATCHED = ("authority_id", "accepted_by", "decision_authority_id", "decided_by", "mode")
ACCEPTED = "NEW.authority_id IS NOT NULL"
DECIDED = "NEW.decision_authority_id IS NOT NULL"
ALONE = "NEW.decided_by = NEW.received_by AND NEW.decision_authority_id IS NULL"
NO_SUCH = (
    "NOT EXISTS (SELECT 1 FROM acceptance_authority a WHERE a.id = NEW.{key} "
    "AND a.staff_id = NEW.{who} AND a.item_id = NEW.item_id{now})"
)
IN_FORCE = " AND a.revoked_at IS NULL"
NOT_HERE = "NEW.mode <> 'same_desk' OR NEW.second_review"
NOT_OF_IT = (
    "NOT EXISTS (SELECT 1 FROM staff s WHERE s.id = NEW.decided_by AND s.department_id = NEW.department_id)"
)


BEGUN = (
    "SELECT filing_id, item_id, sort, item_revision FROM service_case",
    (
        "SELECT f.id, i.id, 0, i.revision FROM filing f JOIN service_item i ON i.id = f.item_id "
        "WHERE f.state <> 'received'"
    ),
    (
        "SELECT f.id, i.id, b.sort, i.revision FROM filing f JOIN bundle_item b ON b.bundle_id = f.bundle_id "
        "JOIN service_item i ON i.id = b.item_id WHERE f.state <> 'received'"
    ),
)
"""What forms began with, as far as it is known: drafts as the catalogue says now."""


def _rules(now: str) -> tuple[str, str, str]:
    """When an authority of acceptance, one of decision, or the lack of one, is wrong."""
    accepted = NO_SUCH.format(key="authority_id", who="accepted_by", now=now)
    decided = NO_SUCH.format(key="decision_authority_id", who="decided_by", now=now)
    return (
        f"({ACCEPTED}) AND (NEW.accepted_by IS NULL OR {accepted})",
        f"({DECIDED}) AND (NEW.decided_by IS NULL OR {NOT_HERE} OR {decided})",
        f"({ALONE}) AND {NOT_OF_IT}",
    )


def upgrade() -> None:
    """Apply."""
    for table, name, kind in (
        ("acceptance_authority", "dated", "DATE"),
        ("acceptance_authority", "reason", "VARCHAR(300) NOT NULL DEFAULT ''"),
        ("acceptance_authority", "revoked_by", "{key} REFERENCES staff (id)"),
        ("acceptance_authority", "revoked_reason", "VARCHAR(300)"),
        ("service_case", "decision_authority_id", "{key} REFERENCES acceptance_authority (id)"),
    ):
        key = (
            f"BIGINT CONSTRAINT fk_{table}_{name}" if _postgres() else f"INTEGER CONSTRAINT fk_{table}_{name}"
        )
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind.format(key=key)}")
    op.create_index("ix_acceptance_authority_item", "acceptance_authority", ["item_id"])
    op.create_table(
        "filing_item",
        sa.Column("filing_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("sort", BigId, nullable=False),
        sa.Column("item_revision", BigId, nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_item_filing_id")),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"], name=op.f("fk_filing_item_item_id")),
        sa.PrimaryKeyConstraint("filing_id", "item_id", name=op.f("pk_filing_item")),
    )
    for begun in BEGUN:
        op.execute(f"INSERT INTO filing_item (filing_id, item_id, sort, item_revision) {begun}")
    (_on_postgres if _postgres() else _on_sqlite)()


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _wrong(verb: str, differs: str) -> str:
    """When a row is wrong. An update is looked at where it names somebody or something new: what was right stays so."""
    accepted, decided, alone = _rules("" if verb == "insert" else IN_FORCE)
    if verb == "update":
        new = {name: f"NEW.{name} {differs} OLD.{name}" for name in WATCHED}
        accepted = f"({new['authority_id']} OR {new['accepted_by']}) AND {accepted}"
        decided = f"({new['decision_authority_id']} OR {new['decided_by']} OR {new['mode']}) AND {decided}"
        alone = f"({new['decision_authority_id']} OR {new['decided_by']}) AND {alone}"
    return f"({accepted}) OR ({decided}) OR ({alone})"


def _on_postgres() -> None:
    for verb in ("insert", "update"):
        op.execute(
            f"CREATE FUNCTION case_authority_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {_wrong(verb, 'IS DISTINCT FROM')} THEN RAISE EXCEPTION 'case_authority' "
            "USING ERRCODE = 'check_violation', CONSTRAINT = 'case_authority'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER case_authority_{verb} BEFORE {verb} ON service_case FOR EACH ROW "
            f"WHEN ({ACCEPTED} OR {DECIDED} OR ({ALONE})) EXECUTE FUNCTION case_authority_{verb}()"
        )


def _on_sqlite() -> None:
    for verb in ("insert", "update"):
        op.execute(
            f"CREATE TRIGGER case_authority_{verb} BEFORE {verb} ON service_case WHEN {_wrong(verb, 'IS NOT')} "
            "BEGIN SELECT RAISE(ABORT, 'case_authority'); END"
        )


def downgrade() -> None:
    """Undo."""
    for verb in ("insert", "update"):
        if _postgres():
            op.execute(f"DROP TRIGGER case_authority_{verb} ON service_case")
            op.execute(f"DROP FUNCTION case_authority_{verb}()")
        else:
            op.execute(f"DROP TRIGGER case_authority_{verb}")
    op.drop_table("filing_item")
    op.drop_index("ix_acceptance_authority_item", "acceptance_authority")
    with op.batch_alter_table("service_case") as batch:
        batch.drop_column("decision_authority_id")
    with op.batch_alter_table("acceptance_authority") as batch:
        for name in ("revoked_reason", "revoked_by", "reason", "dated"):
            batch.drop_column(name)

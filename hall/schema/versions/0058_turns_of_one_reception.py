"""A turn's department belongs to the reception of its session, and neither changes it: triggers refuse that."""

from __future__ import annotations

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

MIXED = (
    "(SELECT rota_id FROM rota_body WHERE id = NEW.body_id) "
    "<> (SELECT rota_id FROM rota_session WHERE id = NEW.session_id)"
)
MOVED = "OLD.rota_id <> NEW.rota_id"
RULES = (
    ("duty_of_its_rota", "duty", ("INSERT", "UPDATE"), MIXED),
    ("rota_body_of_its_rota", "rota_body", ("UPDATE",), MOVED),
    ("rota_session_of_its_rota", "rota_session", ("UPDATE",), MOVED),
)
"""Name, table, when, and what is refused."""


def upgrade() -> None:
    """Apply."""
    for name, table, verbs, wrong in RULES:
        (_on_postgres if _postgres() else _on_sqlite)(name, table, verbs, wrong)


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _on_postgres(name: str, table: str, verbs: tuple[str, ...], wrong: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {wrong} THEN "
        f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {' OR '.join(verbs)} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def _on_sqlite(name: str, table: str, verbs: tuple[str, ...], wrong: str) -> None:
    for verb in verbs:
        op.execute(
            f"CREATE TRIGGER {name}_{verb.lower()} BEFORE {verb} ON {table} WHEN {wrong} "
            f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )


def downgrade() -> None:
    """Undo."""
    for name, table, verbs, _wrong in RULES:
        if _postgres():
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            for verb in verbs:
                op.execute(f"DROP TRIGGER {name}_{verb.lower()}")

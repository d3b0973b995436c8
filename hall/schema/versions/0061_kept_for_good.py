"""What is frozen cannot be written over: neither by REPLACE or a key that is taken, nor by TRUNCATE; the journal too.

On SQLite a REPLACE takes the old row away without asking the triggers of DELETE. What stands before each INSERT, and
before an UPDATE that would take a frozen row's key, does not let it come that far. PostgreSQL has no REPLACE, but
TRUNCATE, which asks no trigger of a row.
"""

# ruff: noqa: S608 - names of tables and columns that stand here

from __future__ import annotations

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "attendance": (("id",), ("duty_id",)),
    "attendance_note": (("id",),),
    "bulletin": (("id",), ("rota_id", "year", "number")),
    "finding": (("id",), ("site_id", "year", "serial")),
    "finding_evidence": (("id",), ("finding_id", "shows", "digest")),
    "finding_step": (("id",),),
    "journal": (("id",), ("seq",)),
    "presence_code_use": (("session_id", "window_id", "minute"),),
    "presence_leaving": (("id",), ("attendance_id", "how")),
    "presence_objection": (("leaving_id",),),
    "rota_person_was": (("id",),),
    "rota_session": (("id",), ("rota_id", "due_on"), ("rota_id", "held_on")),
    "sat_beside": (("attendance_id", "ticket_id"),),
}
"""What of a table must be its own: by which of these a row would be written over."""
FROZEN = {
    "bulletin": "o.state = 'frozen'",
    "finding": "o.state = 'closed'",
    "presence_leaving": "(o.id = NEW.id OR o.how = 'unsigned')",
    "rota_session": "o.state IN ('published', 'cancelled')",
}
"""Which rows are, where not all of a table."""
CHANGEABLE = ("bulletin", "finding", "journal", "rota_session")
"""Tables of which some rows still change: these must not take the key of one that is frozen."""
ENTRY = ("id", "at", "actor", "fact", "subject", "site_id", "data")
SEALED = ("citizen_sealed", "phone_sealed")
"""What of a closed finding is forgotten later, or sealed with another key; nothing of it comes back (E2)."""
CLOSED = (
    *("id", "site_id", "rota_id", "session_id", "year", "serial", "state", "source", "title"),
    *("found_on", "found_at", "found_by", "body_id", "owner_id", "due_on", "extended"),
    *("rectified_at", "rectified_by", "verified_at", "verified_by", "closed_on", "reached"),
    *("walk_id", "walk_step", "matter_id"),
)


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _differs(names: tuple[str, ...]) -> str:
    unequal = "IS DISTINCT FROM" if _postgres() else "IS NOT"
    return " OR ".join(f"NEW.{name} {unequal} OLD.{name}" for name in names)


def _rewritten() -> dict[str, str]:
    """When a change of a journal's entry or of a closed finding is more than sealing and forgetting."""
    back = " OR ".join(f"(OLD.{name} IS NULL AND NEW.{name} IS NOT NULL)" for name in SEALED)
    kept = f"{back} OR (NEW.citizen_shown <> '' AND ({_differs(('citizen_shown',))}))"
    words = f"(NEW.forgotten_on IS NULL AND ({_differs(('detail', 'cure'))}))"
    again = f"(OLD.forgotten_on IS NOT NULL AND ({_differs(('forgotten_on',))}))"
    return {
        "journal": f"OLD.seq IS NOT NULL OR {_differs(ENTRY)}",
        "finding": f"OLD.state = 'closed' AND ({_differs(CLOSED)} OR {kept} OR {words} OR {again})",
    }


def upgrade() -> None:
    """Apply."""
    (_on_postgres if _postgres() else _on_sqlite)()


def _over(table: str, besides: str = "") -> str:
    """Whether NEW has a key of a row that is frozen."""
    same = " OR ".join(
        "(" + " AND ".join(f"o.{name} = NEW.{name}" for name in key) + ")" for key in KEYS[table]
    )
    frozen = f" AND {FROZEN[table]}" if table in FROZEN else ""
    return f"EXISTS (SELECT 1 FROM {table} o WHERE ({same}){frozen}{besides})"


def _on_sqlite() -> None:
    for table in KEYS:
        _refuse(table, "over", "INSERT", _over(table))
    for table in CHANGEABLE:
        _refuse(table, "key", "UPDATE", _over(table, " AND o.id <> OLD.id"))
    for table, when in _rewritten().items():
        _refuse(table, "rewritten", "UPDATE", when)
    for table, when in _taken_away().items():
        _refuse(table, "taken", "DELETE", when)


def _taken_away() -> dict[str, str]:
    return {
        "journal": "1 = 1",
        "finding": "OLD.state = 'closed'",
        "rota_session": "OLD.state IN ('published', 'cancelled')",
    }


def _refuse(table: str, name: str, verb: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table}_stays'); END"
    )


def _on_postgres() -> None:
    op.execute(
        "CREATE FUNCTION stays_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '%_stays', TG_TABLE_NAME USING ERRCODE = 'check_violation', "
        "CONSTRAINT = TG_TABLE_NAME || '_stays'; END $$"
    )
    for table in KEYS:
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION stays_as_it_is()"
        )
    for name, verb, found in (("rewritten", "UPDATE", _rewritten()), ("taken", "DELETE", _taken_away())):
        for table, when in found.items():
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} FOR EACH ROW WHEN ({when}) "
                "EXECUTE FUNCTION stays_as_it_is()"
            )


def downgrade() -> None:
    """Undo."""
    names = [(table, "rewritten") for table in _rewritten()] + [(table, "taken") for table in _taken_away()]
    if _postgres():
        names += [(table, "truncate") for table in KEYS]
    else:
        names += [(table, "over") for table in KEYS] + [(table, "key") for table in CHANGEABLE]
    for table, name in names:
        op.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if _postgres() else ""))
    if _postgres():
        op.execute("DROP FUNCTION stays_as_it_is()")

"""Somebody who owns the database itself: takes the guards of the journal away before rewriting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'journal'::regclass AND NOT tgisinternal",
}


def unguard_journal(session: Session) -> None:
    """From now on entries can be changed and taken away; that they were is what the chain tells."""
    engine = session.get_bind().dialect.name
    on = "" if engine == "sqlite" else " ON journal"
    for name in session.scalars(text(NAMES[engine])).all():
        session.execute(text(f"DROP TRIGGER {name}{on}"))

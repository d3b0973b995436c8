"""Somebody who owns the database itself: takes the guards of the journal away before rewriting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def unguard_journal(session: Session) -> None:
    """From now on entries can be changed; that they were is what the chain tells."""
    on = "" if session.get_bind().dialect.name == "sqlite" else " ON journal"
    session.execute(text(f"DROP TRIGGER journal_rewritten{on}"))

"""The journal: who did what when, append-only, each entry chained to the one before by a hash (O3).

A row commits together with the change it tells of, without sequence or hash. One sealer (see jobs) gives both within
a second, so that writers never queue for the head of the chain. `verify` walks the chain and names the unsealed tail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Index, String, Table, Text, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from hall.database import Base, Keyed
from hall.facts import Fact
from hall.statements import Statement

GENESIS = "0" * 64
BATCH = 1000


class JournalEntry(Keyed, Base):
    """One thing that happened. `actor` is a key such as `staff:7`; `data` holds no personal data."""

    __tablename__ = "journal"

    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    fact: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    site_id: Mapped[int | None]
    data: Mapped[str] = mapped_column(Text)
    seq: Mapped[int | None]
    previous: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index("uq_journal_seq", "seq", unique=True),
        Index("ix_journal_subject", "subject", "id"),
        Index("ix_journal_at", "at"),
        Index(
            "ix_journal_unsealed",
            "id",
            sqlite_where=text("seq IS NULL"),
            postgresql_where=text("seq IS NULL"),
        ),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: sealed entries checked, unsealed tail, and the first fault in words (or None)."""

    sealed: int
    unsealed: int
    fault: str | None
    head: str


_ENTRY = Statement(insert(cast("Table", JournalEntry.__table__)))


def append(session: Session, actor: str, at: datetime, fact: Fact) -> None:
    """Write one entry in the caller's transaction."""
    _ENTRY.rows(
        session,
        {
            "at": at,
            "actor": actor,
            "fact": fact.name,
            "subject": fact.subject,
            "site_id": fact.site_id,
            "data": json.dumps(fact.data(), ensure_ascii=False, separators=(",", ":"), sort_keys=True),
            "seq": None,
            "previous": None,
            "hash": None,
        },
    )


def seal(session: Session) -> int:
    """Chain the unsealed entries in order of their key; answers how many. Safe to run twice."""
    head = session.execute(
        select(JournalEntry.seq, JournalEntry.hash)
        .where(JournalEntry.seq.is_not(None))
        .order_by(JournalEntry.seq.desc())
        .limit(1)
    ).first()
    seq, previous = (head.seq or 0, head.hash or GENESIS) if head else (0, GENESIS)
    rows = session.execute(
        select(JournalEntry.__table__)
        .where(JournalEntry.seq.is_(None))
        .order_by(JournalEntry.id)
        .limit(BATCH)
    ).all()
    sealed = []
    for row in rows:
        seq += 1
        digest = link(previous, seq, row)
        sealed.append({"key": row.id, "s": seq, "p": previous, "h": digest})
        previous = digest
    if sealed:
        table = JournalEntry.__table__
        session.connection().execute(
            update(JournalEntry.__table__)  # type: ignore[arg-type]
            .where(table.c.id == bindparam("key"))
            .values(seq=bindparam("s"), previous=bindparam("p"), hash=bindparam("h")),
            sealed,
        )
    return len(sealed)


def link(previous: str, seq: int, row: Any) -> str:  # noqa: ANN401 - a result row
    """The hash of an entry: SHA-256 over the one before and everything this one says."""
    said = [seq, row.at.isoformat(), row.actor, row.fact, row.subject, row.site_id, row.data]
    said_text = previous + "\n" + json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said_text.encode()).hexdigest()


def verify(session: Session, after: int = 0) -> Verdict:
    """Walk the chain, whole or from the entry after `after` on (which is then taken as it stands).

    A changed, removed, inserted or reordered entry breaks it at that place.
    """
    expected, previous = after, GENESIS
    if after:
        anchor = session.scalar(select(JournalEntry.hash).where(JournalEntry.seq == after))
        if anchor is None:
            return _fault(session, after, GENESIS, f"entry {after} is missing")
        previous = anchor
    for row in _sealed_rows(session, after):
        expected += 1
        if row.seq != expected:
            return _fault(session, expected - 1, previous, f"entry {expected} is missing (found {row.seq})")
        if row.previous != previous:
            return _fault(
                session, expected - 1, previous, f"entry {expected} does not follow the one before it"
            )
        if row.hash != link(previous, row.seq, row):
            return _fault(session, expected - 1, previous, f"entry {expected} was changed")
        previous = row.hash
    return _fault(session, expected, previous, None)


def _sealed_rows(session: Session, after: int) -> Iterator[Any]:
    while True:
        rows = session.execute(
            select(JournalEntry.__table__)
            .where(JournalEntry.seq > after)
            .order_by(JournalEntry.seq)
            .limit(BATCH)
        ).all()
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1].seq


def _fault(session: Session, sealed: int, head: str, fault: str | None) -> Verdict:
    return Verdict(sealed, unsealed_count(session), fault, head)


def unsealed_count(session: Session) -> int:
    """Entries that are not chained yet."""
    count = select(func.count()).select_from(JournalEntry).where(JournalEntry.seq.is_(None))
    return session.scalar(count) or 0


def verify_tail(session: Session, count: int) -> Verdict:
    """Check the newest sealed entries only: cheap enough for each look at the journal."""
    newest = session.scalar(select(func.max(JournalEntry.seq))) or 0
    return verify(session, max(0, newest - count))


def history(session: Session, subject: str, limit: int = 200) -> list[JournalEntry]:
    """What happened to one subject, oldest first (Q7)."""
    found = session.scalars(
        select(JournalEntry).where(JournalEntry.subject == subject).order_by(JournalEntry.id).limit(limit)
    )
    return list(found)

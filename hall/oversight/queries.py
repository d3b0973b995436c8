"""Reading the journal (O3): sealed entries only, in the order of the chain. No personal data is in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hall import clock
from hall.actor import Actor
from hall.journal import JournalEntry
from hall.sites import Site


@dataclass(frozen=True, slots=True)
class Entry:
    """One sealed entry; `data` as it was recorded. What the hash is made of is told in docs/journal.md."""

    seq: int
    at: datetime
    actor: str
    fact: str
    subject: str
    site_id: int | None
    data: dict[str, Any]
    hash: str
    previous: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What to read. `topic`: a subject (`line:xixian-a`), its kind (`line`), or a fact (`line_stopped`)."""

    topic: str = ""
    actor: str = ""
    day: date | None = None
    after: int = 0
    before: int | None = None
    limit: int = 200
    newest_first: bool = False


def entries(session: Session, reader: Actor, wish: Wish) -> list[Entry]:
    """The entries of the reader's own hall (of all halls for who sees every site) that fit the wish."""
    wanted = select(JournalEntry).where(JournalEntry.seq > wish.after, *_of_reader(reader))
    if wish.before is not None:
        wanted = wanted.where(JournalEntry.seq < wish.before)
    if wish.topic:
        wanted = wanted.where(_about(wish.topic))
    if wish.actor:
        wanted = wanted.where(JournalEntry.actor == wish.actor)
    if wish.day is not None and reader.site_id is not None:
        site = session.get_one(Site, reader.site_id)
        first, turn = clock.day_bounds(site.zone, wish.day)
        wanted = wanted.where(JournalEntry.at >= first, JournalEntry.at < turn)
    order = JournalEntry.seq.desc() if wish.newest_first else JournalEntry.seq
    return [_entry(row) for row in session.scalars(wanted.order_by(order).limit(wish.limit))]


def _of_reader(reader: Actor) -> tuple[ColumnElement[bool], ...]:
    if reader.every_site:
        return ()
    return (or_(JournalEntry.site_id == reader.site_id, JournalEntry.site_id.is_(None)),)


def _about(topic: str) -> ColumnElement[bool]:
    if ":" in topic:
        return JournalEntry.subject == topic
    return or_(JournalEntry.fact == topic, JournalEntry.subject.startswith(f"{topic}:", autoescape=True))


def _entry(row: JournalEntry) -> Entry:
    return Entry(
        seq=row.seq or 0,
        at=row.at,
        actor=row.actor,
        fact=row.fact,
        subject=row.subject,
        site_id=row.site_id,
        data=json.loads(row.data),
        hash=row.hash or "",
        previous=row.previous or "",
    )

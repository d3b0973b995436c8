"""Reading what is sealed of a matter: by its department and the manager alone, and on record (E2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.clock import business_date, day_bounds
from hall.journal import JournalEntry
from hall.rota.matters import facts
from hall.rota.matters.booking import record
from hall.rota.matters.taking import own
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from hall.actor import Actor
    from hall.applicants.vault import Vault
    from hall.rota.matters.models import HardMatter
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Words:
    """What is asked, promised and done, in full; "" for what is not there, or forgotten."""

    asked: str
    promise: str
    outcome: str


def words(session: Session, actor: Actor, row: HardMatter, vault: Vault, now: datetime) -> Words:
    """The words of a matter. They are opened here alone, once the journal has it. Raises NotFound, Refused."""
    if not on_record(session, row, actor, now):
        perform(actor, read, row.nonce)
    return Words(vault.open(row.asked_sealed), vault.open(row.promise_sealed), vault.open(row.outcome_sealed))


def read(work: Work, nonce: bytes | None) -> int:
    """Open what is asked, promised and done: written down once a person, matter and day. Raises NotFound, Refused."""
    row = own(work, nonce)
    if not on_record(work.session, row, work.actor, work.now):
        record(work, facts.MatterRead, row)
    return row.id


def on_record(session: Session, row: HardMatter, actor: Actor, now: datetime) -> bool:
    """Whether the journal has it already that this person read this matter today."""
    site = session.get_one(Site, row.site_id)
    begins, _ends = day_bounds(site.zone, business_date(site.zone, now))
    wanted = (
        select(JournalEntry.id)
        .where(
            JournalEntry.subject == facts.subject_of(row.number),
            JournalEntry.site_id == row.site_id,
            JournalEntry.fact == facts.MatterRead.name,
            JournalEntry.actor == actor.key,
            JournalEntry.at >= begins,
        )
        .limit(1)
    )
    return session.scalar(wanted) is not None


def reveal(work: Work, nonce: bytes | None) -> int:
    """The department opens name and telephone of whose matter it is; the journal keeps each time (E2)."""
    row = own(work, nonce)
    record(work, facts.MatterUnsealed, row)
    return row.id

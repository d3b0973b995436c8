"""Papers that the hall could not take: their agents tell of them, and staff see to who holds them (Q9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from hall.accounts.access import of_site
from hall.accounts.models import Device
from hall.cutoff import rules
from hall.cutoff.facts import PaperSeenTo, PaperSetAside
from hall.cutoff.models import HandCall, HandedTicket, PaperAside
from hall.cutoff.states import WITHDRAWN
from hall.queueing.queries import today
from hall.sites import Site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Aside:
    """One paper as its agent tells of it."""

    key: str
    number: str
    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Tell:
    """An agent could not hand these in."""

    device_id: int
    site_id: int
    papers: tuple[Aside, ...]


@dataclass(frozen=True, slots=True)
class SeeTo:
    """Staff have seen to what the page showed them: everything up to this one."""

    site_id: int
    up_to: int


def tell(work: Work, command: Tell) -> None:
    """Keep what an agent could not hand in, each paper once, however often it is told."""
    site = work.session.get_one(Site, command.site_id)
    # Two agents with one memory tell of the same papers one after the other
    work.session.scalars(
        select(Device.id).where(Device.id == command.device_id).with_for_update(key_share=True)
    ).one()
    keys = [paper.key for paper in command.papers]
    known = {row.key: row for row in work.session.scalars(select(PaperAside).where(PaperAside.key.in_(keys)))}
    room = rules.MOST_ASIDE - _told(work, command)
    for paper in command.papers:
        row = known.get(paper.key)
        if row is not None:
            row.why = paper.why
        elif room > 0:
            room -= 1
            known[paper.key] = _keep(work, command, site, paper)
    work.session.flush()


def _told(work: Work, command: Tell) -> int:
    wanted = select(func.count()).where(
        PaperAside.device_id == command.device_id, PaperAside.told_at > work.now - rules.NOTED_BACK
    )
    return work.session.scalar(wanted) or 0


def _keep(work: Work, command: Tell, site: Site, paper: Aside) -> PaperAside:
    present = today(site, work.now)
    day = paper.day if rules.may_be_noted(paper.day, present) else present
    row = PaperAside(
        site_id=site.id,
        device_id=command.device_id,
        key=paper.key,
        number=paper.number,
        business_date=day,
        why=paper.why,
        told_at=work.now,
    )
    work.session.add(row)
    work.record(
        PaperSetAside(
            site_id=site.id, site=site.code, number=row.number, day=day.isoformat(), because=row.why
        )
    )
    return row


def see_to(work: Work, command: SeeTo) -> None:
    """Their holders have been seen to. What is handed in later all the same is taken as ever."""
    site = work.session.get_one(Site, command.site_id)
    of_site(work.actor, site.id)
    for row in work.session.scalars(
        select(PaperAside).where(
            PaperAside.site_id == site.id, PaperAside.seen_at.is_(None), PaperAside.id <= command.up_to
        )
    ):
        row.seen_at = work.now
        day = row.business_date.isoformat()
        work.record(PaperSeenTo(site_id=site.id, site=site.code, number=row.number, day=day))


@dataclass(frozen=True, slots=True)
class AsideView:
    """A paper that is not handed in yet, and that nobody has seen to."""

    id: int
    number: str
    why: str


def still_aside(session: Session, site: Site, now: datetime) -> tuple[AsideView, ...]:
    """What staff should see to: neither taken meanwhile, nor called by hand, nor older than a week."""
    taken = exists().where(HandedTicket.key == PaperAside.key)
    called = exists().where(
        HandCall.site_id == PaperAside.site_id,
        HandCall.business_date == PaperAside.business_date,
        HandCall.number == PaperAside.number,
        HandCall.state != WITHDRAWN,
    )
    rows = session.execute(
        select(PaperAside.id, PaperAside.number, PaperAside.why)
        .where(
            PaperAside.site_id == site.id,
            PaperAside.told_at > now - rules.NOTED_BACK,
            PaperAside.seen_at.is_(None),
            ~taken,
            ~called,
        )
        .order_by(PaperAside.id)
    )
    return tuple(AsideView(key, number, why) for key, number, why in rows)

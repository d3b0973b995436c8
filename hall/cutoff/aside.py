"""Papers that the hall could not take: their agents tell of them, and staff see to who holds them (Q9)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, func, select

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


def tell(work: Work, command: Tell) -> tuple[str, ...]:
    """Keep what an agent could not hand in, each paper once, however often it is told; answers the keys of those.

    For the others there is no room now, or they are another machine's: their agent keeps them.
    """
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
        if row is None and room > 0:
            room -= 1
            known[paper.key] = _keep(work, command, site, paper)
        elif row is not None and row.device_id == command.device_id:
            row.why = paper.why
    work.session.flush()
    # Of a folder that was copied and enrolled anew the staff of this hall read already
    return tuple(key for key in dict.fromkeys(keys) if key in known and known[key].site_id == site.id)


def _told(work: Work, command: Tell) -> int:
    """How many of this machine staff have still to see to."""
    own = PaperAside.device_id == command.device_id
    wanted = select(func.count()).select_from(PaperAside).where(own, *_stands(work.now))
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
    """A paper that is not handed in yet, and that nobody has seen to; `machine`: the name of its printer."""

    id: int
    number: str
    why: str
    machine: str = ""
    device_id: int = 0


def still_aside(session: Session, site: Site, now: datetime) -> tuple[AsideView, ...]:
    """What staff should see to: neither taken meanwhile, nor called by hand, nor older than a week."""
    rows = session.execute(
        select(PaperAside.id, PaperAside.number, PaperAside.why, Device.name, Device.id)
        .join(Device, Device.id == PaperAside.device_id)
        .where(PaperAside.site_id == site.id, *_stands(now))
        .order_by(PaperAside.id)
    )
    return tuple(AsideView(*row) for row in rows)


def may_be_more(shown: tuple[AsideView, ...]) -> bool:
    """Whether a machine has told of as many as it may at a time, and may wait to tell of others."""
    return rules.MOST_ASIDE in Counter(one.device_id for one in shown).values()


def _stands(now: datetime) -> tuple[ColumnElement[bool], ...]:
    taken = exists().where(HandedTicket.key == PaperAside.key)
    called = exists().where(
        HandCall.site_id == PaperAside.site_id,
        HandCall.business_date == PaperAside.business_date,
        HandCall.number == PaperAside.number,
        HandCall.state != WITHDRAWN,
    )
    return PaperAside.told_at > now - rules.NOTED_BACK, PaperAside.seen_at.is_(None), ~taken, ~called

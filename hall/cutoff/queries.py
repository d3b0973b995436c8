"""The short list of staff: what was called by hand, and what was printed alone and still waits. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hall.catalog.models import Window
from hall.cutoff import rules
from hall.cutoff.models import HandCall, HandedTicket, NumberRange
from hall.cutoff.states import WITHDRAWN
from hall.queueing.models import Ticket
from hall.queueing.rules import number
from hall.sites import Site


@dataclass(frozen=True, slots=True)
class HandCallView:
    """A call by hand; times as instants."""

    id: int
    number: str
    window: Window
    since: datetime | None
    until: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class PrintedAlone:
    """A number printed by a kiosk that was cut off, which still waits."""

    number: str
    printed_at: datetime


@dataclass(frozen=True, slots=True)
class ShortList:
    """A date's list. `doubled`: numbers on more than one paper; `running_out`: prefixes with few ranges left."""

    day: date
    calls: tuple[HandCallView, ...]
    waiting: tuple[PrintedAlone, ...]
    doubled: tuple[str, ...]
    running_out: tuple[str, ...]

    @property
    def open(self) -> int:
        """Calls whose number no kiosk has handed in yet."""
        return sum(call.state == "noted" for call in self.calls)


def short_list(session: Session, site: Site, day: date) -> ShortList:
    """The list of a business date, the last entry first."""
    return ShortList(
        day,
        _calls(session, site, day),
        _waiting(session, site, day),
        _doubled(session, site, day),
        _running_out(session, site, day),
    )


def _calls(session: Session, site: Site, day: date) -> tuple[HandCallView, ...]:
    rows = session.execute(
        select(HandCall, Window)
        .join(Window, Window.id == HandCall.window_id)
        .where(HandCall.site_id == site.id, HandCall.business_date == day, HandCall.state != WITHDRAWN)
        .order_by(HandCall.entered_at.desc(), HandCall.id.desc())
    )
    return tuple(
        HandCallView(call.id, call.number, window, call.called_at, call.ended_at, call.state)
        for call, window in rows
    )


def _waiting(session: Session, site: Site, day: date) -> tuple[PrintedAlone, ...]:
    rows = session.execute(
        select(Ticket.number, HandedTicket.printed_at)
        .join(HandedTicket, HandedTicket.ticket_id == Ticket.id)
        .where(Ticket.site_id == site.id, Ticket.business_date == day, Ticket.state == "waiting")
        .order_by(Ticket.place, Ticket.id)
    )
    return tuple(PrintedAlone(shown, printed_at) for shown, printed_at in rows)


def _running_out(session: Session, site: Site, day: date) -> tuple[str, ...]:
    rows = session.scalars(
        select(NumberRange.prefix)
        .where(NumberRange.site_id == site.id, NumberRange.business_date == day)
        .group_by(NumberRange.prefix)
        .having(func.count() > rules.SLOTS - rules.FEW)
        .order_by(NumberRange.prefix)
    )
    return tuple(rows)


def _doubled(session: Session, site: Site, day: date) -> tuple[str, ...]:
    rows = session.execute(
        select(NumberRange.prefix, NumberRange.slot, HandedTicket.position)
        .join(HandedTicket, HandedTicket.range_id == NumberRange.id)
        .where(
            NumberRange.site_id == site.id,
            NumberRange.business_date == day,
            HandedTicket.ticket_id.is_(None),
        )
        .order_by(HandedTicket.id)
    )
    found = (number(prefix, rules.serial(slot, position)) for prefix, slot, position in rows)
    return tuple(dict.fromkeys(found))

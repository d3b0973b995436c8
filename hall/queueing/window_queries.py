"""Reading a window: what it serves, who is at it, who waits for it in calling order. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hall.accounts.models import Staff
from hall.catalog.models import Window
from hall.queueing.at_hand import AtHand, Held, at_hand, held_at
from hall.queueing.models import Staffing, Ticket
from hall.queueing.queries import TicketView, ticket_view, today
from hall.queueing.states import AT_WINDOW
from hall.queueing.waiting_list import Waiting, service_of
from hall.sites import Site
from hall.statements import Named


@dataclass(frozen=True, slots=True)
class WindowView:
    """A window as its clerk sees it."""

    code: str
    number: int
    name: str
    name_en: str
    site: str
    zone: ZoneInfo
    state: str
    reason: str | None
    since: datetime | None
    staff_id: int | None
    lines: tuple[str, ...]
    current: TicketView | None
    waiting: tuple[Waiting, ...]
    waiting_count: int
    waiting_people: int
    order_holds_until: datetime | None
    held: tuple[Held, ...]
    last_passed: str | None
    undo_until: datetime | None
    staff_name: str | None
    opened_at: datetime | None
    seat: str | None
    at_hand: AtHand | None


def window_view(session: Session, window: Window, site: Site, now: datetime) -> WindowView:
    """A window with its current ticket and the first of its waiting list in calling order."""
    day = today(site, now)
    given = {"window": window.id, "site": site.id, "day": day}
    found = session.execute(_STAFFED, {"window": window.id}).first()
    staffing, name = found or (None, None)
    current = session.scalar(_CURRENT, {"window": window.id})
    service = service_of(session, window.id, site, day, now)
    waiting = service.listed(session)
    passed = _PASSED.first(session, given)
    undoable = passed is not None and passed.given_up_at is None  # else its person has drawn anew (Q8)
    undo = timedelta(seconds=site.settings.undo_pass_s)
    return WindowView(
        code=window.code,
        number=window.number,
        name=window.name,
        name_en=window.name_en,
        site=site.code,
        zone=site.zone,
        state=staffing.state if staffing else "closed",
        reason=staffing.reason if staffing else None,
        since=staffing.since if staffing else None,
        staff_id=staffing.staff_id if staffing else None,
        lines=tuple(service.codes.values()),
        current=ticket_view(session, current) if current else None,
        waiting=waiting.rows,
        waiting_count=waiting.count.tickets,
        waiting_people=waiting.count.people,
        order_holds_until=waiting.holds_until,
        held=held_at(session, window.id, day),
        last_passed=passed.number if passed else None,
        undo_until=passed.passed_at + undo if passed and undoable else None,
        staff_name=name,
        opened_at=staffing.opened_at if staffing else None,
        seat=staffing.seat if staffing else None,
        at_hand=at_hand(session, current, site) if current else None,
    )


# Built once: every change publishes all windows that serve the line
_STAFFED = (
    select(Staffing, Staff.name)
    .outerjoin(Staff, Staff.id == Staffing.staff_id)
    .where(Staffing.window_id == bindparam("window"), Staffing.closed_at.is_(None))
)
_CURRENT = select(Ticket).where(Ticket.window_id == bindparam("window"), Ticket.state.in_(AT_WINDOW))
_PASSED = Named(
    select(Ticket.number, Ticket.passed_at, Ticket.given_up_at)
    .where(
        Ticket.site_id == bindparam("site"),
        Ticket.business_date == bindparam("day"),
        Ticket.window_id == bindparam("window"),
        Ticket.state == "passed",
        Ticket.passed_at.is_not(None),
    )
    .order_by(Ticket.passed_at.desc())
    .limit(1)
)

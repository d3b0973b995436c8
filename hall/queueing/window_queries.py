"""Reading a window: what it serves, who is at it, who waits for it in calling order. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from hall.catalog.models import Line, Window, WindowLine
from hall.queueing.models import Loan, Staffing, Ticket
from hall.queueing.queries import TicketView, ticket_view, today
from hall.queueing.rules import Head
from hall.queueing.states import AT_WINDOW
from hall.sites import Site

LIST_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of a window's waiting list, with the reason for its place in words' key."""

    number: str
    line: str
    lane: str
    basis: str
    issued_at: datetime
    frozen: bool


@dataclass(frozen=True, slots=True)
class WindowView:
    """A window as its clerk sees it."""

    code: str
    number: int
    name: str
    name_en: str
    site: str
    state: str
    reason: str | None
    since: datetime | None
    staff_id: int | None
    lines: tuple[str, ...]
    current: TicketView | None
    waiting: tuple[Waiting, ...]
    waiting_count: int
    held: tuple[str, ...]
    last_passed: str | None


def reserved_head(session: Session, window_id: int, day: date) -> Head | None:
    """The first ticket transferred to this very window."""
    row = session.execute(
        select(Ticket.id, Ticket.line_id, Ticket.place, Ticket.issued_at)
        .where(
            Ticket.reserved_window_id == window_id,
            Ticket.business_date == day,
            Ticket.state == "waiting",
            Ticket.frozen.is_(False),
        )
        .order_by(Ticket.place, Ticket.id)
        .limit(1)
    ).first()
    return Head(*row) if row else None


def served_lines(session: Session, window_id: int, now: datetime) -> list[Any]:
    """(line id, code, target, preferred) of a window, loans included as preferred."""
    rows = session.execute(
        select(Line.id, Line.code, Line.target_min, WindowLine.preferred)
        .join(WindowLine, WindowLine.line_id == Line.id)
        .where(WindowLine.window_id == window_id, Line.retired_at.is_(None))
        .order_by(Line.sort, Line.id)
    ).all()
    lent = session.execute(
        select(Line.id, Line.code, Line.target_min, Loan.window_id.is_not(None).label("preferred"))
        .join(Loan, Loan.line_id == Line.id)
        .where(Loan.window_id == window_id, Loan.until > now)
    ).all()
    borrowed = {row.id for row in lent}
    found: list[Any] = [*lent, *(row for row in rows if row.id not in borrowed)]
    return found


def window_view(session: Session, window: Window, site: Site, now: datetime) -> WindowView:
    """A window with its current ticket and the first of its waiting list in calling order."""
    day = today(site, now)
    staffing = session.scalar(
        select(Staffing).where(Staffing.window_id == window.id, Staffing.closed_at.is_(None))
    )
    current = session.scalar(select(Ticket).where(Ticket.window_id == window.id, Ticket.state.in_(AT_WINDOW)))
    lines = served_lines(session, window.id, now)
    rows, count = _waiting_list(session, lines, window.id, day, now, site)
    held = session.scalars(
        select(Ticket.number)
        .where(
            Ticket.site_id == site.id,
            Ticket.business_date == day,
            Ticket.state == "held",
            Ticket.window_id == window.id,
        )
        .order_by(Ticket.held_at)
    )
    passed = session.scalar(
        select(Ticket.number)
        .where(Ticket.site_id == site.id, Ticket.business_date == day, Ticket.window_id == window.id)
        .where(Ticket.state == "passed")
        .order_by(Ticket.called_at.desc())
        .limit(1)
    )
    return WindowView(
        code=window.code,
        number=window.number,
        name=window.name,
        name_en=window.name_en,
        site=site.code,
        state=staffing.state if staffing else "closed",
        reason=staffing.reason if staffing else None,
        since=staffing.since if staffing else None,
        staff_id=staffing.staff_id if staffing else None,
        lines=tuple(row.code for row in lines),
        current=ticket_view(session, current) if current else None,
        waiting=tuple(rows),
        waiting_count=count,
        held=tuple(held),
        last_passed=passed,
    )


def _waiting_list(  # noqa: PLR0917 - one call
    session: Session, lines: list[Any], window_id: int, day: date, now: datetime, site: Site
) -> tuple[list[Waiting], int]:
    codes = {row.id: row.code for row in lines}
    where = (
        Ticket.business_date == day,
        Ticket.state == "waiting",
        or_(
            and_(Ticket.line_id.in_(codes), Ticket.reserved_window_id.is_(None)),
            Ticket.reserved_window_id == window_id,
        ),
    )
    preferred = {row.id for row in lines if row.preferred}
    late = now - timedelta(minutes=site.settings.target_min)
    rows = session.execute(
        select(Ticket, Line.code)
        .join(Line, Line.id == Ticket.line_id)
        .where(*where)
        .order_by(
            Ticket.frozen,
            or_(
                Ticket.line_id.in_(preferred), Ticket.reserved_window_id == window_id, Ticket.issued_at < late
            ).desc(),
            Ticket.place,
            Ticket.id,
        )
        .limit(LIST_LIMIT)
    ).all()
    count = session.scalar(select(func.count()).select_from(Ticket).where(*where))
    return [
        Waiting(row.number, code, row.lane, row.basis, row.issued_at, row.frozen) for row, code in rows
    ], count or 0

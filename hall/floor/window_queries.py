"""Reading the floor's windows: all of a site in a set number of statements. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hall import clock
from hall.accounts.models import Staff
from hall.catalog.models import Line, Window, WindowLine
from hall.floor import rules
from hall.hours.queries import hours_of
from hall.hours.rules import opening
from hall.queueing.models import Loan, Staffing, Ticket
from hall.queueing.states import AT_WINDOW
from hall.sites import Site


@dataclass(frozen=True, slots=True)
class LoanView:
    """A window lent to a line."""

    window: str
    line: str
    until: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class AtHand:
    """Who is being called or served at a window."""

    number: str
    state: str
    called_at: datetime | None
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class WindowGlance:
    """One window on the floor. `state`: open, paused, closed or empty (Q14); `since` of that state, where known."""

    code: str
    number: int
    name: str
    name_en: str
    area: str
    area_en: str
    state: str
    reason: str | None
    since: datetime | None
    staff_name: str | None
    lines: tuple[str, ...]
    loans: tuple[LoanView, ...]
    current: AtHand | None
    held: int


def windows(session: Session, site: Site, day: date, now: datetime) -> list[WindowGlance]:
    """All windows of a site, in order of their number."""
    hours = hours_of(session, site)
    staffed_hours = opening(hours, now, lunch_open=False).is_open
    lunch_hours = opening(hours, now, lunch_open=True).is_open
    rows = session.execute(
        select(Window, Staffing.state, Staffing.reason, Staffing.since, Staff.name)
        .outerjoin(Staffing, and_(Staffing.window_id == Window.id, Staffing.closed_at.is_(None)))
        .outerjoin(Staff, Staff.id == Staffing.staff_id)
        .where(Window.site_id == site.id, Window.retired_at.is_(None))
        .order_by(Window.number)
    ).all()
    left = _last_closed(session, site, day)
    loans = _loans(session, site, now)
    served, at_lunch = _served(session, site, loans)
    current, held = _at_hand(session, site, day)
    return [
        WindowGlance(
            code=window.code,
            number=window.number,
            name=window.name,
            name_en=window.name_en,
            area=window.area,
            area_en=window.area_en,
            state=rules.shown_state(
                state,
                expected=staffed_hours or (lunch_hours and window.id in at_lunch),
                was_open=window.id in left,
            ),
            reason=reason,
            since=since if state else left.get(window.id),
            staff_name=name,
            lines=tuple(served.get(window.id, ())),
            loans=tuple(loans.get(window.id, ())),
            current=current.get(window.id),
            held=held.get(window.id, 0),
        )
        for window, state, reason, since, name in rows
    ]


def _last_closed(session: Session, site: Site, day: date) -> dict[int, datetime]:
    """When each window was left today."""
    first, _turn = clock.day_bounds(site.zone, day)
    rows = session.execute(
        select(Staffing.window_id, func.max(Staffing.closed_at))
        .join(Window, Window.id == Staffing.window_id)
        .where(Window.site_id == site.id, Staffing.closed_at >= first)
        .group_by(Staffing.window_id)
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


def _loans(session: Session, site: Site, now: datetime) -> dict[int, list[LoanView]]:
    rows = session.execute(
        select(Loan.window_id, Window.code, Line.code, Loan.until)
        .join(Window, Window.id == Loan.window_id)
        .join(Line, Line.id == Loan.line_id)
        .where(Window.site_id == site.id, Loan.until > now)
        .order_by(Loan.until, Loan.id)
    )
    found: dict[int, list[LoanView]] = {}
    for window_id, window, line, until in rows:
        found.setdefault(window_id, []).append(LoanView(window, line, until, site.zone_name))
    return found


def _served(
    session: Session, site: Site, loans: dict[int, list[LoanView]]
) -> tuple[dict[int, list[str]], set[int]]:
    """Codes of the lines of each window (lent ones first, then preferred, then others); windows with a lunch line."""
    rows = session.execute(
        select(WindowLine.window_id, Line.code, Line.lunch_open)
        .join(Line, Line.id == WindowLine.line_id)
        .where(Line.site_id == site.id, Line.retired_at.is_(None))
        .order_by(WindowLine.preferred.desc(), Line.sort, Line.id)
    )
    found = {window_id: [loan.line for loan in lent] for window_id, lent in loans.items()}
    at_lunch = set()
    for window_id, code, lunch_open in rows:
        lines = found.setdefault(window_id, [])
        if code not in lines:
            lines.append(code)
        if lunch_open:
            at_lunch.add(window_id)
    return found, at_lunch


def _at_hand(session: Session, site: Site, day: date) -> tuple[dict[int, AtHand], dict[int, int]]:
    """Who is at each window, and how many each holds."""
    rows = session.execute(
        select(Ticket.window_id, Ticket.number, Ticket.state, Ticket.called_at, Ticket.started_at).where(
            Ticket.site_id == site.id,
            Ticket.business_date == day,
            Ticket.state.in_((*AT_WINDOW, "held")),
        )
    )
    current: dict[int, AtHand] = {}
    held: dict[int, int] = {}
    for window_id, number, state, called_at, started_at in rows:
        at = window_id or 0  # who is called, served or held has a window
        if state == "held":
            held[at] = held.get(at, 0) + 1
        else:
            current[at] = AtHand(number, state, called_at, started_at)
    return current, held

"""The small figures everything else is made from: the business date, who waits, which windows are open."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Integer, and_, bindparam, case, cast, func, literal_column, select
from sqlalchemy.orm import Session

from hall import clock
from hall.catalog.models import Line, Window, WindowLine
from hall.queueing.models import Loan, Staffing, Ticket
from hall.sites import Site
from hall.statements import Statement

PEOPLE = cast(func.coalesce(func.sum(Ticket.heads), 0), Integer)  # a group counts each head (Q13)

# Written out, not as a parameter: SQLite looks at its value to know that the index of those waiting will do, and plans
# the statement anew each time where it stands behind a question mark.
WAITS = Ticket.state == literal_column("'waiting'")
COUNTED = and_(WAITS, Ticket.test.is_(False))  # test tickets are not people, whoever is told (Q11)
_NO_TEST = Ticket.test.is_(False)
# The same where test tickets are among the rows
PEOPLE_COUNTED = cast(func.coalesce(func.sum(case((_NO_TEST, Ticket.heads), else_=0)), 0), Integer)
TICKETS_COUNTED = func.count(case((_NO_TEST, 1)))
HERE = Ticket.state.in_([literal_column(f"'{state}'") for state in ("called", "serving")])
AT_HAND = Ticket.state.in_([literal_column(f"'{state}'") for state in ("called", "serving", "held")])


def today(site: Site, now: datetime) -> date:
    """The site's business date."""
    return clock.business_date(site.zone, now)


class InLine(NamedTuple):
    """Who waits: a group is one ticket, and as many people as it has heads (Q13)."""

    people: int = 0
    tickets: int = 0


def waiting_counts(session: Session, site_id: int, day: date) -> dict[int, InLine]:
    """Who waits, per line id; test tickets are not people (Q11)."""
    rows = _WAITING.rows(session, {"site": site_id, "day": day})
    return {row[0]: InLine(row[1], row[2]) for row in rows}


# Boards, lines and figures ask for them with every change
_WAITING = Statement(
    select(Line.id, PEOPLE, func.count(Ticket.id))
    .join(
        Ticket,
        and_(
            Ticket.line_id == Line.id,
            Ticket.business_date == bindparam("day"),
            COUNTED,
        ),
    )
    .where(Line.site_id == bindparam("site"))
    .group_by(Line.id)
)
_STAFFED = and_(Window.site_id == bindparam("site"), Staffing.closed_at.is_(None), Staffing.state == "open")
_OPEN = Statement(
    select(WindowLine.line_id, Staffing.window_id)
    .join(Staffing, Staffing.window_id == WindowLine.window_id)
    .join(Window, Window.id == Staffing.window_id)
    .where(_STAFFED)
    .union(
        select(Loan.line_id, Staffing.window_id)
        .join(Staffing, Staffing.window_id == Loan.window_id)
        .join(Window, Window.id == Staffing.window_id)
        .where(_STAFFED, Loan.until > bindparam("now"))
    )
)


def open_windows(session: Session, site_id: int, now: datetime) -> dict[int, int]:
    """Open windows per line id, loans included."""
    rows = _OPEN.rows(session, {"site": site_id, "now": now})
    counted: dict[int, int] = {}
    for line_id, _window in rows:
        counted[line_id] = counted.get(line_id, 0) + 1
    return counted


def lines_served(session: Session, window_id: int, now: datetime) -> frozenset[str]:
    """The codes of the lines that a window serves now, loans included."""
    own = select(Line.code).join(WindowLine, WindowLine.line_id == Line.id)
    lent = select(Line.code).join(Loan, Loan.line_id == Line.id)
    of_window = own.where(WindowLine.window_id == window_id).union(
        lent.where(Loan.window_id == window_id, Loan.until > now)
    )
    return frozenset(session.scalars(of_window))


def staffed_windows(session: Session, site_id: int) -> int:
    """Windows of a site that are open and not paused."""
    counted = session.scalar(
        select(func.count())
        .select_from(Staffing)
        .join(Window, Window.id == Staffing.window_id)
        .where(Window.site_id == site_id, Staffing.closed_at.is_(None), Staffing.state == "open")
    )
    return counted or 0

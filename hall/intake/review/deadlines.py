"""When a case is due: the days from acceptance, the extension, and what clock stops add (I5). Pure but for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.calendar.rules import add_working_days
from hall.intake.measures.rules import Stop, actual_days
from hall.intake.review.models import ClockStop
from hall.intake.rules import working_days_stopped

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from hall.calendar.rules import WorkingCalendar
    from hall.intake.models import Case


def days_of(case: Case) -> int | None:
    """The working days that its item promises: the committed ones, else the statutory; None without a limit."""
    return case.statutory_days if case.committed_days is None else case.committed_days


def due_on(
    session: Session, calendar: WorkingCalendar, case: Case, *, extended: int | None = None
) -> date | None:
    """The deadline of an accepted case with all that moved it; None without a limit, or while it cannot be told.

    `extended`: days of an extension that is just being given.
    """
    if case.clock_from is None or case.due_days is None:
        return None
    days = case.due_days + (case.extended_days if extended is None else extended)
    stops = session.execute(
        select(ClockStop.stopped_on, ClockStop.resumed_on).where(
            ClockStop.case_id == case.id, ClockStop.resumed_on.is_not(None)
        )
    )
    for stopped, resumed in stops:
        stood = None if resumed is None else working_days_stopped(calendar, stopped, resumed)
        if stood is None:
            return None
        days += max(0, stood)
    return add_working_days(calendar, case.clock_from, days)


def days_taken(session: Session, calendar: WorkingCalendar, case: Case, decided: date) -> int | None:
    """Working days from acceptance to a decision on that day, clock stops out (I11); None where they are pending."""
    if case.clock_from is None:
        return None
    stops = session.execute(
        select(ClockStop.stopped_on, ClockStop.resumed_on).where(ClockStop.case_id == case.id)
    )
    return actual_days(calendar, case.clock_from, decided, [Stop(*stop) for stop in stops])

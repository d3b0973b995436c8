"""Reading the working calendar."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hall.calendar.models import CalendarDay, CalendarYear
from hall.calendar.rules import SpecialDay, WorkingCalendar


def working_calendar(session: Session) -> WorkingCalendar:
    """The whole calendar, in two statements. Who asks often keeps it by the site's `hours_stamp`."""
    years = session.scalars(select(CalendarYear.year)).all()
    rows = session.execute(select(CalendarDay.day, CalendarDay.kind, CalendarDay.name))
    return WorkingCalendar(frozenset(years), {row.day: SpecialDay(row.kind, row.name) for row in rows})


def years(session: Session) -> list[CalendarYear]:
    """Confirmed years, newest first."""
    return list(session.scalars(select(CalendarYear).order_by(CalendarYear.year.desc())))

"""Days that were pending and can be told, because their year is confirmed (I5).

Runs in the transaction that confirms the year. A hall may have ten thousand pending cases then, so they are dated by
one UPDATE for each pair of first day and days, not one by one; each has its own entry in the journal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select, update

from hall import clock
from hall.calendar.queries import working_calendar
from hall.calendar.rules import add_working_days
from hall.catalog.models import Department
from hall.intake import facts
from hall.intake.models import NEXT_REVISION, Case
from hall.intake.review.at_hand import by_id
from hall.intake.review.deadlines import due_on
from hall.intake.review.jobs import WITH_DEPARTMENT
from hall.intake.review.models import ClockStop, Deferral, OneTimeNotice
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement

    from hall.calendar.rules import WorkingCalendar
    from hall.unit_of_work import Work

STOOD = exists().where(ClockStop.case_id == Case.id, ClockStop.resumed_on.is_not(None))
"""Its clock has stood: what that adds is worked out for each such case alone."""


def find_dates(work: Work, _command: None) -> int:
    """Give pending deadlines, ends of clock stops, deferrals and notices their days. Answers how many cases.

    Safe to run twice; what still falls in a year that is not confirmed stays pending.
    """
    calendar = working_calendar(work.session)
    _find_ends(work, calendar)
    done = _plain(work, calendar) + _stood(work, calendar)
    work.session.flush()
    return done


def _pending() -> list[ColumnElement[bool]]:
    return [WITH_DEPARTMENT, Case.due_days.is_not(None), Case.due_on.is_(None), Case.clock_from.is_not(None)]


def _plain(work: Work, calendar: WorkingCalendar) -> int:
    """Cases whose clock never stood: those that began on one day with the same days have one deadline."""
    kinds = select(Case.clock_from, Case.due_days, Case.extended_days).where(*_pending(), ~STOOD).distinct()
    done, told = 0, _Told(work)
    for begun, days, extended in work.session.execute(kinds).all():
        if begun is None or days is None:
            continue
        found = add_working_days(calendar, begun, days + extended)
        done += told.dated(begun, days, extended, found) if found else 0
    return done


class _Told:
    """Dates cases and says so in the journal; knows the codes that its entries name."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.sites = {row.id: row.code for row in work.session.execute(select(Site.id, Site.code))}
        self.departments = {
            row.id: row.code for row in work.session.execute(select(Department.id, Department.code))
        }

    def dated(self, begun: date, days: int, extended: int, found: date) -> int:
        """All pending cases that began on this day with these days; answers how many."""
        dating = (
            update(Case)
            .where(
                *_pending(),
                ~STOOD,
                Case.clock_from == begun,
                Case.due_days == days,
                Case.extended_days == extended,
            )
            .values(due_on=found, revision=NEXT_REVISION, changed_at=self.work.now)
            .returning(Case.id, Case.number, Case.site_id, Case.department_id)
            .execution_options(synchronize_session=False)
        )
        rows = self.work.session.execute(dating).all()
        for row in sorted(rows):
            self._say(row)
        return len(rows)

    def _say(self, row: Any) -> None:  # noqa: ANN401 - key, number, hall and department of a case
        self.work.record(
            facts.CaseDueKnown(
                site_id=row.site_id,
                site=self.sites[row.site_id],
                case_id=row.id,
                number=row.number,
                department=self.departments[row.department_id],
            )
        )


def _stood(work: Work, calendar: WorkingCalendar) -> int:
    """Cases whose clock stood for a while: few, each with stops of its own."""
    done = 0
    for case_id in work.session.scalars(select(Case.id).where(*_pending(), STOOD).order_by(Case.id)).all():
        at_hand = by_id(work, case_id)
        found = due_on(work.session, calendar, at_hand.case)
        if found is None or at_hand.case.due_on is not None:
            continue
        at_hand.case.due_on = found
        at_hand.touch()
        work.session.flush()
        at_hand.record(facts.CaseDueKnown)
        done += 1
    return done


def _find_ends(work: Work, calendar: WorkingCalendar) -> None:
    """Ends of clock stops, of deferrals and of notices that were pending."""
    for stop in work.session.scalars(
        select(ClockStop).where(ClockStop.resumed_at.is_(None), ClockStop.ends_on.is_(None))
    ):
        stop.ends_on = add_working_days(calendar, stop.stopped_on, stop.planned_days)
    deferred = select(Deferral, Case).join(Case, Case.id == Deferral.case_id)
    for deferral, case in work.session.execute(
        deferred.where(Deferral.state.in_(("open", "proposed")), Deferral.until.is_(None))
    ):
        zone = work.session.get_one(Site, case.site_id).zone
        granted = clock.business_date(zone, deferral.granted_at)
        deferral.until = add_working_days(calendar, granted, deferral.days)
    asked = select(OneTimeNotice, Case).join(Case, Case.id == OneTimeNotice.case_id)
    for notice, case in work.session.execute(
        asked.where(Case.state == "correction", WITH_DEPARTMENT, OneTimeNotice.answer_by.is_(None))
    ):
        zone = work.session.get_one(Site, case.site_id).zone
        sent = clock.business_date(zone, notice.sent_at)
        notice.answer_by = add_working_days(calendar, sent, notice.term_days)
    work.session.flush()

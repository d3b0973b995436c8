"""Days that were pending and can be told, because their year is confirmed (I5).

Runs in the transaction that confirms the year. A hall may have ten thousand pending cases then, so they are read and
dated together, not one by one; each has its own entry in the journal.
"""

from __future__ import annotations

from functools import lru_cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, exists, select, update

from hall import clock
from hall.calendar.queries import working_calendar
from hall.calendar.rules import add_working_days
from hall.catalog.models import Department
from hall.intake import facts
from hall.intake.models import Case
from hall.intake.review.at_hand import by_id
from hall.intake.review.deadlines import days_taken, due_on
from hall.intake.review.jobs import WITH_DEPARTMENT
from hall.intake.review.models import ClockStop, Deferral, OneTimeNotice
from hall.sites import Site

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from hall.calendar.rules import WorkingCalendar
    from hall.unit_of_work import Work

MOST_AT_ONCE = 2000
STOOD = exists().where(ClockStop.case_id == Case.id, ClockStop.resumed_on.is_not(None))
"""Its clock has stood: what that adds is worked out for each such case alone."""
_CASES: Table = Case.__table__  # type: ignore[assignment]
DATING = (
    update(_CASES)
    .where(_CASES.c.id == bindparam("case"))
    .values(due_on=bindparam("found"), revision=_CASES.c.revision + 1, changed_at=bindparam("at"))
)


def find_dates(work: Work, _command: None) -> int:
    """Give pending deadlines, ends of clock stops, deferrals and notices their days. Answers how many cases.

    Safe to run twice; what still falls in a year that is not confirmed stays pending.
    """
    calendar = working_calendar(work.session)
    _find_ends(work, calendar)
    done = _plain(work, calendar) + _stood(work, calendar)
    _count_days(work, calendar)
    work.session.flush()
    return done


def _pending() -> list[ColumnElement[bool]]:
    return [WITH_DEPARTMENT, Case.due_days.is_not(None), Case.due_on.is_(None), Case.clock_from.is_not(None)]


def _plain(work: Work, calendar: WorkingCalendar) -> int:
    """Cases whose clock never stood: read in one statement, dated in one, told one by one in the journal."""
    wanted = select(
        Case.id,
        Case.number,
        Case.site_id,
        Case.department_id,
        Case.clock_from,
        Case.due_days,
        Case.extended_days,
    )
    due = lru_cache(maxsize=None)(partial(add_working_days, calendar))
    dated = []
    rows = work.session.execute(wanted.where(*_pending(), ~STOOD).with_for_update())
    for row in sorted(rows, key=attrgetter("id")):  # in SQL the order would make it walk through all cases
        found = due(row.clock_from, row.due_days + row.extended_days)
        if found is not None:
            dated.append((row, found))
    if dated:
        said = {"at": work.now}
        keys = [{"case": row.id, "found": found, **said} for row, found in dated]
        work.session.connection().execute(DATING, keys)
    _tell(work, [row for row, _found in dated])
    return len(dated)


def _tell(work: Work, rows: list[Any]) -> None:
    sites = {row.id: row.code for row in work.session.execute(select(Site.id, Site.code))}
    departments = {row.id: row.code for row in work.session.execute(select(Department.id, Department.code))}
    for row in rows:
        work.record(
            facts.CaseDueKnown(
                site_id=row.site_id,
                site=sites[row.site_id],
                case_id=row.id,
                number=row.number,
                department=departments[row.department_id],
            )
        )


def _stood(work: Work, calendar: WorkingCalendar) -> int:
    """Cases whose clock stood for a while: few, each with stops of its own."""
    done = 0
    for case_id in sorted(work.session.scalars(select(Case.id).where(*_pending(), STOOD))):
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


def _count_days(work: Work, calendar: WorkingCalendar) -> None:
    """The days of cases decided while their year was not confirmed (I11); so many that nobody waits for it."""
    zones = {site.id: site.zone for site in work.session.scalars(select(Site))}
    untold = select(Case).where(  # by its partial index; an ORDER BY the key would walk through all
        Case.decided_at <= work.now, Case.actual_days.is_(None), Case.clock_from.is_not(None)
    )
    for case in work.session.scalars(untold.limit(MOST_AT_ONCE)).all():
        if case.decided_at is not None:
            decided = clock.business_date(zones[case.site_id], case.decided_at)
            case.actual_days = days_taken(work.session, calendar, case, decided)


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

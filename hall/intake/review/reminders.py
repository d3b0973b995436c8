"""Reminders of deadlines and overdue cases, of notices unanswered and results not collected: once each (I4, I5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall import clock
from hall.calendar.queries import working_calendar
from hall.intake import facts
from hall.intake.models import Case
from hall.intake.review.at_hand import by_id
from hall.intake.review.jobs import (
    WITH_DEPARTMENT,
    lapse,
    propose_terminations,
    resume_clocks,
)
from hall.intake.review.models import OneTimeNotice, Reminder
from hall.intake.review.pending import find_dates
from hall.intake.rules import UNCOLLECTED_DAYS, Due, Light, light, uncollected
from hall.jobs import Job
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date

    from hall.unit_of_work import Work

RUNNING = ("accepted", "proposed")
KINDS = {Light.YELLOW: "half_time", Light.RED: "day_before"}


def remind(work: Work, _command: None) -> int:
    """Half time, the day before, overdue; answers how many were new. Overdue stays in the record."""
    calendar = working_calendar(work.session)
    sites = {site.id: site for site in work.session.scalars(select(Site))}
    running = select(
        Case.id, Case.site_id, Case.clock_from, Case.due_on, Case.due_days, Case.overdue_since
    ).where(WITH_DEPARTMENT, Case.state.in_(RUNNING), Case.due_on.is_not(None))
    known = _known(work)
    done = 0
    for row in sorted(work.session.execute(running).all()):
        today = clock.business_date(sites[row.site_id].zone, work.now)
        shade = light(calendar, today, row.clock_from, Due(row.due_on, row.due_days))
        if shade is Light.OVERDUE and row.overdue_since is None:
            done += _overdue(work, row.id)
        kind = KINDS.get(shade)
        if kind and (row.id, kind, row.due_on.isoformat()) not in known:
            done += _remind(work, row.id, kind, row.due_on)
    return done + _unanswered(work, sites) + _uncollected(work, sites)


def _known(work: Work) -> set[tuple[int, str, str]]:
    """Reminders of cases that are still open, in one statement."""
    rows = work.session.execute(
        select(Reminder.case_id, Reminder.kind, Reminder.about)
        .join(Case, Case.id == Reminder.case_id)
        .where(WITH_DEPARTMENT)
    )
    return {(case_id, kind, about) for case_id, kind, about in rows}


def _remind(work: Work, case_id: int, kind: str, about: date) -> int:
    work.session.add(Reminder(case_id=case_id, kind=kind, about=about.isoformat(), at=work.now))
    by_id(work, case_id).record(facts.CaseReminded, what=kind)
    return 1


def _overdue(work: Work, case_id: int) -> int:
    at_hand = by_id(work, case_id)
    case = at_hand.case
    if case.due_on is None or case.overdue_since is not None or case.state not in RUNNING:
        return 0
    case.overdue_since = case.due_on + timedelta(days=1)
    at_hand.touch()
    work.session.flush()
    at_hand.record(facts.CaseOverdue)
    return 1


def _unanswered(work: Work, sites: dict[int, Site]) -> int:
    """Notices whose time is over: the department decides whether it was given up, nothing ends by itself (I4)."""
    late = (
        select(Case.id, Case.site_id, OneTimeNotice.answer_by)
        .join(OneTimeNotice, OneTimeNotice.case_id == Case.id)
        .where(
            Case.state == "correction",
            WITH_DEPARTMENT,
            OneTimeNotice.answered_at.is_(None),
            OneTimeNotice.answer_by <= (work.now + timedelta(days=1)).date(),
        )
    )
    known, done = _known(work), 0
    for row in sorted(work.session.execute(late).all()):
        over = clock.business_date(sites[row.site_id].zone, work.now) > row.answer_by
        if over and (row.id, "unanswered", row.answer_by.isoformat()) not in known:
            done += _remind(work, row.id, "unanswered", row.answer_by)
    return done


def _uncollected(work: Work, sites: dict[int, Site]) -> int:
    lying = select(Case.id, Case.site_id, Case.ready_at).where(
        Case.state == "ready", Case.ready_at <= work.now - timedelta(days=UNCOLLECTED_DAYS - 1)
    )
    done = 0
    for row in work.session.execute(lying).all():
        zone = sites[row.site_id].zone
        ready = clock.business_date(zone, row.ready_at)
        told = select(Reminder.id).where(
            Reminder.case_id == row.id, Reminder.kind == "uncollected", Reminder.about == ready.isoformat()
        )
        if uncollected(ready, clock.business_date(zone, work.now)) and work.session.scalar(told) is None:
            done += _remind(work, row.id, "uncollected", ready)
    return done


HOUR = timedelta(hours=1)
JOBS = (
    Job(
        "cases_dates", HOUR, find_dates
    ),  # the transaction that confirms a year does it; this finds what it missed
    Job("cases_lapse", HOUR, lapse),
    Job("cases_resume", HOUR, resume_clocks),
    Job("cases_deferrals", HOUR, propose_terminations),
    Job("cases_deadlines", HOUR, remind),
)

"""What happens to cases by itself. Each job is safe to run twice: what it did once is a state, a mark or a row."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, literal_column, select

from hall import clock
from hall.calendar.queries import working_calendar
from hall.intake import facts, states
from hall.intake.models import Case
from hall.intake.review import papers as checklist
from hall.intake.review.accepting import begin_clock
from hall.intake.review.at_hand import by_id
from hall.intake.review.clock_stops import resume
from hall.intake.review.models import ClockStop, Deferral
from hall.intake.review.notices import reference
from hall.intake.rules import NOTICE_DAYS, PERMIT, lapses

if TYPE_CHECKING:
    from sqlalchemy import Select

    from hall.unit_of_work import Work

WITH_DEPARTMENT: ColumnElement[bool] = Case.state.in_(
    [literal_column(f"'{state}'") for state in states.WITH_DEPARTMENT]
)
"""As the partial index of open cases says it, so that it is used on both databases; an ORDER BY the key forbids it."""


def _cases(work: Work, wanted: Select[int]) -> list[int]:
    return list(work.session.scalars(wanted))


def lapse(work: Work, _command: None) -> int:
    """Permit cases that nobody accepted or noticed in five working days count as accepted from the receipt (I4)."""
    done, calendar = 0, working_calendar(work.session)
    silent = select(Case.id).where(
        Case.state == "received",
        WITH_DEPARTMENT,
        Case.task_type == PERMIT,
        Case.received_at < work.now - timedelta(days=NOTICE_DAYS),
    )
    for case_id in _cases(work, silent):
        at_hand = by_id(work, case_id)
        since = reference(at_hand)
        begun = clock.business_date(at_hand.site.zone, since)
        if at_hand.case.state != "received":
            continue
        if not lapses(at_hand.case.task_type, calendar, begun, at_hand.today):
            continue
        papers = checklist.papers_of(work.session, at_hand.case)
        begin_clock(at_hand, "lapse", papers, accepted_at=since, accepted_basis="lapse", notice_breach=True)
        at_hand.record(facts.CaseAccepted, basis="lapse")
        done += 1
    return done


def resume_clocks(work: Work, _command: None) -> int:
    """Clock stops whose planned end has come: the clock runs again as of that day (I5)."""
    tomorrow = (work.now + timedelta(days=1)).date()
    running = select(ClockStop).where(ClockStop.resumed_at.is_(None), ClockStop.ends_on <= tomorrow)
    done = 0
    for stop in work.session.scalars(running).all():
        at_hand = by_id(work, stop.case_id)
        ends = stop.ends_on
        if ends is None or at_hand.today < ends or at_hand.case.state != "stopped":
            continue
        resume(at_hand, ends)
        done += 1
    return done


def propose_terminations(work: Work, _command: None) -> int:
    """Deferred papers that are not in by their day: the termination is proposed, an official signs it (I7)."""
    tomorrow = (work.now + timedelta(days=1)).date()
    late = select(Deferral).where(Deferral.state == "open", Deferral.until < tomorrow)
    done = 0
    for deferral in work.session.scalars(late).all():
        at_hand = by_id(work, deferral.case_id)
        if deferral.until is None or at_hand.today <= deferral.until:
            continue
        deferral.state, deferral.proposed_at = "proposed", work.now
        at_hand.touch()
        work.session.flush()
        at_hand.record(facts.CaseReminded, what="termination_proposed")
        done += 1
    return done

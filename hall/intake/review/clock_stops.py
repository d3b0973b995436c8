"""Stopping the clock for a special procedure, letting it run again, and the one extension (I5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.calendar.rules import add_working_days
from hall.errors import Conflict, Invalid, Refused
from hall.intake import facts
from hall.intake.review.at_hand import Which, for_review, said
from hall.intake.review.deadlines import due_on
from hall.intake.review.models import ClockStop
from hall.intake.review.procedures import procedures_begun
from hall.intake.rules import EXTENSION_DAYS

if TYPE_CHECKING:
    from datetime import date

    from hall.intake.models import Case
    from hall.intake.review.at_hand import AtHand
    from hall.intake.review.shapes import Procedure
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class StopClock:
    """Begin a special procedure of the item; `told`: the applicant was told of it."""

    which: Which
    procedure: str
    told: bool
    planned_days: int | None = None


@dataclass(frozen=True, slots=True)
class Extend:
    """Give ten working days more, once. The caller is the approver, and not who works on the case."""

    which: Which
    reason: str


def stop_clock(work: Work, command: StopClock) -> Case:
    """The clock stands for a procedure that the item names; it runs again by itself (I5).

    Raises Invalid (`unknown_procedure`, `not_told`, `too_long`), Conflict.
    """
    at_hand = for_review(work, command.which)
    named = procedures_begun(work.session, at_hand.case)
    procedure = next((one for one in named if one.name == command.procedure), None)
    if procedure is None:
        message = _l("This item names no such procedure: the clock goes on.")
        raise Invalid(message, code="unknown_procedure", errors={"procedure": [message]})
    if not command.told:
        message = _l("Tell the applicant first, and say so here.")
        raise Invalid(message, code="not_told", errors={"told": [message]})
    days = procedure.planned_days if command.planned_days is None else command.planned_days
    if not 1 <= days <= procedure.planned_days:
        message = _l("At most %(days)s working days, as the item says.", days=procedure.planned_days)
        raise Invalid(message, code="too_long", errors={"planned_days": [message]})
    at_hand.move("stop")
    work.session.add(_row(at_hand, procedure, days))
    work.session.flush()
    at_hand.record(facts.CaseClockStopped, basis=procedure.name)
    return at_hand.case


def _row(at_hand: AtHand, procedure: Procedure, days: int) -> ClockStop:
    work = at_hand.work
    return ClockStop(
        case_id=at_hand.case.id,
        procedure=procedure.name,
        basis=procedure.basis,
        planned_days=days,
        stopped_by=work.actor.id,
        stopped_at=work.now,
        stopped_on=at_hand.today,
        ends_on=add_working_days(at_hand.calendar(), at_hand.today, days),
        told_at=work.now,
    )


def resume_clock(work: Work, command: Which) -> Case:
    """The procedure is over: the deadline moves on by the working days that the clock stood (I5)."""
    at_hand = for_review(work, command)
    if at_hand.case.state != "stopped":
        raise Conflict(_l("The clock of this case is running."), code="conflict")
    resume(at_hand, at_hand.today)
    return at_hand.case


def running_stop(at_hand: AtHand) -> ClockStop | None:
    """The stop that is not over, if there is one."""
    return at_hand.work.session.scalar(
        select(ClockStop).where(ClockStop.case_id == at_hand.case.id, ClockStop.resumed_at.is_(None))
    )


def end_stop(at_hand: AtHand, on: date) -> None:
    """Close the running stop, if there is one: the clock stood until that day."""
    stop, work = running_stop(at_hand), at_hand.work
    if stop is not None:
        stop.resumed_at, stop.resumed_on, stop.resumed_by = work.now, on, work.actor.id
        work.session.flush()


def resume(at_hand: AtHand, on: date) -> None:
    """Let the clock run again as of a day: by hand today, by the job the planned end."""
    end_stop(at_hand, on)
    at_hand.move("resume", due_on=due_on(at_hand.work.session, at_hand.calendar(), at_hand.case))
    at_hand.record(facts.CaseClockResumed, basis="by_itself" if at_hand.work.actor.id is None else "by_hand")


def extend(work: Work, command: Extend) -> Case:
    """Ten working days more, once, before the deadline, by another than who works on the case (I5).

    Raises Conflict (`extended_already`, `overdue`, `no_limit`), Refused (`approve_by_another`).
    """
    at_hand = for_review(work, command.which)
    case, reason = at_hand.case, said(command.reason, "reason")
    if case.extended_days:
        raise Conflict(_l("This case was extended already: once is all."), code="extended_already")
    if case.due_days is None and case.state == "accepted":
        raise Conflict(_l("This case has no deadline."), code="no_limit")
    if case.due_on is not None and case.due_on < at_hand.today:
        raise Conflict(_l("The deadline is over. It cannot be extended any more."), code="overdue")
    if case.claimed_by == work.actor.id:
        raise Refused(
            _l("You work on this case. The extension is approved by somebody else."),
            code="approve_by_another",
        )
    later = due_on(work.session, at_hand.calendar(), case, extended=EXTENSION_DAYS)
    at_hand.move(
        "extend",
        extended_days=EXTENSION_DAYS,
        extended_by=work.actor.id,
        extension_reason=reason,
        due_on=later,
    )
    at_hand.record(facts.CaseExtended)
    return case

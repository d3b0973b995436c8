"""Accepting and declining: the department's part, at a window only under a written authority (I1, I3, I4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall import clock
from hall.intake import facts
from hall.intake.review import papers as checklist
from hall.intake.review.at_hand import Which, for_acceptance, said
from hall.intake.review.deadlines import days_of
from hall.intake.review.models import CaseNote
from hall.intake.review.turns import next_turn
from hall.intake.rules import Lacking, due

if TYPE_CHECKING:
    from datetime import date, datetime

    from hall.intake.models import Case, FilingPaper
    from hall.intake.review.at_hand import AtHand
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Accept:
    """Accept (受理); `deferral_days` is the time for deferred papers, by default that of the case."""

    which: Which
    deferral_days: int | None = None


@dataclass(frozen=True, slots=True)
class Decline:
    """Do not accept (不予受理): why, how to complain, and where to go instead."""

    which: Which
    reason: str
    remedy: str
    where_to_go: str = ""


def accept(work: Work, command: Accept) -> Case:
    """Accept a received case: its clock begins, its deferred papers have a day (I3, I5).

    Raises Conflict (`papers_missing`, wrong state), Refused (`received_it`, `no_authority`, `undertaking_broken`).
    """
    at_hand, authority = for_acceptance(work, command.which)
    accept_under(at_hand, authority, command.deferral_days)
    return at_hand.case


def accept_under(at_hand: AtHand, authority: int | None, deferral_days: int | None = None) -> None:
    """Accept the case at hand, at a window under this authority. Raises as `accept`."""
    work = at_hand.work
    papers = checklist.papers_of(work.session, at_hand.case)
    found = checklist.require_acceptable(at_hand, papers)
    basis = "deferral" if found is Lacking.DEFERRABLE else "decision"
    begin_clock(
        at_hand,
        "accept",
        papers,
        deferral_days=deferral_days,
        accepted_by=work.actor.id,
        accepted_at=work.now,
        accepted_basis=basis,
        authority_id=authority,
    )
    at_hand.record(facts.CaseAccepted, basis=basis)


def begin_clock(
    at_hand: AtHand,
    verb: str,
    papers: list[FilingPaper],
    *,
    accepted_at: datetime,
    deferral_days: int | None = None,
    **values: object,
) -> None:
    """Move it to accepted, with its deadline by the calendar; pending where that cannot be told yet (I5)."""
    case, from_day = at_hand.case, _day(at_hand, accepted_at)
    limit = due(at_hand.calendar(), from_day, days_of(case))
    days = checklist.deferral_days(limit.days, deferral_days)
    at_hand.move(
        verb, accepted_at=accepted_at, clock_from=from_day, due_days=limit.days, due_on=limit.on, **values
    )
    granted_by = at_hand.work.actor.id or case.received_by
    opened = checklist.defer(at_hand, papers, days, granted_by)
    if opened:
        case.open_deferrals = opened
        at_hand.work.session.flush()


def _day(at_hand: AtHand, at: datetime) -> date:
    return clock.business_date(at_hand.site.zone, at)


def decline(work: Work, command: Decline) -> Case:
    """Decline a received case: reason, remedy and the right address stand on its paper (I3)."""
    at_hand, _authority = for_acceptance(work, command.which)
    reason, remedy = said(command.reason, "reason"), said(command.remedy, "remedy")
    where = " ".join(command.where_to_go.split())[:300]
    at_hand.move("decline", reasons=f"{reason}\n{remedy}\n{where}", ended_at=work.now)
    at_hand.record(facts.CaseDeclined)
    next_turn(at_hand)
    return at_hand.case


def note(at_hand: AtHand, text: str) -> None:
    """Keep a note on the case."""
    work = at_hand.work
    work.session.add(CaseNote(case_id=at_hand.case.id, staff_id=work.actor.id, at=work.now, text=text))

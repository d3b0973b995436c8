"""Papers that come later: handing in, force majeure, and the end of a case whose paper did not come (I7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.calendar.rules import add_working_days
from hall.errors import Conflict, Invalid, NotFound
from hall.intake import facts
from hall.intake.models import Case, Filing, FilingPaper
from hall.intake.review.accepting import note
from hall.intake.review.at_hand import Which, by_id, for_review, for_staff, said
from hall.intake.review.clock_stops import end_stop
from hall.intake.review.models import Deferral
from hall.intake.review.turns import next_turn
from hall.intake.states import PaperState
from hall.intake.visits import count_visit

if TYPE_CHECKING:
    from hall.intake.review.at_hand import AtHand
    from hall.unit_of_work import Work

LIVE = ("open", "proposed")
FORCE_MAJEURE_DAYS = 60


@dataclass(frozen=True, slots=True)
class HandIn:
    """A deferred paper arrived at the window or the department."""

    which: Which
    paper: int


@dataclass(frozen=True, slots=True)
class ForceMajeure:
    """More time for a deferred paper, working days from today, because of what nobody could help."""

    which: Which
    paper: int
    days: int
    reason: str


@dataclass(frozen=True, slots=True)
class Terminate:
    """Sign the termination that the job proposed; `note` says how the papers went back."""

    which: Which
    note: str


def hand_in(work: Work, command: HandIn) -> Case:
    """The paper is in: for every case of the form that waits for it. After a termination it makes good (I7).

    Raises NotFound (`no_deferral`), Conflict where it is in already.
    """
    at_hand = for_staff(work, command.which)
    own = _deferral(at_hand, command.paper)
    if own.state == "broken":
        return _make_good(at_hand, own)
    if own.state not in LIVE:
        raise Conflict(_l("This paper is in already."), code="conflict")
    paper = work.session.get_one(FilingPaper, command.paper)
    paper.state, paper.handed_in_at = PaperState.PRESENT.value, work.now
    count_visit(work, work.session.get_one(Filing, at_hand.case.filing_id), went_away=True)
    shared = work.session.scalars(
        select(Deferral)
        .where(Deferral.paper_id == command.paper, Deferral.state.in_(LIVE))
        .order_by(Deferral.case_id)
    ).all()
    for deferral in shared:
        _take(at_hand if deferral.case_id == at_hand.case.id else by_id(work, deferral.case_id), deferral)
    return at_hand.case


def _take(at_hand: AtHand, deferral: Deferral) -> None:
    work = at_hand.work
    deferral.state = "in"
    deferral.handed_in_at, deferral.handed_in_to = work.now, work.actor.id
    at_hand.case.open_deferrals -= 1
    at_hand.touch()
    work.session.flush()
    at_hand.record(facts.CaseDeferralEnded, what="in")


def _make_good(at_hand: AtHand, deferral: Deferral) -> Case:
    if deferral.made_good_at is not None:
        raise Conflict(_l("This paper is in already."), code="conflict")
    deferral.made_good_at = at_hand.work.now
    at_hand.touch()
    at_hand.work.session.flush()
    at_hand.record(facts.CaseDeferralEnded, what="made_good")
    return at_hand.case


def _deferral(at_hand: AtHand, paper: int) -> Deferral:
    found = at_hand.work.session.scalar(
        select(Deferral).where(Deferral.case_id == at_hand.case.id, Deferral.paper_id == paper)
    )
    if found is None:
        raise NotFound(_l("This paper was not deferred in this case."), code="no_deferral")
    return found


def force_majeure(work: Work, command: ForceMajeure) -> Case:
    """Give a deferred paper more time (I7). Raises Invalid, Conflict where it is in or the case is over."""
    at_hand = for_review(work, command.which)
    deferral, reason = _deferral(at_hand, command.paper), said(command.reason, "reason")
    if deferral.state not in LIVE:
        raise Conflict(_l("This paper is not awaited any more."), code="conflict")
    if not 1 <= command.days <= FORCE_MAJEURE_DAYS:
        message = _l("Between 1 and %(days)s working days.", days=FORCE_MAJEURE_DAYS)
        raise Invalid(message, errors={"days": [message]})
    deferral.state, deferral.proposed_at, deferral.force_majeure = "open", None, reason
    deferral.days = command.days
    deferral.until = add_working_days(at_hand.calendar(), at_hand.today, command.days)
    at_hand.touch()
    work.session.flush()
    at_hand.record(facts.CaseDeferralEnded, what="extended")
    return at_hand.case


def terminate(work: Work, command: Terminate) -> Case:
    """Sign the termination of a case whose deferred paper did not come; the job has proposed it (I7).

    Raises Conflict (`not_proposed`): nobody ends a case whose day is not over.
    """
    at_hand = for_review(work, command.which)
    rows = live_deferrals(at_hand)
    if not [row for row in rows if row.state == "proposed"]:
        raise Conflict(_l("No termination is proposed for this case."), code="not_proposed")
    text = said(command.note, "note")
    for row in rows:
        row.state = "broken" if row.state == "proposed" else "withdrawn"
        row.ended_by, row.ended_at = work.actor.id, work.now
    at_hand.case.open_deferrals = 0
    end_stop(at_hand, at_hand.today)
    at_hand.move("terminate", ended_at=work.now)
    note(at_hand, text)
    at_hand.record(facts.CaseTerminated)
    next_turn(at_hand)
    return at_hand.case


def live_deferrals(at_hand: AtHand) -> list[Deferral]:
    """Its papers that are still awaited."""
    wanted = select(Deferral).where(Deferral.case_id == at_hand.case.id, Deferral.state.in_(LIVE))
    return list(at_hand.work.session.scalars(wanted))

"""Deciding, the second pair of eyes, the result, and the look at what one desk did alone (I1, I6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from flask_babel import lazy_gettext as _l

from hall.errors import Conflict, Invalid, Refused
from hall.intake import facts
from hall.intake.review.accepting import note
from hall.intake.review.at_hand import Which, for_review, said
from hall.intake.review.deadlines import days_taken
from hall.intake.review.turns import next_turn
from hall.intake.rules import PERMIT, SAMPLED_SHARE, may_review
from hall.intake.states import Mode

if TYPE_CHECKING:
    from datetime import date

    from hall.intake.models import Case
    from hall.intake.review.at_hand import AtHand
    from hall.unit_of_work import Work

REASONS = 2000
REFUSAL_PERMIT, REFUSAL = (
    "不予行政许可决定书",
    "不予办理决定书",
)  # what lies at the window instead of the result


@dataclass(frozen=True, slots=True)
class Decide:
    """Grant or refuse, with the reasons that stand on the decision; a refusal must have them."""

    which: Which
    decision: Literal["granted", "refused"]
    reasons: str = ""


@dataclass(frozen=True, slots=True)
class SendBack:
    """The second pair of eyes does not agree: why."""

    which: Which
    reason: str


@dataclass(frozen=True, slots=True)
class MakeReady:
    """The result is made and lies at the issue window."""

    which: Which
    name: str = ""
    number: str = ""
    valid_until: date | None = None


def decide(work: Work, command: Decide) -> Case:
    """Decide an accepted case; where the item asks for a second pair of eyes, propose (I1).

    Raises Refused (`received_it`), Invalid, Conflict: of two who decide at once, one wins.
    """
    at_hand = for_review(work, command.which)
    case = at_hand.case
    _not_who_received(at_hand)
    reasons = reasons_for(command.decision, command.reasons)
    values = {
        "decided_by": work.actor.id,
        "decided_at": work.now,
        "actual_days": days_taken(work.session, at_hand.calendar(), case, at_hand.today),
        "decision": command.decision,
        "reasons": reasons,
        **late(at_hand),
    }
    if case.second_review:
        at_hand.move("propose", **values)
        at_hand.record(facts.CaseProposed, what=command.decision)
        return case
    at_hand.move("decide", **values, sampled=sampled(case))
    at_hand.record(facts.CaseDecided, what=command.decision)
    next_turn(at_hand)
    return case


def reasons_for(decision: str, reasons: str) -> str:
    """The reasons that stand on the decision. Raises Invalid for a refusal without any."""
    return said(reasons, "reasons", REASONS) if decision == "refused" else reasons.strip()[:REASONS]


def _not_who_received(at_hand: AtHand) -> None:
    case, actor = at_hand.case, at_hand.work.actor
    if actor.id is None or not may_review(Mode(case.mode), case.received_by, actor.id):
        raise Refused(
            _l("You received this case yourself. A colleague of the department decides it."),
            code="received_it",
        )


def sampled(case: Case) -> bool:
    """One in ten of those decided where they were received: by the number, so that nobody chooses."""
    return case.mode == Mode.SAME_DESK and case.serial % (100 // SAMPLED_SHARE) == 0


def late(at_hand: AtHand) -> dict[str, date]:
    """Overdue stays in the record, also where no job looked between the deadline and the decision (I5)."""
    case = at_hand.case
    if case.due_on is None or case.overdue_since is not None or at_hand.today <= case.due_on:
        return {}
    at_hand.record(facts.CaseOverdue)
    return {"overdue_since": case.due_on + timedelta(days=1)}


def confirm(work: Work, command: Which) -> Case:
    """The second pair of eyes agrees. Raises Refused (`second_pair_of_eyes`, `received_it`)."""
    at_hand = for_review(work, command)
    case = at_hand.case
    _another(at_hand)
    _not_who_received(at_hand)
    at_hand.move("confirm", confirmed_by=work.actor.id, sampled=sampled(case), **late(at_hand))
    at_hand.record(facts.CaseDecided, what=case.decision)
    next_turn(at_hand)
    return case


def _another(at_hand: AtHand) -> None:
    if at_hand.case.decided_by == at_hand.work.actor.id:
        raise Refused(
            _l("You decided this case. A second pair of eyes is somebody else's."), code="second_pair_of_eyes"
        )


def send_back(work: Work, command: SendBack) -> Case:
    """The second pair of eyes does not agree: the case is open again, with a note why."""
    at_hand = for_review(work, command.which)
    _another(at_hand)
    reason = said(command.reason, "reason")
    at_hand.move("send_back", decided_by=None, decided_at=None, actual_days=None, decision=None, reasons=None)
    note(at_hand, reason)
    at_hand.record(facts.CaseSentBack)
    return at_hand.case


def make_ready(work: Work, command: MakeReady) -> Case:
    """The result goes to the issue window; never before every deferred paper is in (I7).

    Raises Conflict (`deferral_open`, wrong state), Invalid for a result that has run out already.
    """
    at_hand = for_review(work, command.which)
    lay_ready(at_hand, command)
    return at_hand.case


def lay_ready(at_hand: AtHand, command: MakeReady) -> None:
    """Lay the result of the case at hand ready. Raises as `make_ready`."""
    case = at_hand.case
    if case.open_deferrals:
        raise Conflict(_l("A deferred paper is not in yet. The result waits for it."), code="deferral_open")
    if command.valid_until is not None and command.valid_until < at_hand.today:
        message = _l("This day is over.")
        raise Invalid(message, errors={"valid_until": [message]})
    usual = case.result_name
    if case.decision == "refused":
        usual = REFUSAL_PERMIT if case.task_type == PERMIT else REFUSAL
    at_hand.move(
        "make_ready",
        result_name=command.name.strip()[:200] or usual,
        result_number=command.number.strip()[:80],
        result_until=command.valid_until,
        ready_at=at_hand.work.now,
    )
    at_hand.record(facts.CaseReady)


def look_at_sample(work: Work, command: Which) -> Case:
    """Another official of the department looks at a case that one desk received and decided (I1)."""
    at_hand = for_review(work, command)
    case = at_hand.case
    if not case.sampled or case.sampled_by is not None:
        raise Conflict(_l("This case is not waiting to be looked at."), code="conflict")
    if work.actor.id in {case.decided_by, case.received_by}:
        raise Refused(_l("You worked on this case. Somebody else looks at it."), code="sampled_by_another")
    case.sampled_by = work.actor.id
    at_hand.touch()
    work.session.flush()
    at_hand.record(facts.CaseSampled)
    return case

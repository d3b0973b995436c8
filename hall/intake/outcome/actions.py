"""Deciding at the window that received, under a written authority (I1, I3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hall.errors import Conflict, Refused
from hall.intake import facts
from hall.intake.outcome.queries import way_here
from hall.intake.outcome.rules import Way, Why
from hall.intake.outcome.words import WHY
from hall.intake.review.accepting import accept_under
from hall.intake.review.at_hand import Which, for_staff
from hall.intake.review.deadlines import days_taken
from hall.intake.review.deciding import MakeReady, late, lay_ready, reasons_for, sampled
from hall.intake.review.turns import next_turn

if TYPE_CHECKING:
    from datetime import date

    from hall.intake.models import Case
    from hall.intake.review.at_hand import AtHand
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Decide:
    """Grant or refuse at once; `number` and `valid_until` are the result's."""

    which: Which
    decision: Literal["granted", "refused"]
    reasons: str = ""
    number: str = ""
    valid_until: date | None = None


def decide_here(work: Work, command: Decide) -> Case:
    """Accept, decide and lay the result ready in one step; with a paper deferred it stays decided (I7).

    Raises Refused (`not_receiver`, `no_authority`, `authority_revoked`, `not_at_the_window`, `second_pair_of_eyes`),
    Conflict (`case_past`, `waits_for_its_turn`, `papers_missing`), Invalid without reasons for a refusal.
    """
    at_hand = for_staff(work, command.which)
    authority = _authorised(at_hand)
    case = at_hand.case
    reasons = reasons_for(command.decision, command.reasons)
    if case.state == "received":
        accept_under(at_hand, authority)
    at_hand.move(
        "decide",
        decided_by=work.actor.id,
        decided_at=work.now,
        actual_days=days_taken(work.session, at_hand.calendar(), case, at_hand.today),
        decision=command.decision,
        reasons=reasons,
        decision_authority_id=authority,
        sampled=sampled(case),
        **late(at_hand),
    )
    at_hand.record(facts.CaseDecided, what=command.decision, basis="authority")
    if not case.open_deferrals:
        lay_ready(at_hand, MakeReady(command.which, number=command.number, valid_until=command.valid_until))
    next_turn(at_hand)
    return case


def _authorised(at_hand: AtHand) -> int:
    """The authority under which it is decided here. Raises Refused, Conflict."""
    work, case = at_hand.work, at_hand.case
    held, way, why = way_here(work.session, case, work.actor, lock=True)
    if way is Way.DECIDE and held is not None:
        return held.id
    kind = Conflict if why in {Why.PAST, Why.WAITS} else Refused
    raise kind(WHY[why], code=why.value)

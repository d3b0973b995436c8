"""A bundle: when one case is decided or over, what it makes is there and the next one's turn has come (I6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.intake import facts
from hall.intake.filing.from_bundle import release, waits_for_paper
from hall.intake.models import Case, Filing
from hall.intake.review.at_hand import AtHand
from hall.intake.rules import next_in_turn
from hall.intake.states import OVER

if TYPE_CHECKING:
    from collections.abc import Sequence


def next_turn(at_hand: AtHand) -> None:
    """Let arrive at their departments what waited for this case: the next in order, or who needs what it makes."""
    work, filing_id = at_hand.work, at_hand.case.filing_id
    work.session.flush()
    release(work.session, at_hand.case)
    in_turn = work.session.scalar(select(Filing.in_turn).where(Filing.id == filing_id))
    cases: Sequence[Case] = work.session.scalars(
        select(Case).where(Case.filing_id == filing_id).order_by(Case.sort).with_for_update()
    ).all()
    if in_turn:
        index = next_in_turn([case.state for case in cases], over=OVER)
        next_ones = [] if index is None else [cases[index]]
    else:  # side by side, but for a paper that an earlier one makes
        waiting = [case for case in cases if case.state == "waiting_turn"]
        next_ones = [case for case in waiting if not waits_for_paper(work.session, filing_id, case.item_id)]
    for case in next_ones:
        follower = AtHand(work, case, at_hand.site)
        follower.move("arrive", arrived_at=work.now)
        follower.record(facts.CaseArrived)

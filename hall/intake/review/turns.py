"""A bundle in order: when one case is decided or over, the next one's turn has come (I6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.intake import facts
from hall.intake.models import Case, Filing
from hall.intake.review.at_hand import AtHand
from hall.intake.rules import next_in_turn
from hall.intake.states import OVER

if TYPE_CHECKING:
    from collections.abc import Sequence


def next_turn(at_hand: AtHand) -> None:
    """Let the next case of its filing arrive at its department, if it is one in order and its turn has come."""
    work, filing_id = at_hand.work, at_hand.case.filing_id
    work.session.flush()
    if not work.session.scalar(select(Filing.in_turn).where(Filing.id == filing_id)):
        return
    cases: Sequence[Case] = work.session.scalars(
        select(Case).where(Case.filing_id == filing_id).order_by(Case.sort).with_for_update()
    ).all()
    index = next_in_turn([case.state for case in cases], over=OVER)
    if index is None:
        return
    follower = AtHand(work, cases[index], at_hand.site)
    follower.move("arrive", arrived_at=work.now)
    follower.record(facts.CaseArrived)

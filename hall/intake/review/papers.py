"""The papers that a case's item asks for, and those that are handed in later (I2, I3, I7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from hall.calendar.rules import add_working_days
from hall.errors import Conflict, Invalid, Refused
from hall.intake.models import Case, FilingPaper, PaperUse
from hall.intake.review.models import Deferral
from hall.intake.rules import Checked, Lacking, lacking
from hall.intake.states import PaperState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from hall.intake.review.at_hand import AtHand

DEFERRAL_DAYS = 20
"""Longest deferral of an item without a limit of its own, working days."""


def papers_of(session: Session, case: Case) -> list[FilingPaper]:
    """The papers of the filing that this case's item asks for, in order."""
    wanted = (
        select(FilingPaper)
        .join(PaperUse, PaperUse.paper_id == FilingPaper.id)
        .where(FilingPaper.filing_id == case.filing_id, PaperUse.item_id == case.item_id)
        .order_by(FilingPaper.sort)
    )
    return list(session.scalars(wanted))


def lacking_of(papers: Sequence[FilingPaper]) -> Lacking:
    """What the checklist allows (I3)."""
    return lacking(Checked(paper.name, PaperState(paper.state), paper.deferrable) for paper in papers)


def require_acceptable(at_hand: AtHand, papers: Sequence[FilingPaper]) -> Lacking:
    """What the papers allow, where it is acceptance. Raises Conflict (`papers_missing`), Refused (I7)."""
    found = lacking_of(papers)
    if found in {Lacking.NEEDED, Lacking.UNCHECKED}:
        raise Conflict(
            _l("Papers are missing that cannot come later. Send the one-time notice."), code="papers_missing"
        )
    if found is Lacking.DEFERRABLE:
        _require_kept_promises(at_hand)
    return found


def _require_kept_promises(at_hand: AtHand) -> None:
    broken = exists().where(
        Deferral.case_id == Case.id,
        Case.applicant_id == at_hand.case.applicant_id,
        Deferral.state == "broken",
        Deferral.made_good_at.is_(None),
    )
    if at_hand.work.session.scalar(select(broken)):
        raise Refused(
            _l("An earlier undertaking was not kept. Papers cannot be deferred until it is made good."),
            code="undertaking_broken",
        )


def deferral_days(case_days: int | None, asked: int | None) -> int:
    """Working days for deferred papers: at most the case's own (I3). Raises Invalid."""
    longest = DEFERRAL_DAYS if case_days is None else case_days
    days = longest if asked is None else asked
    if not 0 <= days <= longest:
        message = _l("At most %(days)s working days: the time that the case itself has.", days=longest)
        raise Invalid(message, code="deferral_too_long", errors={"deferral_days": [message]})
    return days


def defer(at_hand: AtHand, papers: Sequence[FilingPaper], days: int, granted_by: int) -> int:
    """Make a deferral of each deferred paper; answers how many are open."""
    until = add_working_days(at_hand.calendar(), at_hand.today, days)
    rows = [
        Deferral(
            case_id=at_hand.case.id,
            paper_id=paper.id,
            days=days,
            until=until,
            granted_by=granted_by,
            granted_at=at_hand.work.now,
        )
        for paper in papers
        if paper.state == PaperState.DEFERRED
    ]
    at_hand.work.session.add_all(rows)
    return len(rows)


def set_states(papers: Sequence[FilingPaper], states: dict[int, str], at_hand: AtHand) -> None:
    """What was found of papers. Raises Invalid for a foreign paper, or one that may not be deferred."""
    known = {paper.id: paper for paper in papers}
    for paper_id, state in states.items():
        paper = known.get(paper_id)
        if paper is None:
            raise Invalid(_l("This paper does not belong to this case."), code="unknown_paper")
        if state == PaperState.DEFERRED and not paper.deferrable:
            raise Invalid(_l("This paper cannot be handed in later."), code="not_deferrable")
        if state in {PaperState.PRESENT, PaperState.CORRECTED} and paper.state != state:
            paper.handed_in_at = at_hand.work.now
        paper.state = PaperState(state).value

"""What may be done at once with the cases of a form, for the closing screen of its window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.intake.authorities.held import authority_of, was_revoked
from hall.intake.models import Case
from hall.intake.outcome.rules import Facing, Way, Why, way_of
from hall.intake.review.papers import lacking_of, papers_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.actor import Actor
    from hall.intake.models import AcceptanceAuthority


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """How one case goes on. `why` is a word of `Why`, `lacks` one of `Lacking`; `document` the authority's number."""

    nonce: bytes
    number: str
    revision: int
    state: str
    decision: str
    way: str
    why: str
    document: str
    lacks: str


def outcomes(session: Session, filing_id: int, actor: Actor) -> tuple[OutcomeView, ...]:
    """The cases of a form in order, each with what its reader may do now."""
    cases = session.scalars(select(Case).where(Case.filing_id == filing_id).order_by(Case.sort)).all()
    return tuple(_outcome(session, case, actor) for case in cases)


def way_here(
    session: Session, case: Case, actor: Actor, *, lock: bool = False
) -> tuple[AcceptanceAuthority | None, Way, Why]:
    """The authority in force under which its receiver may go on here, if any, how the case goes on, and why so."""
    own = case.received_by == actor.id
    held = authority_of(session, actor.id, case.item_id, lock=lock) if own else None
    facing = Facing(
        case.state,
        case.mode,
        case.second_review,
        case.received_by,
        case.accepted_by,
        case.claimed_by,
        actor.id,
        authority=held is not None,
        revoked=held is None and own and was_revoked(session, actor.id, case.item_id),
    )
    return held, *way_of(facing)


def _outcome(session: Session, case: Case, actor: Actor) -> OutcomeView:
    held, way, why = way_here(session, case, actor)
    here = way in {Way.DECIDE, Way.ACCEPT}
    return OutcomeView(
        case.nonce,
        case.number,
        case.revision,
        case.state,
        case.decision or "",
        way.value,
        why.value,
        held.document if held is not None and here else "",
        str(lacking_of(papers_of(session, case))) if here else "",
    )

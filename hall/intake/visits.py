"""How often a form's applicant had to come: the receipt, and each later visit once (I11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from hall import clock
from hall.intake.issuing.queries import ticket_at_hand
from hall.intake.models import Filing, FilingVisit
from hall.queueing.models import Ticket
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date

    from hall.unit_of_work import Work


def count_visit(work: Work, filing: Filing, ticket_id: int | None = None, *, went_away: bool = False) -> None:
    """The applicant is here: one visit more, however much is done in it (I11).

    A visit is a number (all numbers of one slip together, Q13); without a number at hand, a day: that of the receipt
    only where the applicant `went_away` for papers meanwhile.
    """
    zone = work.session.get_one(Site, filing.site_id).zone
    day = clock.business_date(zone, work.now)
    if ticket_id is None:
        at_hand = ticket_at_hand(work.session, work.actor.id)
        ticket_id = at_hand.id if at_hand else None
    if ticket_id:
        known = _known(work, filing, ticket_id)
    else:
        begun = filing.received_at is not None and clock.business_date(zone, filing.received_at) == day
        known = (begun and not went_away) or _came_on(work, filing, day)
    if known:
        return
    work.session.add(FilingVisit(filing_id=filing.id, ticket_id=ticket_id, day=day))
    filing.visits += 1
    work.session.flush()


def _known(work: Work, filing: Filing, ticket_id: int) -> bool:
    """Whether this number, or another on its slip, is that of the receipt or of a visit counted already."""
    ticket = work.session.get_one(Ticket, ticket_id)
    own = Ticket.visit_id == ticket.visit_id if ticket.visit_id else Ticket.id == ticket.id
    slip = set(work.session.scalars(select(Ticket.id).where(own)))
    counted = select(FilingVisit.ticket_id).where(FilingVisit.filing_id == filing.id)
    return bool(slip & {filing.ticket_id, *work.session.scalars(counted)})


def _came_on(work: Work, filing: Filing, day: date) -> bool:
    that_day = select(FilingVisit.id).where(FilingVisit.filing_id == filing.id, FilingVisit.day == day)
    return work.session.scalars(that_day.limit(1)).first() is not None

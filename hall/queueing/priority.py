"""Priority given after the ticket was drawn, at reception or at the window, on a word or a document (Q4)."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import facts
from hall.accounts.access import of_site
from hall.catalog.models import Line
from hall.errors import Conflict
from hall.queueing import queries, rules
from hall.queueing.actions import ticket_fact
from hall.queueing.models import NEXT_REVISION, Ticket
from hall.queueing.queries import TicketView
from hall.queueing.states import TICKET_MOVES
from hall.sites import Site
from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class GivePriority:
    """A ticket's checked nonce, and the ground from `rules.PRIORITY_REASONS`."""

    nonce: bytes | None
    reason: str


def give_priority(work: Work, command: GivePriority) -> TicketView:
    """Move a waiting ticket to the priority lane; other matters of the same visit follow, it is the same person.

    Its place is that of Q3. Raises NotFound, Refused (another hall), Conflict (not waiting, or priority already).
    """
    ticket = queries.ticket_by_nonce(work.session, command.nonce)
    of_site(work.actor, ticket.site_id)
    if ticket.lane == "priority":
        raise Conflict(_l("This number is in the priority lane already."), code="already_priority")
    if ticket.state != "waiting":
        raise Conflict(
            _l("Priority can be given while the number waits; it no longer does."), code="conflict"
        )
    site = work.session.get_one(Site, ticket.site_id)
    for each in (ticket, *_other_matters(work, ticket)):
        _prioritise(work, each, site, command.reason)
    return queries.ticket_view(work.session, ticket)


def _other_matters(work: Work, ticket: Ticket) -> list[Ticket]:
    if ticket.visit_id is None:
        return []
    found = work.session.scalars(
        select(Ticket)
        .where(
            Ticket.visit_id == ticket.visit_id,
            Ticket.id != ticket.id,
            Ticket.state == "waiting",
            Ticket.lane == "ordinary",
        )
        .order_by(Ticket.id)
    )
    return list(found)


def _prioritise(work: Work, ticket: Ticket, site: Site, reason: str) -> None:
    head_start = site.settings.priority_head_start_min
    place = rules.priority_place(ticket.basis, ticket.issued_at, ticket.place, head_start)
    work.move(
        TICKET_MOVES,
        ticket,
        "prioritise",
        lane="priority",
        lane_reason=reason,
        place=place,
        basis=ticket.basis if ticket.basis in {"rejoined", "later"} else "priority",
        revision=NEXT_REVISION,
    )
    line = work.session.get_one(Line, ticket.line_id)
    work.record(ticket_fact(facts.PriorityGiven, ticket, site, line, reason=reason))

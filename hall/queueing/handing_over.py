"""Handover of what is on hold to a colleague's window (Q14, A/B岗)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import facts
from hall.catalog.models import Line, Window
from hall.errors import Conflict, Invalid
from hall.queueing import queries, window_queries
from hall.queueing.actions import ticket_fact
from hall.queueing.at_window import add_note
from hall.queueing.models import NEXT_REVISION, Staffing, Ticket
from hall.queueing.staffing import AtWindow, Desk, staffed, window_for
from hall.queueing.states import TICKET_MOVES
from hall.queueing.window_queries import WindowView
from hall.unit_of_work import Work


def hand_over(work: Work, command: AtWindow) -> WindowView:
    """All tickets on hold here, with their originals, go to another staffed window of the hall.

    Raises Invalid (no such window, or this one), Conflict (nobody there, nothing on hold).
    """
    desk = window_for(work, command.window)
    staffed(desk)
    target = _target(work, desk, command.to_window or "")
    tickets = work.session.scalars(
        select(Ticket)
        .where(
            Ticket.business_date == queries.today(desk.site, work.now),
            Ticket.site_id == desk.site.id,
            Ticket.window_id == desk.window.id,
            Ticket.state == "held",
        )
        .order_by(Ticket.held_at, Ticket.id)
    ).all()
    if not tickets:
        raise Conflict(_l("Nothing is on hold here."), code="nothing_held")
    for ticket in tickets:
        work.move(TICKET_MOVES, ticket, "hand_over", window_id=target.id, revision=NEXT_REVISION)
        add_note(work, ticket, command.note)
        line = work.session.get_one(Line, ticket.line_id)
        fact = ticket_fact(
            facts.TicketHeld,
            ticket,
            desk.site,
            line,
            window=desk.window.code,
            to_window=target.code,
            reason="handed_over",
        )
        work.record(fact)
    work.record(
        facts.HeldHandedOver(
            site_id=desk.site.id,
            site=desk.site.code,
            window=desk.window.code,
            to_window=target.code,
            count=len(tickets),
        )
    )
    work.session.flush()
    return window_queries.window_view(work.session, desk.window, desk.site, work.now)


def _target(work: Work, desk: Desk, code: str) -> Window:
    target = work.session.scalar(
        select(Window).where(Window.code == code, Window.site_id == desk.site.id, Window.retired_at.is_(None))
    )
    if target is None or target.id == desk.window.id:
        said = _l("Choose another window of this hall.")
        raise Invalid(said, code="unknown_window", errors={"to_window": [said]})
    there = select(Staffing.id).where(Staffing.window_id == target.id, Staffing.closed_at.is_(None))
    if work.session.scalar(there) is None:
        raise Conflict(_l("Nobody is at that window now."), code="window_closed")
    return target

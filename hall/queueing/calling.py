"""Calling: the next in order, or somebody chosen with a reason (Q2, Q3, Q5, Q7)."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from hall import facts
from hall.catalog.models import Line
from hall.errors import Conflict, Invalid
from hall.queueing import queries, rules
from hall.queueing.at_window import add_note
from hall.queueing.counts import WAITS
from hall.queueing.matters import freeze_others
from hall.queueing.models import NEXT_REVISION, Ticket
from hall.queueing.queries import TicketView
from hall.queueing.staffing import AtWindow, Desk, free, known_reason, window_for
from hall.queueing.states import TICKET_MOVES
from hall.queueing.waiting_list import service_of
from hall.statements import Copies
from hall.unit_of_work import LostRace, Work


def call_next(work: Work, command: AtWindow) -> TicketView | None:
    """Call the next in order (Q2, Q3, Q5); None when nobody waits."""
    desk = window_for(work, command.window)
    free(desk)
    day = queries.today(desk.site, work.now)
    service = service_of(work.session, desk.window.id, desk.site, day, work.now)
    choice = service.first(work.session)
    if choice is None:
        return None
    ticket, line = _lock(work, choice)
    return _call(work, desk, ticket, line, None, choice.because)


# Every press runs one of them
_FREE = WAITS, Ticket.frozen.is_(False)
_THIS = Copies(
    select(Ticket, Line)
    .join(Line, Line.id == Ticket.line_id)
    .where(Ticket.id == bindparam("ticket"), *_FREE)
    .with_for_update(of=Ticket),
    Ticket,
    Line,
)
_head = aliased(Ticket)
_FIRST_FREE = Copies(
    select(Ticket, Line)
    .join(Line, Line.id == Ticket.line_id)
    .where(
        *_FREE,
        Ticket.line_id == bindparam("line"),
        Ticket.reserved_window_id.is_(None),
        Ticket.place >= bindparam("place"),
        Ticket.business_date
        == select(_head.business_date).where(_head.id == bindparam("ticket")).scalar_subquery(),
    )
    .order_by(Ticket.place, Ticket.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=Ticket),
    Ticket,
    Line,
)


def _lock(work: Work, choice: rules.Choice) -> tuple[Ticket, Line]:
    """The chosen ticket; on PostgreSQL the first of its line that nobody else is taking just now.

    The lock also waits for whoever freezes it, because another matter of its visit is called at this moment (Q13).
    """
    many = work.session.get_bind().dialect.name == "postgresql" and choice.because != "reserved"
    head = choice.head
    given = {"ticket": head.ticket_id, **({"line": head.line_id, "place": head.place} if many else {})}
    found = (_FIRST_FREE if many else _THIS).first(work.session, given)
    if found is None and many:  # all are being taken, as at the end of the day: wait until that is done
        found = _THIS.first(work.session, {"ticket": head.ticket_id})
    if found is None:
        raise LostRace
    return found[0], found[1]


def call_chosen(work: Work, command: AtWindow) -> TicketView:
    """Call out of order, with a reason that the journal keeps (Q7)."""
    desk = window_for(work, command.window)
    known_reason(command.reason, desk.site.settings.call_reasons)
    if command.reason == "other" and not command.note.strip():
        said = _l("Say in a few words why.")
        raise Invalid(said, code="note_missing", errors={"note": [said]})
    free(desk)
    ticket = queries.ticket_by_number(
        work.session, desk.site, queries.today(desk.site, work.now), command.ticket
    )
    work.session.refresh(ticket, with_for_update=True)
    if ticket.frozen:
        raise Conflict(_l("This person is being served at another window."), code="ticket_frozen")
    add_note(work, ticket, command.note)
    line = work.session.get_one(Line, ticket.line_id)
    return _call(work, desk, ticket, line, command.reason, "chosen")


def _call(  # noqa: PLR0917 - who is called, from which line, where and why
    work: Work, desk: Desk, ticket: Ticket, line: Line, reason: str | None, because: str
) -> TicketView:
    why = rules.why_here(ticket.basis, ticket.issued_at, ticket.place)
    waited = int((work.now - ticket.issued_at) / timedelta(minutes=1))
    work.move(
        TICKET_MOVES,
        ticket,
        "call",
        window_id=desk.window.id,
        staff_id=work.actor.id,
        reserved_window_id=None,
        first_called_at=ticket.first_called_at or work.now,
        called_at=work.now,
        counted_at=work.now,
        counted_calls=1,
        times_called=1,
        call_reason=reason,
        revision=NEXT_REVISION,
    )
    freeze_others(work, ticket)
    work.record(
        facts.TicketCalled(
            site_id=desk.site.id,
            site=desk.site.code,
            ticket_id=ticket.id,
            number=ticket.number,
            line=line.code,
            window=desk.window.code,
            reason=reason,
            because=because,
            basis=why.key,
            ahead_min=why.minutes,
            waited_min=waited,
        )
    )
    return queries.view_of(work.session, ticket, desk.site, line, desk.window)

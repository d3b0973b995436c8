"""What a clerk does with the person at the window: announce again, start, hold, resume. One verb a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, insert, select

from hall import facts
from hall.catalog.models import Line
from hall.errors import Conflict
from hall.queueing import queries, rules
from hall.queueing.actions import ticket_fact
from hall.queueing.models import NEXT_REVISION, Ticket, TicketNote
from hall.queueing.queries import TicketView
from hall.queueing.staffing import (
    AtWindow,
    Desk,
    free,
    has_clerk,
    known_reason,
    staffed,
    who_is_at,
    window_for,
)
from hall.queueing.states import TICKET_MOVES
from hall.statements import Copies
from hall.unit_of_work import Work

_following: list[Callable[[Work, int, int], object]] = []


def recall(work: Work, command: AtWindow) -> TicketView:
    """Announce again; it counts towards passing only 20 s after the last that counted (Q6)."""
    desk, ticket, line = present(work, command)
    ticket = who_is_at(work, desk.window.id) or ticket  # what another press has counted meanwhile, counts
    if ticket.state == "called" and rules.is_double_press(ticket.called_at, work.now):
        return queries.view_of(work.session, ticket, desk.site, line, desk.window)
    more: dict[str, Any] = {}
    if rules.counts_as_call(ticket.counted_at, work.now, desk.site.settings.recall_gap_s):
        more = {"counted_calls": Ticket.counted_calls + 1, "counted_at": work.now}
    return step(
        work,
        desk,
        ticket,
        line,
        "recall",
        facts.TicketRecalled,
        called_at=work.now,
        times_called=Ticket.times_called + 1,
        **more,
    )


def when_started(action: Callable[[Work, int, int], object]) -> None:
    """Let `action(work, ticket_id, window_id)` happen in the unit of work in which a service begins or goes on."""
    if action not in _following:
        _following.append(action)


def start(work: Work, command: AtWindow) -> TicketView:
    """The person has arrived at the window."""
    desk, ticket, line = present(work, command)
    view = step(work, desk, ticket, line, "start", facts.ServingStarted, started_at=work.now)
    _follow(work, ticket, desk)
    return view


def _follow(work: Work, ticket: Ticket, desk: Desk) -> None:
    for action in _following:
        action(work, ticket.id, desk.window.id)


def hold(work: Work, command: AtWindow) -> TicketView:
    """Set aside with a reason; the window is free for the next."""
    desk, ticket, line = present(work, command)
    known_reason(command.reason, desk.site.settings.hold_reasons)
    add_note(work, ticket, command.note)
    return step(
        work,
        desk,
        ticket,
        line,
        "hold",
        facts.TicketHeld,
        command.reason,
        held_at=work.now,
        hold_reason=command.reason,
    )


def resume(work: Work, command: AtWindow) -> TicketView:
    """Take up a held ticket again; one on hold at a colleague's window only when nobody is there."""
    desk = window_for(work, command.window)
    free(desk)
    ticket = queries.ticket_by_number(
        work.session, desk.site, queries.today(desk.site, work.now), command.ticket
    )
    if ticket.state == "held" and ticket.window_id != desk.window.id and has_clerk(work, ticket.window_id):
        raise Conflict(
            _l("A colleague keeps this number on hold. Ask for a handover."), code="held_elsewhere"
        )
    line = work.session.get_one(Line, ticket.line_id)
    view = step(
        work,
        desk,
        ticket,
        line,
        "resume",
        facts.TicketResumed,
        window_id=desk.window.id,
        staff_id=work.actor.id,
        held_at=None,
        hold_reason=None,
        started_at=ticket.started_at or work.now,
    )
    _follow(work, ticket, desk)
    return view


def add_note(work: Work, ticket: Ticket, text: str) -> None:
    """Keep what the clerk wrote, for colleagues; it belongs to the journal's entry of this moment."""
    said = text.strip()
    if said:
        row = {"ticket_id": ticket.id, "at": work.now, "staff_id": work.actor.id, "text": said}
        work.session.execute(insert(TicketNote), row)


def step(  # noqa: PLR0917 - what every verb at a window needs
    work: Work,
    desk: Desk,
    ticket: Ticket,
    line: Line,
    verb: str,
    fact: type[facts.TicketFact],
    reason: str | None = None,
    **values: Any,  # noqa: ANN401 - column values
) -> TicketView:
    """One move of the ticket at a window, with its fact."""
    work.move(TICKET_MOVES, ticket, verb, revision=NEXT_REVISION, **values)
    work.record(ticket_fact(fact, ticket, desk.site, line, window=desk.window.code, reason=reason))
    return queries.view_of(work.session, ticket, desk.site, line, desk.window)


def present(work: Work, command: AtWindow) -> tuple[Desk, Ticket, Line]:
    """Window, ticket and line of whoever is at this window. Raises Conflict where nobody is."""
    desk = window_for(work, command.window)
    staffed(desk)
    ticket = desk.ticket
    if ticket is None:
        raise Conflict(_l("Nobody is at this window."), code="window_empty")
    found = _LINE.first(work.session, {"line": ticket.line_id})
    assert found is not None  # noqa: S101 - narrows the type; a ticket has its line
    return desk, ticket, found[0]


_LINE = Copies(select(Line).where(Line.id == bindparam("line")), Line)

"""How a person leaves a window: to another line or window, passed because nobody came, or finished."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select

from hall import facts
from hall.catalog.models import Line, ServiceItem, Window
from hall.errors import Conflict, Invalid, NotFound
from hall.queueing import queries, rules
from hall.queueing.at_window import add_note, present, step
from hall.queueing.claims import move_claim, release_claim
from hall.queueing.in_use import is_in_use, line_to_wait_in
from hall.queueing.matters import freeze_others, unfreeze, visit_is_busy
from hall.queueing.models import NEXT_REVISION, FinishedItem, Ticket
from hall.queueing.queries import TicketView
from hall.queueing.staffing import AtWindow, Desk, free, has_clerk, window_for
from hall.queueing.states import TICKET_MOVES
from hall.unit_of_work import Work


def transfer(work: Work, command: AtWindow) -> TicketView:
    """Move to another line or to a window; place and number kept (Q3)."""
    desk, ticket, line = present(work, command)
    target, reserved = line, None
    if command.to_window:
        found = work.session.scalar(
            select(Window).where(Window.code == command.to_window, Window.site_id == desk.site.id)
        )
        if found is None:
            raise NotFound(_l("There is no such window."), code="unknown_window")
        reserved = found.id
    else:
        target = line_to_wait_in(work, desk.site.id, command.line)
    work.move(
        TICKET_MOVES,
        ticket,
        "transfer",
        line_id=target.id,
        window_id=None,
        reserved_window_id=reserved,
        basis="transferred",
        started_at=None,
        frozen=False,
        revision=NEXT_REVISION,
    )
    # Asked when the ticket points there: from here on whoever closes that window waits, and sends it back to its line
    if reserved is not None and not has_clerk(work, reserved):
        raise Conflict(_l("Nobody is at that window now."), code="window_closed")
    move_claim(work, ticket, target.id)
    unfreeze(work, ticket)
    add_note(work, ticket, command.note)
    work.record(
        facts.TicketTransferred(
            site_id=desk.site.id,
            site=desk.site.code,
            ticket_id=ticket.id,
            number=ticket.number,
            line=target.code,
            window=desk.window.code,
            other_line=line.code,
            to_window=command.to_window,
        )
    )
    return queries.view_of(work.session, ticket, desk.site, target, None)


def pass_over(work: Work, command: AtWindow) -> TicketView:
    """Nobody came: pass (Q6). Refused before three announcements at least 20 s apart."""
    desk, ticket, line = present(work, command)
    settings = desk.site.settings
    if ticket.state == "called" and ticket.counted_calls < settings.max_calls:
        raise Conflict(
            _l(
                "Call %(calls)s times, at least %(gap)s seconds apart, before passing.",
                calls=settings.max_calls,
                gap=settings.recall_gap_s,
            ),
            code="too_early_to_pass",
        )
    view = step(work, desk, ticket, line, "pass", facts.TicketPassed, passed_at=work.now)
    unfreeze(work, ticket)
    return view


def undo_pass(work: Work, command: AtWindow) -> TicketView:
    """Take the last pass back within a minute while the window is empty (Q6)."""
    desk = window_for(work, command.window)
    free(desk)
    ticket = work.session.scalar(
        select(Ticket)
        .where(
            Ticket.site_id == desk.site.id,
            Ticket.business_date == queries.today(desk.site, work.now),
            Ticket.window_id == desk.window.id,
            Ticket.state == "passed",
        )
        .order_by(Ticket.passed_at.desc())
        .limit(1)
        .with_for_update()  # its person may be drawing anew at this moment (Q8)
    )
    limit = timedelta(seconds=desk.site.settings.undo_pass_s)
    if ticket is None or ticket.passed_at is None or work.now - ticket.passed_at > limit:
        raise Conflict(_l("There is no pass to take back."), code="nothing_to_undo")
    if ticket.given_up_at is not None:
        raise Conflict(_l("This person has drawn a new number meanwhile."), code="number_given_up")
    line = work.session.get_one(Line, ticket.line_id)
    if not is_in_use(work, line):  # the ticket stays passed, and the manager's line stays gone
        raise Conflict(
            _l(
                "The line of this number was taken out of use meanwhile. Please draw a new number for this person."
            ),
            code="line_retired",
        )
    if visit_is_busy(work, ticket):
        raise Conflict(_l("This person is being served at another window."), code="ticket_frozen")
    view = step(work, desk, ticket, line, "undo_pass", facts.PassUndone, passed_at=None)
    freeze_others(work, ticket)
    return view


def finish(work: Work, command: AtWindow) -> TicketView:
    """Service ended, with its outcome and what was done."""
    desk, ticket, line = present(work, command)
    if command.outcome not in rules.OUTCOMES:
        said = _l("Choose one of the outcomes.")
        raise Invalid(said, errors={"outcome": [said]})
    _count_items(work, desk, ticket, command.items)
    view = step(
        work,
        desk,
        ticket,
        line,
        "finish",
        facts.TicketFinished,
        command.outcome,
        ended_at=work.now,
        outcome=command.outcome,
    )
    release_claim(work, ticket)
    unfreeze(work, ticket)
    return view


def _count_items(work: Work, desk: Desk, ticket: Ticket, items: tuple[tuple[str, int], ...]) -> None:
    """What was done, an item once: the same code twice is counted together."""
    counts: dict[int, int] = {}
    for code, count in items:
        item_id = work.session.scalar(
            select(ServiceItem.id).where(ServiceItem.site_id == desk.site.id, ServiceItem.code == code)
        )
        if item_id is None:
            said = _l("There is no such item.")
            raise Invalid(said, code="unknown_item", errors={"items": [said]})
        counts[item_id] = counts.get(item_id, 0) + count
    for item_id, count in counts.items():
        work.session.execute(
            insert(FinishedItem), {"ticket_id": ticket.id, "item_id": item_id, "count": count}
        )

"""What a clerk does at a window: open, call, serve, hold, transfer, pass, finish. One verb a function."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import aliased

from hall import facts
from hall.catalog.models import Line, ServiceItem, Window
from hall.errors import Conflict, Invalid, NotFound
from hall.queueing import queries, rules
from hall.queueing.actions import ticket_fact
from hall.queueing.claims import move_claim, release_claim
from hall.queueing.counts import WAITS
from hall.queueing.matters import freeze_others, unfreeze, visit_is_busy
from hall.queueing.models import NEXT_REVISION, FinishedItem, Ticket, TicketNote
from hall.queueing.queries import TicketView
from hall.queueing.staffing import AtWindow, Desk, free, has_clerk, known_reason, staffed, window_for
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


def recall(work: Work, command: AtWindow) -> TicketView:
    """Announce again; it counts towards passing only 20 s after the last that counted (Q6)."""
    desk, ticket, line = _at_hand(work, command)
    if ticket.state == "called" and rules.is_double_press(ticket.called_at, work.now):
        return queries.view_of(work.session, ticket, desk.site, line, desk.window)
    more: dict[str, Any] = {}
    if rules.counts_as_call(ticket.counted_at, work.now, desk.site.settings.recall_gap_s):
        more = {"counted_calls": Ticket.counted_calls + 1, "counted_at": work.now}
    return _step(
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


def start(work: Work, command: AtWindow) -> TicketView:
    """The person has arrived at the window."""
    desk, ticket, line = _at_hand(work, command)
    return _step(work, desk, ticket, line, "start", facts.ServingStarted, started_at=work.now)


def hold(work: Work, command: AtWindow) -> TicketView:
    """Set aside with a reason; the window is free for the next."""
    desk, ticket, line = _at_hand(work, command)
    known_reason(command.reason, desk.site.settings.hold_reasons)
    add_note(work, ticket, command.note)
    return _step(
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
    return _step(
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


def transfer(work: Work, command: AtWindow) -> TicketView:
    """Move to another line or to a window; place and number kept (Q3)."""
    desk, ticket, line = _at_hand(work, command)
    target, reserved = line, None
    if command.to_window:
        found = work.session.scalar(
            select(Window).where(Window.code == command.to_window, Window.site_id == desk.site.id)
        )
        if found is None:
            raise NotFound(_l("There is no such window."), code="unknown_window")
        if not has_clerk(work, found.id):
            raise Conflict(_l("Nobody is at that window now."), code="window_closed")
        reserved = found.id
    else:
        to = work.session.scalar(
            select(Line).where(
                Line.code == command.line, Line.site_id == desk.site.id, Line.retired_at.is_(None)
            )
        )
        if to is None:
            raise NotFound(_l("There is no such line."), code="unknown_line")
        target = to
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
    desk, ticket, line = _at_hand(work, command)
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
    view = _step(work, desk, ticket, line, "pass", facts.TicketPassed, passed_at=work.now)
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
    if visit_is_busy(work, ticket):
        raise Conflict(_l("This person is being served at another window."), code="ticket_frozen")
    view = _step(work, desk, ticket, line, "undo_pass", facts.PassUndone, passed_at=None)
    freeze_others(work, ticket)
    return view


def finish(work: Work, command: AtWindow) -> TicketView:
    """Service ended, with its outcome and what was done."""
    desk, ticket, line = _at_hand(work, command)
    if command.outcome not in rules.OUTCOMES:
        said = _l("Choose one of the outcomes.")
        raise Invalid(said, errors={"outcome": [said]})
    _count_items(work, desk, ticket, command.items)
    view = _step(
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


def add_note(work: Work, ticket: Ticket, text: str) -> None:
    """Keep what the clerk wrote, for colleagues; it belongs to the journal's entry of this moment."""
    said = text.strip()
    if said:
        row = {"ticket_id": ticket.id, "at": work.now, "staff_id": work.actor.id, "text": said}
        work.session.execute(insert(TicketNote), row)


def _step(  # noqa: PLR0917 - what every verb at a window needs
    work: Work,
    desk: Desk,
    ticket: Ticket,
    line: Line,
    verb: str,
    fact: type[facts.TicketFact],
    reason: str | None = None,
    **values: Any,  # noqa: ANN401 - column values
) -> TicketView:
    work.move(TICKET_MOVES, ticket, verb, revision=NEXT_REVISION, **values)
    work.record(ticket_fact(fact, ticket, desk.site, line, window=desk.window.code, reason=reason))
    return queries.view_of(work.session, ticket, desk.site, line, desk.window)


def _at_hand(work: Work, command: AtWindow) -> tuple[Desk, Ticket, Line]:
    desk = window_for(work, command.window)
    staffed(desk)
    ticket = desk.ticket
    if ticket is None:
        raise Conflict(_l("Nobody is at this window."), code="window_empty")
    found = _LINE.first(work.session, {"line": ticket.line_id})
    assert found is not None  # noqa: S101 - narrows the type; a ticket has its line
    return desk, ticket, found[0]


_LINE = Copies(select(Line).where(Line.id == bindparam("line")), Line)

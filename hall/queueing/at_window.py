"""What a clerk does at a window: open, call, serve, hold, transfer, pass, finish. One verb a function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, update

from hall import facts
from hall.catalog.models import Line, ServiceItem, Window
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.queueing import queries, rules
from hall.queueing.actions import release_claim, ticket_fact, unfreeze
from hall.queueing.models import FinishedItem, Staffing, Ticket
from hall.queueing.queries import TicketView, WindowView
from hall.queueing.states import AT_WINDOW, TICKET_MOVES
from hall.sites import Site
from hall.unit_of_work import LostRace, Work


@dataclass(frozen=True, slots=True)
class AtWindow:
    """A clerk's command at a window; which of the fields matter depends on the verb."""

    window: str
    ticket: str = ""
    reason: str = ""
    note: str = ""
    line: str | None = None
    to_window: str | None = None
    outcome: str = "done"
    items: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """The window with its site and who holds it."""

    window: Window
    site: Site
    staffing: Staffing | None


def window_for(work: Work, code: str) -> Desk:
    """The window, if this clerk works at it. Raises NotFound, Refused (403)."""
    window = work.session.scalar(select(Window).where(Window.code == code, Window.retired_at.is_(None)))
    if window is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    actor = work.actor
    elsewhere = not actor.every_site and actor.site_id != window.site_id
    if elsewhere or (actor.window_id is not None and actor.window_id != window.id):
        raise Refused(_l("This is not your window."), code="not_your_window")
    staffing = work.session.scalar(
        select(Staffing).where(Staffing.window_id == window.id, Staffing.closed_at.is_(None))
    )
    if staffing is not None and staffing.staff_id != actor.id:
        raise Conflict(_l("A colleague is working at this window."), code="window_held")
    return Desk(window, work.session.get_one(Site, window.site_id), staffing)


def open_window(work: Work, command: AtWindow) -> WindowView:
    """Open, or come back from a pause. Raises Conflict where a colleague holds it."""
    desk = window_for(work, command.window)
    if desk.staffing is None:
        row = Staffing(
            window_id=desk.window.id, staff_id=work.actor.id, state="open", since=work.now, opened_at=work.now
        )
        work.session.add(row)
        work.record(_window_fact(facts.WindowOpened, desk))
    elif desk.staffing.state != "open":
        desk.staffing.state, desk.staffing.reason, desk.staffing.since = "open", None, work.now
        work.record(_window_fact(facts.WindowOpened, desk))
    work.session.flush()
    return queries.window_view(work.session, desk.window, desk.site, work.now)


def pause(work: Work, command: AtWindow) -> WindowView:
    """Pause with a reason from the site's list (Q14)."""
    desk = window_for(work, command.window)
    staffing = _staffed(desk)
    _known_reason(command.reason, desk.site.settings.pause_reasons)
    staffing.state, staffing.reason, staffing.since = "paused", command.reason, work.now
    work.record(_window_fact(facts.WindowPaused, desk, reason=command.reason))
    work.session.flush()
    return queries.window_view(work.session, desk.window, desk.site, work.now)


def close(work: Work, command: AtWindow) -> WindowView:
    """Close; refused while somebody is at the window."""
    desk = window_for(work, command.window)
    staffing = _staffed(desk)
    if _current(work, desk) is not None:
        raise Conflict(_l("Finish the present ticket first."), code="window_busy")
    staffing.state, staffing.closed_at, staffing.since = "closed", work.now, work.now
    work.record(_window_fact(facts.WindowClosed, desk))
    work.session.flush()
    return queries.window_view(work.session, desk.window, desk.site, work.now)


def call_next(work: Work, command: AtWindow) -> TicketView | None:
    """Call the next in order (Q2, Q3, Q5); None when nobody waits."""
    desk = window_for(work, command.window)
    _free(work, desk)
    day = queries.today(desk.site, work.now)
    lines = queries.served_lines(work.session, desk.window.id, work.now)
    default = desk.site.settings.target_min
    choice = rules.choose(
        queries.heads(work.session, [row.id for row in lines], day),
        frozenset(row.id for row in lines if row.preferred),
        {row.id: row.target_min or default for row in lines},
        work.now,
        reserved=queries.reserved_head(work.session, desk.window.id, day),
    )
    if choice is None:
        return None
    ticket = _lock(work, choice)
    return _call(work, desk, ticket, None)


def _lock(work: Work, choice: rules.Choice) -> Ticket:
    """The chosen ticket; on PostgreSQL the first of its line that nobody else is taking just now."""
    wanted = select(Ticket).where(Ticket.id == choice.head.ticket_id)
    if work.session.get_bind().dialect.name == "postgresql" and choice.because != "reserved":
        wanted = (
            select(Ticket)
            .where(
                Ticket.line_id == choice.head.line_id,
                Ticket.state == "waiting",
                Ticket.frozen.is_(False),
                Ticket.reserved_window_id.is_(None),
                Ticket.place >= choice.head.place,
                Ticket.business_date == select(Ticket.business_date)
                .where(Ticket.id == choice.head.ticket_id)
                .scalar_subquery(),
            )
            .order_by(Ticket.place, Ticket.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    found = work.session.scalar(wanted)
    if found is None:
        raise LostRace
    return found


def call_chosen(work: Work, command: AtWindow) -> TicketView:
    """Call out of order, with a reason that the journal keeps (Q7)."""
    desk = window_for(work, command.window)
    _known_reason(command.reason, desk.site.settings.call_reasons)
    if command.reason == "other" and not command.note.strip():
        said = _l("Say in a few words why.")
        raise Invalid(said, code="note_missing", errors={"note": [said]})
    _free(work, desk)
    ticket = queries.ticket_by_number(work.session, desk.site, queries.today(desk.site, work.now), command.ticket)
    if ticket.frozen:
        raise Conflict(_l("This person is being served at another window."), code="ticket_frozen")
    return _call(work, desk, ticket, command.reason)


def _call(work: Work, desk: Desk, ticket: Ticket, reason: str | None) -> TicketView:
    line = work.session.get_one(Line, ticket.line_id)
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
        revision=Ticket.revision + 1,
    )
    if ticket.visit_id is not None:
        work.session.execute(
            update(Ticket)
            .where(Ticket.visit_id == ticket.visit_id, Ticket.id != ticket.id, Ticket.state == "waiting")
            .values(frozen=True, revision=Ticket.revision + 1)
        )
    work.record(ticket_fact(facts.TicketCalled, ticket, desk.site, line, window=desk.window.code, reason=reason))
    return queries.view_of(work.session, ticket, desk.site, line, desk.window)


def recall(work: Work, command: AtWindow) -> TicketView:
    """Announce again; it counts towards passing only 20 s after the last that counted (Q6)."""
    desk, ticket, line = _at_hand(work, command)
    more: dict[str, Any] = {}
    if rules.counts_as_call(ticket.counted_at, work.now, desk.site.settings.recall_gap_s):
        more = {"counted_calls": Ticket.counted_calls + 1, "counted_at": work.now}
    return _step(
        work, desk, ticket, line, "recall", facts.TicketRecalled,
        called_at=work.now, times_called=Ticket.times_called + 1, **more,
    )


def start(work: Work, command: AtWindow) -> TicketView:
    """The person has arrived at the window."""
    desk, ticket, line = _at_hand(work, command)
    return _step(work, desk, ticket, line, "start", facts.ServingStarted, started_at=work.now)


def hold(work: Work, command: AtWindow) -> TicketView:
    """Set aside with a reason; the window is free for the next."""
    desk, ticket, line = _at_hand(work, command)
    _known_reason(command.reason, desk.site.settings.hold_reasons)
    return _step(work, desk, ticket, line, "hold", facts.TicketHeld, command.reason, held_at=work.now)


def resume(work: Work, command: AtWindow) -> TicketView:
    """Take up a held ticket again."""
    desk = window_for(work, command.window)
    _free(work, desk)
    ticket = queries.ticket_by_number(work.session, desk.site, queries.today(desk.site, work.now), command.ticket)
    line = work.session.get_one(Line, ticket.line_id)
    return _step(
        work, desk, ticket, line, "resume", facts.TicketResumed,
        window_id=desk.window.id, staff_id=work.actor.id, held_at=None,
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
        TICKET_MOVES, ticket, "transfer",
        line_id=target.id, window_id=None, reserved_window_id=reserved, basis="transferred",
        started_at=None, frozen=False, revision=Ticket.revision + 1,
    )
    unfreeze(work, ticket)
    work.record(
        ticket_fact(
            facts.TicketTransferred, ticket, desk.site, target, window=desk.window.code, other_line=line.code
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
    release_claim(work, ticket)
    return view


def undo_pass(work: Work, command: AtWindow) -> TicketView:
    """Take the last pass back within a minute while the window is empty (Q6)."""
    desk = window_for(work, command.window)
    _free(work, desk)
    ticket = work.session.scalar(
        select(Ticket)
        .where(
            Ticket.site_id == desk.site.id,
            Ticket.business_date == queries.today(desk.site, work.now),
            Ticket.window_id == desk.window.id,
            Ticket.state == "passed",
        )
        .order_by(Ticket.called_at.desc())
        .limit(1)
    )
    limit = timedelta(seconds=desk.site.settings.undo_pass_s)
    if ticket is None or ticket.passed_at is None or work.now - ticket.passed_at > limit:
        raise Conflict(_l("There is no pass to take back."), code="nothing_to_undo")
    line = work.session.get_one(Line, ticket.line_id)
    return _step(work, desk, ticket, line, "undo_pass", facts.PassUndone, passed_at=None)


def finish(work: Work, command: AtWindow) -> TicketView:
    """Service ended, with its outcome and what was done."""
    desk, ticket, line = _at_hand(work, command)
    if command.outcome not in rules.OUTCOMES:
        said = _l("Choose one of the outcomes.")
        raise Invalid(said, errors={"outcome": [said]})
    for code, count in command.items:
        item_id = work.session.scalar(
            select(ServiceItem.id).where(ServiceItem.site_id == desk.site.id, ServiceItem.code == code)
        )
        if item_id is None:
            said = _l("There is no such item.")
            raise Invalid(said, code="unknown_item", errors={"items": [said]})
        work.session.execute(insert(FinishedItem), {"ticket_id": ticket.id, "item_id": item_id, "count": count})
    view = _step(
        work, desk, ticket, line, "finish", facts.TicketFinished, command.outcome,
        ended_at=work.now, outcome=command.outcome,
    )
    release_claim(work, ticket)
    unfreeze(work, ticket)
    return view


def _step(
    work: Work,
    desk: Desk,
    ticket: Ticket,
    line: Line,
    verb: str,
    fact: type[facts.TicketFact],
    reason: str | None = None,
    **values: Any,  # noqa: ANN401 - column values
) -> TicketView:
    work.move(TICKET_MOVES, ticket, verb, revision=Ticket.revision + 1, **values)
    work.record(ticket_fact(fact, ticket, desk.site, line, window=desk.window.code, reason=reason))
    return queries.view_of(work.session, ticket, desk.site, line, desk.window)


def _at_hand(work: Work, command: AtWindow) -> tuple[Desk, Ticket, Line]:
    desk = window_for(work, command.window)
    _staffed(desk)
    ticket = _current(work, desk)
    if ticket is None:
        raise Conflict(_l("Nobody is at this window."), code="window_empty")
    return desk, ticket, work.session.get_one(Line, ticket.line_id)


def _current(work: Work, desk: Desk) -> Ticket | None:
    return work.session.scalar(
        select(Ticket).where(Ticket.window_id == desk.window.id, Ticket.state.in_(AT_WINDOW))
    )


def _free(work: Work, desk: Desk) -> None:
    staffing = _staffed(desk)
    if staffing.state != "open":
        raise Conflict(_l("The window is paused. Open it first."), code="window_paused")
    if _current(work, desk) is not None:
        raise Conflict(_l("Somebody is still being called or served here."), code="window_busy")


def _staffed(desk: Desk) -> Staffing:
    if desk.staffing is None:
        raise Conflict(_l("The window is closed. Open it first."), code="window_closed")
    return desk.staffing


def _known_reason(reason: str, allowed: tuple[str, ...]) -> None:
    if reason not in allowed:
        said = _l("Choose a reason from the list.")
        raise Invalid(said, code="unknown_reason", errors={"reason": [said]})


def _window_fact(kind: type[facts.WindowFact], desk: Desk, reason: str | None = None) -> facts.WindowFact:
    return kind(site_id=desk.site.id, site=desk.site.code, window=desk.window.code, reason=reason)

"""What holders can do with their tickets: leave, come back, let others first. One verb a function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import facts
from hall.actor import ActorKind
from hall.catalog.models import Line, Window
from hall.errors import Conflict, Refused
from hall.queueing import queries, rules
from hall.queueing.claims import release_claim
from hall.queueing.counts import COUNTED
from hall.queueing.in_use import is_in_use
from hall.queueing.matters import unfreeze, visit_is_busy, window_beside
from hall.queueing.models import NEXT_REVISION, Ticket
from hall.queueing.queries import TicketView
from hall.queueing.states import TICKET_MOVES
from hall.sites import Site
from hall.unit_of_work import Work


def ticket_fact(
    kind: type[facts.TicketFact], ticket: Ticket, site: Site, line: Line, **more: str | None
) -> facts.TicketFact:
    """A fact about this ticket."""
    return kind(
        site_id=site.id, site=site.code, ticket_id=ticket.id, number=ticket.number, line=line.code, **more
    )


@dataclass(frozen=True, slots=True)
class ByHolder:
    """A holder's wish; the token has been checked. `places` only for letting others first."""

    nonce: bytes | None
    places: int = 1


def abandon(work: Work, command: ByHolder) -> TicketView:
    """Leave the queue. Raises Conflict while being served or when it is over."""
    ticket, site, line = _of_holder(work, command)
    work.move(TICKET_MOVES, ticket, "abandon", ended_at=work.now, frozen=False, revision=NEXT_REVISION)
    release_claim(work, ticket)
    unfreeze(work, ticket)
    by = "desk" if work.actor.kind is ActorKind.STAFF else "holder"
    window = _window_of(work, ticket)
    beside = window_beside(work, ticket)
    work.record(
        ticket_fact(facts.TicketAbandoned, ticket, site, line, window=window, reason=by, beside=beside)
    )
    return queries.ticket_view(work.session, ticket)


def rejoin(work: Work, command: ByHolder) -> TicketView:
    """Back in line after having been passed (Q6): once, within the time, behind the third waiting, in a line in use."""
    ticket, site, line = _of_holder(work, command)
    work.session.refresh(ticket, with_for_update=True)  # its person may be drawing anew at this moment (Q8)
    if ticket.state == "passed" and (
        ticket.rejoins
        or ticket.passed_at is None
        or work.now > ticket.passed_at + timedelta(minutes=site.settings.rejoin_minutes)
        or ticket.business_date != queries.today(site, work.now)
        or not is_in_use(work, line)
    ):
        raise Refused(
            _l("This number can no longer be restored. Please draw a new ticket."), code="rejoin_over"
        )
    waiting = work.session.scalars(
        select(Ticket.place)
        .where(
            Ticket.line_id == ticket.line_id,
            Ticket.business_date == ticket.business_date,
            COUNTED,
        )
        .order_by(Ticket.place, Ticket.id)
        .limit(site.settings.rejoin_behind + 1)
    ).all()
    place = rules.rejoin_place(waiting, site.settings.rejoin_behind, work.now)
    window = _window_of(work, ticket)
    work.move(
        TICKET_MOVES,
        ticket,
        "rejoin",
        place=place,
        basis="rejoined",
        window_id=None,
        frozen=visit_is_busy(work, ticket),
        rejoins=Ticket.rejoins + 1,
        revision=NEXT_REVISION,
    )
    beside = window_beside(work, ticket)
    work.record(ticket_fact(facts.TicketRejoined, ticket, site, line, window=window, beside=beside))
    return queries.ticket_view(work.session, ticket)


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Today's number at a hall, as typed."""

    site_id: int
    number: str


def rejoin_by_number(work: Work, command: ByNumber) -> TicketView:
    """Back in line where only the number is known: at a kiosk (Q6). Raises NotFound and as `rejoin`."""
    site = work.session.get_one(Site, command.site_id)
    ticket = queries.ticket_by_number(work.session, site, queries.today(site, work.now), command.number)
    return rejoin(work, ByHolder(ticket.nonce))


def later(work: Work, command: ByHolder) -> TicketView:
    """Let some others go first; at most three times, while waiting."""
    ticket, site, line = _of_holder(work, command)
    if ticket.state == "waiting" and ticket.laters >= site.settings.later_times:
        raise Refused(_l("You have let others go first as often as possible."), code="later_over")
    following = work.session.scalars(
        select(Ticket.place)
        .where(
            Ticket.line_id == ticket.line_id,
            Ticket.business_date == ticket.business_date,
            COUNTED,
            Ticket.place > ticket.place,
        )
        .order_by(Ticket.place, Ticket.id)
        .limit(command.places + 1)
    ).all()
    place = rules.later_place(following, command.places, work.now)
    if ticket.state == "waiting" and place is None:
        raise Conflict(_l("Nobody waits behind you."), code="nobody_behind")
    work.move(
        TICKET_MOVES,
        ticket,
        "later",
        place=place or ticket.place,
        basis="later",
        laters=Ticket.laters + 1,
        revision=NEXT_REVISION,
    )
    work.record(ticket_fact(facts.TicketLetOthersFirst, ticket, site, line))
    return queries.ticket_view(work.session, ticket)


def _window_of(work: Work, ticket: Ticket) -> str | None:
    """Where it was called, is on hold or was passed: that window's console shows it until it hears of this."""
    found = work.session.get(Window, ticket.window_id) if ticket.window_id is not None else None
    return found.code if found else None


def _of_holder(work: Work, command: ByHolder) -> tuple[Ticket, Site, Line]:
    ticket = queries.ticket_by_nonce(work.session, command.nonce)
    return ticket, work.session.get_one(Site, ticket.site_id), work.session.get_one(Line, ticket.line_id)

"""What the reception desk does beside drawing. One verb a function; tickets are named by number and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from hall import facts
from hall.catalog.models import Bundle, Line, ServiceItem
from hall.desk import queries, rules
from hall.desk.models import PapersReturn
from hall.desk.queries import Found
from hall.errors import Conflict, Invalid
from hall.printing.actions import PrintSlip, print_slip
from hall.queueing import actions as holder
from hall.queueing import drawing, priority
from hall.queueing.models import Ticket
from hall.queueing.queries import today
from hall.sites import Site
from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class ByNumber:
    """A ticket of this site by its number; `day` only for one of an earlier date."""

    site_id: int
    number: str
    day: date | None = None
    reason: str = ""
    printer: int | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """Two numbers of today: whose holder asks, and the other."""

    site_id: int
    asked: str
    other: str


def give_priority(work: Work, command: ByNumber) -> Found:
    """Priority lane after the number was drawn (Q4). Raises Conflict when it no longer waits, or has it already."""
    ticket, site = _ticket(work, command)
    priority.give_priority(work, priority.GivePriority(ticket.nonce, command.reason))
    return queries.found(work.session, ticket, site, work.now)


def rejoin(work: Work, command: ByNumber) -> Found:
    """Back in line for a holder who missed the call (Q6). Raises Refused when it is too late, Conflict otherwise."""
    ticket, site = _ticket(work, command)
    holder.rejoin(work, holder.ByHolder(ticket.nonce))
    return queries.found(work.session, ticket, site, work.now)


def leave(work: Work, command: ByNumber) -> Found:
    """Give a number up for its holder. Raises Conflict while it is being served or when it is over."""
    ticket, site = _ticket(work, command)
    holder.abandon(work, holder.ByHolder(ticket.nonce))
    return queries.found(work.session, ticket, site, work.now)


def reprint(work: Work, command: ByNumber) -> Found:
    """A further slip of a live number, counted; by the browser, or on a named printer. Raises Conflict, Invalid."""
    ticket, site = _live_ticket(work, command)
    if command.printer is not None:
        print_slip(work, PrintSlip(ticket.nonce, command.printer))
        work.session.expire(ticket)
        return queries.found(work.session, ticket, site, work.now)
    work.session.execute(update(Ticket).where(Ticket.id == ticket.id).values(reprints=Ticket.reprints + 1))
    work.session.expire(ticket)
    _record(work, facts.SlipPrinted, ticket, site, "reprint")
    return queries.found(work.session, ticket, site, work.now)


def show_address(work: Work, command: ByNumber) -> Found:
    """The page of a lost ticket, after the desk made sure of its holder. Raises Conflict when it is over."""
    ticket, site = _live_ticket(work, command)
    _record(work, facts.TicketAddressShown, ticket, site, None)
    return queries.found(work.session, ticket, site, work.now)


def come_back(work: Work, command: ByNumber) -> Found:
    """Back with the papers that were missing (Q3): a new number at the old place, once a notice.

    Raises Conflict when the number did not end for missing papers, or its holder came back before.
    """
    notice, site = _ticket(work, command)
    if notice.state != "finished" or notice.outcome != "incomplete":
        raise Conflict(
            _l("Only a number that ended because papers were missing gets its place back."),
            code="not_incomplete",
        )
    if queries.has_returned(work.session, notice.id):
        raise Conflict(
            _l("This notice has been used once already. Please draw a new ticket."), code="returned_before"
        )
    return at_old_place(work, notice, site, "desk")


def at_old_place(work: Work, notice: Ticket, site: Site, channel: str) -> Found:
    """A new number where the one of the notice stood (Q3): same day its place, later the head start of the site."""
    line = work.session.get_one(Line, notice.line_id)
    view = drawing.issue(
        work,
        drawing.Issue(
            site_id=site.id,
            matters=(_matter_of(work, notice, line),),
            channel=channel,
            lane=notice.lane,
            reason=notice.lane_reason,
            heads=notice.heads,
            lang=notice.lang,
            test=notice.test,
        ),
    )[0]
    ticket = work.session.get_one(Ticket, view.id)
    ticket.place = rules.returned_place(
        queries.standing(notice, line),
        notice.business_date == ticket.business_date,
        ticket.issued_at,
        site.settings.returned_head_start_min,
    )
    ticket.basis = "returned"
    work.session.add(PapersReturn(notice_ticket_id=notice.id, ticket_id=ticket.id, made_at=work.now))
    work.session.flush()
    _record(work, facts.TicketReturned, ticket, site, notice.number)
    return queries.found(work.session, ticket, site, work.now)


def _matter_of(work: Work, notice: Ticket, line: Line) -> drawing.Matter:
    """The same matter again; where it moved to another line, that line, unless it is no more."""
    item = notice.item_id and work.session.get(ServiceItem, notice.item_id)
    bundle = notice.bundle_id and work.session.get(Bundle, notice.bundle_id)
    if item and item.retired_at is None and (item.line_id == line.id or line.retired_at is not None):
        return drawing.Matter(item=item.code)
    if bundle and bundle.retired_at is None and bundle.line_id == line.id:
        return drawing.Matter(bundle=bundle.code)
    return drawing.Matter(line=line.code)


def explain(work: Work, command: Compare) -> tuple[rules.Order, Found, Found]:
    """Why one number came before another (Q7); the journal keeps that it was asked. Raises Invalid, NotFound."""
    asked, site = _ticket(work, ByNumber(command.site_id, command.asked))
    other, _site = _ticket(work, ByNumber(command.site_id, command.other))
    if asked.id == other.id:
        said = _l("Enter two different numbers.")
        raise Invalid(said, code="same_number", errors={"other": [said]})
    _record(work, facts.CallWhyAsked, asked, site, other.number)
    _record(work, facts.CallWhyAsked, other, site, asked.number)
    pair = [queries.found(work.session, ticket, site, work.now) for ticket in (asked, other)]
    return rules.compare(pair[0].standing, pair[1].standing), pair[0], pair[1]


def _ticket(work: Work, command: ByNumber) -> tuple[Ticket, Site]:
    site = work.session.get_one(Site, command.site_id)
    return queries.ticket_at_desk(work.session, site, command.number, command.day, work.now), site


def _live_ticket(work: Work, command: ByNumber) -> tuple[Ticket, Site]:
    ticket, site = _ticket(work, command)
    if ticket.state in rules.OVER or ticket.business_date != today(site, work.now):
        raise Conflict(_l("This number is over: a slip of it would mislead."), code="ticket_over")
    return ticket, site


def _record(work: Work, kind: type[facts.TicketFact], ticket: Ticket, site: Site, reason: str | None) -> None:
    line = work.session.get_one(Line, ticket.line_id)
    work.record(holder.ticket_fact(kind, ticket, site, line, reason=reason))

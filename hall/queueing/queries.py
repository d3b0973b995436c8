"""Reading tickets: one by its token or number, who is ahead, the heads of lines. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import Session

from hall.catalog.models import Bundle, Line, ServiceItem, Window
from hall.errors import NotFound
from hall.forecast import WaitRange
from hall.queueing import waits
from hall.queueing.counts import COUNTED, PEOPLE, WAITS, InLine, open_windows, today, waiting_counts
from hall.queueing.models import Ticket
from hall.queueing.rules import Head, public_why
from hall.queueing.states import State
from hall.sites import Site
from hall.statements import Statement

__all__ = ["open_windows", "today", "waiting_counts"]  # these stand in counts.py, and are asked for here


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as its holder and staff see it. `matter` names its item or bundle; None where only a line was chosen."""

    id: int
    nonce: bytes
    number: str
    site: str
    line: str
    line_id: int
    line_name: str
    line_name_en: str
    matter: str | None
    matter_en: str | None
    lane: str
    state: str
    issued_at: datetime
    business_date: date
    zone: str
    ahead: int
    tickets_ahead: int
    wait: WaitRange | None
    window: str | None
    window_name: str | None
    window_name_en: str | None
    called_at: datetime | None
    started_at: datetime | None
    times_called: int
    why: str | None
    test: bool
    frozen: bool
    revision: int
    visit_id: int | None
    reprints: int
    laters: int
    rejoin_until: datetime | None
    heads: int
    lang: str


def ahead_of(session: Session, ticket: Ticket) -> InLine:
    """How many of the same line have an earlier place (Q5): people, and tickets; test tickets are none (Q11)."""
    if ticket.state != State.WAITING:
        return InLine()
    given = {
        "line": ticket.line_id,
        "day": ticket.business_date,
        "place": ticket.place,
        "ticket": ticket.id,
    }
    earlier, same = _AHEAD.rows(session, given)
    return InLine(earlier[0] + same[0], earlier[1] + same[1])


_WAITING = (
    select(PEOPLE, func.count())
    .select_from(Ticket)
    .where(Ticket.line_id == bindparam("line"), Ticket.business_date == bindparam("day"), COUNTED)
)
_AHEAD = Statement(  # two counts, each a stretch of the index: an OR between them is worked out for every row
    union_all(
        _WAITING.where(Ticket.place < bindparam("place")),
        _WAITING.where(Ticket.place == bindparam("place"), Ticket.id < bindparam("ticket")),
    )
)


def view_of(session: Session, ticket: Ticket, site: Site, line: Line, window: Window | None) -> TicketView:
    """The ticket with what belongs to it; the caller has the rows at hand."""
    settings = site.settings
    until = None
    if ticket.state == State.PASSED and ticket.passed_at and not ticket.rejoins and line.retired_at is None:
        until = ticket.passed_at + _minutes(settings.rejoin_minutes)
    ahead = ahead_of(session, ticket)
    matter = matter_of(session, ticket)
    return TicketView(
        id=ticket.id,
        nonce=ticket.nonce,
        number=ticket.number,
        site=site.code,
        line=line.code,
        line_id=line.id,
        line_name=line.name,
        line_name_en=line.name_en,
        matter=matter.name if matter else None,
        matter_en=matter.name_en if matter else None,
        lane=ticket.lane,
        state=ticket.state,
        issued_at=ticket.issued_at,
        business_date=ticket.business_date,
        zone=site.zone_name,
        ahead=ahead.people,
        tickets_ahead=ahead.tickets,
        wait=waits.outlook(session, site).wait(line.id, ahead.tickets)
        if ticket.state == State.WAITING
        else None,
        window=window.code if window else None,
        window_name=window.name if window else None,
        window_name_en=window.name_en if window else None,
        called_at=ticket.called_at,
        started_at=ticket.started_at,
        times_called=ticket.times_called,
        why=public_why(ticket.call_reason, ticket.lane, ticket.basis == "returned"),
        test=ticket.test,
        frozen=ticket.frozen,
        revision=ticket.revision,
        visit_id=ticket.visit_id,
        reprints=ticket.reprints,
        laters=ticket.laters,
        rejoin_until=until,
        heads=ticket.heads,
        lang=ticket.lang,
    )


def matter_of(session: Session, ticket: Ticket) -> ServiceItem | Bundle | None:
    """The item or bundle that the ticket was drawn for; a look-up only where there is one."""
    if ticket.item_id:
        return session.get(ServiceItem, ticket.item_id)
    return session.get(Bundle, ticket.bundle_id) if ticket.bundle_id else None


def ticket_view(session: Session, ticket: Ticket) -> TicketView:
    """The ticket with its site, line and window looked up."""
    site, line = session.get_one(Site, ticket.site_id), session.get_one(Line, ticket.line_id)
    shown = ticket.window_id if ticket.state != State.WAITING else None
    window = session.get(Window, shown) if shown else None
    return view_of(session, ticket, site, line, window)


def ticket_by_nonce(session: Session, nonce: bytes | None) -> Ticket:
    """The ticket of a token's nonce. Raises NotFound."""
    found = session.scalar(select(Ticket).where(Ticket.nonce == nonce)) if nonce else None
    if found is None:
        raise _unknown_token()
    return found


def id_by_nonce(session: Session, nonce: bytes | None) -> int:
    """The key of the ticket of a token's nonce, for whoever reads the rest elsewhere. Raises NotFound."""
    found = _BY_NONCE.first(session, {"nonce": nonce}) if nonce else None
    if found is None:
        raise _unknown_token()
    return int(found[0])


_BY_NONCE = Statement(select(Ticket.id).where(Ticket.nonce == bindparam("nonce")))


def ticket_by_number(session: Session, site: Site, day: date, number: str) -> Ticket:
    """Today's ticket of this number. Raises NotFound."""
    found = session.scalar(
        select(Ticket).where(
            Ticket.site_id == site.id, Ticket.business_date == day, Ticket.number == number.strip().upper()
        )
    )
    if found is None:
        raise NotFound(_l("There is no such number today."), code="unknown_ticket")
    return found


def heads(session: Session, line_ids: Iterable[int], day: date, limit: int = 1) -> list[Head]:
    """The first callable waiting tickets of each line by (place, id), in one statement, whatever waits behind."""
    lines = {f"line{number}": line_id for number, line_id in enumerate(line_ids)}
    if not lines:
        return []
    found = [Head(*row) for row in _heads(len(lines), limit).rows(session, {**lines, "day": day})]
    return sorted(found, key=lambda head: (head.place, head.ticket_id)) if limit > 1 else found


@cache
def _heads(count: int, limit: int) -> Statement:
    """The statement for so many lines, built once."""
    each = [
        select(
            select(Ticket.id, Ticket.line_id, Ticket.place, Ticket.issued_at)
            .where(
                Ticket.line_id == bindparam(f"line{number}"),
                Ticket.business_date == bindparam("day"),
                WAITS,
                Ticket.frozen.is_(False),
                Ticket.reserved_window_id.is_(None),
            )
            .order_by(Ticket.place, Ticket.id)
            .limit(limit)
            .subquery()
        )
        for number in range(count)
    ]
    return Statement(union_all(*each) if len(each) > 1 else each[0])


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _unknown_token() -> NotFound:
    return NotFound(_l("We know no such ticket."), code="unknown_ticket")

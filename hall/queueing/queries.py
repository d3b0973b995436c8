"""Reading the queue. Everything comes out as frozen dataclasses; nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from flask_babel import lazy_gettext as _l
from sqlalchemy import Integer, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session

from hall.catalog.models import Bundle, Line, Notice, ServiceItem, Window
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

BOARD_CALLS = 6


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


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as the public sees it."""

    id: int
    code: str
    prefix: str
    name: str
    name_en: str
    stopped: str | None
    lunch_open: bool
    waiting: int
    tickets: int
    windows_open: int


@dataclass(frozen=True, slots=True)
class BoardCall:
    """One call on the board."""

    number: str
    window: str
    window_name: str
    window_number: int
    area: str
    area_en: str
    called_at: datetime
    times: int


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
        raise NotFound(_l("We know no such ticket."), code="unknown_ticket")
    return found


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


def line_views(session: Session, site: Site, now: datetime) -> list[LineView]:
    """All lines of a site in their order."""
    day = today(site, now)
    waiting, staffed = waiting_counts(session, site.id, day), open_windows(session, site.id, now)
    rows = session.execute(_LINES, {"site": site.id})
    return [
        LineView(
            id=row.id,
            code=row.code,
            prefix=row.prefix,
            name=row.name,
            name_en=row.name_en,
            stopped=row.stopped_reason if row.stopped_on == day.isoformat() else None,
            lunch_open=row.lunch_open,
            waiting=waiting.get(row.id, InLine()).people,
            tickets=waiting.get(row.id, InLine()).tickets,
            windows_open=staffed.get(row.id, 0),
        )
        for row in rows
    ]


_LINES = (  # built once: every change of the board and of the lines runs it
    select(
        Line.id,
        Line.code,
        Line.prefix,
        Line.name,
        Line.name_en,
        Line.stopped_on,
        Line.stopped_reason,
        Line.lunch_open,
    )
    .where(Line.site_id == bindparam("site"), Line.retired_at.is_(None))
    .order_by(Line.sort, Line.id)
)


def board_calls(session: Session, site: Site, now: datetime) -> list[BoardCall]:
    """The last calls of today, newest first."""
    rows = session.execute(_CALLS, {"site": site.id, "day": today(site, now)})
    return [
        BoardCall(
            number=row.called_number,
            window=row.code,
            window_name=row.name,
            window_number=row.number,
            area=row.area,
            area_en=row.area_en,
            called_at=row.called_at,
            times=row.times_called,
        )
        for row in rows
    ]


_CALLS = (  # built once: every change of the board runs it
    select(
        Ticket.number.label("called_number"),
        Ticket.called_at,
        Ticket.times_called,
        Window.code,
        Window.name,
        Window.number,
        Window.area,
        Window.area_en,
    )
    .join(Window, Window.id == Ticket.window_id)
    .where(
        Ticket.site_id == bindparam("site"),
        Ticket.business_date == bindparam("day"),
        Ticket.called_at.is_not(None),
        Ticket.state != "waiting",
    )
    .order_by(Ticket.called_at.desc(), Ticket.id.desc())
    .limit(BOARD_CALLS)
)


def notices(session: Session, site: Site, now: datetime) -> list[Notice]:
    """Notices running now, newest first."""
    return list(session.scalars(_NOTICES, {"site": site.id, "now": now}))


_NOTICES = (
    select(Notice)
    .where(
        Notice.site_id == bindparam("site"),
        Notice.withdrawn_at.is_(None),
        or_(Notice.until.is_(None), Notice.until > bindparam("now")),
    )
    .order_by(Notice.id.desc())
)


def line_order(
    session: Session, line_id: int, day: date, limit: int
) -> tuple[list[tuple[bytes, int]], InLine]:
    """Nonces and heads of the first waiting tickets of a line in order, and who waits in all; no test tickets (Q11)."""
    given = {"line": line_id, "day": day}
    first = session.execute(_ORDER, {**given, "most": limit})
    return [(row.nonce, row.heads) for row in first], InLine(*session.execute(_LONG, given).one())


_IN_LINE = Ticket.line_id == bindparam("line"), Ticket.business_date == bindparam("day"), COUNTED
_ORDER = (
    select(Ticket.nonce, Ticket.heads)
    .where(*_IN_LINE)
    .order_by(Ticket.place, Ticket.id)
    .limit(bindparam("most", type_=Integer))
)
_LONG = select(PEOPLE, func.count()).select_from(Ticket).where(*_IN_LINE)


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)

"""What everybody may see: the lines, the board's calls, notices, a line's order for its phones. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Integer, bindparam, func, or_, select
from sqlalchemy.orm import Session

from hall.catalog.models import Line, Notice, Window
from hall.queueing.counts import COUNTED, PEOPLE, InLine, open_windows, today, waiting_counts
from hall.queueing.models import Ticket
from hall.queueing.rules import CLOCKS_APART
from hall.sites import Site
from hall.statements import Copies, Named, Statement

BOARD_CALLS = 6


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


def line_views(session: Session, site: Site, now: datetime, *, windows: bool = True) -> list[LineView]:
    """All lines of a site in their order; without `windows` it is not asked how many are open, and 0 is told."""
    day = today(site, now)
    waiting = waiting_counts(session, site.id, day)
    staffed = open_windows(session, site.id, now) if windows else {}
    rows = _LINES.rows(session, {"site": site.id})
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


_LINES = Named(  # every change of the board and of the lines runs it
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
    """The last calls of today, newest first; behind them those that a clock, right again since, puts in the future."""
    given, until = {"site": site.id, "day": today(site, now)}, now + CLOCKS_APART
    rows = _CALLS.rows(session, given)
    if rows and rows[0].called_at > until:
        ahead = [row for row in rows if row.called_at > until]
        rows = [*_CALLS_UNTIL.rows(session, {**given, "until": until}), *ahead][:BOARD_CALLS]
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


_LAST_CALLS = (
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
_CALLS = Named(_LAST_CALLS)  # every change of the board runs it
_CALLS_UNTIL = Named(_LAST_CALLS.where(Ticket.called_at <= bindparam("until")))


def notices(session: Session, site: Site, now: datetime) -> list[Notice]:
    """Notices running now, newest first."""
    return [notice for (notice,) in _NOTICES.all(session, {"site": site.id, "now": now})]


_NOTICES = Copies(
    select(Notice)
    .where(
        Notice.site_id == bindparam("site"),
        Notice.withdrawn_at.is_(None),
        or_(Notice.until.is_(None), Notice.until > bindparam("now")),
    )
    .order_by(Notice.id.desc()),
    Notice,
)


def line_order(
    session: Session, line_id: int, day: date, limit: int
) -> tuple[list[tuple[bytes, int]], InLine]:
    """Nonces and heads of the first waiting tickets of a line in order, and who waits in all; no test tickets (Q11)."""
    given = {"line": line_id, "day": day}
    first = [(nonce, heads) for nonce, heads in _ORDER.rows(session, {**given, "most": limit})]
    if len(first) < limit:  # that is all of them
        return first, InLine(sum(heads for _nonce, heads in first), len(first))
    return first, InLine(*_LONG.first(session, given))


_IN_LINE = Ticket.line_id == bindparam("line"), Ticket.business_date == bindparam("day"), COUNTED
_ORDER = Statement(
    select(Ticket.nonce, Ticket.heads)
    .where(*_IN_LINE)
    .order_by(Ticket.place, Ticket.id)
    .limit(bindparam("most", type_=Integer))
)
_LONG = Statement(select(PEOPLE, func.count()).select_from(Ticket).where(*_IN_LINE))

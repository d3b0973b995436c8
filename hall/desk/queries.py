"""Reading for the reception desk. Everything comes out as frozen dataclasses; nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hall.accounts.models import Staff
from hall.catalog.models import Line, Window, WindowLine
from hall.desk import rules
from hall.desk.models import ChecklistTick, DeskQuestion, PapersReturn
from hall.desk.rules import Standing
from hall.queueing import queries
from hall.queueing.history import Happened, history_of
from hall.queueing.models import Ticket
from hall.queueing.queries import TicketView, today
from hall.sites import Site

UNTOLD = frozenset({"call_why_asked"})
"""That somebody asked is for the journal, not for the story."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ticket's story, in words of the caller's language."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket that the desk looked up: what it is, and what may be done with it."""

    view: TicketView
    standing: Standing
    can: tuple[str, ...]
    lane_reason: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a checklist, as it stands today."""

    code: str
    done: bool
    by: str
    at: datetime | None
    note: str


def standing(ticket: Ticket, line: Line) -> Standing:
    """What the order of a ticket rests on."""
    return Standing(
        id=ticket.id,
        number=ticket.number,
        line=line.code,
        state=ticket.state,
        lane=ticket.lane,
        basis=ticket.basis,
        issued_at=ticket.issued_at,
        place=ticket.place,
        first_called_at=ticket.first_called_at,
        call_reason=ticket.call_reason,
        outcome=ticket.outcome,
        rejoins=ticket.rejoins,
        frozen=ticket.frozen,
        reserved=ticket.reserved_window_id is not None,
    )


def ticket_at_desk(session: Session, site: Site, number: str, day: date | None, now: datetime) -> Ticket:
    """The ticket of this number, today's or an earlier day's. Raises NotFound."""
    return queries.ticket_by_number(session, site, day or today(site, now), number)


def found(session: Session, ticket: Ticket, site: Site, now: datetime) -> Found:
    """The ticket with what the desk may do with it."""
    current = ticket.business_date == today(site, now)
    until = ticket.passed_at and ticket.passed_at + timedelta(minutes=site.settings.rejoin_minutes)
    held = standing(ticket, session.get_one(Line, ticket.line_id))
    can = rules.possible(
        held,
        today=current,
        returned=has_returned(session, ticket.id),
        rejoin_open=until is not None and now <= until and not ticket.rejoins,
    )
    view = queries.ticket_view(session, ticket)
    return Found(view, held, can, ticket.lane_reason, current)


def story(session: Session, ticket: Ticket) -> tuple[Step, ...]:
    """What happened to a ticket, oldest first (Q7)."""
    history = history_of(session, ticket)
    return tuple(
        Step(happened.at, " · ".join(filter(None, (happened.what, *_who(happened), *happened.details))))
        for happened in history.happened
        if happened.fact not in UNTOLD
    )


def _who(happened: Happened) -> tuple[str, ...]:
    """Where a number was drawn stands in the details already."""
    return () if happened.fact == "ticket_issued" else (happened.who,)


def has_returned(session: Session, notice_ticket_id: int) -> bool:
    """Whether somebody came back on this notice already (Q3: once)."""
    wanted = select(PapersReturn.id).where(PapersReturn.notice_ticket_id == notice_ticket_id)
    return session.scalar(wanted) is not None


def questions(session: Session, site_id: int, day: date) -> dict[str, int]:
    """Counted questions of a day by topic, without those taken back. For the desk and the day sheet."""
    rows = session.execute(
        select(DeskQuestion.topic, func.count())
        .where(
            DeskQuestion.site_id == site_id,
            DeskQuestion.business_date == day,
            DeskQuestion.undone_at.is_(None),
        )
        .group_by(DeskQuestion.topic)
    )
    return {topic: count for topic, count in rows}  # noqa: C416 - rows are not pairs to the type checker


def points(session: Session, site: Site, day: date, kind: str) -> list[Point]:
    """The points of the opening checklist or closing sweep with their ticks (Q14), in the site's order."""
    rows = session.execute(
        select(ChecklistTick, Staff.name)
        .join(Staff, Staff.id == ChecklistTick.staff_id)
        .where(
            ChecklistTick.site_id == site.id,
            ChecklistTick.business_date == day,
            ChecklistTick.kind == kind,
        )
    )
    ticks = {tick.point: (tick, name) for tick, name in rows}
    return [_point(code, ticks.get(code)) for code in point_codes(site, kind)]


def _point(code: str, ticked: tuple[ChecklistTick, str] | None) -> Point:
    if ticked is None:
        return Point(code, done=False, by="", at=None, note="")
    tick, name = ticked
    return Point(code, tick.done, name, tick.ticked_at, tick.note)


def point_codes(site: Site, kind: str) -> Sequence[str]:
    """The points of a list as the site has them."""
    return site.settings.opening_points if kind == "opening" else site.settings.closing_points


def stands(session: Session, site: Site) -> dict[str, list[tuple[str, str, int]]]:
    """Where each line is served, by its code: area, area in English and number of the windows that prefer it."""
    rows = session.execute(
        select(Line.code, Window.area, Window.area_en, Window.number)
        .join(WindowLine, WindowLine.line_id == Line.id)
        .join(Window, Window.id == WindowLine.window_id)
        .where(Line.site_id == site.id, Window.retired_at.is_(None), WindowLine.preferred.is_(True))
        .order_by(Window.number)
    )
    served: dict[str, list[tuple[str, str, int]]] = {}
    for code, area, area_en, number in rows:
        served.setdefault(code, []).append((area, area_en, number))
    return served

"""Reading one business date for the day sheet: its tickets, and what the journal says of calls and holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import gevent
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import anchors, clock
from hall.anchors import Anchor
from hall.catalog.models import Line, Window
from hall.journal import JournalEntry
from hall.queueing.models import Ticket
from hall.queueing.queries import today
from hall.reports import rules
from hall.reports.rules import Figures, Visit
from hall.sites import Site

PART = 500  # rows between two moments in which others may go on: a long day must not hold up the sockets
TURN = clock.TURN_OF_DAY.seconds // 3600
TOLD = ("ticket_called", "ticket_held", "ticket_resumed", "question_counted", "question_taken_back")


@dataclass(frozen=True, slots=True)
class Row:
    """A named row of the sheet."""

    code: str
    name: str
    name_en: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One business date of one hall. `slots` are half hours of issue; `target_min` is the hall's own (Q5).

    `anchor` is the day's last sealed entry of the journal: a sheet on paper holds the journal to it (O3).
    """

    site: Site
    day: date
    is_today: bool
    as_of: datetime
    target_min: int
    total: Figures
    lines: list[Row]
    windows: list[Row]
    hours: list[Row]
    slots: dict[str, Figures]
    reasons: dict[str, int]
    questions: int
    anchor: Anchor | None = None


@dataclass(slots=True)
class Told:
    """What the journal says of a ticket: when it was called, its holds, reasons of calls out of order."""

    calls: list[datetime] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    holds: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def hear(self, fact: str, at: datetime, data: str) -> None:
        """Take in one entry, in order."""
        if fact == "ticket_called":
            self.calls.append(at)
            if reason := json.loads(data).get("reason"):
                self.reasons.append(str(reason))
        elif fact == "ticket_held":
            self.holds.append((at, None))
        elif self.holds:
            self.holds[-1] = (self.holds[-1][0], at)


def day_sheet(session: Session, site: Site, day: date, now: datetime) -> DaySheet:
    """The sheet of a business date: a set number of statements, whatever was issued."""
    told, questions = _told(session, site, day)
    lines = {line.id: line for line in session.scalars(select(Line).where(Line.site_id == site.id))}
    windows = {row.id: row for row in session.scalars(select(Window).where(Window.site_id == site.id))}
    visits = [_visit(row, told, lines, windows, site, now) for row in _in_parts(_tickets(session, site, day))]
    by_hour = rules.grouped(visits, lambda visit: visit.issued_at.astimezone(site.zone).hour)
    slots = rules.grouped(visits, lambda visit: rules.slot(visit.issued_at.astimezone(site.zone)))
    in_order = sorted(slots, key=lambda slot: ((int(slot[:2]) - TURN) % 24, slot))
    return DaySheet(
        site=site,
        day=day,
        is_today=day == today(site, now),
        as_of=now,
        target_min=site.settings.target_min,
        total=rules.figures(visits),
        lines=_rows(rules.grouped(visits, lambda visit: visit.line), lines.values(), lambda line: line.sort),
        windows=_rows(
            rules.grouped(visits, lambda visit: visit.window), windows.values(), lambda window: window.number
        ),
        hours=[
            Row(f"{hour:02d}", f"{hour:02d}:00", f"{hour:02d}:00", by_hour[hour])
            for hour in sorted(by_hour, key=lambda hour: (hour - TURN) % 24)
        ],
        slots={slot: slots[slot] for slot in in_order},
        reasons=rules.reasons(visits),
        questions=questions,
        anchor=anchors.head(session, *clock.day_bounds(site.zone, day)),
    )


def _in_parts(rows: Any) -> Iterator[Any]:  # noqa: ANN401 - results of any shape
    """All rows, letting other greenlets go on in between."""
    for part in rows.partitions(PART):
        yield from part
        gevent.sleep(0)


def _tickets(session: Session, site: Site, day: date) -> Any:  # noqa: ANN401 - a result
    """The day's tickets; test tickets are never counted (Q11)."""
    return session.execute(
        select(
            Ticket.id,
            Ticket.line_id,
            Ticket.window_id,
            Ticket.state,
            Ticket.issued_at,
            Ticket.first_called_at,
            Ticket.started_at,
            Ticket.ended_at,
            Ticket.outcome,
            Ticket.heads,
        ).where(Ticket.site_id == site.id, Ticket.business_date == day, Ticket.test.is_(False))
    )


def _told(session: Session, site: Site, day: date) -> tuple[dict[str, Told], int]:
    first, turn = clock.day_bounds(site.zone, day)
    rows = session.execute(
        select(JournalEntry.subject, JournalEntry.fact, JournalEntry.at, JournalEntry.data)
        .where(
            JournalEntry.at >= first,
            JournalEntry.at < turn,
            JournalEntry.site_id == site.id,
            JournalEntry.fact.in_(TOLD),
        )
        .order_by(JournalEntry.id)
    )
    found: dict[str, Told] = {}
    questions = 0
    for subject, fact, at, data in _in_parts(rows):
        if fact.startswith("question"):
            questions += 1 if fact == "question_counted" else -1
        else:
            found.setdefault(subject, Told()).hear(fact, at, data)
    return found, questions


def _visit(  # noqa: PLR0917 - one call
    row: Any,  # noqa: ANN401 - a result row
    told: dict[str, Told],
    lines: dict[int, Line],
    windows: dict[int, Window],
    site: Site,
    now: datetime,
) -> Visit:
    heard = told.get(f"ticket:{row.id}", Told())
    line, window = lines[row.line_id], windows.get(row.window_id)
    waits = row.state == "waiting"
    return Visit(
        line=line.code,
        window=window.code if window and not waits else None,
        issued_at=row.issued_at,
        state=row.state,
        target_s=60 * (line.target_min or site.settings.target_min),
        wait_s=(row.first_called_at - row.issued_at).total_seconds() if row.first_called_at else None,
        walk_s=_walk(row.started_at, heard),
        service_s=_service(row, heard),
        still_s=(now - row.issued_at).total_seconds() if waits else None,
        heads=row.heads,
        held=bool(heard.holds),
        reasons=tuple(heard.reasons),
    )


def _walk(started: datetime | None, heard: Told) -> float | None:
    """From the last call before the start; unknown where the person was set aside in between."""
    calls = [call for call in heard.calls if started and call <= started]
    if not calls or started is None or any(calls[-1] <= since < started for since, _until in heard.holds):
        return None
    return (started - calls[-1]).total_seconds()


def _service(row: Any, heard: Told) -> float | None:  # noqa: ANN401 - a result row
    """Of tickets that a clerk finished; what the turn of the day ended has no honest time."""
    if row.state != "finished" or row.outcome is None or row.started_at is None:
        return None
    holds = [(since, until or row.ended_at) for since, until in heard.holds]
    return rules.service_time(row.started_at, row.ended_at, holds)


def _rows(found: dict[Any, Figures], named: Iterable[Any], order: Any) -> list[Row]:  # noqa: ANN401 - lines, windows
    """Rows with the names of lines or windows, in their order; visits that reached no window are not among them."""
    kept = sorted((thing for thing in named if thing.code in found), key=order)
    return [Row(thing.code, thing.name, thing.name_en, found[thing.code]) for thing in kept]

"""A line's day as the wait figure reads it: its tickets in minutes, with who was ahead and which windows were open."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import clock
from hall.catalog.models import Window, WindowLine
from hall.forecast.today import Visit
from hall.queueing.models import Staffing, Ticket
from hall.sites import Site

GONE = ("abandoned", "unserved", "finished")
BY_TURN = ("issued", "priority")
"""Bases of a place under which a wait says something about the next person's."""


@dataclass(frozen=True, slots=True)
class Open:
    """A window open for a line, in instants; `until` None while it still is."""

    since: datetime
    until: datetime | None

    def at(self, moment: datetime) -> bool:
        """Whether it was open then."""
        return self.since <= moment and (self.until is None or moment < self.until)


def minutes(zone: ZoneInfo, day: date, at: datetime) -> float:
    """Minutes from local midnight of the business date, as the clock on the wall counts them."""
    local = at.astimezone(zone).replace(tzinfo=None)
    return (local - datetime.combine(day, datetime.min.time())).total_seconds() / 60


def day_of_site(session: Session, site: Site, day: date) -> dict[int, list[Visit]]:
    """All visits of a site's business date by line id. Test tickets are none (Q11)."""
    rows = session.execute(
        select(
            Ticket.id,
            Ticket.line_id,
            Ticket.issued_at,
            Ticket.place,
            Ticket.first_called_at,
            Ticket.ended_at,
            Ticket.state,
            Ticket.basis,
            Ticket.call_reason,
            Ticket.visit_id,
        ).where(Ticket.site_id == site.id, Ticket.business_date == day, Ticket.test.is_(False))
    ).all()
    by_line: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_line[row.line_id].append(row)
    windows = _windows(session, site, day)
    return {
        line_id: list(_visits(of_line, windows.get(line_id, []), site.zone, day))
        for line_id, of_line in by_line.items()
    }


def _windows(session: Session, site: Site, day: date) -> dict[int, list[Open]]:
    """When windows were open for each line. A window counts for the lines that it serves today."""
    begin, end = clock.day_bounds(site.zone, day)
    rows = session.execute(
        select(WindowLine.line_id, Staffing.opened_at, Staffing.closed_at)
        .join(Window, Window.id == Staffing.window_id)
        .join(WindowLine, WindowLine.window_id == Staffing.window_id)
        .where(Window.site_id == site.id, Staffing.opened_at >= begin, Staffing.opened_at < end)
    )
    found: dict[int, list[Open]] = defaultdict(list)
    for line_id, opened, closed in rows:
        found[line_id].append(Open(opened, closed))
    return found


def _visits(rows: list[Any], windows: list[Open], zone: ZoneInfo, day: date) -> Iterable[Visit]:
    events = sorted(
        [(row.issued_at, 0, row.id, row) for row in rows]
        + [(left, 1, row.id, row) for row in rows if (left := _left(row)) is not None],
        key=lambda event: event[:3],
    )
    waiting: list[tuple[datetime, int]] = []
    for at, leaves, _key, row in events:
        place = (row.place, row.id)
        where = bisect_left(waiting, place)
        if leaves:
            if where < len(waiting) and waiting[where] == place:
                del waiting[where]
            continue
        left = _left(row)
        yield Visit(
            joined_min=minutes(zone, day, at),
            left_min=None if left is None else minutes(zone, day, left),
            called=row.first_called_at is not None,
            ahead=where,
            windows_open=sum(window.at(at) for window in windows),
            teaches=row.basis in BY_TURN and row.call_reason is None and row.visit_id is None,
        )
        insort(waiting, place)


def _left(row: Any) -> datetime | None:  # noqa: ANN401 - a result row
    """When the person's wait ended: called, or gone, or at the latest when it was entered as served (by hand, Q9)."""
    left: datetime | None = row.first_called_at or (row.ended_at if row.state in GONE else None)
    return left

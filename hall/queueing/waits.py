"""The wait figure of a hall's lines, as it stands: what was learned, and how today goes.

Everybody who tells a wait asks `outlook(session, site)`. It is worked out at most every few seconds for each site, by
four small statements whatever number waits; in between it costs no statement at all, so that drawing and calling
never pay for it. A wait is None without basis: nothing learned for this line, or no window open for it.
"""

from __future__ import annotations

import _thread
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import clock
from hall.catalog.models import Line
from hall.forecast import PaceModel, Snapshot, Today, WaitModel, WaitRange
from hall.forecast.models import kept, learned_from
from hall.forecast.today import LineToday, replay
from hall.queueing import counts
from hall.queueing.models import NumberSeries
from hall.queueing.visits import day_of_site, minutes
from hall.sites import Site

REFRESH = timedelta(seconds=5)
LEAST_OF_ITS_OWN = 10  # finished waits of the line itself, without which it gives no figure
PHONES_STEPS = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 149)

Stamp = tuple[date, bool, int] | None


@dataclass(frozen=True, slots=True)
class LineOutlook:
    """What the figure of one line is made from. `open` counts windows."""

    code: str
    open: int
    minute: float
    today: Today


@dataclass(frozen=True, slots=True)
class Outlook:
    """A site's figures at one time."""

    model: WaitModel = field(default_factory=PaceModel)
    lines: Mapping[int, LineOutlook] = field(default_factory=dict)

    def wait(self, line_id: int, ahead: int) -> WaitRange | None:
        """The range for one who has `ahead` tickets of the line before them; None without basis."""
        line = self.lines.get(line_id)
        if line is None:
            return None
        return self.model.predict(Snapshot(line.code, ahead, line.open, line.minute, line.today))

    def steps(self, line_id: int, count: int) -> list[tuple[int, float, float]]:
        """(tickets ahead, p50, p90) at a few places up to `count`: phones draw straight lines between them."""
        places = [step for step in PHONES_STEPS if step < count] or [0]
        found = ((ahead, self.wait(line_id, ahead)) for ahead in places)
        return [(ahead, round(wait.p50_min, 1), round(wait.p90_min, 1)) for ahead, wait in found if wait]


def as_minutes(wait: WaitRange | None) -> dict[str, float] | None:
    """As the interface says it: `{p50_min, p90_min}` or None."""
    return None if wait is None else {"p50_min": round(wait.p50_min, 1), "p90_min": round(wait.p90_min, 1)}


def outlook(session: Session, site: Site) -> Outlook:
    """The site's figures, at most a few seconds old."""
    url = session.get_bind().engine.url
    key = (url.host, url.port, url.database, site.id)
    kept_here = _desks.get(key)
    if kept_here is None:
        kept_here = _desks[key] = _Desk()
    return kept_here.look(session, site, clock.now())


def _knows_itself(model: PaceModel, line: str) -> bool:
    own = model.lines.get(line)
    return own is not None and own.observations >= LEAST_OF_ITS_OWN


class _Desk:
    """One site's outlook between refreshes. One at a time works it out; others take the last one meanwhile.

    The lock is the thread's own, and never waited for: SQLite's writer is a native thread beside the greenlets.
    """

    def __init__(self) -> None:
        self.last = Outlook()
        self.at: datetime | None = None
        self.day: date | None = None
        self.stamp: Stamp = None
        self.model = PaceModel()
        self.days: dict[int, LineToday] = {}
        self.offsets: dict[int, int] = {}
        self.minute = 0.0
        self.lock = _thread.allocate_lock()

    def look(self, session: Session, site: Site, now: datetime) -> Outlook:
        if self.at is not None and timedelta() <= now - self.at < REFRESH:
            return self.last
        if self.lock.acquire(blocking=False):
            try:
                self.last = self._refresh(session, site, now)
                self.at = now
            finally:
                self.lock.release()
        return self.last

    def _refresh(self, session: Session, site: Site, now: datetime) -> Outlook:
        day = counts.today(site, now)
        stamp = learned_from(session, site.id)
        if stamp != self.stamp:
            self.model, self.stamp = kept(session, site.id) if stamp else PaceModel(), stamp
        if stamp is None:
            self.days, self.day = {}, None
            return Outlook()
        lines = session.execute(
            select(Line.id, Line.code, NumberSeries.last_serial)
            .outerjoin(
                NumberSeries,
                (NumberSeries.site_id == Line.site_id)
                & (NumberSeries.prefix == Line.prefix)
                & (NumberSeries.business_date == day),
            )
            .where(Line.site_id == site.id, Line.retired_at.is_(None))
        ).all()
        waiting = counts.waiting_counts(session, site.id, day)
        minute = minutes(site.zone, day, now)
        if day != self.day:
            self._begin(session, site, day, minute)
        self.minute = max(minute, self.minute)
        self._read(lines, waiting)
        windows = counts.open_windows(session, site.id, now)
        known = {
            row.id: LineOutlook(
                row.code, windows.get(row.id, 0), self.minute, self.days[row.id].at(self.minute)
            )
            for row in lines
            if _knows_itself(self.model, row.code)
        }
        return Outlook(self.model, known)

    def _begin(self, session: Session, site: Site, day: date, minute: float) -> None:
        """Once a day and process: the day so far from its tickets."""
        self.days = {line: replay(seen, minute) for line, seen in day_of_site(session, site, day).items()}
        self.offsets, self.day, self.minute = {}, day, minute

    def _read(self, lines: Any, waiting: dict[int, counts.InLine]) -> None:  # noqa: ANN401 - result rows
        """From then on the running count of the numbers and the count of those waiting say how many have left."""
        for row in lines:
            today = self.days.setdefault(row.id, LineToday())
            still = waiting.get(row.id, counts.InLine()).tickets
            left = (row.last_serial or 0) - still
            # Tickets that came over from another line are in the day's tickets, but not in the line's numbers
            offset = self.offsets.setdefault(row.id, today.called - left)
            today.read(self.minute, still, left + offset)


_desks: dict[tuple[Any, ...], _Desk] = {}

"""What changes by itself: lines that open and close, notices that run out, the turn of the day (Q1, Q10).

No fact tells of it, so one greenlet looks once a second whether such a moment has passed, and marks the topics of that
hall; of several processes in the one that leads, and where the leader falls silent, the next one looks at the last
seconds again. It keeps what it read for a while: passing time costs no statement. What may end sooner than
that (loans, targets of waits) is asked for each time, by the publisher's `passing` sources.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import gevent
import structlog
from sqlalchemy import select

from hall import clock, facts
from hall.catalog.models import Line, Notice
from hall.database import db
from hall.hours.queries import hours_of
from hall.hours.rules import Hours, changed_between
from hall.sites import Site
from hall.stores import trouble_of

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

    from hall.live.publisher import Publisher

LOOK_S = 1.0
LEADER_S = timedelta(seconds=4)
"""How long a leader that fell silent stays the leader."""
READ_EVERY = timedelta(seconds=15)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """A hall as last read: its hours, and until when its notices run."""

    code: str
    hours: Hours
    warn_before_min: int
    lines: tuple[str, ...]
    notices_end: tuple[datetime, ...]

    def due(self, since: datetime, until: datetime) -> set[str]:
        """Topics whose state changed by itself after `since` and no later than `until`."""
        topics: set[str] = set()
        if changed_between(self.hours, since, until, self.warn_before_min):
            topics |= {facts.lines(self.code), facts.board(self.code), facts.floor(self.code)}
            topics |= {facts.line(code) for code in self.lines}
        if any(since < end <= until for end in self.notices_end):
            topics |= {facts.board(self.code), facts.floor(self.code)}
        return topics


def read(session: Session, now: datetime) -> list[Watched]:
    """All halls with what is coming."""
    lines: dict[int, list[str]] = {}
    for line in session.execute(select(Line.site_id, Line.code).where(Line.retired_at.is_(None))):
        lines.setdefault(line.site_id, []).append(line.code)
    ends: dict[int, list[datetime]] = {}
    running = select(Notice.site_id, Notice.until).where(Notice.withdrawn_at.is_(None), Notice.until > now)
    for notice in session.execute(running):
        if notice.until is not None:
            ends.setdefault(notice.site_id, []).append(notice.until)
    return [
        Watched(
            site.code,
            hours_of(session, site),
            site.settings.warn_before_close_min,
            tuple(lines.get(site.id, ())),
            tuple(ends.get(site.id, ())),
        )
        for site in session.scalars(select(Site).where(Site.retired_at.is_(None)))
    ]


def start(app: Flask, publisher: Publisher, leads: Callable[[], bool]) -> None:
    """Look from now on, in the background of this server process, as long as it leads."""

    def loop() -> None:
        seen, read_at, halls = clock.now(), None, []
        while True:
            gevent.sleep(LOOK_S)
            try:
                now = clock.now()
                if not leads():
                    seen = max(seen, now - LEADER_S - timedelta(seconds=LOOK_S))
                    continue
                if read_at is None or abs(now - read_at) >= READ_EVERY:  # a clock may be set back
                    with app.app_context():
                        halls, read_at = read(db.session(), now), now
                topics = set().union(*(hall.due(seen, now) for hall in halls))
                with app.app_context():
                    publisher.look(seen, now)
                seen = now
                if topics:
                    publisher.mark(topics)
            except Exception as problem:
                if trouble_of(problem) is None:  # what was not looked at is looked at as soon as that is over
                    log.exception("moments_failed")

    gevent.spawn(loop)

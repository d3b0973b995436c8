"""What the manager's room tells on its topic: how many of today's turns stand how. Names stay on the page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from hall import clock
from hall.queueing.payloads import local
from hall.rota.presence import queries
from hall.rota.presence.at_window import stage_of
from hall.sites import site_by_code

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def receptions(session: Session, code: str) -> dict[str, Any]:
    """`{day, turns, stages: {stage: count}, as_of}` of a hall's day. Raises NotFound."""
    site, now = site_by_code(session, code), clock.now()
    day = clock.business_date(site.zone, now)
    found = queries.marks_of_day(session, site.id, day)
    stages = Counter(stage_of(mark, now) for mark in found)
    return {
        "day": day.isoformat(),
        "turns": len(found),
        "stages": dict(stages),
        "as_of": local(now, site.zone),
    }

"""It is working time in the hall, whatever the hour at which a test runs.

What is "in ten minutes" or "an hour ago" belongs to today only as long as the business date does not turn between:
tests that say so ask for `working_hours` (in the test's process) or call `turn_zone` (for a hall that is served).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hall import clock
from hall.sites import Site

if TYPE_CHECKING:
    import pytest
    from sqlalchemy.orm import Session

ZONE = ZoneInfo("Asia/Shanghai")
TEN, EIGHT_IN_THE_EVENING = timedelta(hours=10), timedelta(hours=20)
CHINA, TURNS, EVENING = 8, 4, 21
"""Hours: the hall's zone, when the business date turns, from when on "soon" may lie beyond midnight."""


def begin_at(monkeypatch: pytest.MonkeyPatch, hour: timedelta = TEN) -> timedelta:
    """The clock of this process runs, from this hour of its business date on; answers how far it is off."""
    real = clock.now
    begun = real()
    day = clock.business_date(ZONE, begun)
    ahead = datetime.combine(day, datetime.min.time(), ZONE) + hour - begun
    monkeypatch.setattr(clock, "now", lambda: real() + ahead)
    return ahead


def turn_zone(session: Session) -> None:
    """The hall lies where it is daytime now, and keeps its business date: neither it nor the day turns in a while."""
    hour = (clock.now().hour + CHINA) % 24
    east = CHINA if TURNS <= hour < EVENING else CHINA - ((hour - EVENING) % 24 + 1)
    session.scalars(select(Site)).one().zone_name = f"Etc/GMT{-east:+d}"

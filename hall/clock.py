"""The single seam for time. Nothing else in the house reads a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

TURN_OF_DAY = timedelta(hours=4)
"""The business date turns at 04:00 local time (Q1)."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Nobody means another year, and days at the ends of the calendar have no day before, or no UTC."""


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def machine() -> datetime:
    """What this machine's clock says, to compare it with others'; nothing is dated by it."""
    return datetime.now(UTC)


def business_date(zone: ZoneInfo, at: datetime) -> date:
    """The business date (Q1) of an instant at a site in the zone: the local day, turning at 04:00."""
    return (at.astimezone(zone).replace(tzinfo=None) - TURN_OF_DAY).date()


def day_bounds(zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    """First instant of a business date and the first one after it, in UTC."""
    start = datetime.combine(day, datetime.min.time()) + TURN_OF_DAY
    return _to_utc(start, zone), _to_utc(start + timedelta(days=1), zone)


def day_said(text: str) -> date:
    """The day that somebody typed or an address holds, as YYYY-MM-DD. Raises ValueError for what can be none."""
    day = date.fromisoformat(text)
    _meant(day.year)
    return day


def instant_said(text: str, zone: ZoneInfo) -> datetime:
    """The instant of a form or a body, with its offset or in the zone. Raises ValueError for what can be none."""
    at = datetime.fromisoformat(text)
    _meant(at.year)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def meant(at: datetime) -> datetime:
    """The same instant. Raises ValueError for one that nobody means."""
    _meant(at.year)
    return at


def _meant(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(year)


def _to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)

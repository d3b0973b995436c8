"""Two weeks of free times as a page shows them: which days have some, and why the others have none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from hall.helpers import free, slots
from hall.helpers.free import Ask, free_times
from hall.hours.queries import hours_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.sites import Site

SHOWN = 14
NOON = 12


@dataclass(frozen=True, slots=True)
class Day:
    """A date: how many times are free; `state` is free, full or closed."""

    day: date
    count: int
    state: str


@dataclass(frozen=True, slots=True)
class Times:
    """What is on offer: two weeks from `first`, the chosen day and its times, and where one can go on."""

    days: list[Day]
    chosen: Day
    mornings: list[datetime]
    afternoons: list[datetime]
    earlier: date | None
    later: date | None
    last: date


def times_of(
    session: Session, site: Site, ask: Ask, now: datetime, wanted: date | None, *, but: int = 0
) -> Times:
    """Free times around the day wanted; without one, the first day that has any is chosen."""
    hours = hours_of(session, site)
    first, last = free.span(site, hours, now)
    first = max(
        first, now.astimezone(site.zone).date()
    )  # before four in the morning the business date is yesterday
    found = free_times(session, site, ask, (first, last), now, but=but)
    at_home = ask.kind == "home_visit"
    days = [
        Day(
            day,
            len(times),
            "free" if times else "full" if slots.open_mask(hours, day, at_home=at_home) else "closed",
        )
        for day, times in found.items()
    ]
    if not days:
        days = [Day(first, 0, "closed")]
    usual = next((one for one in days if one.state == "free"), days[0])
    chosen = next((one for one in days if one.day == wanted), usual)
    page = (chosen.day - first).days // SHOWN
    begin = first + timedelta(days=page * SHOWN)
    end = begin + timedelta(days=SHOWN)
    local = [one.starts_at.astimezone(site.zone) for one in found.get(chosen.day, [])]
    return Times(
        [one for one in days if begin <= one.day < end],
        chosen,
        [at for at in local if at.hour < NOON],
        [at for at in local if at.hour >= NOON],
        begin - timedelta(days=1) if page else None,
        end if end <= last else None,
        last,
    )

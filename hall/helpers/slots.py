"""Free times of helpers, by bits: one bit for each five minutes of a day, counted from local midnight (H2). Pure.

A day of one helper is an integer. What is free is `shift & open & ~taken`; where a booking of some length may begin is
found by shifting, so that thirty days of forty helpers are a few thousand operations on whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from hall.calendar.rules import WEEKEND, is_makeup_day
from hall.hours.rules import stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from hall.hours.rules import Hours

CELL_MIN = 5
CELL = timedelta(minutes=CELL_MIN)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_CELLS = 24 * 60 // CELL_MIN
WHOLE_DAY = (1 << DAY_CELLS) - 1


@dataclass(frozen=True, slots=True)
class Shift:
    """From when until when a helper is there, local time; what is kept back only the desk gives away."""

    starts: time
    ends: time
    kept_back: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """One helper's shifts: a week (Monday first), and dates of their own, which replace the week's day."""

    week: tuple[tuple[Shift, ...], ...] = ((),) * 7
    days: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Length:
    """How many cells a kind of help takes: travel before and after, and the help itself."""

    before: int
    during: int
    after: int

    @property
    def whole(self) -> int:
        """All cells together."""
        return self.before + self.during + self.after


def cells_in(minutes: int) -> int:
    """How many cells so many minutes take: begun ones count."""
    return -(-minutes // CELL_MIN)


def cell_at(at: datetime) -> int:
    """The number of the cell that an instant lies in, counted since 1970."""
    return (at - EPOCH) // CELL


def instant_of(cell: int) -> datetime:
    """When a cell begins, in UTC."""
    return EPOCH + cell * CELL


def first_cell(zone: ZoneInfo, day: date) -> int:
    """The cell at local midnight: bit 0 of the day."""
    return cell_at(datetime.combine(day, time.min, tzinfo=zone))


def mask_of(spans: Iterable[tuple[time, time]]) -> int:
    """The bits of a day that lie wholly inside these local times; an end at 00:00 is midnight."""
    found = 0
    for starts, ends in spans:
        first = cells_in(starts.hour * 60 + starts.minute)
        last = (ends.hour * 60 + ends.minute) // CELL_MIN or DAY_CELLS
        if last > first:
            found |= (1 << last) - (1 << first)
    return found


def shifts_on(plan: Plan, hours: Hours, day: date) -> tuple[Shift, ...]:
    """A helper's shifts on a date: its own, a weekday's on a make-up day, else the week's."""
    own = plan.days.get(day)
    if own is not None:
        return own
    if hours.posted and is_makeup_day(hours.calendar, day):
        return next((shifts for shifts in plan.week[:WEEKEND] if shifts), ())
    return plan.week[day.weekday()]


def shift_mask(plan: Plan, hours: Hours, day: date, *, kept_back: bool) -> int:
    """When a helper works on a date; with `kept_back` also what only the desk gives away."""
    shifts = shifts_on(plan, hours, day)
    return mask_of((shift.starts, shift.ends) for shift in shifts if kept_back or not shift.kept_back)


def open_mask(hours: Hours, day: date, *, at_home: bool) -> int:
    """When help can be given on a date: while the hall is open, at home at any time of a day on which it opens.

    Closures, holidays and make-up days are the hall's own. A hall that posts no hours is open.
    """
    if not hours.posted:
        return WHOLE_DAY
    found = mask_of((stretch.opens, stretch.closes) for stretch in stretches(hours, day))
    return WHOLE_DAY if found and at_home else found


def runs(free: int, length: int) -> int:
    """The bits at which `length` free cells in a row begin."""
    have = 1
    while free and have < length:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free


def beginnings(free: int, length: Length) -> int:
    """The bits at which help may begin, so that travel fits as well."""
    return (runs(free, length.whole) << length.before) & WHOLE_DAY


def grid(step_min: int) -> int:
    """The bits at which bookings begin: every `step_min` minutes from midnight."""
    step = max(1, cells_in(step_min))
    return sum(1 << cell for cell in range(0, DAY_CELLS, step))


def bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def taken_masks(spans: Iterable[tuple[int, int, int]], first: int, days: int) -> dict[tuple[int, int], int]:
    """Taken bits by helper and day, from (helper, first cell, cell after the last); `first` is bit 0 of day 0.

    Days are as long as they mostly are: a zone that turns its clocks is asked day by day.
    """
    found: dict[tuple[int, int], int] = {}
    for helper, begins, ends in spans:
        day, bit = divmod(begins - first, DAY_CELLS)
        left = ends - begins
        while left > 0 and day < days:
            here = min(left, DAY_CELLS - bit)
            if day >= 0:
                key = helper, day
                found[key] = found.get(key, 0) | ((1 << here) - 1) << bit
            left -= here
            day, bit = day + 1, 0
    return found


def misplaced(begins: int, ends: int, first: int, free: int) -> bool:
    """Whether a booking's cells are no longer inside the shifts of its day (`free`): it must be moved by a person."""
    bit = begins - first
    wanted = ((1 << (ends - begins)) - 1) << bit if bit >= 0 else -1
    return wanted & ~free != 0

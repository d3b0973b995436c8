"""Working days by the published calendar: make-up days work, holidays rest, unconfirmed years are not guessed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

HOLIDAY, WORKDAY, MAKEUP = "holiday", "workday", "makeup"
KINDS = (HOLIDAY, WORKDAY, MAKEUP)
WEEKEND = 5  # date.weekday() of Saturday
REMIND_FROM = (11, 1)  # the State Council publishes next year's holidays around then
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that the calendar names: `kind` is holiday, workday or makeup (调休)."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The confirmed years, and the days in them that differ from the plain week (or are named)."""

    years: frozenset[int]
    days: Mapping[date, SpecialDay]


def is_working_day(calendar: WorkingCalendar, day: date) -> bool | None:
    """Whether offices work on this day; None in a year that is not confirmed (I5: never guessed)."""
    if day.year not in calendar.years:
        return None
    named = calendar.days.get(day)
    return day.weekday() < WEEKEND if named is None else named.kind != HOLIDAY


def is_makeup_day(calendar: WorkingCalendar, day: date) -> bool:
    """Whether this is a weekend day on which offices work (调休)."""
    return day.weekday() >= WEEKEND and bool(is_working_day(calendar, day))


def next_working_day(calendar: WorkingCalendar, day: date) -> date | None:
    """The first working day after this one; None when the way there leaves the confirmed years."""
    return add_working_days(calendar, day, 1)


def add_working_days(calendar: WorkingCalendar, day: date, count: int) -> date | None:
    """The `count`-th working day after `day`, which itself is not counted (I5); None means pending.

    `count` 0 answers the day itself where its year is confirmed. Raises ValueError below 0.
    """
    if count < 0:
        raise ValueError("Deadlines run forward: count working days from 0 up.")
    if day.year not in calendar.years:
        return None
    while count:
        if day == date.max:
            return None
        day += DAY
        working = is_working_day(calendar, day)
        if working is None:
            return None
        count -= working
    return day


class Why(StrEnum):
    """Why a day counts towards a deadline, or does not."""

    BEGIN = "begin"  # the day after which one counts
    WORKDAY = "workday"
    MAKEUP = "makeup"  # a weekend day on which offices work (调休)
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PENDING = "pending"  # its year is not confirmed: nothing is guessed


@dataclass(frozen=True, slots=True)
class Counted:
    """One day on the way to a deadline; `number` is its place among those counted, None where it does not count."""

    day: date
    why: Why
    number: int | None = None
    name: str = ""


def explain(calendar: WorkingCalendar, day: date, count: int) -> tuple[Counted, ...]:
    """The way to the `count`-th working day after `day`, day by day (I5). Raises ValueError below 0.

    The last entry is the deadline, or the first day of a year that is not confirmed: then the deadline is pending.
    """
    if count < 0:
        raise ValueError("Deadlines run forward: count working days from 0 up.")
    if day.year not in calendar.years:
        return (Counted(day, Why.PENDING),)
    way, number = [Counted(day, Why.BEGIN)], 0
    while number < count and day < date.max:
        day += DAY
        why = _why(calendar, day)
        counts = why in {Why.WORKDAY, Why.MAKEUP}
        number += counts
        named = calendar.days.get(day)
        way.append(Counted(day, why, number if counts else None, named.name if named else ""))
        if why is Why.PENDING:
            break
    return tuple(way)


def _why(calendar: WorkingCalendar, day: date) -> Why:
    working = is_working_day(calendar, day)
    if working is None:
        return Why.PENDING
    if working:
        return Why.MAKEUP if day.weekday() >= WEEKEND else Why.WORKDAY
    return Why.HOLIDAY if day in calendar.days else Why.WEEKEND


def working_days_between(calendar: WorkingCalendar, start: date, end: date) -> int | None:
    """Working days after `start` up to and including `end`; negative when `end` is before; None means pending."""
    if end < start:
        backwards = working_days_between(calendar, end, start)
        return None if backwards is None else -backwards
    counted = 0
    if start.year not in calendar.years:
        return None
    while start < end:
        start += DAY
        working = is_working_day(calendar, start)
        if working is None:
            return None
        counted += working
    return counted


def missing_years(calendar: WorkingCalendar, today: date) -> tuple[int, ...]:
    """Years that ought to be confirmed by now and are not: this one, and from 1 November the next."""
    wanted = [today.year]
    if (today.month, today.day) >= REMIND_FROM:
        wanted.append(today.year + 1)
    return tuple(year for year in wanted if year not in calendar.years)


def misfit(day: date, kind: str) -> str | None:
    """Why this kind cannot be on this day: a make-up day falls on a weekend. None where it fits."""
    return "makeup_on_weekday" if kind == MAKEUP and day.weekday() < WEEKEND else None

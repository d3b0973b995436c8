"""What the county publishes about its cases (I11): the figures of a group, and the days of one case. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hall.calendar.rules import working_days_between

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hall.calendar.rules import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Figures:
    """A row. Days and visits are means, None of nothing; papers and the rest are counts.

    A paper that several cases of one form share counts once, as it is handed in once (I6).
    """

    cases: int
    decided: int
    statutory: float | None
    committed: float | None
    actual: float | None
    asked: int
    reused: int
    visits_before: float | None
    visits_promised: float | None
    visits_made: float | None
    notices: int
    breaches: int
    lapses: int
    overdue: int


NOTHING = Figures(0, 0, None, None, None, 0, 0, None, None, None, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stop:
    """A clock stop, from the day it began to the day the clock ran again; None while it stands."""

    stopped: date
    resumed: date | None = field(default=None)


def actual_days(
    calendar: WorkingCalendar, accepted: date, decided: date, stops: Iterable[Stop] = ()
) -> int | None:
    """Working days from the day after acceptance to the decision, without those on which the clock stood (I5, I11).

    None where a day of them lies in a year that is not confirmed. Never negative.
    """
    whole = working_days_between(calendar, accepted, decided)
    if whole is None:
        return None
    until = accepted
    for stop in sorted(stops, key=lambda one: one.stopped):
        begin = max(stop.stopped, until)
        end = min(stop.resumed or decided, decided)
        if end <= begin:
            continue
        stood = working_days_between(calendar, begin, end)
        if stood is None:
            return None
        whole, until = whole - stood, end
    return max(0, whole)


def mean(total: float | None, count: int) -> float | None:
    """The mean of so many values; None of none."""
    return float(total) / count if total is not None and count else None

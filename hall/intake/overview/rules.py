"""The days by which a deadline is judged, worked out once for a page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from hall.calendar.rules import working_days_between
from hall.intake.rules import notice_last_day

if TYPE_CHECKING:
    from datetime import date

    from hall.calendar.rules import WorkingCalendar

DAY = timedelta(days=1)
LONGEST_REST = 40  # calendar days: no holiday and no week of notice reaches farther back
RECORD_DAYS = 90
KINDS = ("overdue", "due", "acceptance", "unanswered", "recorded")


@dataclass(frozen=True, slots=True)
class Bounds:
    """`soon`: the last deadline with at most one working day left (red in the inbox).

    `silent`: who was received on this day or before and is neither accepted nor noticed is late (I4); None: nobody.
    `recorded`: overdue cases are listed from this day on after they were decided.
    """

    today: date
    soon: date
    silent: date | None
    recorded: date


def bounds(calendar: WorkingCalendar, today: date) -> Bounds:
    """The bounds of a day; where the calendar says nothing, only what is due today is soon."""
    soon = today
    for ahead in range(1, LONGEST_REST):
        left = working_days_between(calendar, today, today + DAY * ahead)
        if left is None or left > 1:
            break
        soon = today + DAY * ahead
    back = (today - DAY * days for days in range(1, LONGEST_REST))
    late = (day for day in back if (last := notice_last_day(calendar, day)) is not None and last < today)
    return Bounds(today, soon, next(late, None), today - RECORD_DAYS * DAY)

"""When somebody is late, leaves early or is missing, and for how long a code is good (M5). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from hall import tokens
from hall.calendar.rules import add_working_days
from hall.rota.presence.states import Presence
from hall.rota.states import Post, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from hall.calendar.rules import WorkingCalendar
    from hall.rota.rules import Hours

GRACE = timedelta(minutes=5)
"""So much later or earlier is not counted; beyond it every minute is."""
BEFORE = timedelta(hours=1)
"""From so long before the start somebody can say that they are here."""
SIGN_OUT = timedelta(minutes=30)
"""So long after the end the code is still shown for who has not signed out."""
VALID = 2
"""A code is good for its own minute and the next: who reads it at the last second has time to type it."""
TOLD_AS_OLD = 30
"""Codes of so many minutes ago are told apart from guesses."""
MINUTE_S = 60
ANSWER_DAYS = 3
"""Working days that a department has to answer for an absence, from the day after it was asked."""
ANSWER_AT_MOST = timedelta(days=7)
"""The same where the calendar is not confirmed that far: days are never guessed."""


def minute_of(at: datetime) -> int:
    """The running count of minutes, of which each has its code."""
    return int(at.timestamp()) // MINUTE_S


def changes_in(at: datetime) -> int:
    """Seconds until the next code."""
    return MINUTE_S - int(at.timestamp()) % MINUTE_S


def code_of(key: bytes, session: int, window: int, minute: int) -> str:
    """The six digits of one window in one minute of one session."""
    return tokens.digits(key, f"presence:{session}:{window}:{minute}")


def minute_shown(key: bytes, session: int, window: int, minutes: Iterable[int], code: str) -> int | None:
    """Of which of these minutes this is the code; None is of none."""
    for minute in minutes:
        if tokens.same(code, code_of(key, session, window, minute)):
            return minute
    return None


def valid_minutes(now: int) -> range:
    """The minutes whose codes are good now, the newest first."""
    return range(now, now - VALID, -1)


def old_minutes(now: int) -> range:
    """The minutes whose codes are no longer good, as far as they are told apart."""
    return range(now - VALID, now - TOLD_AS_OLD, -1)


def minutes_late(part: Hours, arrived_at: datetime) -> int:
    """Whole minutes after the start; 0 within the grace."""
    return _beyond(arrived_at - part.starts)


def minutes_early(part: Hours, left_at: datetime) -> int:
    """Whole minutes before the end; 0 within the grace."""
    return _beyond(part.ends - left_at)


def _beyond(span: timedelta) -> int:
    return int(span / timedelta(minutes=1)) if span > GRACE else 0


def answer_by(calendar: WorkingCalendar, asked: date) -> date:
    """The last day on which a department asked on this one can answer before the manager decides without it."""
    return add_working_days(calendar, asked, ANSWER_DAYS) or asked + ANSWER_AT_MOST


@dataclass(frozen=True, slots=True)
class Came:
    """Who came: their post on that day, and the minutes."""

    post: str
    late_min: int = 0
    early_min: int = 0


def presence(turn: str, part: Hours, now: datetime, came: Came | None) -> Presence:
    """What became of a turn. Who came in the head's place is a stand-in, however punctual (M4, M5).

    Who was late and left early is late; both figures are kept.
    """
    if came is None:
        if turn == Turn.EXCUSED:
            return Presence.ON_LEAVE
        return Presence.EXPECTED if now < part.ends else Presence.ABSENT
    if came.post != Post.HEAD:
        return Presence.STAND_IN
    if came.late_min:
        return Presence.LATE
    return Presence.LEFT_EARLY if came.early_min else Presence.PRESENT


def stage(mark: Presence, part: Hours, now: datetime, *, came: bool, left: bool) -> str:
    """What can be done about a turn on its day.

    `away` (on leave), `left`, `here`, `later` than an hour ahead, `expected`, `over`.
    """
    if mark is Presence.ON_LEAVE:
        return "away"
    if came:
        return "left" if left else "here"
    if now >= part.ends:
        return "over"
    return "expected" if now >= part.starts - BEFORE else "later"

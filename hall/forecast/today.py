"""What a line did so far today, kept up reading by reading, and the same from a line's own tickets."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall.forecast.model import Observation, Snapshot, Today

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class LineToday:
    """One line's day so far. Readings come in order of time; a reading may repeat the one before."""

    def __init__(self) -> None:
        self._waiting = 0
        self._called = 0
        self._minute: float | None = None
        self._last_call: float = 0.0
        self._busy_minutes = 0.0
        self._busy_calls = 0
        # Highest number issued so far and when it was first seen, both growing: who joined when
        self._issued: list[int] = []
        self._issued_at: list[float] = []

    @property
    def called(self) -> int:
        """Calls so far, those that left by themselves among them."""
        return self._called

    def read(self, minute: float, waiting: int, called: int) -> None:
        """At `minute` of the day `waiting` people wait and `called` calls were made so far."""
        called = max(called, self._called)
        if self._minute is None:
            self._last_call = minute
        elif self._waiting > 0:
            self._busy_minutes += minute - self._minute
            self._busy_calls += called - self._called
        if called > self._called:
            self._last_call = minute
        if not self._issued or called + waiting > self._issued[-1]:
            self._issued.append(called + waiting)
            self._issued_at.append(minute)
        self._minute, self._waiting, self._called = minute, waiting, called

    def at(self, minute: float) -> Today:
        """The day so far, seen at `minute`, not before the last reading."""
        if self._minute is None:
            return Today()
        passed = minute - self._minute
        joined = None
        if self._called:
            joined = minute - self._issued_at[bisect_left(self._issued, self._called)]
        busy = self._busy_minutes + (passed if self._waiting > 0 else 0.0)
        return Today(self._busy_calls, busy, minute - self._last_call, joined)


@dataclass(frozen=True, slots=True)
class Visit:
    """One ticket of a line's day, in minutes from local midnight.

    `left_min` is when the person was called or gave up, None while they wait; `called` tells the two apart.
    `ahead` and `windows_open` are those of the moment of joining. Who did not wait as others do (called out of order,
    let others first, was frozen by another matter) does not teach.
    """

    joined_min: float
    left_min: float | None
    called: bool
    ahead: int
    windows_open: int
    teaches: bool = True


def replay(visits: Iterable[Visit], until: float) -> LineToday:
    """The line's day up to and including the minute `until`, from its tickets of today."""
    line = LineToday()
    for _ in _moments(list(visits), line, until):
        pass
    return line


def observations(line: str, day: date, visits: Iterable[Visit]) -> list[Observation]:
    """What a model learns from one day of one line: every ticket that was called, as it stood when it was drawn."""
    found = []
    kept = LineToday()
    for visit, today in _moments(list(visits), kept, float("inf")):
        if visit.called and visit.teaches and visit.left_min is not None:
            moment = Snapshot(line, visit.ahead, visit.windows_open, visit.joined_min, today)
            found.append(Observation(day, moment, visit.left_min - visit.joined_min))
    return found


def _moments(visits: list[Visit], line: LineToday, until: float) -> Iterable[tuple[Visit, Today]]:
    """Feed the line event by event; gives each visit with the day so far at its joining, itself included."""
    events: list[tuple[float, int, Visit]] = []
    for visit in visits:
        events.append((visit.joined_min, 0, visit))
        if visit.left_min is not None:
            events.append((visit.left_min, 1, visit))
    waiting = gone = 0
    for minute, leaves, visit in sorted(events, key=lambda event: event[:2]):
        if minute > until:
            return
        waiting += -1 if leaves else 1
        gone += leaves
        line.read(minute, waiting, gone)
        if not leaves:
            yield visit, line.at(minute)

"""From five-minute readings of an office's queues to single draws, calls and windows. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from itertools import pairwise
from zlib import crc32

from hall.forecast.warsaw import CallCount, Row, by_queue_day, why_dropped

AFTER_ARRIVAL_MIN = 0.05
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Kind(IntEnum):
    """What happens; at the same minute in this order."""

    WINDOWS = 0
    DRAW = 1
    CALL = 2
    LEAVE = 3


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One thing at one minute of the recorded day. `who` counts the queue's people from 0; for windows, how many."""

    minute: float
    kind: Kind
    who: int


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """One queue's day. `waits` are those of the record, in minutes, by person called."""

    queue: str
    prefix: str
    windows: int
    steps: tuple[Step, ...]
    waits: tuple[float, ...]

    @property
    def left_waiting(self) -> int:
        """How many the record never shows called."""
        kinds = [step.kind for step in self.steps]
        return kinds.count(Kind.DRAW) - kinds.count(Kind.CALL) - kinds.count(Kind.LEAVE)


@dataclass(frozen=True, slots=True)
class DayPlan:
    """An office's day. `dropped`: queues left out, with the reason."""

    office: str
    day: date
    queues: tuple[QueuePlan, ...]
    dropped: dict[str, str] = field(default_factory=dict)

    @property
    def begins(self) -> float:
        """First minute."""
        return min(queue.steps[0].minute for queue in self.queues)

    @property
    def ends(self) -> float:
        """Last minute."""
        return max(queue.steps[-1].minute for queue in self.queues)


def plan_day(rows: Iterable[Row], office: str, day: date, *, whole: bool = False) -> DayPlan:
    """The plan of one office's day. A queue-day whose numbers are not one series is dropped, with the reason.

    The `whole` day has these, too: each fall and each jump of the number is one call there.
    """
    of_day = [row for row in rows if row.office == office and row.day == day]
    queues, dropped, taken = [], {}, set[str]()
    for readings in by_queue_day(of_day).values():
        reason = None if whole else why_dropped(readings)
        name = f"{readings[0].letter or '?'} ({readings[0].queue})"
        if reason is None and not any(row.waiting or row.called for row in readings):
            reason = "nobody came"
        if reason is not None:
            dropped[name] = reason
            continue
        queues.append(_queue(readings, _prefix(readings[0].letter, taken)))
    return DayPlan(office, day, tuple(queues), dropped)


def _prefix(letter: str, taken: set[str]) -> str:
    wanted = letter.upper()
    usable = 0 < len(wanted) <= 2 and wanted.isascii() and wanted.isalpha() and wanted not in taken  # noqa: PLR2004
    found = wanted if usable else next(sign for sign in LETTERS if sign not in taken)
    taken.add(found)
    return found


@dataclass(slots=True)
class _Line:
    """A queue on its way through the day: who waits, since when, and what was noted.

    Readings five minutes apart do not tell the moment in between. Each queue has its own `phase`, from 0 to 1: in the
    middle of the five minutes all queues of a city would call in the same second.
    """

    phase: float
    steps: list[Step] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    waiting: deque[int] = field(default_factory=deque)
    joined: list[float] = field(default_factory=list)
    open: int = 0

    def windows(self, minute: float, count: int) -> None:
        if count != self.open:
            self.steps.append(Step(minute, Kind.WINDOWS, count))
            self.open = count

    def draw(self, begin: float, end: float, count: int) -> None:
        """`count` people, spread evenly."""
        for each in range(count):
            minute = begin + (each + self.phase) / count * (end - begin)
            self.steps.append(Step(minute, Kind.DRAW, len(self.joined)))
            self.waiting.append(len(self.joined))
            self.joined.append(minute)

    def call(self, begin: float, end: float, count: int) -> None:
        """`count` calls, spread evenly, none before its person has come."""
        last = begin
        for each in range(count):
            who = self.waiting.popleft()
            even = begin + (each + self.phase) / count * (end - begin)
            last = max(last, even, self.joined[who] + AFTER_ARRIVAL_MIN)
            self.steps.append(Step(last, Kind.CALL, who))
            self.waits.append(last - self.joined[who])

    def leave(self, minute: float, count: int) -> None:
        """Numbers taken back: the newest leave."""
        for _ in range(min(count, len(self.waiting))):
            self.steps.append(Step(minute, Kind.LEAVE, self.waiting.pop()))


def _phase(office: str, queue: str) -> float:
    """The same on every machine and in every run."""
    return crc32(f"{office} {queue}".encode()) / 2**32


def _queue(readings: Sequence[Row], prefix: str) -> QueuePlan:
    calls = CallCount()
    counts = [calls.show(row) for row in readings]
    first = readings[0]
    line = _Line(_phase(first.office, first.queue))
    line.windows(first.minute, first.windows)
    line.draw(first.minute, first.minute, first.waiting)
    for (before, row), (called, now_called) in zip(pairwise(readings), pairwise(counts), strict=True):
        begin, end = float(before.minute), float(row.minute)
        made = now_called - called
        came = made + row.waiting - len(line.waiting)
        line.draw(begin, end, max(0, came))
        line.call(begin, end, made)
        line.leave(end, max(0, -came))
        line.windows(end, row.windows)
    windows = max(1, *(row.windows for row in readings))
    return QueuePlan(first.queue, prefix, windows, tuple(sorted(line.steps)), tuple(line.waits))

"""The arithmetic of ranges, and which time counts for a number that was printed alone (Q9). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

LAST_OF_HALL = 9000
"""The hall's own running count ends here; above it are the ranges of kiosks."""
STEP = 100
NUMBERS = 99
SLOTS = 100
IN_HAND = 2
"""Ranges that a kiosk keeps for each line and date: 198 numbers last it a day (docs/cut-off.md)."""
MOST = 20
"""Ranges that one kiosk may ever have for a line and date: a lost disk or a stolen token leaves the others theirs."""
FEW = 10
"""So few free slots of a prefix on a date, and staff are told."""
MOST_ASIDE = 200
"""Papers of one machine that staff are told of at a time; it tells of the others later: a broken or stolen one."""
DATES_AHEAD = 3
"""Further dates for which it keeps them: a weekend."""
SLACK = timedelta(seconds=60)
"""Clocks that differ by less agree: papers show minutes."""


def serial(slot: int, position: int) -> int:
    """The number at a position (1 to 99) of a range: slot 0 is 9001–9099, slot 1 is 9101–9199."""
    return LAST_OF_HALL + STEP * slot + position


def slot_and_position(number: int) -> tuple[int, int] | None:
    """Where a number lies among the ranges; None where it lies in none."""
    slot, position = divmod(number - LAST_OF_HALL, STEP)
    return (slot, position) if 0 <= slot < SLOTS and 1 <= position <= NUMBERS else None


def free_slots(taken: set[int], wanted: int) -> list[int]:
    """The lowest slots that nobody has; fewer where there are no more."""
    return [slot for slot in range(SLOTS) if slot not in taken][: max(0, wanted)]


def missing(in_hand: int, had: int = 0) -> int:
    """How many further ranges a kiosk gets that has so many with numbers left, and `had` so many in all."""
    return max(0, min(IN_HAND - in_hand, MOST - had))


def dates_to_reserve(today: date) -> list[date]:
    """The business dates for which numbers are kept."""
    return [today + timedelta(days=ahead) for ahead in range(DATES_AHEAD + 1)]


@dataclass(frozen=True, slots=True)
class Known:
    """What the server knows of a kiosk: when it last heard of it, now, and the place of the paper before."""

    heard_at: datetime | None
    now: datetime
    before: datetime | None
    day_begins: datetime
    day_ends: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """The time that counts, and why it is not the printed one: `clock`, `early`, `late`, `order`, or nothing."""

    at: datetime
    because: str | None


def counted(printed_at: datetime, age_s: float | None, known: Known) -> Counted:
    """The time that counts for a paper: the printed one, within what the server knows.

    `age_s`: how long ago it was printed by a clock that nobody can set, where the kiosk can tell.
    """
    at, because = printed_at, None
    if age_s is not None:
        by_age = known.now - timedelta(seconds=age_s)
        if abs(by_age - printed_at) > SLACK:
            at, because = by_age, "clock"
    latest = min(known.now, known.day_ends - timedelta(microseconds=1))
    earliest = known.day_begins
    if known.heard_at is not None:
        earliest = max(earliest, known.heard_at - SLACK)
    if at < earliest:
        at, because = earliest, because or "early"
    if at > latest:
        at, because = latest, because or "late"
    if known.before is not None and at < known.before:
        at, because = min(known.before, latest), because or "order"
    return Counted(at, because)


NOTED_BACK = timedelta(days=7)
"""So long afterwards a call by hand may still be entered."""


def may_be_noted(day: date, today: date) -> bool:
    """Whether calls by hand of that date may be entered."""
    return today - NOTED_BACK <= day <= today

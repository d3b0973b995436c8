"""When a head can be booked, how matters are numbered, and which promises can be made (M6). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

SLOT = timedelta(minutes=15)
LONGEST_PROMISE = timedelta(days=366)
HINT = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One half of a day on which somebody sits: its name and its local hours, HH:MM."""

    name: str
    starts: str
    ends: str


def slots(day: date, part: Part, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The beginnings of the quarter hours of a turn, the last one whole."""
    if not part.starts:
        return ()
    begins, ends = (datetime.combine(day, time.fromisoformat(at), zone) for at in (part.starts, part.ends))
    count = (ends - begins) // SLOT
    return tuple(begins + SLOT * number for number in range(max(0, count)))


def free(all_slots: Iterable[datetime], taken: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """Those that nobody has, and that have not begun."""
    gone = set(taken)
    return tuple(at for at in all_slots if at > now and at not in gone)


def number(year: int, serial: int) -> str:
    """As it is said and written: 2026-0012."""
    return f"{year}-{serial:04d}"


def can_be_due(due_on: date, today: date) -> bool:
    """Whether a promise can name this day: today or later, a year at the most."""
    return today <= due_on <= today + LONGEST_PROMISE


def overdue(state: str, due_on: date | None, today: date) -> bool:
    """Whether a promise has passed its day and is neither kept nor said not to be."""
    return state == "promised" and due_on is not None and due_on < today


def hint(asked: str, name: str) -> str:
    """What a list shows of what is asked: the first signs, a third at the most, no digit and no sign of the name."""
    first = asked[: min(HINT, len(asked) // 3)]
    stop = next((at for at, sign in enumerate(first) if sign.isdigit() or sign in name), len(first))
    return f"{first[:stop]}**"

"""The day of a hall as the rules say it should be (Q1–Q8, Q10): a small model, worked out anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOWS = ("xixian-01", "xixian-02", "xixian-09")
LINES = ("xixian-a", "xixian-b", "xixian-c")
PHONES = ("13800000001", "13800000002")
HEAD_START, TARGET = timedelta(minutes=20), timedelta(minutes=30)
OPEN = {"called", "serving"}
MANY = 16  # so many numbers have been given out before a day may end


@dataclass(slots=True)
class Number:
    """A ticket as the rules say it should be."""

    key: int
    token: str
    number: str
    line: str
    issued: datetime
    place: datetime
    lane: str
    phone: str | None
    state: str = "waiting"
    window: str | None = None
    calls: int = 0
    counted: datetime | None = None
    passed: datetime | None = None
    passed_by: str | None = None
    rejoins: int = 0
    alone: bool = False
    """Printed by a kiosk that was cut off (Q9)."""


@dataclass(slots=True)
class Day:
    """One business date."""

    numbers: list[Number] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    latest: datetime | None = None

    def waiting(self, line: str) -> list[Number]:
        """Who waits in a line, in order (Q3)."""
        return sorted(
            (one for one in self.numbers if one.state == "waiting" and one.line == line), key=by_place
        )

    def at(self, window: str) -> Number | None:
        """Who stands at a window."""
        return next((one for one in self.numbers if one.window == window and one.state in OPEN), None)


def by_place(one: Number) -> tuple[datetime, int]:
    return one.place, one.key

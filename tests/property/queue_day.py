"""The day of a hall as the rules say it should be (Q1–Q8, Q10): a small model, worked out anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

WINDOWS = ("xixian-01", "xixian-02", "xixian-09", "xixian-13")
LINES = ("xixian-a", "xixian-b", "xixian-c")
PHONES = ("13800000001", "13800000002")
AGENT, AGENT_TICKETS = "13800000009", 2
HEAD_START, TARGET = timedelta(minutes=20), timedelta(minutes=30)
OPENS, CLOSES = time(6), time(22)
LUNCH = time(12), time(13)
STAYS_OPEN = "xixian-a"
"""The line that issues at lunch, too (Q10)."""
OPEN = {"called", "serving"}
MANY = 16  # so many numbers have been given out before a day may end
BOARD_CALLS = 6
GIVEN_UP = 9  # in place of a count of rejoins: its person has drawn anew, and it never comes back
UNDONE_WITHIN = timedelta(minutes=1)
COUNTS_AFTER, ALMOST, SECOND = timedelta(seconds=20), timedelta(minutes=1), timedelta(seconds=1)
WORDS = {None: None, "priority": "依规优先", "returned": "补件返回"}
"""What the public reads of a place or a call that is not by time (Q7)."""
RULE_OF = {
    "waiting": "Q3",
    "called": "Q2",
    "serving": "Q2",
    "held": "Q14",
    "passed": "Q6",
    "finished": "Q2",
    "abandoned": "Q10",
    "unserved": "Q10",
}
"""The rule that is broken where a ticket should be in this state and is not."""


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
    times: int = 0
    """How often it was announced since it was called last; `calls` are those that count towards passing (Q6)."""
    announced: datetime | None = None
    passed: datetime | None = None
    passed_by: str | None = None
    rejoins: int = 0
    alone: bool = False
    """Printed by a kiosk that was cut off (Q9)."""
    heads: int = 1
    visit: int | None = None
    """Those on one slip are one person's (Q13)."""
    reserved: str | None = None
    """The window to which it was sent (Q5)."""
    basis: str = "issued"
    laters: int = 0
    reason: str | None = None
    """Why it was called out of order (Q7)."""

    @property
    def told(self) -> str | None:
        """All that the public reads of an order that is not by time (Q7)."""
        if self.reason:
            return "returned" if self.reason == "papers" else "priority"
        if self.basis == "returned":
            return "returned"
        return "priority" if self.lane == "priority" else None

    def is_called(self, window: str, at: datetime, reason: str | None) -> None:
        """To a window, for the first time or anew (Q2)."""
        self.state, self.window, self.reserved, self.reason = "called", window, None, reason
        self.calls, self.counted, self.times, self.announced = 1, at, 1, at

    def is_called_again(self, at: datetime) -> None:
        """Announced once more, unless within the same second; it counts 20 s after the last that did (Q6).

        One of the future was counted by a clock that is right since, and is not waited for.
        """
        assert self.announced and self.counted
        if -ALMOST <= at - self.announced < SECOND:
            return
        self.times, self.announced = self.times + 1, at
        if not -ALMOST <= at - self.counted < COUNTS_AFTER:
            self.calls, self.counted = self.calls + 1, at

    def goes_first(self) -> None:
        """Priority, as if from the start; counted from the present place of who moved in the line (Q3, Q4)."""
        moved = self.basis in {"rejoined", "later"}
        counted_from = self.place if moved else self.issued
        self.place, self.lane = min(self.place, counted_from - HEAD_START), "priority"
        self.basis = self.basis if moved else "priority"


@dataclass(slots=True)
class Day:
    """One business date."""

    numbers: list[Number] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    latest: datetime | None = None
    stopped: set[str] = field(default_factory=set)
    lent: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """Until when a window is lent to a line (Q5)."""
    agents: int = 0
    """How many numbers the registered agent has drawn (Q8)."""

    def waiting(self, line: str) -> list[Number]:
        """Who waits in a line, in order (Q3)."""
        return sorted(
            (one for one in self.numbers if one.state == "waiting" and one.line == line), key=by_place
        )

    def people(self, line: str) -> int:
        """How many people wait in a line: a group is more than one (Q13)."""
        return sum(one.heads for one in self.waiting(line))

    def is_frozen(self, one: Number) -> bool:
        """Whether its person is at a window with another matter of the same slip (Q13)."""
        return one.state == "waiting" and one.visit is not None and self.is_busy(one)

    def is_busy(self, one: Number) -> bool:
        """Whether another matter of the same slip is at a window, or on hold there."""
        return one.visit is not None and any(
            other.visit == one.visit and other is not one and other.state in {*OPEN, "held"}
            for other in self.numbers
        )

    def callable(self, line: str) -> list[Number]:
        """Who can be called from a line, in order."""
        return [one for one in self.waiting(line) if not one.reserved and not self.is_frozen(one)]

    def sent_to(self, window: str) -> list[Number]:
        """Who was sent to this very window and can be called, in order."""
        return sorted(
            (
                one
                for one in self.numbers
                if one.state == "waiting" and one.reserved == window and not self.is_frozen(one)
            ),
            key=by_place,
        )

    def calls(self) -> list[tuple[str, str]]:
        """Numbers and the windows to which they were called, or sent with what is on hold; the latest first (Q11)."""
        called = [
            (one.announced, one.key, one.number, one.window)
            for one in self.numbers
            if one.announced and one.window and one.state != "waiting"
        ]
        return [(number, window) for _at, _key, number, window in sorted(called, reverse=True)]

    def at(self, window: str) -> Number | None:
        """Who stands at a window."""
        return next((one for one in self.numbers if one.window == window and one.state in OPEN), None)

    def passed_last(self, window: str, now: datetime) -> Number | None:
        """Whose pass this window may take back: the last one's, for a minute, while the window is empty (Q6).

        Not of one who has drawn anew (Q8), or whose other matter is at a window (Q13).
        """
        passed = [
            (one.passed, one)
            for one in self.numbers
            if one.state == "passed" and one.passed_by == window and one.passed
        ]
        at, last = max(passed, key=lambda each: each[0], default=(now, None))
        if last is None or now - at > UNDONE_WITHIN or self.at(window):
            return None
        return None if last.rejoins == GIVEN_UP or self.is_busy(last) else last


def by_place(one: Number) -> tuple[datetime, int]:
    return one.place, one.key

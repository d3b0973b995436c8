"""The form of the learned figure: minutes per call, corrected by factors that stand in small tables.

A wait is (people ahead + 1) × a base × one factor from each table. Here is which tables there are, which cell of each
a moment falls into, and how hard a cell with little behind it is drawn to 1.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from math import exp, log
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hall.forecast.model import Snapshot

AHEAD_STEPS = (1, 2, 3, 4, 6, 9, 13, 21, 41)
EVIDENCE_STEPS = (1, 3, 6, 12, 25, 50)
SIZE_STEPS = (8, 15, 30, 60, 120)
MOST_WINDOWS = 8


class Fixed(NamedTuple):
    """A table whose cell is known from the moment alone. `shrink` is in observations."""

    name: str
    shrink: float
    cell: Callable[[Snapshot], int]


class Live(NamedTuple):
    """A table that compares today with what was expected; `cell` also takes the log of the minutes per call so far."""

    name: str
    shrink: float
    cell: Callable[[Snapshot, float], int]


def _ahead(moment: Snapshot) -> int:
    return bisect_right(AHEAD_STEPS, moment.ahead + 1)


def _windows(moment: Snapshot) -> int:
    return min(moment.windows_open, MOST_WINDOWS)


def _half_hour(moment: Snapshot) -> int:
    return int(moment.minute) // 30


def _hour(moment: Snapshot) -> int:
    return int(moment.minute) // 60


def _step(ratio: float, lowest: float, highest: float, steps: int) -> int:
    """Cell of a log ratio: 0 for all below, `steps` + 1 for all above."""
    return max(0, min(steps + 1, 1 + int((log(ratio) - lowest) / (highest - lowest) * steps // 1)))


def _pace(moment: Snapshot, log_per_call: float) -> int:
    """Calls expected in today's busy time against calls made, by how many were made. Three of each are assumed."""
    today = moment.today
    ratio = (today.busy_minutes / exp(log_per_call) + 3) / (today.busy_calls + 3)
    return _step(ratio, -1.2, 1.2, 12) * 8 + bisect_right(EVIDENCE_STEPS, today.busy_calls)


def _since(moment: Snapshot, log_per_call: float) -> int:
    """Time since the last call against the usual time between calls: a window about to be free, or one that stalls."""
    if moment.today.since_call is None:
        return -1
    ratio = (moment.today.since_call + 2) / (exp(log_per_call) + 2)
    return _step(ratio, -2, 3, 15) * 8 + bisect_left((1, 2, 3, 6, 12), moment.ahead + 1)


def _last(moment: Snapshot, log_per_call: float) -> int:
    """How long ago the one last called joined, against the wait expected now."""
    if moment.today.last_joined is None:
        return -1
    calls = moment.ahead + 1
    ratio = (moment.today.last_joined + 8) / (exp(log_per_call) * calls + 8)
    return _step(ratio, -2, 2, 16) * 8 + bisect_left((1, 2, 4, 8), calls)


def spread_cell(ahead: int, p50_min: float) -> int:
    """Cell of the table that leads from the median to the ninth decile."""
    return bisect_left((1, 2, 4, 8, 16), ahead + 1) * 8 + bisect_right(SIZE_STEPS, p50_min)


# Learned over all lines together
POOLED = (
    Fixed("ahead", 20, _ahead),
    Fixed("half_hour", 20, _half_hour),
    Fixed("windows", 50, _windows),
    Fixed("hour_ahead", 50, lambda moment: _hour(moment) * 16 + _ahead(moment)),
)
# Learned for each line by itself, on top of the pooled ones
OWN = (
    Fixed("level", 20, lambda _moment: 0),
    Fixed("windows", 30, _windows),
    Fixed("ahead", 30, _ahead),
    Fixed("hour", 30, _hour),
)
# Learned over all lines, applied one after the other to what the tables before them expect
LIVE = (Live("pace", 20, _pace), Live("since", 30, _since), Live("last", 30, _last))

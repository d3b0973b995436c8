"""The agent's time when nobody tells it: reckoned from the server's at the last kit (Q9, E3; pure but for `read`).

While the machine runs, a clock that nobody can set counts on; setting the wall clock changes nothing. After a
restart only the wall clock is left, with its known difference; it never goes back behind what was printed already.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine's clocks at one moment: the wall clock, seconds since `boot`, which start of the machine that was."""

    wall: float
    steady: float
    boot: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The server's time beside the machine's own."""

    server: float
    at: Reading


def read() -> Reading:
    """Both clocks now."""
    if BOOT.exists():
        boot = BOOT.read_text(encoding="ascii").strip()
        return Reading(time.time(), time.clock_gettime(time.CLOCK_BOOTTIME), boot)
    return Reading(time.time(), time.monotonic(), _PROCESS)


_PROCESS = f"process-{time.time_ns()}"


def reckon(anchor: Anchor | None, now: Reading, printed_last: float) -> float:
    """The time to print, in seconds since 1970; not before what was printed last."""
    if anchor is None:
        at = now.wall
    elif anchor.at.boot == now.boot:
        at = anchor.server + (now.steady - anchor.at.steady)
    else:
        at = now.wall + (anchor.server - anchor.at.wall)
    return max(at, printed_last)


def age(then: Reading, now: Reading) -> float | None:
    """Seconds since then, where the machine has not been started anew."""
    return max(0.0, now.steady - then.steady) if then.boot == now.boot else None

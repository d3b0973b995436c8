"""A small record of queues in the Warsaw format, simulated: people come, windows call, every five minutes is written.

Deterministic, so that the tests of the wait figure have a record of their own where no real one lies at hand.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "warsaw-queues.csv.gz"
HEADER = (
    "date", "time", "office", "queue_id", "letter", "open_windows", "waiting", "called", "published_service_min",
)  # fmt: skip
OPENS, CLOSES = 8 * 60, 16 * 60


class Reading(NamedTuple):
    """One row; what is not said stands for a quiet queue with one window."""

    day: str
    time: str
    waiting: int
    called: int
    windows: int = 1
    queue: str = "1"
    office: str = "Hall"

    def row(self) -> tuple[str | int, ...]:
        """The fields in the order of the file."""
        return (
            self.day, self.time, self.office, self.queue, "A", self.windows, self.waiting, self.called, 10,
        )  # fmt: skip


def simulate(days: int, queues: int, seed: int = 1) -> list[Reading]:
    """Readings of `queues` queues on `days` days. Queue n has n windows, each taking about 4 + 3n minutes a person."""
    found: list[Reading] = []
    chance = random.Random(seed)
    for number in range(days):
        day = (date(2026, 3, 2) + timedelta(number)).isoformat()
        for queue in range(1, queues + 1):
            found.extend(_day(day, queue, chance))
    return found


def _day(day: str, queue: int, chance: random.Random) -> list[Reading]:
    service = 4.0 + 3.0 * queue
    busy_until = [0.0] * queue
    waiting = called = 0
    readings = []
    for minute in range(OPENS, CLOSES + 120):
        if minute < CLOSES and chance.random() < 1.02 * queue / service:
            waiting += 1
        for window in range(queue):
            if waiting and busy_until[window] <= minute:
                waiting, called = waiting - 1, called + 1
                busy_until[window] = minute + chance.gammavariate(3.0, service / 3.0)
        if minute % 5 == 0:
            time = f"{minute // 60:02d}:{minute % 60:02d}"
            readings.append(Reading(day, time, waiting, called, queue, str(queue)))
    return readings


def write(readings: list[Reading], path: Path) -> Path:
    """The record as a file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(reading.row() for reading in readings)
    return path

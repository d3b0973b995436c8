"""The wait figure against what people really waited, beside simpler figures for the same people.

Judged on recorded days, each from the days before it. The judge reads the record with code of its own.
"""

from __future__ import annotations

import csv
import gzip
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING, NamedTuple

from hall.forecast.record import forecast_record
from tests.bench import Goal, Table
from tests.simulated_queues import REAL, simulate, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Key = tuple[str, str, str, str]


class Reading(NamedTuple):
    """One row of the record, as the judge reads it."""

    minute: int
    windows: int
    waiting: int
    called: int
    published: float


@dataclass(slots=True)
class Asked:
    """One person whose wait is judged, with each yardstick's figure."""

    key: Key
    line: tuple[str, str]
    reading: Reading
    real: int
    withdrawn: bool
    said: dict[str, float] = field(default_factory=dict)
    upper: float | None = None


def read(path: Path) -> dict[tuple[str, str, str], list[tuple[str, Reading]]]:
    """Readings with their time as written, by date, office and queue, in order of time."""
    found: dict[tuple[str, str, str], list[tuple[str, Reading]]] = defaultdict(list)
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for row in csv.DictReader(raw.decode().splitlines()):
        hour, minute = map(int, row["time"].split(":"))
        windows, waiting, called = (int(row[name]) for name in ("open_windows", "waiting", "called"))
        reading = Reading(hour * 60 + minute, windows, waiting, called, float(row["published_service_min"]))
        found[row["date"], row["office"], row["queue_id"]].append((row["time"], reading))
    for readings in found.values():
        readings.sort(key=lambda timed: timed[1].minute)
    return found


def one_series(readings: list[Reading]) -> bool:
    """The number called only rises, zeros aside, and by at most 20 between readings up to 15 minutes apart."""
    shown = 0
    for before, reading in pairwise(readings):
        shown = before.called or shown
        step = reading.called - shown if reading.called and shown else 0
        if step < 0 or (step > 20 and reading.minute - before.minute <= 15):
            return False
    return True


def withdrawals(readings: list[Reading]) -> bool:
    """Somewhere more than three numbers at once are taken back: what was drawn there was not waited for."""
    drawn = [max(r.called for r in readings[: at + 1]) + r.waiting for at, r in enumerate(readings)]
    return any(one - two > 3 for one, two in pairwise(drawn))


def real_wait(readings: list[Reading], at: int) -> int | None:
    """Minutes until the number last drawn at this reading is called; None if never, or within a hole of the record."""
    shown = max(r.called for r in readings[: at + 1])
    if not shown and next((r.called for r in readings if r.called), 0) > 20:
        return None  # the series begins far above 1: the number last drawn is not known before the first call
    target = shown + readings[at].waiting
    for before, reading in pairwise(readings[at:]):
        if reading.called >= target:
            return None if reading.minute - before.minute > 15 else reading.minute - readings[at].minute
    return None


def judged(path: Path) -> tuple[list[Asked], int, int]:
    """Everybody whose wait can be read off the record; queue-days used and left out."""
    people: list[Asked] = []
    used = left_out = 0
    for (day, office, queue), timed in read(path).items():
        readings = [reading for _, reading in timed]
        if not one_series(readings):
            left_out += 1
            continue
        used += 1
        withdrawn = withdrawals(readings)
        ended: list[tuple[int, int]] = []  # when, how long
        for at, (clock, reading) in enumerate(timed):
            real = real_wait(readings, at) if reading.waiting else None
            if real is None:
                continue
            asked = Asked((day, clock, office, queue), (office, queue), reading, real, withdrawn)
            before = [wait for end, wait in ended if end <= reading.minute]
            if before:
                asked.said["wait of the one last called"] = before[-1]
            asked.said["pace of the last half hour"] = _recent_pace(readings[: at + 1])
            asked.said["the city's published figure"] = reading.published
            people.append(asked)
            ended.append((reading.minute + real, real))
            ended.sort()
    return people, used, left_out


def _recent_pace(so_far: list[Reading]) -> float:
    now = so_far[-1]
    past = [reading for reading in so_far if reading.minute >= now.minute - 30]
    calls = max(
        1, max(r.called for r in so_far) - max(r.called for r in so_far[: len(so_far) - len(past) + 1])
    )
    return now.waiting / calls * max(5, now.minute - past[0].minute)


def learned_yardsticks(people: list[Asked]) -> None:
    """Two figures that each line learns from the days before: minutes a person ahead, and the same by windows."""
    rules: dict[str, Callable[[Reading], float]] = {
        "learned minutes per person ahead": lambda reading: reading.waiting,
        "configured average ÷ windows": lambda reading: reading.waiting / max(1, reading.windows),
    }
    by_day: dict[str, list[Asked]] = defaultdict(list)
    for asked in people:
        by_day[asked.key[0]].append(asked)
    past: list[Asked] = []
    for day in sorted(by_day):
        for name, load in rules.items():
            paces: dict[tuple[str, str], list[float]] = defaultdict(list)
            for asked in past:
                paces[asked.line].append(asked.real / load(asked.reading))
            every = median(pace for known in paces.values() for pace in known) if past else None
            middle = {line: median(known) for line, known in paces.items()}
            for asked in by_day[day]:
                pace = middle.get(asked.line, every)
                if pace is not None:
                    asked.said[name] = pace * load(asked.reading)
        past.extend(by_day[day])


def forecasts(path: Path) -> tuple[dict[Key, tuple[float, float]], float]:
    """Our own figures for the whole record, and the seconds that they took."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "forecast.csv"
        begin = time.perf_counter()
        forecast_record(path, [], out)
        took = time.perf_counter() - begin
        with out.open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["p50_min"]]
    figures = {
        (row["date"], row["time"], row["office"], row["queue_id"]): (
            float(row["p50_min"]),
            float(row["p90_min"]),
        )
        for row in rows
    }
    return figures, took


OURS = "ours"
ORDER = (
    OURS, "learned minutes per person ahead", "configured average ÷ windows", "wait of the one last called",
    "pace of the last half hour", "the city's published figure",
)  # fmt: skip


def compared(people: list[Asked]) -> Iterator[tuple[str, float, float]]:
    """Name, mean absolute error and the error's 90th percentile of every figure, over those who have them all."""
    same = [asked for asked in people if all(name in asked.said for name in ORDER)]
    for name in ORDER:
        errors = sorted(abs(asked.said[name] - asked.real) for asked in same)
        yield name, mean(errors), errors[int(0.9 * len(errors))]


def under(people: list[Asked]) -> float:
    """Share of real waits that our upper figure covers."""
    known = [asked for asked in people if asked.upper is not None]
    return sum(asked.real <= asked.upper for asked in known if asked.upper is not None) / len(known)


def error(people: list[Asked]) -> float:
    """Our mean absolute error."""
    return mean(abs(asked.said[OURS] - asked.real) for asked in people if OURS in asked.said)


def measure(path: Path) -> tuple[list[Asked], int, int, float]:
    """Everybody judged, with all figures; queue-days used and left out; seconds of forecasting."""
    people, used, left_out = judged(path)
    learned_yardsticks(people)
    figures, took = forecasts(path)
    for asked in people:
        if asked.key in figures:
            asked.said[OURS], asked.upper = figures[asked.key]
    return people, used, left_out, took


def run() -> Table:
    """Judge the real record where it lies at hand, else a simulated one."""
    if REAL.exists():
        return _table(REAL, "Eight days of Warsaw's offices")
    with tempfile.TemporaryDirectory() as folder:
        return _table(write(simulate(6, 4), Path(folder) / "simulated.csv"), "Six simulated days")


def _table(path: Path, name: str) -> Table:
    people, used, left_out, took = measure(path)
    first = min(asked.key[0] for asked in people)
    later = [asked for asked in people if asked.key[0] > first]
    share, miss = under(later), error(later)
    return Table(
        title="The wait figure",
        question=f"How far is the figure from the real wait? {name}, each from the days before it.",
        columns=("figure", "mean absolute error, min", "nine of ten errors under, min"),
        rows=tuple(compared(later)),
        goals=(
            Goal("mean absolute error under 10 min", f"{miss:.2f}", miss < 10),
            Goal("80–95 % of real waits under p90", f"{share:.1%}", 0.8 <= share <= 0.95),
        ),
        notes=(
            *_who(later, used, left_out),
            _first_day([asked for asked in people if asked.key[0] == first]),
            f"Forecasting the whole record took {took:.0f} s.",
        ),
    )


def _who(later: list[Asked], used: int, left_out: int) -> Iterator[str]:
    real = [asked.real for asked in later]
    blank = sum(OURS not in asked.said for asked in later)
    yield (
        f"{len(later):,} people judged, {blank} without a figure; real wait: median {median(real):.0f}, "
        f"mean {mean(real):.0f} min. The table compares those for whom every figure exists."
    )
    yield (
        f"{used:,} queue-days judged; {left_out} left out because the number called falls, or jumps by more than 20 "
        "(series shared by several queues). Waits that end in a hole of the record are left out too."
    )
    days = sorted({asked.key[0] for asked in later})
    errors = {day: error([asked for asked in later if asked.key[0] == day]) for day in days}
    yield "Day by day: " + ", ".join(f"{day} {miss:.1f}" for day, miss in errors.items()) + " min."
    strict = [asked for asked in later if not asked.withdrawn]
    yield (
        "Without the queue-days on which more than three numbers at once are taken back: "
        f"{error(strict):.2f} min for {len(strict):,} people."
    )


def _first_day(begun: list[Asked]) -> str:
    return (
        f"The first day, from nothing but its own earlier readings: {error(begun):.1f} min at a mean wait of "
        f"{mean(asked.real for asked in begun):.0f}; {under(begun):.0%} under p90; "
        f"{sum(OURS not in asked.said for asked in begun)} of {len(begun):,} without a figure."
    )


if __name__ == "__main__":
    sys.stdout.write(run().text() + "\n")

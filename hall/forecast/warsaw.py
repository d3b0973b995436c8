"""Reading a record of queues in the Warsaw format, and what people on it really waited.

One row a queue and about five minutes: `date, time, office, queue_id, letter, open_windows, waiting, called,
published_service_min`. `called` is the number last called (0: none, or none just now), so `called + waiting` is the
number last drawn, and its holder is called as soon as `called` has reached it.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from hall.forecast.model import Observation, Snapshot
from hall.forecast.today import LineToday

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

COLUMNS = ("date", "time", "office", "queue_id", "open_windows", "waiting", "called")
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d)?", re.ASCII)
COUNT = re.compile(r"\d{1,9}", re.ASCII)
PROBLEMS_SHOWN = 20
MOST_AT_A_STEP = 20  # more numbers than this between two readings are not one line's calls
LONGEST_STEP_MIN = 15  # readings further apart are a hole: what happened in it is not known


class BrokenRecord(ValueError):
    """The file is no such record; `problems` names lines and what is wrong there."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        shown = self.problems[:PROBLEMS_SHOWN]
        if len(self.problems) > PROBLEMS_SHOWN:
            shown.append(f"… and {len(self.problems) - PROBLEMS_SHOWN} more")
        super().__init__("\n".join(f"{path.name}: {problem}" for problem in shown))


@dataclass(slots=True)
class Row:
    """One reading. `minute` counts from midnight."""

    day: date
    minute: int
    time: str
    office: str
    queue: str
    windows: int
    waiting: int
    called: int
    letter: str = ""

    @property
    def line(self) -> str:
        """Name of the line: queue numbers are unique within an office only."""
        return f"{self.office}/{self.queue}"


def read_record(path: Path) -> list[Row]:
    """All rows in the order of the file, plain or gzipped.

    Raises BrokenRecord with line numbers; nothing is skipped.
    """
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        text = raw.decode("utf-8-sig")
    except OSError as problem:
        raise BrokenRecord(path, [f"cannot be read: {problem.strerror or problem}"]) from None
    except (EOFError, zlib.error):
        raise BrokenRecord(path, ["the compressed file is damaged or cut off"]) from None
    except UnicodeDecodeError as problem:
        number = raw.count(b"\n", 0, problem.start) + 1
        raise BrokenRecord(path, [f"line {number}: not UTF-8 text"]) from None
    return _rows(path, text)


def _rows(path: Path, text: str) -> list[Row]:
    lines = csv.reader(io.StringIO(text, newline=""))
    rows: list[Row] = []
    problems: list[str] = []
    try:
        header = [name.strip() for name in next(lines, [])]
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            raise BrokenRecord(path, [f"line 1: the column {', '.join(missing)} is missing"])
        places = [header.index(name) for name in COLUMNS]
        letter = header.index("letter") if "letter" in header else None
        days: dict[str, date] = {}
        for fields in lines:
            if not fields:
                continue
            try:
                if len(fields) != len(header):
                    raise ValueError(f"{len(fields)} fields instead of {len(header)}")  # noqa: TRY301
                row = _row([fields[place] for place in places], days)
                row.letter = fields[letter] if letter is not None else ""
                rows.append(row)
            except ValueError as problem:
                problems.append(f"line {lines.line_num}: {problem}")
    except csv.Error as problem:
        problems.append(f"line {lines.line_num}: {problem}")
    if problems:
        raise BrokenRecord(path, problems)
    return rows


def _row(fields: list[str], days: dict[str, date]) -> Row:
    day_text, time, office, queue, *counts = fields
    day = days.get(day_text)
    if day is None:
        day = days[day_text] = _day(day_text)
    at = TIME.fullmatch(time)
    if at is None:
        raise ValueError(f"time {time!r} is not HH:MM")
    if not office or not queue:
        raise ValueError("office and queue_id must not be empty")
    for name, value in zip(COLUMNS[4:], counts, strict=True):
        if not COUNT.fullmatch(value):
            raise ValueError(f"{name} {value!r} is not a whole number from 0 up")
    windows, waiting, called = map(int, counts)
    return Row(day, int(at[1]) * 60 + int(at[2]), time, office, queue, windows, waiting, called)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError(f"date {text!r} is not a day written YYYY-MM-DD")
    return day


class CallCount:
    """How many were called, from the numbers shown.

    Where queues share a series the number falls and jumps; each fall and each jump counts as one call then. After a
    hole in the record any rise is taken as it is.
    """

    def __init__(self) -> None:
        self.count = 0
        self._shown = 0
        self._minute: int | None = None

    def show(self, row: Row) -> int:
        """Take the next reading, give the count so far."""
        step = row.called - self._shown
        if row.called and step:
            self.count += step if step > 0 and not self._jumps(row) else 1
            self._shown = row.called
        self._minute = row.minute
        return self.count

    def _jumps(self, row: Row) -> bool:
        after_hole = self._minute is not None and row.minute - self._minute > LONGEST_STEP_MIN
        first = self._shown == 0
        return row.called - self._shown > MOST_AT_A_STEP and (first or not after_hole)


def by_queue_day(rows: Iterable[Row]) -> dict[tuple[date, str], list[Row]]:
    """Rows of each queue and day, in order of time."""
    found: dict[tuple[date, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.day, row.line), []).append(row)
    for readings in found.values():
        readings.sort(key=lambda row: row.minute)
    return found


def why_dropped(readings: Sequence[Row]) -> str | None:
    """Why no waits can be derived from this queue's day; None when they can."""
    shown = 0
    last_minute = readings[0].minute if readings else 0
    for row in readings:
        number = row.called or shown
        if number < shown:
            return "the number called falls: several series"
        if shown and number - shown > MOST_AT_A_STEP and row.minute - last_minute <= LONGEST_STEP_MIN:
            return f"the number called jumps by more than {MOST_AT_A_STEP}: a shared series"
        shown, last_minute = number, row.minute
    return None


def moment(row: Row, line: LineToday, calls: CallCount) -> Snapshot | None:
    """The moment of the one who waits last at this reading, the next of its line; None when nobody waits."""
    line.read(row.minute, row.waiting, calls.show(row))
    if not row.waiting:
        return None
    return Snapshot(row.line, row.waiting - 1, row.windows, row.minute, line.at(row.minute))


def real_waits(readings: Sequence[Row]) -> list[int | None]:
    """Minutes from each reading to the call of the one who waits last then.

    None: nobody waits, the call never came that day, or it came in a hole of the record.
    """
    calls = CallCount()
    counts = [calls.show(row) for row in readings]
    steps = enumerate(pairwise(readings), 1)
    holes = {at for at, (one, two) in steps if two.minute - one.minute > LONGEST_STEP_MIN}
    waits: list[int | None] = []
    for count, row in zip(counts, readings, strict=True):
        reached = bisect_left(counts, count + row.waiting)
        known = row.waiting and reached < len(counts) and reached not in holes
        waits.append(readings[reached].minute - row.minute if known else None)
    return waits


def observe(queue_days: Mapping[tuple[date, str], Sequence[Row]]) -> Iterator[Observation]:
    """All that can be learned, also from days that cannot be judged: there the calls are counted, not the numbers."""
    for (day, _line), readings in queue_days.items():
        line, calls = LineToday(), CallCount()
        for row, waited in zip(readings, real_waits(readings), strict=True):
            now = moment(row, line, calls)
            if now is not None and waited is not None:
                yield Observation(day, now, waited)

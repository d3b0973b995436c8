"""Reading a record, and the real waits on it: small ones made by hand, with answers that can be counted."""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING

import pytest

from hall.forecast.record import forecast_record
from hall.forecast.warsaw import BrokenRecord, CallCount, by_queue_day, read_record, real_waits, why_dropped
from tests.simulated_queues import Reading, simulate, write

if TYPE_CHECKING:
    from pathlib import Path

    from hall.forecast.warsaw import Row

DAY = "2026-03-02"


def queue_day(tmp_path: Path, *steps: tuple[str, int, int]) -> list[Row]:
    """Readings of one queue and day from (time, waiting, called)."""
    return read_record(write([Reading(DAY, *step) for step in steps], tmp_path / "one.csv"))


def test_the_real_wait_ends_when_the_number_of_the_last_one_is_called(tmp_path: Path) -> None:
    rows = queue_day(
        tmp_path,
        ("08:00", 0, 0),
        ("08:05", 3, 1),
        ("08:10", 2, 2),
        ("08:15", 4, 4),
        ("08:20", 0, 8),
        ("08:25", 1, 8),
    )
    # 08:05: number 4 is called at 08:15 · 08:10: number 4 too · 08:15: number 8 at 08:20 · 08:25: never
    assert real_waits(rows) == [None, 10, 5, 5, None, None]


def test_a_wait_that_ends_in_a_hole_of_the_record_is_not_known(tmp_path: Path) -> None:
    rows = queue_day(tmp_path, ("08:00", 2, 1), ("08:05", 1, 2), ("09:30", 2, 9), ("09:35", 0, 11))
    assert real_waits(rows) == [None, None, 5, None]


def test_a_number_of_zero_in_between_does_not_start_the_day_again(tmp_path: Path) -> None:
    rows = queue_day(tmp_path, ("08:00", 2, 5), ("08:05", 2, 0), ("08:10", 1, 6), ("08:15", 0, 7))
    assert why_dropped(rows) is None
    assert real_waits(rows) == [15, 10, 5, None]


def test_numbers_that_begin_above_one_are_counted_from_there(tmp_path: Path) -> None:
    rows = queue_day(tmp_path, ("08:00", 2, 0), ("08:05", 1, 401), ("08:10", 0, 402))
    assert why_dropped(rows) is None
    assert real_waits(rows) == [10, 5, None]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((("08:00", 2, 5), ("08:05", 1, 4)), "falls"),
        ((("08:00", 2, 5), ("08:05", 1, 905)), "jumps"),
        ((("08:00", 2, 5), ("09:05", 1, 45)), None),
    ],
)
def test_days_of_shared_series_are_named_with_the_reason(
    tmp_path: Path, steps: tuple[tuple[str, int, int], ...], reason: str | None
) -> None:
    found = why_dropped(queue_day(tmp_path, *steps))
    assert (found or "") == "" if reason is None else reason in (found or "")


def test_a_jump_between_shared_series_counts_as_one_call(tmp_path: Path) -> None:
    rows = queue_day(tmp_path, ("08:00", 2, 5), ("08:05", 2, 901), ("08:10", 2, 6), ("08:15", 2, 8))
    calls = CallCount()
    assert [calls.show(row) for row in rows] == [5, 6, 7, 9]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("2026-03-02,8 o'clock,Hall,1,A,1,0,0,10", "line 3: time"),
        ("02.03.2026,08:00,Hall,1,A,1,0,0,10", "line 3: date"),
        ("2026-03-02,08:00,Hall,1,A,one,0,0,10", "line 3: open_windows 'one'"),
        ("2026-03-02,08:00,Hall,1,A,1,-2,0,10", "line 3: waiting '-2'"),
        ("2026-03-02,08:00,Hall,1,A,1,0,9999999999,10", "line 3: called"),
        ("2026-03-02,08:00,,1,A,1,0,0,10", "line 3: office"),
        ("2026-03-02,08:00,Hall", "line 3: 3 fields instead of 9"),
    ],
)
def test_a_broken_line_is_named_by_its_number(tmp_path: Path, line: str, complaint: str) -> None:
    path = write([Reading(DAY, "08:00", 0, 0)], tmp_path / "broken.csv")
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(BrokenRecord, match=r"broken\.csv") as caught:
        read_record(path)
    assert caught.value.problems[0].startswith(complaint)
    assert len(caught.value.problems) == 1, "sound lines must not be complained about"


def test_every_broken_line_is_found_in_one_go(tmp_path: Path) -> None:
    path = write([], tmp_path / "broken.csv")
    path.write_text(path.read_text() + "x\n" * 30)
    with pytest.raises(BrokenRecord, match="and 10 more") as caught:
        read_record(path)
    assert len(caught.value.problems) == 30


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "line 1: the column"),
        (b"date,time,office\n", "queue_id"),
        (b"date\n\xff\xfe\n", "line 2: not UTF-8"),
        (gzip.compress(b"date,time\n" * 99, mtime=0)[:-12], "damaged"),
        (b"\x1f\x8bnonsense", "cannot be read|damaged"),
    ],
)
def test_what_is_no_record_at_all_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BrokenRecord, match=complaint):
        read_record(path)


def test_a_record_may_be_compressed(tmp_path: Path) -> None:
    plain = write(simulate(1, 1), tmp_path / "plain.csv")
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_record(packed) == read_record(plain)


def test_every_reading_with_somebody_waiting_gets_a_line_in_the_order_of_the_record(tmp_path: Path) -> None:
    readings = simulate(2, 2)
    record = write(readings, tmp_path / "record.csv")
    outcome = forecast_record(record, [], tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == ["date", "time", "office", "queue_id", "p50_min", "p90_min"]
    asked = [(r.day, r.time, r.office, r.queue) for r in readings if r.waiting]
    assert [(r["date"], r["time"], r["office"], r["queue_id"]) for r in lines] == asked
    assert outcome.written == len(asked)
    assert outcome.blank == sum(not line["p50_min"] for line in lines)
    second_day = [line for line in lines if line["date"] == "2026-03-03"]
    assert second_day
    assert all(0 < float(line["p50_min"]) <= float(line["p90_min"]) for line in second_day)


def test_a_learning_record_gives_figures_from_the_first_reading_on(tmp_path: Path) -> None:
    readings = simulate(4, 2)
    last = [reading for reading in readings if reading.day == "2026-03-05"]
    known = write([reading for reading in readings if reading not in last], tmp_path / "known.csv")
    outcome = forecast_record(write(last, tmp_path / "last.csv"), [known], tmp_path / "out.csv")
    assert outcome.blank == 0


def test_queue_days_are_in_order_of_time_whatever_the_order_of_the_file(tmp_path: Path) -> None:
    rows = queue_day(tmp_path, ("09:00", 1, 5), ("08:00", 2, 3))
    (readings,) = by_queue_day(rows).values()
    assert [row.time for row in readings] == ["08:00", "09:00"]

"""`flask hall forecast-record`, and how good its figures are on a recorded office."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from click.testing import CliRunner

from hall.forecast.cli import forecast_record_command
from hall.forecast.warsaw import read_record
from tests.bench import forecast as judge
from tests.simulated_queues import REAL, Reading, simulate, write

if TYPE_CHECKING:
    from pathlib import Path

OFFICE = "UD_Mokotow_2"


def recorded_office(tmp_path: Path) -> Path:
    """The real record of one office where it lies at hand, else a simulated hall: the same must hold for both."""
    if not REAL.exists():
        return write(simulate(8, 4), tmp_path / "office.csv")
    readings = [
        Reading(row.day.isoformat(), row.time, row.waiting, row.called, row.windows, row.queue, row.office)
        for row in read_record(REAL)
        if row.office == OFFICE
    ]
    return write(readings, tmp_path / "office.csv")


def test_on_a_recorded_office_the_figures_are_near_and_the_range_holds(tmp_path: Path) -> None:
    people, used, _, _ = judge.measure(recorded_office(tmp_path))
    first = min(asked.key[0] for asked in people)
    later = [asked for asked in people if asked.key[0] > first]
    assert used
    assert len(later) > 500, "the record is too small to judge by"
    assert all(judge.OURS in asked.said for asked in later), "with a day behind it every reading has a basis"
    errors = {name: error for name, error, _ in judge.compared(later)}
    ours = errors[judge.OURS]
    assert ours <= 1.1 * errors["learned minutes per person ahead"], f"simpler is better here: {errors}"
    assert ours < 0.7 * errors["wait of the one last called"], f"no better than the last wait: {errors}"
    assert 0.8 <= judge.under(later) <= 0.97


def test_the_command_writes_the_figures_and_says_how_many(tmp_path: Path) -> None:
    readings = simulate(3, 2)
    record = write(readings, tmp_path / "record.csv")
    out = tmp_path / "out.csv"
    asked = [str(record), "--learn", str(record), "--out", str(out), "--date", "2026-03-04"]
    done = CliRunner().invoke(forecast_record_command, asked)
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["date"] for row in rows} == {"2026-03-04"}
    assert all(row["p50_min"] for row in rows), "the days before the one asked for must be known"
    assert f"{len(rows)} rows written, 0 of them without" in done.output


def test_queue_days_of_shared_series_are_named_on_request(tmp_path: Path) -> None:
    readings = [Reading("2026-03-02", "08:00", 1, 5), Reading("2026-03-02", "08:05", 1, 905)]
    asked = [str(write(readings, tmp_path / "record.csv")), "--out", str(tmp_path / "out.csv"), "--dropped"]
    done = CliRunner().invoke(forecast_record_command, asked)
    assert "2026-03-02 Hall/1: the number called jumps" in done.output


def test_a_broken_record_is_refused_with_line_numbers_and_nothing_written(tmp_path: Path) -> None:
    record = write([Reading("2026-03-02", "25:00", 1, 5)], tmp_path / "record.csv")
    done = CliRunner().invoke(forecast_record_command, [str(record), "--out", str(tmp_path / "out.csv")])
    assert done.exit_code == 1
    assert "record.csv: line 2: time '25:00' is not HH:MM" in done.output
    assert not (tmp_path / "out.csv").exists()


def test_a_record_is_never_written_over(tmp_path: Path) -> None:
    record = write(simulate(1, 1), tmp_path / "record.csv")
    before = record.read_bytes()
    done = CliRunner().invoke(forecast_record_command, [str(record), "--out", str(record)])
    assert done.exit_code == 1
    assert record.read_bytes() == before

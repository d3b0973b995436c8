"""A draw, a call and a finish whose disk fails at one of their write points after the other (Q1, Q2, O3).

A process is killed at each. The power is cut, and the disk is full, at each flush and at every third to fifth write
between them (`tests.crash_points.points_of`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.faulty_disk import Fault
from tests.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Halls

FEWEST = 100
"""Write points of three presses, their publications and the moving of the log: many more than commits."""
PRESSES = 3


def let_fail(halls: Halls, folder: Path, *faults: Fault) -> list[dict[str, Any]]:
    """What became of the hall for each fault and point; the rules that broke are told by the program itself."""
    prepared = halls.lay_out("demo", "sqlite", folder / "data")
    asked = {"data": str(prepared.data), "database_url": prepared.database_url, "faults": faults}
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash_points"],
        input=json.dumps({**asked, "demo": prepared.demo}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    reports: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    broken = [
        f"{report['fault']} at write point {report['at']} ({report['point']}): {problem}"
        for report in reports
        for problem in report["problems"]
    ]
    assert not broken, "\n".join(broken[:5])
    return reports


def test_Q1_Q2_killed_at_every_write_a_press_happened_once_or_not_at_all(
    halls: Halls, tmp_path: Path
) -> None:
    reports = let_fail(halls, tmp_path, Fault.TORN)
    assert len(reports) >= FEWEST, "Q1, Q2: the disk saw hardly any writes: does SQLite still ask it?"
    answered = {report["answered"] for report in reports}
    assert answered == set(range(PRESSES + 1)), (
        "Q1, Q2: the kill met each press, and what comes after the last"
    )


def test_Q1_Q2_a_printed_number_survives_a_power_cut_at_every_flush_and_between_them(
    halls: Halls, tmp_path: Path
) -> None:
    reports = let_fail(halls, tmp_path, Fault.POWER, Fault.SOME)
    for fault in (Fault.POWER, Fault.SOME):
        answered = {report["answered"] for report in reports if report["fault"] == fault}
        assert answered == set(range(PRESSES + 1)), (
            "Q1, Q2: the cut met each press, and what comes after the last"
        )


def test_Q1_Q2_a_disk_full_at_flushes_or_between_them_is_said_and_presses_go_on_as_soon_as_there_is_room(
    halls: Halls, tmp_path: Path
) -> None:
    reports = let_fail(halls, tmp_path, Fault.FULL)
    assert sum(report["refused"] for report in reports) >= PRESSES, "Q1, Q2: presses met the full disk"
    assert all(report["answered"] == PRESSES for report in reports), (
        "Q2: without a restart each press is done"
    )

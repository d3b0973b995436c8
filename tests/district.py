"""A whole district's list of service items: the real one where it lies beside the project, else one of its shape."""

from __future__ import annotations

import csv
import io

from hall.catalog.kinds import TaskType
from tests.postgres import ROOT

REAL = ROOT.parent / "shared" / "data" / "district-catalogue.csv"
ITEMS, PERMITS, DEPARTMENTS = 1135, 536, 39


def district() -> bytes:
    """A CSV of 1,135 items of 39 departments, 536 of them permits."""
    if REAL.exists():
        return REAL.read_bytes()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["department", "department_code", "group", "item_name", "item_code", "task_type"])
    kinds = [kind.value for kind in TaskType]
    for number in range(ITEMS):
        kind = 1 if number < PERMITS else kinds[1 + number % 6]
        whose = number % DEPARTMENTS
        writer.writerow(
            [
                f"区第{whose}局",
                f"115113010087{whose:05}F",
                "",
                f"事项{number}",
                f"511A{number:010}-1-00",
                kind,
            ]
        )
    return text.getvalue().encode()

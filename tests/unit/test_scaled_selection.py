"""What `make test-scaled` runs: all that has a database, on PostgreSQL alone, two processes unless a test says why."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from functools import cache

import pytest

from tests.engines import of_two_processes, served_by_two, told_of
from tests.postgres import ROOT

ONE_OF_EACH = (
    "tests/unit/test_slip.py",  # no database
    "tests/unit/test_serving.py",  # of SQLite alone, by its marks
    "tests/api/test_bearers.py",
    "tests/api/test_move_database.py",
    "tests/pages/test_front.py",
    "tests/pages/test_several_halls.py",
    "tests/browser/test_kiosk_weight.py",
    "tests/race/test_fan_out.py",
    "tests/race/test_scaled_live.py",
    "tests/race/test_cut_at_every_write.py",
)
TOLD = re.compile(r"^of one process: (\S+) \((.+)\)$", re.MULTILINE)


@cache
def collected() -> str:
    """What pytest says that it would run of these modules."""
    words = ("-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--scaled")
    done = subprocess.run(
        [sys.executable, *words, *ONE_OF_EACH], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def by_module(said: str) -> dict[str, list[str]]:
    """Names of tests by module."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, name in re.findall(r"^(tests/\S+\.py)::(.+)$", said, re.MULTILINE):
        found[module].append(name)
    return found


def test_all_that_has_a_database_runs_on_postgresql_and_nowhere_else() -> None:
    found = by_module(collected())
    assert not [name for names in found.values() for name in names if "sqlite" in name]
    for module in ("pages/test_front", "browser/test_kiosk_weight", "race/test_fan_out"):
        names = found[f"tests/{module}.py"]
        assert names and all("postgresql" in name for name in names), f"{module} is not run on PostgreSQL."
    assert found["tests/race/test_scaled_live.py"], "what is of several processes anyway belongs to it"
    assert found["tests/api/test_move_database.py"], "and what asks for PostgreSQL beside SQLite"
    for module in ("unit/test_slip", "unit/test_serving", "race/test_cut_at_every_write"):
        assert f"tests/{module}.py" not in found, f"{module} has nothing to do with PostgreSQL."


def test_who_stays_at_one_process_is_told_with_the_reason() -> None:
    told = dict(TOLD.findall(collected()))
    (bearers,) = (why for name, why in told.items() if name.startswith("tests/api/test_bearers.py::"))
    assert bearers == "what a process keeps is looked at in its memory"
    assert any(name.startswith("tests/pages/test_several_halls.py::") for name in told)
    assert not any(name.startswith("tests/browser/") for name in told)
    assert told_of([]) == ["scaled: 0 tests on PostgreSQL, 0 of them of one process"]


def test_with_it_two_processes_are_the_rule_in_every_folder(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    here: pytest.Item = request.node
    monkeypatch.setattr(request.config.option, "scaled", False)
    assert not of_two_processes(here) and not served_by_two(here), "the ordinary run"
    monkeypatch.setattr(request.config.option, "scaled", True)
    assert of_two_processes(here) and served_by_two(here)
    here.add_marker(pytest.mark.one_process("said by this test"))
    assert not of_two_processes(here) and not served_by_two(here)

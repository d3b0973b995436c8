"""A failed test says which rule broke, in words that stand in docs/rules.md."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.unit.test_house_rules import ROOT, python
from tests.what_broke import TITLE, what_broke

if TYPE_CHECKING:
    from pathlib import Path

HERE = ROOT / "tests" / "unit" / "test_what_broke.py"


@pytest.mark.parametrize(
    ("test", "rule"),
    [
        ("test_Q2_no_ticket_is_called_to_two_windows", "Q2: No ticket is called to two windows"),
        ("test_Q9_something_that_no_row_names", "Q9: A kiosk keeps two ranges"),
        ("test_the_shared_order_of_200_people_stays_below_2_kb_and_counts_them_all", "phones: All phones"),
        ("test_something_about_no_rule", "A failed test says which rule broke"),
    ],
)
def test_the_rule_is_found_by_the_name_then_by_the_table_then_the_promise(test: str, rule: str) -> None:
    assert what_broke(test, HERE).startswith(rule)


def test_every_test_has_something_to_say() -> None:
    silent = [
        f"{name}::{node.name}"
        for name, tree in python("tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and len(what_broke(node.name, ROOT / name)) < len("Q1: nothing is lost")
    ]
    assert not silent, (
        "Write what these are about into the module's docstring, or their rule into docs/rules.md."
    )


def test_a_failure_ends_with_it_also_from_a_worker(tmp_path: Path) -> None:
    (tmp_path / "test_broken.py").write_text(
        '"""Nothing is broken here."""\n\ndef test_Q2_two_windows():\n    assert 1 == 2\n', encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "tests.what_broke", str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=120,
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert f"- {TITLE} -" in done.stdout and "Q2: No ticket is called to two windows" in done.stdout, (
        done.stdout
    )

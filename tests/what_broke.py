"""What a failed test says last: the rule that broke, in words, or its module's promise where it is about no rule."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parents[1]
RULE = re.compile(r"[QEOIHM]\d{1,2}")
TITLE = "What broke"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure's report ends with it, in whichever process the test ran."""
    report = yield
    if report.failed:
        report.sections.append(
            (TITLE, what_broke(getattr(item, "originalname", None) or item.name, item.path))
        )
    return report


def what_broke(test: str, module: Path) -> str:
    """Lines for whoever reads the failure: `test` is the function's name, `module` its file."""
    carried = [word for word in test.split("_") if RULE.fullmatch(word)]
    found = [(rules, what) for rules, what, tests in _rows() if test in tests]
    named = [f"{rules}: {what}" for rules, what in found]
    named += [_first(rule) for rule in carried if not any(rule in RULE.findall(rules) for rules, _ in found)]
    return "\n".join(named) or _promise(module)


@cache
def _rows() -> list[tuple[str, str, set[str]]]:
    """Of the rules' table: rules, what they say, the tests that guard them."""
    found = []
    for line in (ROOT / "docs" / "rules.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and not cells[0].startswith(("---", "rule")):
            found.append((cells[0], cells[1], set(re.findall(r"`(test_\w+)`", cells[3]))))
    return found


def _first(rule: str) -> str:
    """A rule by itself: the first row that is about it."""
    rows = [f"{rules}: {what}" for rules, what, _tests in _rows() if rule in RULE.findall(rules)]
    return min(rows, key=lambda row: len(RULE.findall(row.partition(":")[0])), default=rule)


@cache
def _promise(module: Path) -> str:
    """The first sentence of a module's own docstring."""
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or module.name
    return said.splitlines()[0]

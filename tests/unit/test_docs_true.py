"""What the maintainer's pages say stays true: rules with their tests, rooms, dependencies, jobs."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.unit.test_house_rules import ROOT, python

if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = re.compile(r"[QEOIHM]\d{1,2}")
OURS = {
    *(f"Q{number}" for number in range(1, 15)),
    *(f"I{number}" for number in range(1, 13)),
    *(f"H{number}" for number in range(1, 8)),
    *(f"M{number}" for number in range(1, 9)),
    *("E1", "E2", "E3", "O3"),
}
"""The rules of the living queue, of intake, of helpers, and of receptions so far."""
NOT_ARGUED = {"async-timeout"}  # only there for another one's sake, as requirements.in says


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows(text: str) -> Iterator[list[str]]:
    """Cells of the tables' rows, without heads and rules."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith(("|---", "| ---")):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def names_of_tests() -> set[str]:
    """Names of all test functions."""
    return {
        node.name
        for _name, tree in python("tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def rules_in(names: set[str]) -> set[str]:
    """Rules that these names of tests carry: a word of its own between underscores."""
    return {word for name in names for word in name.split("_") if RULE.fullmatch(word)}


def test_every_rule_has_its_row_and_each_row_its_test() -> None:
    told = {rule for cells in rows(page("rules.md")) for rule in RULE.findall(cells[0])}
    assert not OURS - told, "Say in docs/rules.md where these rules are kept."
    assert not told - rules_in(names_of_tests()), "Write a test whose name carries the rule."


def test_every_row_of_the_rules_names_tests_that_exist() -> None:
    there = names_of_tests()
    for rule, what, *_where, tests in list(rows(page("rules.md")))[1:]:
        named = set(re.findall(r"`(test_\w+)`", tests))
        assert named, f"Name the tests that guard {rule}: {what}"
        assert not named - there, "These tests are no more: name those that guard the rule now."
        carried = set(RULE.findall(rule))
        assert not carried - rules_in(named), f"Name a test that carries the rule: {rule} {what}"


def test_every_test_that_the_threat_model_relies_on_exists() -> None:
    threats = [cells for cells in rows(page("security.md")) if len(cells) == 3]
    named = set(re.findall(r"`(test_\w+)`", page("security.md")))
    assert len(threats) > 20 and len(named) > 40, "the table of threats cannot be read"
    assert not named - names_of_tests(), "These tests are no more: name those that stand against it now."


def test_every_room_stands_in_the_table_of_rooms() -> None:
    text = page("architecture.md")
    rooms = {
        folder.name
        for folder in (ROOT / "hall").iterdir()
        if folder.is_dir() and (folder / "__init__.py").is_file()
    }
    missing = {room for room in rooms if f"`hall/{room}/`" not in text}
    assert not missing, "Add a row to the rooms in docs/architecture.md."
    gone = {room for room in re.findall(r"`hall/(\w+)/`", text) if room not in rooms}
    assert not gone, "These rooms are no more."
    files = {name for name in re.findall(r"`(hall/\w+\.py)`", text) if not (ROOT / name).is_file()}
    assert not files, "These files are no more."


def test_every_dependency_is_argued() -> None:
    wanted = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    names = {re.split(r"[\[<>=; ]", line)[0] for line in wanted if line and not line.startswith("#")}
    said = page("decisions.md").lower()
    missing = {
        name for name in names - NOT_ARGUED if not re.search(rf"\*\*[^*]*\b{name}\b[^*]*\*\*|`{name}`", said)
    }
    assert not missing, "Say in docs/decisions.md what it is for and what else there was."


def test_every_job_stands_in_the_administrators_guide() -> None:
    known: set[str] = set()
    for name in ("wsgi.py", "hall/jobs.py"):
        known |= set(re.findall(r'\bJob\(\s*"(\w+)"', (ROOT / name).read_text(encoding="utf-8")))
    assert known, "No job was found: has its shape changed?"
    told = {job for cells in rows(page("operations.md")) for job in re.findall(r"`job:(\w+)`", cells[0])}
    assert told == known, "Bring the table of jobs in docs/operations.md up to date."

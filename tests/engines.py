"""Which tests run on which database, and how many processes their hall has (`tests/conftest.py` says why).

With `--scaled` (`make test-scaled`) every test that has a database runs on PostgreSQL, and its hall is two processes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from tests.servers import Engine

ENGINES: tuple[Engine, ...] = ("sqlite", "postgresql")
LIVE = {
    "test_console",
    "test_console_shared",
    "test_floor",
    "test_live_versions",
    "test_phone_page",
    "test_presence",
    "test_pressing",
    "test_screen_board",
    "test_screen_plate",
}
PAIRED = {"api"}
SERVED = {"start_hall", "live_server", "shared_hall"}


def engines_of(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    """The databases that a test runs on; two processes belong to PostgreSQL."""
    test = metafunc.definition
    mark = test.get_closest_marker("engines")
    if mark:
        return mark.args
    if scaled(metafunc.config):
        return ENGINES[1:]
    place = folder(test)
    if place == "pages":  # they look at what is shown; what is stored is looked at elsewhere
        return ENGINES[:1]
    both = test.path.stem in LIVE if place == "browser" else _asks_for_engine(metafunc)
    return ENGINES if both else ENGINES[:1]


def scaled(config: pytest.Config) -> bool:
    """Whether all that can be was asked for on PostgreSQL with two processes."""
    return bool(config.getoption("--scaled"))


def of_two_processes(test: pytest.Item) -> bool:
    """Whether its application in the process has another beside it, where the database allows that."""
    if test.get_closest_marker("one_process"):
        return False
    return scaled(test.config) or folder(test) in PAIRED


def served_by_two(test: pytest.Item | pytest.Collector) -> bool:
    """Whether a hall that is served to it from PostgreSQL is two processes behind nginx.

    In the ordinary run the browsers' are; a race says for itself how many it wants (`tests.scaled`).
    """
    if test.get_closest_marker("one_process"):
        return False
    return scaled(test.config) or folder(test) == "browser"


def left_out(test: pytest.Item) -> bool:
    """Whether another database was asked for than it runs on; one that has none belongs to the ordinary run."""
    engine = engine_of(test)
    if scaled(test.config):
        return engine != "postgresql"
    wanted = test.config.getoption("--engine")
    return wanted != "both" and engine not in {None, wanted}


def told_of(tests: list[pytest.Item]) -> list[str]:
    """How many tests `--scaled` found, and which stay at one process, and why."""
    marks = [(test.nodeid, test.get_closest_marker("one_process")) for test in tests]
    alone = [f"of one process: {name} ({mark.args[0]})" for name, mark in marks if mark]
    return [f"scaled: {len(tests)} tests on PostgreSQL, {len(alone)} of them of one process", *alone]


def engine_of(test: pytest.Item) -> str | None:
    """The database of a test that was collected; None for one that has none."""
    needs: list[str] = getattr(test, "fixturenames", [])
    if {"postgres_home", "postgres_url", "scaled_hall", "start_scaled"} & set(needs):
        return "postgresql"
    callspec = getattr(test, "callspec", None)
    return callspec.params.get("engine") if callspec else None


def folder(test: pytest.Item | pytest.Collector) -> str:
    """The folder of `tests` that a test lies in."""
    return test.path.relative_to(Path(__file__).parent).parts[0]


def _asks_for_engine(metafunc: pytest.Metafunc) -> bool:
    """Whether it is meant to run on each: it says so itself or looks into a database, not only at a served hall."""
    known = metafunc._arg2fixturedefs  # which fixture asks for which is told nowhere else
    asking = {name for name, found in known.items() if any("engine" in one.argnames for one in found)}
    own = metafunc.definition._fixtureinfo.argnames
    return "engine" in own or not asking <= SERVED

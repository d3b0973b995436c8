"""Processes that start at the same moment bring the schema up once, on both engines: one does it, the others wait."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, inspect, text

from hall.schema import alone
from hall.schema.alone import one_at_a_time
from hall.serving import newest_schema
from tests import postgres
from tests.servers import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine as Database

    from tests.servers import Engine, Halls

WITHIN_S = 300
WAITS = "waiting for another process (pid "
IMPATIENT = """
import sys
from hall.schema import alone
alone.LONGEST_S, alone.SAID_EVERY_S, sys.argv = 1.0, 0.3, ["flask", "--app", "wsgi", "hall", "migrate"]
from flask.cli import main
main()
"""


@pytest.fixture
def empty(engine: Engine, halls: Halls, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a hall that nobody has started yet."""
    data = tmp_path / "fresh"
    data.mkdir()
    if engine == "sqlite":
        yield environment(data, f"sqlite:///{data / 'hall.sqlite3'}", DEMO="1")
        return
    name = f"fresh_{halls.worker}"
    yield environment(data, postgres.create_database(halls.postgres(), name), DEMO="1")
    postgres.drop_database(halls.postgres(), name)


def begun(env: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return run(env, "-m", "flask", "--app", "wsgi", "hall", *words)


def run(env: dict[str, str], *words: str) -> subprocess.Popen[str]:
    """A program of the product; what it says on its terminal beside answers is kept for `told`."""
    with told_by(env).open("a") as terminal:
        return subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=terminal, text=True
        )


def told_by(env: dict[str, str]) -> Path:
    return Path(env["HALL_DATA"]).with_name("terminal")


def ended(env: dict[str, str], *processes: subprocess.Popen[str]) -> list[str]:
    """What each answered; all must have ended well."""
    answers = [process.communicate(timeout=WITHIN_S)[0] for process in processes]
    wrong = [process.returncode for process in processes if process.returncode]
    assert not wrong, f"Who starts beside another must wait, not fail:\n{told_by(env).read_text()}"
    return answers


def database(env: dict[str, str]) -> Database:
    return create_engine(env["DATABASE_URL"])


def comes_to_wait(env: dict[str, str], process: subprocess.Popen[str]) -> None:
    """Come back when this process says that it waits."""
    by = time.monotonic() + WITHIN_S
    while WAITS not in told_by(env).read_text():
        assert process.poll() is None, f"It did not wait:\n{told_by(env).read_text()}"
        assert time.monotonic() < by, "It never said that it waits."
        time.sleep(0.1)


def pid_of_holder(engine: Database) -> int:
    """Who holds the lock, as whoever waits names them: this process, on PostgreSQL the lock's session."""
    if engine.dialect.name == "sqlite":
        return os.getpid()
    with engine.connect() as connection:
        asked = "SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE objid = :number AND granted"
        here = text(f"{asked} AND datname = current_database()")  # other tests have halls at this server
        return int(connection.execute(here, {"number": alone.PREPARING}).scalar_one())


def test_two_starts_and_a_migration_at_once_prepare_one_hall(empty: dict[str, str]) -> None:
    first = [begun(empty, "prepare"), begun(empty, "migrate"), begun(empty, "prepare")]
    said = ended(empty, *first)
    assert all("Password of all demo accounts" in said[number] for number in (0, 2))
    engine = database(empty)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [
            (newest_schema(),)
        ]
        assert connection.scalar(text("SELECT count(*) FROM site WHERE code = 'xixian'")) == 1, (
            "Two starts at once load one demo hall."
        )
    engine.dispose()


def test_who_comes_while_another_migrates_waits_until_it_is_done(empty: dict[str, str]) -> None:
    engine = database(empty)
    with one_at_a_time(engine):
        process = begun(empty, "migrate")
        comes_to_wait(empty, process)
        assert f"{WAITS}{pid_of_holder(engine)}" in told_by(empty).read_text(), "It names whom it waits for."
        assert inspect(engine).get_table_names() == [], "It migrates beside another."
    ended(empty, process)
    assert "site" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_migration_that_is_killed_leaves_no_lock(empty: dict[str, str]) -> None:
    engine = database(empty)
    with one_at_a_time(engine):
        process = begun(empty, "migrate")
        comes_to_wait(empty, process)
        process.kill()
        process.communicate()
    ended(empty, begun(empty, "migrate"))
    engine.dispose()


def test_who_waits_too_long_for_another_ends_with_words_and_changes_nothing(empty: dict[str, str]) -> None:
    engine = database(empty)
    with one_at_a_time(engine):
        process = run(empty, "-c", IMPATIENT)
        process.communicate(timeout=WITHIN_S)
        said, holder = told_by(empty).read_text(), pid_of_holder(engine)
        assert process.returncode == 1, f"Whoever started it must learn that nothing was prepared:\n{said}"
        assert said.count(f"{WAITS}{holder}") > 1, f"It says so again and again:\n{said}"
        last = said.strip().splitlines()[-1]
        assert last.startswith(f"Error: Another process (pid {holder}") and "docs/operations.md" in last, said
        assert inspect(engine).get_table_names() == []
    ended(empty, begun(empty, "migrate"))
    engine.dispose()

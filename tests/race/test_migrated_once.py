"""Processes that start at the same moment bring the schema up once, on both engines: one does it, the others wait."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from sqlalchemy import create_engine, inspect, text

from hall.schema.alone import one_at_a_time
from hall.serving import newest_schema
from tests import postgres
from tests.servers import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine as Database

    from tests.servers import Engine, Halls

WITHIN_S = 300


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
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "hall", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(*processes: subprocess.Popen[str]) -> list[str]:
    """What each said; all must have ended well."""
    told = [process.communicate(timeout=WITHIN_S) for process in processes]
    wrong = [err for process, (_out, err) in zip(processes, told, strict=True) if process.returncode]
    assert not wrong, f"Who starts beside another must wait, not fail:\n{wrong[0]}"
    return [out for out, _err in told]


def database(env: dict[str, str]) -> Database:
    return create_engine(env["DATABASE_URL"])


def waits(env: dict[str, str], process: subprocess.Popen[str]) -> bool:
    """Whether this process stands at the lock."""
    if env["DATABASE_URL"].startswith("sqlite"):
        return any(file.path.endswith("-preparing") for file in psutil.Process(process.pid).open_files())
    engine = database(env)
    with engine.connect() as connection:
        asked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        found = bool(connection.scalar(asked))
    engine.dispose()
    return found


def test_two_starts_and_a_migration_at_once_prepare_one_hall(empty: dict[str, str]) -> None:
    first = [begun(empty, "prepare"), begun(empty, "migrate"), begun(empty, "prepare")]
    said = ended(*first)
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
        by = time.monotonic() + WITHIN_S
        while not waits(empty, process):
            assert process.poll() is None, f"It did not wait: {process.communicate()}"
            assert time.monotonic() < by, "It never came to the lock."
            time.sleep(0.1)
        assert inspect(engine).get_table_names() == [], "It migrates beside another."
    ended(process)
    assert "site" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_migration_that_is_killed_leaves_no_lock(empty: dict[str, str]) -> None:
    engine = database(empty)
    with one_at_a_time(engine):
        process = begun(empty, "migrate")
        by = time.monotonic() + WITHIN_S
        while not waits(empty, process) and time.monotonic() < by:
            time.sleep(0.1)
        process.kill()
        process.communicate()
    ended(begun(empty, "migrate"))
    engine.dispose()

"""After a power cut: PostgreSQL comes up later than the hall, which waits for it and then stands."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests import postgres
from tests.relay import Relay
from tests.servers import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import Engine, Halls

WITHIN_S = 300
PREPARE = (sys.executable, "-m", "flask", "--app", "wsgi", "hall", "prepare")


@pytest.fixture
def port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@pytest.fixture
def env(engine: Engine, halls: Halls, tmp_path: Path, port: int) -> Iterator[dict[str, str]]:
    """A hall that nobody has prepared, whose database is behind that port."""
    assert engine == "postgresql"
    name = f"later_{halls.worker}"
    postgres.create_database(halls.postgres(), name)
    yield environment(tmp_path / "data", f"postgresql://{postgres.OWNER}@127.0.0.1:{port}/{name}", DEMO="0")
    postgres.drop_database(halls.postgres(), name)


@pytest.mark.engines("postgresql")
def test_prepare_waits_for_a_database_that_comes_up_later(
    env: dict[str, str], halls: Halls, tmp_path: Path, port: int
) -> None:
    told = tmp_path / "told"
    with told.open("w") as terminal:
        process = subprocess.Popen(
            [*PREPARE, "--wait"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=terminal, text=True
        )
    by = time.monotonic() + WITHIN_S
    while "waiting for the database: " not in told.read_text():
        assert process.poll() is None, f"It did not wait:\n{told.read_text()}"
        assert time.monotonic() < by, "It never said that it waits."
        time.sleep(0.1)
    with Relay(halls.postgres() / ".s.PGSQL.5432", port):
        said, _nothing = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0 and "Set-up code" in said, told.read_text()
    assert f"port {port}" in told.read_text(), "The log says what for."


@pytest.mark.engines("postgresql")
def test_without_being_asked_to_wait_prepare_says_in_one_line_that_the_database_is_away(
    env: dict[str, str],
) -> None:
    done = subprocess.run(
        PREPARE, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=WITHIN_S
    )
    assert done.returncode == 1 and not done.stdout
    assert done.stderr.startswith("Error: The database does not answer: ") and done.stderr.count("\n") == 1

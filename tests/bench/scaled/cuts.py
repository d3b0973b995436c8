"""What is cut in a hall of several processes, and how it comes back: real signals to real programs."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.request import urlopen

import psutil
import psycopg

from hall.scaled import programs
from hall.scaled.programs import OWNER

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall.scaled.__main__ import Hall
    from hall.scaled.programs import Program

AWAY_S, SILENT_S = 2.0, 6.0
LOOK_S = 0.02
WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Cut:
    """What is done: what was cut is back when `act` returns, unless it comes back only `after` the round."""

    name: str
    act: Callable[[Hall], None]
    after: Callable[[Hall], None] | None = None


def part(hall: Hall, name: str) -> Program:
    """One of the hall's programs."""
    return next(each for each in hall.parts if each.name == name)


def kill(program: Program) -> None:
    """As a power cut: the program and all its children at once."""
    assert program.process is not None
    whole = psutil.Process(program.process.pid)
    family = [whole, *whole.children(recursive=True)]
    for process in family:
        process.suspend()  # none may notice that another is gone
    for process in family:
        process.kill()
    program.process.wait()
    psutil.wait_procs(family, timeout=WITHIN_S)


def start(program: Program, ready: Callable[[], bool] | None = None) -> None:
    """Start it again, and wait until it works."""
    program.start()
    deadline = time.monotonic() + WITHIN_S
    while not (ready() if ready else programs.answers(program.port)):
        assert time.monotonic() < deadline, f"{program.name} does not come back: {program.log}"
        time.sleep(LOOK_S)


def _nothing(_hall: Hall) -> None:
    """The yardstick."""


def _process_killed(hall: Hall) -> None:
    kill(part(hall, "hall-1"))


def _process_back(hall: Hall) -> None:
    process = part(hall, "hall-1")
    start(process, partial(_serves, process.port))


def _serves(port: int) -> bool:
    """Whether a process is loaded: it listens seconds before."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except OSError:
        return False


def _redis_killed(hall: Hall) -> None:
    redis = part(hall, "redis")
    kill(redis)
    time.sleep(AWAY_S)
    start(redis)


def _redis_silent(hall: Hall) -> None:
    pid = part(hall, "redis").pid
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(SILENT_S)
    finally:
        os.kill(pid, signal.SIGCONT)


def _nginx_reloaded(hall: Hall) -> None:
    os.kill(part(hall, "nginx").pid, signal.SIGHUP)


def _database_killed(hall: Hall) -> None:
    database = part(hall, "postgresql")
    kill(database)
    time.sleep(AWAY_S)
    start(database, lambda: _lets_in(database.port))


def _lets_in(port: int) -> bool:
    """Whether PostgreSQL has read its log again and lets people in."""
    try:
        psycopg.connect(f"postgresql://{OWNER}@127.0.0.1:{port}/hall", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _all_restarted(hall: Hall) -> None:
    for process in [each for each in hall.parts if each.name.startswith("hall-")]:
        process.stop()
        start(process, partial(_serves, process.port))


NOTHING = Cut("nothing (yardstick)", _nothing)
CUTS = (
    Cut("a process killed behind nginx", _process_killed, _process_back),
    Cut(f"Redis killed, back after {AWAY_S:.0f} s", _redis_killed),
    Cut(f"Redis silent for {SILENT_S:.0f} s", _redis_silent),
    Cut("nginx reloaded", _nginx_reloaded),
    Cut(f"PostgreSQL killed, back after {AWAY_S:.0f} s", _database_killed),
    Cut("all processes restarted, one after the other", _all_restarted),
)

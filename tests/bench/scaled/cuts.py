"""Programs of a hall that are cut off, and how they come back: real signals to real programs."""

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

    from hall.scaled.programs import Program
    from tests.bench.scaled.cut_hall import Scene

AWAY_S, SILENT_S = 2.0, 6.0
LOOK_S = 0.02
WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Cut:
    """What is done while people press: what was cut is back when `act` returns, and from then on truth is waited for.

    `later` is done while they press again, before anything is counted; `after` when the round is over.
    """

    name: str
    act: Callable[[Scene], None]
    later: Callable[[Scene], None] | None = None
    after: Callable[[Scene], None] | None = None
    over_night: bool = False


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


def _nothing(_scene: Scene) -> None:
    """The yardstick."""


def _process_killed(scene: Scene) -> None:
    scene.since = time.monotonic()
    kill(scene.hall.part("hall-1"))


def process_back(scene: Scene) -> None:
    """The one that was killed."""
    _start_process(scene.hall.part("hall-1"))


def _start_process(process: Program) -> None:
    start(process, partial(_serves, process.port))


def _serves(port: int) -> bool:
    """Whether a process is loaded: it listens seconds before."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except OSError:
        return False


def _redis_killed(scene: Scene) -> None:
    redis = scene.hall.part("redis")
    kill(redis)
    time.sleep(AWAY_S)
    start(redis)


def _redis_silent(scene: Scene) -> None:
    pid = scene.hall.part("redis").pid
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(SILENT_S)
    finally:
        os.kill(pid, signal.SIGCONT)


def _nginx_reloaded(scene: Scene) -> None:
    os.kill(scene.hall.part("nginx").pid, signal.SIGHUP)


def _database_killed(scene: Scene) -> None:
    database = scene.hall.part("postgresql")
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


def _all_restarted(scene: Scene) -> None:
    for process in scene.hall.processes:
        process.stop()
        _start_process(process)


NOTHING = Cut("nothing (yardstick)", _nothing)
PROGRAMS_CUT = (
    Cut("a process killed behind nginx", _process_killed, after=process_back),
    Cut(f"Redis killed, back after {AWAY_S:.0f} s", _redis_killed),
    Cut(f"Redis silent for {SILENT_S:.0f} s", _redis_silent),
    Cut("nginx reloaded", _nginx_reloaded),
    Cut(f"PostgreSQL killed, back after {AWAY_S:.0f} s", _database_killed),
    Cut("all processes restarted, one after the other", _all_restarted),
)

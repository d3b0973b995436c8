"""One hall of several processes for tests: PostgreSQL, a Redis of its own, as many servers as wanted, nginx if asked.

`scaled_hall` (a module's) is a demo hall with two processes; `start_scaled(processes=4, kind="demo", nginx=False)`
makes others. Each process is a `LiveHall` of the same database and data folder: stop(SIGKILL) and start() one of them
as you like; `redis.stop()` and `redis.start()` as well.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tests.redis_server import RedisServer
from tests.servers import LiveHall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import Halls, Kind, Prepared


@dataclass(slots=True)
class ScaledHall:
    """Several processes of one hall."""

    prepared: Prepared
    redis: RedisServer
    processes: list[LiveHall]

    @property
    def urls(self) -> list[str]:
        """The addresses of the processes, without a slash at the end."""
        return [process.url for process in self.processes]

    @property
    def demo(self) -> dict[str, Any]:
        """What `flask hall demo --json` printed when this hall was made."""
        return self.prepared.demo

    @property
    def log(self) -> str:
        """What all processes wrote so far."""
        return self.processes[0].log


class StartScaled(Protocol):
    """`start_scaled(processes=2, kind="demo", **settings)`: settings are environment variables."""

    def __call__(self, processes: int = 2, kind: Kind = "demo", **settings: str) -> ScaledHall: ...


@contextmanager
def scaling(halls: Halls, folder: Path) -> Iterator[StartScaled]:
    """What makes such halls; all end with it, and no process may have logged an error it did not handle."""
    made: list[ScaledHall] = []

    def start(processes: int = 2, kind: Kind = "demo", **more: str) -> ScaledHall:
        home = folder / f"scaled-{len(made)}"
        home.mkdir()
        redis = RedisServer(home).start()
        prepared = halls.lay_out(kind, "postgresql", home / "data")
        settings = {**more, "REDIS_URL": redis.url}
        hall = ScaledHall(prepared, redis, [LiveHall(prepared, settings) for _each in range(processes)])
        made.append(hall)
        for process in hall.processes:
            process.start()
        return hall

    try:
        yield start
    finally:
        for hall in made:
            for process in hall.processes:
                process.stop(signal.SIGKILL)
            hall.redis.stop()
            halls.clear(hall.prepared)
    for hall in made:
        assert "Traceback" not in hall.log, f"A process met an error that nobody handled:\n{hall.log[-6000:]}"

"""One hall of several processes for tests: PostgreSQL, a Redis of its own, as many servers as wanted, nginx if asked.

`scaled_hall` (a module's) is a demo hall with two processes; `start_scaled(processes=4, kind="demo", nginx=False)`
makes others. Each process is a `LiveHall` of the same database and data folder: stop(SIGKILL) and start() one of them
as you like; `redis.stop()` and `redis.start()` as well. `nginx` has the product's settings; `reload()` it at will.
With `clocks=True` each process has a clock of its own: `hall.clocks[0].set(timedelta(seconds=90))`.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from tests import postgres
from tests.nginx_server import NginxServer
from tests.postgres import OwnPostgres
from tests.redis_server import RedisServer
from tests.servers import LiveHall
from tests.set_clocks import APP, SetClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.nursery import Nurseries
    from tests.servers import Halls, Kind, Prepared


@dataclass(slots=True)
class ScaledHall:
    """Several processes of one hall."""

    prepared: Prepared
    redis: RedisServer
    processes: list[LiveHall]
    front: NginxServer | None = None
    clocks: list[SetClock] = field(default_factory=list)
    database: OwnPostgres | None = None
    """Of its own, durable, where `own_database=True` asked for one: `kill()` and `go_on()` as you like."""

    @property
    def nginx(self) -> NginxServer:
        """What stands in front; ask `start_scaled` for it."""
        assert self.front is not None, "No nginx: start_scaled(nginx=True)."
        return self.front

    @property
    def url(self) -> str:
        """The address of all processes together, through nginx."""
        return self.nginx.url

    def start(self) -> None:
        """All processes at once; comes back when all answer."""
        for process in self.processes:
            process.begin()
        for process in self.processes:
            process.wait()

    def join(self) -> LiveHall:
        """One process more, not yet known to nginx."""
        first = self.processes[0]
        process = LiveHall(first.prepared, first.more, nursery=first.nursery)
        self.processes.append(process)
        return process.start()

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
    """`start_scaled(processes=2, kind="demo", …, **settings)`: settings are environment variables."""

    def __call__(
        self,
        processes: int = 2,
        kind: Kind = "demo",
        *,
        nginx: bool = False,
        clocks: bool = False,
        own_database: bool = False,
        **settings: str,
    ) -> ScaledHall: ...


def _set_clocks(hall: ScaledHall, folder: Path) -> None:
    """Each process has a clock of its own from now on; none is ahead yet."""
    for number, process in enumerate(hall.processes):
        clock = SetClock(folder / f"clock-{number}")
        clock.set(timedelta())
        process.app, process.more = APP, process.more | clock.env
        hall.clocks.append(clock)


def _moved(halls: Halls, prepared: Prepared, own: OwnPostgres) -> Prepared:
    """The same hall on a PostgreSQL of its own."""
    assert prepared.database is not None
    copy = own.home / "copy.sql"
    postgres.dump(halls.postgres(), prepared.database, copy)
    address = postgres.create_database(own.home, prepared.database)
    postgres.restore(own.home, prepared.database, copy)
    return replace(prepared, database_url=address)


@contextmanager
def scaling(halls: Halls, folder: Path, nursery: Nurseries | None = None) -> Iterator[StartScaled]:
    """What makes such halls; all end with it, and no process may have logged an error it did not handle."""
    made: list[ScaledHall] = []

    def start(
        processes: int = 2,
        kind: Kind = "demo",
        *,
        nginx: bool = False,
        clocks: bool = False,
        own_database: bool = False,
        **more: str,
    ) -> ScaledHall:
        home = folder / f"scaled-{len(made)}"
        home.mkdir()
        redis = RedisServer(home).start()
        prepared = halls.lay_out(kind, "postgresql", home / "data")
        database = OwnPostgres.start() if own_database else None
        served = _moved(halls, prepared, database) if database else prepared
        settings = {**more, "REDIS_URL": redis.url, **({"BEHIND_PROXY": "1"} if nginx else {})}
        serving = [LiveHall(served, settings, nursery=nursery) for _each in range(processes)]
        hall = ScaledHall(prepared, redis, serving, database=database)
        if clocks:
            _set_clocks(hall, home)
        made.append(hall)
        hall.start()
        if nginx:
            hall.front = NginxServer(home / "nginx", [process.port for process in hall.processes]).start()
        return hall

    try:
        yield start
    finally:
        for hall in made:
            if hall.front is not None:
                hall.front.stop()
            for process in hall.processes:
                process.stop(signal.SIGKILL)
            hall.redis.stop()
            if hall.database is not None:
                hall.database.end()
            halls.clear(hall.prepared)
    for hall in made:
        assert "Traceback" not in hall.log, f"A process met an error that nobody handled:\n{hall.log[-6000:]}"

"""A hall of two processes at one address, for tests that use it as any other: PostgreSQL, Redis, nginx in front.

nginx sends each request to the process that has the fewest, in turn where they have as many: what a page sends, what
it asks next and its socket lie at different processes. All programs end with the hall, by their pids.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.nginx_server import NginxServer
from tests.redis_server import RedisServer
from tests.servers import LiveHall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import StartHall
    from tests.nursery import Nurseries
    from tests.servers import Engine, Halls, Kind

PROCESSES = 2


@dataclass(slots=True)
class BehindNginx(LiveHall):
    """Its port is nginx'. Stopped, all of it is away, as when the machine is."""

    redis: RedisServer = field(init=False)
    front: NginxServer = field(init=False)
    parts: list[LiveHall] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lay out folders; nothing runs yet."""
        home = self.prepared.data.with_name(f"{self.prepared.data.name}-beside")
        home.mkdir()
        self.redis, self.front = RedisServer(home), NginxServer(home / "nginx", [])

    @property
    def pid(self) -> int:
        """There is none that stands for all."""
        message = "Two processes: ask each of `parts`."
        raise AssertionError(message)

    @property
    def running(self) -> bool:
        """Whether any of them was started and not stopped."""
        return any(part.running for part in self.parts)

    @property
    def workers(self) -> list[int]:
        """The pids of the processes that serve."""
        return [pid for part in self.parts for pid in part.workers]

    def start(self) -> LiveHall:
        """Start all (again, on the same port) and wait until they answer."""
        self.redis.start()
        self.more = {**self.more, "REDIS_URL": self.redis.url, "BEHIND_PROXY": "1"}
        if not self.parts:
            self.parts = [
                LiveHall(self.prepared, self.more, nursery=self.nursery) for _each in range(PROCESSES)
            ]
        for part in self.parts:
            part.begin()
        for part in self.parts:
            part.wait()
        self.front.ports = [part.port for part in self.parts]
        self.port = self.front.start().port
        return self

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End all."""
        self.front.stop()
        for part in self.parts:
            part.stop(how)
        self.redis.stop()


@contextmanager
def serving(
    halls: Halls, tmp_path: Path, nursery: Nurseries | None, engine_of_test: Engine, *, two: bool
) -> Iterator[StartHall]:
    """What serves halls; all end with it, and none may have logged an error it did not handle.

    With `two` a hall on PostgreSQL is two processes behind nginx (`tests.engines.served_by_two`).
    """
    started: list[LiveHall] = []

    def start(kind: Kind = "demo", engine: Engine | None = None, **more: str) -> LiveHall:
        engine = engine or engine_of_test
        prepared = halls.lay_out(kind, engine, tmp_path / f"live-{len(started)}")
        served = BehindNginx if two and engine == "postgresql" else LiveHall
        hall = served(prepared, more, nursery=nursery)
        started.append(hall)
        return hall.start()

    try:
        yield start
    finally:
        for hall in started:
            hall.stop(signal.SIGKILL)  # nobody waits for it: an orderly end takes a second
            halls.clear(hall.prepared)
    for hall in started:
        assert "Traceback" not in hall.log, (
            f"The server met an error that nobody handled:\n{hall.log[-6000:]}"
        )

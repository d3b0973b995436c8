"""Halls to measure: served as for tests, on SQLite with every commit flushed to disk."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.wire import Caller, bearer
from tests.servers import Halls, LiveHall

LINE = "xixian-a"


@contextmanager
def served(*apps: str) -> Iterator[list[LiveHall]]:
    """A demo hall for each name: "" for the product, else the application to serve under the same settings."""
    with tempfile.TemporaryDirectory(prefix="hall-bench-") as folder:
        halls = Halls(Path(folder) / "run", os.getpid(), "bench")
        halls.run.mkdir()
        running: list[LiveHall] = []
        try:
            for number, app in enumerate(apps):
                prepared = halls.lay_out("demo", "sqlite", Path(folder) / f"hall-{number}")
                hall = LiveHall(prepared, app=app)
                running.append(hall)
                hall.start()
            yield running
        finally:
            for hall in running:
                hall.stop(signal.SIGKILL)


async def draw(hall: LiveHall, count: int, *, together: int = 8, key: str = "d") -> list[dict[str, Any]]:
    """Draw tickets of the first line; answers them."""
    tickets: list[dict[str, Any]] = []
    numbers = iter(range(count))

    async def one_kiosk() -> None:
        kiosk = Caller(hall.url, hall.demo["kiosk"]["token"])
        for number in numbers:
            answer = await kiosk.post("/api/v1/tickets", {"line": LINE}, key=f"{key}-{number}")
            assert answer.status == 201, answer.body
            tickets.append(answer.json)
        kiosk.close()

    await asyncio.gather(*(one_kiosk() for _ in range(together)))
    return tickets


class Desk:
    """A window with its clerk."""

    def __init__(self, hall: LiveHall, clerk: Any) -> None:
        self.path = f"/api/v1/windows/{clerk['window']}"
        self.caller = Caller(hall.url, clerk["token"])

    async def open(self) -> None:
        """Open the window."""
        assert (await self.caller.post(f"{self.path}/open")).status == 200

    async def call(self) -> str | None:
        """Call the next: its number, or None when nobody waits."""
        answer = await self.caller.post(f"{self.path}/call-next")
        assert answer.status in {200, 204}, answer.body
        return str(answer.json["number"]) if answer.status == 200 else None

    async def finish(self) -> None:
        """Done with this person."""
        assert (await self.caller.post(f"{self.path}/finish", {"outcome": "done"})).status == 200


async def desks(hall: LiveHall, count: int = 8) -> list[Desk]:
    """The first windows, open."""
    found = [Desk(hall, clerk) for clerk in bearer(hall.demo["staff"], count)]
    for desk in found:
        await desk.open()
    return found

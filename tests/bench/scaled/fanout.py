"""One change, five thousand phones of one line: the live channel beside a bare asyncio server sending the same."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.bench import Cell, Goal, Table
from tests.bench.halls import draw, served
from tests.bench.scaled.emitting import TOPIC
from tests.bench.scaled.listeners import Audience
from tests.bench.wire import Caller, quantile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import LiveHall

PHONES, WAITING, ROUNDS, WARM = 5000, 200, 40, 5
LARGEST = 2048


@contextmanager
def _yardstick(message: Path) -> Iterator[int]:
    """The bare server's port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "tests.bench.scaled.bare_broadcast", str(port), str(message)]
    process = subprocess.Popen(command)
    try:
        for _ in range(100):
            time.sleep(0.1)
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield port
    finally:
        process.kill()
        process.wait()


async def _state(hall: LiveHall) -> dict[str, Any]:
    """Two hundred wait: what a phone is told of the line."""
    await draw(hall, WAITING)
    found: dict[str, Any] = (await Caller(hall.url).get("/bench/state")).json
    return found


def _packet(state: dict[str, Any]) -> str:
    """As it goes out."""
    return "42/live," + json.dumps(["state", state], separators=(",", ":"))


async def _rounds(urls: dict[str, str], audiences: dict[str, Audience]) -> dict[str, list[float]]:
    """Each round one message by each server, in turn; a phone that misses one ends it all."""
    took: dict[str, list[float]] = {name: [] for name in urls}
    for number in range(1, WARM + ROUNDS + 1):
        for name, url in urls.items():
            caller = Caller(url)
            assert (await caller.get(f"/{'bench/' if name == 'hall' else ''}emit?n={number}")).status == 200
            caller.close()
            heard = audiences[name].heard()[number]
            assert len(heard) == PHONES, f"{name}: {len(heard)} of {PHONES} phones heard message {number}."
            if number > WARM:
                took[name] += heard
    return took


def run() -> Table:
    """Both servers up, both crowds connected, one sends at a time."""
    with served("tests.bench.scaled.emitting:create_app()") as (hall,):
        message = hall.prepared.data / "message.txt"
        state = asyncio.run(_state(hall))
        size = len(_packet(state))
        message.write_text(_packet({"t": "T", "n": "N", **state}), encoding="utf-8")
        with (
            _yardstick(message) as port,
            Audience(hall.port, PHONES, TOPIC) as phones,
            Audience(port, PHONES, "bare") as listeners,
        ):
            urls = {"hall": hall.url, "bare": f"http://127.0.0.1:{port}"}
            took = asyncio.run(_rounds(urls, {"hall": phones, "bare": listeners}))
    names = {"hall": "the live channel", "bare": "bare asyncio, library websockets"}
    rows: list[tuple[Cell, ...]] = [
        (names[name], *(round(quantile(times, share), 1) for share in (0.5, 0.99)), round(max(times), 1))
        for name, times in took.items()
    ]
    times = quantile(took["hall"], 0.99) / quantile(took["bare"], 0.99)
    return Table(
        title="Fan-out",
        question=f"One change of a line with {WAITING} waiting: when do {PHONES:,} phones hear it?",
        columns=("server", "p50, ms", "p99, ms", "last, ms"),
        rows=tuple(rows),
        goals=(
            Goal("p99 at most 1.25 × the bare server's", f"{times:.2f} ×", times <= 1.25),
            Goal("a message of at most 2 KB", f"{size:,} bytes", size <= LARGEST),
        ),
        notes=(
            f"{ROUNDS} messages each, in turn, the same bytes; servers and listeners share this machine.",
            "Every message reached every phone, or there would be no table.",
        ),
    )

"""Drawing tickets over HTTP beside a bare endpoint that inserts one row, same server settings, same run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import TYPE_CHECKING

from tests.bench import Goal, Table
from tests.bench.halls import draw, served
from tests.bench.wire import Caller

if TYPE_CHECKING:
    from tests.servers import LiveHall

CLIENTS, ROUND, ROUNDS = 8, 600, 5


async def _bare(hall: LiveHall, path: str, count: int) -> None:
    numbers = iter(range(count))

    async def one() -> None:
        caller = Caller(hall.url)
        for _ in numbers:
            assert (await caller.post(path)).status in {200, 201}
        caller.close()

    await asyncio.gather(*(one() for _ in range(CLIENTS)))


async def _rate(work: Callable[[], Awaitable[object]], count: int) -> float:
    begin = time.perf_counter()
    await work()
    return count / (time.perf_counter() - begin)


async def _measure(hall: LiveHall, bare: LiveHall) -> tuple[dict[str, list[float]], list[str]]:
    rates: dict[str, list[float]] = {"draw": [], "insert": [], "noop": []}
    numbers: list[str] = []
    await draw(hall, 50, key="warm")
    await _bare(bare, "/insert", 50)
    for turn in range(ROUNDS):
        begin = time.perf_counter()
        tickets = await draw(hall, ROUND, together=CLIENTS, key=f"round-{turn}")
        rates["draw"].append(ROUND / (time.perf_counter() - begin))
        numbers += [ticket["number"] for ticket in tickets]
        rates["insert"].append(await _rate(lambda: _bare(bare, "/insert", ROUND), ROUND))
        rates["noop"].append(await _rate(lambda: _bare(bare, "/noop", ROUND), ROUND))
    return rates, numbers


def run() -> Table:
    """Eight clients on each in turn."""
    with served("", "tests.bench.bare:create_app()") as (hall, bare):
        rates, numbers = asyncio.run(_measure(hall, bare))
    drawn, inserted, noop = (median(rates[name]) for name in ("draw", "insert", "noop"))
    serials = sorted(int(number.lstrip("A")) for number in numbers)
    whole = serials == list(range(51, 51 + ROUND * ROUNDS))
    return Table(
        title="Drawing tickets",
        question=f"How fast do {CLIENTS} clients draw over HTTP? SQLite, every commit flushed to disk.",
        columns=("what", "a second", "share of the bare insert"),
        rows=(
            ("draw a ticket", drawn, drawn / inserted),
            ("bare insert of one row", inserted, 1.0),
            ("POST that does nothing", noop, noop / inserted),
        ),
        goals=(
            Goal("at least 50 % of a bare insert", f"{drawn / inserted:.0%}", drawn >= inserted / 2),
            Goal("no duplicate number, no gap", "none" if whole else "some", whole),
        ),
        notes=(f"Median of {ROUNDS} rounds of {ROUND} each, in turn.",),
    )

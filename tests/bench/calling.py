"""Calling the next under load: beside a POST that does nothing, in a big hall beside an empty one, never one twice."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import mean, median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hall import clock
from tests.bench import Cell, Goal, Table
from tests.bench.halls import LINE, Desk, desks, draw, served
from tests.bench.wire import Caller, Live, quantile

if TYPE_CHECKING:
    from tests.servers import LiveHall

WINDOWS, RATE, SECONDS = 8, 50, 20
OLD, WAITING, BLOCK, BLOCKS = 1_000_000, 3_000, 25, 12
TICKETS, ROUNDS = 200, 20

Press = Callable[[], Awaitable[object]]


async def _steadily(presses: list[Press], after: list[Press] | None = None) -> list[float]:
    """Each in turn presses, `RATE` a second together; answers the seconds from the due time to the answer."""
    took: list[float] = []
    begin = time.perf_counter() + 0.1

    async def one(number: int) -> None:
        for turn in range(RATE * SECONDS // len(presses)):
            due = begin + (turn * len(presses) + number) / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await presses[number]()
            took.append(time.perf_counter() - due)
            if after:
                await after[number]()

    await asyncio.gather(*(one(number) for number in range(len(presses))))
    return took


async def _pings(live: Live, took: list[float]) -> None:
    while True:
        took.append(await live.ping())
        await asyncio.sleep(0.01)


async def _steady(hall: LiveHall, bare: LiveHall) -> tuple[list[float], list[float], list[float]]:
    await draw(hall, RATE * SECONDS + 50, key="steady")
    found = await desks(hall, WINDOWS)
    live, pings = Live(hall.url), list[float]()
    await live.connect()
    await live.watch("site:xixian:board")
    pinging = asyncio.create_task(_pings(live, pings))
    calls = await _steadily([desk.call for desk in found], [desk.finish for desk in found])
    pinging.cancel()
    live.close()
    callers = [Caller(bare.url) for _ in range(WINDOWS)]
    noop = await _steadily([lambda caller=caller: caller.post("/noop") for caller in callers])  # type: ignore[misc]
    return calls, pings, noop


def _fill(hall: LiveHall) -> None:
    """A million tickets of earlier days and three thousand people waiting today, written straight into the file."""
    connection = sqlite3.connect(hall.prepared.data / "hall.sqlite3", isolation_level=None)
    line, site = connection.execute("SELECT id, site_id FROM line WHERE code = ?", (LINE,)).fetchone()
    now = clock.now()
    today = clock.business_date(ZoneInfo("Asia/Shanghai"), now).isoformat()
    columns = (
        "site_id, line_id, business_date, number, nonce, state, lane, place, basis, issued_at, channel, lang, heads, "
        "test, frozen, times_called, counted_calls, rejoins, laters, reprints, revision"
    )
    rest = "'kiosk', 'zh', 1, 0, 0, 1, 1, 0, 0, 0, 1"
    count = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?) "
    micro = int((now - timedelta(hours=2)).timestamp() * 1e6)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-400000")
    connection.execute("BEGIN")
    connection.execute(
        f"INSERT INTO ticket ({columns}) {count}"  # noqa: S608 - our own words
        "SELECT ?, ?, date(?, '-' || (1 + i / 3000) || ' days'), 'A' || printf('%03d', 1 + i % 3000), "
        "CAST(printf('%09d', i) AS BLOB), "
        f"'finished', 'ordinary', ? - i * 28800000, 'issued', ? - i * 28800000, {rest} FROM n",
        (OLD, site, line, today, micro, micro),
    )
    connection.execute(
        f"INSERT INTO ticket ({columns}) {count}"  # noqa: S608
        "SELECT ?, ?, ?, 'A' || printf('%03d', 1 + i), randomblob(9), 'waiting', 'ordinary', ? + i, 'issued', ? + i, "
        f"{rest} FROM n",
        (WAITING, site, line, today, micro, micro),
    )
    connection.execute(
        "INSERT INTO number_series (site_id, business_date, prefix, last_serial, last_issued_at) "
        "VALUES (?, ?, 'A', ?, ?)",
        (site, today, WAITING, micro + WAITING),
    )
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.close()
    os.sync()


async def _blocks(small: LiveHall, big: LiveHall) -> dict[str, list[float]]:
    """In turn a block in each hall: seconds of single presses, nothing else going on."""
    cost: dict[str, list[float]] = {"small": [], "big": []}
    one = {"small": (await desks(small, 1))[0], "big": (await desks(big, 1))[0]}
    for turn in range(BLOCKS):
        await draw(small, BLOCK, together=1, key=f"block-{turn}")
        for name in ("small", "big") if turn % 2 else ("big", "small"):
            for _ in range(BLOCK):
                begin = time.perf_counter()
                assert await one[name].call()
                cost[name].append(time.perf_counter() - begin)
                await one[name].finish()
    return cost


async def _emptied(hall: LiveHall, found: list[Desk], turn: int) -> list[str]:
    """Draw for all windows, then all press as fast as they can until nobody waits; answers the numbers called."""
    await draw(hall, TICKETS, key=f"twice-{turn}")
    called: list[str] = []

    async def press(desk: Desk) -> None:
        while number := await desk.call():
            called.append(number)
            await desk.finish()

    await asyncio.gather(*(press(desk) for desk in found))
    return called


async def _twice(hall: LiveHall) -> tuple[int, int]:
    found = await desks(hall, WINDOWS)
    called = [number for turn in range(ROUNDS) for number in await _emptied(hall, found, turn)]
    return len(called), sum(count - 1 for count in Counter(called).values())


def run() -> Table:
    """Three halls: one under steady pressing, an empty and a big one beside each other, one emptied again and again."""
    with served("", "tests.bench.bare:create_app()") as (hall, bare):
        calls, pings, noop = asyncio.run(_steady(hall, bare))
    with served("", "") as (small, big):
        _fill(big)
        cost = asyncio.run(_blocks(small, big))
    with served("") as (hall,):
        made, double = asyncio.run(_twice(hall))
    p99, idle, ping = quantile(calls, 0.99) * 1000, quantile(noop, 0.99) * 1000, quantile(pings, 0.99) * 1000
    share = median(cost["big"]) / median(cost["small"])
    rows: list[tuple[Cell, ...]] = [
        (name, *(round(figure * 1000, 2) for figure in (median(took), mean(took), quantile(took, 0.99))))
        for name, took in (
            ("call-next, eight windows, 50 a second", calls),
            ("POST that does nothing, the same", noop),
            ("websocket ping meanwhile", pings),
            ("call-next alone, empty hall", cost["small"]),
            ("call-next alone, 3,000 waiting, 1,000,000 old", cost["big"]),
        )
    ]
    return Table(
        title="Calling the next",
        question="What does a press cost, and does it ever call somebody twice? SQLite, every commit flushed.",
        columns=("what", "median, ms", "mean, ms", "p99, ms"),
        rows=tuple(rows),
        goals=(
            Goal(
                "p99 at most 4 × a POST that does nothing",
                f"{p99:.1f} ms, {p99 / idle:.1f} ×",
                p99 <= 4 * idle,
            ),
            Goal("a websocket ping meanwhile under 15 ms at p99", f"{ping:.1f} ms", ping < 15),
            Goal("the big hall at most 1.2 × the empty one (median)", f"{share:.2f} ×", share <= 1.2),
            Goal("called twice: 0", f"{double} of {made:,}", double == 0),
        ),
        notes=(
            f"{len(calls):,} presses in {SECONDS} s, each from its due time; the window finishes before its next.",
        ),
    )

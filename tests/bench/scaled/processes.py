"""Two processes of the application against one, on PostgreSQL: how fast it goes, and which part has the processor."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from hall.replay.plan import DayPlan, Kind, QueuePlan, Step
from hall.replay.wire import Line
from tests.bench import Cell, Goal, Table
from tests.bench.scaled.screens import Screens
from tests.bench.scaled.standing import APPLICATION, DATABASE, DRIVER, NGINX, REDIS, Standing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from hall.replay.stage import Clerk, Stage

SITES, WINDOWS, TICKETS, ROUNDS = 4, 4, 480, 5
HALLS = {1: "one process", 2: "two processes"}
ACTS = ("drawing, 16 kiosks", "calling, 16 windows")
PARTS = (APPLICATION, DATABASE, REDIS, NGINX, DRIVER)
Beat = tuple[float, dict[str, float]]
"""How many a second, and the share of a processor that each part had."""


@dataclass(slots=True)
class Hall:
    """A hall with its sites, and what its rounds brought."""

    standing: Standing
    stages: list[Stage]
    beats: dict[str, list[Beat]] = field(default_factory=dict)
    called: Counter[str] = field(default_factory=Counter)
    lines: dict[str, Line] = field(default_factory=dict)

    def line(self, whose: str) -> Line:
        """The kept-alive connection of one kiosk or window."""
        return self.lines.setdefault(whose, Line(self.standing.url))


def _plans() -> list[DayPlan]:
    """Offices of one queue and a few windows; what their day brings is up to us."""
    begin = (Step(480.0, Kind.WINDOWS, WINDOWS),)
    return [
        DayPlan(f"bench {number}", date(2020, 1, 10), (QueuePlan("1", "A", WINDOWS, begin, ()),))
        for number in range(1, SITES + 1)
    ]


def _desks(hall: Hall) -> Iterator[tuple[Stage, Clerk]]:
    for stage in hall.stages:
        for clerks in stage.clerks.values():
            for clerk in clerks:
                yield stage, clerk


async def _open(hall: Hall) -> None:
    for _stage, clerk in _desks(hall):
        await hall.line(clerk.window).post(f"/api/v1/windows/{clerk.window}/open", clerk.token, None)


async def _draw(hall: Hall) -> None:
    """Each site's kiosks, as fast as they can."""
    left = dict.fromkeys((stage.site for stage in hall.stages), TICKETS // SITES)

    async def kiosk(stage: Stage, clerk: Clerk) -> None:
        http, (line,) = hall.line(clerk.window), stage.lines.values()
        while left[stage.site]:
            left[stage.site] -= 1
            await http.post("/api/v1/tickets", stage.kiosk, {"line": line}, expect=201)

    await asyncio.gather(*(kiosk(*desk) for desk in _desks(hall)))


async def _call(hall: Hall) -> None:
    """Each site's windows call and finish until nobody waits, as fast as they can."""
    left = dict.fromkeys((stage.site for stage in hall.stages), TICKETS // SITES)

    async def window(stage: Stage, clerk: Clerk) -> None:
        http, path = hall.line(clerk.window), f"/api/v1/windows/{clerk.window}"
        while left[stage.site]:
            left[stage.site] -= 1
            called = await http.post(f"{path}/call-next", clerk.token, None)
            hall.called[called["token"]] += 1
            await http.post(f"{path}/finish", clerk.token, {"outcome": "done"})

    await asyncio.gather(*(window(*desk) for desk in _desks(hall)))


async def _beat(hall: Hall, act: Callable[[Hall], Awaitable[None]]) -> Beat:
    before, begun = hall.standing.seconds(), time.perf_counter()
    await act(hall)
    took, after = time.perf_counter() - begun, hall.standing.seconds()
    return TICKETS / took, {part: (after[part] - before[part]) / took for part in after}


async def _rounds(halls: dict[int, Hall]) -> None:
    """In turn a round in each hall; the first warms up and does not count."""
    for hall in halls.values():
        await _open(hall)
    for turn in range(ROUNDS + 1):
        for number in sorted(halls, reverse=bool(turn % 2)):
            hall = halls[number]
            for name, act in zip(ACTS, (_draw, _call), strict=True):
                beat = await _beat(hall, act)
                if turn:
                    hall.beats.setdefault(name, []).append(beat)
            await asyncio.sleep(1)  # what is still to be told belongs to this hall


def _rows(halls: dict[int, Hall]) -> Iterator[tuple[Cell, ...]]:
    for name in ACTS:
        for number, hall in halls.items():
            beats = hall.beats[name]
            rate = median(rate for rate, _shares in beats)
            shares = [sum(shares[part] for _rate, shares in beats) / len(beats) for part in PARTS]
            yield (
                f"{name}, {HALLS[number]}",
                round(rate, 1),
                *(f"{share:.0%}" for share in shares),
                round(sum(shares[:-1]) / rate * 1000, 2),
            )


def run() -> Table:
    """Both halls stand beside each other; one works at a time."""
    with ExitStack() as stack:
        halls = {}
        for number in HALLS:
            standing = stack.enter_context(Standing(number, {}))
            halls[number] = Hall(standing, standing.stage(_plans()))
        for hall in halls.values():
            sites = [stage.site for stage in hall.stages]
            stack.enter_context(Screens(hall.standing.port, 1, sites))
        asyncio.run(_rounds(halls))
    called = sum((hall.called for hall in halls.values()), Counter[str]())
    rates = {number: median(rate for rate, _shares in hall.beats[ACTS[1]]) for number, hall in halls.items()}
    wanted, times = TICKETS * (ROUNDS + 1) * len(halls), rates[2] / rates[1]
    double = sum(max(hall.called.values()) > 1 for hall in halls.values())
    return Table(
        title="One process and two",
        question="How fast do kiosks draw and windows call when they never rest, and which part has the processor?",
        columns=("what", "a second", *PARTS, "processor's ms each"),
        rows=tuple(_rows(halls)),
        goals=(
            Goal(
                "Q2: everybody called once, by either hall",
                f"{called.total():,} calls of {wanted:,} tickets, {double} halls called somebody twice",
                called.total() == wanted and not double,
            ),
            Goal("two processes press at least as fast as one", f"{times:.2f} ×", times >= 1),
        ),
        notes=(
            f"Median of {ROUNDS} rounds of {TICKETS} each, in turn; {SITES} sites of {WINDOWS} windows and a screen.",
            "Over nginx; each window finishes before its next.",
            "Shares are of one processor; load is who draws, presses and looks, on the same machine.",
            "The last column is without the load.",
        ),
    )

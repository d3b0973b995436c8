"""Acting for one queue's citizens and clerks over HTTP, on a clock that runs faster than the day did."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hall.replay.plan import Kind, QueuePlan, Step
from hall.replay.stage import Clerk, Stage
from hall.replay.wire import Line, Trouble


@dataclass(slots=True)
class Clock:
    """The recorded day's minute `begins` is now; then `speed` minutes pass in one."""

    begins: float
    speed: float
    started: float = field(default_factory=time.monotonic)

    def due(self, minute: float) -> float:
        """When that minute of the day comes, in monotonic seconds."""
        return self.started + (minute - self.begins) * 60 / self.speed

    async def wait_until(self, minute: float) -> float:
        """Sleep until that minute of the day; answers by how many real seconds it is late already."""
        left = self.due(minute) - time.monotonic()
        if left > 0:
            await asyncio.sleep(left)
        return max(0.0, -left)


@dataclass(frozen=True, slots=True)
class Press:
    """A clerk asked for the next person: when it was due, asked and answered (monotonic seconds), and who came."""

    number: str
    window: str
    called_at: str
    due: float
    pressed: float
    answered: float


@dataclass(slots=True)
class Deeds:
    """What one queue's driver did and met. `waits` and `late_s` in real seconds."""

    drawn: int = 0
    left: int = 0
    presses: list[Press] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    late_s: float = 0.0
    without_window: int = 0
    repeated: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Watching:
    """Who looks on: after each step with its minute, and at each ticket with its line and its token."""

    step: Callable[[float], None] = lambda _minute: None
    ticket: Callable[[str, str], None] = lambda _line, _token: None


class Driver:
    """One queue. Everything in it happens one after the other, so each number that must be called next is known."""

    def __init__(self, server: str, stage: Stage, plan: QueuePlan, watching: Watching) -> None:
        self.plan, self.deeds, self.watching = plan, Deeds(), watching
        self._http = Line(server)
        self._kiosk, self._line = stage.kiosk, stage.lines[plan.queue]
        self._clerks = stage.clerks[self._line]
        self._people: dict[int, dict[str, Any]] = {}
        self._waiting: deque[int] = deque()
        self._open: deque[Clerk] = deque()
        self._busy: set[str] = set()

    async def run(self, clock: Clock) -> Deeds:
        """The whole day; what goes wrong is noted, and the day goes on."""
        deeds = self.deeds
        try:
            for step in self.plan.steps:
                deeds.late_s = max(deeds.late_s, await clock.wait_until(step.minute))
                await self._attempt(step, clock.due(step.minute))
                self.watching.step(step.minute)
            while self._open:
                await self._close(self._open.popleft())
        except (Trouble, ValueError, KeyError) as problem:
            deeds.errors.append(f"{self.plan.prefix}: {_told(problem)}")
        self._http.close()
        deeds.repeated = self._http.repeated
        return deeds

    async def _attempt(self, step: Step, due: float) -> None:
        try:
            if step.kind is Kind.WINDOWS:
                await self._windows(step.who)
            elif step.kind is Kind.DRAW:
                await self._draw(step.who)
            elif step.kind is Kind.CALL:
                await self._call(due)
            else:
                await self._leave(step.who)
        except (Trouble, ValueError, LookupError) as problem:
            at = f"{int(step.minute) // 60:02d}:{int(step.minute) % 60:02d}"
            self.deeds.errors.append(f"{at} {self._line} {step.kind.name.lower()}: {_told(problem)}")

    async def _draw(self, who: int) -> None:
        ticket = await self._post("/tickets", self._kiosk, {"line": self._line}, expect=201)
        self._people[who] = {"number": ticket["number"], "token": ticket["token"]}
        self._waiting.append(who)
        self.deeds.drawn += 1
        self.watching.ticket(self._line, ticket["token"])

    async def _leave(self, who: int) -> None:
        self._waiting.remove(who)
        await self._post(f"/tickets/{self._people.pop(who)['token']}/abandon", None, None)
        self.deeds.left += 1

    async def _call(self, due: float) -> None:
        """The clerk idle the longest finishes the person at hand and calls: it must be the one who waited longest."""
        if not self._open:
            self.deeds.without_window += 1
            await self._windows(1)
        clerk = self._open[0]
        self._open.rotate(-1)
        await self._finish(clerk)
        who = self._waiting.popleft()
        expected = self._people.pop(who)
        pressed = time.monotonic()
        called = await self._post(f"/windows/{clerk.window}/call-next", clerk.token, None)
        answered = time.monotonic()
        self._busy.add(clerk.window)
        if called["number"] != expected["number"]:
            raise Trouble(f"{called['number']} was called where {expected['number']} was due")
        self.deeds.presses.append(
            Press(called["number"], clerk.window, called["called_at"], due, pressed, answered)
        )
        began, ended = (datetime.fromisoformat(called[name]) for name in ("issued_at", "called_at"))
        self.deeds.waits.append((ended - began).total_seconds())

    async def _windows(self, count: int) -> None:
        while len(self._open) > count:
            await self._close(self._open.popleft())
        for clerk in self._clerks:
            if len(self._open) < count and clerk not in self._open:
                await self._post(f"/windows/{clerk.window}/open", clerk.token, None)
                self._open.appendleft(clerk)

    async def _close(self, clerk: Clerk) -> None:
        await self._finish(clerk)
        await self._post(f"/windows/{clerk.window}/close", clerk.token, None)

    async def _finish(self, clerk: Clerk) -> None:
        if clerk.window in self._busy:
            self._busy.discard(clerk.window)
            await self._post(f"/windows/{clerk.window}/finish", clerk.token, {"outcome": "done"})

    async def _post(
        self, path: str, token: str | None, body: dict[str, Any] | None, *, expect: int = 200
    ) -> dict[str, Any]:
        return await self._http.post(f"/api/v1{path}", token, body, expect=expect)


def _told(problem: Exception) -> str:
    return str(problem) or type(problem).__name__

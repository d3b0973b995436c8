"""Acting for one queue's citizens and clerks over HTTP, on a clock that runs faster than the day did."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

from hall.replay.plan import Kind, QueuePlan, Step
from hall.replay.stage import Clerk, Stage

TIMEOUT_S = 30
TRIES = 3


@dataclass(slots=True)
class Clock:
    """The recorded day's minute `begins` is now; then `speed` minutes pass in one."""

    begins: float
    speed: float
    started: float = field(default_factory=time.monotonic)

    def wait_until(self, minute: float) -> float:
        """Sleep until that minute of the day; answers by how many real seconds it is late already."""
        due = self.started + (minute - self.begins) * 60 / self.speed
        left = due - time.monotonic()
        if left > 0:
            time.sleep(left)
        return max(0.0, -left)


@dataclass(slots=True)
class Deeds:
    """What one queue's driver did and met. `pressed`: when each call was asked for; `waits` in real seconds."""

    drawn: int = 0
    left: int = 0
    pressed: dict[tuple[str, str], float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    late_s: float = 0.0
    without_window: int = 0
    repeated: int = 0
    errors: list[str] = field(default_factory=list)


class Trouble(Exception):
    """The server answered otherwise than it must."""


class Driver:
    """One queue. Everything in it happens one after the other, so each number that must be called next is known."""

    def __init__(self, server: str, stage: Stage, plan: QueuePlan, tick: Callable[[float], None]) -> None:
        self.plan, self.deeds, self.tick = plan, Deeds(), tick
        self._api = f"{server}/api/v1"
        self._kiosk, self._line = stage.kiosk, stage.lines[plan.queue]
        self._clerks = stage.clerks[self._line]
        self._http = requests.Session()
        self._people: dict[int, dict[str, Any]] = {}
        self._waiting: deque[int] = deque()
        self._open: deque[Clerk] = deque()
        self._busy: set[str] = set()

    def run(self, clock: Clock) -> None:
        """The whole day; what goes wrong is noted, and the day goes on."""
        deeds = self.deeds
        try:
            for step in self.plan.steps:
                deeds.late_s = max(deeds.late_s, clock.wait_until(step.minute))
                self._attempt(step)
                self.tick(step.minute)
            while self._open:
                self._close(self._open.popleft())
        except (requests.RequestException, Trouble, ValueError, KeyError) as problem:
            deeds.errors.append(f"{self.plan.prefix}: {_told(problem)}")

    def _attempt(self, step: Step) -> None:
        try:
            if step.kind is Kind.WINDOWS:
                self._windows(step.who)
            elif step.kind is Kind.DRAW:
                self._draw(step.who)
            elif step.kind is Kind.CALL:
                self._call()
            else:
                self._leave(step.who)
        except (requests.RequestException, Trouble, ValueError, KeyError) as problem:
            at = f"{int(step.minute) // 60:02d}:{int(step.minute) % 60:02d}"
            self.deeds.errors.append(f"{at} {self.plan.prefix} {step.kind.name.lower()}: {_told(problem)}")

    def _draw(self, who: int) -> None:
        ticket = self._post("/tickets", self._kiosk, {"line": self._line}, expect=201)
        self._people[who] = ticket
        self._waiting.append(who)
        self.deeds.drawn += 1

    def _leave(self, who: int) -> None:
        self._waiting.remove(who)
        self._post(f"/tickets/{self._people.pop(who)['token']}/abandon", None, None)
        self.deeds.left += 1

    def _call(self) -> None:
        """The clerk idle the longest finishes the person at hand and calls: it must be the one who waited longest."""
        if not self._open:
            self.deeds.without_window += 1
            self._windows(1)
        clerk = self._open[0]
        self._open.rotate(-1)
        self._finish(clerk)
        who = self._waiting.popleft()
        expected = self._people.pop(who)
        pressed = time.monotonic()
        called = self._post(f"/windows/{clerk.window}/call-next", clerk.token, None)
        self._busy.add(clerk.window)
        if called["number"] != expected["number"]:
            raise Trouble(f"{called['number']} was called where {expected['number']} was due")
        self.deeds.pressed[called["number"], clerk.window] = pressed
        began, ended = (datetime.fromisoformat(called[name]) for name in ("issued_at", "called_at"))
        self.deeds.waits.append((ended - began).total_seconds())

    def _windows(self, count: int) -> None:
        while len(self._open) > count:
            self._close(self._open.popleft())
        for clerk in self._clerks:
            if len(self._open) < count and clerk not in self._open:
                self._post(f"/windows/{clerk.window}/open", clerk.token, None)
                self._open.appendleft(clerk)

    def _close(self, clerk: Clerk) -> None:
        self._finish(clerk)
        self._post(f"/windows/{clerk.window}/close", clerk.token, None)

    def _finish(self, clerk: Clerk) -> None:
        if clerk.window in self._busy:
            self._busy.discard(clerk.window)
            self._post(f"/windows/{clerk.window}/finish", clerk.token, {"outcome": "done"})

    def _post(
        self, path: str, token: str | None, body: dict[str, Any] | None, *, expect: int = 200
    ) -> dict[str, Any]:
        """One command, under one key however often the line breaks: it is done once."""
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        for left in reversed(range(TRIES)):
            try:
                answer = self._http.post(self._api + path, json=body, headers=headers, timeout=TIMEOUT_S)
                break
            except requests.ConnectionError:
                if not left:
                    raise
                self.deeds.repeated += 1
                time.sleep(0.2)
        if answer.status_code != expect:
            said = "nobody waits" if answer.status_code == 204 else answer.text[:200]  # noqa: PLR2004
            raise Trouble(f"{path.rsplit('/', 1)[-1]} answered {answer.status_code}: {said}")
        found: dict[str, Any] = answer.json()
        return found


def _told(problem: Exception) -> str:
    return str(problem) or type(problem).__name__

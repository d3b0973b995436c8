"""Keeps a kiosk ready for the time when its server is away, notices that time, and hands in afterwards (Q9)."""

from __future__ import annotations

import logging
import secrets
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from kiosk.agent_clock import Anchor, age, read
from kiosk.agent_hall import HallAway, HallFailed, HallRefused
from kiosk.agent_kit import File

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.agent_draws import Draw, Draws
    from kiosk.agent_hall import Hall
    from kiosk.agent_kit import Shelf

log = logging.getLogger("kiosk.agent")
LOOK = 2.0  # seconds between looks at the server
KIT_EVERY = 600.0  # seconds after which the kit is taken anew
AT_ONCE = 25  # papers handed in together
ASIDE = 300.0  # seconds until a paper over which the server stumbled is handed in again
EARLIEST, LATEST = 946_684_800.0, 4_102_444_800.0  # 2000 and 2100: the hall believes no clock beyond
FAULTS = (HallAway, HallRefused, OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError)
State = Literal["here", "away", "handing_in"]


class Keeper(threading.Thread):
    """Looks at the server, takes kits, hands in; runs until `stopping`."""

    def __init__(  # noqa: PLR0917 - one call
        self,
        hall: Hall,
        device: str,
        shelf: Shelf,
        draws: Draws,
        paper_of: Callable[[Draw], str],
        stopping: threading.Event,
    ) -> None:
        super().__init__(name="keeper", daemon=True)
        self._hall, self._device, self._shelf, self._draws = hall, device, shelf, draws
        self._paper_of = paper_of
        self._stopping = stopping
        self._kick = threading.Event()
        self._kit_due = 0.0
        self._aside: dict[str, float] = {}  # papers by key, and when to try again
        self.state: State = "away"  # until the server has answered once
        self.since = read().wall

    def run(self) -> None:
        """Look, hand in, take a kit, wait."""
        while not self._stopping.is_set():
            self._kick.clear()
            try:
                self._round()
            except FAULTS as problem:
                log.error("no kit, or not all handed in: %s: %s", problem.__class__.__name__, problem)  # noqa: TRY400
                self._kit_due = read().steady + 5 * LOOK
                # The server is there: people see its pages, and what is left is tried again
                self._be("here")
            self._kick.wait(LOOK * (0.8 + secrets.randbelow(400) / 1000))

    def lost(self) -> None:
        """A request that was passed on got no answer."""
        if self.state != "away":
            self._be("away")
            self._kick.set()

    def wake(self) -> None:
        """Something was drawn, or the agent ends."""
        self._kick.set()

    def _round(self) -> None:
        if not self._hall.ready():
            self.lost()
            return
        now = read().steady
        pending = [draw for draw in self._draws.pending() if self._aside.get(draw.key, 0.0) <= now]
        if pending and self.state == "away":
            self._be("handing_in")
        if pending:
            self._hand_in(pending)
        if self.state != "here" or read().steady >= self._kit_due:
            self._take_kit()
        self._be("here")

    def _hand_in(self, pending: list[Draw]) -> None:
        """In order; what is torn in the middle is sent again, and the hall knows what it has."""
        for start in range(0, len(pending), AT_ONCE):
            part = pending[start : start + AT_ONCE]
            of_key = {one.key: one for one in part}
            try:
                answers = self._hall.hand_in(
                    self._device, self._draws.memory, [self._told(one) for one in part]
                )
            except (HallRefused, HallFailed):
                answers = [answer for one in part if (answer := self._alone(one))]
            for answer in answers:
                if answer["state"] != "taken":
                    log.error("a paper was not taken: %s (%s)", answer["state"], answer.get("code"))
                # Staff are told before it is forgotten here
                if answer["state"] != "refused" or self._tell(of_key[answer["key"]], "refused"):
                    self._draws.settle(answer["key"], answer["state"])
        log.info("handed in: %d", len(pending))

    def _alone(self, draw: Draw) -> dict[str, Any] | None:
        """One paper by itself, so that none that the hall cannot read holds up the others."""
        try:
            return self._hall.hand_in(self._device, self._draws.memory, [self._told(draw)])[0]
        except HallFailed as problem:
            log.error("paper %s is set aside, the others go on: %s", draw.number, problem)  # noqa: TRY400
            self._aside[draw.key] = read().steady + ASIDE
            self._tell(draw, "stumbled")
            return None
        except HallRefused as problem:
            log.error("paper %s is refused; tell its holder: %s", draw.number, problem)  # noqa: TRY400
            return {"key": draw.key, "state": "refused", "code": str(problem)}

    def _tell(self, draw: Draw, why: str) -> bool:
        """Tell staff of a paper that was not taken; False where that is to be said again with the next try."""
        try:
            told = {"key": draw.key, "number": draw.number, "day": draw.day, "why": why}
            if draw.key not in self._hall.aside(self._device, [told]):
                log.error("staff have enough to see to: they are told of paper %s later", draw.number)
                self._aside[draw.key] = read().steady + ASIDE
                return False
        except HallFailed as problem:
            log.error("nobody could be told of paper %s: %s", draw.number, problem)  # noqa: TRY400
            self._aside[draw.key] = read().steady + ASIDE
            return False
        except HallRefused as problem:  # such as a hall that has no ear for it yet
            log.error("nobody could be told of paper %s: %s", draw.number, problem)  # noqa: TRY400
        return True

    def _told(self, draw: Draw) -> dict[str, Any]:
        return {
            "key": draw.key,
            "range": draw.range,
            "position": draw.position,
            "printed_at": datetime.fromtimestamp(min(max(draw.at, EARLIEST), LATEST), UTC).isoformat(),
            "age_s": age(draw.reading, read()),
            "lane": draw.lane,
            "reason": draw.reason,
            "lang": draw.lang,
            "paper": self._paper_of(draw),
        }

    def _take_kit(self) -> None:
        before = read()
        told = self._hall.kit(self._device, self._draws.memory, settled=not self._draws.pending())
        after = read()
        # The server looked at its clock in between: half the way is the best guess
        half = (after.steady - before.steady) / 2
        anchor = Anchor(datetime.fromisoformat(told["now"]).timestamp() + half, after)
        self._shelf.keep_pages(told["page"], told["assets"], lambda path: File(*self._hall.fetch(path)))
        self._shelf.keep(told, anchor)
        self._kit_due = after.steady + KIT_EVERY

    def _be(self, state: State) -> None:
        if state != self.state:
            log.info("the server is %s", state.replace("_", " "))
            self.state, self.since = state, read().wall

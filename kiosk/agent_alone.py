"""The part of the agent that goes on when the server is away: its page, its numbers, its slips (Q9)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kiosk.agent_draws import Draws
from kiosk.agent_hall import Hall
from kiosk.agent_keeper import Keeper
from kiosk.agent_kit import Shelf
from kiosk.agent_slip import picture_of
from kiosk.agent_web import Desk, Web

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from kiosk.agent_draws import Draw
    from kiosk.agent_hall import Identity
    from kiosk.agent_journal import Journal
    from kiosk.printer_status import PrinterStatus

log = logging.getLogger("kiosk.agent")


class Alone:
    """Draws, prints and hands in; `queued` is told when a slip waits for the press."""

    def __init__(
        self,
        folder: Path,
        identity: Identity,
        journal: Journal,
        *,
        port: int,
        width_dots: int,
        authority: str | None,
        queued: Callable[[], None],
        status: Callable[[], PrinterStatus | None],
        stopping: threading.Event,
    ) -> None:
        self._journal, self._width, self._queued, self._status = journal, width_dots, queued, status
        self._shelf, self.draws = Shelf(folder), Draws(folder)
        hall = Hall(identity.server, identity.token, authority)
        self._keeper = Keeper(hall, identity.device, self._shelf, self.draws, self._paper, stopping)
        desk = Desk(self._shelf, self.draws, self._keeper, self._queue, self._stage, self._problem)
        self._web = Web(port, desk, identity.server, authority)

    def start(self) -> None:
        """Slips that a power cut kept from the press are queued, where somebody may still wait for them."""
        for draw in self.draws.pending():
            if self.draws.wants_slip(draw.job):
                self._queue(draw)
        self._keeper.start()
        self._web.start()

    def stop(self) -> None:
        """End; every number is on disk already."""
        self._keeper.wake()
        self._web.stop()
        self._keeper.join(5)
        self.draws.close()

    def _queue(self, draw: Draw) -> None:
        """Give its slip to the press, once; a number without paper counts all the same."""
        kit = self._shelf.kit
        if kit is None or draw.line not in kit.lines or self._journal.entry(draw.job):
            return
        try:
            self._journal.receive(draw.job, picture_of(draw, kit, self._width))
        except (OSError, ValueError, KeyError, TypeError) as problem:
            log.error("no slip for a number: %s", problem)  # noqa: TRY400 - the reason says it all
        else:
            self._queued()

    def _paper(self, draw: Draw) -> str:
        """What became of its paper, for the hall."""
        entry = self._journal.entry(draw.job)
        if entry is None or entry.state not in {"printed", "acknowledged"}:
            return "none"
        return "uncertain" if entry.uncertain else "printed"

    def _stage(self, draw: Draw) -> tuple[str, str]:
        """What became of its paper, for the one who stands there: stage and problem."""
        done = self._paper(draw)
        if done != "none":
            return ("doubtful", "") if done == "uncertain" else ("printed", "")
        entry = self._journal.entry(draw.job)
        problem = self._problem()
        if entry is None or entry.state == "dropped":
            return "held", problem or "error"
        return ("held", problem) if problem else ("printing", "")

    def _problem(self) -> str:
        status = self._status()
        return (status.problem or "") if status else "offline"

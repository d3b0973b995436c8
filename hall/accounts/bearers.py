"""Whose a bearer token is, kept for a second: a kiosk that draws asks for it each time.

Whatever this process commits beyond the queue's own daily work clears all of it, so that a revoked device, a retired
person or a reset password is refused at once. Another process of the hall tells of such a commit through Redis
(`hall/live/bus.py`); without Redis it counts here within that second. A false token is never kept, nor what was read
before such a commit and comes back after it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from hall.actor import Actor
from hall.facts import Fact, LineFact, PrinterFact, TicketFact, Touched, WindowFact

KEPT_S = 1.0
MOST = 10_000
HARMLESS = (Touched, TicketFact, WindowFact, LineFact, PrinterFact)


@dataclass(slots=True)
class Bearers:
    """Actors by the digest of their token. `turn` counts the clearings."""

    turn: int = 0
    known: dict[bytes, tuple[Actor, float]] = field(default_factory=dict)

    def find(self, digest: bytes) -> Actor | None:
        """The token's actor, if it was read within the last second."""
        actor, until = self.known.get(digest, (None, 0.0))
        return actor if time.monotonic() < until else None

    def keep(self, digest: bytes, actor: Actor, turn: int) -> None:
        """Keep what was read since `turn` was looked up; not if there was a clearing meanwhile."""
        if turn != self.turn:
            return
        if len(self.known) >= MOST:
            self.known.clear()
        self.known[digest] = (actor, time.monotonic() + KEPT_S)

    def hear(self, happened: list[Fact]) -> None:
        """After a commit: only what happens in the queue and at printers leaves accounts as they are."""
        if touches_accounts(happened):
            self.clear()

    def clear(self) -> None:
        """Everybody is looked up anew."""
        self.turn += 1
        self.known.clear()


def touches_accounts(happened: list[Fact]) -> bool:
    """Whether accounts may be others after this: after everything but the daily work of queue and printers."""
    return not all(isinstance(fact, HARMLESS) for fact in happened)

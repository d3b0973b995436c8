"""What a calendar says of a turn, and how often it has changed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall.rota.states import Turn

if TYPE_CHECKING:
    from hall.rota.rules import Hours

CANCELLED, CONFIRMED, TENTATIVE = "CANCELLED", "CONFIRMED", "TENTATIVE"
STEPS = {
    Turn.PROPOSED: 0,
    Turn.SIGNED: 0,
    Turn.CONFIRMED: 1,
    Turn.WITHDRAWN: 2,
    Turn.EXCHANGED: 2,
    Turn.EXCUSED: 2,
}
"""How far a turn has come. It never goes back, so that the sequence of its event only grows."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A turn as a calendar sees it."""

    turn: str
    held: bool
    stand_in: bool


def sequence(seen: Seen) -> int:
    """SEQUENCE of its event: one more for each step, for a stand-in, and for a day that is dropped."""
    return STEPS[Turn(seen.turn)] + seen.stand_in + (0 if seen.held else len(STEPS))


def status(seen: Seen) -> str:
    """STATUS for whoever goes with the turn: confirmed once published, cancelled when it is over before its day."""
    if not seen.held or STEPS[Turn(seen.turn)] == STEPS[Turn.EXCUSED]:
        return CANCELLED
    return CONFIRMED if seen.turn == Turn.CONFIRMED else TENTATIVE


def status_of_head(seen: Seen) -> str:
    """For the head, in whose place somebody else sits, it is off the calendar (M4)."""
    return CANCELLED if seen.stand_in else status(seen)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a feed; `uid` is the same after every change, `sequence` grows."""

    uid: str
    sequence: int
    status: str
    hours: Hours
    title: str
    where: str
    text: str

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
    Turn.CANCELLED: 2,
}
"""How far a turn has come. It never goes back, so that the sequence of its event only grows."""
BEFORE = 6
"""What a dropped day once added: no event starts below what calendars have seen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A turn as a calendar sees it. `changes`: how often it or its day has changed; neither number ever falls."""

    turn: str
    held: bool
    stand_in: bool
    changes: int = 0


def sequence(seen: Seen) -> int:
    """SEQUENCE of its event: more with each step, with a stand-in, with every change of its day, back and forth."""
    return BEFORE + STEPS[Turn(seen.turn)] + seen.stand_in + seen.changes


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

"""What a turn was, and where the check of an absence stands. Pure."""

from __future__ import annotations

from enum import StrEnum

from hall.moves import move


class Presence(StrEnum):
    """What became of a turn (M5). A stand-in is none of the head's; late and early can both be of one turn."""

    EXPECTED = "expected"
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    STAND_IN = "stand_in"
    ON_LEAVE = "on_leave"
    ABSENT = "absent"


AS_HEAD = frozenset({Presence.PRESENT, Presence.LATE, Presence.LEFT_EARLY})
"""The head was there in person."""


class Checked(StrEnum):
    """Where an absence stands: it enters a bulletin only after the department was asked (M5)."""

    FOUND = "found"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    EXPLAINED = "explained"


ABSENCE_MOVES = {
    "ask": move("found", to="asked"),
    "confirm": move("asked", to="confirmed"),
    "explain": move("found", "asked", to="explained"),
}
SETTLED = frozenset({Checked.CONFIRMED, Checked.EXPLAINED})
"""The department has had its say."""

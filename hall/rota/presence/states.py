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
    """Where the check of an absence stands; it enters a bulletin only when it is over (M5).

    *Stated*: the department says why, and the manager has not decided yet. *Excused*: accepted, no absence in the
    ranking. *Upheld*: not accepted, or nothing was said in time; it stays one, as what is *confirmed* does.
    """

    FOUND = "found"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    STATED = "stated"
    EXCUSED = "excused"
    UPHELD = "upheld"


ABSENCE_MOVES = {
    "ask": move("found", to="asked"),
    "confirm": move("asked", to="confirmed"),
    "explain": move("found", "asked", to="stated"),
    "accept": move("stated", to="excused"),
    "uphold": move("stated", "asked", to="upheld"),
}
DECISIONS = frozenset({"accept", "uphold"})
"""The manager's; all other verbs but `ask` are the department's, or the manager's who writes down what it said."""
BEING_CHECKED = frozenset({Checked.FOUND, Checked.ASKED, Checked.STATED})
"""Not ranked, and in no bulletin, until it is answered and decided."""
SETTLED = frozenset(Checked) - BEING_CHECKED
"""The department has had its say, and nothing waits for the manager."""

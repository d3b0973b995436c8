"""State table of hard matters. Pure."""

from __future__ import annotations

from enum import StrEnum

from hall.moves import move


class Source(StrEnum):
    """Where a matter came from: a citizen's booking, the floor of the hall, the clerk's window."""

    BOOKED = "booked"
    FLOOR = "floor"
    WINDOW = "window"


class Hard(StrEnum):
    """Where a matter stands. `pointed` went to the petition office, which alone deals with petitions.

    `called_off`: its day was cancelled, or its head sat no longer at its time, and its holder was called.
    """

    BOOKED = "booked"
    ARRIVED = "arrived"
    TAKEN_UP = "taken_up"
    PROMISED = "promised"
    KEPT = "kept"
    NOT_KEPT = "not_kept"
    POINTED = "pointed"
    WITHDRAWN = "withdrawn"
    NOT_COME = "not_come"
    CALLED_OFF = "called_off"


OPEN = (Hard.BOOKED, Hard.ARRIVED, Hard.TAKEN_UP, Hard.PROMISED)
"""In these states it is still somebody's to do."""

MATTER_MOVES = {
    "arrive": move("booked", to="arrived"),
    "take_up": move("booked", "arrived", to="taken_up"),
    "promise": move("taken_up", to="promised"),
    "keep": move("promised", to="kept"),
    "fail": move("promised", to="not_kept"),
    "point": move("booked", "arrived", "taken_up", to="pointed"),
    "withdraw": move("booked", to="withdrawn"),
    "miss": move("booked", "arrived", to="not_come"),
    "call_off": move("booked", "arrived", to="called_off"),
}

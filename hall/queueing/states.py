"""The ticket's state table (contract: waiting called serving held passed finished abandoned unserved). Pure."""

from __future__ import annotations

from enum import StrEnum

from hall.moves import move


class State(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    PASSED = "passed"
    FINISHED = "finished"
    ABANDONED = "abandoned"
    UNSERVED = "unserved"


AT_WINDOW = (State.CALLED, State.SERVING)

TICKET_MOVES = {
    "call": move("waiting", to="called"),
    "recall": move("called", to="called"),
    "start": move("called", to="serving"),
    "hold": move("called", "serving", to="held"),
    "resume": move("held", to="serving"),
    "hand_over": move("held", to="held"),
    "pass": move("called", to="passed"),
    "undo_pass": move("passed", to="called"),
    "transfer": move("called", "serving", "held", to="waiting"),
    "finish": move("called", "serving", to="finished"),
    "rejoin": move("passed", to="waiting"),
    "later": move("waiting", to="waiting"),
    "prioritise": move("waiting", to="waiting"),
    "abandon": move("waiting", "called", "held", "passed", to="abandoned"),
    "end_day": move("waiting", "held", to="unserved"),
    "turn_called": move("called", to="unserved"),
    "turn_serving": move("serving", to="finished"),
    "by_hand": move("waiting", "passed", "unserved", to="finished"),
}

"""Where a finding stands, and which step may follow (M7). An extension is a step, no state. Pure."""

from __future__ import annotations

from enum import StrEnum

from hall.moves import move


class Stand(StrEnum):
    """Where a finding stands."""

    FOUND = "found"
    ASSIGNED = "assigned"
    RECTIFIED = "rectified"
    VERIFIED = "verified"
    CLOSED = "closed"


UNCURED = (Stand.FOUND, Stand.ASSIGNED)
"""In these states the department still has to put it right: with a deadline behind it, it is overdue."""

FINDING_MOVES = {
    "assign": move("found", "assigned", to="assigned"),
    "rectify": move("assigned", to="rectified"),
    "send_back": move("rectified", "verified", to="assigned"),
    "verify": move("rectified", to="verified"),
    "close": move("verified", to="closed"),
}


class Source(StrEnum):
    """How it was found: sitting at the window, walking a process, doing a hard matter, or otherwise (M6)."""

    SIT = "sit"
    WALK = "walk"
    DO = "do"
    OTHER = "other"


class Reached(StrEnum):
    """How the call to the citizen concerned ended."""

    CONTENT = "content"
    NOT_CONTENT = "not_content"
    NOT_REACHED = "not_reached"


OF_MATTERS = ("taken_up", "promised", "kept", "not_kept")
"""States of a hard matter of which a finding is made: it was heard, and is no petition, which is another office's."""

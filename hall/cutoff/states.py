"""Where a call by hand stands. Pure."""

from __future__ import annotations

from hall.moves import move

NOTED, MATCHED, WITHDRAWN = "noted", "matched", "withdrawn"

HAND_MOVES = {
    "match": move("noted", to="matched"),
    "withdraw": move("noted", to="withdrawn"),
}

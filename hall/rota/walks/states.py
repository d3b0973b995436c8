"""State table of walks. Pure."""

from __future__ import annotations

from enum import StrEnum

from hall.moves import move


class Walking(StrEnum):
    """Where a walk stands."""

    WALKING = "walking"
    ENDED = "ended"
    GIVEN_UP = "given_up"


WALK_MOVES = {"end": move("walking", to="ended"), "give_up": move("walking", to="given_up")}

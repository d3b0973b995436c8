"""Where a bulletin stands: a draft is signed off, which freezes it for good, or dropped (M8). Pure."""

from __future__ import annotations

from enum import StrEnum

from hall.moves import move


class Paper(StrEnum):
    """Where a bulletin stands."""

    DRAFT = "draft"
    FROZEN = "frozen"
    DROPPED = "dropped"


BULLETIN_MOVES = {
    "sign": move("draft", to="frozen"),
    "drop": move("draft", to="dropped"),
}

"""Where a slip on its way to paper stands. Pure.

A slip that waits for paper stays `queued`, with its problem. What came out of a printer is printed, whatever was
thought of it before: paper is the truth.
"""

from __future__ import annotations

from hall.moves import move

WAITING = "queued"
OUT = frozenset({"printed", "uncertain"})

PRINT_MOVES = {
    "print": move("queued", "withdrawn", "failed", to="printed"),
    "doubt": move("queued", "withdrawn", "failed", to="uncertain"),
    "delay": move("queued", to="queued"),
    "withdraw": move("queued", to="withdrawn"),
    "give_up": move("queued", to="failed"),
}

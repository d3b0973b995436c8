"""Whoever guesses is counted when the guess was answered, so only a few of one guesser are under way at a time.

Else a thousand tries that are sent at once would all be let in before the first of them counts. Others wait, honest
ones for milliseconds; what is tried beyond a limit is at most `AT_A_TIME` for each process of the hall.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

AT_A_TIME = 4
PATIENCE_S = 10.0


@dataclass(slots=True)
class _Door:
    """Of one guesser; `people`: under way or waiting."""

    free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_A_TIME))
    people: int = 0


class Turns:
    """Doors by whatever tells guessers apart; safe for threads and greenlets."""

    def __init__(self) -> None:
        """Nobody is under way."""
        self._lock = threading.Lock()
        self._doors: dict[Hashable, _Door] = {}

    def take(self, key: Hashable) -> bool:
        """Wait for a turn; False where none came free in time. Whoever has it gives it back."""
        with self._lock:
            door = self._doors.setdefault(key, _Door())
            door.people += 1
        if door.free.acquire(timeout=PATIENCE_S):
            return True
        self._leave(key, door)
        return False

    def give_back(self, key: Hashable) -> None:
        """The guess was answered, and counted where it was wrong."""
        door = self._doors[key]
        door.free.release()
        self._leave(key, door)

    def _leave(self, key: Hashable, door: _Door) -> None:
        with self._lock:
            door.people -= 1
            if not door.people:
                del self._doors[key]

"""The decisions of help now (H5, H6): when a call goes to the manager, and who hears it. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

OPEN = frozenset({"ringing", "escalated", "accepted", "with"})
UNANSWERED = frozenset({"ringing", "escalated"})
COMING = frozenset({"accepted", "with"})
TRIES_A_TICKET = 5
"""So many times a day one ticket can call from its page: enough for anybody, too few for a joke."""


class Knows(Protocol):
    """Somebody with skills."""

    @property
    def skills(self) -> frozenset[str]:
        """What they know."""


K = TypeVar("K", bound=Knows)


def answer_by(called_at: datetime, answer_s: int) -> datetime:
    """From when on a call that nobody has accepted is the manager's (H5)."""
    return called_at + timedelta(seconds=answer_s)


def shown_state(state: str, called_at: datetime, now: datetime, answer_s: int) -> str:
    """Where a call stands now. Time alone makes it the manager's: no job has to have run (H5)."""
    if state == "ringing" and now >= answer_by(called_at, answer_s):
        return "escalated"
    return state


def hear(free: Iterable[K], needs: frozenset[str]) -> list[K]:
    """Who of the free hears a call (H6): those who know what is needed; all, where nobody does."""
    there = list(free)
    return [one for one in there if needs <= one.skills] or there


def waited_s(called_at: datetime, accepted_at: datetime | None) -> int | None:
    """Seconds from the press until somebody accepted; None while nobody has."""
    return None if accepted_at is None else int((accepted_at - called_at).total_seconds())

"""What a turn allows, and how one department stands among the others (M2, M4). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall.rota.states import Held, Turn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from hall.rota.rules import Standing


def allowed(state: str, turn: str, *, today: date, held_on: date, signup_until: date) -> str:
    """What its department can do with a turn: `withdraw`, `change` (swap, stand-in, leave), or "" for nothing.

    Between the end of sign-up and the publication only the manager moves it; on the day itself nobody (M3, M4).
    """
    if state == Held.OPEN and turn in {Turn.SIGNED, Turn.PROPOSED} and today <= signup_until:
        return "withdraw"
    if state == Held.PUBLISHED and turn == Turn.CONFIRMED and today < held_on:
        return "change"
    return ""


@dataclass(frozen=True, slots=True)
class Column:
    """So many departments have so many turns; `mine` is among them."""

    turns: int
    bodies: int
    mine: bool


def columns(standings: Iterable[Standing], mine: Collection[int]) -> tuple[Column, ...]:
    """From no turn to the most turns, without gaps."""
    found = list(standings)
    most = max((one.turns for one in found), default=0)
    return tuple(
        Column(
            turns,
            sum(one.turns == turns for one in found),
            any(one.turns == turns and one.body in mine for one in found),
        )
        for turns in range(most + 1)
    )

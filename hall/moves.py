"""State tables as data: which state may follow which. Pure; the statement that moves a row is `Work.move`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Move:
    """One verb: from any of `sources` to `target`."""

    sources: frozenset[str]
    target: str


def move(*sources: str, to: str) -> Move:
    """Say a move: `move("waiting", to="called")`."""
    return Move(frozenset(sources), to)


def verbs_from(table: Mapping[str, Move], state: str) -> frozenset[str]:
    """Which verbs a row in this state allows."""
    return frozenset(verb for verb, step in table.items() if state in step.sources)

"""What can happen to a walk, as the journal keeps it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall.facts import Fact
from hall.rota.facts import RotaFact


@dataclass(frozen=True, kw_only=True)
class WalkFact(RotaFact):
    """Something happened to a walk through an item; no public page changes by that."""

    walk_id: int
    body_id: int
    item: str

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"walk_id", "body_id"}

    @property
    def subject(self) -> str:
        """`walk:ID`."""
        return f"walk:{self.walk_id}"

    def topics(self) -> frozenset[str]:
        """None."""
        return frozenset()


class WalkBegun(WalkFact):
    """Somebody began to go through an item."""


class WalkEnded(WalkFact):
    """They came to the end, and said what they met with."""


class WalkGivenUp(WalkFact):
    """They gave it up."""

"""What can happen to calendar feeds, as the journal keeps it: never the address, never whose. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall.facts import Fact


@dataclass(frozen=True, kw_only=True)
class FeedFact(Fact):
    """Something happened to a feed of a reception."""

    rota: str
    feed_id: int

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"feed_id"}

    @property
    def subject(self) -> str:
        """`feed:ID`."""
        return f"feed:{self.feed_id}"


class FeedMade(FeedFact):
    """Somebody has a secret address for their calendar; the one before ended."""


class FeedEnded(FeedFact):
    """A secret address no longer opens anything."""

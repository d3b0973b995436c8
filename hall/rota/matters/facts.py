"""What can happen to a hard matter, as the journal keeps it: numbers, states, days; nothing about a person. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall.facts import Fact
from hall.rota.facts import RotaFact


def subject_of(number: str) -> str:
    """How the journal names the matter of a number."""
    return f"matter:{number}"


@dataclass(frozen=True, kw_only=True)
class MatterFact(RotaFact):
    """Something happened to a hard matter of a body; `day` is the session's."""

    number: str
    body_id: int
    day: str
    reason: str | None = None

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"number", "body_id"}

    @property
    def subject(self) -> str:
        """`matter:NUMBER`."""
        return subject_of(self.number)


class MatterBooked(MatterFact):
    """A citizen booked the head's time (`reason`: phone or desk)."""


class MatterBrought(MatterFact):
    """It was brought from the floor or the window (`reason`)."""


class MatterArrived(MatterFact):
    """Whose it is has come."""


class MatterTakenUp(MatterFact):
    """The head has taken it up."""


@dataclass(frozen=True, kw_only=True)
class MatterPromised(MatterFact):
    """A promise was made, due by a day."""

    due_on: str


class MatterKept(MatterFact):
    """What was promised is done."""


class MatterNotKept(MatterFact):
    """What was promised was not done."""


class MatterPointed(MatterFact):
    """It is a petition: its owner was pointed to the petition office."""


class MatterWithdrawn(MatterFact):
    """The booking was given up (`reason`: holder or desk)."""


class MatterMissed(MatterFact):
    """Nobody came."""


class MatterCalledOff(MatterFact):
    """Its day was cancelled, or its head sat no longer at its time, and its holder was called."""


class MatterUnsealed(MatterFact):
    """Name and telephone were opened by the department (E2). No page changes by that."""

    def topics(self) -> frozenset[str]:
        """None."""
        return frozenset()


class MatterRead(MatterFact):
    """What is asked, promised and done was opened: once a person, matter and day (E2). No page changes by that."""

    def topics(self) -> frozenset[str]:
        """None."""
        return frozenset()

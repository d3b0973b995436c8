"""What can happen to rotas and turns, as the journal keeps it: codes, days, words of lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall import topics
from hall.facts import Fact


@dataclass(frozen=True, kw_only=True)
class RotaFact(Fact):
    """Something happened to a rota of a site."""

    rota: str
    site: str

    @property
    def subject(self) -> str:
        """`rota:CODE`."""
        return f"rota:{self.rota}"

    def topics(self) -> frozenset[str]:
        """The public Monday board of the site."""
        return frozenset({topics.monday(self.site)})


class RotaChanged(RotaFact):
    """It was set up or changed: days, places, bodies, people (`what`)."""


class RotaRetired(RotaFact):
    """It is held no longer."""


class RotaTakenBack(RotaFact):
    """It is held again."""


@dataclass(frozen=True, kw_only=True)
class TermGenerated(RotaFact):
    """Sessions of a term were made: how many are new, and how many differ from what is signed."""

    first: str
    last: str
    new: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class SessionFact(RotaFact):
    """Something happened to one session; `day` is the day it is held, or was due. `reason` is a word of a list."""

    session_id: int
    day: str
    reason: str | None = None

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"session_id"}


class SessionDated(SessionFact):
    """A draft has its day: the calendar was confirmed, or a person chose it."""


class SessionRetimed(SessionFact):
    """Turns that were signed have the new hours of their reception: a person decided so."""


class SessionPublished(SessionFact):
    """The list is public; only swap, stand-in and leave from now on (M3)."""


class SessionDropped(SessionFact):
    """It is not held."""


class SessionRestored(SessionFact):
    """It is held after all."""


class SessionCancelled(SessionFact):
    """A published day is not held; why is on the public list, not here."""

    def topics(self) -> frozenset[str]:
        """Also the manager's page of the day."""
        return super().topics() | {topics.receptions(self.site)}


@dataclass(frozen=True, kw_only=True)
class DutyFact(SessionFact):
    """Something happened to a turn: of which body, at which window, in which part of the day."""

    duty_id: int
    body_id: int
    window: str
    part: str

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"session_id", "duty_id", "body_id"}

    @property
    def subject(self) -> str:
        """`duty:ID`."""
        return f"duty:{self.duty_id}"


class DutySigned(DutyFact):
    """A seat was taken (`reason`: by oneself or by the liaison)."""


class DutyProposed(DutyFact):
    """A free seat was proposed (`reason`: why this body)."""


class DutyWithdrawn(DutyFact):
    """A seat was given back before the sign-up closed, or a proposal was taken away."""


class DutyConfirmed(DutyFact):
    """The manager confirmed it."""


class DutyCancelled(DutyFact):
    """Its whole day was cancelled; nobody owes a turn for it."""


class DutyHandedOn(DutyFact):
    """The head has left; the turn to come is the new head's."""


class SwapAsked(DutyFact):
    """A swap was asked of another."""


class SwapAnswered(DutyFact):
    """The other accepted or refused (`reason`)."""


class SwapDone(DutyFact):
    """Two turns changed seats, in one step."""


class SwapEnded(DutyFact):
    """A swap came to nothing (`reason`: refused, taken back, lapsed)."""


@dataclass(frozen=True, kw_only=True)
class WishFact(DutyFact):
    """Something was asked for a turn; why is not kept here: it may be an illness, and one knows whose turn it is."""

    hidden: ClassVar[frozenset[str]] = DutyFact.hidden | {"reason"}


class StandInAsked(WishFact):
    """A deputy or chief officer shall stand in."""


class StandInDecided(DutyFact):
    """Approved or refused (`reason`)."""


class LeaveAsked(WishFact):
    """Leave was asked."""


class LeaveDecided(DutyFact):
    """Approved, which owes a turn, or refused (`reason`)."""

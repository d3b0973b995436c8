"""What happens around kiosks that were cut off (Q9). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hall.facts import AccountFact, TicketFact
from hall.facts.places import SiteFact
from hall.topics import floor


@dataclass(frozen=True, kw_only=True)
class TicketHandedIn(TicketFact):
    """Printed by a kiosk that was cut off, and handed in; `late_s` after the printed time.

    `because`: why the time that counts is not the printed one.
    """

    lane: str
    printed_at: str
    late_s: int
    because: str | None = None


class TicketServedByHand(TicketFact):
    """Called and served by hand at `window`, entered afterwards."""


@dataclass(frozen=True, kw_only=True)
class HandFact(SiteFact):
    """Something about a number that was called by hand."""

    number: str
    day: str
    window: str | None = None

    def topics(self) -> frozenset[str]:
        """The floor alone: no ticket has changed."""
        return frozenset({floor(self.site or "")})


class HandCallNoted(HandFact):
    """A window called this number by hand; its ticket is not known yet."""


class HandCallWithdrawn(HandFact):
    """Entered by mistake."""


class PaperDoubled(HandFact):
    """Two papers carry the same number: the second became no ticket."""


@dataclass(frozen=True, kw_only=True)
class PaperSetAside(HandFact):
    """A kiosk tells of a paper that the hall could not take; `because`: `stumbled` or `refused`."""

    because: str


class PaperSeenTo(HandFact):
    """Staff saw to the holder of a paper that could not be taken."""


class RangesReserved(AccountFact):
    """A kiosk keeps further numbers for the time when it is cut off; `what` says how many ranges."""

"""What happens to tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall.facts.fact import Fact
from hall.topics import board, floor, line, lines, ticket, window


@dataclass(frozen=True, kw_only=True)
class TicketFact(Fact):
    """Something happened to a ticket. `window` and `line` are codes; `other_line` is where it came from.

    `beside`: the window at which another matter of its visit stands, whose console lists this one (Q13).
    """

    ticket_id: int
    number: str
    line: str
    window: str | None = None
    other_line: str | None = None
    to_window: str | None = None
    reason: str | None = None
    beside: str | None = None

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"ticket_id", "beside"}

    @property
    def subject(self) -> str:
        """`ticket:ID`, so that a ticket's own history is one look-up (Q7)."""
        return f"ticket:{self.ticket_id}"

    def topics(self) -> frozenset[str]:
        """Its holder, its line's phones, the board, the line list, the floor, and the window concerned."""
        site = self.site or ""
        touched = {ticket(self.ticket_id), line(self.line), board(site), lines(site), floor(site)}
        touched |= {window(code) for code in (self.window, self.to_window, self.beside) if code}
        if self.other_line:
            touched.add(line(self.other_line))
        return frozenset(touched)


@dataclass(frozen=True, kw_only=True)
class TicketIssued(TicketFact):
    """Drawn at a kiosk, a desk or by a helper."""

    lane: str
    channel: str
    test: bool | None = None


@dataclass(frozen=True, kw_only=True)
class TicketCalled(TicketFact):
    """`because`: preferred, overdue, other, reserved (Q5) or chosen (Q7); `basis` and `ahead_min`: its place (Q3)."""

    because: str
    basis: str
    ahead_min: int | None = None
    waited_min: int | None = None


class TicketRecalled(TicketFact):
    """Announced again."""


class AtWindowFact(TicketFact):
    """Nobody's place and no call has changed: who waits, and what boards show, stays as it was."""

    def topics(self) -> frozenset[str]:
        """Its holder, the floor, and the window concerned."""
        touched = {ticket(self.ticket_id), floor(self.site or "")}
        return frozenset(touched | {window(code) for code in (self.window, self.beside) if code})


class ServingStarted(AtWindowFact):
    """The person stands at the window."""


class TicketHeld(TicketFact):
    """Set aside by the clerk with a reason."""


class TicketResumed(TicketFact):
    """Taken up again after a hold."""


class TicketTransferred(TicketFact):
    """Moved to another line, or to another window (`to_window`), place and number kept."""


class TicketPassed(TicketFact):
    """Not there after the calls that Q6 asks for."""


class PassUndone(TicketFact):
    """The clerk took a pass back within a minute."""


class TicketRejoined(TicketFact):
    """Back in line after having been passed (Q6)."""


class TicketLetOthersFirst(TicketFact):
    """The holder let some others go first."""


class TicketAbandoned(TicketFact):
    """Left by its holder, or swept by the desk."""


class TicketFinished(AtWindowFact):
    """Service ended, with an outcome in `reason`."""


class TicketUnserved(TicketFact):
    """Still waiting when the day ended: to be called back (Q10)."""


class PriorityGiven(TicketFact):
    """Priority lane given after the ticket was drawn (Q4); `reason` is the ground."""


class SlipPrinted(TicketFact):
    """A slip came out of a printer; `reason` says first, again or uncertain."""

    def topics(self) -> frozenset[str]:
        """None: it belongs to the ticket's history, and changes nothing that a screen shows."""
        return frozenset()


class CallWhyAsked(TicketFact):
    """Staff read a ticket's history to answer a complaint (Q7); `reason` is the number it was compared with."""

    def topics(self) -> frozenset[str]:
        """Nothing changed."""
        return frozenset()


class TicketReturned(TicketFact):
    """Back with the papers that were missing (Q3): a new ticket at the old place; `reason` is the earlier number."""


class TicketAddressShown(TicketFact):
    """Reception gave a holder who lost the slip the address of the ticket's page."""

    def topics(self) -> frozenset[str]:
        """Nothing changed."""
        return frozenset()

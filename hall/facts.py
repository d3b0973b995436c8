"""Everything that can happen, as frozen dataclasses, with the live topics that each touches. Pure.

A fact is recorded in the transaction that makes it true (one journal row each) and told to the live channel after
the commit. `data()` is what the journal keeps: codes, numbers and reasons, never names or ID numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import ClassVar

from hall import topics

board, lines, floor, line = topics.board, topics.lines, topics.floor, topics.line
window, ticket, printer, kiosk = topics.window, topics.ticket, topics.printer, topics.kiosk


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of all facts. `name` is the class name in snake case."""

    site_id: int | None = None
    site: str | None = None

    name: ClassVar[str] = "fact"
    hidden: ClassVar[frozenset[str]] = frozenset({"site_id", "site"})

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @property
    def subject(self) -> str:
        """What it happened to, as `kind:key`."""
        return f"site:{self.site}"

    def topics(self) -> frozenset[str]:
        """Live topics whose state this changes."""
        return frozenset()

    def data(self) -> dict[str, object]:
        """What the journal keeps beside subject and time: every set field that is not hidden."""
        return {
            item.name: value
            for item in fields(self)
            if item.name not in self.hidden and (value := getattr(self, item.name)) is not None
        }


@dataclass(frozen=True, kw_only=True)
class TicketFact(Fact):
    """Something happened to a ticket. `window` and `line` are codes; `other_line` is where it came from."""

    ticket_id: int
    number: str
    line: str
    window: str | None = None
    other_line: str | None = None
    to_window: str | None = None
    reason: str | None = None

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"ticket_id"}

    @property
    def subject(self) -> str:
        """`ticket:ID`, so that a ticket's own history is one look-up (Q7)."""
        return f"ticket:{self.ticket_id}"

    def topics(self) -> frozenset[str]:
        """Its holder, its line's phones, the board, the line list, the floor, and the window concerned."""
        site = self.site or ""
        touched = {ticket(self.ticket_id), line(self.line), board(site), lines(site), floor(site)}
        touched |= {window(code) for code in (self.window, self.to_window) if code}
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


class ServingStarted(TicketFact):
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


class TicketFinished(TicketFact):
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


@dataclass(frozen=True, kw_only=True)
class WindowFact(Fact):
    """Something happened at a window."""

    window: str
    reason: str | None = None
    line: str | None = None
    to_window: str | None = None
    count: int | None = None

    @property
    def subject(self) -> str:
        """`window:CODE`."""
        return f"window:{self.window}"

    def topics(self) -> frozenset[str]:
        """The window itself, the floor, the line list (windows open)."""
        site = self.site or ""
        touched = {window(self.window), floor(site), lines(site), board(site)}
        touched |= {window(self.to_window)} if self.to_window else set()
        return frozenset(touched | ({line(self.line)} if self.line else set()))


class WindowOpened(WindowFact):
    """Staffed and ready to call."""


class WindowPaused(WindowFact):
    """Paused with a reason (Q14)."""


class WindowClosed(WindowFact):
    """No longer staffed."""


@dataclass(frozen=True, kw_only=True)
class WindowLent(WindowFact):
    """Lent to a line until a set time (Q5); `until` with the site's offset."""

    until: str | None = None


class LoanEnded(WindowFact):
    """A loan was ended by hand."""


class WindowChanged(WindowFact):
    """Renamed, renumbered, or given other lines to serve."""


class HeldHandedOver(WindowFact):
    """Held tickets and originals, `count` of them, handed to a colleague at `to_window` (Q14)."""


@dataclass(frozen=True, kw_only=True)
class LineFact(Fact):
    """Something happened to a line."""

    line: str
    reason: str | None = None

    @property
    def subject(self) -> str:
        """`line:CODE`."""
        return f"line:{self.line}"

    def topics(self) -> frozenset[str]:
        """Its phones, the line list, the board and the floor."""
        site = self.site or ""
        return frozenset({line(self.line), lines(site), board(site), floor(site)})


class LineStopped(LineFact):
    """A manager stopped issuing early, with a posted reason (Q10)."""


class LineReopened(LineFact):
    """A stopped line issues again."""


@dataclass(frozen=True, kw_only=True)
class SiteFact(Fact):
    """Something that concerns the whole hall."""

    what: str | None = None
    count: int | None = None

    def topics(self) -> frozenset[str]:
        """Everything public of the site."""
        site = self.site or ""
        return frozenset({board(site), lines(site), floor(site)})


class NoticePosted(SiteFact):
    """A notice runs on the screens."""


class NoticeWithdrawn(SiteFact):
    """A notice was taken down."""


class DayEnded(SiteFact):
    """The manager, or the turn of the business date, ended the day (Q10)."""


class ChecklistTicked(SiteFact):
    """One point of the opening checklist or closing sweep was done (Q14)."""


class QuestionCounted(SiteFact):
    """Reception answered a question that needed no ticket."""

    def topics(self) -> frozenset[str]:
        """Nobody watches these."""
        return frozenset()


class QuestionTakenBack(SiteFact):
    """The last counted question was a slip of the finger."""

    def topics(self) -> frozenset[str]:
        """Nobody watches these."""
        return frozenset()


class SiteChanged(SiteFact):
    """Site settings, hours, lines, windows, texts or calendar were edited."""


class CatalogueChanged(SiteFact):
    """Items, materials or bundles were edited or imported."""


@dataclass(frozen=True, kw_only=True)
class AccountFact(Fact):
    """Something happened to an account; `account` is `staff:ID` or `device:ID`."""

    account: str
    what: str | None = None

    @property
    def subject(self) -> str:
        """The account."""
        return self.account


class SignedIn(AccountFact):
    """Right password."""


class SignInFailed(AccountFact):
    """Wrong password."""


class LockedOut(AccountFact):
    """Too many wrong passwords."""


class SignedOut(AccountFact):
    """Session ended by its owner."""


class PasswordChanged(AccountFact):
    """By the owner or reset by a manager."""


class StaffChanged(AccountFact):
    """Made, edited, retired, roles changed."""


class TokenMade(AccountFact):
    """A personal token was made."""


@dataclass(frozen=True, kw_only=True)
class DeviceFact(AccountFact):
    """Something happened to a device."""

    device_id: int

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"account", "device_id"}

    def topics(self) -> frozenset[str]:
        """The floor shows devices; a printer's agent and a kiosk watch their own topics."""
        return frozenset({floor(self.site or ""), printer(self.device_id), kiosk(self.device_id)})


class DeviceChanged(DeviceFact):
    """Made, enrolled, edited, revoked."""


@dataclass(frozen=True, kw_only=True)
class PrinterFact(DeviceFact):
    """Something happened at a printer; `job` is a slip's name, `kiosks` whose page shows it."""

    job: str | None = None
    kiosks: tuple[int, ...] = ()

    hidden: ClassVar[frozenset[str]] = DeviceFact.hidden | {"kiosks"}

    def topics(self) -> frozenset[str]:
        """The floor, the printer's agent, and the kiosks concerned."""
        return super().topics() | {kiosk(device_id) for device_id in self.kiosks}


class DeviceReported(PrinterFact):
    """Paper, cover or connection changed."""


class PrintQueued(PrinterFact):
    """A slip waits for its printer."""


class PrintDelayed(PrinterFact):
    """A slip has to wait; `what` says for what."""


class PrintEnded(PrinterFact):
    """A slip was printed, withdrawn or given up; `what` says which."""

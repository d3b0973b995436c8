"""What can happen to forms and cases, as the journal keeps it: numbers, codes, words of lists (O3, E2). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall.facts import AccountFact, Fact


@dataclass(frozen=True, kw_only=True)
class FilingFact(Fact):
    """Something happened to a form. `matter` is the code of its item or bundle."""

    filing_id: int
    matter: str
    window: str | None = None

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"filing_id"}

    @property
    def subject(self) -> str:
        """`filing:ID`."""
        return f"filing:{self.filing_id}"


class FilingOpened(FilingFact):
    """A draft was begun at a window."""


class FilingDiscarded(FilingFact):
    """A draft was given up: nothing was received."""


@dataclass(frozen=True, kw_only=True)
class FilingReceived(FilingFact):
    """The form was received (收件): its cases have numbers now."""

    cases: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CaseFact(Fact):
    """Something happened to a case. `what` is a word of a list, `basis` what it rests on."""

    case_id: int
    number: str
    department: str
    what: str | None = None
    basis: str | None = None

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"case_id"}

    @property
    def subject(self) -> str:
        """`case:ID`, so that a case's own history is one look-up."""
        return f"case:{self.case_id}"


class CaseReceived(CaseFact):
    """Received at a window (收件), not yet accepted."""


class CaseArrived(CaseFact):
    """Its turn in a bundle's order has come (I6)."""


class CaseClaimed(CaseFact):
    """Taken up by a reviewer of the department."""


class CaseAccepted(CaseFact):
    """Accepted (受理); `basis` decision, deferral, or lapse (I4)."""


class CaseNoticed(CaseFact):
    """The one-time notice was sent (I4); `what` names a breach."""


class CaseSupplemented(CaseFact):
    """The papers that the notice asked for came in."""


class CaseTurnedBack(CaseFact):
    """What came in is not what the notice asked for: it is asked for again under the same notice (I4)."""


class CaseDeclined(CaseFact):
    """Not accepted (不予受理)."""


class CaseClockStopped(CaseFact):
    """A special procedure began (I5)."""


class CaseClockResumed(CaseFact):
    """The clock runs again."""


class CaseExtended(CaseFact):
    """The one extension was approved (I5)."""


class CaseProposed(CaseFact):
    """Decided by one; a second pair of eyes is due."""


class CaseSentBack(CaseFact):
    """The second pair of eyes did not agree."""


class CaseDecided(CaseFact):
    """Granted or refused (`what`)."""


class CaseReady(CaseFact):
    """The result lies at the issue window."""


class CaseSigned(CaseFact):
    """Whoever takes its result signed for it on the window's tablet."""


class CaseDelivered(CaseFact):
    """Handed over or posted (`what`): concluded."""


class CaseNotTaken(CaseFact):
    """The holder refused the result, or the post brought it back (`what`)."""


class CaseDeferralEnded(CaseFact):
    """A deferred paper came in, was extended, or broke the undertaking (`what`, I7)."""


class CaseTerminated(CaseFact):
    """Ended by an official because a deferred paper did not come (I7)."""


class CaseWithdrawn(CaseFact):
    """Taken back by its applicant, or given up after a notice."""


class CaseOwnerChanged(CaseFact):
    """The first contact moved to a colleague (I8)."""


class CaseOverdue(CaseFact):
    """The deadline went by (I5)."""


class CaseReminded(CaseFact):
    """A job reminded of a deadline or an uncollected result (`what`)."""


class CaseDueKnown(CaseFact):
    """A pending deadline has its date, because the year's calendar was confirmed (I5)."""


class CaseSampled(CaseFact):
    """A case decided where it was received was looked at by another (I1)."""


class CasePlatformNumbered(CaseFact):
    """It has its number of the province's platform (I12)."""


class DocumentPrinted(CaseFact):
    """An official document was printed; `what` is its kind, `basis` first or again."""


@dataclass(frozen=True, kw_only=True)
class AuthorityFact(AccountFact):
    """Something happened to what a person may do at the window; `matter` is the item's code (I1, I3)."""

    matter: str


class AuthorityGranted(AuthorityFact):
    """A department's written authority was entered."""


class AuthorityRevoked(AuthorityFact):
    """It ended; what was done under it stays."""

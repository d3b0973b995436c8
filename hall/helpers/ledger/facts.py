"""What can happen to a line of the ledger, as the journal keeps it: numbers, badges, words of lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall import topics
from hall.facts import Fact


@dataclass(frozen=True, kw_only=True)
class HelpRecordFact(Fact):
    """Something happened to a line of the ledger. `what` and `reason` are words of lists."""

    record_id: int
    number: str
    kind: str
    badge: str
    what: str | None = None
    reason: str | None = None
    to_badge: str | None = None
    team: tuple[int, ...] = ()

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"record_id", "team"}

    @property
    def subject(self) -> str:
        """`help_record:ID`."""
        return f"help_record:{self.record_id}"

    def topics(self) -> frozenset[str]:
        """The pages of the helpers concerned."""
        return frozenset(topics.helper(helper) for helper in self.team)


class HelpRecorded(HelpRecordFact):
    """A line of the ledger begins."""


class HelpRecordChanged(HelpRecordFact):
    """Something in it was written down (`what`)."""


class HelpRecordHandedOver(HelpRecordFact):
    """Another helper goes on (H6)."""


class HelpRecordClosed(HelpRecordFact):
    """Help is over (`what`: the result)."""


class HelpCalledBack(HelpRecordFact):
    """Somebody was called back as promised."""


class HelpRecordUnsealed(HelpRecordFact):
    """What is sealed was opened (`what`) by the helper who needs it (E2). No page changes by that."""

    def topics(self) -> frozenset[str]:
        """None."""
        return frozenset()


@dataclass(frozen=True, kw_only=True)
class LedgerExported(Fact):
    """The ledger left as a spreadsheet: how many lines; `unmasked` with the `reason` as it was given (H7)."""

    count: int
    unmasked: bool
    reason: str | None = None

"""What can happen to a finding, as the journal keeps it: numbers, days, words of lists; never a citizen. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall.facts import Fact


@dataclass(frozen=True, kw_only=True)
class FindingFact(Fact):
    """Something happened to a finding. `reason` is a word of a list."""

    finding_id: int
    number: str
    rota: str
    body_id: int | None = None
    due_on: str | None = None
    reason: str | None = None

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"finding_id", "body_id"}

    @property
    def subject(self) -> str:
        """`finding:ID`."""
        return f"finding:{self.finding_id}"


class FindingRecorded(FindingFact):
    """A problem entered the ledger."""


class FindingAssigned(FindingFact):
    """A department, a person and a deadline."""


class FindingExtended(FindingFact):
    """A later deadline; its reason stands in the ledger."""


class FindingRectified(FindingFact):
    """The department says that it is put right, with evidence."""


class FindingSentBack(FindingFact):
    """What was shown was not enough."""


class FindingVerified(FindingFact):
    """Another person looked, and it is put right."""


class FindingCitizenCalled(FindingFact):
    """The citizen concerned was called back (`reason`: how it ended)."""


class FindingCitizenShown(FindingFact):
    """Somebody had the citizen's name and telephone shown, to call them back."""


class FindingClosed(FindingFact):
    """It is closed out."""


class FindingForgotten(FindingFact):
    """Its evidence and free words were forgotten, long after the end (E2)."""


class FindingEvidenceAdded(FindingFact):
    """A photo or document was added (`reason`: the problem, or its cure)."""

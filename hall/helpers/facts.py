"""What can happen to helpers and bookings, as the journal keeps it: codes, badges, words of lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall import topics
from hall.facts import Fact


@dataclass(frozen=True, kw_only=True)
class HelperFact(Fact):
    """Something happened to a helper's shifts or skills. `what` is a word of a list."""

    helper_id: int
    badge: str
    what: str | None = None

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"helper_id"}

    @property
    def subject(self) -> str:
        """`helper:ID`."""
        return f"helper:{self.helper_id}"

    def topics(self) -> frozenset[str]:
        """The helper's own page."""
        return frozenset({topics.helper(self.helper_id)})


class HelperChanged(HelperFact):
    """A helper was added, changed, retired, or has other shifts (`what`)."""


@dataclass(frozen=True, kw_only=True)
class BookingFact(Fact):
    """Something happened to a booking. `matter` is the code of its item, bundle or line; `reason` a word of a list.

    `assigned` is why this helper (H6); `former_helper_id` is whom it was taken from.
    """

    booking_id: int
    helper_id: int
    badge: str
    kind: str
    matter: str
    starts_at: str
    assigned: str | None = None
    reason: str | None = None
    former_helper_id: int | None = None

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"booking_id", "helper_id", "former_helper_id"}

    @property
    def subject(self) -> str:
        """`booking:ID`, so that a booking's own history is one look-up."""
        return f"booking:{self.booking_id}"

    def topics(self) -> frozenset[str]:
        """The pages of the helpers concerned."""
        return frozenset(
            topics.helper(helper) for helper in (self.helper_id, self.former_helper_id) if helper is not None
        )


class BookingHeld(BookingFact):
    """A time is kept while somebody fills the form in."""


class BookingExpired(BookingFact):
    """It was not confirmed in time, and is free again."""


class BookingConfirmed(BookingFact):
    """It is somebody's (`reason`: the channel)."""


class BookingChanged(BookingFact):
    """It has another time or helper."""


class BookingCancelled(BookingFact):
    """It was cancelled: by its holder, the desk or the hall (`reason`)."""


class BookingArrived(BookingFact):
    """Its person is here (`reason`: by code, phone or desk); the helper is told (H4)."""


class BookingStarted(BookingFact):
    """Help began."""


class BookingDone(BookingFact):
    """Help is over."""


class BookingMissed(BookingFact):
    """Nobody came (H3)."""


class BookingOrphaned(BookingFact):
    """Its helper's shift is gone: a person must move it."""


class BookingReminded(BookingFact):
    """Its holder was reminded, by the hall's channel (`reason`)."""


@dataclass(frozen=True, kw_only=True)
class ExclusionFact(Fact):
    """Whether a kind of help is given for a matter (H1). `matter` is the code of its item or bundle."""

    exclusion_id: int
    matter: str
    kind: str
    reason: str

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"exclusion_id"}

    @property
    def subject(self) -> str:
        """`exclusion:ID`."""
        return f"exclusion:{self.exclusion_id}"


class HelpExcluded(ExclusionFact):
    """It is no longer given (`reason`: secret, or in_person)."""


class HelpIncluded(ExclusionFact):
    """It is given again."""


@dataclass(frozen=True, kw_only=True)
class LockoutLifted(Fact):
    """A desk let somebody book online again after two no-shows (H3). The reason is kept with the pardon."""

    pardon_id: int

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"pardon_id"}

    @property
    def subject(self) -> str:
        """`pardon:ID`."""
        return f"pardon:{self.pardon_id}"

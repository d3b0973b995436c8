"""What can happen to a call for help, as the journal keeps it: channel, badge, seconds, words of lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall import topics
from hall.facts import Fact


@dataclass(frozen=True, kw_only=True)
class HelpCallFact(Fact):
    """Something happened to a call for help. `team` are all helpers of the hall: what one accepts, the others see."""

    call_id: int
    channel: str
    badge: str | None = None
    assigned: str | None = None
    reason: str | None = None
    seconds: int | None = None
    team: tuple[int, ...] = ()

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"call_id", "team"}

    @property
    def subject(self) -> str:
        """`help_call:ID`."""
        return f"help_call:{self.call_id}"

    def topics(self) -> frozenset[str]:
        """Whoever called, all helpers of the hall, and the floor."""
        heard = {topics.help_call(self.call_id), topics.floor(self.site or "")}
        return frozenset(heard | {topics.helper(helper) for helper in self.team})


class HelpCalled(HelpCallFact):
    """Somebody asks for help; free helpers hear it."""


class HelpAnswered(HelpCallFact):
    """A helper comes: the first who accepted, or whom the manager sent (`assigned`); after so many `seconds`."""


class HelpHandedBack(HelpCallFact):
    """The helper cannot come after all; the others hear it again."""


class HelpMet(HelpCallFact):
    """The helper is with them."""


class HelpEscalated(HelpCallFact):
    """Nobody accepted in time: it is the manager's."""


class HelpCancelled(HelpCallFact):
    """It was taken back (`reason`: by whom, or that the day ended)."""


class HelpEnded(HelpCallFact):
    """Help is over, nobody was there, or the manager saw to it (`reason`)."""


@dataclass(frozen=True, kw_only=True)
class HelperPresent(Fact):
    """A helper says that they are here, or away (`what`): for the rest of the day that counts before the shift."""

    helper_id: int
    badge: str
    what: str

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"helper_id"}

    @property
    def subject(self) -> str:
        """`helper:ID`."""
        return f"helper:{self.helper_id}"

    def topics(self) -> frozenset[str]:
        """The helper's page, and the floor."""
        return frozenset({topics.helper(self.helper_id), topics.floor(self.site or "")})

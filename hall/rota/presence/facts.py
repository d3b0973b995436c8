"""What can happen on the day, as the journal keeps it: windows, minutes, words of lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall import topics
from hall.rota.facts import DutyFact


@dataclass(frozen=True, kw_only=True)
class PresenceFact(DutyFact):
    """Something happened to a turn on its day; the window's console shows it. `late_min` or early, in `minutes`."""

    minutes: int | None = None

    def topics(self) -> frozenset[str]:
        """Also the window's console, and the manager's page of the day."""
        return super().topics() | {topics.window(self.window), topics.receptions(self.site)}


class PresenceShown(PresenceFact):
    """Somebody came (`reason`: as whom), so many `minutes` late."""


class PresenceEnded(PresenceFact):
    """They left, so many `minutes` early."""


@dataclass(frozen=True, kw_only=True)
class PresenceEndSaid(PresenceFact):
    """They left without the code, as the `clerk` or the `manager` says (`said_as`). Why is not kept here."""

    said_as: str


class PresenceUnsigned(PresenceFact):
    """The turn ended, and nobody had said that they left."""


@dataclass(frozen=True, kw_only=True)
class ServiceSatBeside(PresenceFact):
    """A clerk began a service with somebody sitting beside (M6)."""

    number: str


@dataclass(frozen=True, kw_only=True)
class RecordFact(DutyFact):
    """Something was added to the record of a turn: nothing of it is public."""

    hidden: ClassVar[frozenset[str]] = DutyFact.hidden

    def topics(self) -> frozenset[str]:
        """The manager's page of the day alone."""
        return frozenset({topics.receptions(self.site)})


class PresenceAnnotated(RecordFact):
    """The hall added a note to it."""


@dataclass(frozen=True, kw_only=True)
class PresenceEndDisputed(RecordFact):
    """The department objects to what was said of somebody's leaving; its words are not kept here."""

    def topics(self) -> frozenset[str]:
        """Also the department's own pages, which follow the public list."""
        return super().topics() | {topics.monday(self.site)}


class AbsenceFound(RecordFact):
    """Nobody came."""


class AbsenceAsked(RecordFact):
    """The department was asked."""


class AbsenceAnswered(RecordFact):
    """The department's answer (`reason`: confirmed or stated)."""


class AbsenceDecided(RecordFact):
    """The manager's decision (`reason`: excused or upheld)."""

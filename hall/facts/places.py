"""What happens to windows, lines and the hall as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall.facts.fact import Fact
from hall.topics import board, floor, line, lines, window


@dataclass(frozen=True, kw_only=True)
class WindowFact(Fact):
    """Something happened at a window."""

    window: str
    reason: str | None = None
    line: str | None = None
    to_window: str | None = None
    count: int | None = None
    serves: frozenset[str] | None = None
    """Its lines, where what happened changes how many windows are open for them."""

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"serves"}

    @property
    def subject(self) -> str:
        """`window:CODE`."""
        return f"window:{self.window}"

    def topics(self) -> frozenset[str]:
        """The window itself, the floor, the line list and its lines' phones (windows open)."""
        site = self.site or ""
        touched = {window(self.window), floor(site), lines(site), board(site)}
        touched |= {window(self.to_window)} if self.to_window else set()
        of_lines = {line(code) for code in self.serves or ()} | ({line(self.line)} if self.line else set())
        return frozenset(touched | of_lines)


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

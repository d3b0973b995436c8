"""What every file of the catalogue needs to be compared with the hall: changes, the plan of them, lines by name."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from sqlalchemy import select

from hall.catalog.columns import shown
from hall.catalog.models import Line

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.catalog.problems import Problem, Problems


@dataclass(frozen=True, slots=True)
class Change:
    """Something to add (`key` None) or to change. `values` by column; the rest None where it stays as it is."""

    code: str
    key: int | None
    values: dict[str, Any]

    @property
    def what(self) -> tuple[str, ...]:
        """The names of what changes."""
        rest = [one.name for one in fields(self) if one.name not in {"code", "key", "values"}]
        return (*self.values, *(name for name in rest if getattr(self, name) is not None))


C = TypeVar("C", bound=Change)


@dataclass(slots=True)
class PlanOf(Generic[C]):
    """What would change. With problems nothing may be done.

    `retired`: codes in the file that the hall has retired and that stay so; `absent`: how many of the hall's the file
    does not name; they stay as they are.
    """

    changes: list[C] = field(default_factory=list)
    unchanged: int = 0
    retired: list[str] = field(default_factory=list)
    absent: int = 0
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    @property
    def added(self) -> list[C]:
        """Those that are new."""
        return [change for change in self.changes if change.key is None]

    @property
    def changed(self) -> list[C]:
        """Those that are there and become different."""
        return [change for change in self.changes if change.key is not None]

    @property
    def nothing(self) -> bool:
        """Whether the hall is already as wanted."""
        return not self.changes

    def take(self, change: C) -> None:
        """A change of something that is there: to be done, unless it changes nothing."""
        if change.what:
            self.changes.append(change)
        else:
            self.unchanged += 1


class NamesLine(Protocol):
    """A row of a file that may name its line."""

    @property
    def line(self) -> str:
        """Name or code of a line, "" for none."""

    @property
    def source_line(self) -> int:
        """Where the row stands in its file."""


class NamedLines:
    """The hall's lines, as the rows of a file name them."""

    def __init__(self, session: Session, site_id: int) -> None:
        rows = session.scalars(
            select(Line)
            .where(Line.site_id == site_id, Line.retired_at.is_(None))
            .order_by(Line.sort, Line.id)
        ).all()
        by_name: dict[str, int] = {}
        for line in rows:
            by_name.setdefault(line.name, line.id)
        self._found = by_name | {line.code: line.id for line in rows}
        self._first = rows[0].id if rows else None

    def of(self, row: NamesLine, problems: Problems) -> int | None:
        """The key of the row's line, of the hall's first where the row names none."""
        if not row.line:
            if self._first is None:
                problems.add(row.source_line, "队列", "no_line_yet")
            return self._first
        found = self._found.get(row.line)
        if found is None:
            problems.add(row.source_line, "队列", "unknown_line", value=shown(row.line))
        return found

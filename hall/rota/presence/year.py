"""Attendance of departments over a year: every turn in its week, and counts (M4, M5). Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hall.rota.presence.states import Checked, Presence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hall.rota.presence.queries import Mark

WEEK = 7
DUE = frozenset(Presence) - {Presence.EXPECTED}


@dataclass(frozen=True, slots=True)
class BodyYear:
    """One department's year. `cells` are its turns by week of the year (0 to 52) and place in that week.

    `counts` by what became of them; `head` turns of the head in person, `due` those that are over or had leave,
    `excused` absences, whose explanation was accepted, `unsigned` ones that were there and did not sign out.
    """

    body: int
    name: str
    name_en: str
    cells: tuple[tuple[int, int, int, Mark], ...]
    counts: Mapping[Presence, int]
    due: int
    head: int
    excused: int
    late_min: int
    unsigned: int = 0

    @property
    def share(self) -> int | None:
        """Per cent of turns that the head came to in person, leave not counted; None without any."""
        held = self.due - self.counts.get(Presence.ON_LEAVE, 0)
        return round(100 * self.head / held) if held else None


def week_of(day: date) -> int:
    """In which column a day stands: weeks from Monday on, the first that of 1 January."""
    first = date(day.year, 1, 1)
    return ((day - first).days + first.weekday()) // WEEK


def by_body(marks: Iterable[Mark]) -> tuple[BodyYear, ...]:
    """The departments of a year by name, each with its turns."""
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.body, []).append(mark)
    rows = [_of_one(rows) for rows in found.values()]
    return tuple(sorted(rows, key=lambda row: (row.name, row.body)))


def _of_one(marks: list[Mark]) -> BodyYear:
    counts = Counter(mark.mark for mark in marks)
    in_week = Counter(week_of(mark.day) for mark in marks)
    seen: Counter[int] = Counter()
    cells = []
    for mark in marks:
        week = week_of(mark.day)
        cells.append((week, seen[week], in_week[week], mark))
        seen[week] += 1
    first = marks[0]
    return BodyYear(
        first.body,
        first.body_name,
        first.body_name_en or first.body_name,
        tuple(cells),
        counts,
        sum(counts[kind] for kind in DUE),
        sum(mark.as_head for mark in marks),
        sum(mark.absence == Checked.EXCUSED for mark in marks),
        sum(mark.late_min for mark in marks),
        sum(mark.left_how == "unsigned" for mark in marks),
    )


def months(year: int) -> tuple[int, ...]:
    """The column in which each month begins."""
    return tuple(week_of(date(year, month, 1)) for month in range(1, 13))

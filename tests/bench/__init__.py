"""Measurements, each with the yardstick of the same run: `make bench` runs all modules here that offer `run()`.

They print tables and end up in docs/benchmarks.md. They are no tests: no change is refused because a machine is slow.
But a goal that is missed is written so, and the command fails.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure to reach: what is asked, what was measured, and whether that is enough."""

    asked: str
    measured: str
    met: bool

    def __str__(self) -> str:
        return f"{'met' if self.met else 'MISSED'}: {self.asked} (measured {self.measured})"


@dataclass(frozen=True, slots=True)
class Table:
    """What one benchmark found. `question` is the sentence that the figures answer; cells carry units in columns."""

    title: str
    question: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    goals: tuple[Goal, ...] = ()
    notes: tuple[str, ...] = ()
    kept: bool = True
    """False for a trial of a part, which must not take the place of the whole in docs/benchmarks.md."""

    def markdown(self) -> str:
        """As it stands in docs/benchmarks.md."""
        body = [self._row(row) for row in self._cells()]
        body.insert(1, self._row("---" if number == 0 else "---:" for number in range(len(self.columns))))
        goals = [f"- {goal}" for goal in self.goals]
        notes = [f"- {note}" for note in self.notes]
        parts = [f"## {self.title}", self.question, "\n".join(body), "\n".join(goals), "\n".join(notes)]
        return "\n\n".join(part for part in parts if part)

    def text(self) -> str:
        """As it is printed: columns in line, also with Chinese in them."""
        cells = self._cells()
        widths = [max(_width(row[number]) for row in cells) for number in range(len(self.columns))]
        lines = [
            "  ".join(
                _pad(cell, width, left=not n) for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in cells
        ]
        remarks = [*(f"  {goal}" for goal in self.goals), *(f"  {note}" for note in self.notes)]
        return "\n".join([f"{self.title}: {self.question}", "", *lines, "", *remarks])

    def _cells(self) -> list[list[str]]:
        return [list(self.columns), *([_told(cell) for cell in row] for row in self.rows)]

    @staticmethod
    def _row(cells: Iterator[str] | list[str]) -> str:
        return "| " + " | ".join(cells) + " |"


def _told(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _pad(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text

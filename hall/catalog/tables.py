"""One table of a spreadsheet while it is read: which column is where, what was wrong, what was filled by default."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from hall.catalog.columns import BLANK, Bad, Column, heading_key, shown
from hall.catalog.problems import Problem, Problems, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hall.catalog.grid import Row

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Imported(Generic[RowT]):
    """What a file holds. With problems there are no rows.

    `defaulted`: field → how many rows were filled by its rule in `DEFAULTS`; `ignored`: headings that nobody knows;
    `problem_count` may exceed the problems listed.
    """

    rows: tuple[RowT, ...]
    defaulted: dict[str, int]
    problems: tuple[Problem, ...]
    problem_count: int
    ignored: tuple[str, ...]


class Table:
    """A sheet while it is read: which column is where, what was wrong, what was filled.

    `once`: the fields that no two rows may have in common, the one to name first; `twice`: the problem if they do.
    """

    def __init__(self, columns: Sequence[Column], once: tuple[str, ...], twice: str) -> None:
        self.columns = columns
        self._once = once
        self._twice = twice
        self._first_line: dict[tuple[str, ...], int] = {}
        self.places: dict[Column, int] = {}
        self.ignored: list[str] = []
        self.problems = Problems()
        self.defaulted: Counter[str] = Counter()

    def find_columns(self, head: Row, body: Sequence[Row]) -> bool:
        """Look for the columns; whether all that are required are there."""
        known = {name: column for column in self.columns for name in column.names()}
        hits = [known.get(heading_key(cell)) for cell in head.cells]
        if not any(hits) and body and any(known.get(heading_key(cell)) for cell in body[0].cells):
            self.problems.add(head.line, "", "title_row")
            return False
        width = max(len(row.cells) for row in (head, *body))
        for place in range(width):
            self._place(head, body, place, hits[place] if place < len(hits) else None)
        missing = [column for column in self.columns if column.required and column not in self.places]
        for column in missing:
            self.problems.add(head.line, "", "missing_column", heading=column.heading)
        return not missing

    def _place(self, head: Row, body: Sequence[Row], place: int, column: Column | None) -> None:
        from openpyxl.utils import get_column_letter  # noqa: PLC0415 - 18 MB that a hall at work does not need

        heading = head.cells[place] if place < len(head.cells) else ""
        if column is not None and column in self.places:
            self.problems.add(head.line, shown(heading), "double_column", heading=shown(heading))
        elif column is not None:
            self.places[column] = place
        elif heading:
            self.ignored.append(shown(heading))
        elif any(row.cells[place : place + 1] > ("",) for row in body):
            self.problems.add(head.line, get_column_letter(place + 1), "blank_heading")

    def record(self, row: Row) -> Record | None:
        """The row with its cells read; None, and the problems noted, if one cannot be."""
        values: dict[str, Any] = {}
        before = self.problems.count
        for column, place in self.places.items():
            cell = row.cells[place] if place < len(row.cells) else ""
            if not cell or cell in BLANK:
                if column.required:
                    self.problems.add(row.line, column.heading, "empty")
                continue
            try:
                values[column.field] = column.read(cell)
            except Bad as bad:
                self.problems.add(row.line, column.heading, bad.key, **bad.params)
        self._check_once(row.line, values)
        return Record(self, row.line, values) if self.problems.count == before else None

    def _check_once(self, line: int, values: dict[str, Any]) -> None:
        """Also for rows with other faults: whoever mends the file shall see all of them at once."""
        if self._once[0] in values:
            key = tuple(values.get(name, "").casefold() for name in self._once)
            first = self._first_line.setdefault(key, line)
            if first != line:
                heading = next(column.heading for column in self.columns if column.field == self._once[0])
                self.problems.add(line, heading, self._twice, value=shown(values[self._once[0]]), first=first)


class Record:
    """One row with its cells read: only those that are not empty."""

    def __init__(self, table: Table, line: int, values: dict[str, Any]) -> None:
        self.line = line
        self.values = values
        self._table = table

    def take(self, name: str, default: Any) -> Any:  # noqa: ANN401 - each column has its own type
        """The cell's value, or the default, which is then counted."""
        if name not in self.values:
            self._table.defaulted[name] += 1
        return self.values.get(name, default)

    def problem(self, name: str, key: str, /, **params: str | int) -> None:
        """Note what is wrong with this row at this column."""
        heading = next(column.heading for column in self._table.columns if column.field == name)
        self._table.problems.add(self.line, heading, key, **params)


def read_table(table: Table, grid: Callable[[], list[Row]], make: Callable[[Record], RowT]) -> Imported[RowT]:
    """All rows of a grid made into what they stand for; Unreadable becomes the one problem of the file."""
    rows: list[RowT] = []
    try:
        head, *body = grid()
        complete = table.find_columns(head, body)
        for row in body:
            record = table.record(row)
            if record and complete:
                rows.append(make(record))
    except Unreadable as error:
        table.problems.add(error.problem.line, "", error.problem.key, **error.problem.params)
    good = not table.problems.count
    return Imported(
        rows=tuple(rows) if good else (),
        defaulted=dict(table.defaulted) if good else {},
        problems=tuple(table.problems.found),
        problem_count=table.problems.count,
        ignored=tuple(table.ignored),
    )

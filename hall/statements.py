"""Statements of the busiest units of work: built and compiled once, on SQLite run by the driver itself.

Of what a small statement costs through SQLAlchemy, most is bookkeeping, and a hall draws and calls all day. A
`Statement` is an ordinary SQLAlchemy expression. In a unit of work on SQLite it goes to the driver with its values
converted by its columns' types; everywhere else (PostgreSQL, reading sessions) it takes the ordinary way. Both
answer the same rows and raise the same errors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict, manager_of_class

E = TypeVar("E")
DRIVER = "hall_driver"

Convert = Callable[[Any], Any]


def straight(session: Session) -> sqlite3.Connection:
    """Send this session's statements to SQLite's driver as long as its transaction lasts; answers the driver's side."""
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    session.info[DRIVER] = (driver, connection.dialect)
    return driver  # type: ignore[no-any-return] # SQLAlchemy does not say which driver


@dataclass(frozen=True, slots=True)
class Plain:
    """A statement as the driver takes it: text, and name, stand-in and conversion of each value in order."""

    text: str
    values: tuple[tuple[str, Any, Convert | None], ...]
    dates: tuple[tuple[int, Convert], ...]  # which columns of a row are converted, and how

    def run(self, driver: sqlite3.Connection, given: Mapping[str, Any]) -> list[Any]:
        """All rows that it answers. Raises what SQLAlchemy makes of the driver's error."""
        values = [
            convert(given.get(name, usual)) if convert else given.get(name, usual)
            for name, usual, convert in self.values
        ]
        try:
            rows = driver.execute(self.text, values).fetchall()
        except sqlite3.Error as problem:
            raise DBAPIError.instance(
                self.text, None, problem, sqlite3.Error, hide_parameters=True
            ) from problem
        return [self._read(row) for row in rows] if self.dates else rows

    def _read(self, row: tuple[Any, ...]) -> list[Any]:
        read = list(row)
        for at, convert in self.dates:
            read[at] = convert(read[at])
        return read


class Statement:
    """An INSERT, UPDATE, DELETE or SELECT with named parameters; what it answers are rows, read by position."""

    def __init__(self, clause: Executable) -> None:
        self.clause: Any = clause
        self._plain: dict[tuple[str, ...], Plain] = {}

    def rows(self, session: Session, given: Mapping[str, Any]) -> Sequence[Any]:
        """Run it; answers its rows, none for one that answers nothing. Raises as SQLAlchemy does."""
        straight_to = session.info.get(DRIVER)
        if straight_to is None:
            result = session.connection().execute(self.clause, given)
            return result.all() if result.returns_rows else ()
        driver, dialect = straight_to
        names = tuple(given)
        plain = self._plain.get(names) or self._compile(dialect, names)
        return plain.run(driver, given)

    def first(self, session: Session, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a row of any shape
        """Run it; answers its first row, or None."""
        rows = self.rows(session, given)
        return rows[0] if rows else None

    def _compile(self, dialect: Dialect, names: tuple[str, ...]) -> Plain:
        made: Any = self.clause.compile(dialect=dialect, column_keys=list(names))
        if made.post_compile_params or any(
            getattr(made, given, None) for given in ("insert_prefetch", "update_prefetch")
        ):
            message = f"Write an IN with literals, and give every column that has a default: {made}"
            raise ValueError(message)
        missing = [part.key for part in made.binds.values() if part.required and part.key not in names]
        if missing:
            message = f"Not given: {', '.join(missing)}, for {made}"
            raise ValueError(message)
        usual = {name: part.value for name, part in made.binds.items()}
        values = tuple(
            (name, usual[name], made.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in made.positiontup or ()
        )
        columns = getattr(self.clause, "exported_columns", ())
        reading = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        dates = tuple((at, convert) for at, convert in enumerate(reading) if convert)
        self._plain[names] = plain = Plain(str(made), values, dates)
        return plain


class Copies:
    """A SELECT of whole rows, which come as copies that no session knows: nothing done to them is written.

    `Copies(select(Site, Line)…, Site, Line)` answers a Site and a Line a row, None where an outer join found nothing.
    """

    def __init__(self, clause: Executable, *kinds: type[Any]) -> None:
        self.statement = Statement(clause)
        self._parts: list[tuple[type[Any], slice, tuple[str, ...]]] = []
        begin = 0
        for kind in kinds:
            names = tuple(column.name for column in kind.__table__.c)
            self._parts.append((kind, slice(begin, begin + len(names)), names))
            begin += len(names)

    def first(self, session: Session, given: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The copies of the first row, or None. The key of each table is its first column."""
        row = self.statement.first(session, given)
        if row is None:
            return None
        return tuple(
            None if row[part.start] is None else copy_of(kind, dict(zip(names, row[part], strict=True)))
            for kind, part, names in self._parts
        )


def copy_of(kind: type[E], values: Mapping[str, Any]) -> E:
    """A copy of a row with these values, without the bookkeeping of a new one."""
    made: E = manager_of_class(kind).new_instance()
    instance_dict(made).update(values)
    return made

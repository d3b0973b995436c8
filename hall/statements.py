"""Statements of the busiest units of work and states: built and compiled once, run by the driver itself.

Of what a small statement costs through SQLAlchemy, most is bookkeeping, and a hall draws and calls all day. A
`Statement` is an ordinary SQLAlchemy expression. On PostgreSQL, and in a unit of work on SQLite, it goes to the driver
with its values converted by its columns' types; reading sessions on SQLite take the ordinary way. All answer the same
rows and raise the same errors.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.attributes import instance_dict, manager_of_class
from sqlalchemy.sql.sqltypes import NumericCommon

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

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
    is_named: bool
    """Whether the driver takes values by their names, as PostgreSQL's does, or in their order."""
    answers: bool
    values: tuple[tuple[str, Any, Convert | None], ...]
    converted: tuple[tuple[int, Convert], ...]
    """Which columns of a row are converted, and how."""

    def run(self, driver: Any, given: Mapping[str, Any]) -> Sequence[Any]:  # noqa: ANN401 - of either database
        """All rows that it answers. Raises the driver's own errors."""
        found = driver.execute(self.text, self._bound(given))
        if not self.answers:
            return ()
        rows: Sequence[Any] = found.fetchall()
        return [self._read(row) for row in rows] if self.converted else rows

    def _bound(self, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a dictionary or a list
        values = [
            convert(given.get(name, usual)) if convert else given.get(name, usual)
            for name, usual, convert in self.values
        ]
        return dict(zip((name for name, *_ in self.values), values, strict=True)) if self.is_named else values

    def _read(self, row: tuple[Any, ...]) -> list[Any]:
        read = list(row)
        for at, convert in self.converted:
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
        if straight_to is not None:
            driver, dialect = straight_to
            return self._of_sqlite(driver, dialect, given)
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            result = connection.execute(self.clause, given)
            return result.all() if result.returns_rows else ()
        plain = self._made(connection.dialect, given)
        try:
            return plain.run(connection.connection.driver_connection, given)
        except Exception as problem:
            if isinstance(problem, connection.dialect.loaded_dbapi.Error):
                _raise_as_sqlalchemy(connection, plain, problem)
            raise
        except (
            BaseException
        ) as ended:  # nobody knows what else its connection will say to whoever waited no longer
            _raise_as_sqlalchemy(connection, plain, ended)
            raise

    def first(self, session: Session, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a row of any shape
        """Run it; answers its first row, or None."""
        rows = self.rows(session, given)
        return rows[0] if rows else None

    def _of_sqlite(self, driver: Any, dialect: Dialect, given: Mapping[str, Any]) -> Sequence[Any]:  # noqa: ANN401
        plain = self._made(dialect, given)
        try:
            return plain.run(driver, given)
        except sqlite3.Error as problem:
            raise DBAPIError.instance(
                plain.text, None, problem, sqlite3.Error, hide_parameters=True
            ) from problem

    def _made(self, dialect: Dialect, given: Mapping[str, Any]) -> Plain:
        names = (dialect.name, *given)
        return self._plain.get(names) or self._compile(dialect, names)

    def _compile(self, dialect: Dialect, names: tuple[str, ...]) -> Plain:
        made: Any = self.clause.compile(dialect=dialect, column_keys=list(names[1:]))
        if made.post_compile_params or any(
            getattr(made, given, None) for given in ("insert_prefetch", "update_prefetch")
        ):
            message = f"Write an IN with literals, and give every column that has a default: {made}"
            raise ValueError(message)
        missing = [part.key for part in made.binds.values() if part.required and part.key not in names[1:]]
        if missing:
            message = f"Not given: {', '.join(missing)}, for {made}"
            raise ValueError(message)
        values = tuple(
            (name, part.value, part.type.dialect_impl(dialect).bind_processor(dialect))
            for name, part in ((name, made.binds[name]) for name in made.positiontup or made.binds)
        )
        columns = getattr(self.clause, "exported_columns", ())
        if any(
            isinstance(column.type, NumericCommon) for column in columns
        ):  # psycopg must see the row for that
            message = f"Read numbers with fractions through SQLAlchemy: {made}"
            raise ValueError(message)
        reading = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        converted = tuple((at, convert) for at, convert in enumerate(reading) if convert)
        plain = Plain(str(made), made.positiontup is None, bool(len(columns)), values, converted)
        self._plain[names] = plain
        return plain


class Named(Statement):
    """A SELECT whose rows are read by the names of their columns."""

    def __init__(self, clause: Any) -> None:  # noqa: ANN401 - a Select of any shape
        super().__init__(clause)
        self._kind = _kind_of(clause.exported_columns.keys())

    def rows(self, session: Session, given: Mapping[str, Any]) -> Sequence[Any]:
        """The same with names."""
        return [self._kind._make(row) for row in super().rows(session, given)]


def _raise_as_sqlalchemy(connection: Connection, plain: Plain, problem: BaseException) -> None:
    """It wraps the driver's error, tells whoever listens for errors, and replaces what was lost with all of its age."""
    connection._handle_dbapi_exception(problem, plain.text, None, None, None)  # noqa: SLF001 - has no public name


def _kind_of(names: Sequence[str]) -> Any:  # noqa: ANN401 - a class of tuples
    return namedtuple("Row", names)  # noqa: PYI024 - its columns have their own types


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
        return None if row is None else self._copied(row)

    def all(self, session: Session, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The same of all rows."""
        return [self._copied(row) for row in self.statement.rows(session, given)]

    def _copied(self, row: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(
            None if row[part.start] is None else copy_of(kind, dict(zip(names, row[part], strict=True)))
            for kind, part, names in self._parts
        )


def copy_of(kind: type[E], values: Mapping[str, Any]) -> E:
    """A copy of a row with these values, without the bookkeeping of a new one."""
    made: E = manager_of_class(kind).new_instance()
    instance_dict(made).update(values)
    return made

"""A hall of one file moves to PostgreSQL: every row, compared afterwards; the file is only read.

The rows go over in one transaction. Until all of it is compared, a table in the target says that a move is under way:
a start after a crash finds it, empties the target, and begins anew. Without it a target that holds anything is left
alone.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql
from sqlalchemy import Connection, NullPool, cast, create_engine, func, select
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import ROOT
from hall import journal
from hall.backup.compare import Sum, rows_of, sum_of
from hall.database import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Table

UNFINISHED = "unfinished_move"
ALEMBIC = "alembic_version"
ONE_AT_A_TIME = 7_411_528  # the key of PostgreSQL's advisory lock
_COLUMN = re.compile(r"column (\w+)")


class MoveError(Exception):
    """Why the hall stays where it is, in words for whoever moves it."""


@contextmanager
def source_of(path: Path) -> Iterator[Connection]:
    """The file in one read transaction; it is whole and holds nothing strange. Raises MoveError."""
    address = f"file:{quote(str(path))}?mode=ro"  # not even the write-ahead log is folded in at the end
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(address, uri=True, isolation_level=None),
        poolclass=NullPool,
        hide_parameters=True,
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            verdict = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if verdict != "ok" or broken:
                raise MoveError(
                    f"The hall's file is damaged ({verdict if verdict != 'ok' else 'foreign keys'})."
                )
            known = {*Base.metadata.tables, ALEMBIC}
            there = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ).scalars()
            strangers = sorted(name for name in there if name not in known and not name.startswith("sqlite_"))
            if strangers:
                raise MoveError(
                    f"The hall's file holds tables that are not the product's: {', '.join(strangers)}."
                )
            yield connection
    finally:
        engine.dispose()


def move(source: Connection, target: str, data: Path, tell: Callable[[str], None]) -> dict[str, Sum]:
    """Move all rows to the address `target` and compare them. Answers what each table holds. Raises MoveError."""
    address = make_url(target).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        opened = psycopg.connect(address, autocommit=True)
    except psycopg.OperationalError as problem:
        raise MoveError(f"PostgreSQL does not let us in: {_first_line(problem)}") from None
    with closing(opened) as line:
        if not line.execute("SELECT pg_try_advisory_lock(%s)", (ONE_AT_A_TIME,)).fetchone() == (True,):
            raise MoveError("Somebody else moves a hall to this database now.")
        _begin(line, tell)
        _migrate(address, data)
        _same_release(source, line)
        try:
            with line.transaction():
                _copy_all(source, line, tell)
        except psycopg.Error as problem:
            raise MoveError(f"PostgreSQL refuses the rows: {_first_line(problem)}") from None
        sums = _compare(source, address, tell)
        line.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(UNFINISHED)))
        line.execute("ANALYZE")
        return sums


def _begin(line: psycopg.Connection[Any], tell: Callable[[str], None]) -> None:
    """An empty target, with the mark of a move that is not finished. Raises MoveError where it holds anything else."""
    there = _tables(line)
    if UNFINISHED in there:
        tell("An earlier move did not come to its end: its rows are taken away, and it begins anew.")
        for name in there:
            line.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(name)))
        _drop_functions(line)
    elif there:
        raise MoveError(
            f"The target is not empty: it holds {len(there)} tables, {there[0]} among them. Make a fresh database "
            "(createdb --owner=hall hall), or give the name of an empty one. Nothing was changed."
        )
    line.execute(
        sql.SQL("CREATE TABLE {} (begun timestamptz DEFAULT now())").format(sql.Identifier(UNFINISHED))
    )


def _tables(line: psycopg.Connection[Any]) -> list[str]:
    found = line.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY relname"
    )
    return [str(row[0]) for row in found]


def _drop_functions(line: psycopg.Connection[Any]) -> None:
    found = line.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
        "AND prorettype = 'trigger'::regtype"
    )
    for (signature,) in found.fetchall():
        line.execute(sql.SQL("DROP FUNCTION {} CASCADE").format(sql.SQL(signature)))


def _migrate(address: str, data: Path) -> None:
    """The schema, made by the migrations themselves in a process of its own."""
    env = {**os.environ, "HALL_DATA": str(data), "DATABASE_URL": address}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "hall", "migrate"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason"])[-1]
        raise MoveError(f"The schema cannot be made: {last}")


def _same_release(source: Connection, line: psycopg.Connection[Any]) -> None:
    said = "SELECT version_num FROM alembic_version"
    if line.execute(said).fetchone() != tuple(source.exec_driver_sql(said).one()):
        raise MoveError("The hall's file is of another release: start the server once, stop it, move then.")


def _copy_all(source: Connection, line: psycopg.Connection[Any], tell: Callable[[str], None]) -> None:
    """All rows in one transaction. References are put aside meanwhile, and checked whole when they come back."""
    names = [sql.Identifier(table.name) for table in Base.metadata.sorted_tables]
    _triggers(line, names, "DISABLE")  # before all else: some tables refuse to be emptied
    line.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(names)))  # what migrations wrote
    references = line.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).fetchall()
    for table, name, _made_of in references:
        line.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.SQL(table), sql.Identifier(name))
        )
    for table in Base.metadata.sorted_tables:
        _copy(source, line, table)
        _set_sequence(line, table)
        tell(f"  {table.name}")
    for table_name, name, made_of in references:
        line.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.SQL(table_name), sql.Identifier(name), sql.SQL(made_of)
            )
        )
    _triggers(line, names, "ENABLE")


def _triggers(line: psycopg.Connection[Any], names: list[sql.Identifier], what: LiteralString) -> None:
    """The product's own triggers of all tables, put aside or back."""
    for name in names:
        line.execute(sql.SQL("ALTER TABLE {} " + what + " TRIGGER USER").format(name))


def _copy(source: Connection, line: psycopg.Connection[Any], table: Table) -> None:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    try:
        with line.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows_of(source, table):
                copy.write_row(row)
    except psycopg.DataError as problem:
        where = _COLUMN.search(problem.diag.context or "")
        column = f", column {where[1]}" if where else ""
        raise MoveError(f"Table {table.name}{column}: {_first_line(problem)}") from None


def _set_sequence(line: psycopg.Connection[Any], table: Table) -> None:
    """The next new row gets a key of its own."""
    if "id" not in table.columns:
        return
    line.execute(
        sql.SQL(
            "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {})) "
            "WHERE pg_get_serial_sequence({}, 'id') IS NOT NULL AND EXISTS (SELECT 1 FROM {})"
        ).format(
            sql.Literal(table.name),
            sql.Identifier(table.name),
            sql.Literal(table.name),
            sql.Identifier(table.name),
        )
    )


def _compare(source: Connection, address: str, tell: Callable[[str], None]) -> dict[str, Sum]:
    """Row by row, the keys of rows to come, and the journal's chain. Raises MoveError."""
    tell("Comparing")
    engine = create_engine(address, hide_parameters=True)
    try:
        with engine.connect() as there:
            sums = {}
            for table in Base.metadata.sorted_tables:
                sums[table.name], found = sum_of(source, table), sum_of(there, table)
                if found != sums[table.name]:
                    raise MoveError(
                        f"Table {table.name} differs: {sums[table.name].rows} rows in the file, {found.rows} in "
                        "PostgreSQL, or other values. Stay with the file, and tell the makers."
                    )
                if _gives_taken_keys(there, table):
                    raise MoveError(
                        f"Table {table.name}: PostgreSQL would give new rows keys that are taken. "
                        "Stay with the file, and tell the makers."
                    )
            with Session(source) as old, Session(there) as new:
                before, after = journal.verify(old), journal.verify(new)
            if before != after:
                raise MoveError(f"The journal differs: {after.fault or after.head}")
            if after.fault:
                tell(f"The journal was broken before, and is the same now: {after.fault}")
            return sums
    except SQLAlchemyError as problem:
        raise MoveError(f"PostgreSQL cannot be read: {type(problem).__name__}") from None
    finally:
        engine.dispose()


def _gives_taken_keys(there: Connection, table: Table) -> bool:
    """Whether the next new row would get a key that a row has. Tables that number no rows cannot."""
    if "id" not in table.columns:
        return False
    last = func.pg_sequence_last_value(cast(func.pg_get_serial_sequence(table.name, "id"), REGCLASS))
    most = select(func.max(table.c.id)).scalar_subquery()
    numbered = func.pg_get_serial_sequence(table.name, "id").is_not(None)
    wanted = select(numbered & (func.coalesce(most, 0) > func.coalesce(last, 0)))
    return bool(there.scalar(wanted))


def _first_line(problem: psycopg.Error) -> str:
    """What PostgreSQL says, without the values at hand: its further lines hold them."""
    said = problem.diag.message_primary or str(problem).strip()
    return said.splitlines()[0] if said else type(problem).__name__

"""`flask hall move-database` takes every row of every table, whatever stands in it (O3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Column, Table, func, insert, make_url, select
from sqlalchemy.orm import Session

from hall.backup import moving
from hall.database import Base
from hall.unit_of_work import units
from tests import postgres
from tests.api.test_planted import Lively
from tests.planting import check_again, let_write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.servers import Halls

ODD = '老𬭚镇\'s "50 %" \\N \\. \t{a,b}\n第二行😀'
"""Signs that a copy in text could take for its own: ends of fields and rows, NULL, escapes, quotes; rare characters."""
VALUES: dict[type, Any] = {
    bool: True,
    int: 2_000_000_001,
    float: 0.1,
    bytes: bytes(range(256)),
    date: date(2100, 2, 28),
    time: time(23, 59),
    datetime: datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=UTC),
}


@pytest.fixture
def target(halls: Halls, postgres_home: Path) -> Iterator[str]:
    """An empty database."""
    name = f"rooms_{halls.worker}"
    yield postgres.create_database(halls.postgres(), name)
    postgres.drop_database(halls.postgres(), name)


@pytest.fixture
def full(app: Flask, client: FlaskClient, demo: dict[str, Any], working_hours: None) -> dict[str, int]:
    """A hall in which something has happened in every room, and a row of odd values wherever there is none."""
    Lively(client, demo)
    with app.app_context():
        return units().run(_filled)


def _filled(session: Session) -> dict[str, int]:
    let_write(session)
    for table in Base.metadata.sorted_tables:
        if not _count(session, table):
            row = {column.name: _value(session, column) for column in table.columns}
            session.execute(insert(table), row)
    check_again(session)
    return {table.name: _count(session, table) for table in Base.metadata.sorted_tables}


def _count(session: Session, table: Table) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _value(session: Session, column: Column[Any]) -> Any:
    for key in column.foreign_keys:
        return session.scalar(select(key.column).limit(1))
    kind: Any = getattr(column.type, "impl", column.type)
    if kind.python_type is str:
        return ODD[: kind.length or len(ODD)]
    return VALUES[kind.python_type]


def _without_checks(address: str, data: Path) -> None:
    """The schema, but any value in it: which go together is the product's affair, and the same on both sides."""
    migrate(address, data)
    with psycopg.connect(make_url(address).render_as_string(hide_password=False)) as line:
        checks = line.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
            "WHERE contype = 'c' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        for table, name in checks:
            words = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
            line.execute(words.format(sql.Identifier(table.strip('"')), sql.Identifier(name)))


migrate = moving._migrate


@pytest.mark.engines("sqlite")
def test_O3_every_row_of_every_table_moves(
    app: Flask, full: dict[str, int], target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_migrate", _without_checks)
    config = app.config["HALL"]
    with moving.source_of(Path(make_url(config.database_url).database or "")) as source:
        moving.move(source, target, config.data, lambda _line: None)
    assert all(full.values()), "this proves nothing of an empty table"
    moved = {}
    with psycopg.connect(target) as line:
        for name in full:
            found = line.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            moved[name] = found and found[0]
    assert moved == full

"""Whoever waits for PostgreSQL lets others go on, hears of its end, and leaves no half-asked connection behind."""

from __future__ import annotations

import gc
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import gevent
import psycopg
import pytest
from psycopg.waiting import Ready, Wait
from sqlalchemy import Engine, bindparam, create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from hall.database import RENEWED_S, WAYS, db, make_writer, reader_options, wait_beside_others
from hall.statements import Statement
from hall.stores import Trouble, trouble_of
from hall.unit_of_work import units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.orm import Session

pytestmark = pytest.mark.engines("postgresql")

SLEEPS = Statement(select(func.pg_sleep(bindparam("seconds"))))
LONG_S = 30
PIECE = "字" * 4_000_000


@pytest.fixture
def line(app: Flask) -> Iterator[psycopg.Connection[Any]]:
    """A connection as served halls have them, where the driver's waiting is replaced."""
    with app.app_context():
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as made:
        made.wait = partial(wait_beside_others, made.pgconn)  # type: ignore[method-assign]
        yield made


def end(app: Flask, pid: int) -> None:
    """As an administrator ends one connection."""
    with app.app_context(), db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_every_connection_of_a_served_hall_waits_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hall.database.monkey.is_module_patched", lambda _name: True)
    with app.app_context():
        for engine in (make_writer(app.config["HALL"].database_url), fresh_reader(app)):
            with engine.connect() as made:
                driver: Any = made.connection.driver_connection
                assert driver.wait.func is wait_beside_others
                assert made.execute(text("SELECT 7")).scalar() == 7
            engine.dispose()


def test_a_connection_is_renewed_after_a_while_and_a_young_one_is_kept(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        for engine in (make_writer(app.config["HALL"].database_url), fresh_reader(app)):
            first, again = served_by(engine), served_by(engine)
            monkeypatch.setattr(
                "hall.database.time.monotonic", partial(later, time.monotonic(), RENEWED_S + 1)
            )
            late = served_by(engine)
            monkeypatch.undo()
            engine.dispose()
            assert first == again != late, f"{first}, {again}, then {late}"


def later(begun: float, ahead_s: float) -> float:
    return begun + ahead_s


def served_by(engine: Engine) -> int:
    """The process behind the connection that is taken next."""
    with engine.connect() as made:
        driver: Any = made.connection.driver_connection
        return int(driver.info.backend_pid)


def fresh_reader(app: Flask) -> Engine:
    url = app.config["HALL"].database_url
    return create_engine(url, **reader_options(url))


def test_others_go_on_while_one_waits(line: psycopg.Connection[Any]) -> None:
    waits = gevent.spawn(line.execute, "SELECT pg_sleep(0.3)")
    turns = 0
    while not waits.dead:
        turns += 1
        gevent.sleep(0.01)
    waits.get()
    assert turns > 2, "nobody had a turn meanwhile"


def test_what_is_sent_and_answered_in_many_pieces_is_whole(line: psycopg.Connection[Any]) -> None:
    assert line.execute("SELECT %s::text", [PIECE]).fetchone() == (PIECE,)
    line.execute("CREATE TEMPORARY TABLE told (number integer, word text)")
    rows = [(number, "字" * 500) for number in range(5_000)]
    with line.cursor() as cursor:
        cursor.executemany("INSERT INTO told VALUES (%s, %s)", rows)  # the driver sends and hears at once
    assert line.execute("SELECT count(*), sum(number) FROM told").fetchone() == (5_000, sum(range(5_000)))


def test_a_connection_that_is_ended_while_somebody_waits_is_told_to_them(
    app: Flask, line: psycopg.Connection[Any]
) -> None:
    waits = gevent.spawn(line.execute, f"SELECT pg_sleep({LONG_S})")
    gevent.sleep(0.1)
    end(app, line.info.backend_pid)
    with pytest.raises(psycopg.OperationalError):
        waits.get(timeout=LONG_S / 2)


def test_a_connection_that_ends_under_a_statement_is_database_trouble_and_the_next_unit_goes_well(
    app: Flask,
) -> None:
    def loses(session: Session) -> None:
        driver: Any = session.connection().connection.driver_connection
        end(app, driver.info.backend_pid)
        SLEEPS.rows(session, {"seconds": 0})

    with app.app_context():
        with pytest.raises(OperationalError) as lost:
            units().run(loses)
        assert lost.value.connection_invalidated and trouble_of(lost.value) is Trouble.AWAY
        units().run(lambda session: SLEEPS.rows(session, {"seconds": 0}))


def test_whoever_is_ended_while_waiting_leaves_no_connection_that_still_answers_them(app: Flask) -> None:
    def is_ended(session: Session) -> None:
        driver: Any = session.connection().connection.driver_connection
        driver.wait = partial(wait_beside_others, driver.pgconn)
        SLEEPS.rows(session, {"seconds": LONG_S})

    with app.app_context():
        pool: Any = units().engine.pool

        def run() -> None:
            with app.app_context():
                units().run(is_ended)

        waits = gevent.spawn(run)
        gevent.sleep(0.2)
        waits.kill()
        assert pool.checkedout() == 0
        assert units().run(lambda session: session.scalar(text("SELECT 7"))) == 7


def test_what_was_asked_of_a_connection_that_is_lost_ends_there_and_then(
    line: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left to Python's tidying it would write its last words into the log, as if a fault had been met."""
    said: list[str] = []
    monkeypatch.setattr("sys.unraisablehook", lambda told: said.append(str(told.exc_value)))

    def asked() -> Iterator[Wait]:
        try:
            yield Wait.R
        finally:
            raise psycopg.OperationalError("flush request failed")

    def lost(_number: int) -> None:
        raise OSError

    monkeypatch.setitem(WAYS, Wait.R, (Ready.R, lost))
    with pytest.raises(psycopg.OperationalError, match="the connection is closed"):
        wait_beside_others(line.pgconn, asked())  # type: ignore[arg-type]
    gc.collect()
    assert said == []

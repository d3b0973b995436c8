"""Many who press at once share few connections to the database, and none of them holds what another waits for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from hall.database import db
from hall.sites import Site
from hall.unit_of_work import units
from tests.desk_at_work import Desk

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

PATIENCE_S = 20


@pytest.fixture
def desk(app: Flask, demo: dict[str, Any]) -> Desk:
    return Desk(app.test_client(), demo)


def test_who_waits_for_a_turn_to_write_holds_no_reading_connection(app: Flask, desk: Desk) -> None:
    with app.app_context():
        readers: Any = db.engine.pool
        assert readers.checkedout() == 0
        site = db.session.scalars(select(Site)).one()
        assert readers.checkedout() == 1
        meanwhile = units().run(lambda _session: readers.checkedout())
        assert meanwhile == 0, "a reader is held while its request writes"
        assert site.code == desk.demo["site"] and readers.checkedout() == 0, "what was read stays"


@pytest.mark.engines("postgresql")
def test_a_reading_connection_that_was_lost_stops_nobody_who_writes(app: Flask, desk: Desk) -> None:
    with app.app_context():
        site = db.session.scalars(select(Site)).one()
        driver: Any = db.session.connection().connection.driver_connection
        driver.close()
        assert units().run(lambda session: session.scalar(text("SELECT 7"))) == 7
        assert site.code == desk.demo["site"]


@pytest.mark.engines("postgresql")
def test_a_crowd_that_reads_writes_and_reads_within_its_turn_goes_on(app: Flask, desk: Desk) -> None:
    """Every writer is taken by somebody who needs a reader, every reader was by somebody who then needs a writer."""
    with app.app_context():
        readers, writers = size_of(db.engine.pool), size_of(units().engine.pool)
    read, all_have_read, crowd = threading.Semaphore(0), threading.Event(), readers + 2

    def within_its_turn(session: Session) -> str:
        session.execute(text("SELECT 7"))  # has a writer from here on
        assert all_have_read.wait(PATIENCE_S), "those who wait for a turn to write keep the readers"
        return db.session.scalars(select(Site.code)).one()

    def writes(_number: int) -> str:
        with app.app_context():
            return units().run(within_its_turn)

    def reads_then_writes(_number: int) -> str:
        with app.app_context():
            code = db.session.scalars(select(Site.code)).one()
            read.release()
            units().run(lambda session: session.scalar(text("SELECT 7")))
            return code

    with ThreadPoolExecutor(writers + crowd) as pool:
        first = [pool.submit(writes, number) for number in range(writers)]
        then = [pool.submit(reads_then_writes, number) for number in range(crowd)]
        for _ in range(crowd):
            read.acquire(timeout=PATIENCE_S)
        all_have_read.set()
        said = {future.result(timeout=3 * PATIENCE_S) for future in [*first, *then]}
    assert said == {desk.demo["site"]}


def size_of(pool: Any) -> int:
    return int(pool.size())

"""Many who press at once share few connections to the database, and none of them holds what another waits for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.catalog import actions as catalogue
from hall.database import db
from hall.errors import Conflict
from hall.jobs import Job, run_if_due
from hall.sites import Site
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.desk_at_work import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy.orm import Session

    from hall.unit_of_work import Work

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
        for _turn in range(2):
            assert units().run(lambda session: session.scalar(text("SELECT 7"))) == 7
        assert site.code == desk.demo["site"]
        assert db.session.scalar(select(Site.code)) == site.code, "another one is asked"


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


@pytest.mark.engines("postgresql")
def test_Q1_numbers_are_drawn_while_the_catalogue_is_being_changed(app: Flask, desk: Desk) -> None:
    """An import of ten thousand items takes seconds, and every draw names its hall."""
    with app.app_context():
        site = db.session.scalars(select(Site.id)).one()
    drawn = meanwhile(app, lambda work: catalogue.lock(work, site), desk.draw)
    assert drawn["number"] == "A001"


@pytest.mark.engines("postgresql")
def test_who_needs_the_hall_s_row_does_not_wait_for_the_catalogue(app: Flask, desk: Desk) -> None:
    """Kits of kiosks, notices and Monday's bookings hold it; were they to wait, they would take every connection."""
    with app.app_context():
        site = db.session.scalars(select(Site.id)).one()

    def held() -> int | None:
        with app.app_context():
            wanted = select(Site.id).where(Site.id == site).with_for_update(key_share=True)
            return units().run(lambda session: session.scalar(wanted))

    assert meanwhile(app, lambda work: catalogue.lock(work, site), held) == site


@pytest.mark.engines("postgresql")
def test_two_who_change_the_catalogue_do_it_one_after_the_other_or_are_told(app: Flask, desk: Desk) -> None:
    with app.app_context():
        site = db.session.scalars(select(Site.id)).one()

    def change() -> int:
        def body(work: Work, _none: None) -> int:
            here = catalogue.lock(work, site)
            catalogue.touch(work, here, "tried")
            return here.catalogue_revision

        with app.app_context():
            return perform(SYSTEM_ACTOR, body, None)

    first = change()
    with pytest.raises(Conflict):
        meanwhile(app, lambda work: catalogue.lock(work, site), change)
    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(lambda _number: change(), range(8)))
    assert said == list(range(first + 1, first + 9)), "each counts"


@pytest.mark.engines("postgresql")
def test_a_long_job_of_one_process_keeps_no_other_job_waiting(app: Flask, desk: Desk) -> None:
    """Its lease is taken; whoever finds it so goes on with the next job."""
    long = Job("long", timedelta(minutes=1), lambda _work, _command: None)
    with app.app_context():
        assert perform(SYSTEM_ACTOR, run_if_due, long), "for the first time"

    def in_a_minute() -> bool:
        with app.app_context(), at(clock.now() + timedelta(minutes=2)):
            return perform(SYSTEM_ACTOR, run_if_due, long)

    with at(clock.now() + timedelta(minutes=2)):
        ran = meanwhile(app, lambda work: run_if_due(work, long), in_a_minute)
    assert ran is False, "it ran twice"


def meanwhile(app: Flask, begin: Callable[[Work], object], ask: Callable[[], Any]) -> Any:
    """What is answered while a unit of work has begun and does not end."""
    begun, asked = threading.Event(), threading.Event()

    def stays(work: Work, _command: None) -> None:
        begin(work)
        work.session.flush()
        begun.set()
        assert asked.wait(PATIENCE_S), "who asked meanwhile waits for this unit of work"

    def works() -> None:
        with app.app_context():
            perform(SYSTEM_ACTOR, stays, None)

    with ThreadPoolExecutor(2) as pool:
        working = pool.submit(works)
        assert begun.wait(PATIENCE_S)
        answer = pool.submit(ask)
        try:
            found = answer.result(PATIENCE_S / 2)
        finally:
            asked.set()
            working.result(PATIENCE_S)
    return found


def size_of(pool: Any) -> int:
    return int(pool.size())

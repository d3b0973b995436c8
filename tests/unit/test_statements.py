"""Statements that go past SQLAlchemy answer and refuse as those that go through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Numeric, Table, bindparam, cast, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, object_session

from hall import clock
from hall.journal import JournalEntry
from hall.queueing.models import TopicVersion
from hall.sites import Site
from hall.statements import DRIVER, Copies, Statement
from hall.unit_of_work import units

if TYPE_CHECKING:
    from flask import Flask

VERSIONS: Table = TopicVersion.__table__  # type: ignore[assignment]
ENTRIES: Table = JournalEntry.__table__  # type: ignore[assignment]
ADD = Statement(insert(VERSIONS))
NOTE = Statement(insert(ENTRIES).returning(ENTRIES.c.id, ENTRIES.c.at))
SITE = Copies(select(Site).where(Site.code == bindparam("code")), Site)


def entry() -> dict[str, Any]:
    said = {"at": clock.now(), "actor": "system", "fact": "tried", "subject": "site:xixian", "data": "{}"}
    return {**said, "site_id": None, "seq": None, "previous": None, "hash": None}


def test_instants_and_keys_come_back_as_they_do_through_sqlalchemy(app: Flask) -> None:
    given = entry()

    def write(session: Session) -> tuple[Any, Any]:
        key, at = NOTE.first(session, given)
        through = session.connection().execute(select(ENTRIES.c.id, ENTRIES.c.at).where(ENTRIES.c.id == key))
        return (key, at), tuple(through.one())

    with app.app_context():
        straight, through = units().run(write)
    assert straight == through
    assert straight[1] == given["at"]


def test_a_broken_constraint_is_sqlalchemys_error(app: Flask) -> None:
    def twice(session: Session) -> None:
        for _ in range(2):
            ADD.rows(session, {"topic": "twice", "version": 1})

    with app.app_context(), pytest.raises(IntegrityError):
        units().run(twice)


def test_a_value_that_is_not_given_is_refused_and_not_taken_for_nothing(app: Flask) -> None:
    with app.app_context(), pytest.raises(Exception, match=r"code|Not given"):
        units().run(lambda session: SITE.first(session, {}))


def test_numbers_with_fractions_are_refused_on_both_engines(app: Flask) -> None:
    third = Statement(select(cast(1, Numeric) / 3))
    with app.app_context(), pytest.raises(ValueError, match="fractions"):
        units().run(lambda session: third.rows(session, {}))


def test_what_is_done_to_a_copy_is_not_written(app: Flask, demo: dict[str, Any]) -> None:
    assert demo

    def rename(session: Session) -> str:
        found = SITE.first(session, {"code": "xixian"})
        assert found is not None
        name = str(found[0].name)
        found[0].name = "another"
        assert object_session(found[0]) is None
        return name

    with app.app_context():
        before = units().run(rename)
        assert (
            units().run(lambda session: session.scalar(select(Site.name).where(Site.code == "xixian")))
            == before
        )


@pytest.mark.engines("sqlite")
def test_a_reading_session_never_takes_the_writers_way(app: Flask) -> None:
    with app.app_context():
        with Session(units().engine) as reading:
            assert SITE.first(reading, {"code": "nowhere"}) is None
            assert DRIVER not in reading.info
        assert units().run(lambda session: DRIVER in session.info)

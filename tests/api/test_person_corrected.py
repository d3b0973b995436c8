"""A person is corrected in place; what was published before keeps the name of then (M5)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from hall.rota.models import PersonWas
from hall.unit_of_work import units
from tests.cases_at_work import at
from tests.on_the_day import ENDS, STARTS, OnTheDay

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def correct(hall: OnTheDay, moment: datetime, name: str, title: str = "局长") -> None:
    """The head of the first department is written over."""
    body = hall.body(0)
    key = next(key for told, key in hall.people().items() if told in {"局长0", "周正"})
    body["people"][0] |= {"name": name, "title": title, "key": key}
    with at(moment):
        hall.must("POST", "/sites/xixian/rotas/directors/bodies", body)


def test_M5_a_name_is_corrected_in_place_and_held_days_keep_the_one_of_then(hall: OnTheDay) -> None:
    duties = hall.begin()
    before = hall.people()["局长0"]
    hall.come(duties[0], 0, STARTS)
    correct(hall, ENDS + MINUTE, "周正", "党组书记、局长")
    assert hall.people()["周正"] == before  # the same person, not another
    assert "局长0" not in hall.people()
    row = hall.marks(ENDS + timedelta(days=1))["第0局"]
    assert (row["head"], row["came"], row["came_title"]) == ("局长0", "局长0", "局长")
    hall.leave(duties[0], 0, ENDS + 2 * MINUTE)  # and has the same account


def test_M5_a_day_to_come_shows_the_name_as_it_was_put_right(hall: OnTheDay) -> None:
    hall.begin()
    correct(hall, STARTS - timedelta(days=1), "周正")
    assert hall.marks(STARTS)["第0局"]["head"] == "周正"
    correct(hall, ENDS + timedelta(days=3), "周大正")
    assert hall.marks(ENDS + timedelta(days=4))["第0局"]["head"] == "周正"


def test_a_correction_never_makes_two_of_one(hall: OnTheDay) -> None:
    hall.begin()
    body = hall.body(0)
    body["people"].append({"name": "周正", "post": "head"})
    hall.must("POST", "/sites/xixian/rotas/directors/bodies", body)
    wrong = hall.body(0)
    wrong["people"][0] |= {"name": "周正", "key": hall.people()["局长0"]}
    assert hall.code("/sites/xixian/rotas/directors/bodies", wrong) == "invalid"
    stranger = hall.body(0)
    stranger["people"][0]["key"] = hall.people()["局长1"]  # of another department: no correction of theirs
    hall.must("POST", "/sites/xixian/rotas/directors/bodies", stranger)
    assert "局长1" in hall.people()


def test_M5_what_somebody_was_called_is_never_changed(hall: OnTheDay, app: Flask) -> None:
    hall.begin()
    correct(hall, STARTS, "周正")
    with app.app_context():
        for change in (update(PersonWas).values(name="x"), delete(PersonWas)):
            with pytest.raises(IntegrityError):
                units().run(partial(_execute, change))


def _execute(change: Any, session: Any) -> None:
    session.execute(change)

"""Nobody came: found once, checked with the department before anything is said of it (M5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall.actor import SYSTEM_ACTOR
from hall.rota.presence.absences import find_absences
from hall.unit_of_work import perform
from tests.cases_at_work import at
from tests.on_the_day import ENDS, STARTS, OnTheDay

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def found(app: Flask, moment: datetime) -> int:
    with app.app_context(), at(moment):
        return perform(SYSTEM_ACTOR, find_absences, None)


def test_M5_an_absence_is_found_once_when_the_turn_is_over(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    assert found(app, ENDS - timedelta(minutes=1)) == 0
    assert found(app, ENDS) == 1
    assert found(app, ENDS + timedelta(hours=1)) == 0
    marks = hall.marks(ENDS)
    assert (marks["第1局"]["absence"], marks["第0局"]["absence"]) == ("found", "")


def test_M5_an_absence_is_checked_with_the_department_first(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    found(app, ENDS)
    one, other = duties[0], duties[1]
    with at(ENDS):
        assert hall.code(f"/duties/{one}/absence/confirm", {}) == "not_asked"
        assert hall.code(f"/duties/{one}/absence/ask", None, "head0") == "forbidden"
        assert hall.must("POST", f"/duties/{one}/absence/ask")["state"] == "asked"
        assert hall.code(f"/duties/{one}/absence/confirm", {}, "head1") == "forbidden"
        assert hall.must("POST", f"/duties/{one}/absence/confirm", {}, "liaison0")["state"] == "confirmed"
        assert hall.code(f"/duties/{one}/absence/explain", {"reason": "illness"}) == "conflict"
        assert hall.code(f"/duties/{other}/absence/explain", {"reason": "other"}, "head1") == "invalid"
        said = {"reason": "leadership", "said": "县委常委会扩大会议"}
        assert hall.must("POST", f"/duties/{other}/absence/explain", said, "head1")["state"] == "explained"
        assert hall.code("/duties/987654/absence/ask") == "unknown_duty"
    row = hall.marks(ENDS)["第1局"]
    assert (row["mark"], row["absence"], row["reason"]) == ("absent", "explained", "leadership")


def test_M5_nobody_is_asked_about_who_was_there(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    found(app, ENDS)
    with at(ENDS):
        assert hall.code(f"/duties/{duties[0]}/absence/ask") == "unknown_absence"

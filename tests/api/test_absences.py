"""Nobody came: found once, checked with the department before anything is said of it (M5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.accounts.models import Staff
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.journal import JournalEntry
from hall.rota.presence.absences import find_absences
from hall.rota.presence.models import Absence
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.on_the_day import ENDS, STARTS, OnTheDay

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

LATER = ENDS + timedelta(hours=4)
TOLD = {"answered_at": ENDS, "reason": "flood"}


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
        assert hall.must("POST", f"/duties/{other}/absence/explain", said, "head1")["state"] == "stated"
        assert hall.code("/duties/987654/absence/ask") == "unknown_duty"
    row = hall.marks(ENDS)["第1局"]
    assert (row["mark"], row["absence"], row["reason"]) == ("absent", "stated", "leadership")


def test_M5_nobody_is_asked_about_who_was_there(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    found(app, ENDS)
    with at(ENDS):
        assert hall.code(f"/duties/{duties[0]}/absence/ask") == "unknown_absence"


def stated(hall: OnTheDay, app: Flask, **more: Any) -> int:
    """The first department says why nobody came."""
    duty = hall.begin()[0]
    found(app, ENDS)
    with at(ENDS):
        said = {"reason": "flood", "said": "河堤巡查", **more}
        hall.must("POST", f"/duties/{duty}/absence/explain", said, "liaison0")
    return duty


def test_M5_an_explanation_is_a_statement_that_the_manager_accepts_with_name_and_time(
    hall: OnTheDay, app: Flask
) -> None:
    duty = stated(hall, app)
    with at(LATER):
        for who in ("head0", "liaison0", "head1"):
            assert hall.code(f"/duties/{duty}/absence/accept", {}, who) == "forbidden"
            assert hall.code(f"/duties/{duty}/absence/uphold", {}, who) == "forbidden"
        done = hall.must("POST", f"/duties/{duty}/absence/accept", {"why": "情况属实"})
        assert done["state"] == "excused"
        for verb in ("accept", "uphold"):
            assert hall.code(f"/duties/{duty}/absence/{verb}", {}) == "conflict"
        assert hall.code(f"/duties/{duty}/absence/explain", {"reason": "flood"}, "head0") == "conflict"
    row = hall.marks(LATER)["第0局"]
    assert (row["absence"], row["why"], row["decided_at"][:16]) == ("excused", "情况属实", "2026-03-30T15:30")
    with app.app_context():
        name = db.session.scalar(select(Staff.name).where(Staff.user == "manager"))
        last = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert row["decided_by"] == name
    assert (last.fact, last.at) == ("absence_decided", LATER)
    assert '"reason":"excused"' in last.data
    assert "河堤" not in last.data


def test_M5_an_explanation_that_is_not_accepted_leaves_the_absence(hall: OnTheDay, app: Flask) -> None:
    duty = stated(hall, app, printed=True)
    with at(LATER):
        assert hall.must("POST", f"/duties/{duty}/absence/uphold", {})["state"] == "upheld"
    row = hall.marks(LATER)["第0局"]
    assert (row["mark"], row["absence"], row["said"], row["printed"]) == (
        "absent",
        "upheld",
        "河堤巡查",
        True,
    )


def test_M5_without_an_answer_the_manager_decides_only_after_the_last_day(hall: OnTheDay, app: Flask) -> None:
    duty = hall.begin()[0]
    found(app, ENDS)
    with at(ENDS):
        for verb in ("accept", "uphold"):
            assert hall.code(f"/duties/{duty}/absence/{verb}", {}) == "conflict"  # nobody was asked yet
        hall.must("POST", f"/duties/{duty}/absence/ask")
    assert hall.marks(ENDS)["第0局"]["answer_by"] == "2026-04-02"
    with at(ENDS + timedelta(days=3)):
        assert hall.code(f"/duties/{duty}/absence/uphold", {}) == "still_time"
    with at(ENDS + timedelta(days=4)):
        assert hall.code(f"/duties/{duty}/absence/accept", {}) == "conflict"
        assert hall.must("POST", f"/duties/{duty}/absence/uphold", {})["state"] == "upheld"


def test_M5_a_department_can_answer_after_the_last_day_until_it_is_decided(
    hall: OnTheDay, app: Flask
) -> None:
    duty = hall.begin()[0]
    found(app, ENDS)
    with at(ENDS):
        hall.must("POST", f"/duties/{duty}/absence/ask")
    with at(ENDS + timedelta(days=9)):
        said = {"reason": "illness", "said": ""}
        assert hall.must("POST", f"/duties/{duty}/absence/explain", said, "head0")["state"] == "stated"


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({**TOLD, "state": "excused"}, "decided"),
        ({"state": "upheld", "decided_at": ENDS, "decided_by": 1}, "heard"),
        ({**TOLD, "state": "excused", "decided_at": ENDS}, "decider"),
        ({"state": "asked", "asked_at": ENDS}, "limit"),
        ({"state": "stated", "answered_at": ENDS}, "reason"),
        ({"state": "explained"}, "state"),
    ],
)
def test_M5_the_database_takes_no_decision_without_its_maker(
    hall: OnTheDay, app: Flask, values: dict[str, Any], broken: str
) -> None:
    hall.begin()
    found(app, ENDS)
    with app.app_context(), pytest.raises(IntegrityError, match=f"ck_absence_{broken}"):
        units().run(lambda session: session.execute(update(Absence).values(**values)))

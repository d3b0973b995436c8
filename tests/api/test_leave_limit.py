"""So many leaves a department and quarter, beyond it only for the leadership or flood, with a reason (M4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.database import db
from hall.rota.wish_models import Wish
from hall.unit_of_work import units
from tests.cases_at_work import at
from tests.rota_at_work import CODE, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

DAYS = ("2026-03-16", "2026-03-23", "2026-03-30")


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield mondays


def turns(hall: Mondays, limit: int = 2) -> list[int]:
    """One department's turns of three published days, and as many leaves a quarter."""
    hall.must("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(leaves=limit))
    for day in DAYS:
        hall.sign(hall.seats(day)[0], 0)
    return [published(hall, day)[0] for day in DAYS]


def published(hall: Mondays, day: str) -> list[int]:
    """Publish a day on its eve; answers its turns."""
    (session,) = hall.sessions(day, day)
    with at(datetime.fromisoformat(f"{day}T01:00+00:00") - timedelta(days=1)):
        hall.must("POST", f"/rota-sessions/{session['session']}/publish")
    seats = hall.sessions(day, day)[0]["seats"]
    return [seat["sitting"]["duty"] for seat in seats if seat["sitting"]]


def leave(hall: Mondays, duty: int, reason: str = "illness") -> int:
    asked = hall.must("POST", f"/duties/{duty}/leave", {"reason": reason}, "head0")
    return int(asked["id"])


def test_M4_a_department_has_two_leaves_a_quarter_unless_the_reception_says_otherwise(hall: Mondays) -> None:
    one, two, three = turns(hall)
    for duty in (one, two):
        hall.must("POST", f"/duty-wishes/{leave(hall, duty)}/approve")
    for reason in ("illness", "other"):
        body = {"reason": reason, "note": "出差"}
        assert hall.code(f"/duties/{three}/leave", body, "head0") == "leave_limit"
    hall.must("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(leaves=3))
    assert hall.must("POST", f"/duty-wishes/{leave(hall, three)}/approve")["state"] == "approved"


def test_M4_what_was_asked_before_the_limit_was_reached_is_not_approved_beyond_it(hall: Mondays) -> None:
    one, two, _three = turns(hall, 1)
    first, second = leave(hall, one), leave(hall, two)
    hall.must("POST", f"/duty-wishes/{first}/approve")
    assert hall.code(f"/duty-wishes/{second}/approve") == "leave_limit"
    beyond = {"why": "确有特殊情况"}
    assert (
        hall.code(f"/duty-wishes/{second}/approve-beyond", beyond) == "leave_limit"
    )  # an illness is no flood
    assert hall.must("POST", f"/duty-wishes/{second}/refuse")["state"] == "refused"


def test_M4_leadership_and_flood_go_beyond_with_the_managers_reason(hall: Mondays, app: Flask) -> None:
    one, two, three = turns(hall, 1)
    hall.must("POST", f"/duty-wishes/{leave(hall, one)}/approve")
    for duty, reason in ((two, "flood"), (three, "leadership")):
        wish = leave(hall, duty, reason)
        said = hall.ask("POST", f"/duty-wishes/{wish}/approve").get_json()
        assert (said["code"], list(said["errors"])) == ("invalid", ["beyond"])
        why = {"why": " 县防指  统一调度 "}
        assert hall.code(f"/duty-wishes/{wish}/approve-beyond", why, "head0") == "forbidden"
        assert hall.must("POST", f"/duty-wishes/{wish}/approve-beyond", why)["state"] == "approved"
    with app.app_context():
        rows = db.session.execute(
            select(Wish.place, Wish.beyond).where(Wish.kind == "leave").order_by(Wish.id)
        ).all()
    assert [tuple(row) for row in rows] == [(1, ""), (None, "县防指 统一调度"), (None, "县防指 统一调度")]
    assert hall.standing("2026-1")["第0局"]["owed"] == 3  # each of them owes a turn


def test_M4_another_department_or_quarter_has_its_own_leaves(hall: Mondays, app: Flask) -> None:
    hall.must("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(leaves=1))
    hall.sign(hall.seats(DAYS[0])[0], 0)
    hall.sign(hall.seats(DAYS[0])[1], 1)
    for number, duty in enumerate(published(hall, DAYS[0])):
        asked = {"reason": "illness"}
        wish = hall.must("POST", f"/duties/{duty}/leave", asked, f"head{number}")["id"]
        assert hall.must("POST", f"/duty-wishes/{wish}/approve")["state"] == "approved"
    with app.app_context():
        assert set(db.session.scalars(select(Wish.place).where(Wish.kind == "leave"))) == {1}


def test_M4_the_limit_is_held_by_the_database_too(hall: Mondays, app: Flask) -> None:
    one, two, _three = turns(hall)
    for duty in (one, two):
        hall.must("POST", f"/duty-wishes/{leave(hall, duty)}/approve")
    with app.app_context():
        for change in (
            update(Wish).values(place=1),  # one place twice
            update(Wish).values(place=None),  # approved, and not counted
            update(Wish).where(Wish.duty_id == one).values(place=None, beyond="病假"),  # no flood
            update(Wish).where(Wish.duty_id == one).values(state="refused", decided_by=None),
        ):
            with pytest.raises(IntegrityError):
                units().run(partial(_execute, change))


def test_M4_a_limit_is_from_none_to_one_a_week(hall: Mondays) -> None:
    for wrong in (-1, 14):
        said = hall.ask("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(leaves=wrong))
        assert (said.status_code, "leaves" in said.get_json()["errors"]) == (422, True)
    (one, *_others) = turns(hall, 0)
    assert hall.code(f"/duties/{one}/leave", {"reason": "illness"}, "head0") == "leave_limit"


def _execute(change: Any, session: Any) -> None:
    session.execute(change)

"""Citizens whose head sits no longer at their time are called, on both databases; who came is not stuck (M4, M6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.accounts.roles import Can
from hall.actor import SYSTEM_ACTOR, Actor, ActorKind
from hall.database import db
from hall.errors import Conflict
from hall.rota.matters import taking
from hall.rota.matters.calling_off import to_call
from hall.rota.matters.jobs import miss_matters
from hall.rota.matters.models import HardMatter
from hall.rota.models import RotaSession
from hall.unit_of_work import perform
from tests.cases_at_work import at
from tests.matters_at_work import BEFORE, DAY, PUBLISHED, Reception
from tests.rota_at_work import CODE, EARLY, LAST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

EARLIER_DAY, OTHER_DAY = "2026-03-16", "2026-03-30"
BECAUSE = "台风预警，大厅停止对外服务"
LATER = BEFORE + timedelta(days=1)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Reception]:
    with at(EARLY):
        reception = Reception(client, demo)
    with at(PUBLISHED):
        yield reception


def turn(hall: Reception, number: int = 0, day: str = DAY) -> int:
    """The turn of a department on a day."""
    (session,) = hall.mondays.sessions(day, day)
    sitting = [seat["sitting"] for seat in session["seats"] if seat["sitting"]]
    found: int = next(one["duty"] for one in sitting if one["body_name"] == f"第{number}局")
    return found


def leave(hall: Reception, number: int = 0, day: str = DAY) -> None:
    asked = {"reason": "flood"}
    wish = hall.mondays.must("POST", f"/duties/{turn(hall, number, day)}/leave", asked, f"head{number}")["id"]
    hall.mondays.must("POST", f"/duty-wishes/{wish}/approve")


def swap(hall: Reception, mine: int, other: int, who: str, asked: str) -> None:
    key = hall.mondays.must("POST", f"/duties/{mine}/swap", {"other": other}, who)["id"]
    hall.mondays.must("POST", f"/swaps/{key}/accept", who=asked)
    hall.mondays.must("POST", f"/swaps/{key}/approve")


def other_day(hall: Reception, number: int) -> None:
    """Another day is published, on which a department sits."""
    with at(EARLY):
        hall.mondays.sign(hall.mondays.seats(OTHER_DAY)[0], number)
    hall.mondays.published(OTHER_DAY)


def to_be_called(hall: Reception, app: Flask) -> list[tuple[int, int, bool]]:
    with app.app_context():
        rota = db.session.scalar(select(RotaSession.rota_id).where(RotaSession.id == hall.session)) or 0
        found = [(one.session, one.bookings, one.cancelled) for one in to_call(db.session(), rota)]
        db.session.remove()
    return found


def states(app: Flask) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(select(HardMatter.state).order_by(HardMatter.id)))
        db.session.remove()
    return found


def miss(app: Flask) -> str:
    """The desk says that the first one did not come; answers the state, or why not."""
    with app.app_context():
        row = db.session.scalars(select(HardMatter).order_by(HardMatter.id).limit(1)).one()
        nonce, desk = row.nonce, Actor(ActorKind.STAFF, None, row.site_id, frozenset({Can.DESK_WORK}))
        db.session.remove()
        try:
            return perform(desk, taking.miss, nonce).row.state
        except Conflict as problem:
            return problem.code


def pages(hall: Reception, path: str, who: str = "manager") -> str:
    return hall.client.get(path, headers={"Authorization": f"Bearer {hall.mondays.tokens[who]}"}).text


@pytest.mark.parametrize("how", ["leave", "swap"])
def test_M4_M6_who_booked_a_head_that_comes_no_longer_is_called_and_missed_nothing(
    hall: Reception, app: Flask, how: str
) -> None:
    token = hall.book()["token"]
    kept = hall.book(number=1)["token"]
    if how == "leave":
        leave(hall)
    else:
        other_day(hall, 2)
        swap(hall, turn(hall), turn(hall, 2, OTHER_DAY), "head0", "head2")
    assert to_be_called(hall, app) == [(hall.session, 1, False)]
    assert "还有 1 位预约群众待电话告知" in pages(hall, f"/admin/receptions/{CODE}?quarter=2026-1")
    shown = pages(hall, f"/admin/receptions/{CODE}/sessions/{hall.session}")
    assert shown.count("138****4321") == 1 and "所约负责人不到场的群众" in shown
    assert hall.code(f"/receptions/bookings/{kept}/call-off", who="manager") == "not_cancelled"
    with at(LATER), app.app_context():
        assert perform(SYSTEM_ACTOR, miss_matters, None) == 1, "of the department that sat"
    assert states(app) == ["booked", "not_come"]
    with at(LATER):
        assert miss(app) == "cancelled"
    called = hall.must("POST", f"/receptions/bookings/{token}/call-off", who="manager")
    assert called["state"] == "called_off"
    assert to_be_called(hall, app) == []
    told = hall.client.get(f"/mondays/book/{token}").text
    assert "该单位此时段已不接待" in told and "本次预约已取消" in told


def test_M4_M6_a_turn_at_another_half_of_the_day_hears_no_booking_of_the_morning(
    hall: Reception, app: Flask
) -> None:
    """The rota has an afternoon: the first department changes its morning for the afternoon of the third."""
    mondays = hall.mondays
    with at(EARLY):
        places = [{"window": "xixian-05", "part": part} for part in ("am", "pm")]
        hours = {"pm_starts": "14:30", "pm_ends": "17:00"}
        mondays.must("PUT", f"/sites/xixian/rotas/{CODE}", mondays.rota(places=places, **hours))
        mondays.term("2026-03-30", LAST)
        for number, seat in enumerate(mondays.seats(OTHER_DAY)):
            mondays.sign(seat, number + 2)
    turns = mondays.published(OTHER_DAY)
    (session,) = mondays.sessions(OTHER_DAY, OTHER_DAY)
    mine = {"session": session["session"], "body": turns[OTHER_DAY, 0]["body"]}
    wish = hall.wish(**mine, starts_at=f"{OTHER_DAY}T09:00:00+08:00")
    hall.must("POST", "/sites/xixian/receptions/bookings", wish)
    assert to_be_called(hall, app) == []
    swap(hall, turn(hall, 2, OTHER_DAY), turn(hall, 3, OTHER_DAY), "head2", "head3")
    assert to_be_called(hall, app) == [(session["session"], 1, False)]
    with at(LATER + timedelta(days=7)), app.app_context():
        assert perform(SYSTEM_ACTOR, miss_matters, None) == 0


def test_M6_who_came_is_heard_on_a_later_day_too(hall: Reception) -> None:
    token = hall.book()["token"]
    with at(BEFORE):
        hall.must("POST", f"/receptions/bookings/{token}/arrive", who="manager")
    with at(LATER):
        taken = hall.must("POST", f"/receptions/bookings/{token}/take-up", who="head0")
    assert taken["state"] == "taken_up"


def test_M6_who_came_and_went_unheard_is_ended_once_the_day_is_over(hall: Reception, app: Flask) -> None:
    token = hall.book()["token"]
    with at(BEFORE):
        hall.must("POST", f"/receptions/bookings/{token}/arrive", who="manager")
        page = pages(hall, f"/mondays/matters/{token}", "head0")
        assert f"/matters/{token}/take-up" in page and f"/matters/{token}/miss" not in page
    with at(BEFORE + timedelta(hours=6)):
        assert miss(app) == "too_early"
    with at(LATER):
        assert f"/matters/{token}/miss" in pages(hall, f"/mondays/matters/{token}", "head0")
        assert miss(app) == "not_come"


def test_M6_who_came_before_the_day_was_cancelled_is_told_too(hall: Reception, app: Flask) -> None:
    token = hall.book()["token"]
    with at(BEFORE):
        hall.must("POST", f"/receptions/bookings/{token}/arrive", who="manager")
        hall.mondays.must("POST", f"/rota-sessions/{hall.session}/cancel", {"because": BECAUSE})
        assert to_be_called(hall, app) == [(hall.session, 1, True)]
        assert "138****4321" in pages(hall, f"/admin/receptions/{CODE}/sessions/{hall.session}")
        done = hall.must("POST", f"/receptions/bookings/{token}/call-off", who="manager")
    assert done["state"] == "called_off"


def test_M4_a_turn_that_made_a_leave_good_does_so_after_a_swap_until_its_day_is_cancelled(
    hall: Reception,
) -> None:
    """Leave of the 16th, made good on the 30th, which is swapped for the 23rd, which is cancelled."""
    mondays = hall.mondays
    with at(EARLY):
        mondays.sign(mondays.seats(EARLIER_DAY)[0], 2)
    (session,) = mondays.sessions(EARLIER_DAY, EARLIER_DAY)
    with at(PUBLISHED - timedelta(days=8)):
        mondays.must("POST", f"/rota-sessions/{session['session']}/publish")
        leave(hall, 2, EARLIER_DAY)
    other_day(hall, 2)
    assert mondays.standing("2026-1")["第2局"]["owed"] == 0
    swap(hall, turn(hall, 2, OTHER_DAY), turn(hall), "head2", "head0")
    assert mondays.standing("2026-1")["第2局"]["owed"] == 0
    mondays.must("POST", f"/rota-sessions/{hall.session}/cancel", {"because": BECAUSE})
    assert mondays.standing("2026-1")["第2局"]["owed"] == 1

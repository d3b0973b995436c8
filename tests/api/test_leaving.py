"""Leaving without the code: said by the clerk or the manager, objected to, or not signed out at all (M5)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.rota.payloads import coming
from hall.rota.presence.leaving import close_unsigned
from hall.rota.presence.models import Attendance, Leaving, LeavingObjection, SatBeside
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.on_the_day import ENDS, STARTS, OnTheDay
from tests.rota_at_work import WINDOWS

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.api.at_work import Reply

MINUTE = timedelta(minutes=1)
NAME = "第0局"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def clerk_says(
    hall: OnTheDay, duty: int, moment: datetime, body: dict[str, Any], window: str = WINDOWS[0]
) -> Reply:
    with at(moment):
        user = hall.work.by_window[window]["user"]
        return hall.work.staff(user, "POST", f"duties/{duty}/presence/said", body)


def manager_says(hall: OnTheDay, duty: int, moment: datetime, body: dict[str, Any]) -> dict[str, Any]:
    with at(moment):
        done: dict[str, Any] = hall.must("POST", f"/duties/{duty}/presence/said", body)
        return done


def close(app: Flask, moment: datetime) -> int:
    with app.app_context(), at(moment):
        return perform(SYSTEM_ACTOR, close_unsigned, None)


def mark(hall: OnTheDay, moment: datetime) -> tuple[str, int, str, str | None]:
    row = hall.marks(moment)[NAME]
    return row["mark"], row["early_min"], row["left_how"], row["left_at"] and row["left_at"][11:16]


def test_M5_who_leaves_without_the_code_is_said_to_by_the_windows_clerk_and_left_early(
    hall: OnTheDay,
) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    done = clerk_says(hall, duties[0], STARTS + 40 * MINUTE, {"left": "09:30", "reason": "called_away"})
    assert (done.status, done.json["early_min"], done.json["said_as"]) == (200, 120, "clerk")
    assert mark(hall, ENDS) == ("left_early", 120, "clerk", "09:30")
    row = hall.marks(ENDS)[NAME]
    assert (row["left_reason"], row["said_by"] != "") == ("called_away", True)


def test_M5_without_a_time_they_left_just_now(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    assert clerk_says(hall, duties[0], STARTS + 72 * MINUTE, {}).status == 200
    assert mark(hall, ENDS) == ("left_early", 78, "clerk", "10:12")


def test_M5_nobody_leaves_in_the_future_nor_before_they_came(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS + 10 * MINUTE + timedelta(seconds=40))
    for left in ("09:09", "09:21", "23:59", "24:00", "9", "spät"):
        said = clerk_says(hall, duties[0], STARTS + 20 * MINUTE, {"left": left})
        assert (said.status, said.code, "left" in said.json["errors"]) == (422, "invalid", True), left
    assert (
        clerk_says(hall, duties[0], STARTS + 20 * MINUTE, {"left": "09:10"}).status == 200
    )  # the same minute
    assert mark(hall, ENDS)[2:] == ("clerk", "09:10")


def test_M5_another_reason_needs_words(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    said = clerk_says(hall, duties[0], STARTS + 20 * MINUTE, {"reason": "other"})
    assert (said.status, list(said.json["errors"])) == (422, ["note"])
    assert clerk_says(hall, duties[0], STARTS + 20 * MINUTE, {"reason": "x"}).status == 422
    good = {"reason": "other", "note": " 下乡  检查 "}
    assert clerk_says(hall, duties[0], STARTS + 20 * MINUTE, good).status == 200
    assert hall.marks(ENDS)[NAME]["left_note"] == "下乡 检查"


def test_M5_only_the_windows_clerk_today_and_the_manager_say_it(hall: OnTheDay) -> None:
    duties = hall.begin()
    assert clerk_says(hall, duties[0], STARTS, {}).code == "not_here"
    hall.come(duties[0], 0, STARTS)
    assert clerk_says(hall, duties[0], STARTS + MINUTE, {}, WINDOWS[1]).code == "not_your_window"
    with at(STARTS + MINUTE):
        for who in ("head0", "liaison0", "head1"):
            assert hall.code(f"/duties/{duties[0]}/presence/said", {}, who) == "forbidden"
        assert hall.code("/duties/987654/presence/said", {}) == "unknown_duty"
    assert clerk_says(hall, duties[0], STARTS + timedelta(days=1), {}).code == "not_today"
    with at(STARTS - timedelta(days=1)):
        assert hall.code(f"/duties/{duties[0]}/presence/said", {}) == "not_yet"
    assert (
        manager_says(hall, duties[0], STARTS + timedelta(days=1), {"left": "10:00"})["said_as"] == "manager"
    )


def test_M5_nobody_says_it_of_their_own_department(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    body = hall.body(0)
    body["people"][1]["user"] = "manager"
    hall.must("POST", "/sites/xixian/rotas/directors/bodies", body)
    with at(STARTS + MINUTE):
        assert hall.code(f"/duties/{duties[0]}/presence/said", {}) == "forbidden"


def test_M5_the_last_word_counts_and_the_managers_before_the_clerks(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    later = STARTS + 80 * MINUTE
    assert clerk_says(hall, duties[0], later, {"left": "09:30"}).status == 200
    assert clerk_says(hall, duties[0], later, {"left": "10:00"}).status == 200  # mistyped before
    assert mark(hall, ENDS)[3] == "10:00"
    manager_says(hall, duties[0], later, {"left": "10:15"})
    assert clerk_says(hall, duties[0], later, {"left": "09:30"}).code == "said_by_manager"
    assert mark(hall, ENDS) == ("left_early", 75, "manager", "10:15")
    with app.app_context():
        assert len(db.session.scalars(select(Leaving)).all()) == 3  # all of them are kept


def test_M5_leaving_by_code_stands_before_any_word(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    assert clerk_says(hall, duties[0], STARTS + 30 * MINUTE, {}).status == 200
    assert hall.leave(duties[0], 0, ENDS - MINUTE)["early_min"] == 0  # was there all the time
    assert mark(hall, ENDS) == ("present", 0, "code", "11:29")
    assert clerk_says(hall, duties[0], ENDS, {}).code == "left_by_code"


def test_M5_the_department_objects_and_the_manager_sees_it_until_it_is_answered(hall: OnTheDay) -> None:
    duties = hall.begin()
    path = f"/duties/{duties[0]}/presence/objection"
    hall.come(duties[0], 0, STARTS)
    with at(STARTS + 50 * MINUTE):
        assert hall.code(path, {"text": "我在"}, "head0") == "nothing_said"
        clerk_says(hall, duties[0], STARTS + 50 * MINUTE, {"left": "09:40"})
        for who in ("head1", "liaison1", "manager"):
            assert hall.code(path, {"text": "我在"}, who) == "forbidden"
        assert hall.code(path, {"text": "  "}, "head0") == "invalid"
        hall.must("POST", path, {"text": "只是去窗口后复印材料"}, "head0")
        assert hall.code(path, {"text": "再说一次"}, "liaison0") == "objected"
    assert hall.marks(ENDS)[NAME]["objection"] == "只是去窗口后复印材料"
    assert "只是去窗口后复印材料" in room(hall)
    with at(ENDS):
        hall.must("POST", f"/duties/{duties[0]}/notes", {"text": "已核实：监控可见"})
    assert "disputed-title" not in room(hall)
    assert hall.marks(ENDS)[NAME]["objection"]  # it stays on the record


def room(hall: OnTheDay) -> str:
    with at(ENDS):
        headers = {"Authorization": f"Bearer {hall.tokens['manager']}"}
        return hall.client.get("/receptions/today", headers=headers).text


def test_M5_an_objection_ends_with_a_later_word_too_which_can_be_objected_to(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    clerk_says(hall, duties[0], STARTS + 50 * MINUTE, {"left": "09:40"})
    path = f"/duties/{duties[0]}/presence/objection"
    with at(STARTS + 51 * MINUTE):
        hall.must("POST", path, {"text": "10:30才走"}, "liaison0")
    assert "disputed-title" in room(hall)
    manager_says(hall, duties[0], ENDS, {"left": "10:30"})
    assert "disputed-title" not in room(hall)
    assert mark(hall, ENDS) == ("left_early", 60, "manager", "10:30")
    with at(ENDS):
        hall.must("POST", path, {"text": "10:50才走"}, "head0")
    assert "disputed-title" in room(hall)


def test_M5_whom_nobody_signed_out_is_present_not_signed_out_and_closed_once(
    hall: OnTheDay, app: Flask
) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    hall.come(duties[1], 1, STARTS)
    hall.leave(duties[1], 1, ENDS - MINUTE)
    assert close(app, ENDS - MINUTE) == 0
    assert mark(hall, ENDS) == ("present", 0, "", None)
    assert [close(app, ENDS), close(app, ENDS + MINUTE)] == [1, 0]
    assert mark(hall, ENDS) == ("present", 0, "unsigned", "11:30")
    assert hall.marks(ENDS)["第1局"]["left_how"] == "code"


def test_M5_who_was_not_signed_out_can_still_be_by_code_or_by_word(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    hall.come(duties[1], 1, STARTS)
    close(app, ENDS)
    assert hall.leave(duties[0], 0, ENDS + 5 * MINUTE)["early_min"] == 0
    assert mark(hall, ENDS + 6 * MINUTE) == ("present", 0, "code", "11:35")
    manager_says(hall, duties[1], ENDS + timedelta(days=1), {"left": "10:30"})
    row = hall.marks(ENDS)["第1局"]
    assert (row["mark"], row["early_min"]) == ("left_early", 60)


def test_M5_who_is_said_to_have_left_is_not_shown_as_receiving_nor_sits_beside(
    hall: OnTheDay, app: Flask
) -> None:
    duties = hall.begin()
    hall.work.serve(WINDOWS[0], "A")
    hall.come(duties[0], 0, STARTS)
    later = STARTS + 20 * MINUTE
    with app.app_context(), at(later):
        assert coming(db.session(), [duties[0]]) == {duties[0]: "head"}
    assert clerk_says(hall, duties[0], later, {}).status == 200
    with at(later):
        hall.work.draw()
        hall.work.at(WINDOWS[0], "call-next")
        hall.work.at(WINDOWS[0], "start")
    with app.app_context(), at(later):
        assert coming(db.session(), [duties[0]]) == {}
        assert db.session.scalars(select(SatBeside)).all() == []


def test_M5_what_was_said_is_never_changed_in_the_database_too(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    clerk_says(hall, duties[0], STARTS + 20 * MINUTE, {})
    with at(STARTS + 21 * MINUTE):
        hall.must("POST", f"/duties/{duties[0]}/presence/objection", {"text": "不对"}, "head0")
    with app.app_context():
        key = db.session.scalars(select(Attendance.id).where(Attendance.duty_id == duties[0])).one()
        closed = {"attendance_id": key, "how": "unsigned", "left_at": ENDS, "early_min": 0, "at": ENDS}
        units().run(partial(_execute, insert(Leaving).values(**closed)))
        for change in (
            update(Leaving).values(early_min=0),
            update(LeavingObjection).values(text="anders"),
            delete(LeavingObjection),
            delete(Leaving),
            insert(Leaving).values(**closed),  # not signed out is once
            insert(Leaving).values(**closed, staff_id=1),  # by time, or by somebody
            insert(Leaving).values(
                **{
                    **closed,
                    "how": "said",
                    "said_as": "clerk",
                    "reason": "not_told",
                    "staff_id": 1,
                    "left_at": ENDS + MINUTE,
                }
            ),  # in the future
        ):
            with pytest.raises(IntegrityError):
                units().run(partial(_execute, change))


def _execute(change: Any, session: Any) -> None:
    session.execute(change)

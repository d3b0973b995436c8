"""Coming and leaving by the code on the window's console (M5), on both databases."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from hall.accounts.models import Staff
from hall.database import db
from hall.rota.presence.models import Attendance, AttendanceNote, CodeUse
from hall.unit_of_work import units
from tests.cases_at_work import at
from tests.on_the_day import DAY, ENDS, STARTS, OnTheDay
from tests.rota_at_work import WINDOWS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def refused(hall: OnTheDay, duty: int, body: dict[str, Any], who: str = "head0", end: str = "") -> str:
    return hall.code(f"/duties/{duty}/presence{end}", body, who)


def test_M5_the_director_types_the_code_and_is_here_then_leaves(hall: OnTheDay) -> None:
    duties = hall.begin()
    done = hall.come(duties[0], 0, STARTS + 4 * MINUTE)
    assert (done["post"], done["agreed"], done["late_min"], done["left_at"]) == ("head", True, 0, None)
    assert hall.marks(STARTS + 5 * MINUTE)["第0局"]["mark"] == "present"
    assert hall.leave(duties[0], 0, ENDS - 5 * MINUTE)["early_min"] == 0
    row = hall.marks(ENDS)["第0局"]
    assert (row["mark"], row["came"], row["window"], row["absence"]) == ("present", "局长0", WINDOWS[0], "")


def test_M5_late_and_left_early_are_told_apart_with_their_minutes(hall: OnTheDay) -> None:
    duties = hall.begin()
    assert hall.come(duties[0], 0, STARTS + 21 * MINUTE)["late_min"] == 21
    assert hall.marks(STARTS + 22 * MINUTE)["第0局"]["mark"] == "late"
    hall.come(duties[1], 1, STARTS - 10 * MINUTE)
    assert hall.leave(duties[1], 1, ENDS - 40 * MINUTE)["early_min"] == 40
    row = hall.marks(ENDS)["第1局"]
    assert (row["mark"], row["early_min"], row["late_min"]) == ("left_early", 40, 0)


def test_M5_who_has_not_come_is_expected_until_the_end_and_then_absent(hall: OnTheDay) -> None:
    hall.begin()
    assert hall.marks(ENDS - MINUTE)["第0局"]["mark"] == "expected"
    assert hall.marks(ENDS)["第0局"]["mark"] == "absent"


def test_M5_a_code_of_another_minute_or_window_or_none_is_refused_in_words(hall: OnTheDay) -> None:
    duties = hall.begin()
    for back, code in ((2, "old_code"), (20, "old_code"), (-1, "wrong_code")):
        body = {"code": hall.digits(0, STARTS - back * MINUTE)}
        with at(STARTS):
            assert refused(hall, duties[0], body) == code
    with hall.showing(0, STARTS, window=WINDOWS[1]) as body:
        said = hall.ask("POST", f"/duties/{duties[0]}/presence", body, "head0").get_json()
    assert (said["code"], "5" in said["detail"]) == ("other_window", True)
    assert "code" in said["errors"]
    body = {"code": hall.digits(0, STARTS - MINUTE)}  # read at the last second
    with at(STARTS):
        assert hall.must("POST", f"/duties/{duties[0]}/presence", body, "head0")["post"] == "head"


def test_M5_a_code_is_good_once(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    with hall.showing(0, STARTS) as body:
        assert refused(hall, duties[0], body, end="/end") == "used_code"
        assert refused(hall, duties[0], body) == "already_here"
    again = select(CodeUse)
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(lambda session: _twice(session, session.scalars(again).one()))


def _execute(change: Any, session: Any) -> None:
    session.execute(change)


def _twice(session: Any, row: CodeUse) -> None:
    values = {
        name: getattr(row, name) for name in ("session_id", "window_id", "minute", "duty_id", "used_at")
    }
    session.expunge(row)
    session.add(CodeUse(**values))
    session.flush()


def test_M5_guesses_are_limited_by_account(hall: OnTheDay) -> None:
    duties = hall.begin()
    right = hall.digits(0, STARTS)
    wrong = {"code": "000000" if right != "000000" else "111111"}
    with at(STARTS):
        said = [
            hall.ask("POST", f"/duties/{duties[0]}/presence", wrong, "head0").status_code for _ in range(11)
        ]
        assert said == [*[422] * 10, 429]
        assert hall.ask("POST", f"/duties/{duties[0]}/presence", {"code": right}, "head0").status_code == 429
        assert hall.must("POST", f"/duties/{duties[0]}/presence", {"code": right}, "liaison0")["agreed"]


def test_M5_the_liaison_shows_it_for_the_head_and_nobody_else_does(hall: OnTheDay) -> None:
    duties = hall.begin()
    with hall.showing(0, STARTS) as body:
        for who in ("manager", "head1", "liaison1"):
            assert refused(hall, duties[0], body, who) == "forbidden"
        stranger = {**body, "person": hall.people()["局长1"]}
        assert refused(hall, duties[0], stranger, "liaison0") == "invalid"
        liaison = {**body, "person": hall.people()["联络员0"]}
        assert refused(hall, duties[0], liaison, "liaison0") == "invalid"
        other = {**body, "person": hall.people()["副局长0"]}
        assert refused(hall, duties[0], other) == "forbidden"
    assert hall.come(duties[0], 0, STARTS, "liaison0")["post"] == "head"
    assert hall.marks(STARTS)["第0局"]["came"] == "局长0"


def test_M5_the_clerk_at_the_window_witnesses_it(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    with at(STARTS):
        assert hall.work.at(WINDOWS[0], "close").status == 200
    with hall.showing(0, STARTS) as body:
        assert refused(hall, duties[0], body) == "unstaffed"
        assert hall.work.at(WINDOWS[0], "open").status == 200
    hall.come(duties[0], 0, STARTS + MINUTE)
    with app.app_context():
        seen = select(Staff.user).join(Attendance, Attendance.witnessed_by == Staff.id)
        seen = seen.where(Attendance.duty_id == duties[0])
        assert db.session.scalars(seen).one() == hall.work.by_window[WINDOWS[0]]["user"]


def test_M5_only_on_its_day_from_an_hour_before_until_the_end(hall: OnTheDay) -> None:
    duties = hall.begin()
    for moment, code in (
        (STARTS - timedelta(days=1), "not_today"),
        (STARTS - 61 * MINUTE, "too_early"),
        (ENDS, "over"),
        (STARTS + timedelta(days=1), "not_today"),
    ):
        with hall.showing(0, moment) as body:
            assert refused(hall, duties[0], body) == code
    with hall.showing(0, STARTS) as body:
        assert refused(hall, duties[0], body, end="/end") == "not_here"
        assert refused(hall, 987654, body) == "unknown_duty"


def test_M5_a_stand_in_is_never_counted_as_the_head(hall: OnTheDay) -> None:
    duties = hall.begin()
    deputy = hall.people()["副局长0"]
    with at(STARTS - timedelta(days=3)):
        body = {"person": deputy, "reason": "mission"}
        wish = hall.must("POST", f"/duties/{duties[0]}/stand-in", body, "head0")["id"]
        hall.must("POST", f"/duty-wishes/{wish}/approve")
    assert hall.marks(STARTS)["第0局"]["stand_in"] == "副局长0"
    done = hall.come(duties[0], 0, STARTS, "liaison0")
    assert (done["post"], done["agreed"]) == ("deputy", True)
    row = hall.marks(STARTS)["第0局"]
    assert (row["mark"], row["came"], row["head"]) == ("stand_in", "副局长0", "局长0")


def test_M5_a_deputy_whom_nobody_approved_is_written_down_as_that(hall: OnTheDay) -> None:
    duties = hall.begin()
    done = hall.come(duties[0], 0, STARTS, "liaison0", person=hall.people()["副局长0"])
    assert (done["post"], done["agreed"]) == ("deputy", False)
    assert hall.marks(STARTS)["第0局"]["mark"] == "stand_in"


def test_M5_leave_is_told_apart_from_absence(hall: OnTheDay) -> None:
    duties = hall.begin()
    with at(STARTS - timedelta(days=3)):
        wish = hall.must("POST", f"/duties/{duties[0]}/leave", {"reason": "flood"}, "head0")["id"]
        hall.must("POST", f"/duty-wishes/{wish}/approve")
    found = hall.marks(ENDS)
    assert (found["第0局"]["mark"], found["第0局"]["reason"]) == ("on_leave", "flood")
    assert found["第1局"]["mark"] == "absent"


def test_M5_records_are_annotated_never_edited_in_the_database_too(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS + 10 * MINUTE)
    hall.leave(duties[0], 0, ENDS)
    for text in ("暴雨，道路不通", "已向县政府办说明"):
        with at(ENDS):
            hall.must("POST", f"/duties/{duties[0]}/notes", {"text": text})
    assert hall.marks(ENDS)["第0局"]["note"] == "暴雨，道路不通\n已向县政府办说明"
    assert hall.code(f"/duties/{duties[0]}/notes", {"text": "x"}, "head0") == "forbidden"
    with app.app_context():
        for change in (
            update(Attendance).values(late_min=0),
            update(Attendance).values(left_at=None, early_min=None, left_how=None, left_shown_by=None),
            update(AttendanceNote).values(text="anders"),
            update(CodeUse).values(minute=1),
            *(delete(table) for table in (Attendance, AttendanceNote, CodeUse)),
        ):
            with pytest.raises(IntegrityError):
                units().run(partial(_execute, change))
    assert hall.marks(ENDS)["第0局"]["late_min"] == 10


def test_M5_a_day_to_come_has_no_record_to_annotate(hall: OnTheDay) -> None:
    duties = hall.begin()
    with at(STARTS - timedelta(days=1)):
        assert hall.code(f"/duties/{duties[0]}/notes", {"text": "x"}) == "not_yet"
    assert str(STARTS.date()) == DAY


def test_M5_nobody_witnesses_oneself(hall: OnTheDay) -> None:
    duties = hall.begin()
    body = hall.body(0)
    body["people"][1]["user"] = "manager"
    hall.must("POST", "/sites/xixian/rotas/directors/bodies", body)
    with at(STARTS):
        assert hall.work.at(WINDOWS[0], "close").status == 200
        assert hall.work.at(WINDOWS[0], "open", "manager").status == 200
    with hall.showing(0, STARTS) as given:
        assert refused(hall, duties[0], given, "manager") == "own_witness"

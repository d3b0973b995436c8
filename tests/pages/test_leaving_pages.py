"""Leaving without the code on the phone, in the manager's room, in the year: as such, and to be objected to (M5)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from hall.actor import SYSTEM_ACTOR
from hall.rota.presence.leaving import close_unsigned
from hall.unit_of_work import perform
from tests.cases_at_work import at
from tests.on_the_day import ENDS, STARTS, OnTheDay
from tests.rota_at_work import WINDOWS

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

PAGE = "/mondays/here"
MINUTE = timedelta(minutes=1)
LATER = STARTS + 80 * MINUTE


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def page(hall: OnTheDay, path: str, moment: datetime, who: str = "manager") -> str:
    with at(moment):
        said = hall.client.get(path, headers={"Authorization": f"Bearer {hall.tokens[who]}"})
    assert said.status_code == 200, said.text
    return said.text


def object_to(hall: OnTheDay, duty: int, text: str, who: str = "head0") -> tuple[int, str]:
    with at(LATER):
        headers = {"Authorization": f"Bearer {hall.tokens[who]}"}
        said = hall.client.post(f"{PAGE}/{duty}/objection", data={"text": text}, headers=headers)
    return said.status_code, said.text


def said_by_clerk(hall: OnTheDay, duty: int, **body: str) -> None:
    with at(LATER):
        user = hall.work.by_window[WINDOWS[0]]["user"]
        done = hall.work.staff(user, "POST", f"duties/{duty}/presence/said", body)
    assert done.status == 200, done.text


def test_M5_the_person_reads_on_the_phone_what_the_hall_says_and_objects(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    said_by_clerk(hall, duties[0], left="10:00", reason="called_away")
    for who in ("head0", "liaison0"):
        text = page(hall, PAGE, LATER, who)
        assert "大厅登记您于 10:00 离席" in text
        assert "因公务离席" in text
        assert "早退90分钟" in text
        assert "大厅登记您于 10:00 离席" in page(hall, "/mondays?rota=directors", LATER, who)
    assert "大厅登记您于" not in page(hall, PAGE, LATER, "head1")
    assert "大厅登记您于" not in page(hall, "/mondays?rota=directors", LATER, "head1")
    assert object_to(hall, duties[0], "   ")[0] == 422
    assert object_to(hall, duties[0], "不是我", "head1")[0] == 403
    status, text = object_to(hall, duties[0], "10:20才走")
    assert status == 303
    assert "您的异议：10:20才走" in page(hall, PAGE, LATER, "head0")
    assert "提出异议" not in page(hall, PAGE, LATER, "head0").partition("<main")[2]
    assert "大厅登记您于" not in page(hall, "/mondays?rota=directors", LATER, "head0")
    status, text = object_to(hall, duties[0], "再说")
    assert (status, "已提出异议" in text) == (409, True)


def test_M5_who_is_said_to_have_left_can_still_sign_out_by_code_on_the_phone(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    said_by_clerk(hall, duties[0], left="10:00")
    assert 'name="leave"' in page(hall, PAGE, LATER, "head0")
    hall.leave(duties[0], 0, ENDS)
    text = page(hall, PAGE, ENDS, "head0")
    assert 'name="leave"' not in text
    assert "大厅登记您于" not in text


def test_M5_the_room_shows_who_says_that_somebody_left(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    before = page(hall, "/receptions/today", LATER)
    assert f'id="left-{duties[0]}"' in before
    said_by_clerk(hall, duties[0], left="10:00", reason="other", note="接孩子")
    text = page(hall, "/receptions/today", LATER)
    assert "离席时间由窗口工作人员登记" in text
    assert f"({hall.marks(LATER)['第0局']['said_by']})" in text
    assert "接孩子" in text
    hall.come(duties[1], 1, LATER)
    hall.leave(duties[1], 1, LATER + MINUTE)
    text = page(hall, "/receptions/today", LATER + MINUTE)
    assert f'id="left-{duties[1]}"' not in text  # the code stands


def test_M5_not_signed_out_is_shown_to_the_manager_and_counted(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    year = "/receptions/attendance?rota=directors&year=2026"
    assert page(hall, year, ENDS).count("· 未签退</title>") == 0
    with app.app_context(), at(ENDS):
        perform(SYSTEM_ACTOR, close_unsigned, None)
    assert 'class="room-seat unsigned"' in page(hall, "/receptions/today", ENDS)
    assert "尚未签退" in page(hall, PAGE, ENDS, "head0")
    assert page(hall, year, ENDS).count("· 未签退</title>") == 1
    with at(ENDS):
        headers = {"Authorization": f"Bearer {hall.tokens['manager']}"}
        data = hall.client.get("/receptions/attendance.xlsx?rota=directors&year=2026", headers=headers).data
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    column = heads.index("未签退")
    rows = {row[0].value: row[column].value for row in sheet.iter_rows(min_row=2)}
    assert (rows["第0局"], rows["第1局"]) == (1, 0)


def test_M5_the_console_still_shows_the_code_to_who_has_not_signed_out(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    with app.app_context(), at(ENDS):
        perform(SYSTEM_ACTOR, close_unsigned, None)

    def shown(moment: datetime) -> dict[str, Any] | None:
        user = hall.work.by_window[WINDOWS[0]]["user"]
        with at(moment):
            turn: dict[str, Any] | None = hall.work.staff(user, "GET", f"windows/{WINDOWS[0]}/presence").json[
                "turn"
            ]
        return turn

    turn = shown(ENDS + 10 * MINUTE)
    assert turn is not None
    assert (turn["stage"], turn["left_how"]) == ("left", "unsigned")
    assert shown(ENDS + 30 * MINUTE) is None

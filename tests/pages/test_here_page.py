"""The phone page at the window: what can be done now, and what went wrong, in words (M5)."""

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
    from werkzeug.test import TestResponse

PAGE = "/mondays/here"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def page(hall: OnTheDay, who: str, moment: datetime) -> str:
    with at(moment):
        said = hall.client.get(PAGE, headers={"Authorization": f"Bearer {hall.tokens[who]}"})
    assert said.status_code == 200
    return said.text


def send(hall: OnTheDay, duty: int, moment: datetime, who: str = "head0", **form: str) -> TestResponse:
    with at(moment):
        headers = {"Authorization": f"Bearer {hall.tokens[who]}"}
        return hall.client.post(f"{PAGE}/{duty}", data=form, headers=headers)


def test_M5_on_the_phone_one_types_the_code_and_later_leaves(hall: OnTheDay) -> None:
    duties = hall.begin()
    assert "5号窗口" in page(hall, "head0", STARTS)
    digits = hall.digits(0, STARTS)
    assert send(hall, duties[0], STARTS, code=f"{digits[:3]} {digits[3:]}").status_code == 303
    assert "局长0已于 09:00 到席" in page(hall, "head0", STARTS)
    code = hall.digits(0, ENDS)
    assert send(hall, duties[0], ENDS, code=code, leave="1").status_code == 303
    assert "离席" in page(hall, "head0", ENDS)


def test_M5_the_liaison_says_who_came(hall: OnTheDay) -> None:
    duties = hall.begin()
    text = page(hall, "liaison0", STARTS)
    assert text.index("副局长0") > 0
    assert "联络员0" not in text.partition("<main")[2]
    deputy = str(hall.people()["副局长0"])
    assert (
        send(hall, duties[0], STARTS, "liaison0", code=hall.digits(0, STARTS), person=deputy).status_code
        == 303
    )
    assert "副局长0已于" in page(hall, "head0", STARTS)


def test_M5_a_wrong_code_is_told_at_the_turn_and_nothing_is_lost(hall: OnTheDay) -> None:
    duties = hall.begin()
    for code in ("123", "", "abcdef", "9" * 300):
        said = send(hall, duties[0], STARTS, code=code)
        assert (said.status_code, "签到码不对" in said.text) == (422, True)
    assert send(hall, duties[1], STARTS, code=hall.digits(1, STARTS)).status_code == 403
    assert send(hall, duties[0], STARTS, "liaison0", code="1", person="9" * 40).status_code == 422


def test_M5_too_early_and_too_late_are_said_instead_of_asked(hall: OnTheDay) -> None:
    duties = hall.begin()
    assert "开始前一小时" in page(hall, "head0", STARTS - 90 * MINUTE)
    late = page(hall, "head0", ENDS)
    assert "大厅负责人" in late
    assert 'name="code"' not in late
    assert send(hall, duties[0], ENDS, code=hall.digits(0, ENDS)).status_code == 409
    assert "今天没有本单位的值守" in page(hall, "head3", STARTS)


def test_M5_the_department_answers_for_an_absence_on_the_phone(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    with app.app_context(), at(ENDS):
        perform(SYSTEM_ACTOR, find_absences, None)
    assert "没有签到记录的值守" in page(hall, "head0", ENDS)
    assert "没有签到记录的值守" not in page(hall, "head3", ENDS)
    answer = f"{PAGE}/{duties[0]}/answer"
    assert 'value="confirm"' not in page(hall, "head0", ENDS)  # nobody has asked yet
    with at(ENDS):
        hall.must("POST", f"/duties/{duties[1]}/absence/ask")
    assert 'value="confirm"' in page(hall, "head1", ENDS)
    with at(ENDS):
        headers = {"Authorization": f"Bearer {hall.tokens['liaison0']}"}
        other = {"verb": "explain", "reason": "other"}
        assert hall.client.post(answer, data=other, headers=headers).status_code == 422
        early = hall.client.post(answer, data={"verb": "confirm"}, headers=headers)
        assert early.status_code == 409
        given = {"verb": "explain", "reason": "flood", "said": "防汛值班"}
        assert hall.client.post(answer, data=given, headers=headers).status_code == 303
    assert hall.marks(ENDS)["第0局"]["absence"] == "stated"
    told = page(hall, "head0", ENDS)
    assert "防汛值班" in told
    assert "由大厅决定是否认可" in told
    assert 'name="reason"' not in told
    with at(ENDS):
        hall.must("POST", f"/duties/{duties[0]}/absence/uphold", {"why": "当天未见巡查记录"})
    told = page(hall, "head0", ENDS)
    assert "没有签到记录的值守" not in told
    assert "仍计缺席" in told
    assert "当天未见巡查记录" in told
    assert "当天未见巡查记录" not in page(hall, "head1", ENDS)
    assert "大厅的决定" not in page(hall, "head0", ENDS + timedelta(days=40))


def test_M5_a_turn_with_leave_is_said_to_need_nobody(hall: OnTheDay) -> None:
    duties = hall.begin()
    with at(STARTS - timedelta(days=3)):
        wish = hall.must("POST", f"/duties/{duties[0]}/leave", {"reason": "flood"}, "head0")["id"]
        hall.must("POST", f"/duty-wishes/{wish}/approve")
    text = page(hall, "head0", STARTS)
    assert "此轮值守已准假，无需到席。" in text
    assert 'name="code"' not in text

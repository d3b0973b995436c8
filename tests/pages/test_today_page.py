"""The manager's room of the day, and that nothing of an absence is public (M5, M6)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.rota.payloads import monday
from hall.rota.presence.absences import find_absences
from hall.rota.presence.payloads import receptions
from hall.unit_of_work import perform
from tests.cases_at_work import at
from tests.on_the_day import ENDS, STARTS, OnTheDay
from tests.rota_at_work import WINDOWS

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

MINUTE = timedelta(minutes=1)
SAID_OF_ABSENCE = re.compile(r"absent|absence|late_min|on_leave|缺席|迟到|请假")


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def page(hall: OnTheDay, moment: datetime, who: str = "manager", part: str = "") -> str:
    with at(moment):
        headers = {"Authorization": f"Bearer {hall.tokens[who]}"}
        said = hall.client.get(f"/receptions/today{part}", headers=headers)
    assert said.status_code == (200 if who == "manager" else 403)
    return said.text


def seats(text: str) -> list[str]:
    return re.findall(r'class="room-seat (\w+)"', text)


def test_M5_the_room_shows_who_is_awaited_here_and_gone(hall: OnTheDay) -> None:
    duties = hall.begin()
    assert seats(page(hall, STARTS - 30 * MINUTE)) == ["expected", "expected"]
    hall.come(duties[0], 0, STARTS + 7 * MINUTE)
    now = page(hall, STARTS + 8 * MINUTE)
    assert seats(now) == ["here", "awaited"]
    assert "迟到7分钟" in now
    assert "已开始8分钟" in now  # and the other one is awaited since then
    hall.leave(duties[0], 0, ENDS - MINUTE)
    assert seats(page(hall, ENDS)) == ["left", "over"]
    assert seats(page(hall, ENDS, part="?part=1")) == ["left", "over"]
    assert page(hall, ENDS, "head0")


def test_M6_the_room_counts_the_services_beside(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.work.serve(WINDOWS[0], "A")
    hall.come(duties[0], 0, STARTS)
    with at(STARTS + MINUTE):
        number = hall.work.draw()["number"]
        hall.work.at(WINDOWS[0], "call-next")
        hall.work.at(WINDOWS[0], "start")
    now = page(hall, STARTS + 2 * MINUTE)
    assert "陪同办理1件" in now
    assert f"正在办理 {number}" in now


def test_M5_the_room_asks_for_absences_to_be_checked(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    others = page(hall, ENDS).count('class="room-check"')  # of the demo's own Mondays
    with app.app_context(), at(ENDS):
        assert perform(SYSTEM_ACTOR, find_absences, None) == 2
    assert page(hall, ENDS).count('class="room-check"') == others + 2
    with at(ENDS):
        hall.must("POST", f"/duties/{duties[0]}/absence/ask")
        assert "/absence/confirm" in page(hall, ENDS)
        hall.must("POST", f"/duties/{duties[0]}/absence/confirm", {})
        hall.must("POST", f"/duties/{duties[0]}/notes", {"text": "已约谈"})
    after = page(hall, ENDS)
    assert after.count('class="room-check"') == others + 1
    assert "已约谈" in after


def keys(text: str, duty: int) -> set[str]:
    """What can be done about an absence there."""
    return set(re.findall(rf'data-path="/api/v1/duties/{duty}/absence/(\w+)"', text))


def test_M5_the_room_offers_what_can_be_done_and_says_whose_time_is_over(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    with app.app_context(), at(ENDS):
        perform(SYSTEM_ACTOR, find_absences, None)
    late = ENDS + timedelta(days=4)
    assert keys(page(hall, ENDS), duties[0]) == {"ask", "explain"}
    with at(ENDS):
        hall.must("POST", f"/duties/{duties[0]}/absence/ask")
    in_time = page(hall, ENDS)
    assert keys(in_time, duties[0]) == {"confirm", "explain"}
    assert "可在4月2日 星期四前答复" in in_time
    over = page(hall, late)
    assert keys(over, duties[0]) == {"uphold", "explain"}
    assert "到4月2日 星期四仍未答复，请作决定" in over
    with at(late):
        said = {"reason": "flood", "said": "河堤巡查", "printed": True}
        hall.must("POST", f"/duties/{duties[0]}/absence/explain", said, "liaison0")
    stated = page(hall, late)
    assert keys(stated, duties[0]) == {"accept", "uphold"}
    assert "河堤巡查" in stated
    assert "如仍计缺席，单位要求在通报中附上说明" in stated


def test_M5_absence_is_never_on_the_public_payload(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS + 20 * MINUTE)
    with app.app_context():
        with at(ENDS):
            perform(SYSTEM_ACTOR, find_absences, None)
        for moment in (STARTS + 21 * MINUTE, ENDS - MINUTE, ENDS + MINUTE):
            with at(moment):
                told = monday(db.session(), "xixian")
                mine = next(one for one in told["sessions"] if one["rota"] == "directors")
                assert not SAID_OF_ABSENCE.search(str(told))
                words = [seat["now"] for seat in mine["seats"]]
                assert words == (["over", "over"] if moment > ENDS else ["receiving", "stand_in"])


def test_M5_the_topic_of_the_room_holds_counts_and_no_names(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    with app.app_context(), at(STARTS):
        told = receptions(db.session(), "xixian")
    assert (told["turns"], told["stages"]) == (2, {"here": 1, "expected": 1})
    assert "局长" not in str(told)


def test_a_day_without_turns_says_so(hall: OnTheDay) -> None:
    hall.begin()
    assert "今天没有已公布的值守" in page(hall, STARTS + timedelta(days=1))


def test_M5_the_room_says_that_a_stand_in_was_not_approved(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS, "liaison0", person=hall.people()["副局长0"])
    text = page(hall, STARTS)
    assert text.count("未经批准</strong>") == 1

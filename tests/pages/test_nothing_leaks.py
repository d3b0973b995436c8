"""The public reads who receives, where and when; never who was absent, who asked, or what the hall notes (M5, E2)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.accounts.models import Staff
from hall.rota.presence.models import Attendance, Leaving, LeavingObjection
from hall.unit_of_work import units
from tests.bulletins_at_work import AFTER, Bulletins
from tests.cases_at_work import at
from tests.leaks import MARK, TOPIC, plant, reached
from tests.matters_at_work import PHONE, PUBLISHED
from tests.on_the_day import DAY, ENDS, STARTS
from tests.rota_at_work import EARLY

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABSENT = ("缺席", "未到", "迟到", "早退", "请假", "防汛", "生病", "absent", "late", "leave", "flood")
WEEK = timedelta(days=7)
ITEM = "411528-SCJG-001"


@pytest.fixture
def monday(client: FlaskClient, demo: dict[str, Any]) -> Bulletins:
    """A Monday on which everything happened that is nobody's business."""
    hall = Bulletins(client, demo)
    hall.held()
    with at(PUBLISHED):
        session, bodies = hall.sessions(DAY, DAY)[0]["session"], hall.people()
        wish = {
            "session": session,
            "body": hall.sessions(DAY, DAY)[0]["seats"][0]["sitting"]["body"],
            "starts_at": f"{DAY}T09:00:00+08:00",
            "name": "欧阳小明",
            "phone": PHONE,
            "asked": "宅基地确权三年没有结果",
        }
        key = {"Idempotency-Key": "leak"}
        booked = client.post("/api/v1/sites/xixian/receptions/bookings", json=wish, headers=key)
        assert booked.status_code == 201, booked.text
    with at(STARTS):
        token = f"/receptions/bookings/{booked.get_json()['token']}"
        hall.must("POST", f"{token}/take-up", who="head0")
        promise = {"what": "书面答复", "due_on": "2026-04-13", "answers": bodies["副局长0"], "lawful": True}
        hall.must("POST", f"{token}/promise", promise, "head0")
        walk = hall.must("POST", "/walks", {"body": wish["body"], "item": ITEM, "step": "取号"}, "head0")
        met = {
            "days": 9,
            "visits": 3,
            "papers": 1,
            "fee": "不收费",
            "conclusion": "跑三次",
            "remark": "指示牌",
        }
        hall.must("POST", f"/walks/{walk['token']}/end", met, "head0")
    with at(AFTER):
        hall.findings.rectified(citizen="欧阳小明", phone=PHONE)
        hall.must("POST", f"/duties/{hall.duties[0]}/notes", {"text": "提前离开去县里"})
    wishes(hall)
    with client.application.app_context():
        units().run(went)
    return hall


def went(session: Any) -> None:
    """What a clerk said of somebody's leaving, and what they said to it: kept beside the code that was typed later."""
    attendance, staff = session.scalars(select(Attendance)).first(), session.scalars(select(Staff)).first()
    said = Leaving(
        attendance_id=attendance.id,
        how="said",
        left_at=ENDS,
        early_min=0,
        at=ENDS,
        staff_id=staff.id,
        said_as="clerk",
        reason="other",
        note="走廊里见过",
    )
    session.add(said)
    session.flush()
    session.add(LeavingObjection(leaving_id=said.id, at=ENDS, staff_id=staff.id, text="我一直在"))


def wishes(hall: Bulletins) -> None:
    """A swap that was asked for, and a leave with its reason, of another day."""
    day = "2026-03-23"
    with at(EARLY):
        for number, seat in enumerate(hall.seats(day), 2):
            hall.sign(seat, number)
    turns = hall.published(day)
    with at(PUBLISHED):
        first, second = (turns[day, number]["duty"] for number in range(2))
        hall.must("POST", f"/duties/{first}/swap", {"other": hall.duties[0], "note": "防汛会议"}, "head2")
        hall.must("POST", f"/duties/{second}/leave", {"reason": "flood", "note": "在堤上"}, "head3")


def test_M5_E2_nothing_planted_in_a_monday_table_reaches_the_public(monday: Bulletins, app: Flask) -> None:
    marks = plant(app)
    assert len(marks) > 20
    with at(AFTER):
        key = int(monday.draft()["bulletin"])
        monday.step(key, "edit", title="关于活动的通报", text="活动开展顺利。")
        monday.step(key, "sign-off", "second")
    for moment in (PUBLISHED, STARTS + timedelta(minutes=20), AFTER):
        with at(moment):
            seen = reached(monday.client)
        assert len(seen) > 20, sorted(seen)
        leaks = {
            (path, marks[found])
            for path, text in seen.items()
            for found in re.findall(rf"{MARK}\d{{3}}", text)
        }
        assert not leaks, (moment, leaks)
        assert any("第0局" in text for text in seen.values())
    assert any(path.endswith("/2026/1.docx") for path in seen), "the bulletin was read, too"
    assert any(path.endswith(".ics") for path in seen)


def test_M5_no_word_of_an_absence_reaches_the_public_while_the_day_lasts(monday: Bulletins) -> None:
    for moment in (STARTS + timedelta(minutes=20), ENDS - timedelta(minutes=5), AFTER):
        with at(moment):
            seen = reached(monday.client)
        ours = ("/receptions", "/screen/mondays", "/mondays", "/calendars", "/api/v1/sites/xixian/rec", TOPIC)
        read = {
            path: text for path, text in seen.items() if path.startswith(ours) and "bulletins" not in path
        }
        assert len(read) > 5, sorted(seen)
        for path, text in read.items():
            shown = text.split("<main")[-1].split("<script")[0] if "<main" in text else text
            for word in ABSENT:
                assert not re.search(rf"\b{word}\b" if word.isascii() else word, shown), (moment, path, word)

"""An item gone through as an applicant: steps by the server's clock, promise and experience compared (M6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hall.catalog.models import ServiceItem
from hall.rota.walks.models import Walk, WalkStep
from hall.rota.walks.rules import Told, compare, seconds_said
from hall.unit_of_work import units
from tests.cases_at_work import at
from tests.matters_at_work import BEFORE, Reception
from tests.rota_at_work import EARLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

ITEM = "411528-SCJG-001"
MET = {"days": 9, "visits": 3, "papers": 1, "fee": "不收费", "conclusion": "窗口三次要求补材料"}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Reception]:
    with at(EARLY):
        reception = Reception(client, demo)
    with at(BEFORE):
        yield reception


def begin(hall: Reception, who: str = "head0", step: str = "取号") -> dict[str, Any]:
    return hall.must("POST", "/walks", {"body": hall.bodies[0], "item": ITEM, "step": step}, who)


def after(minutes: int) -> Any:
    return at(BEFORE + timedelta(minutes=minutes))


def test_M6_a_walk_times_each_step_and_compares_promise_and_experience(hall: Reception, app: Flask) -> None:
    walk = begin(hall)
    assert [(step["name"], step["seconds"]) for step in walk["steps"]] == [("取号", None)]
    path = f"/walks/{walk['token']}"
    with after(4):
        hall.must("POST", f"{path}/next", {"number": 1, "step": "等候", "remark": "指示牌清楚"}, "head0")
    with after(31):
        hall.must("POST", f"{path}/next", {"number": 2, "step": "交材料"}, "head0")
    with after(40):
        done = hall.must("POST", f"{path}/end", {**MET, "remark": "多要一份复印件"}, "head0")
    assert [(step["name"], step["seconds"], step["remark"]) for step in done["steps"]] == [
        ("取号", 240, "指示牌清楚"),
        ("等候", 1620, ""),
        ("交材料", 540, "多要一份复印件"),
    ]
    with app.app_context():
        promised = units().run(
            lambda session: session.scalar(select(ServiceItem.committed_days).where(ServiceItem.code == ITEM))
        )
    lines = {line["what"]: line for line in done["compared"]}
    assert lines["days"]["promised"] == ("" if promised is None else str(promised))
    assert lines["visits"]["found"] == "3"
    assert done["state"] == "ended"
    assert hall.code(f"{path}/next", {"number": 3, "step": "x"}, "head0") == "walk_over"
    (kept,) = hall.must("GET", "/sites/xixian/walks", who="liaison0")["walks"]
    assert kept["conclusion"] == MET["conclusion"]
    assert hall.must("GET", "/sites/xixian/walks", who="head1")["walks"] == []


def test_M6_a_step_pressed_twice_is_one_and_an_old_page_is_told(hall: Reception) -> None:
    path = f"/walks/{begin(hall)['token']}"
    following = {"number": 1, "step": "等候"}
    for _press in range(2):
        assert len(hall.must("POST", f"{path}/next", following, "head0")["steps"]) == 2
    assert hall.code(f"{path}/next", {"number": 1, "step": "缴费"}, "head0") == "stale_walk"
    assert hall.code(f"{path}/next", {"number": 2, "step": " "}, "head0") == "invalid"


def test_M6_one_walk_at_a_time_by_who_walks_and_for_their_own_department(hall: Reception) -> None:
    path = f"/walks/{begin(hall)['token']}"
    again = {"body": hall.bodies[0], "item": ITEM, "step": "取号"}
    assert hall.code("/walks", again, "head0") == "walking"
    assert hall.code("/walks", again, "head1") == "forbidden"
    assert hall.code("/walks", {**again, "item": "nothing"}, "liaison0") == "invalid"
    assert hall.code("/walks", {**again, "body": 999}, "liaison0") == "unknown_body"
    assert hall.code(f"{path}/next", {"number": 1, "step": "x"}, "liaison0") == "forbidden"
    assert hall.code(f"{path}/end", {"visits": -2}, "head0") == "invalid"
    assert hall.code(f"{path}/end", {"conclusion": "x", "papers": 5000}, "head0") == "invalid"
    assert hall.must("POST", f"{path}/give-up", who="head0")["state"] == "given_up"
    assert begin(hall)["state"] == "walking"
    assert hall.code("/walks/nonsense/give-up", who="head0") == "unknown_walk"


def test_M6_the_database_itself_keeps_one_walk_a_person_and_one_step_running(
    hall: Reception, app: Flask
) -> None:
    begin(hall)

    def second_step(session: Any) -> None:
        walk = session.scalars(select(Walk)).one()
        session.add(WalkStep(walk_id=walk.id, number=2, name="x", started_at=walk.begun_at))

    def second_walk(session: Any) -> None:
        row = session.scalars(select(Walk)).one()
        values = {column.name: getattr(row, column.name) for column in Walk.__table__.columns}
        del values["id"]
        session.add(Walk(**{**values, "nonce": b"123456789"}))

    for double in (second_step, second_walk):
        with app.app_context(), pytest.raises(IntegrityError):
            units().run(double)


def test_M6_what_was_not_said_is_not_compared() -> None:
    lines = compare(Told(5, None, 4, "不收费"), Told(7, 2, 3, ""))
    assert [(line.what, line.verdict.value) for line in lines] == [
        ("days", "worse"),
        ("visits", "unknown"),
        ("papers", "better"),
        ("fee", "unknown"),
    ]
    assert compare(Told(5, 1, 4, "30元"), Told(5, 1, 4, "50元"))[3].verdict == "worse"
    assert [seconds_said(n) for n in (0, 65, 3661)] == ["0:00", "1:05", "1:01:01"]

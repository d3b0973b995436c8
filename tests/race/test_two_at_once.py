"""Two people press at the same moment: what must happen once happens once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from hall import clock
from hall.accounts import actions as devices
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Notice
from hall.database import db
from hall.floor.actions import NOTICES_AT_ONCE
from hall.queueing.models import Ticket
from hall.unit_of_work import perform, units
from tests.desk_at_work import Desk
from tests.race.presses import clerk_of, own, states, together
from tests.returning_at_work import Homecoming

if TYPE_CHECKING:
    from flask import Flask

LONG_AGO = timedelta(seconds=40)


@pytest.fixture
def desk(app: Flask, demo: dict[str, Any]) -> Desk:
    return Desk(app.test_client(), demo)


def test_Q6_two_announcements_at_once_count_once(desk: Desk, app: Flask) -> None:
    desk.at("xixian-01", "open")
    token = clerk_of(desk, "xixian-01")
    for _turn in range(4):
        number = desk.draw()["number"]
        desk.at("xixian-01", "call-next")
        with app.app_context():
            units().run(
                lambda session: session.execute(
                    update(Ticket)
                    .where(Ticket.state == "called")
                    .values(called_at=clock.now() - LONG_AGO, counted_at=clock.now() - LONG_AGO)
                )
            )
        press = [partial(own(desk).ask, "POST", "/windows/xixian-01/recall", who=token) for _ in range(4)]
        assert [answer.status_code for answer in together(*press)] == [200] * 4
        with app.app_context():
            counted = db.session.scalar(select(Ticket.counted_calls).where(Ticket.number == number))
        assert counted == 2, f"Q6: {number} was called {counted} times, twenty seconds apart, in no second"
        desk.at("xixian-01", "finish", outcome="done")


def test_Q3_one_notice_brought_to_two_desks_gives_one_ticket(desk: Desk, app: Flask) -> None:
    desk.at("xixian-01", "open")
    ticket = desk.draw()
    desk.incomplete(ticket["number"])
    body = {"date": ticket["business_date"]}
    press = [
        lambda: own(desk).ask("POST", f"/desk/tickets/{ticket['number']}/return", body) for _ in range(4)
    ]
    answers = together(*press)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409], [a.text for a in answers]
    assert states(app)["waiting"] == 1


def test_Q3_one_return_code_at_several_kiosks_gives_one_place(app: Flask, demo: dict[str, Any]) -> None:
    home = Homecoming(app.test_client(), demo)
    answers = together(*[partial(home.come, client=app.test_client()) for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409], [a.text for a in answers]
    assert states(app)["waiting"] == 1
    assert home.visits() == 2, "and one visit (I11)"


def test_Q10_two_desks_posting_at_once_never_run_more_notices_than_fit(desk: Desk, app: Flask) -> None:
    manager = desk.token("manager")

    def post() -> int:
        answer = own(desk).ask("POST", "/sites/xixian/notices", {"text": "今日停电"}, who=manager)
        return answer.status_code

    said = together(*[post] * (NOTICES_AT_ONCE + 4))
    assert set(said) <= {201, 409}, said
    with app.app_context():
        running = db.session.scalar(select(func.count()).where(Notice.withdrawn_at.is_(None)))
    assert running == NOTICES_AT_ONCE


def test_a_device_code_typed_at_two_machines_enrols_one(desk: Desk, app: Flask) -> None:
    with app.app_context():
        number = perform(SYSTEM_ACTOR, devices.add_device, devices.AddDevice(1, "screen", "东门"))
        keys = app.config["HALL"].keys.tokens
        code = perform(SYSTEM_ACTOR, devices.new_code, devices.NewCode(number, keys))

    def trade() -> int:
        return app.test_client().post("/api/v1/devices/enrol", json={"code": code}).status_code

    said = sorted(together(*[trade] * 4))
    assert said[0] in {200, 201}, said
    assert said[1:] == [404] * 3, said


def test_Q6_undoing_a_pass_against_calling_the_next_brings_one_to_the_window(desk: Desk, app: Flask) -> None:
    desk.at("xixian-01", "open")
    for _ in range(4):
        desk.draw()
    token = clerk_of(desk, "xixian-01")
    desk.settle(max_calls=1)
    desk.at("xixian-01", "call-next")
    for _turn in range(3):
        desk.at("xixian-01", "pass")
        answers = together(
            *[
                lambda verb=verb: own(desk).ask("POST", f"/windows/xixian-01/{verb}", who=token)
                for verb in ("undo-pass", "call-next")
            ]
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409], [a.text for a in answers]
        assert states(app)["called"] == 1


def test_Q8_drawing_anew_against_undoing_the_pass_leaves_one_live_number(desk: Desk, app: Flask) -> None:
    desk.at("xixian-01", "open")
    desk.settle(max_calls=1)
    token = clerk_of(desk, "xixian-01")
    for turn in range(6):
        person = {"phone": f"1380000000{turn}"}
        ticket = desk.draw(person=person)
        desk.passed(ticket["number"])
        drawn, undone = together(
            partial(own(desk).ask, "POST", "/tickets", {"line": "xixian-a", "person": person}),
            lambda: own(desk).ask("POST", "/windows/xixian-01/undo-pass", who=token),
        )
        assert sorted([drawn.status_code // 100, undone.status_code // 100]) == [2, 4], (
            drawn.text,
            undone.text,
        )
        now = states(app)
        assert now.get("waiting", 0) + now.get("called", 0) == 1
        if undone.status_code != 200:
            desk.at("xixian-01", "call-next")
        desk.at("xixian-01", "start")
        desk.at("xixian-01", "finish", outcome="done")

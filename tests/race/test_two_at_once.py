"""Two people press at the same moment, in threads with connections of their own: what must happen once happens once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from hall import clock
from hall.accounts import actions as devices
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Notice, Window
from hall.database import db
from hall.floor.actions import NOTICES_AT_ONCE
from hall.queueing.day import turn_day
from hall.queueing.models import Staffing, Ticket
from hall.unit_of_work import perform, units
from tests.desk_at_work import Desk
from tests.returning_at_work import Homecoming

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

DAY, LONG_AGO = timedelta(days=1), timedelta(seconds=40)
CLERKS = ("xixian-01", "xixian-02", "xixian-03")


@pytest.fixture
def desk(app: Flask, demo: dict[str, Any]) -> Desk:
    return Desk(app.test_client(), demo)


def together(*presses: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(presses)) as pool:
        return [future.result() for future in [pool.submit(press) for press in presses]]


def own(desk: Desk) -> Desk:
    """The same hall, asked by another browser."""
    return Desk(desk.client.application.test_client(), desk.demo)


def clerk_of(desk: Desk, window: str) -> str:
    return str(next(row["token"] for row in desk.demo["staff"] if row["window"] == window))


def states(app: Flask) -> dict[str, int]:
    with app.app_context():
        rows = db.session.execute(select(Ticket.state, func.count()).group_by(Ticket.state))
        return {row[0]: row[1] for row in rows}


def test_Q10_ending_the_day_while_windows_call_leaves_each_ticket_called_or_unserved(
    desk: Desk, app: Flask
) -> None:
    drawn = [desk.draw() for _ in range(24)]
    for window in CLERKS:
        desk.at(window, "open")
    manager = desk.token("manager")
    called: list[str] = []

    def press(window: str) -> list[int]:
        mine, token, said = own(desk), clerk_of(desk, window), []
        for _ in range(6):
            answer = mine.ask("POST", f"/windows/{window}/call-next", who=token)
            said.append(answer.status_code)
            if answer.status_code == 200:
                called.append(answer.get_json()["number"])
                mine.ask("POST", f"/windows/{window}/finish", {"outcome": "done"}, who=token)
        return said

    def end() -> list[int]:
        body = {"business_date": drawn[0]["business_date"]}
        answers = [own(desk).ask("POST", "/sites/xixian/end-day", body, who=manager) for _ in range(2)]
        return [answer.status_code for answer in answers]

    said = together(*(lambda window=window: press(window) for window in CLERKS), end)
    assert {status for each in said for status in each} <= {200, 204}, said
    assert len(called) == len(set(called))
    assert states(app) == {name: count for name, count in found(called).items() if count}


def found(called: list[str]) -> dict[str, int]:
    return {"finished": len(called), "unserved": 24 - len(called)}


def test_Q10_the_turn_of_the_date_closes_no_window_at_which_somebody_is_called_just_then(
    desk: Desk, app: Flask
) -> None:
    def press(window: str) -> int:
        return own(desk).ask("POST", f"/windows/{window}/call-next", who=clerk_of(desk, window)).status_code

    def turn() -> None:
        with app.app_context():
            perform(SYSTEM_ACTOR, turn_day, None)

    for _ in range(12):
        for window in CLERKS:
            desk.draw()
            desk.at(window, "open")
        with app.app_context():  # all of them were left open yesterday
            units().run(lambda session: session.execute(update(Staffing).values(opened_at=clock.now() - DAY)))
        said = together(*(partial(press, window) for window in CLERKS), turn, turn)
        assert left_alone(app) == [], "Q10: somebody was called to a window that was closed meanwhile"
        for window, status in zip(CLERKS, said, strict=False):
            assert status in {200, 409}, said  # called, or closed before
            if status == 200:
                desk.at(window, "finish", outcome="done")


@pytest.mark.parametrize("how", ["its clerk closes it", "the date turns"])
def test_Q3_nobody_is_sent_to_a_window_that_closes_just_then_and_waits_there_alone(
    desk: Desk, app: Flask, how: str
) -> None:
    here, there, _other = CLERKS
    desk.at(here, "open")

    def send() -> int:
        press = own(desk).ask(
            "POST", f"/windows/{here}/transfer", {"window": there}, who=clerk_of(desk, here)
        )
        return int(press.status_code)

    def close() -> int:
        if how == "its clerk closes it":
            return int(
                own(desk).ask("POST", f"/windows/{there}/close", who=clerk_of(desk, there)).status_code
            )
        with app.app_context():
            perform(SYSTEM_ACTOR, turn_day, None)
        return 200

    window = select(Window.id).where(Window.code == there).scalar_subquery()
    left_open = update(Staffing).where(Staffing.window_id == window).values(opened_at=clock.now() - DAY)
    for _turn in range(12):
        desk.draw()
        desk.at(there, "open")
        desk.at(here, "call-next")
        with app.app_context():  # since yesterday
            units().run(lambda session: session.execute(left_open))
        sent, closed = together(send, close)
        assert closed == 200
        assert sent in {200, 409}, sent  # sent before, and back in line; or nobody is there any more
        assert waiting_alone(app) == [], "Q3: somebody waits for a window that is closed"
        if sent == 409:
            desk.at(here, "finish", outcome="done")


def test_Q3_who_was_sent_to_a_window_that_stayed_open_overnight_is_back_in_line_when_it_closes(
    desk: Desk, app: Flask
) -> None:
    here, there, _other = CLERKS
    for window in (here, there):
        desk.at(window, "open")
    desk.draw()
    desk.at(here, "call-next")
    sent = desk.ask("POST", f"/windows/{here}/transfer", {"window": there}, who=clerk_of(desk, here))
    assert sent.status_code == 200, sent.text
    with app.app_context():
        units().run(lambda session: session.execute(update(Staffing).values(opened_at=clock.now() - DAY)))
        perform(SYSTEM_ACTOR, turn_day, None)
    assert waiting_alone(app) == []
    desk.at(here, "open")
    desk.at(here, "call-next")  # from their line
    assert states(app)["called"] == 1


def waiting_alone(app: Flask) -> list[str]:
    """Who waits for a window that nobody holds."""
    held = select(Staffing.id).where(
        Staffing.window_id == Ticket.reserved_window_id, Staffing.closed_at.is_(None)
    )
    alone = select(Ticket.number).where(Ticket.reserved_window_id.is_not(None), ~held.exists())
    with app.app_context():
        return list(db.session.scalars(alone))


def left_alone(app: Flask) -> list[str]:
    """Who is called to a window that nobody holds."""
    held = select(Staffing.id).where(Staffing.window_id == Ticket.window_id, Staffing.closed_at.is_(None))
    with app.app_context():
        return list(db.session.scalars(select(Ticket.number).where(Ticket.state == "called", ~held.exists())))


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

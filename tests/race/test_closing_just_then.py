"""A window or the day closes while others press: nobody is left called, or waiting, where nobody comes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Window
from hall.database import db
from hall.queueing.day import turn_day
from hall.queueing.models import Staffing, Ticket
from hall.unit_of_work import perform, units
from tests.desk_at_work import Desk
from tests.race.presses import clerk_of, own, states, together

if TYPE_CHECKING:
    from flask import Flask

DAY = timedelta(days=1)
CLERKS = ("xixian-01", "xixian-02", "xixian-03")


@pytest.fixture
def desk(app: Flask, demo: dict[str, Any]) -> Desk:
    return Desk(app.test_client(), demo)


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

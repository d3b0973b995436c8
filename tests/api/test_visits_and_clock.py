"""One visit, one window at a time (Q13); one clock a hall (Q3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from hall.actor import SYSTEM_ACTOR
from hall.queueing.boards import BOARD_CALLS
from hall.queueing.day import turn_day
from hall.queueing.models import NumberSeries, Staffing, Ticket
from hall.unit_of_work import perform
from tests.api.at_work import API, B_WINDOW, W1, W2, AtWork, reply

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    found = AtWork(client, demo)
    for window in (W1, W2, B_WINDOW):
        found.at(window, "open")
    return found


def test_Q13_leaving_one_matter_frees_no_other_while_the_person_is_at_a_window(hall: AtWork) -> None:
    first, second, _third = hall.visit("xixian-a", "xixian-b", "xixian-c")
    assert hall.at(W1, "call-next").json["number"] == first["number"]
    assert hall.holder(second, "abandon").json["state"] == "abandoned"
    hall.serve(W2, "C")
    assert hall.at(W2, "call-next").status == 204, "The person is still at the first window."
    hall.at(W1, "finish", outcome="done")
    assert hall.at(W2, "call-next").json["number"] == "C001"


def test_Q3_a_clock_that_steps_back_puts_nobody_first_in_any_line(hall: AtWork) -> None:
    early = hall.draw()

    def step_back(session: Session) -> None:
        """What the first ticket's clock showed lies an hour ahead of what it shows now."""
        for row in (*session.scalars(select(NumberSeries)), *session.scalars(select(Ticket))):
            column = "last_issued_at" if isinstance(row, NumberSeries) else "issued_at"
            setattr(row, column, getattr(row, column) + timedelta(hours=1))
        session.execute(update(Ticket).values(place=Ticket.issued_at))

    hall.change(step_back)
    late = hall.draw("xixian-b")
    hall.serve(W1, "AB")
    times = [datetime.fromisoformat(hall.read(ticket)["issued_at"]) for ticket in (early, late)]
    assert times[0] <= times[1]
    assert hall.served_in_turn(W1) == [early["number"], late["number"]]


def test_Q11_a_clock_that_stepped_back_hides_no_call_from_the_board(hall: AtWork) -> None:
    before = [hall.draw()["number"] for _ in range(BOARD_CALLS + 1)]
    assert hall.served_in_turn(W1) == before
    for number in before:  # called while the clock was an hour ahead
        hall.turn_back(number, called_at=-timedelta(hours=1))
    late = hall.draw()["number"]
    assert hall.at(W1, "call-next").json["number"] == late
    shown = [call["number"] for call in reply(hall.client.get(f"{API}/sites/xixian/board")).json["calls"]]
    assert shown == [late, *before[:-BOARD_CALLS:-1]], "Q11: who is called now is shown, and shown first"


def test_Q6_a_clock_that_stepped_back_keeps_nobody_from_announcing_again(hall: AtWork) -> None:
    number = hall.draw()["number"]
    assert hall.at(W1, "call-next").json["number"] == number
    hall.turn_back(number, called_at=-timedelta(hours=1), counted_at=-timedelta(hours=1))
    assert hall.at(W1, "recall").json["times_called"] == 2, "Q6: it is no slip of the finger"
    assert hall.look(W1)["at_hand"]["counted_calls"] == 2, "Q6: and it counts"


def test_Q10_the_turn_of_the_date_closes_no_window_under_a_person(hall: AtWork) -> None:
    def opened_yesterday(session: Session) -> None:
        for row in session.scalars(select(Staffing)):
            row.opened_at -= timedelta(days=1)

    def turn() -> list[str]:
        with hall.client.application.app_context():
            perform(SYSTEM_ACTOR, turn_day, None)
        return [hall.look(window)["state"] for window in (W1, W2)]

    hall.change(opened_yesterday)
    number = hall.draw()["number"]
    assert hall.at(W1, "call-next").json["number"] == number
    assert turn() == ["open", "closed"], "Q10: who stands at a window is still served"
    assert hall.at(W1, "finish", outcome="done").status == 200
    assert turn() == ["closed", "closed"], "Q10: a forgotten window is closed"


def test_Q1_after_A999_comes_A1000(hall: AtWork) -> None:
    hall.draw()
    hall.change(lambda session: session.execute(update(NumberSeries).values(last_serial=998)))
    assert [hall.draw()["number"], hall.draw()["number"]] == ["A999", "A1000"]

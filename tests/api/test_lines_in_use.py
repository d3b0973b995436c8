"""Who counts in a line, and that nobody comes to wait in one that was retired meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hall import clock
from hall.catalog.models import Line
from hall.database import db
from hall.queueing import payloads
from tests.api.at_work import B_WINDOW, W1, AtWork
from tests.desk_at_work import Desk

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    found = AtWork(client, demo)
    found.serve(W1, "A")
    found.serve(B_WINDOW, "B")
    return found


def retire(hall: AtWork, prefix: str) -> None:
    def change(session: Session) -> None:
        line = session.query(Line).filter(Line.prefix == prefix).one()
        line.retired_at = clock.now()

    hall.change(change)


def bring_back(session: Session) -> None:
    session.query(Line).filter(Line.prefix == "A").one().retired_at = None


def missed(hall: AtWork) -> dict[str, Any]:
    """A ticket of line A that was passed just now."""
    ticket = hall.draw()
    hall.at(W1, "open")
    Desk(hall.client, hall.demo).settle(max_calls=1)
    assert hall.at(W1, "call-next").json["number"] == ticket["number"]
    assert hall.at(W1, "pass").status == 200
    return ticket


def test_Q11_whoever_is_told_of_people_is_told_of_no_test_ticket(hall: AtWork, app: Flask) -> None:
    hall.draw(test=True)
    first = hall.draw()
    hall.draw(test=True)
    last = hall.draw()
    assert (first["ahead"], first["tickets_ahead"]) == (0, 0)
    assert (last["ahead"], last["tickets_ahead"]) == (1, 1)
    lines = hall.client.get("/api/v1/sites/xixian/lines").get_json()
    waiting = next(row["waiting"] for row in lines if row["code"] == "xixian-a")
    with app.app_context():
        shared = payloads.line(db.session(), "xixian-a", app.config["HALL"].keys.tokens)
    assert waiting == shared["count"] == shared["tickets"] == len(shared["order"]) == 2


def test_Q11_the_window_counts_people_and_calls_test_tickets_all_the_same(hall: AtWork) -> None:
    hall.draw(test=True)
    hall.draw(heads=3)
    hall.draw(test=True)
    hall.at(W1, "open")
    shown = hall.look(W1)
    assert (shown["waiting_count"], shown["waiting_people"]) == (1, 3)
    assert [row["number"] for row in shown["waiting"]] == ["A-T001", "A001", "A-T002"]
    assert hall.served_in_turn(W1) == ["A-T001", "A001", "A-T002"]


def test_Q6_Q11_who_comes_back_stands_behind_three_people_whatever_test_tickets_wait(hall: AtWork) -> None:
    ticket = missed(hall)
    for test in (True, True, False, True, False, False, False):
        hall.draw(test=test)
    assert hall.holder(ticket, "rejoin").json["ahead"] == 3


def test_Q11_who_lets_two_go_first_lets_two_people_go_first(hall: AtWork) -> None:
    ticket = hall.draw()
    for test in (True, False, True, True, False, False):
        hall.draw(test=test)
    assert hall.holder(ticket, "later", places=2).json["ahead"] == 2


def test_Q6_a_pass_into_a_line_that_was_retired_is_refused_clearly_and_loses_nothing(hall: AtWork) -> None:
    ticket = missed(hall)
    retire(hall, "A")
    refused = hall.at(W1, "undo-pass")
    assert (refused.status, refused.code) == (409, "line_retired"), refused.text
    assert "draw a new number" in refused.json["detail"]
    assert hall.read(ticket)["state"] == "passed"
    hall.change(bring_back)
    assert hall.at(W1, "undo-pass").json["number"] == ticket["number"], (
        "Brought back in time, nothing is lost."
    )


def test_Q6_a_passed_number_does_not_come_back_to_a_line_that_was_retired(hall: AtWork) -> None:
    ticket = missed(hall)
    retire(hall, "A")
    refused = hall.holder(ticket, "rejoin")
    assert (refused.status, refused.code) == (403, "rejoin_over"), refused.text
    assert hall.read(ticket)["state"] == "passed"


def test_Q3_a_transfer_does_not_lead_to_a_line_that_was_retired(hall: AtWork) -> None:
    hall.draw()
    hall.at(W1, "open")
    hall.at(W1, "call-next")
    retire(hall, "B")
    refused = hall.at(W1, "transfer", line="xixian-b")
    assert (refused.status, refused.code) == (404, "unknown_line"), refused.text
    assert hall.look(W1)["current"]["state"] == "called"

"""Q8 where the ticket does not simply wait: passed and restored, passed and drawn anew, transferred."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import IntegrityError

from tests.desk_at_work import Desk

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PERSON = {"id_number": "11010519491231002X"}


@pytest.fixture
def desk(client: FlaskClient, demo: dict[str, Any]) -> Desk:
    found = Desk(client, demo)
    found.at("xixian-01", "open")
    return found


def draw(desk: Desk, line: str = "xixian-a") -> TestResponse:
    return desk.ask("POST", "/tickets", {"line": line, "person": PERSON})


def code(answer: TestResponse) -> str:
    return str(answer.get_json()["code"])


def test_Q8_who_was_passed_and_draws_anew_cannot_have_the_old_number_restored_too(desk: Desk) -> None:
    first = draw(desk).get_json()
    desk.passed(first["number"])
    assert draw(desk).status_code == 201
    again = desk.ask("POST", f"/tickets/{first['token']}/rejoin")
    assert (again.status_code, code(again)) == (403, "rejoin_over")
    assert code(draw(desk)) == "already_waiting"


def test_Q8_who_was_passed_and_is_restored_gets_no_second_ticket(desk: Desk) -> None:
    first = draw(desk).get_json()
    desk.passed(first["number"])
    assert desk.ask("POST", f"/tickets/{first['token']}/rejoin").status_code == 200
    assert code(draw(desk)) == "already_waiting"


def test_Q8_a_transferred_ticket_holds_its_persons_place_in_the_new_line_alone(desk: Desk) -> None:
    draw(desk)
    desk.at("xixian-01", "call-next")
    desk.at("xixian-01", "start")
    desk.at("xixian-01", "transfer", line="xixian-b")
    assert code(draw(desk, "xixian-b")) == "already_waiting"
    assert draw(desk).status_code == 201


def test_Q8_a_transfer_to_a_line_where_the_person_waits_already_goes_through(desk: Desk) -> None:
    draw(desk)
    assert draw(desk, "xixian-b").status_code == 201
    desk.at("xixian-01", "call-next")
    desk.at("xixian-01", "start")
    desk.at("xixian-01", "transfer", line="xixian-b")
    assert code(draw(desk, "xixian-b")) == "already_waiting"
    assert draw(desk).status_code == 201, "nobody of theirs waits in the old line any more"


def test_Q8_when_one_of_two_in_a_line_is_over_the_transferred_one_holds_the_place(desk: Desk) -> None:
    draw(desk)
    other = draw(desk, "xixian-b").get_json()
    desk.at("xixian-01", "call-next")
    desk.at("xixian-01", "start")
    desk.at("xixian-01", "transfer", line="xixian-b")
    assert desk.ask("POST", f"/tickets/{other['token']}/abandon").status_code == 200
    assert code(draw(desk, "xixian-b")) == "already_waiting"


def test_Q8_who_waits_by_a_transferred_number_draws_no_other_when_the_one_beside_it_is_passed(
    desk: Desk,
) -> None:
    other = draw(desk, "xixian-b").get_json()
    draw(desk)
    desk.at("xixian-01", "call-next")
    desk.at("xixian-01", "start")
    desk.at("xixian-01", "transfer", line="xixian-b")
    desk.at("xixian-09", "open")
    desk.passed(other["number"], "xixian-09")
    assert code(draw(desk, "xixian-b")) == "already_waiting"


def test_Q8_a_pass_is_not_undone_once_its_person_has_drawn_anew(desk: Desk) -> None:
    first = draw(desk).get_json()
    desk.passed(first["number"])
    second = draw(desk).get_json()
    clerk = next(row for row in desk.demo["staff"] if row["window"] == "xixian-01")["token"]
    assert desk.ask("GET", "/windows/xixian-01", who=clerk).get_json()["undo_until"] is None
    undone = desk.ask("POST", "/windows/xixian-01/undo-pass", who=clerk)
    assert (undone.status_code, code(undone)) == (409, "number_given_up")
    assert desk.find(first["number"])["state"] == "passed"
    assert desk.at("xixian-01", "call-next")["number"] == second["number"]


def test_Q8_the_database_itself_lets_no_number_given_up_be_called(desk: Desk) -> None:
    first = draw(desk).get_json()
    desk.passed(first["number"])
    draw(desk)
    with pytest.raises(IntegrityError):
        desk.alter(first["number"], state="called")
